//! Whole files whose lines are moved, removed, added, edited and joined between converting and restoring: no person
//! gets another person's value with status 0.

use std::collections::BTreeMap;

use deskpro_contact::form::{Form, Node};
use testkit::Rng;

use super::convert;
use crate::harness::{Workdir, losses_lines};

/// A value that names the person who owns it: no other person has this value.
fn mark(owner: usize, what: &str) -> String {
    format!("o{owner}-{what}")
}

/// A payload whose every value names its owner, with an id.
fn payload(rng: &mut Rng, owner: usize, id: &str) -> String {
    let mut pairs = vec![format!("email={id}"), format!("name={}", mark(owner, "name"))];
    for key in 1..=rng.below(4) {
        let record = format!("contact_data[{key}]");
        let [url, comment, odd] = ["url", "comment", "odd"].map(|what| mark(owner, &format!("{what}{key}")));
        match rng.below(4) {
            0 => pairs.push(format!("{record}[type]=phone&{record}[data][number]={url}")),
            1 => pairs.push(format!(
                "{record}[type]=im&{record}[comment]={comment}&{record}[data][service]={odd}&{record}[data][username]={url}"
            )),
            2 => pairs.push(format!("{record}[type]=skype&{record}[data][username]={url}&{record}[data][x]={odd}")),
            _ => pairs.push(format!("{record}[type]=website&{record}[comment]={comment}&{record}[data][url]={url}")),
        }
    }
    // The whole payload is rejected.
    if rng.chance(20) {
        pairs.push(format!("bad[]={}&bad[]=%E9", mark(owner, "bad")));
    }
    pairs.join("&")
}

/// All texts of a form with the owners that they name.
fn owners(node: Node<'_>, found: &mut Vec<usize>) {
    match node.text() {
        Some(text) => {
            let text = String::from_utf8_lossy(text);
            found.extend(
                text.strip_prefix('o').and_then(|rest| rest.split_once('-')?.0.parse::<usize>().ok()),
            );
        }
        None => node.children().for_each(|child| owners(child, found)),
    }
}

/// The id and the owners of the values in a restored payload.
fn owners_of(line: &str) -> (String, Vec<usize>) {
    let form = Form::read(line.as_bytes()).unwrap();
    let id = form.root().get(b"email").and_then(Node::text).unwrap_or_default();
    let id = String::from_utf8(id.to_vec()).unwrap();
    let mut found = Vec::new();
    owners(form.root(), &mut found);
    (id, found)
}

/// What a person may do to the lines of an output.
fn edit(rng: &mut Rng, lines: &mut Vec<String>) {
    for _ in 0..1 + rng.below(4) {
        let at = if lines.is_empty() { return } else { rng.below(lines.len()) };
        match rng.below(7) {
            0 => drop(lines.remove(at)),
            1 => lines.sort(),
            2 => lines.reverse(),
            3 => {
                let line = lines.remove(at);
                lines.insert(rng.below(lines.len() + 1), line);
            }
            4 => lines[at] = lines[at].replace("-url1", "-edited"),
            5 => lines[at] = lines[at].replacen("\"name\":\"", "\"name\":\"edited ", 1),
            _ => lines.insert(at, format!("{{\"email\":\"new{at}\",\"contact_data\":{{}}}}")),
        }
    }
}

fn is_rejected(payload: &str) -> bool {
    payload.contains("%E9")
}

/// Corrects some of the rejected payloads by hand. Returns their owners.
fn correct(rng: &mut Rng, payloads: &[String], lines: &mut Vec<String>) -> Vec<usize> {
    let mut corrected = Vec::new();
    for (owner, payload) in payloads.iter().enumerate() {
        if is_rejected(payload) && rng.chance(40) {
            let (id, name) = (owners_of(payload).0, mark(owner, "name"));
            let line = format!("{{\"email\":\"{id}\",\"name\":\"{name}\",\"contact_data\":{{}}}}");
            lines.insert(rng.below(lines.len() + 1), line);
            corrected.push(owner);
        }
    }
    corrected
}

