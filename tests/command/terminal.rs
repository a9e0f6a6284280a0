//! What a terminal shows: colours, lines that fit, and what a run waits for.

use assert_cmd::cargo::cargo_bin;

use crate::harness::{BAD, BAD_RECORD, COMMENT, Run, WEBSITE, Workdir, terminal};

/// Runs `convert` in the folder, on a terminal with this many columns. Returns what the terminal shows.
fn on_terminal(dir: &Workdir, columns: u16, environment: &[(&str, &str)], args: &str) -> Option<String> {
    let folder = dir.path("");
    let convert = cargo_bin!("convert");
    let command =
        format!("cd '{}' && stty cols {columns} rows 50; {} {args}", folder.display(), convert.display());
    terminal::on_terminal(&command, environment)
}

/// A text without the sequences that set colours.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap().to_owned();
    first + &parts.map(|part| part.split_once('m').expect("a colour").1).collect::<String>()
}

/// Payloads with messages, codes and names of every length.
fn payloads() -> String {
    let long = "x".repeat(300);
    let unknown = format!("type=website&data[url]=x&data[colour]={long}&data[{long}]=1&data[ur]=y");
    let phone = "id=ann@example.com&type=phone&data[number]=555 0494 or else 555 0495";
    [WEBSITE, COMMENT, BAD, BAD_RECORD, &unknown, phone, "", "id=%FF", "a=\r"].join("\n")
}

#[test]
fn a_run_that_reads_a_terminal_says_what_it_waits_for() {
    let dir = Workdir::new();
    for (args, input) in [
        ("", "form payloads, one per line"),
        ("-", "form payloads, one per line"),
        ("--check", "form payloads, one per line"),
        ("--from json", "legacy JSON, one per line"),
        ("--from dump", "an SQL dump"),
        ("--from rows", "exported rows"),
        ("--to form", "v2 bodies, one per line"),
    ] {
        let Some(shown) = on_terminal(&dir, 80, &[], args) else { return };
        let line = format!("convert: waiting for {input}. End with Ctrl-D; see --help.");
        assert_eq!(shown.lines().next(), Some(&*line), "{args}: {shown:?}");
        assert!(line.len() <= 80);
    }
    dir.write("in", WEBSITE);
    for args in ["-q", "--error-format json", "in", "< in", "--help", "--schema"] {
        let shown = on_terminal(&dir, 80, &[], args).unwrap();
        assert!(!shown.contains("waiting"), "{args}: {shown:?}");
    }
    assert!(!dir.run("", "").exits(0).err.contains("waiting"));
}

/// Colours are for a terminal. The variables that other programs know turn them off, and on elsewhere.
#[test]
fn reports_and_messages_have_colours_on_a_terminal_alone() {
    const BOLD: &str = "\u{1b}[1m";
    const RED: &str = "\u{1b}[1m\u{1b}[31m";
    const YELLOW: &str = "\u{1b}[1m\u{1b}[33m";
    let dir = Workdir::new();
    dir.write("in", payloads());
    let Some(report) = on_terminal(&dir, 80, &[], "--check in") else { return };
    for part in [
        format!("{RED}would be rejected  "),
        format!("{RED}would be rejected and lost  "),
        format!("{YELLOW}would be lost  "),
        format!("{YELLOW}warning: 1 line holds a carriage return"),
        format!("{BOLD}types\u{1b}[0m\n"),
        format!("{BOLD}exit status 3\u{1b}[0m\n"),
    ] {
        assert!(report.contains(&part), "{part:?} in\n{report:?}");
    }
    let run = on_terminal(&dir, 80, &[], "in").unwrap();
    assert!(
        run.contains(&format!("{RED}2 of 9 payloads rejected; --rejects FILE would keep them")),
        "{run:?}"
    );
    assert!(run.contains(&format!("{YELLOW}warning: ")), "{run:?}");
    let failed = on_terminal(&dir, 80, &[], "missing").unwrap();
    assert!(failed.starts_with(&format!("{RED}convert:\u{1b}[0m cannot open missing")), "{failed:?}");
    let help = on_terminal(&dir, 80, &[], "--help").unwrap();
    assert!(help.contains(&format!("{BOLD}Losses and restoring:")), "{help:?}");
    for variable in [("NO_COLOR", "1"), ("CLICOLOR", "0"), ("TERM", "dumb")] {
        for args in ["--check in", "in", "missing", "--help"] {
            let shown = on_terminal(&dir, 80, &[variable], args).unwrap();
            assert!(!shown.contains('\u{1b}'), "{variable:?} {args}: {shown:?}");
        }
    }
    // Pipes have colours only if CLICOLOR_FORCE asks for them, files that options name never.
    let files = "--losses l --rejects r --summary s -o o in";
    for (force, expected) in [("", false), ("1", true)] {
        for args in ["--check in", files, "missing", "--help"] {
            let run = dir.command(args).env("CLICOLOR_FORCE", force).output().unwrap();
            let has_colours = [&run.stdout, &run.stderr].iter().any(|text| text.contains(&0x1b));
            assert_eq!(has_colours, expected, "{args}");
        }
        for name in ["l", "r", "s", "o"] {
            assert!(!dir.bytes(name).contains(&0x1b), "{name}");
        }
    }
    let json = dir.command("--check --error-format json in").env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(!json.stdout.contains(&0x1b));
}

