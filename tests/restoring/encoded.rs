//! Payloads that are not UTF-8, converted with `--encoding` and restored through files and pipes.

use crate::harness::Workdir;

/// Two payloads in Windows-1252, raw and percent-encoded, and one in UTF-8.
const INPUT: &[u8] = b"email=ren\xE9&contact_data[1][type]=website&contact_data[1][comment]=caf\xE9&contact_data[1][data][url]=u\n\
    pr%E9nom=Ren%E9&a[%FC]=5+%80\n\
    name=Ren%C3%A9\n";
const OUTPUT: &str = "{\"email\":\"rené\",\"contact_data\":{\"website\":[{\"url\":\"u\"}]}}\n\
    {\"prénom\":\"René\",\"a\":{\"ü\":\"5 €\"},\"contact_data\":{}}\n\
    {\"name\":\"René\",\"contact_data\":{}}\n";
const RESTORED: &str = "email=ren%E9&contact_data%5B1%5D%5Btype%5D=website&contact_data%5B1%5D%5Bcomment%5D=caf%E9\
    &contact_data%5B1%5D%5Bdata%5D%5Burl%5D=u\n\
    pr%E9nom=Ren%E9&a%5B%FC%5D=5+%80\n\
    name=Ren%C3%A9\n";

/// Restores an output without the option.
fn restore(dir: &Workdir, output: &str) -> String {
    dir.run("--to form --restore l", output).exits(0).text().to_owned()
}

fn converted() -> Workdir {
    let dir = Workdir::new();
    let run = dir.run("--encoding Latin1 --verify --losses l -o o --id-field email", INPUT);
    run.exits(0).reports("line 1 (email rené), contact_data[1][comment]: kept, comment: \"café\"");
    assert_eq!(dir.text("o"), OUTPUT);
    dir
}

#[test]
fn decoded_texts_get_their_bytes_back_without_the_option() {
    let dir = converted();
    assert_eq!(restore(&dir, OUTPUT), RESTORED);
    assert_eq!(dir.run("--to form --restore l --encoding windows-1252", OUTPUT).exits(0).text(), RESTORED);
}

#[test]
fn an_edited_text_returns_in_utf8() {
    let dir = Workdir::new();
    dir.run("--encoding Latin1 --losses l -o o", INPUT).exits(0);
    let edited = OUTPUT.replace("{\"prénom\":\"René\"", "{\"prénom\":\"Renée\"");
    let expected = RESTORED.replace("pr%E9nom=Ren%E9&", "pr%E9nom=Ren%C3%A9e&");
    assert_eq!(dir.run("--to form --restore l --edited", edited).exits(0).text(), expected);
}

#[test]
fn losses_of_another_encoding_exit_65() {
    let dir = converted();
    let run = dir.run("--to form --restore l --encoding iso-8859-2 -o restored", OUTPUT);
    run.exits(65).reports("expected losses of texts in iso-8859-2, found windows-1252");
    let edited = dir.text("l").replace("\"windows-1252\"", "\"utf-7\"");
    dir.write("edited", edited);
    let run = dir.run("--to form --restore edited -o restored", OUTPUT);
    run.exits(65).reports("expected the losses of one payload, found an unknown encoding");
    assert!(!dir.path("restored").exists());
}

#[test]
fn a_text_that_is_malformed_in_the_encoding_too_is_rejected() {
    let dir = Workdir::new();
    let run =
        dir.run("--encoding shift_jis --rejects r", b"name=%83\nname=%83%5C%83j%81%5B\nname=%83e\xFF\n");
    let run = run.exits(1).reports("line 1, name: expected UTF-8 or shift_jis, found \"%83\"");
    assert_eq!(run.text(), "{\"name\":\"ソニー\",\"contact_data\":{}}\n");
    assert_eq!(dir.bytes("r"), b"name=%83\nname=%83e\xFF\n");
    let run = dir.run("", b"name=%83\n").exits(3);
    run.reports("line 1, name: expected UTF-8 (for another encoding, use --encoding), found \"%83\"");
}

#[test]
fn the_head_names_the_encoding_and_runs_of_different_encodings_are_restored_together() {
    let dir = converted();
    assert!(
        dir.text("l").lines().next().unwrap().ends_with(r#","id_field":"email","encoding":"windows-1252"}}"#)
    );
    dir.run("--encoding iso-8859-2 --losses l2 -o o2 --id-field email", b"email=l2&name=%B1").exits(0);
    let joined = dir.text("o2") + &dir.text("o");
    let run = dir.run("--to form --restore l --restore l2 --losses left", &joined).exits(0);
    assert_eq!(run.text(), "email=l2&name=%B1\n".to_owned() + RESTORED);
    // The restoring run reads and writes UTF-8.
    assert!(dir.text("left").starts_with(
        r#"{"head":{"version":1,"from":"v2","to":"form","profile":"documented","id_field":"email"}}"#
    ));
    let run = dir.run("--to form --restore l --restore l2 --encoding windows-1252 -o r", &joined);
    run.exits(65).reports("l2 does not fit: expected losses of texts in windows-1252, found iso-8859-2");
}