/// The payloads of a file by their ids.
fn by_id(payloads: &[String]) -> BTreeMap<String, Vec<usize>> {
    let mut ids: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (owner, payload) in payloads.iter().enumerate() {
        ids.entry(owners_of(payload).0).or_default().push(owner);
    }
    ids
}

#[test]
fn no_edit_of_whole_files_gives_a_value_to_another_person() {
    let mut restored_runs = [0; 2];
    for seed in 0..150 {
        let mut rng = Rng::new(seed);
        let count = 2 + rng.below(7);
        let has_twins = rng.chance(20);
        let payloads: Vec<String> = (0..count)
            .map(|owner| {
                let id = if has_twins && owner > 0 && rng.chance(30) { 0 } else { owner };
                let id = if rng.chance(5) { String::new() } else { format!("p{id}") };
                payload(&mut rng, owner, &id)
            })
            .collect();
        let emits = if rng.chance(40) { "--on-error emit" } else { "" };
        for (n, ids) in ["", "--id-field email"].into_iter().enumerate() {
            let dir = Workdir::new();
            dir.run(&format!("-q {emits} {ids} --losses l -o o"), payloads.join("\n"));
            let mut lines: Vec<String> = dir.text("o").lines().map(str::to_owned).collect();
            edit(&mut rng, &mut lines);
            if rng.chance(10) {
                lines.extend(lines.clone());
            }
            let corrected = correct(&mut rng, &payloads, &mut lines);
            dir.write("e", lines.iter().map(|line| format!("{line}\n")).collect::<String>());
            let run = dir.run("--to form --restore l --losses left e", "");
            if run.code == Some(65) {
                assert!(run.err.contains("does not fit"), "{}", run.err);
                continue;
            }
            assert!(matches!(run.code, Some(0 | 1)), "seed {seed} {ids}: {:?} {}", run.code, run.err);
            restored_runs[n] += 1;
            let owners_by_id = by_id(&payloads);
            let left = dir.text("left");
            for line in run.lines() {
                let (id, owners) = owners_of(line);
                // All values of a payload have one owner: the person with that id.
                let allowed = owners_by_id.get(&id);
                let is_own = owners.windows(2).all(|pair| pair[0] == pair[1])
                    && owners.iter().all(|owner| allowed.is_some_and(|allowed| allowed.contains(owner)));
                assert!(is_own, "seed {seed} {ids}: {line}\n{}\n{}", payloads.join("\n"), lines.join("\n"));
            }
            // Every value of the input is in a payload, in the new losses, or was edited by the person.
            let all = String::from_utf8_lossy(&run.out).into_owned() + &left;
            for (owner, payload) in payloads.iter().enumerate() {
                let is_kept =
                    !is_rejected(payload) || corrected.contains(&owner) || all.contains(&mark(owner, "bad"));
                assert!(is_kept, "seed {seed} {ids}: {payload}\n{}\n{all}", lines.join("\n"));
            }
            for line in losses_lines(&dir.text("l")) {
                for loss in line["losses"].as_array().into_iter().flatten() {
                    let text = loss["value"].as_str().unwrap_or_default();
                    assert!(!text.starts_with('o') || all.contains(text), "seed {seed} {ids}: {text}\n{all}");
                }
            }
        }
    }
    // Most edits move or remove lines, which only ids allow.
    assert!(restored_runs[0] >= 5 && restored_runs[1] >= 100, "{restored_runs:?}");
}

