//! Writes generated payloads and bodies, one per line, for `.ci/freeze`.
//!
//!     dump plain|odd|hostile|bodies SEED COUNT
//!     dump edited SEED COUNT PER_EDIT < PAYLOADS
//!
//! `edited` reads payloads, one per line, and applies edits of `one_edit` to random ones of them: each edit PER_EDIT
//! times, then random edits for COUNT lines. With `names` as the last argument, each line of the first part begins with
//! the name of its edit and a tab.

use std::io::{self, BufWriter, Read as _, Write};

use testkit::payloads::{self, Class};
use testkit::{Rng, bodies, one_edit};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize| arguments.get(n).and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let (mut rng, count) = (Rng::new(number(1) as u64), number(2));
    let mut out = BufWriter::new(io::stdout().lock());
    let mut line = |bytes: &[u8]| {
        assert!(!bytes.contains(&b'\n'), "one line");
        out.write_all(bytes)?;
        out.write_all(b"\n")
    };
    match arguments.first().map(String::as_str) {
        Some("plain") => (0..count).try_for_each(|_| line(&payloads::payload(&mut rng, Class::Plain)))?,
        Some("odd") => (0..count).try_for_each(|_| line(&payloads::payload(&mut rng, Class::Odd)))?,
        Some("hostile") => (0..count).try_for_each(|_| line(&payloads::payload(&mut rng, Class::Hostile)))?,
        Some("bodies") => (0..count).try_for_each(|_| line(bodies::body(&mut rng).json.as_bytes()))?,
        Some("edited") => {
            let mut input = Vec::new();
            io::stdin().lock().read_to_end(&mut input)?;
            let bases: Vec<&[u8]> =
                input.split(|&byte| byte == b'\n').filter(|base| !base.is_empty()).collect();
            let names = arguments.get(4).is_some_and(|text| text == "names");
            for (n, name) in one_edit::names().enumerate() {
                for _ in 0..number(3) {
                    let base = rng.pick(&bases);
                    let Some(edited) = one_edit::edited_by(&mut rng, n, base) else { continue };
                    let prefix = if names { format!("{name}\t") } else { String::new() };
                    line(&[prefix.as_bytes(), &edited].concat())?;
                }
            }
            for _ in 0..count {
                let base = rng.pick(&bases);
                line(&one_edit::edited(&mut rng, base))?;
            }
        }
        _ => panic!(
            "usage: dump plain|odd|hostile|bodies SEED COUNT, dump edited SEED COUNT PER_EDIT < PAYLOADS"
        ),
    }
    out.flush()
}
