//! Options that print information instead of converting: the table, explanations, the schema, the manual page,
//! completions.

use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use deskpro_contact::{Code, ErrorKind, differences, dump, rows};

use crate::harness::Workdir;

/// The names of all loss codes and error kinds.
fn codes() -> Vec<&'static str> {
    let mut codes = of_payloads();
    codes.extend(dump::ErrorKind::ALL.iter().map(|kind| kind.name()));
    codes.extend(rows::ErrorKind::ALL.iter().map(|kind| kind.name()));
    codes
}

/// The codes of payloads: losses, and errors that reject one.
fn of_payloads() -> Vec<&'static str> {
    Code::ALL.iter().map(|code| code.name()).chain(ErrorKind::ALL.iter().map(|kind| kind.name())).collect()
}

#[test]
fn information_options_take_no_input_and_no_other_options() {
    let dir = Workdir::new();
    for args in ["--list-types", "--schema", "--explain comment", "--generate man"] {
        let run = dir.run(args, "contact_data=x").exits(0);
        assert!(run.err.is_empty() && !run.out.is_empty(), "{args}");
        dir.run(&format!("{args} missing"), "").exits(2);
        dir.run(&format!("{args} --losses l"), "").exits(2);
    }
    assert!(dir.files().is_empty());
}

#[test]
fn the_command_prints_the_table_of_the_library_in_aligned_columns() {
    let run = Workdir::new().run("--list-types", "").exits(0);
    let cells = |table: &str| -> Vec<Vec<String>> {
        let rows = table.lines().filter(|row| !row.starts_with("|--") && !row.starts_with("| --"));
        rows.map(|row| row.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
    };
    assert_eq!(cells(run.text()), cells(&differences()));
    // The columns are aligned.
    let bars = |row: &str| row.char_indices().filter(|(_, char)| *char == '|').map(|(at, _)| at).collect();
    let mut rows = run.lines().into_iter().map(bars);
    let first: Vec<usize> = rows.next().unwrap();
    assert!(rows.all(|row: Vec<usize>| row == first), "{}", run.text());
}

#[test]
fn no_loss_code_is_also_an_error_code() {
    let mut codes = codes();
    codes.sort_unstable();
    let len = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), len);
}

/// Every code in the messages of `fixtures/invalid` has an explanation.
#[test]
fn every_code_of_the_fixtures_can_be_explained() {
    let fixtures = testkit::repository().join("fixtures/invalid");
    for folder in std::fs::read_dir(fixtures).unwrap() {
        let Ok(message) = std::fs::read_to_string(folder.unwrap().path().join("message.txt")) else {
            continue;
        };
        let codes = message.lines().filter_map(|line| line.strip_prefix("  "));
        // A failed run has an exit status instead of a code.
        for line in codes.filter(|line| !line.starts_with("exit status")) {
            let code = line.split(", rejects").next().unwrap();
            assert!(code.parse::<ErrorKind>().is_ok(), "{line}");
        }
    }
}