/// An unedited line is restored to its original, at any position.
#[test]
fn unedited_people_come_back_as_they_were_in_any_order() {
    for seed in 0..40 {
        let mut rng = Rng::new(1000 + seed);
        let payloads: Vec<String> =
            (0..2 + rng.below(8)).map(|owner| payload(&mut rng, owner, &format!("p{owner}"))).collect();
        let dir = Workdir::new();
        dir.run("-q --id-field email --losses l -o o", payloads.join("\n"));
        let mut lines: Vec<String> = dir.text("o").lines().map(str::to_owned).collect();
        rng.shuffle(&mut lines);
        dir.write("e", lines.iter().map(|line| format!("{line}\n")).collect::<String>());
        let run = dir.run("--to form --restore l e", "").exits(0);
        let restored: BTreeMap<String, &str> =
            run.lines().iter().map(|line| (owners_of(line).0, *line)).collect();
        assert_eq!(restored.len(), payloads.len());
        for payload in &payloads {
            let line = restored[&owners_of(payload).0];
            assert!(
                Form::read(payload.as_bytes()).unwrap() == Form::read(line.as_bytes()).unwrap(),
                "{line}"
            );
        }
    }
}

/// A payload that is rejected.
const REJECTED: &str = "id=2&a=%E9";

fn site(id: &str, name: &str) -> String {
    format!("id={id}&type=website&comment=of-{name}&data%5Burl%5D={name}.example")
}

#[test]
fn ids_are_compared_as_a_form_writes_them() {
    let dir = Workdir::new();
    convert(&dir, "--id-field id", &format!("{}\n{}\n", site("5", "ann"), site("1", "bob")), 0);
    let output = dir.text("o").replace("\"5\"", "5").replace("\"id\":\"1\"", "\"id\":true");
    let (ann, bob) = output.trim_end().split_once('\n').unwrap();
    let run = dir.run("--to form --restore l --lossy", format!("{bob}\n{ann}\n")).exits(0);
    assert_eq!(run.lines(), [site("1", "bob"), site("5", "ann")]);
}

#[test]
fn a_line_without_an_id_is_restored_only_if_it_is_unchanged() {
    for id in ["=", "[]=5"] {
        let dir = Workdir::new();
        let nobody = site("", "nobody").replacen("id=", &format!("id{id}"), 1);
        convert(&dir, "--id-field id", &format!("{nobody}\n{}\n", site("1", "bob")), 0);
        let output = dir.text("o");
        let (first, second) = output.trim_end().split_once('\n').unwrap();
        let run = dir.run("--to form --restore l", format!("{second}\n{first}\n")).exits(0);
        assert!(run.text().contains("of-nobody") && run.text().contains("of-bob"), "{}", run.text());
        // If it is edited, it is a new person, and its losses are left over.
        let edited = first.replace("nobody.example", "new.example");
        let run = dir.run("--to form --restore l --losses left", format!("{second}\n{edited}\n")).exits(0);
        assert!(!run.text().contains("of-nobody") && dir.text("left").contains("of-nobody"));
        // An id added by hand matches no payload.
        let edited = format!("{{\"id\":\"9\",{}", &first[1..])
            .replace("\"id\":\"\",", "")
            .replace("\"id\":[\"5\"],", "");
        let run = dir.run("--to form --restore l --lossy", format!("{second}\n{edited}\n")).exits(0);
        assert!(!run.text().contains("of-nobody"), "{}", run.text());
    }
}

#[test]
fn of_two_payloads_with_one_id_each_is_found_by_its_whole_output_or_the_run_stops() {
    let dir = Workdir::new();
    convert(&dir, "--id-field id", &format!("{}\n{}\n", site("1", "ann"), site("1", "bob")), 0);
    let output = dir.text("o");
    let (ann, bob) = output.trim_end().split_once('\n').unwrap();
    let run = dir.run("--to form --restore l", format!("{bob}\n{ann}\n")).exits(0);
    assert_eq!(run.lines(), [site("1", "bob"), site("1", "ann")]);
    let edited = ann.replace("ann.example", "new.example");
    dir.run("--to form --restore l -o r", format!("{edited}\n{bob}\n")).exits(65).reports(
        "line 1 of the input and line 2 of the input have the id \"1\", and line 1 of the output was edited",
    );
    assert!(!dir.path("r").exists());
    // Two output lines with one id.
    let dir = Workdir::new();
    convert(&dir, "--id-field id", &site("1", "ann"), 0);
    let ann = dir.text("o");
    dir.run("--to form --restore l -o r", format!("{ann}{ann}"))
        .exits(65)
        .reports("lines 1 and 2 of the output have the id \"1\", which is only in line 1 of the input");
    assert!(!dir.path("r").exists());
}

