use proptest::prelude::*;

use super::*;

/// An operation on a buffer.
#[derive(Clone, Copy, Debug)]
enum Step {
    Read,
    Extend,
    Truncate,
    RemoveStart,
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<(Step, usize, u8)>> {
    let step = prop::sample::select(vec![
        Step::Read,
        Step::Read,
        Step::Extend,
        Step::Extend,
        Step::Truncate,
        Step::RemoveStart,
        Step::Clear,
    ]);
    // Some lengths are near REUSED_CAPACITY.
    let len = prop_oneof![9 => 0..40_usize, 1 => REUSED_CAPACITY - 2..REUSED_CAPACITY + 2];
    prop::collection::vec((step, len, any::<u8>()), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_buffer_holds_the_bytes_read(steps in steps(), growth in 0..100_usize) {
        let (mut buffer, mut expected) = (ReadBuffer::default(), Vec::new());
        for (step, len, byte) in steps {
            match step {
                Step::Read => {
                    // A short read, as from a pipe.
                    let room = buffer.room(len + 3, growth);
                    prop_assert_eq!(room.len(), len + 3);
                    room.fill(byte);
                    buffer.grow(len);
                    expected.resize(expected.len() + len, byte);
                }
                Step::Extend => {
                    buffer.extend(&vec![byte; len]);
                    expected.resize(expected.len() + len, byte);
                }
                Step::Truncate => {
                    buffer.truncate(len);
                    expected.truncate(len);
                }
                Step::RemoveStart => {
                    buffer.remove_start(len);
                    expected.drain(..len.min(expected.len()));
                }
                Step::Clear => {
                    let was_short = buffer.len() <= REUSED_CAPACITY;
                    buffer.clear();
                    expected.clear();
                    prop_assert!(!was_short || buffer.room.capacity() <= REUSED_CAPACITY);
                }
            }
            prop_assert!(*buffer == expected);
        }
    }
}

#[test]
fn room_grows_once_and_is_reused() {
    let mut buffer = ReadBuffer::default();
    buffer.room(10, 100);
    let first = buffer.room(10, 0).as_ptr();
    buffer.grow(10);
    buffer.room(90, 0);
    assert_eq!(buffer.as_ptr(), first);
    buffer.clear();
    assert_eq!(buffer.room(100, 0).as_ptr(), first);
}
