//! The library in other programs: the C interface, the PHP package, their examples.
//!
//! Cargo builds the shared and the static library beside the tests. Without a C compiler, valgrind, PHP, PHPUnit or
//! php-fpm, the tests that need it are skipped and say so. `.ci/run` installs them.

mod c;
mod examples;
mod fpm;
mod php;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use testkit::Rng;
use testkit::payloads::{self, Class};

/// The folder in which Cargo builds the libraries: that of the tests.
fn libraries() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().unwrap().to_owned();
    let shared = folder.join("libdeskpro_contact_capi").with_extension(std::env::consts::DLL_EXTENSION);
    assert!(shared.exists(), "Cargo builds {} for these tests", shared.display());
    folder
}

/// The shared library.
fn library() -> PathBuf {
    libraries().join("libdeskpro_contact_capi").with_extension(std::env::consts::DLL_EXTENSION)
}

fn repository() -> PathBuf {
    testkit::repository().canonicalize().unwrap()
}

/// The C package.
fn capi() -> PathBuf {
    repository().join("crates/deskpro-contact-capi")
}

/// The PHP package.
fn php_package() -> PathBuf {
    repository().join("bindings/php")
}

/// Whether all programs are installed. If not, prints that `test` is skipped.
fn has(programs: &[&str], test: &str) -> bool {
    let is_missing = |program: &&&str| {
        let found = Command::new("sh")
            .args(["-c", "command -v \"$1\"", "sh", program])
            .stdout(Stdio::null())
            .status();
        !found.unwrap().success()
    };
    match programs.iter().find(is_missing) {
        Some(program) => println!("skipped: `{program}` is not found, and {test} needs it"),
        None => return true,
    }
    false
}

/// Whether PHP is installed and has FFI. If not, prints that `test` is skipped.
fn has_php(programs: &[&str], test: &str) -> bool {
    if !has(&[&["php"], programs].concat(), test) {
        return false;
    }
    let check = Command::new("php").args(["-r", "exit(extension_loaded('FFI') ? 0 : 1);"]).status().unwrap();
    if !check.success() {
        println!("skipped: PHP has no FFI, and {test} needs it");
    }
    check.success()
}

/// Runs a program to its end.
#[track_caller]
fn run(command: &mut Command) -> Output {
    // Cargo's path has the folder above first, in which `cargo build` may have left an older library.
    command.env_remove("LD_LIBRARY_PATH");
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    if !output.status.success() {
        // The end says why.
        let end =
            |text: &[u8]| String::from_utf8_lossy(&text[text.len().saturating_sub(4000)..]).into_owned();
        let [out, err] = [&output.stdout, &output.stderr].map(|text| end(text));
        panic!("{command:?}: {}\n{out}\n{err}", output.status);
    }
    output
}

/// Compiles a C program, with warnings as errors.
#[track_caller]
fn compile(source: &Path, program: &Path, arguments: &[impl AsRef<OsStr>]) {
    run(Command::new("cc")
        .args(["-std=gnu11", "-g", "-Wall", "-Wextra", "-Werror", "-pedantic"])
        .arg(source)
        .arg("-o")
        .arg(program)
        .args(arguments));
}

/// Payloads of each class, one per line.
fn payload_lines(seed: u64, counts: [(Class, usize); 3]) -> Vec<u8> {
    let mut lines = Vec::new();
    for (class, count) in counts {
        let mut rng = Rng::new(seed + class as u64);
        for _ in 0..count {
            let payload = payloads::payload(&mut rng, class);
            assert!(!payload.contains(&b'\n'), "one line");
            lines.extend_from_slice(&payload);
            lines.push(b'\n');
        }
    }
    lines
}

/// The lines of a losses file without its head, its end, and the lines of rejected payloads.
fn converted_lines(losses: &str) -> Vec<&str> {
    let is_converted =
        |line: &&str| line.split_once(',').is_some_and(|(_, rest)| rest.starts_with("\"output\":"));
    losses.lines().filter(is_converted).collect()
}