#[test]
fn identical_lines_with_one_id_take_their_losses_in_order() {
    let dir = Workdir::new();
    let [one, two] = ["first", "second"]
        .map(|comment| format!("id=1&type=website&comment={comment}&data%5Burl%5D=x.example"));
    convert(&dir, "--id-field id", &format!("{one}\n{two}\n"), 0);
    let run = dir.run("--to form --restore l o", "").exits(0);
    assert_eq!(run.lines(), [one, two]);
}

#[test]
fn rejected_payloads_come_back_in_their_places_or_at_the_end() {
    let dir = Workdir::new();
    let input = [site("1", "ann"), REJECTED.to_owned(), site("3", "bob"), site("4", "cem")];
    convert(&dir, "--id-field id", &(input.join("\n") + "\n"), 1);
    let output = dir.text("o");
    let [ann, bob, cem] = output.lines().collect::<Vec<_>>()[..] else { panic!("{output}") };
    for (order, expected) in [
        (vec![ann, bob, cem], vec![0, 1, 2, 3]),
        (vec![bob, cem], vec![1, 2, 3]),
        (vec![ann, cem], vec![0, 1, 3]),
        // The first output belongs to the last line of the input, so the rejected payload, an earlier line, comes
        // before it. Once an output comes out of order, the remaining rejected payloads come last.
        (vec![cem, bob, ann], vec![1, 3, 2, 0]),
        (vec![ann, cem, bob], vec![0, 1, 3, 2]),
        (vec![], vec![1]),
    ] {
        let lines = order.iter().map(|line| format!("{line}\n")).collect::<String>();
        let run = dir.run("--to form --restore l --lossy", &lines).exits(0);
        let expected: Vec<&str> = expected.iter().map(|&n| input[n].as_str()).collect();
        assert_eq!(run.lines(), expected, "{lines}");
    }
    let two = [REJECTED, &site("5", "eve"), "id=6&a=%E9", &site("7", "dan")].join("\n");
    let dir = Workdir::new();
    convert(&dir, "--id-field id", &two, 1);
    let output = dir.text("o");
    let (eve, dan) = output.trim_end().split_once('\n').unwrap();
    let run = dir.run("--to form --restore l", format!("{eve}\n{dan}\n")).exits(0);
    assert_eq!(run.text().trim_end(), two);
}

#[test]
fn a_corrected_payload_takes_the_place_of_the_rejected_one() {
    let input = [site("1", "ann"), REJECTED.to_owned(), site("3", "bob")].join("\n");
    let corrected = r#"{"id":"2","contact_data":{"website":[{"url":"new.example"}]}}"#;
    let as_form =
        "id=2&contact_data%5B1%5D%5Btype%5D=website&contact_data%5B1%5D%5Bdata%5D%5Burl%5D=new.example";
    for emits in ["", "--on-error emit"] {
        let dir = Workdir::new();
        convert(&dir, &format!("--id-field id {emits}"), &input, 1);
        let output = dir.text("o");
        let lines: Vec<&str> = output.lines().filter(|line| !line.starts_with("{\"error\"")).collect();
        for order in [
            [lines[0], corrected, lines[1]],
            [lines[1], lines[0], corrected],
            [corrected, lines[0], lines[1]],
        ] {
            for from in ["e", "-"] {
                let edited = order.join("\n") + "\n";
                dir.write("e", &edited);
                let run = dir.run(&format!("--to form --restore l {from}"), &edited).exits(0);
                let count = run.lines().iter().filter(|line| **line == as_form).count();
                assert_eq!((run.lines().len(), count), (3, 1), "{}", run.text());
                assert!(!run.text().contains("%E9"));
            }
        }
        // An error line that was removed: its payload comes last.
        let run = dir.run("--to form --restore l", lines.join("\n")).exits(0);
        assert!(run.text().contains(REJECTED), "{}", run.text());
    }
}

