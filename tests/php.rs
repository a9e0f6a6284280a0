//! Comparison with PHP: the program must read each payload and write each array as PHP does.
//!
//! The scripts in `tests/php` are oracles written from the contract, not from the program. Each run handles thousands
//! of payloads, one per line. `PHP_SCALE=20` compares twenty times as many. The tests are skipped if `php` is not
//! installed.

mod bodies;
mod compare;
mod edits;
mod legacy_json;
mod million;
mod one_edit;
mod oracle;
mod payloads;
mod rules;
