//! What the command answers instead of a run: the table, explanations, the schema, the manual page, completions.

use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use deskpro_contact::{Code, ErrorKind, differences};

use crate::harness::Place;

fn codes() -> Vec<&'static str> {
    Code::ALL.iter().map(|code| code.name()).chain(ErrorKind::ALL.iter().map(|kind| kind.name())).collect()
}

#[test]
fn a_question_stands_by_itself_and_reads_nothing() {
    let place = Place::new();
    for args in ["--list-types", "--schema", "--explain comment", "--generate man"] {
        let run = place.run(args, "contact_data=x").exits(0);
        assert!(run.err.is_empty() && !run.out.is_empty(), "{args}");
        place.run(&format!("{args} missing"), "").exits(2);
        place.run(&format!("{args} --losses l"), "").exits(2);
    }
    assert!(place.files().is_empty());
}

#[test]
fn the_schema_is_the_librarys() {
    let run = Place::new().run("--schema", "").exits(0);
    assert_eq!(run.text(), deskpro_contact::schema());
}

#[test]
fn the_table_is_the_librarys() {
    let run = Place::new().run("--list-types", "").exits(0);
    let cells = |table: &str| -> Vec<Vec<String>> {
        let rows = table.lines().filter(|row| !row.starts_with("|--") && !row.starts_with("| --"));
        rows.map(|row| row.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
    };
    assert_eq!(cells(run.text()), cells(&differences()));
    // And its columns stand under each other.
    let bars = |row: &str| row.char_indices().filter(|(_, char)| *char == '|').map(|(at, _)| at).collect();
    let mut rows = run.lines().into_iter().map(bars);
    let first: Vec<usize> = rows.next().unwrap();
    assert!(rows.all(|row: Vec<usize>| row == first), "{}", run.text());
}

#[test]
fn no_code_has_two_meanings() {
    let mut codes = codes();
    codes.sort_unstable();
    let len = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), len);
}

/// What the fixtures are rejected for is in the list of what there is.
#[test]
fn every_code_of_the_fixtures_can_be_explained() {
    let fixtures = testkit::repository().join("fixtures/invalid");
    for folder in std::fs::read_dir(fixtures).unwrap() {
        let Ok(message) = std::fs::read_to_string(folder.unwrap().path().join("message.txt")) else {
            continue;
        };
        let codes = message.lines().filter_map(|line| line.strip_prefix("  "));
        // Of a run as a whole the status says why.
        for line in codes.filter(|line| !line.starts_with("exit status")) {
            let code = line.split(", rejects").next().unwrap();
            assert!(ErrorKind::from_name(code).is_some(), "{line}");
        }
    }
}

/// Each example is typed as it stands; its code is in what comes of it, and so is the line that is shown.
#[test]
fn every_explanation_is_true() {
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", cargo_bin("convert").parent().map(Path::display).unwrap());
    for code in codes() {
        let place = Place::new();
        let said = place.run(&format!("--explain {code}"), "").exits(0);
        let said = said.text();
        assert!(said.starts_with(&format!("{code} (")) && said.contains("\nWhat to do: "), "{said}");
        // As wide as a terminal, and no word on the next line that had room.
        let prose: Vec<&str> = said.lines().take_while(|line| !line.starts_with("  ")).collect();
        for pair in prose.windows(2) {
            let next = pair[1].split(' ').next().unwrap();
            let is_end = pair[1].is_empty();
            assert!(
                pair[0].len() <= 80 && (pair[0].is_empty() || is_end || pair[0].len() + next.len() >= 80),
                "{said}"
            );
        }
        let (commands, shown): (Vec<&str>, Vec<&str>) =
            said.lines().filter_map(|line| line.strip_prefix("  ")).partition(|line| line.starts_with("$ "));
        let [shown] = shown[..] else { panic!("{code} shows no outcome") };
        let script: String = commands.iter().map(|line| format!("{}\n", &line[2..])).collect();
        let run = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{script}")])
            .env("PATH", &path)
            .current_dir(place.path("."))
            .output()
            .unwrap();
        let mut came = String::from_utf8(run.stdout).unwrap();
        for name in ["losses.jsonl", "left.jsonl"] {
            if place.path(name).exists() {
                came += &place.text(name);
            }
        }
        assert!(!shown.is_empty() && came.contains(shown), "{code} shows {shown}\nand there came\n{came}");
        // What is wrong with a losses file stands in no losses file.
        let is_named = came.contains(&format!("\"code\":\"{code}\"")) || code == ErrorKind::NotLosses.name();
        assert!(is_named, "{code} is not in\n{came}");
    }
}

#[test]
fn an_unknown_code_is_answered_with_those_there_are() {
    let place = Place::new();
    let run = place.run("--explain comand", "").exits(2).says("a similar value exists: 'comment'");
    for code in codes() {
        assert!(run.err.contains(code), "{code}");
    }
    place.run("--explain", "").exits(2);
}

#[test]
fn pages_and_completions_name_every_option() {
    let place = Place::new();
    let help = place.run("--help", "").exits(0);
    let options: Vec<&str> = (help.text().lines())
        .filter_map(|line| {
            line.trim_start().split("--").nth(1).filter(|_| line.trim_start().starts_with('-'))
        })
        .filter_map(|rest| rest.split(' ').next())
        .collect();
    assert!(options.len() > 20, "{options:?}");
    for what in ["man", "bash", "zsh", "fish", "powershell"] {
        let page = place.run(&format!("--generate {what}"), "").exits(0);
        // roff escapes each hyphen.
        let page = page.text().replace("\\-", "-");
        for option in &options {
            assert!(page.contains(option), "{what} lacks {option}");
        }
        // Codes are completed.
        assert!(what == "man" || what == "powershell" || page.contains("left-over"), "{what}");
    }
    place.run("--generate csh", "").exits(2).says("bash");
}

/// The page and the completions are what their readers can read, where those are installed.
#[test]
fn shells_read_their_completions() {
    let place = Place::new();
    for (what, shell, args) in
        [("bash", "bash", &["-n"][..]), ("zsh", "zsh", &["-n"]), ("fish", "fish", &["--no-execute"])]
    {
        place.write("completion", place.run(&format!("--generate {what}"), "").exits(0).out);
        match Command::new(shell).args(args).arg(place.path("completion")).output() {
            Ok(run) => assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr)),
            Err(_) => println!("{shell} is not installed: its completions were not read"),
        }
    }
}

/// README tells how to install it under another name: that one is completed then.
#[test]
fn completions_are_for_the_name_that_it_was_called_by() {
    let place = Place::new();
    std::os::unix::fs::symlink(cargo_bin!("convert"), place.path("deskpro-convert")).unwrap();
    for what in ["man", "bash", "zsh", "fish", "powershell"] {
        let page = Command::new(place.path("deskpro-convert")).args(["--generate", what]).output().unwrap();
        let page = String::from_utf8(page.stdout).unwrap().replace("\\-", "-");
        assert!(page.contains("deskpro-convert"), "{what}: {page}");
    }
}