#[test]
fn error_lines_are_found_by_id_or_as_they_were_written() {
    for ids in [["1", "2", "3"], ["", "", ""]] {
        let dir = Workdir::new();
        let input = [site(ids[0], "ann"), format!("id={}&a=%E9", ids[1]), format!("id={}&b=%E8", ids[2])];
        convert(&dir, "--id-field id --on-error emit", &input.join("\n"), 1);
        let output = dir.text("o");
        let mut lines: Vec<&str> = output.lines().collect();
        lines.reverse();
        let run = dir.run("--to form --restore l", lines.join("\n")).exits(0);
        assert_eq!(run.lines(), [&*input[2], &input[1], &input[0]]);
    }
}

#[test]
fn outputs_of_two_runs_are_restored_together() {
    let dir = Workdir::new();
    let input = [site("1", "ann"), REJECTED.to_owned(), site("3", "bob")].join("\n");
    convert(&dir, "--id-field id --rejects r", &input, 1);
    let corrected = dir.text("r").replace("a=%E9", "type=website&comment=of-cem&data[url]=cem.example");
    dir.run("--id-field id --losses l2 -o o2", &corrected).exits(0);
    let [one, two] = ["o", "o2"].map(|name| dir.text(name));
    for joined in [format!("{one}{two}"), format!("{two}{one}")] {
        let run = dir.run("--to form --restore l --restore l2", &joined).exits(0);
        let mut lines = run.lines();
        lines.sort_unstable();
        assert_eq!(lines, [site("1", "ann"), site("2", "cem"), site("3", "bob")]);
    }
    // The corrected person was removed again: the rejected payload comes back.
    let run = dir.run("--to form --restore l --restore l2 --lossy", &one).exits(0);
    assert!(run.text().contains(REJECTED), "{}", run.text());
    // Without ids there is nothing to match by.
    dir.run("--losses l3 -o o3", site("9", "eve")).exits(0);
    dir.run("--to form --restore l --restore l3", &one).exits(65).reports("the same --id-field");
    dir.write("l4", dir.text("l3"));
    dir.run("--to form --restore l3 --restore l4", &one).exits(65).reports("the same --id-field");
}

#[test]
fn the_id_field_comes_from_the_losses_file() {
    let dir = Workdir::new();
    convert(&dir, "--id-field id", &site("1", "ann"), 0);
    dir.run("--to form --restore l --id-field id o", "").exits(0);
    dir.run("--to form --restore l --id-field name o", "")
        .exits(2)
        .reports("differs from that of the losses file");
    // The restoring run names the person, too.
    let run = dir.run(
        "--to form --restore l --losses left",
        "{\"id\":\"1\",\"contact_data\":{\"apple\":[{\"username\":\"x\"}]}}",
    );
    run.exits(0).reports("line 1 (id 1)");
    let left = losses_lines(&dir.text("left"));
    assert_eq!(left[0]["id"], "1");
    assert!(dir.text("left").starts_with(
        r#"{"head":{"version":1,"from":"v2","to":"form","profile":"documented","id_field":"id"}}"#
    ));
}

#[test]
fn only_contact_data_keeps_the_id_field() {
    let dir = Workdir::new();
    convert(&dir, "--only-contact-data --id-field id", &format!("{}&name=Ann", site("1", "ann")), 0);
    assert!(dir.text("o").starts_with("{\"id\":\"1\",\"contact_data\""), "{}", dir.text("o"));
    let run = dir.run("--to form --restore l o", "").exits(0);
    assert_eq!(run.lines(), [format!("{}&name=Ann", site("1", "ann"))]);
}

