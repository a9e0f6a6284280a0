//! Runs the command: opens files, converts, puts files in place, and returns the exit status.

mod failure;
mod interrupt;
mod restoring;
mod shared;
mod sinks;

pub(crate) use self::failure::Failure;

use std::io::{self, IsTerminal as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use self::interrupt::watch_signals;
use self::restoring::Restoring;
use self::shared::Run;
use crate::args::{Args, ErrorFormat};
use crate::batch_output::BatchOutput;
use crate::id_field::IdField;
use crate::input;
use crate::panics;
use crate::paths::{has_content, is_standard};
use crate::pipeline;
use crate::progress::Progress;
use crate::prompt::prompt;
use crate::sink::Existing;
use crate::source::{Batch, Database, Lines, SourceError, Stage};
use crate::status::Status;
use crate::stderr::print_error;

/// Runs the command to its end.
pub(crate) fn run(args: &Args) -> Result<Status, Failure> {
    let input = input::open(args.input.as_deref()).map_err(|error| {
        let path = args.input.as_deref().unwrap_or(Path::new("standard input"));
        Failure::cannot_open(path, &error)
    })?;
    let losses = restoring::open_files(args)?;
    protect_kept_files(args)?;
    let restoring = Restoring::new(losses, args)?;
    let args = &match &restoring {
        Some(restoring) => restoring.args(args)?,
        None => args.clone().with_defaults(),
    };
    let is_silent = args.quiet || args.error_format() == ErrorFormat::Json;
    let writes_stdout = args.output.as_deref().is_none_or(is_standard);
    let has_terminal = io::stderr().is_terminal() && !(writes_stdout && io::stdout().is_terminal());
    let progress = Progress::new(Arc::clone(&input.read), input.len, args.progress, is_silent, has_terminal);
    let run = Arc::new(Run::new(args, Arc::clone(&input.read), progress));
    run.open(|| watch_signals(&run))?;
    if let Some(text) = prompt(args) {
        print_error(&text);
    }
    let jobs = args.jobs.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    let write = |out: &mut BatchOutput| -> ControlFlow<()> {
        panics::catch(|| run.write(out)).unwrap_or_else(|panic| run.fail(Failure::panicked(None, &panic)))
    };
    // Another thread may still wait for input. The run needs no more input, so the process ends here.
    let on_stop = || {
        let status = run.finish(Ok(())).unwrap_or_else(|failure| {
            print_error(&failure.message(args.error_format()));
            failure.status
        });
        std::process::exit(status as i32);
    };
    let ended = match restoring {
        None if args.reads_database() => {
            let on_progress = |stage: Stage| run.show(stage);
            let mut database = Database::new(input.bytes, input.name, args, on_progress);
            let read = |batch: &mut Batch| {
                panics::catch(|| database.next(batch))
                    .unwrap_or_else(|panic| Err(SourceError::Panic(database.line(), panic)))
            };
            panics::catch(|| pipeline::run(args, jobs, read, write, on_stop))
        }
        None => {
            let mut lines = Lines::new(input.bytes, input.name, args.max_line(), IdField::new(args))
                .checked(args.expected());
            let read = |batch: &mut Batch| {
                panics::catch(|| lines.next(batch))
                    .unwrap_or_else(|panic| Err(SourceError::Panic(lines.line(), panic)))
            };
            panics::catch(|| pipeline::run(args, jobs, read, write, on_stop))
        }
        Some(restoring) => {
            let mut restored = match panics::catch(|| restoring.pair(input, args)) {
                Ok(Ok(restored)) => restored,
                Ok(Err(error)) => return run.finish(Err(error.into())),
                Err(panic) => return run.finish(Err(Failure::panicked(None, &panic))),
            };
            let read = |batch: &mut Batch| {
                panics::catch(|| restored.next(batch))
                    .unwrap_or_else(|panic| Err(SourceError::Panic(restored.line(), panic)))
            };
            panics::catch(|| pipeline::run(args, jobs, read, write, on_stop))
        }
    };
    let ended = ended.map_err(|panic| Failure::panicked(None, &panic)).and_then(|ended| Ok(ended?));
    run.finish(ended)
}

/// Fails if a file that `--losses`, `--rejects` or `--report` names has content, unless `--force` is given: it may be
/// the only file that holds losses, rejected payloads or counts of an earlier run.
fn protect_kept_files(args: &Args) -> Result<(), Failure> {
    for (option, path) in
        [("--losses", &args.losses), ("--rejects", &args.rejects), ("--report", &args.report)]
    {
        if let (Some(path), Existing::Protect) = (path, args.kept_files())
            && has_content(path)
        {
            let why = format!(
                "{option} names {}, which is not empty: name another file, or replace it with --force",
                path.display()
            );
            return Err(Failure { status: Status::KeptExists, why });
        }
    }
    Ok(())
}
