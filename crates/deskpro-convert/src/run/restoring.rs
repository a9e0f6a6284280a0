//! Opens the losses files of a restoring run, and pairs outputs with losses by id or by position.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use deskpro_contact::losses_file::Head;
use deskpro_contact::{Source, Target};

use super::failure::Failure;
use crate::args::Args;
use crate::id_field::IdField;
use crate::input::{self, Input};
use crate::source::{Index, Lines, Losses, People, Positional, Restored, SourceError, note_outputs};
use crate::status::Status;

/// The losses files of a restoring run.
pub(super) struct Restoring {
    losses: Vec<Losses>,
}

/// Opens the files that --restore names, each with its name for messages.
pub(super) fn open_files(args: &Args) -> Result<Vec<(File, String)>, Failure> {
    let open = |path: &PathBuf| {
        let file = input::open_file(path).map_err(|error| Failure::cannot_open(path, &error))?;
        Ok((file, path.display().to_string()))
    };
    args.restore.iter().map(open).collect()
}

impl Restoring {
    /// Reads the heads of losses files. `None` if there are no files: the run does not restore.
    pub(super) fn new(files: Vec<(File, String)>, args: &Args) -> Result<Option<Self>, Failure> {
        let from = match args.target() {
            Target::Form => Source::Form,
            Target::V2 | Target::Canonical => Source::V2,
        };
        let to = match args.source() {
            Source::Form => Target::Form,
            Source::V2 => Target::V2,
        };
        let mut losses: Vec<Losses> = Vec::new();
        for (file, name) in files {
            let file = input::seekable(file).map_err(|error| SourceError::Read(name.clone(), error))?;
            losses.push(Losses::open(file, name, from, to)?);
        }
        if losses.is_empty() { Ok(None) } else { Ok(Some(Self { losses })) }
    }

    /// The arguments with the id field and the profile that the losses files name.
    ///
    /// # Errors
    ///
    /// The files contradict each other or the arguments.
    pub(super) fn args(&self, args: &Args) -> Result<Args, Failure> {
        let id_field = self.head().id_field.clone();
        if let [first, others @ ..] = &self.losses[..] {
            let differs = others.iter().find(|other| other.head().id_field != id_field);
            let is_without_ids = id_field.is_none().then(|| others.first()).flatten();
            if let Some(other) = differs.or(is_without_ids) {
                let why = format!(
                    "{} and {}: several losses files can be put back only if their conversions had the same --id-field",
                    first.name(),
                    other.name()
                );
                return Err(Failure { status: Status::WrongInput, why });
            }
        }
        if let (Some(given), Some(written)) = (&args.id_field, &id_field)
            && given != written
        {
            let why =
                format!("--id-field {given} differs from that of the losses file, {written}; leave it out");
            return Err(Failure { status: Status::Usage, why });
        }
        if let Some(given) = args.encoding {
            let given = given.to_string();
            for losses in &self.losses {
                if let Some(written) = losses.head().encoding.as_ref().filter(|&written| *written != given) {
                    let why = format!("expected losses of texts in {given}, found {written}");
                    return Err(losses.mismatch(&why).into());
                }
            }
        }
        let profile = self.head().profile.clone();
        if let Some(given) = args.profile
            && given.name() != profile
        {
            let why = format!("expected losses of the profile {given}, found {profile}");
            return Err(self.losses[0].mismatch(&why).into());
        }
        if let Some(other) = self.losses.iter().find(|other| other.head().profile != profile) {
            let why = format!("expected losses of the profile {profile}, found {}", other.head().profile);
            return Err(other.mismatch(&why).into());
        }
        let mut args = args.clone();
        args.profile = Some(profile.parse().expect("a profile, as opening the file has checked"));
        args.id_field = id_field.or(args.id_field);
        Ok(args)
    }

    fn head(&self) -> &Head {
        self.losses.first().expect("made of at least one file").head()
    }

    /// Pairs the outputs of an input with the losses.
    pub(super) fn pair(
        self,
        input: Input,
        args: &Args,
    ) -> Result<Restored<Box<dyn Read + Send>>, SourceError> {
        let lines = |bytes, name| {
            Lines::new(bytes, name, args.max_line(), IdField::new(args)).checked(args.expected())
        };
        let name = input.name.clone();
        let failed = |error| SourceError::Read(name.clone(), error);
        if self.head().id_field.is_some() {
            let id_field = IdField::new(args).expect("the losses files have an id field");
            let mut index = Index::new(self.losses)?;
            let mut bytes = input.bytes;
            if index.needs_outputs() {
                let (first, again) = input::twice(bytes, args.input.as_deref()).map_err(failed)?;
                note_outputs(lines(first, input.name.clone()), &id_field, &mut index)?;
                bytes = again.bytes().map_err(failed)?;
            }
            return Ok(Restored::People(People::new(lines(bytes, input.name), index, id_field)));
        }
        let mut losses = self.losses.into_iter().next().expect("made of at least one file");
        let mut bytes = input.bytes;
        if args.edited {
            let (first, again) = input::twice(bytes, args.input.as_deref()).map_err(failed)?;
            losses = Positional::new(lines(first, input.name.clone()), losses, true).check_order()?;
            bytes = again.bytes().map_err(failed)?;
        }
        Ok(Restored::Positional(Positional::new(lines(bytes, input.name), losses, args.edited)))
    }
}