/// Losses whose person has no line in the output are passed on from run to run.
#[test]
fn losses_of_removed_people_are_left_over_and_passed_on() {
    let dir = Workdir::new();
    convert(&dir, "--id-field id", &format!("{}\n{}\n", site("1", "ann"), site("2", "bob")), 0);
    let output = dir.text("o");
    let (ann, _) = output.split_once('\n').unwrap();
    let run = dir.run("--to form --restore l", ann).exits(3);
    run.reports("line 2 (id 2): lost, left-over: 1 value of a payload that was not restored");
    dir.run("--to form --restore l --losses left -o f", ann).exits(0);
    // The next run cannot put them back either.
    dir.run("--restore left f", "").exits(3).reports("line 2 (id 2): lost, left-over");
    dir.run("--restore left --losses next -o again f", "").exits(0);
    assert!(dir.text("next").contains("of-bob"));
    let run = dir.run("--to form --restore next --lossy again", "").exits(0);
    assert!(!run.text().contains("of-bob"));
}

/// A losses file that cannot be read twice is copied.
#[test]
fn losses_are_read_from_a_pipe() {
    let dir = Workdir::new();
    for ids in ["", "--id-field id"] {
        let input = [site("1", "ann"), REJECTED.to_owned(), site("3", "bob")].join("\n");
        convert(&dir, ids, &input, 1);
        for edited in ["", "--edited"] {
            let script = format!(
                "cat l | exec {} --to form {edited} --restore /dev/stdin o",
                assert_cmd::cargo::cargo_bin!("convert").display()
            );
            let output = std::process::Command::new("sh")
                .args(["-c", &script])
                .current_dir(dir.path(""))
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(String::from_utf8(output.stdout).unwrap().trim_end(), input);
        }
    }
}

/// A rejected payload without its id is in its place, even if the id occurs twice.
#[test]
fn a_rejected_payload_whose_id_occurs_twice_comes_back_in_its_place() {
    let dir = Workdir::new();
    let input = [&site("1", "ann"), "id=1&a=%E9", &site("2", "bob")].join("\n");
    convert(&dir, "--id-field id", &input, 1);
    let run = dir.run("--to form --restore l o", "").exits(0);
    assert_eq!(run.text().trim_end(), input);
}

/// If one of two rejected payloads with one id is corrected, it is unknown which one. The other must not vanish.
#[test]
fn corrections_of_an_id_that_was_rejected_twice_are_all_there_or_stop_the_run() {
    let twins = ["id=1&v=first&a=%E9", "id=1&v=second&a=%E9"];
    let input = [twins[0], twins[1], &site("2", "bob")].join("\n");
    let corrected = |name: &str| format!("{{\"id\":\"1\",\"v\":\"{name}\",\"contact_data\":{{}}}}\n");
    let dir = Workdir::new();
    convert(&dir, "--id-field id", &input, 1);
    let output = dir.text("o");
    let why = "line 1 of the input and line 2 of the input have the id \"1\", and the output corrects only 1 payload with this id";
    dir.run("--to form --restore l -o r", corrected("second") + &output).exits(65).reports(why);
    assert!(!dir.path("r").exists());
    let both = corrected("second") + &output + &corrected("first");
    let run = dir.run("--to form --restore l", both).exits(0);
    assert_eq!(run.lines(), ["id=1&v=second", &site("2", "bob"), "id=1&v=first"]);
    // Corrected in a second run.
    for (second, code) in [("id=1&v=second", 65), ("id=1&v=second\nid=1&v=first", 0)] {
        dir.run("--id-field id --losses l2 -o o2", second).exits(0);
        let joined = output.clone() + &dir.text("o2");
        let run = dir.run("--to form --restore l --restore l2", joined).exits(code);
        assert!(code == 65 || run.lines()[1..] == second.lines().collect::<Vec<_>>(), "{}", run.text());
    }
    // Error lines tell which is which, unless they are equal.
    let dir = Workdir::new();
    convert(&dir, "--id-field id --on-error emit", &input, 1);
    let output = dir.text("o");
    let (_, rest) = output.split_once('\n').unwrap();
    dir.run("--to form --restore l", corrected("first") + rest).exits(65).reports("so it is unknown which");
    let dir = Workdir::new();
    convert(&dir, "--id-field id --on-error emit", &input.replacen("a=%E9", "b=%E9", 1), 1);
    let output = dir.text("o");
    let (_, rest) = output.split_once('\n').unwrap();
    let run = dir.run("--to form --restore l", corrected("first") + rest).exits(0);
    assert_eq!(run.lines(), ["id=1&v=first", twins[1], &site("2", "bob")]);
}

