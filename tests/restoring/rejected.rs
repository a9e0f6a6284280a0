//! Lines that are rejected during restoring, and payloads that were rejected during conversion.

use super::{is_same_form, there};
use crate::harness::{COMMENT, Place, WEBSITE, WEBSITE_V2, json_lines};

#[test]
fn an_output_line_that_is_no_payload_any_more_is_rejected() {
    let place = Place::new();
    there(&place, "", &format!("{WEBSITE}\n{COMMENT}\n{WEBSITE}\n"), 0);
    place.write("o", format!("{WEBSITE_V2}\nbroken\n{WEBSITE_V2}\n"));
    let run = place.run("--to form --restore l o", "").exits(3).says("line 2: expected ");
    assert_eq!(run.lines().len(), 2);
    // The line is kept; the comment that would have gone back into it is not.
    let run = place.run("--to form --restore l --rejects r o", "").exits(3);
    run.says("1 of 3 payloads rejected, its text or losses lost; --losses FILE would keep them");
    assert_eq!(place.text("r"), "broken\n");
    // A losses file of its own has both: nothing is dropped.
    for (options, jobs) in [("", 1), ("--rejects r", 1), ("--on-error emit", 3)] {
        let options = format!("--to form --restore l --losses left {options} -j{jobs} o");
        let run = place.run(&options, "").exits(1).says("1 of 3 payloads rejected, kept in ");
        let [kept, put_back] = [place.text("left"), place.text("l")].map(|text| json_lines(&text));
        assert_eq!(kept[0]["value"], "broken");
        assert_eq!(kept[0]["losses"], put_back[0]["losses"]);
        assert_eq!(kept[0]["losses"][0]["code"], "comment");
        // And it restores to its own text.
        place.write("back", &run.out);
        let run = place.run("--restore left --losses further back", "").exits(0);
        assert_eq!(run.lines(), [WEBSITE_V2, "broken", WEBSITE_V2]);
    }
}

#[test]
fn an_output_line_over_the_limit_is_rejected_like_any_other() {
    let place = Place::new();
    there(&place, "", COMMENT, 0);
    let line = place.text("o");
    place.run("--to form --restore l --rejects r --max-payload 2 o", "").exits(3);
    assert_eq!(place.text("r"), line);
}

#[test]
fn a_payload_that_nobody_kept_is_said_to_be_missing() {
    // Over the limit, and in no losses: the rejects of that run have it.
    let place = Place::new();
    let input = format!("{WEBSITE}\n{}\n{WEBSITE}\n", "x".repeat(1000));
    for on_error in ["skip", "emit"] {
        there(&place, &format!("--max-payload 500 --rejects r --on-error {on_error}"), &input, 1);
        let run = place.run("--to form --restore l o", "").exits(3).says("line 2: ");
        assert_eq!(run.lines().len(), 2);
        // A rejected payload is not what --lossy is about.
        place.run("--to form --restore l --lossy o", "").exits(3);
    }
}

/// A payload that is rejected while it is restored waits for whoever mends it, and its losses with it, from run to run.
#[test]
fn losses_of_a_rejected_payload_go_on_until_it_is_mended() {
    let place = Place::new();
    let form = "type=twitter&comment=home&data[username]=jo";
    there(&place, "", form, 0);
    place.write("e", "{\"contact_data\":5}\n");
    place.run("-q --to form --restore l --losses m -o b e", "").exits(1);
    assert!(place.text("m").contains("\"home\""));
    // The line back is as it was, and what belongs to it is passed on, or said to be lost.
    place.run("-q --restore m b", "").exits(3);
    let run = place.run("-q --restore m --losses z b", "").exits(0);
    assert_eq!(run.text(), "{\"contact_data\":5}\n");
    let mended = r#"{"contact_data":{"twitter":[{"username":"jo","display_feed":false}]}}"#;
    let back = place.run("-q --to form --restore z", mended).exits(0);
    is_same_form(back.lines()[0].as_bytes(), form.as_bytes());
}

/// A note is needed only to restore: where that cannot be, none is missed.
#[test]
fn notes_of_a_rejected_payload_change_no_status() {
    let place = Place::new();
    there(&place, "", "type=im&data[service]=aim&data[username]=jo", 0);
    place.run("--to form --restore l --rejects r", "{").exits(1);
    place.run("--to form --restore l", "{").exits(3).says("--losses FILE would keep it");
}
