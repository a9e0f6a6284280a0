//! The C interface: `calls.c` under valgrind, the static library, the installed header.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use testkit::payloads::Class;

use super::{capi, compile, converted_lines, has, libraries, payload_lines, repository, run};
use crate::harness::Workdir;

/// Compiles `calls.c` with the shared library.
fn calls(dir: &Workdir) -> PathBuf {
    let program = dir.path("calls");
    let folder = libraries();
    let include = format!("-I{}", capi().join("include").display());
    let (libs, rpath) = (format!("-L{}", folder.display()), format!("-Wl,-rpath,{}", folder.display()));
    let source = repository().join("tests/bindings/calls.c");
    compile(&source, &program, &[&include, &libs, &rpath, "-ldeskpro_contact_capi", "-lpthread"]);
    program
}

/// Runs a program under a tool of valgrind, which ends with 99 if it finds an error; without valgrind, the program
/// alone.
fn under_valgrind(tool: &[&str], program: &Path, test: &str) -> Command {
    if !has(&["valgrind"], &format!("{test} under valgrind")) {
        return Command::new(program);
    }
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--error-exitcode=99"]).args(tool).arg(program);
    command
}

/// Finds wrong reads and writes, and memory that is never freed. Tables that the library makes once stay reachable.
const MEMCHECK: [&str; 2] = ["--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible"];

const THOUSAND: [(Class, usize); 3] = [(Class::Plain, 340), (Class::Odd, 330), (Class::Hostile, 330)];

#[test]
fn a_thousand_payloads_in_c_give_what_the_command_gives() {
    if !has(&["cc"], "the C interface") {
        return;
    }
    let dir = Workdir::new();
    let lines = payload_lines(21, THOUSAND);
    dir.write("payloads", &lines);
    let expected = dir.run("--from form --on-error emit --losses kept payloads -q", "");
    let (payloads, losses) = (dir.path("payloads"), dir.path("losses"));
    let mut command = under_valgrind(&MEMCHECK, &calls(&dir), "the C interface");
    let output = run(command.arg("payloads").args([&payloads, &losses]));

    // For a rejected payload, the command writes an error line; `calls` prints its code, path and message.
    let found = output.stdout.split(|&byte| byte == b'\n');
    let mut rejected = 0;
    for (number, (expected, found)) in expected.out.split(|&byte| byte == b'\n').zip(found).enumerate() {
        if !expected.starts_with(br#"{"error":{"#) {
            assert_eq!(
                found.escape_ascii().to_string(),
                expected.escape_ascii().to_string(),
                "line {}",
                number + 1
            );
            continue;
        }
        let error: Value = serde_json::from_slice(expected).unwrap();
        let texts = ["code", "path", "message"].map(|name| error["error"][name].as_str().unwrap_or_default());
        assert_eq!(std::str::from_utf8(found).unwrap(), texts.join("\t"), "line {}", number + 1);
        rejected += 1;
    }
    assert_eq!(output.stdout.iter().filter(|&&byte| byte == b'\n').count(), 1000);
    assert!(rejected > 10, "{rejected}");
    let kept = dir.text("kept");
    let kept = converted_lines(&kept);
    assert_eq!(dir.text("losses").lines().collect::<Vec<_>>(), kept);
    assert!(kept.len() > 100, "{}", kept.len());
}

#[test]
fn wrong_calls_in_c_are_errors() {
    if !has(&["cc"], "the C interface") {
        return;
    }
    let dir = Workdir::new();
    run(under_valgrind(&MEMCHECK, &calls(&dir), "misuse").arg("misuse"));
}

#[test]
fn two_threads_in_c_have_two_converters() {
    if !has(&["cc"], "the C interface") {
        return;
    }
    let dir = Workdir::new();
    dir.write("payloads", payload_lines(22, THOUSAND));
    let program = calls(&dir);
    // Helgrind finds memory that two threads use without a lock.
    for tool in [&MEMCHECK[..], &["--tool=helgrind"]] {
        run(under_valgrind(tool, &program, "threads").arg("threads").arg(dir.path("payloads")));
    }
}

#[test]
fn the_static_library_needs_no_other_file() {
    if !has(&["cc"], "the static library") {
        return;
    }
    let dir = Workdir::new();
    let program = dir.path("calls");
    let include = format!("-I{}", capi().join("include").display());
    let library = libraries().join("libdeskpro_contact_capi.a").into_os_string().into_string().unwrap();
    let private = fs::read_to_string(capi().join("deskpro-contact.pc.in")).unwrap();
    let private = private.lines().find_map(|line| line.strip_prefix("Libs.private: ")).unwrap();
    let mut arguments = vec![include.as_str(), &library];
    arguments.extend(private.split(' '));
    compile(&repository().join("tests/bindings/calls.c"), &program, &arguments);
    run(Command::new(program).arg("misuse"));
}

#[test]
fn the_header_is_one_of_cpp_too() {
    if !has(&["c++"], "the header") {
        return;
    }
    let header = capi().join("include/deskpro_contact.h");
    run(Command::new("c++")
        .args(["-x", "c++", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-pedantic"])
        .arg(header));
}
