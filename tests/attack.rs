//! Inputs that somebody made to break it: each is answered clearly, in memory that stays flat where the input is over
//! a limit, and linear in the payload where it is not.
//!
//! What is asserted is the answer and the memory. That no shape costs more than its length is printed, as the CPU
//! time of a run by that of one a quarter as long: a time is no test on a busy machine.

use std::io::{Read as _, Write};
use std::thread;
use std::time::Duration;

use crate::bulk::{EVER, MIB, Running, gzip, is_bounded, most_memory};
use crate::cli::{Place, WEBSITE, WEBSITE_V2};

/// Room for what takes long in a debug build.
const LONG: Duration = Duration::from_secs(600);

/// What became of a run.
struct Outcome {
    args: String,
    code: Option<i32>,
    err: String,
    /// How many bytes came out, and how they begin.
    out: usize,
    start: Vec<u8>,
    /// The most memory that it took, in KiB.
    peak: u64,
    /// CPU time, in clock ticks.
    cpu: u64,
}

impl Outcome {
    #[track_caller]
    fn exits(self, code: i32, says: &str) -> Self {
        assert_eq!(self.code, Some(code), "convert {}\n{}", self.args, self.err);
        assert!(self.err.contains(says), "expected {says:?} in:\n{}", self.err);
        self
    }

    /// It took no more than any run may.
    #[track_caller]
    fn stays_flat(self) -> Self {
        is_bounded(&self.args, JOBS, self.peak);
        self
    }

    /// It took no more than so many bytes for each one of a payload.
    #[track_caller]
    fn stays_linear(self, bytes: usize, factor: u64) -> Self {
        let most = most_memory(JOBS) + factor * bytes as u64 / 1024;
        let figures = format!(
            "convert {} took {} MiB for {} MiB, of {} MiB",
            self.args,
            self.peak >> 10,
            bytes >> 20,
            most >> 10
        );
        eprintln!("{figures}");
        assert!(self.peak > 0 && self.peak < most, "{figures}");
        self
    }
}

const JOBS: u64 = 2;

/// Runs `convert` on an input that is made while it runs.
fn attack(args: &str, feed: impl FnOnce(&mut dyn Write) -> std::io::Result<()> + Send) -> Outcome {
    let place = Place::new();
    let args = format!("-j{JOBS} {args}");
    let mut running = Running::start(place.command(&args), &args);
    let peak = running.watch();
    let id = running.child.id();
    let mut stdin = running.stdin();
    let mut stdout = running.child.stdout.take().unwrap();
    let mut stderr = running.child.stderr.take().unwrap();
    let (mut out, mut start, mut err) = (0, Vec::new(), String::new());
    thread::scope(|scope| {
        scope.spawn(move || {
            // It may end before it has read all.
            let _ = feed(&mut stdin);
        });
        scope.spawn(|| stderr.read_to_string(&mut err).unwrap());
        let mut space = vec![0; MIB];
        loop {
            match stdout.read(&mut space).unwrap() {
                0 => break,
                len => {
                    out += len;
                    start.extend_from_slice(&space[..len.min(100_usize.saturating_sub(start.len()))]);
                }
            }
        }
    });
    let peak = peak.join().unwrap();
    // It has ended, and is not waited for yet: its times are still there.
    let cpu = cpu(id);
    let code = running.ends_within(LONG).code();
    Outcome { args, code, err, out, start, peak, cpu }
}

