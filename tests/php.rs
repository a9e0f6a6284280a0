//! PHP is the judge: what it reads of a payload, and what it writes of an array, is what ours must.
//!
//! The scripts in `tests/php` are oracles written from the contract, not from the program. Each runs once for
//! thousands of payloads, one a line. `PHP_SCALE=20` takes twenty times as many; without `php` each test says that
//! it is skipped.

mod bodies;
mod compare;
mod edits;
mod million;
mod oracle;
mod payloads;
mod rules;
