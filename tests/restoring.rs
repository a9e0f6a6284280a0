//! Converting and restoring through files, with and without edits in between, and losses files that do not match.

mod edited;
mod encoded;
mod losses_files;
mod people;
mod rejected;
mod unedited;

use deskpro_contact::form::Form;

use crate::harness::Workdir;

/// Converts lines and asserts the exit status. The output goes to the file `o`, the losses to `l`.
#[track_caller]
pub(crate) fn convert(dir: &Workdir, args: &str, lines: &str, code: i32) {
    dir.run(&format!("{args} --losses l -o o"), lines).exits(code);
}

/// Asserts that two payloads read as the same form.
#[track_caller]
pub(crate) fn assert_same_form(before: &[u8], after: &[u8]) {
    let [one, two] = [before, after].map(Form::read);
    let is_same = match (one, two) {
        (Ok(one), Ok(two)) => one == two,
        // A payload over a limit is not read as a form: compare bytes.
        _ => before == after,
    };
    let [before, after] = [before, after].map(String::from_utf8_lossy);
    assert!(is_same, "restored to another form:\n{before}\n{after}");
}

/// The pairs of one website record.
pub(crate) fn website(key: &str, url: &str, comment: &str) -> String {
    let mut record = format!("contact_data[{key}][type]=website");
    if !comment.is_empty() {
        record += &format!("&contact_data[{key}][comment]={comment}");
    }
    record + &format!("&contact_data[{key}][data][url]={url}")
}

/// Two people, each with a comment that v2 cannot hold.
pub(crate) fn two_people() -> (String, String) {
    let person = |name: &str| {
        let site = format!("contact_data[1][data][url]=http://{name}.example");
        format!("name={name}&contact_data[1][type]=website&contact_data[1][comment]=of-{name}&{site}")
    };
    (person("ann"), person("bob"))
}
