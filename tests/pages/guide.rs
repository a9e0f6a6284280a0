//! Runs the guide's commands as written against a local test server in place of the helpdesk.

use serde_json::{Value, json};

use super::markdown::{first_cells, read};
use super::transcripts::run_transcripts;
use crate::harness::helpdesk::Helpdesk;
use crate::sending::has_httpx;

/// The address of the helpdesk in the guide and the v2 document.
const HELPDESK: &str = "https://my-helpdesk.deskpro.com";

#[test]
fn the_transcripts_of_the_guide_run_as_written() {
    if !has_httpx("GUIDE.md") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let helpdesk = Helpdesk::open();
    // One request after the other, so that their order is known.
    let sender = testkit::repository().join("examples/send.py").canonicalize().unwrap();
    let sender = format!("python3 -B '{}' --jobs 1", sender.display());
    run_transcripts("GUIDE.md", dir.path(), |command| {
        Some(command.replace(HELPDESK, &helpdesk.address).replace("examples/send.py", &sender))
    });
    let site = |url: &str| json!({"website": [{"url": url}]});
    let person = |name: &str, contact_data: Value| {
        let email = format!("{}@example.com", name.to_lowercase());
        json!({"name": name, "primary_email": email, "contact_data": contact_data})
    };
    let skype = json!({"instant_message": [{"service": "skype", "username": "bob"}]});
    let sites = json!({"website": [{"url": "http://example.com"}, {"url": "http://blog.example.com"}]});
    let mut ann = person("Ann", json!({"website": [{"comment": "blog", "url": "http://example.com"}]}));
    ann["phone_numbers"] = json!([{"number": "+442079460000"}]);
    let (post, put) = ("POST /api/v2/people", "PUT /api/v2/people");
    let expected = [
        (post.to_owned(), ann),
        (post.to_owned(), person("Bob", skype.clone())),
        (post.to_owned(), person("Dan", site("example.net"))),
        (post.to_owned(), person("Cem", site("http://example.org"))),
        (post.to_owned(), person("Dan", site("https://example.net"))),
        // One request per person, with the complete list of a type.
        (format!("{put}/7"), json!({"contact_data": sites})),
        (format!("{put}/8"), json!({"contact_data": skype})),
    ];
    let requests = helpdesk.requests();
    let received: Vec<(String, Value)> =
        requests.iter().map(|request| (request.target.clone(), request.body.clone())).collect();
    assert_eq!(received, expected);
    for request in requests {
        for header in ["authorization: key your_api_key", "content-type: application/json"] {
            let count = request.headers.iter().filter(|own| *own == header).count();
            assert_eq!(count, 1, "{header}\n{request:?}");
        }
    }
}

/// The first cells of the table of the lines of `--check` are texts of its report.
#[test]
fn the_guide_explains_lines_that_check_writes() {
    let people =
        "name=Ann&contact_data[1][type]=phone&contact_data[1][data][number]=1\nname=Bob&contact_data=x\n";
    let dir = crate::harness::Workdir::new();
    let reports = [
        dir.run("--check --id-field name", people).out,
        dir.run("--check --id-field name --losses kept", people).out,
    ]
    .concat();
    let reports = String::from_utf8(reports).unwrap();
    let lines = first_cells("GUIDE.md", "## 1. Look");
    assert!(lines.len() > 3, "{lines:?}");
    for text in lines.iter().flat_map(|cell| cell.split(", ")) {
        assert!(reports.contains(text), "--check does not write {text:?}:\n{reports}");
    }
}

/// The command knows each encoding that the guide advises.
#[test]
fn the_encodings_of_the_guide_are_known() {
    let page = read("GUIDE.md");
    let (_, table) = page.split_once("| encodings to try |\n").unwrap();
    let table = table.split("\n\n").next().unwrap();
    let names: Vec<&str> = table.split('`').skip(1).step_by(2).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(name.parse::<deskpro_contact::Encoding>().is_ok(), "{name}");
    }
}
