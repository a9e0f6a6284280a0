//! A terminal for `convert`, by the program `script`.

use std::process::{Command, Stdio};

/// The variables by which users and continuous integration ask for colours or against them.
pub(crate) const COLOUR_VARIABLES: [&str; 4] = ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"];

/// Runs a shell command on a terminal that shows colours, and ends its input. Variables that concern colours are set
/// only if `environment` has them.
///
/// Returns what the terminal shows, without carriage returns, or `None` if `script` is not installed: a test is skipped
/// then.
pub(crate) fn on_terminal(shell_command: &str, environment: &[(&str, &str)]) -> Option<String> {
    let mut script = Command::new("script");
    script.args(["-qec", shell_command, "/dev/null"]).stdin(Stdio::null());
    for variable in COLOUR_VARIABLES {
        script.env_remove(variable);
    }
    // Shells warn about locales that are not installed.
    script.env("TERM", "xterm-256color").env("LC_ALL", "C").env("SHELL", "/bin/sh");
    match script.envs(environment.iter().copied()).output() {
        Ok(run) => Some(String::from_utf8(run.stdout).unwrap().replace('\r', "")),
        Err(_) => {
            println!("skipped: script is not installed");
            None
        }
    }
}