/// The corrected body has precedence over the error line that is still in the joined outputs.
#[test]
fn an_error_line_beside_the_corrected_body_gives_nothing() {
    let dir = Workdir::new();
    convert(&dir, "--id-field id --on-error emit", &[REJECTED, &site("3", "bob")].join("\n"), 1);
    dir.run("--id-field id --losses l2 -o o2", "id=2&a=mended").exits(0);
    for joined in [dir.text("o") + &dir.text("o2"), dir.text("o2") + &dir.text("o")] {
        let run = dir.run("--to form --restore l --restore l2", joined).exits(0);
        let mut lines = run.lines();
        lines.sort_unstable();
        assert_eq!(lines, ["id=2&a=mended", &site("3", "bob")]);
    }
}

/// Equal outputs of people without an id do not show whose they are. If one of them is missing, none of them gets
/// losses.
#[test]
fn equal_lines_without_ids_take_losses_only_if_all_are_there() {
    let dir = Workdir::new();
    let input = ["type=phone&data%5Bnumber%5D=111", "type=phone&data%5Bnumber%5D=222"];
    convert(&dir, "--id-field id", &input.join("\n"), 0);
    let output = dir.text("o");
    let run = dir.run("--to form --restore l", &output).exits(0);
    assert_eq!(run.lines(), input);
    let one = output.lines().next().unwrap();
    let run = dir.run("--to form --restore l --losses left", one).exits(0);
    assert_eq!(run.text(), "\n");
    assert!(dir.text("left").contains("111") && dir.text("left").contains("222"));
    dir.run("--to form --restore l", one).exits(3);
    // Equal losses may go to any of them.
    let dir = Workdir::new();
    convert(&dir, "--id-field id", &[input[0], input[0]].join("\n"), 0);
    let run = dir.run("--to form --restore l --lossy", one).exits(0);
    assert_eq!(run.lines(), [input[0]]);
}

/// An error line that no losses file knows is not a person.
#[test]
fn an_error_line_of_another_run_is_rejected() {
    let dir = Workdir::new();
    for ids in ["--id-field id", ""] {
        convert(&dir, ids, &site("1", "ann"), 0);
        let own = dir.text("o");
        dir.run(&format!("{ids} --on-error emit -o other"), REJECTED).exits(3);
        let other = dir.text("other");
        if ids.is_empty() {
            dir.run("--to form --restore l", own + &other).exits(65);
            continue;
        }
        let run = dir.run("--to form --restore l --losses left", other + &own).exits(1);
        run.reports("error-line");
    }
}

/// One id in very many lines. With quadratic cost, the run takes many minutes, and ends at the time limit of every run.
#[test]
fn one_id_in_many_lines_is_restored() {
    const COUNT: usize = 20_000;
    let written = (0..COUNT).map(|n| format!("id=1&type=website&comment=c{n}&data%5Burl%5D={n}.example\n"));
    let rejected = (0..COUNT).map(|n| format!("id=1&n={n}&a=%E9\n"));
    let input: String = written.chain(rejected).collect();
    for emits in ["", "--on-error emit"] {
        let dir = Workdir::new();
        dir.run(&format!("-q --id-field id {emits} --losses l -o o"), &input).exits(1);
        let run = dir.run("-q --to form --restore l o", "").exits(0);
        assert_eq!(run.text(), input);
    }
}

