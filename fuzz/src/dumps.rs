//! The laws of SQL dumps.

use testkit::dumps::read;

const WANTED: &[&str] = &["t"];

/// The events and the error do not depend on the pieces in which a dump is fed. The first `part` bytes of the dump give
/// no events that the whole does not give.
pub fn dump_is_read_in_any_pieces(dump: &[u8], piece: usize, part: usize) {
    let whole = read(dump, WANTED, || dump.len());
    assert_eq!(read(dump, WANTED, || piece), whole);
    let (mut events, error) = read(&dump[..part.min(dump.len())], WANTED, || dump.len());
    if error.is_none() {
        events.pop().expect("the end");
    }
    assert!(whole.0.starts_with(&events), "{events:?}");
}
