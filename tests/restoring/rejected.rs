//! Lines that are rejected during restoring, and payloads that were rejected during conversion.

use super::{assert_same_form, convert};
use crate::harness::{COMMENT, WEBSITE, WEBSITE_V2, Workdir, losses_lines};

#[test]
fn an_output_line_edited_to_an_invalid_body_is_rejected() {
    let dir = Workdir::new();
    convert(&dir, "", &format!("{WEBSITE}\n{COMMENT}\n{WEBSITE}\n"), 0);
    dir.write("o", format!("{WEBSITE_V2}\nbroken\n{WEBSITE_V2}\n"));
    let run = dir.run("--to form --restore l o", "").exits(3).reports("line 2: expected ");
    assert_eq!(run.lines().len(), 2);
    // The line is kept; the comment that would have gone back into it is not.
    let run = dir.run("--to form --restore l --rejects r o", "").exits(3);
    run.reports("1 of 3 payloads rejected, its text or losses lost; --losses FILE would keep them");
    assert_eq!(dir.text("r"), "broken\n");
    // A losses file of its own has both: nothing is dropped.
    for (options, jobs) in [("", 1), ("--rejects r", 1), ("--on-error emit", 3)] {
        let options = format!("--to form --restore l --losses left {options} -j{jobs} o");
        let run = dir.run(&options, "").exits(1).reports("1 of 3 payloads rejected, kept in ");
        let [kept, original] = [dir.text("left"), dir.text("l")].map(|text| losses_lines(&text));
        assert_eq!(kept[0]["value"], "broken");
        assert_eq!(kept[0]["losses"], original[0]["losses"]);
        assert_eq!(kept[0]["losses"][0]["code"], "comment");
        // Restoring with that file returns the rejected line.
        dir.write("restored", &run.out);
        let run = dir.run("--restore left --losses further restored", "").exits(0);
        assert_eq!(run.lines(), [WEBSITE_V2, "broken", WEBSITE_V2]);
    }
}

#[test]
fn an_output_line_over_the_limit_is_rejected() {
    let dir = Workdir::new();
    convert(&dir, "", COMMENT, 0);
    let line = dir.text("o");
    dir.run("--to form --restore l --rejects r --max-payload 2 o", "").exits(3);
    assert_eq!(dir.text("r"), line);
}

#[test]
fn a_payload_that_is_in_no_losses_file_is_reported_as_missing() {
    // A payload over the limit is only in the rejects, not in the losses.
    let dir = Workdir::new();
    let input = format!("{WEBSITE}\n{}\n{WEBSITE}\n", "x".repeat(1000));
    for on_error in ["skip", "emit"] {
        convert(&dir, &format!("--max-payload 500 --rejects r --on-error {on_error}"), &input, 1);
        let run = dir
            .run("--to form --restore l o", "")
            .exits(3)
            .reports("line 2: ")
            .reports("convert: 1 of 3 payloads missing: its text is not in the losses file");
        // No option of this run keeps it.
        assert!(!run.err.contains("would keep"), "{}", run.err);
        assert_eq!(run.lines().len(), 2);
        // `--lossy` does not cover rejected payloads.
        dir.run("--to form --restore l --lossy o", "").exits(3);
    }
}

/// A body that is rejected while restoring is passed on with its losses from run to run until it is repaired.
#[test]
fn losses_of_a_rejected_body_are_kept_until_the_body_is_repaired() {
    let dir = Workdir::new();
    let form = "type=twitter&comment=home&data[username]=jo";
    convert(&dir, "", form, 0);
    dir.write("e", "{\"contact_data\":5}\n");
    dir.run("-q --to form --restore l --edited --losses m -o b e", "").exits(1);
    assert!(dir.text("m").contains("\"home\""));
    // The rejected line is restored, and its losses are passed on or reported as lost.
    dir.run("-q --restore m b", "").exits(3);
    let run = dir.run("-q --restore m --losses z b", "").exits(0);
    assert_eq!(run.text(), "{\"contact_data\":5}\n");
    let repaired = r#"{"contact_data":{"twitter":[{"username":"jo","display_feed":false}]}}"#;
    let restored = dir.run("-q --to form --restore z --edited", repaired).exits(0);
    assert_same_form(restored.lines()[0].as_bytes(), form.as_bytes());
}

/// A note is needed only for restoring, so losing the notes of a rejected body loses no data.
#[test]
fn notes_of_a_rejected_body_do_not_change_the_status() {
    let dir = Workdir::new();
    convert(&dir, "", "type=im&data[service]=aim&data[username]=jo", 0);
    dir.run("--to form --restore l --rejects r", "{").exits(1);
    dir.run("--to form --restore l", "{").exits(3).reports("--losses FILE would keep it");
}
