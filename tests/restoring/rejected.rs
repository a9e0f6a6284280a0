//! Lines that are rejected during restoring, and payloads that were rejected during conversion.

use super::{assert_same_form, convert};
use crate::harness::{COMMENT, Place, WEBSITE, WEBSITE_V2, json_lines};

#[test]
fn an_output_line_edited_to_an_invalid_body_is_rejected() {
    let place = Place::new();
    convert(&place, "", &format!("{WEBSITE}\n{COMMENT}\n{WEBSITE}\n"), 0);
    place.write("o", format!("{WEBSITE_V2}\nbroken\n{WEBSITE_V2}\n"));
    let run = place.run("--to form --restore l o", "").exits(3).says("line 2: expected ");
    assert_eq!(run.lines().len(), 2);
    // The rejects keep the line, but not its losses.
    place.run("--to form --restore l --rejects r o", "").exits(3);
    assert_eq!(place.text("r"), "broken\n");
    // A losses file of its own keeps both the line and its losses.
    for (options, jobs) in [("", 1), ("--rejects r", 1), ("--on-error emit", 3)] {
        let options = format!("--to form --restore l --losses left {options} -j{jobs} o");
        let run = place.run(&options, "").exits(1).says("1 of 3 payloads rejected, kept in ");
        let [kept, original] = [place.text("left"), place.text("l")].map(|text| json_lines(&text));
        assert_eq!(kept[0]["value"], "broken");
        assert_eq!(kept[0]["losses"], original[0]["losses"]);
        assert_eq!(kept[0]["losses"][0]["code"], "comment");
        // Restoring with that file returns the rejected line.
        place.write("restored", &run.out);
        let run = place.run("--restore left --losses further restored", "").exits(0);
        assert_eq!(run.lines(), [WEBSITE_V2, "broken", WEBSITE_V2]);
    }
}

#[test]
fn an_output_line_over_the_limit_is_rejected() {
    let place = Place::new();
    convert(&place, "", COMMENT, 0);
    let line = place.text("o");
    place.run("--to form --restore l --rejects r --max-payload 2 o", "").exits(3);
    assert_eq!(place.text("r"), line);
}

#[test]
fn a_payload_that_is_in_no_losses_file_is_reported_as_missing() {
    // A payload over the limit is only in the rejects, not in the losses.
    let place = Place::new();
    let input = format!("{WEBSITE}\n{}\n{WEBSITE}\n", "x".repeat(1000));
    for on_error in ["skip", "emit"] {
        convert(&place, &format!("--max-payload 500 --rejects r --on-error {on_error}"), &input, 1);
        let run = place.run("--to form --restore l o", "").exits(3).says("line 2: ");
        assert_eq!(run.lines().len(), 2);
        // `--lossy` does not cover rejected payloads.
        place.run("--to form --restore l --lossy o", "").exits(3);
    }
}

/// A body that is rejected while restoring is passed on with its losses from run to run until somebody repairs it.
#[test]
fn losses_of_a_rejected_body_are_kept_until_the_body_is_repaired() {
    let place = Place::new();
    let form = "type=twitter&comment=home&data[username]=jo";
    convert(&place, "", form, 0);
    place.write("e", "{\"contact_data\":5}\n");
    place.run("-q --to form --restore l --losses m -o b e", "").exits(1);
    assert!(place.text("m").contains("\"home\""));
    // The rejected line is restored, and its losses are passed on or reported as lost.
    place.run("-q --restore m b", "").exits(3);
    let run = place.run("-q --restore m --losses z b", "").exits(0);
    assert_eq!(run.text(), "{\"contact_data\":5}\n");
    let repaired = r#"{"contact_data":{"twitter":[{"username":"jo","display_feed":false}]}}"#;
    let restored = place.run("-q --to form --restore z", repaired).exits(0);
    assert_same_form(restored.lines()[0].as_bytes(), form.as_bytes());
}

/// A note is needed only for restoring, so notes of a rejected body are no loss of data.
#[test]
fn notes_of_a_rejected_body_do_not_change_the_status() {
    let place = Place::new();
    convert(&place, "", "type=im&data[service]=aim&data[username]=jo", 0);
    place.run("--to form --restore l --rejects r", "{").exits(1);
    place.run("--to form --restore l", "{").exits(3).says("--losses FILE would keep them");
}
