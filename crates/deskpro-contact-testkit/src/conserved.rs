//! Conservation of names: no part of the name of a pair disappears.

use crate::form::decoded;

/// Names of the documents. The output says them by its own structure.
const DOCUMENTED: [&str; 22] = [
    "contact", "data", "type", "comment", "address", "city", "state", "zip", "country", "website", "url",
    "service", "username", "calling", "code", "number", "display", "feed", "profile", "linked", "facebook",
    "twitter",
];

/// The words of a payload's names that are neither in the output nor in the losses, where `losses` are
/// the losses as JSON. A word is a run of at least two letters and digits that has a letter.
#[must_use]
pub fn lost_words(payload: &[u8], output: &[u8], losses: &[u8]) -> Vec<String> {
    // A note keeps a name as it was sent. It is encoded once more if it is not UTF-8.
    let once = decoded(losses);
    let kept =
        [output, losses, &once, &decoded(&once)].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    // What follows a NUL is a value.
    let read = payload.split(|&byte| byte == 0).next().unwrap_or_default();
    let mut lost = Vec::new();
    for pair in read.split(|&byte| byte == b'&') {
        let key = decoded(pair.split(|&byte| byte == b'=').next().unwrap_or_default());
        let words = key.split(|byte| !byte.is_ascii_alphanumeric()).map(String::from_utf8_lossy);
        lost.extend(words.map(String::from).filter(|word| {
            word.len() > 1
                && word.bytes().any(|byte| byte.is_ascii_alphabetic())
                && !DOCUMENTED.contains(&word.as_str())
                && !kept.iter().any(|text| text.contains(word.as_str()))
        }));
    }
    lost
}
