//! Measures phone numbers per second in one thread, with payloads of one phone each, from the recorded numbers.
//!
//! `cargo bench --package deskpro-contact --features phones --bench phones`

#![expect(clippy::print_stdout, reason = "a bench prints its result")]

use std::hint::black_box;
use std::time::Instant;

use deskpro_contact::{Converter, Options, Profile, Source, Target};
use serde_json::Value;

const ROUNDS: usize = 50;

fn main() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/phones/numbers.jsonl");
    let record = std::fs::read_to_string(path).expect("the recorded numbers");
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let payload = |line: &str| {
        let row: Value = serde_json::from_str(line).expect("JSON lines");
        let [code, number] = ["code", "number"].map(|name| encoded(row[name].as_str().expect("a text")));
        format!("type=phone&data[country_calling_code]={code}&data[number]={number}")
    };
    let payloads: Vec<String> = record.lines().map(payload).collect();
    let options = Options::new(Source::Form, Target::V2).profile(Profile::Extended);
    let mut converter = Converter::new(options.region("GB".parse().ok()));
    let mut convert = |payload: &String| {
        let conversion = converter.convert(payload).expect("a form");
        black_box(conversion.output().len())
    };
    // The first round reads the metadata and compiles the patterns.
    payloads.iter().map(&mut convert).for_each(drop);
    let start = Instant::now();
    for _ in 0..ROUNDS {
        payloads.iter().map(&mut convert).for_each(drop);
    }
    let per_second = (ROUNDS * payloads.len()) as f64 / start.elapsed().as_secs_f64();
    println!("{per_second:.0} numbers a second");
}
