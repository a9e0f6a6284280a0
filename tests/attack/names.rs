//! Brackets, nesting, colliding keys, and payloads that could take more than linear time.

use std::io::Write;

use super::{MILLION, attack, grows, repeat};
use crate::harness::{WEBSITE, WEBSITE_V2};

#[test]
fn a_million_brackets_are_rejected() {
    let deep = "expected at most 64 brackets in a name, found more in ";
    for (start, piece, end) in
        [("a", "[b]", "=1"), ("a", "[]", "=1"), ("a", "%5B%5d", "=1"), ("contact_data[1]", "[x]", "[url]=1")]
    {
        let outcome = attack("--rejects /dev/null --losses /dev/null", |to| {
            // A first line without `=` in its first 4 KiB would be taken for text.
            write!(to, "b=1\n{start}")?;
            repeat(to, piece, MILLION * piece.len())?;
            writeln!(to, "{end}\n{WEBSITE}")
        });
        let outcome = outcome.exits(1, deep).stays_linear(MILLION * piece.len(), 8);
        let converted = format!("{{\"b\":\"1\",\"contact_data\":{{}}}}\n{WEBSITE_V2}\n");
        assert_eq!(outcome.start, converted.as_bytes(), "the next line is converted");
    }
    // Unbalanced brackets: an unclosed bracket ends the key or is a part of it.
    for (start, piece) in [("a", "["), ("a", "]"), ("a[", "["), ("a[b]", "]"), ("", "[")] {
        let outcome = attack("--lossy", |to| {
            // A first line that begins with a bracket would be taken for JSON.
            write!(to, "b=1\n{start}")?;
            repeat(to, piece, MILLION)
        });
        outcome.exits(0, "").stays_linear(MILLION, 40);
    }
}

#[test]
fn a_million_levels_of_json_are_rejected() {
    for (open, close, message) in [
        ("[", "", "line 1: expected the `]` that ends a JSON list, found the end of the text"),
        ("[", "]", "line 1: expected at most 128 levels of lists and objects, found more"),
        ("{\"a\":", "", "line 1: expected a JSON value, found the end of the text"),
        ("[{\"a\":", "}]", "line 1: expected at most 128 levels of lists and objects, found more"),
    ] {
        let outcome = attack("--to form --rejects /dev/null --losses /dev/null", |to| {
            repeat(to, open, MILLION * open.len())?;
            to.write_all(if close.is_empty() { b"" } else { b"1" })?;
            repeat(to, close, MILLION * close.len())
        });
        outcome.exits(1, message).stays_linear(MILLION * (open.len() + close.len()), 8);
    }
}

/// Keys with the same hash in PHP (times 33): `Ez` and `FY` contribute the same value.
fn same_in_php(n: usize) -> String {
    (0..20).map(|bit| if n >> bit & 1 == 0 { "Ez" } else { "FY" }).collect()
}

/// Keys that collide in a table that hashes an integer by its low bits.
fn same_low_bits(n: usize) -> String {
    (n << 40).to_string()
}

/// Keys that do not collide.
fn harmless(n: usize) -> String {
    format!("k{}", n * 2_654_435_761 % 4_294_967_296)
}

#[test]
#[ignore = "slow in a debug build"]
fn keys_that_collide_in_other_hash_tables_cost_linear_memory() {
    for (name, key) in [
        ("harmless", harmless as fn(usize) -> String),
        ("times 33", same_in_php),
        ("low bits", same_low_bits),
    ] {
        let form =
            |n: usize| move |to: &mut dyn Write| (0..n).try_for_each(|n| write!(to, "a[{}]=1&", key(n)));
        let json = |n: usize| {
            move |to: &mut dyn Write| {
                write!(to, "{{\"a\":{{\"x\":0")?;
                (0..n).try_for_each(|n| write!(to, ",\"{}\":1", key(n)))?;
                write!(to, "}}}}")
            }
        };
        let records = |n: usize| {
            move |to: &mut dyn Write| {
                (0..n).try_for_each(|n| {
                    let key = key(n);
                    write!(to, "contact_data[{key}][type]=skype&contact_data[{key}][data][username]={n}&")
                })
            }
        };
        for (shape, few, many) in [
            ("form", attack("--lossy", form(60_000)), attack("--lossy", form(240_000))),
            ("records", attack("--lossy", records(25_000)), attack("--lossy", records(100_000))),
            ("body", attack("--to form --lossy", json(60_000)), attack("--to form --lossy", json(240_000))),
        ] {
            grows(&format!("{name} keys, {shape}"), few.exits(0, ""), many.exits(0, ""));
        }
    }
}

#[test]
#[ignore = "slow in a debug build"]
fn every_shape_of_payload_costs_linear_memory() {
    type Shape = fn(&mut dyn Write, usize) -> std::io::Result<()>;
    let shapes: [(&str, &str, Shape); 9] = [
        ("pairs of one name", "--losses /dev/stdout -o /dev/null", |to, n| repeat(to, "a=1&", 4 * n)),
        ("appended", "", |to, n| repeat(to, "a[]=1&", 6 * n)),
        ("deep names", "", |to, n| {
            (0..n / 8).try_for_each(|n| {
                write!(to, "a[b][c][d][e][f][g][h][i][j][k][l][m][n][o]{}[{n}]=1&", "[x]".repeat(40))
            })
        }),
        ("alternating array and scalar", "--losses /dev/stdout -o /dev/null", |to, n| {
            repeat(to, "a=1&a[b]=2&", 11 * n)
        }),
        ("names that PHP changes", "--losses /dev/stdout -o /dev/null", |to, n| {
            (0..n / 2).try_for_each(|n| write!(to, "a.{n}=1&"))
        }),
        ("records interleaved", "--lossy --losses /dev/stdout -o /dev/null", |to, n| {
            let pairs = |to: &mut dyn Write, what: &str| {
                (0..n / 4).try_for_each(|n| write!(to, "contact_data[k{n}]{what}&"))
            };
            pairs(to, "[data][url]=u")?;
            pairs(to, "[comment]=c")?;
            pairs(to, "[type]=website")
        }),
        ("rejected records", "--losses /dev/stdout -o /dev/null", |to, n| {
            (0..n / 2).try_for_each(|n| write!(to, "contact_data[{n}][type]=nope&"))
        }),
        ("lists in a list", "--to form --lossy", |to, n| {
            write!(to, "{{\"a\":[0")?;
            (0..n / 2).try_for_each(|n| write!(to, ",[{n},{{\"b\":[]}}]"))?;
            write!(to, "]}}")
        }),
        ("items of an unknown type", "--to form --losses /dev/stdout -o /dev/null", |to, n| {
            write!(to, "{{\"contact_data\":{{\"nope\":[{{}}")?;
            (0..n / 2).try_for_each(|n| write!(to, ",{{\"username\":\"{n}\"}}"))?;
            write!(to, "]}}}}")
        }),
    ];
    for (what, args, shape) in shapes {
        let run = |n| {
            let outcome = attack(args, move |to| shape(to, n));
            assert!(matches!(outcome.code, Some(0 | 1 | 3)), "{what}: {:?}\n{}", outcome.code, outcome.err);
            outcome
        };
        grows(what, run(100_000), run(400_000));
    }
}
