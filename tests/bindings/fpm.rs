//! The PHP package in a web server: php-fpm allows FFI only to what it preloads.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{has_php, library, php_package, run};
use crate::harness::Workdir;

/// A running php-fpm, which ends with the value.
struct Fpm<'d> {
    dir: &'d Workdir,
    process: Child,
}

impl<'d> Fpm<'d> {
    /// Starts php-fpm with PHP's default for FFI, and with these settings.
    fn start(program: &str, dir: &'d Workdir, settings: &[String]) -> Self {
        let (socket, log) = (dir.path("socket"), dir.path("log"));
        let config = format!(
            "[global]\nerror_log = {}\ndaemonize = no\n[www]\nlisten = {}\npm = static\npm.max_children = 1\n\
             env[DESKPRO_CONTACT_LIBRARY] = {}\ncatch_workers_output = yes\n",
            log.display(),
            socket.display(),
            library().display(),
        );
        let is_root = run(Command::new("id").arg("-u")).stdout == b"0\n";
        dir.write("fpm.conf", config + if is_root { "user = root\ngroup = root\n" } else { "" });
        let mut command = Command::new(program);
        command.arg("--nodaemonize").arg("--fpm-config").arg(dir.path("fpm.conf"));
        if is_root {
            command.args(["--allow-to-run-as-root", "-d", "opcache.preload_user=root"]);
        }
        for setting in ["ffi.enable=preload", "opcache.enable=1"] {
            command.args(["-d", setting]);
        }
        for setting in settings {
            command.args(["-d", setting]);
        }
        let process =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut fpm = Self { dir, process };
        let start = Instant::now();
        while !socket.exists() {
            let has_ended = fpm.process.try_wait().unwrap().is_some();
            let has_time = start.elapsed() < Duration::from_secs(60);
            assert!(!has_ended && has_time, "{}", fs::read_to_string(&log).unwrap_or_default());
            std::thread::sleep(Duration::from_millis(20));
        }
        fpm
    }

    /// Requests a script, and returns the body of the reply.
    #[track_caller]
    fn request(&self, script: &str) -> String {
        let reply = run(Command::new("cgi-fcgi")
            .args(["-bind", "-connect"])
            .arg(self.dir.path("socket"))
            .env("SCRIPT_FILENAME", self.dir.path(script))
            .env("REQUEST_METHOD", "GET"));
        let reply = String::from_utf8(reply.stdout).unwrap();
        reply.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{reply}")).1.to_owned()
    }
}

impl Drop for Fpm<'_> {
    fn drop(&mut self) {
        // SIGTERM also ends the worker.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

#[test]
fn php_fpm_converts_with_what_it_preloads() {
    // Debian names the program by its version.
    let version = "php-fpm$(php -r 'echo PHP_MAJOR_VERSION, \".\", PHP_MINOR_VERSION;')";
    let find = format!("command -v {version} || command -v php-fpm");
    let found = Command::new("sh").args(["-c", &find]).stderr(Stdio::null()).output().unwrap();
    let program = String::from_utf8(found.stdout).unwrap();
    let program = program.trim();
    if program.is_empty() {
        return println!("skipped: php-fpm is not found, and the test of preloading needs it");
    }
    if !has_php(&["cgi-fcgi"], "preloading") {
        return;
    }
    let dir = Workdir::new();
    let autoload = php_package().join("autoload.php");
    dir.write(
        "page.php",
        format!(
            "<?php require '{}';\n\
             try {{ echo (new DeskproContact\\Converter())->convert('type=skype&data[username]=ann'); }}\n\
             catch (DeskproContact\\ContactException $why) {{ echo $why->errorCode, ': ', $why->getMessage(); }}\n",
            autoload.display(),
        ),
    );
    dir.write("other.php", "<?php try { FFI::cdef('int getpid(void);'); echo 'free'; } catch (FFI\\Exception $why) { echo $why->getMessage(); }");

    // Without preloading, the error says what is missing.
    let plain = Fpm::start(program, &dir, &[]);
    let body = plain.request("page.php");
    assert!(body.starts_with("library-not-loaded: "), "{body}");
    assert!(body.contains("FFI API is restricted by \"ffi.enable\""), "{body}");
    drop(plain);
    let _ = fs::remove_file(dir.path("socket"));

    let preload = format!("opcache.preload={}", php_package().join("preload.php").display());
    let preloading = Fpm::start(program, &dir, &[preload]);
    let converted = r#"{"contact_data":{"instant_message":[{"service":"skype","username":"ann"}]}}"#;
    for _ in 0..3 {
        assert_eq!(preloading.request("page.php"), converted);
    }
    // Other scripts still cannot use FFI.
    let body = preloading.request("other.php");
    assert!(body.contains("FFI API is restricted"), "{body}");
}