/// The CPU time that a process took so far, in clock ticks.
fn cpu(id: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let behind_the_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    behind_the_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// So many bytes of repeated pieces.
fn repeat(to: &mut dyn Write, piece: &str, bytes: usize) -> std::io::Result<()> {
    let many = piece.repeat((MIB / piece.len().max(1)).max(1));
    let mut left = bytes;
    while left > 0 {
        let len = left.min(many.len());
        to.write_all(&many.as_bytes()[..len])?;
        left -= len;
    }
    Ok(())
}

const MILLION: usize = 1_000_000;

#[test]
fn a_million_brackets_are_rejected() {
    let deep = "expected at most 64 brackets in a name, found more in ";
    for (start, piece, end) in
        [("a", "[b]", "=1"), ("a", "[]", "=1"), ("a", "%5B%5d", "=1"), ("contact_data[1]", "[x]", "[url]=1")]
    {
        let outcome = attack("--rejects /dev/null --losses /dev/null", |to| {
            write!(to, "{start}")?;
            repeat(to, piece, MILLION * piece.len())?;
            writeln!(to, "{end}\n{WEBSITE}")
        });
        let outcome = outcome.exits(1, deep).stays_linear(MILLION * piece.len(), 8);
        assert_eq!(outcome.start, format!("{WEBSITE_V2}\n").as_bytes(), "the next line goes on");
    }
    // Brackets that open nothing: an unclosed one ends the key, or is a part of it.
    for (start, piece) in [("a", "["), ("a", "]"), ("a[", "["), ("a[b]", "]"), ("", "[")] {
        let outcome = attack("--lossy", |to| {
            write!(to, "{start}")?;
            repeat(to, piece, MILLION)
        });
        outcome.exits(0, "").stays_linear(MILLION, 40);
    }
}

#[test]
fn a_million_levels_of_json_are_rejected() {
    for (open, close, says) in [
        ("[", "", "line 1: expected JSON, found its end (EOF while parsing a"),
        ("[", "]", "line 1: expected at most 128 levels of lists and objects, found more"),
        ("{\"a\":", "", "line 1: expected JSON, found its end (EOF while parsing a"),
        ("[{\"a\":", "}]", "line 1: expected at most 128 levels of lists and objects, found more"),
    ] {
        let outcome = attack("--to form --rejects /dev/null --losses /dev/null", |to| {
            repeat(to, open, MILLION * open.len())?;
            to.write_all(if close.is_empty() { b"" } else { b"1" })?;
            repeat(to, close, MILLION * close.len())
        });
        outcome.exits(1, says).stays_linear(MILLION * (open.len() + close.len()), 8);
    }
}

/// Keys that PHP's own hash (times 33) takes for one: each pair of letters is `Ez` or `FY`, which come to the same.
fn same_in_php(n: usize) -> String {
    (0..20).map(|bit| if n >> bit & 1 == 0 { "Ez" } else { "FY" }).collect()
}

/// Keys that are all alike where a table takes the low bits of an integer for its hash.
fn same_low_bits(n: usize) -> String {
    (n << 40).to_string()
}

fn harmless(n: usize) -> String {
    format!("k{}", n * 2_654_435_761 % 4_294_967_296)
}

#[test]
#[ignore = "it takes a while without optimisation"]
fn keys_that_collide_elsewhere_cost_no_more() {
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

/// Prints what four times the size cost, and asserts that memory grows no faster.
#[track_caller]
fn grows(what: &str, few: Outcome, many: Outcome) {
    let ratio = many.cpu as f64 / few.cpu.max(1) as f64;
    eprintln!(
        "{what}: {} and {} ticks, {ratio:.1} times for 4 times the size; {} and {} MiB",
        few.cpu,
        many.cpu,
        few.peak >> 10,
        many.peak >> 10
    );
    // Buffers double, and the process itself takes some.
    assert!(many.peak < 8 * few.peak + (32 << 10), "{what}: {} KiB, then {} KiB", few.peak, many.peak);
    assert!(many.out > 3 * few.out, "{what}: {} bytes came out, then {}", few.out, many.out);
}

#[test]
#[ignore = "it takes a while without optimisation"]
fn no_shape_costs_more_than_its_length() {
    type Shape = fn(&mut dyn Write, usize) -> std::io::Result<()>;
    let shapes: [(&str, &str, Shape); 9] = [
        ("pairs of one name", "--losses /dev/stdout -o /dev/null", |to, n| repeat(to, "a=1&", 4 * n)),
        ("appended", "", |to, n| repeat(to, "a[]=1&", 6 * n)),
        ("deep names", "", |to, n| {
            (0..n / 8).try_for_each(|n| {
                write!(to, "a[b][c][d][e][f][g][h][i][j][k][l][m][n][o]{}[{n}]=1&", "[x]".repeat(40))
            })
        }),
        ("an array and a scalar in turn", "--losses /dev/stdout -o /dev/null", |to, n| {
            repeat(to, "a=1&a[b]=2&", 11 * n)
        }),
        ("mended names", "--losses /dev/stdout -o /dev/null", |to, n| {
            (0..n / 2).try_for_each(|n| write!(to, "a.{n}=1&"))
        }),
        ("records interleaved", "--lossy --losses /dev/stdout -o /dev/null", |to, n| {
            let of = |to: &mut dyn Write, what: &str| {
                (0..n / 4).try_for_each(|n| write!(to, "contact_data[k{n}]{what}&"))
            };
            of(to, "[data][url]=u")?;
            of(to, "[comment]=c")?;
            of(to, "[type]=website")
        }),
        ("rejected records", "--losses /dev/stdout -o /dev/null", |to, n| {
            (0..n / 2).try_for_each(|n| write!(to, "contact_data[{n}][type]=nope&"))
        }),
        ("a list with names of long lists", "--to form --lossy", |to, n| {
            write!(to, "{{\"a\":[0")?;
            (0..n / 2).try_for_each(|n| write!(to, ",[{n},{{\"b\":[]}}]"))?;
            write!(to, "]}}")
        }),
        ("items of a type nobody knows", "--to form --losses /dev/stdout -o /dev/null", |to, n| {
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

#[test]
#[ignore = "it takes a while without optimisation"]
fn ten_million_pairs() {
    // Over the limit as it is by itself: rejected, and never held.
    for piece in ["a=1&", "&a[]=", "a[b]=1&", "=&&&"] {
        let bytes = 10 * MILLION * piece.len();
        let says = format!("line 1: expected at most 16777216 bytes, found {bytes} bytes");
        attack("--rejects /dev/null --losses /dev/null", |to| repeat(to, piece, bytes))
            .exits(1, &says)
            .stays_flat();
    }
    // Where the user raised the limit: all of them, in memory linear in the payload.
    let bytes = 10 * MILLION * 6;
    let outcome = attack("--max-payload 100000000 -q", |to| repeat(to, "a[]=1&", bytes));
    let outcome = outcome.exits(0, "").stays_linear(bytes, 24);
    assert_eq!(outcome.out, 10 * MILLION * 4 + "{\"a\":[],\"contact_data\":{}}\n".len() - 1);
}

#[test]
#[ignore = "it takes a while without optimisation"]
fn a_line_of_a_gibibyte_is_rejected() {
    let bytes = 1024 * MIB;
    for (args, piece) in [
        ("", "x"),
        ("", "contact_data[1][type]=website&"),
        ("--to form", "["),
        ("--to form", "{\"contact_data\":"),
        ("--to canonical", "%"),
    ] {
        let outcome =
            attack(&format!("{args} --rejects /dev/null --losses /dev/null --on-error emit"), |to| {
                repeat(to, piece, bytes)?;
                // A line end, and a payload that must not suffer for it.
                to.write_all(b"\n")?;
                to.write_all(if args == "--to form" { b"{}" } else { b"" })
            });
        let outcome =
            outcome.exits(1, &format!("line 1: expected at most 16777216 bytes, found {bytes} bytes"));
        assert!(outcome.start.starts_with(b"{\"error\":{\"code\":\"too-long\""));
        // The largest payload that is allowed may have been held until it was known to be longer.
        outcome.stays_linear(16 * MIB, 4);
    }
}

/// A gzip member of nothing.
fn nothing() -> Vec<u8> {
    gzip(b"")
}

#[test]
fn compressed_inputs_that_lie() {
    // Half a million members of nothing, and one line behind them.
    let many = 500_000;
    let outcome = attack("", |to| {
        let piece = nothing().repeat(1000);
        (0..many / 1000).try_for_each(|_| to.write_all(&piece))?;
        to.write_all(&gzip(WEBSITE.as_bytes()))
    });
    let outcome = outcome.exits(0, "").stays_flat();
    assert_eq!(outcome.start, format!("{WEBSITE_V2}\n").as_bytes());
    // A header whose file name does not end.
    let outcome = attack("", |to| {
        to.write_all(&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255])?;
        repeat(to, "name", 64 * MIB)
    });
    outcome.exits(74, "convert: cannot read standard input: ").stays_flat();
    // A zstd frame that wants a window of 2 GiB, of 1 TiB, and a dictionary that nobody has.
    for header in [&[0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3][..], &[0x28, 0xb5, 0x2f, 0xfd, 0, 30 << 3 | 7]] {
        let outcome = attack("", |to| {
            to.write_all(header)?;
            repeat(to, "\u{1}\0\0", 3 * 1024)
        });
        outcome.exits(74, "convert: cannot read standard input: ").stays_flat();
    }
    let outcome = attack("", |to| {
        to.write_all(&[0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 0])?;
        repeat(to, "\u{1}\0\0", 3 * 1024)
    });
    outcome.exits(74, "convert: cannot read standard input: ").stays_flat();
    // A file in a file: what comes out of the first is a payload, whatever it looks like.
    let twice = gzip(&gzip(WEBSITE.as_bytes()));
    let outcome = attack("--rejects /dev/null", move |to| to.write_all(&twice));
    outcome.exits(1, "expected UTF-8").stays_flat();
}

#[test]
fn a_pipe_that_stalls_holds_nothing_but_its_line() {
    let place = Place::new();
    let args = "-j2 --losses l -o o";
    let mut running = Running::start(place.command(args), args);
    let peak = running.watch();
    let mut stdin = running.stdin();
    // A megabyte of a line, by little, and then nothing for a while.
    for _ in 0..1024 {
        stdin.write_all(&[b'a'; 1024]).unwrap();
    }
    thread::sleep(Duration::from_millis(300));
    let before = cpu(running.child.id());
    thread::sleep(Duration::from_millis(700));
    eprintln!("while it waits: {} ticks", cpu(running.child.id()) - before);
    assert!(running.child.try_wait().unwrap().is_none(), "it does not wait");
    stdin.write_all(format!("=1\n{WEBSITE}").as_bytes()).unwrap();
    drop(stdin);
    let peak = peak.join().unwrap();
    assert_eq!(running.ends_within(EVER).code(), Some(0));
    assert_eq!(place.text("o").lines().nth(1), Some(WEBSITE_V2));
    is_bounded(args, JOBS, peak);
}

/// A line that comes by a few bytes at a time: what each piece costs must not grow with what came before.
#[test]
#[ignore = "the pieces have to come one by one"]
fn a_line_by_drops() {
    let drops = |bytes: usize| {
        attack("", move |to| {
            // It is long when the drops begin.
            repeat(to, "a", bytes)?;
            (0..4000).try_for_each(|_| {
                thread::sleep(Duration::from_micros(250));
                to.write_all(b"a")
            })
        })
        .exits(0, "")
    };
    let (short, long) = (drops(MIB), drops(12 * MIB));
    eprintln!("by drops: {} ticks for a line of 1 MiB, {} for one of 12 MiB", short.cpu, long.cpu);
    assert!(long.out > 12 * MIB && short.out > MIB);
    long.stays_linear(12 * MIB, 12);
}

/// One loss after the other for the same line: putting them back costs what they say, not more.
#[test]
#[ignore = "it takes a while without optimisation"]
fn a_losses_line_of_any_length() {
    let run = |n: usize| {
        let place = Place::new();
        let form: String = (0..n)
            .map(|n| {
                let at = format!("contact_data[k{n}]");
                format!("{at}[comment]=c{n}&{at}[type]=Website&{at}[data][odd]=o&{at}[data][url]=u&")
            })
            .collect();
        place.write("in", form);
        place.run("-q --losses l -o o in", "").exits(0);
        let args = "-q --to form --restore l o";
        let mut running = Running::start(place.command(args), args);
        let (watch, id) = (running.watch(), running.child.id());
        let mut out = Vec::new();
        running.child.stdout.take().unwrap().read_to_end(&mut out).unwrap();
        let peak = watch.join().unwrap();
        let cpu = cpu(id);
        let code = running.ends_within(LONG).code();
        let start = out[..100].to_vec();
        Outcome { args: args.to_owned(), code, err: String::new(), out: out.len(), start, peak, cpu }
            .exits(0, "")
    };
    grows("losses put back", run(15_000), run(60_000));
}
