//! Compares the sorter with `sort_by_key`, with runs so small that most inputs need several passes.

use std::convert::Infallible;
use std::io;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Limits, Records, SortKey, Sorted, Sorter};

impl SortKey for u16 {
    type Bytes = [u8; 2];

    fn to_bytes(self) -> [u8; 2] {
        self.to_le_bytes()
    }

    fn from_bytes(bytes: [u8; 2]) -> Self {
        Self::from_le_bytes(bytes)
    }
}

type Records16 = Vec<(u16, Vec<u8>)>;

fn sorted(records: &Records16, limits: Limits) -> Sorted<u16> {
    let folder = tempfile::tempdir().unwrap();
    let mut sorter = Sorter::new(folder.path(), limits);
    for (key, record) in records {
        let write = |out: &mut Vec<u8>| {
            out.extend_from_slice(record);
            Ok::<_, Infallible>(Some(*key))
        };
        sorter.push(write).unwrap().unwrap();
    }
    let sorted = sorter.finish().unwrap();
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "temporary files have no name");
    sorted
}

fn all(sorted: &mut Sorted<u16>) -> Records16 {
    let mut records = Vec::new();
    while let Some((key, record)) = sorted.next().unwrap() {
        records.push((key, record.to_vec()));
    }
    records
}

proptest! {
    #[test]
    fn records_come_in_the_order_of_a_stable_sort(
        mut records in vec((0_u16..60, vec(any::<u8>(), 0..40)), 0..400),
        run in 1_usize..2_000,
        merged in 2_usize..5,
        buffers in 1_usize..20_000,
    ) {
        let mut sorted = sorted(&records, Limits { run, merged, buffers });
        prop_assert_eq!(sorted.len(), records.len() as u64);
        let found = all(&mut sorted);
        records.sort_by_key(|(key, _)| *key);
        prop_assert_eq!(&found, &records);
        prop_assert!(sorted.next().unwrap().is_none());
        sorted.rewind().unwrap();
        prop_assert_eq!(all(&mut sorted), records);
    }
}

#[test]
fn records_longer_than_all_buffers_are_whole() {
    let mut records: Records16 =
        (0..9).map(|n| (9 - n, vec![n as u8; if n % 3 == 0 { 3 << 20 } else { 5 }])).collect();
    let mut sorted = sorted(&records, Limits { run: 1 << 20, merged: 2, buffers: 1 });
    records.sort_by_key(|(key, _)| *key);
    assert!(all(&mut sorted) == records);
}

#[test]
fn a_small_input_is_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut sorter = Sorter::new(&folder.path().join("missing"), Limits { run: 1_000, ..Limits::default() });
    for key in [3_u16, 1, 2] {
        sorter.push(|_| Ok::<_, Infallible>(Some(key))).unwrap().unwrap();
    }
    assert!(matches!(sorter.finish().unwrap().records, Records::Memory { .. }));
}

#[test]
fn a_failed_record_is_not_added() {
    let folder = tempfile::tempdir().unwrap();
    let mut sorter = Sorter::new(folder.path(), Limits::default());
    let failed = sorter.push(|out| {
        out.push(b'x');
        Err::<Option<u16>, _>("no key")
    });
    assert_eq!(failed.unwrap(), Err("no key"));
    assert_eq!(sorter.push(|_| Ok::<_, Infallible>(None)).unwrap(), Ok(None));
    sorter.push(|_| Ok::<_, Infallible>(Some(1_u16))).unwrap().unwrap();
    assert_eq!(all(&mut sorter.finish().unwrap()), [(1, Vec::new())]);
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut sorter = Sorter::new(&folder.path().join("missing"), Limits { run: 1, ..Limits::default() });
    sorter.push(|_| Ok::<_, Infallible>(Some(1_u16))).unwrap().unwrap();
    let error = sorter.push(|_| Ok::<_, Infallible>(Some(2_u16))).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}
