use super::super::spellings::Base::Group;
use super::super::spellings::Spellings;
use super::super::window::PAD;
use super::*;

/// What is remembered of keys of one group, spelled as `name]`.
struct Memory {
    spellings: Spellings,
    courses: Courses,
    texts: Vec<String>,
}

impl Memory {
    fn new(names: &[&str]) -> Self {
        let mut spellings = Spellings::default();
        let texts: Vec<String> = names.iter().map(|name| format!("{name}]")).collect();
        for text in &texts {
            spellings.learn(Group, text.as_bytes(), None, (0, text.len() - 1));
        }
        Self { spellings, courses: Courses::default(), texts }
    }

    /// Goes along these keys, and learns them. Says of each whether it was followed, known, or new.
    fn go(&mut self, hint: usize, keys: &[usize]) -> String {
        let (mut at, mut seen) = (Place::GROUP, Seen::EMPTY);
        let ways = keys.iter().map(|&key| {
            let sent = [self.texts[key].as_bytes(), b"=", &PAD].concat();
            let (number, known) = self.spellings.meet(Group, &sent).unwrap();
            let key = Key::Spelling(number);
            let leaf = known.spelling.leaf.unwrap();
            seen.names.add(leaf);
            let followed = self.courses.follow(at, hint, &sent);
            let sign = if followed.is_some() { 'f' } else { 'k' };
            if let Some(place) = followed.or_else(|| self.courses.turn(at, hint, key)) {
                let step = self.courses.step(place).unwrap();
                assert!(matches!(step.way.last, Last::Name(segment) if segment == leaf));
                assert!(self.courses.outer(place).is_none());
                at = place;
                return sign;
            }
            let last = Last::Name(leaf);
            let way = Way { opens: None, is_inner: false, last, len: known.spelling.len + 1 };
            at = self.courses.learn(at, hint, key, known.spelled.clone(), way, seen);
            'n'
        });
        let ways = ways.collect();
        if at != Place::OFF {
            assert_eq!(self.courses.nodes(at).map(usize::from), Some(keys.len()));
            assert_eq!(self.courses.seen(at).unwrap().names, seen.names);
        }
        ways
    }
}

#[test]
fn keys_are_followed_as_they_came_the_last_times() {
    let mut memory = Memory::new(&["type", "url", "user", "comment", "city"]);
    for (hint, keys, ways) in [
        (0, &[0, 1][..], "nn"),
        (0, &[0, 1], "ff"),
        // Where they come behind other ones, they are new.
        (0, &[1, 0], "nn"),
        (0, &[1, 0], "ff"),
        (0, &[0, 2], "fn"),
        (0, &[0, 2, 3], "ffn"),
        // The last two are followed, whichever was the last one.
        (0, &[0, 1], "ff"),
        (0, &[0, 2], "ff"),
        (0, &[0, 4], "fn"),
        (0, &[0, 2], "ff"),
        (0, &[0, 1], "fk"),
        (0, &[0, 4], "ff"),
        (0, &[0, 2], "fk"),
        (0, &[0, 1], "ff"),
        // By the first value.
        (5, &[0, 4], "kk"),
        (5, &[0, 4], "ff"),
        (0, &[0, 2], "ff"),
    ] {
        assert_eq!(memory.go(hint, keys), ways, "{hint} {keys:?}");
    }
    memory.courses.forget();
    assert_eq!(memory.go(0, &[0, 1]), "nn");
}

#[test]
fn nothing_is_followed_off_a_course_or_where_no_key_is() {
    let mut memory = Memory::new(&["type"]);
    memory.go(0, &[0]);
    let Courses { steps, .. } = &memory.courses;
    assert_eq!(steps.len(), 4);
    for text in ["type]=", "", "&", "]=", "&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&"] {
        let sent = [text.as_bytes(), &PAD].concat();
        assert!(memory.courses.follow(Place::OFF, 0, &sent).is_none(), "{text}");
        assert!(memory.courses.follow(Place::ROOT, 0, &sent).is_none(), "{text}");
        assert_eq!(memory.courses.follow(Place::GROUP, 0, &sent).is_some(), text == "type]=", "{text}");
    }
    assert!(memory.courses.turn(Place::OFF, 0, Key::Spelling(0)).is_none());
    let way = Way { opens: None, is_inner: false, last: Last::Append, len: 1 };
    let spelled = Prefix::new(b"type]=");
    let place = memory.courses.learn(Place::OFF, 0, Key::Spelling(0), spelled, way, Seen::EMPTY);
    assert_eq!(place, Place::OFF);
    assert!(memory.courses.turn(Place::OFF, 0, Key::Spelling(0)).is_none());
}

#[test]
fn one_append_behind_the_other_is_one_step() {
    let mut courses = Courses::default();
    let spelled = || Prefix::new(b"labels[]=");
    let key = Key::Spelling(0);
    let label = Segment { start: 0, len: 6, name: 0 };
    let way = |opens| Way { opens, is_inner: true, last: Last::Append, len: 9 };
    let first = courses.learn(Place::ROOT, 0, key, spelled(), way(Some(label)), Seen::EMPTY);
    assert!(courses.turn(first, 0, key).is_none());
    let second = courses.learn(first, 0, key, spelled(), way(None), Seen::EMPTY);
    assert_eq!(courses.turn(first, 0, key), Some(second));
    assert_eq!(courses.turn(second, 0, key), Some(second));
    assert_eq!(courses.nodes(second), None);
    let sent = [b"labels[]=".as_slice(), &PAD].concat();
    assert_eq!(courses.follow(second, 0, &sent), Some(second));
}

#[test]
fn at_most_so_many_steps_are_remembered() {
    let mut courses = Courses::default();
    let edition = courses.edition;
    let way = Way { opens: None, is_inner: false, last: Last::Append, len: 1 };
    let learn = |courses: &mut Courses, number| {
        courses.learn(Place::ROOT, 0, Key::Spelling(number), Prefix::new(b"x="), way, Seen::EMPTY)
    };
    for n in 0..MOST - courses.steps.len() {
        let number = u16::try_from(n).unwrap();
        if n > 0 && n % MOST_OF_A_PAYLOAD == 0 {
            assert_eq!(learn(&mut courses, number), Place::OFF);
            courses.begin();
        }
        assert_ne!(learn(&mut courses, number), Place::OFF);
    }
    assert_eq!((courses.steps.len(), courses.edition), (MOST, edition));
    courses.begin();
    assert_eq!((courses.steps.len(), courses.edition), (3, edition + 1));
}
