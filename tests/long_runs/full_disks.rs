//! Disks that are full from the start or become full at the last write.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;

use crate::harness::running::file_names;
use crate::harness::{BAD, COMMENT, Run, WEBSITE, Workdir, dump_of_websites};

/// A small file system mounted at `disk`: two pages, `filled` of them in use. Each run mounts its own in a private
/// mount namespace, so that it disappears with the run.
struct Disk<'a> {
    dir: &'a Workdir,
    filled: usize,
}

impl<'a> Disk<'a> {
    const SIZE: usize = 8192;

    /// None if mounting is not allowed.
    fn new(dir: &'a Workdir, filled: usize) -> Option<Self> {
        fs::create_dir(dir.path("disk")).unwrap();
        let disk = Self { dir, filled };
        let can_mount = disk.command("true").status().is_ok_and(|status| status.success());
        if !can_mount {
            eprintln!("skipped: no disk can be mounted here");
        }
        can_mount.then_some(disk)
    }

    fn command(&self, script: &str) -> Command {
        let mut command = Command::new("unshare");
        let mount = format!(
            "mount -t tmpfs -o size={} none disk && head -c {} /dev/zero > disk/filled || exit 111",
            Self::SIZE,
            4096 * self.filled
        );
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &format!("{mount}\n{script}")]);
        command.current_dir(self.dir.path("")).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs `convert`, and returns the names of the files that are on the disk afterwards.
    #[track_caller]
    fn run(&self, args: &str, stdin: &str) -> (Run, Vec<String>) {
        self.run_with("", args, stdin)
    }

    /// Like `run`, with a variable of the environment, for example `TMPDIR=disk`.
    #[track_caller]
    fn run_with(&self, variable: &str, args: &str, stdin: &str) -> (Run, Vec<String>) {
        let convert = cargo_bin!("convert").display();
        let script = format!("{variable} {convert} {args}; status=$?; ls -A disk > listing; exit $status");
        let mut child = self.command(&script).spawn().unwrap();
        // The command may end before it has read everything.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let run = Run::new(args, child.wait_with_output().unwrap());
        let listing = self.dir.text("listing").lines().map(str::to_owned).collect();
        fs::remove_file(self.dir.path("listing")).unwrap();
        (run, listing)
    }
}

#[test]
fn a_full_disk_exits_74_and_names_the_file() {
    let dir = Workdir::new();
    let Some(disk) = Disk::new(&dir, 0) else { return };
    for jobs in ["-j1", "-j3"] {
        // Few lines fill the disk at the final flush, many during the run.
        for times in [2000, 8000] {
            let input = format!("{COMMENT}\n{BAD}&note={}\n", "x".repeat(100)).repeat(times);
            for (args, name) in [
                ("-o disk/o --losses l --rejects r --summary s", "disk/o"),
                ("-o o --losses disk/l --rejects r --summary s", "disk/l"),
                ("-o o --losses l --rejects disk/r --summary s", "disk/r"),
                ("-o disk/o --losses disk/l --rejects disk/r", "disk/l"),
                ("--losses disk/l", "disk/l"),
                ("-o o --losses l --report disk/p", "disk/p"),
            ] {
                let (run, listing) = disk.run(&format!("-q {jobs} {args}"), &input);
                let run = run.exits(74);
                let message =
                    format!("convert: cannot write {name}: No space left on device (os error 28)\n");
                assert_eq!(run.err, message, "{jobs} {args}");
                assert_eq!(listing, ["filled"], "{jobs} {args}");
                assert_eq!(file_names(&dir), ["disk"], "{jobs} {args}");
                assert!(run.out.is_empty(), "output without its losses was written");
            }
        }
        // Two small files fit.
        let (run, listing) = disk.run(&format!("{jobs} -o disk/o --losses disk/l"), COMMENT);
        run.exits(0);
        assert_eq!(listing, ["filled", "l", "o"]);
    }
}

