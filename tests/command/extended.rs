//! `--profile extended` and `--region`: what is written, counted and explained, and what a restoring run takes from the
//! losses file.

use deskpro_contact::PhoneReason;

use crate::harness::{Workdir, losses_lines};

const PHONE: &str = "email=ann@example.com&type=phone&comment=desk&data[country_calling_code]=44&data[number]=020+7946+0018+ext+12";
const OUTPUT: &str = r#"{"primary_email":"ann@example.com","phone_numbers":[{"number":"+442079460018","label":"desk","extension":"12"}],"contact_data":{}}"#;
const RESTORED: &str = "email=ann%40example.com&type=phone&comment=desk&data%5Bcountry_calling_code%5D=44&data%5Bnumber%5D=020+7946+0018+ext+12";

#[test]
fn phones_comments_and_people_are_written_and_restored() {
    let dir = Workdir::new();
    for jobs in ["", "-j 1"] {
        let args = format!("{jobs} --profile extended --verify --losses l -o out");
        dir.run(&args, PHONE).exits(0).reports("verified 1 of 1");
        assert_eq!(dir.text("out"), format!("{OUTPUT}\n"));
        assert!(dir.text("l").lines().next().unwrap().contains(r#""profile":"extended""#));
        let run = dir.run("--to form --restore l out", "").exits(0);
        assert_eq!(run.text(), format!("{RESTORED}\n"));
        assert_eq!(run.err, "");
        dir.run("--to form --profile extended --restore l out", "").exits(0);
    }
    let body = r#"{"phone_numbers":[{"number":"+442079460018","extension":"12"}],"labels":["vip"]}"#;
    dir.run("--to form --profile extended --verify --losses b -o form", body).exits(0);
    assert!(dir.text("form").contains("label%5B0%5D=vip"), "{}", dir.text("form"));
    assert_eq!(dir.run("--to v2 --restore b form", "").exits(0).text(), format!("{body}\n"));
}

#[test]
fn losses_of_another_profile_are_refused() {
    let dir = Workdir::new();
    dir.run("--profile extended --losses extended -o out", PHONE).exits(0);
    dir.run("--losses documented -o out2", PHONE).exits(0);
    let run = dir.run("--to form --profile documented --restore extended out", "").exits(65);
    run.reports("expected losses of the profile documented, found extended");
    let run = dir.run("--to form --profile extended --restore documented out2", "").exits(65);
    run.reports("expected losses of the profile extended, found documented");
    let head = dir.text("extended").replace("extended\"", "future\"");
    dir.write("future", head.as_bytes());
    let run = dir.run("--to form --restore future out", "").exits(65);
    run.reports("expected the profile documented or extended, found future");
    // Several losses files must agree.
    dir.run("--profile extended --id-field email --losses a -o a.out", PHONE).exits(0);
    dir.run("--id-field email --losses b -o b.out", "email=bob@example.com&type=skype&data[username]=bob")
        .exits(0);
    let run = dir.run("--to form --restore a --restore b a.out", "").exits(65);
    run.reports("expected losses of the profile extended, found documented");
}

#[test]
fn ids_are_found_under_their_v2_name() {
    let dir = Workdir::new();
    let people = ["ann", "bob", "cat"].map(|name| PHONE.replace("ann@", &format!("{name}@"))).join("\n");
    for options in ["", "--only-contact-data"] {
        let args = format!("{options} --profile extended --id-field email --losses l -o out");
        dir.run(&args, &people).exits(0);
        let mut lines: Vec<String> = dir.text("out").lines().map(str::to_owned).collect();
        assert!(lines[0].starts_with(r#"{"primary_email":"ann@example.com","#), "{}", lines[0]);
        lines.reverse();
        lines[0] = lines[0].replace("desk", "work");
        dir.write("moved", (lines.join("\n") + "\n").as_bytes());
        let run = dir.run("--to form --restore l moved", "").exits(0);
        let expected: Vec<String> = ["cat", "bob", "ann"].map(|name| RESTORED.replace("ann", name)).to_vec();
        let expected = expected.join("\n").replacen("desk", "work", 1) + "\n";
        assert_eq!(run.text(), expected);
    }
    // A rejected payload has its id, too.
    let run =
        dir.run("--profile extended --id-field email --rejects r", "email=dan@example.com&contact_data=x");
    run.exits(1).reports("line 1 (email dan@example.com)");
}

#[test]
fn an_id_is_that_of_the_output() {
    let dir = Workdir::new();
    // The id in the payload is lost, or becomes a list, or another field has its name.
    for (field, payloads) in [
        ("email", ["primary_email=&email=ann&via=1", "email=ann&via=2", "email=bob&primary_email=ann&via=3"]),
        ("label", ["label=7&via=1", "label[]=8&via=2", "label[]=9"]),
        ("organization", ["organization=Acme&via=1", "organization=5&via=2", "organization=6"]),
        (
            "organization_id",
            ["organization=Acme&organization_id=5", "organization_id=6", "organization_id=7"],
        ),
    ] {
        let args = format!("--profile extended --id-field {field} --losses l -o out");
        dir.run(&args, payloads.join("\n")).exits(0);
        let run = dir.run("--to form --restore l out", "").exits(0);
        let expected = payloads.join("\n").replace("[]", "%5B0%5D") + "\n";
        assert_eq!(run.text(), expected, "{field}");
        assert_eq!(run.err, "");
    }
    let bodies = [
        r#"{"primary_email":"ann","email":["x"],"teams":["1"]}"#,
        r#"{"email":["x"]}"#,
        r#"{"primary_email":"bob","email":null}"#,
    ];
    dir.run("--to form --profile extended --id-field email --losses l -o out", bodies.join("\n")).exits(0);
    assert_eq!(dir.text("out").lines().last(), Some("email=bob"));
    let run = dir.run("--to v2 --restore l out", "").exits(0);
    assert_eq!(run.text(), bodies.join("\n") + "\n");
}

#[test]
fn the_reasons_for_lost_phones_are_counted() {
    let dir = Workdir::new();
    let phones = ["201 555 0123", "020 7946 0018 DW 3", "201 555 0124"];
    let lines = phones.map(|number| format!("type=phone&data[number]={number}")).join("\n");
    let run = dir.run("--profile extended --losses l --summary s -o out", &lines).exits(0);
    run.reports("phone 3 in 3 payloads (no-code 2, letters 1)")
        .reports("(it has no calling code; --region gives one to all such numbers)");
    let summary: serde_json::Value = serde_json::from_str(&dir.text("s")).unwrap();
    assert_eq!(summary["losses"]["phone"]["reasons"], serde_json::json!({ "no-code": 2, "letters": 1 }));
    assert_eq!(losses_lines(&dir.text("l"))[0]["losses"][0]["reason"], "no-code");
    let run = dir.run("--profile extended --check", &lines).exits(3);
    assert!(run.text().contains("\n    2 no-code: it has no calling code"), "{}", run.text());
    let run = dir.run("--profile extended --check --error-format json", &lines).exits(3);
    let check: serde_json::Value = serde_json::from_str(run.text().lines().last().unwrap()).unwrap();
    let phone = check["codes"].as_array().unwrap().iter().find(|code| code["code"] == "phone").unwrap();
    assert_eq!(phone["reasons"]["letters"], 1);
    let run = dir.run("--profile extended --region us --losses l2 -o out2", &lines).exits(0);
    run.reports("phone 1 in 1 payload (letters 1)");
    let run = dir.run("--explain phone", "").exits(0);
    for reason in PhoneReason::ALL {
        assert!(run.text().contains(&format!("\n{}: ", reason.name())), "{reason}");
    }
}

#[test]
fn a_region_needs_phones_to_write() {
    let dir = Workdir::new();
    for args in [
        "--region GB",
        "--profile documented --region GB",
        "--profile extended --region GB --to form",
        "--profile extended --region GB --to canonical",
        "--profile extended --region UK",
        "--profile extended --region G",
        "--profile future",
        "--profile extended --from form --to form",
        "--schema --profile extended --lossy",
    ] {
        dir.run(args, "name=Ann").exits(2);
    }
    dir.run("--profile extended --losses l -o out", PHONE).exits(0);
    dir.run("--profile extended --region GB --to form --restore l out", "").exits(2);
}