/// The id of a rejected reply is in its `data`.
#[test]
fn a_corrected_reply_takes_the_place_of_the_rejected_one() {
    let dir = Workdir::new();
    let rejected = r#"{"meta":{},"data":{"id":5,"contact_data":7}}"#;
    let other = r#"{"data":{"id":6,"contact_data":{"apple":[{"username":"x"}]}}}"#;
    dir.run("--to form --id-field id --losses l -o o", [rejected, other].join("\n")).exits(1);
    assert_eq!(losses_lines(&dir.text("l"))[0]["id"], 5);
    let run = dir.run("--restore l", dir.text("o") + "id=5&name=ok").exits(0);
    assert_eq!(run.lines(), [other, r#"{"id":"5","name":"ok"}"#]);
    let run = dir.run("--restore l o", "").exits(0);
    assert_eq!(run.lines(), [rejected, other]);
}

/// A file that cannot be read twice is copied to the folder for temporary files.
#[test]
fn a_missing_folder_for_temporary_files_is_named() {
    let dir = Workdir::new();
    convert(&dir, "--id-field id", &[site("1", "ann"), REJECTED.to_owned()].join("\n"), 1);
    for args in ["--to form --restore /dev/stdin o", "--to form --restore l"] {
        let mut command = dir.command(args);
        let input = std::fs::File::open(dir.path(if args.ends_with('o') { "l" } else { "o" })).unwrap();
        // A pipe, not a file.
        let mut cat = std::process::Command::new("cat")
            .stdin(input)
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let run = command.env("TMPDIR", dir.path("none")).stdin(cat.stdout.take().unwrap()).output().unwrap();
        cat.wait().unwrap();
        let message = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(74), "{message}");
        assert!(
            message.contains("no temporary copy in ") && message.contains("none (TMPDIR): "),
            "{message}"
        );
    }
}

/// Each of these people counts as added. Only the warning tells that the losses file is another one.
#[test]
fn an_output_of_which_most_people_have_no_losses_line_causes_a_warning() {
    let dir = Workdir::new();
    let people = |ids: std::ops::Range<usize>| ids.map(|id| format!("id={id}&type=website&data[url]=x\n"));
    for (name, ids) in [("one", 0..4), ("other", 3..7)] {
        dir.run(&format!("--id-field id --losses {name}.l -o {name}"), people(ids).collect::<String>())
            .exits(0);
    }
    let warning = "warning: 3 of 4 payloads are in no losses file and count as added: restore an output with the losses \
                   file of its own conversion\n";
    let run = dir.run("--to form --restore other.l --losses left one", "").exits(0);
    assert!(run.err.contains(warning), "{}", run.err);
    // Here, two of five people were added.
    let own =
        dir.run("--to form --restore one.l -", dir.text("one") + "{\"id\":\"8\"}\n{\"id\":\"9\"}\n").exits(0);
    assert_eq!(own.err, "");
}

/// Organizations have ids of their own, so their losses can have the ids of people. Each of these counts as edited.
#[test]
fn an_output_with_the_losses_of_others_causes_a_warning() {
    let dir = Workdir::new();
    let lines = |url: &str| {
        (1..4).map(|id| format!("id={id}&type=website&data[url]={url}{id}\n")).collect::<String>()
    };
    for name in ["people", "organizations"] {
        dir.run(&format!("--id-field id --losses {name}.l -o {name}"), lines(name)).exits(0);
    }
    let warning = "warning: 3 of 3 payloads are not as their conversion wrote them, and count as edited: if you did not \
                   edit them, the losses belong to others with the same ids";
    let restored = dir.run("--to form --restore organizations.l people", "").exits(0);
    assert!(restored.err.contains(warning), "{}", restored.err);
    let restored = dir.run("--to form --restore people.l people", "").exits(0);
    assert_eq!(restored.err, "");
}