#[test]
fn a_disk_that_is_full_at_the_last_write_exits_74() {
    let dir = Workdir::new();
    // No page is left for the summary, which is written last.
    let Some(disk) = Disk::new(&dir, 2) else { return };
    let input = format!("{COMMENT}\n").repeat(3000);
    let (run, listing) = disk.run("-q -o o --losses l --summary disk/s", &input);
    run.exits(74).reports("convert: cannot write disk/s: No space left");
    assert_eq!((listing, file_names(&dir)), (vec!["filled".to_owned()], vec!["disk".to_owned()]));

    // Buffers are flushed before any file is put in place; the output is the last of them.
    let dir = Workdir::new();
    let disk = Disk::new(&dir, 1).unwrap();
    let input = format!("{COMMENT}\n").repeat(100);
    let (run, listing) = disk.run("-q -o disk/o --losses l --rejects r --summary s", &input);
    run.exits(74).reports("convert: cannot write disk/o: No space left");
    assert_eq!((listing, file_names(&dir)), (vec!["filled".to_owned()], vec!["disk".to_owned()]));

    // One page is left for the losses, and their end line does not fit.
    let dir = Workdir::new();
    let disk = Disk::new(&dir, 1).unwrap();
    let end = "{\"end\":{\"to\":\"v2\",\"lines\":1,\"with_losses\":1}}\n".len();
    let input = |len: usize| COMMENT.replace("home", &"h".repeat(len));
    dir.run("--losses l", input(1)).exits(0);
    let rest = 4096 - dir.bytes("l").len();
    fs::remove_file(dir.path("l")).unwrap();
    for (len, code) in [(rest + 1, 0), (rest + 2, 74), (rest + 1 + end, 74)] {
        let (run, listing) = disk.run("-q -o o --losses disk/l", &input(len));
        if run.exits(code).code == Some(74) {
            assert_eq!((listing, file_names(&dir)), (vec!["filled".to_owned()], vec!["disk".to_owned()]));
        } else {
            assert_eq!(
                (listing, file_names(&dir)),
                (vec!["filled".into(), "l".into()], vec!["disk".into(), "o".into()])
            );
            fs::remove_file(dir.path("o")).unwrap();
        }
    }
}

#[test]
fn a_failed_last_write_leaves_no_files() {
    let dir = Workdir::new();
    let input = format!("{WEBSITE}\n").repeat(3000);
    for jobs in ["-j1", "-j3"] {
        // These files are written only at the end.
        for last in ["--losses", "--summary"] {
            let run = dir.run(&format!("{jobs} -o o --rejects r {last} /dev/full"), &input);
            run.exits(74).reports("convert: cannot write /dev/full: No space left");
            assert!(file_names(&dir).is_empty());
        }
    }
}

#[test]
fn a_disk_that_is_full_of_sorted_rows_exits_74_and_names_the_folder() {
    let dir = Workdir::new();
    let Some(disk) = Disk::new(&dir, 0) else { return };
    let dump = dump_of_websites(2_000);
    for args in ["--sort-memory 2000", "--sort-memory 100000 -j3"] {
        let args = format!("--from dump {args} -o o --losses l --rejects r --summary s");
        let (run, listing) = disk.run_with("TMPDIR=disk", &args, &dump);
        let message = "convert: cannot sort rows in temporary files in disk, which TMPDIR names: No space left on \
                       device (os error 28)\n";
        assert_eq!(run.exits(74).err, message);
        assert_eq!(
            (listing, file_names(&dir)),
            (vec!["filled".to_owned()], vec!["disk".to_owned()]),
            "{args}"
        );
    }
    // Rows that fit into memory need no disk.
    let (run, listing) = disk.run_with("TMPDIR=missing", "-q --from dump --lossy -o o", &dump);
    run.exits(0);
    assert_eq!(listing, ["filled"]);
}
