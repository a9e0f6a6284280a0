//! The laws, as functions that panic where one does not hold. The targets give them bytes.
//!
//! They look from outside: at the library's public names, at the two documents, and at the bytes that went in. Where
//! a check splits a payload or a body, it does so by itself, so that it cannot be wrong together with the readers.

#[path = "../../tests/document.rs"]
mod document;
mod forms;
mod json;
mod laws;

pub use self::forms::reads;
pub use self::laws::{
    body_comes_back, payload_comes_back, restores_anything, what_was_read_before_changes_nothing,
};

// The law of the two readers waits for `Options::general_reader` and `Conversion::is_plain`. To switch it on, take
// the comment signs away here and from the target `readers` in Cargo.toml, and add `readers` to `fuzz/run`.
//
// #[path = "../../tests/one_edit.rs"]
// #[expect(dead_code, reason = "some edits are for tests alone")]
// mod one_edit;
// #[path = "../../tests/payloads.rs"]
// #[expect(dead_code, reason = "the fuzzer makes the payloads: only the generator of numbers is used")]
// mod payloads;
// #[path = "../../tests/readers.rs"]
// mod readers;
//
// /// Two bytes of a seed and a payload: both readers give the same of the payload, and of it edited.
// pub fn both_readers_give_the_same(data: &[u8]) {
//     let Some((&seed, payload)) = data.split_first_chunk::<2>() else { return };
//     let mut rng = payloads::Rng::new(u64::from(u16::from_le_bytes(seed)));
//     let mut readers = readers::Readers::new();
//     for payload in [payload.to_vec(), one_edit::edited(&mut rng, payload)] {
//         if let Err(why) = readers.compare(&payload) {
//             panic!("{}\n{why}", payload.escape_ascii());
//         }
//     }
// }