/// No line is longer than the terminal, except for a word that is.
#[test]
fn reports_and_messages_fit_the_terminal() {
    let dir = Workdir::new();
    dir.write("in", payloads());
    for (columns, most) in [(80, 80), (200, 100)] {
        for args in [
            "--check in",
            "--check --profile extended --id-field id in",
            "-o o in",
            "-o o --strict --profile extended in",
        ] {
            let Some(shown) = on_terminal(&dir, columns, &[], args) else { return };
            let shown = plain(&shown);
            let widest = shown.lines().max_by_key(|line| line.chars().count()).unwrap();
            let width = widest.chars().count();
            // The place of a field with a long name is one word.
            let is_word = widest.contains("xxxxxxxx") && !widest.contains('|');
            assert!(width <= most || is_word, "{args} at {columns}: {widest}\n{shown}");
            // The width is used.
            assert!(width > most * 3 / 4, "{args} at {columns}: {shown}");
        }
    }
    // A list of all codes breaks between them.
    let wrong = on_terminal(&dir, 80, &[], "--explain commnet").unwrap();
    assert!(plain(&wrong).lines().all(|line| line.len() <= 80), "{wrong}");
    // The errors that end a run.
    dir.write("rows.csv", "id,person_id,type\n1,7,website\n");
    let failed = on_terminal(&dir, 80, &[], "rows.csv").unwrap();
    assert!(failed.lines().count() > 1, "{failed}");
    assert!(plain(&failed).lines().all(|line| line.len() <= 80), "{failed}");
    // A pipe gets one line.
    let run = dir.run("rows.csv", "").exits(65);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
}

#[test]
fn help_fits_80_columns() {
    let dir = Workdir::new();
    let run = |args: &str| -> String {
        let run = Run::new(args, dir.command(args).output().unwrap()).exits(0);
        let text = run.text().to_owned();
        let widest = text.lines().max_by_key(|line| line.chars().count()).unwrap();
        assert!(widest.chars().count() <= 80, "{args}: {widest}");
        text
    };
    let (short, long) = (run("-h"), run("--help"));
    assert!(short.lines().count() <= 45, "{short}");
    for page in [&short, &long] {
        for heading in ["Losses and restoring:", "Rejected payloads:", "Messages and reports:", "Information"]
        {
            assert!(page.contains(&format!("\n{heading}")), "{heading} in\n{page}");
        }
    }
    assert!(
        short.ends_with("convert --help shows all options, examples and the exit statuses.\n"),
        "{short}"
    );
    assert!(long.contains("\nExamples:\n  convert --check payloads.form\n"), "{long}");
    // The short help names only options of the long one, and describes each in one line.
    let option = |line: &str| line.split_whitespace().find(|word| word.starts_with("--")).map(str::to_owned);
    let options = |page: &str| -> Vec<String> {
        page.lines().filter(|line| line.trim_start().starts_with('-')).filter_map(option).collect()
    };
    let all = options(&long);
    assert!(all.len() > 30, "{all:?}");
    for own in options(&short) {
        assert!(all.contains(&own), "{own}");
    }
    // A wider terminal shows an equal page.
    if let Some(wide) = on_terminal(&dir, 200, &[("NO_COLOR", "1")], "--help") {
        assert_eq!(wide, long);
    }
}