/// Runs the example of each explanation in a shell. Its output contains the code and the line that the explanation
/// shows.
#[test]
fn every_example_of_an_explanation_prints_what_it_shows() {
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", cargo_bin("convert").parent().map(Path::display).unwrap());
    for code in codes() {
        let dir = Workdir::new();
        let run = dir.run(&format!("--explain {code}"), "").exits(0);
        let explanation = run.text();
        assert!(explanation.starts_with(&format!("{code} (")), "{explanation}");
        assert!(explanation.contains("\nWhat to do: "), "{explanation}");
        // Lines have at most 80 columns and break only where the next word does not fit.
        let prose: Vec<&str> = explanation.lines().take_while(|line| !line.starts_with("  ")).collect();
        for pair in prose.windows(2) {
            let next = pair[1].split(' ').next().unwrap();
            let is_end = pair[1].is_empty();
            let [width, next] = [pair[0], next].map(|text| text.chars().count());
            assert!(width <= 80 && (width == 0 || is_end || width + next >= 80), "{explanation}");
        }
        let (commands, shown): (Vec<&str>, Vec<&str>) = explanation
            .lines()
            .filter_map(|line| line.strip_prefix("  "))
            .partition(|line| line.starts_with("$ "));
        let has_example = !matches!(
            code,
            "dump-too-long" | "rows-invalid-added-field" | "rows-other-table" | "rows-value-count"
        );
        if !has_example {
            assert!(commands.is_empty() && shown.is_empty(), "{code}");
            continue;
        }
        let [shown] = shown[..] else { panic!("{code} shows no output line") };
        let script: String = commands.iter().map(|line| format!("{}\n", &line[2..])).collect();
        let run = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{script}")])
            .env("PATH", &path)
            .current_dir(dir.path("."))
            .output()
            .unwrap();
        let mut printed = String::from_utf8(run.stdout).unwrap();
        // The shell wrote it, if losses are restored.
        dir.leave_unchecked("losses.jsonl");
        for name in ["losses.jsonl", "left.jsonl"] {
            if dir.path(name).exists() {
                printed += &dir.text(name);
            }
        }
        assert!(
            !shown.is_empty() && printed.contains(shown),
            "{code} shows {shown}\nbut the commands printed\n{printed}"
        );
        // A losses file that does not fit is reported only by a message, without its code.
        let is_of_losses =
            [ErrorKind::NotLosses, ErrorKind::OtherPayload].map(ErrorKind::name).contains(&code);
        let is_of_payload = of_payloads().contains(&code);
        let shows_code = match is_of_payload {
            true => printed.contains(&format!("\"code\":\"{code}\"")),
            false => printed.contains(&format!(" (--explain {code})")),
        };
        let is_named = shows_code || is_of_losses;
        assert!(is_named, "{code} is not in\n{printed}");
    }
}

#[test]
fn an_unknown_code_is_a_usage_error_that_lists_all_codes() {
    let dir = Workdir::new();
    let run = dir.run("--explain comand", "").exits(2).reports("a similar value exists: 'comment'");
    for code in codes() {
        assert!(run.err.contains(code), "{code}");
    }
    dir.run("--explain", "").exits(2);
}

#[test]
fn the_manual_page_and_completions_contain_every_option() {
    let dir = Workdir::new();
    let help = dir.run("--help", "").exits(0);
    let options: Vec<&str> = (help.text().lines())
        .filter_map(|line| {
            line.trim_start().split("--").nth(1).filter(|_| line.trim_start().starts_with('-'))
        })
        .filter_map(|rest| rest.split(|char: char| !(char.is_ascii_alphanumeric() || char == '-')).next())
        .collect();
    assert!(options.len() > 20, "{options:?}");
    for what in ["man", "bash", "zsh", "fish", "powershell"] {
        let page = dir.run(&format!("--generate {what}"), "").exits(0);
        // roff escapes each hyphen.
        let page = page.text().replace("\\-", "-");
        for option in &options {
            assert!(page.contains(option), "{what} lacks {option}");
        }
        // Completions contain the codes.
        assert!(what == "man" || what == "powershell" || page.contains("left-over"), "{what}");
    }
    dir.run("--generate csh", "").exits(2).reports("bash");
}

/// Each shell parses its completions. Shells that are not installed are skipped.
#[test]
fn installed_shells_parse_their_completions() {
    let dir = Workdir::new();
    for (what, shell, args) in
        [("bash", "bash", &["-n"][..]), ("zsh", "zsh", &["-n"]), ("fish", "fish", &["--no-execute"])]
    {
        dir.write("completion", dir.run(&format!("--generate {what}"), "").exits(0).out);
        match Command::new(shell).args(args).arg(dir.path("completion")).output() {
            Ok(run) => assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr)),
            Err(_) => println!("skipped: {shell} is not installed"),
        }
    }
}

/// README says how to install the command under another name. Completions are then for that name.
#[test]
fn completions_are_for_the_name_of_the_executable() {
    let dir = Workdir::new();
    std::os::unix::fs::symlink(cargo_bin!("convert"), dir.path("deskpro-convert")).unwrap();
    for what in ["man", "bash", "zsh", "fish", "powershell"] {
        let page = Command::new(dir.path("deskpro-convert")).args(["--generate", what]).output().unwrap();
        let page = String::from_utf8(page.stdout).unwrap().replace("\\-", "-");
        assert!(page.contains("deskpro-convert"), "{what}: {page}");
    }
}
