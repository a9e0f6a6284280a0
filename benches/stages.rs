//! Benchmarks of the library's stages and of complete conversions: `cargo bench --bench stages`.
//!
//! Throughput counts input bytes. `benches/compare/run` compares the whole command with other programs.

#![expect(clippy::unwrap_used, reason = "a failed conversion invalidates the measurement")]

use deskpro_contact::form::Form;
use deskpro_contact::{Converter, Options, Source, Target};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// The kinds of payloads. Each benchmark converts sixteen equal payloads in a row, like a stream.
const KINDS: [&str; 5] = ["short", "person", "encoded", "large", "odd"];

fn payloads(kind: &str) -> Vec<Vec<u8>> {
    let one = match kind {
        "short" => "name=Ann&type=skype&data[username]=ann".to_owned(),
        "person" => person(3),
        "encoded" => encoded(&person(3)),
        "large" => encoded(&person(300)),
        // Payloads with losses: odd keys, duplicates, names that PHP changes, interleaved records.
        _ => {
            "first.name=Ann&a=1&a=2&contact_data[x][type]=Linked-In&contact_data[07][type]=im&contact_data[][type]=fax\
             &contact_data[x][comment]=&contact_data[x][data][profile_url]=u&contact_data[07][data][username]=ann\
             &contact_data[07][data][service]=YIM&contact_data[07][note]=n&contact_data[08][type]=mobile\
             &contact_data[08][data][number]=1&labels[1]=a&labels[0]=b&open[=1"
                .to_owned()
        }
    };
    vec![one.into_bytes(); 16]
}

fn person(records: usize) -> String {
    let mut payload =
        "name=Zoë Example&email=zoë%40example.com&organization=Acme+%26+Sons&labels[]=vip&labels[]=new"
            .to_owned();
    for n in 1..=records {
        let at = format!("&contact_data[{n}]");
        payload += &match n % 3 {
            0 => format!("{at}[type]=website{at}[data][url]=https%3A%2F%2Fexample.com%2F%3Fid%3D{n}"),
            1 => format!(
                "{at}[type]=address{at}[comment]=home{at}[data][address]=10+Testing+Street{at}[data][city]=M%C3%BCnchen\
                 {at}[data][state]={at}[data][zip]=80331{at}[data][country]=Deutschland"
            ),
            _ => format!("{at}[type]=im{at}[data][service]=skype{at}[data][username]=zoë.example"),
        };
    }
    payload
}

fn encoded(payload: &str) -> String {
    payload.replace('[', "%5B").replace(']', "%5D").replace('ë', "%C3%AB")
}

/// Converts all payloads with one converter, like the command.
fn convert(bencher: Bencher<'_, '_>, target: Target, payloads: &[Vec<u8>]) {
    let mut converter = Converter::new(Options::new(source_of(target), target));
    bencher.counter(bytes(payloads)).bench_local(|| {
        for payload in payloads {
            black_box(converter.convert(black_box(payload)).unwrap().output());
        }
    });
}

fn bytes(payloads: &[Vec<u8>]) -> BytesCount {
    BytesCount::new(payloads.iter().map(Vec::len).sum::<usize>())
}

/// The v2 bodies and losses of the payloads, as input for the other direction.
fn converted(payloads: &[Vec<u8>]) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let converted = payloads.iter().map(|payload| deskpro_contact::to_v2(payload).unwrap());
    converted.map(|result| (result.output().as_bytes().to_vec(), result.losses_json().to_vec())).unzip()
}

#[divan::bench(args = KINDS)]
fn read_form(bencher: Bencher<'_, '_>, kind: &str) {
    let payloads = payloads(kind);
    bencher.counter(bytes(&payloads)).bench_local(|| {
        for payload in &payloads {
            black_box(Form::read(black_box(payload)).unwrap());
        }
    });
}

#[divan::bench(args = KINDS)]
fn to_v2(bencher: Bencher<'_, '_>, kind: &str) {
    convert(bencher, Target::V2, &payloads(kind));
}

#[divan::bench(args = KINDS)]
fn to_v2_with_losses(bencher: Bencher<'_, '_>, kind: &str) {
    let payloads = payloads(kind);
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    let mut losses = Vec::new();
    bencher.counter(bytes(&payloads)).bench_local(|| {
        for payload in &payloads {
            losses.clear();
            converter.convert(black_box(payload)).unwrap().write_losses_line(1, &mut losses);
            black_box(&losses);
        }
    });
}

#[divan::bench(args = KINDS)]
fn to_form(bencher: Bencher<'_, '_>, kind: &str) {
    convert(bencher, Target::Form, &converted(&payloads(kind)).0);
}

#[divan::bench(args = KINDS)]
fn restore(bencher: Bencher<'_, '_>, kind: &str) {
    let (bodies, losses) = converted(&payloads(kind));
    let mut converter = Converter::new(Options::new(Source::V2, Target::Form));
    bencher.counter(bytes(&bodies)).bench_local(|| {
        for (body, losses) in bodies.iter().zip(&losses) {
            black_box(converter.restore(black_box(body), black_box(losses)).unwrap().output());
        }
    });
}

/// The source format for a target in these benchmarks.
fn source_of(target: Target) -> Source {
    if target == Target::Form { Source::V2 } else { Source::Form }
}
