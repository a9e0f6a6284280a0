use proptest::prelude::*;

use super::*;

/// What is done with a text, and with how many bytes.
#[derive(Clone, Copy, Debug)]
enum Step {
    Read,
    Extend,
    Truncate,
    TakeOff,
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<(Step, usize, u8)>> {
    let step = prop::sample::select(vec![
        Step::Read,
        Step::Read,
        Step::Extend,
        Step::Extend,
        Step::Truncate,
        Step::TakeOff,
        Step::Clear,
    ]);
    // Some are as long as what is kept, and longer.
    let len = prop_oneof![9 => 0..40_usize, 1 => MOST_KEPT - 2..MOST_KEPT + 2];
    prop::collection::vec((step, len, any::<u8>()), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_holds_what_was_read(steps in steps(), most in 0..100_usize) {
        let (mut text, mut expected) = (Text::default(), Vec::new());
        for (step, len, byte) in steps {
            match step {
                Step::Read => {
                    // Less than there is room for, as from a pipe.
                    let room = text.room(len + 3, most);
                    prop_assert_eq!(room.len(), len + 3);
                    room.fill(byte);
                    text.grow(len);
                    expected.resize(expected.len() + len, byte);
                }
                Step::Extend => {
                    text.extend(&vec![byte; len]);
                    expected.resize(expected.len() + len, byte);
                }
                Step::Truncate => {
                    text.truncate(len);
                    expected.truncate(len);
                }
                Step::TakeOff => {
                    text.take_off(len);
                    expected.drain(..len.min(expected.len()));
                }
                Step::Clear => {
                    let was_short = text.len() <= MOST_KEPT;
                    text.clear();
                    expected.clear();
                    prop_assert!(!was_short || text.room.capacity() <= MOST_KEPT);
                }
            }
            prop_assert!(*text == expected);
        }
    }
}

#[test]
fn room_is_made_at_once_and_kept() {
    let mut text = Text::default();
    text.room(10, 100);
    let first = text.room(10, 0).as_ptr();
    text.grow(10);
    text.room(90, 0);
    assert_eq!(text.as_ptr(), first);
    text.clear();
    assert_eq!(text.room(100, 0).as_ptr(), first);
}
