//! Messages about lines of the input in three formats: with an excerpt, for a terminal; on one line; as JSON.

use std::fmt::Write as _;
use std::io;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Level, Snippet};
use deskpro_contact::losses_file::PersonId;
use deskpro_contact::{Code, Error, Loss, PhoneReason};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::args::{Args, ErrorFormat};
use crate::category::Category;
use crate::excerpt::{Excerpt, printable};
use crate::json_line::json_line;
use crate::layout::{Layout, Tone};
use crate::schema;
use crate::wording::Wording;

/// The line and the person that a message is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) line: u64,
    /// The person's id.
    pub(crate) id: Option<PersonId<'a>>,
    /// The payload, if the message shows an excerpt of it.
    pub(crate) payload: Option<&'a [u8]>,
}

/// A message about a loss or a rejected payload.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) category: Category,
    pub(crate) code: &'static str,
    /// For a rejected record, the code of its error.
    error_code: Option<&'static str>,
    /// The reason why a phone is not written.
    reason: Option<PhoneReason>,
    line: u64,
    id: Option<String>,
    path: String,
    /// The value of a loss with a hint, or the message of an error.
    text: String,
    span: Option<Range<usize>>,
    excerpt: Option<Excerpt>,
}

impl Message {
    /// A message without a place in the payload.
    pub(crate) fn new(
        category: Category,
        code: &'static str,
        subject: Subject<'_>,
        path: &str,
        text: &str,
    ) -> Self {
        let Subject { line, id, .. } = subject;
        Self {
            category,
            code,
            error_code: None,
            reason: None,
            line,
            id: id.map(|id| id.json().to_owned()),
            path: path.to_owned(),
            text: text.to_owned(),
            span: None,
            excerpt: None,
        }
    }

    pub(crate) fn rejected(subject: Subject<'_>, error: &Error) -> Self {
        Self::new(Category::Rejected, error.kind().name(), subject, error.path(), &error.message())
            .with_span(subject, error.span())
    }

    pub(crate) fn loss(category: Category, subject: Subject<'_>, loss: &Loss) -> Self {
        let code = loss.code().name();
        let message = match loss.error() {
            Some(error) => Self {
                error_code: Some(error.kind().name()),
                ..Self::new(category, code, subject, error.path(), &error.message())
            },
            None => {
                let hint = loss.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
                let text = loss.shown().unwrap_or_default() + &hint;
                Self { reason: loss.reason(), ..Self::new(category, code, subject, loss.path(), &text) }
            }
        };
        // A loss that was left over is not in this payload.
        match loss.code() == Code::LeftOver {
            true => message,
            false => message.with_span(subject, loss.error().map_or(loss.span(), Error::span)),
        }
    }

    fn with_span(self, subject: Subject<'_>, span: Range<usize>) -> Self {
        let excerpt = subject.payload.and_then(|payload| Excerpt::cut(payload, span.clone()));
        Self { span: Some(span), excerpt, ..self }
    }

    /// The person's id for display; empty if there is none.
    fn id(&self) -> String {
        let Some(id) = &self.id else { return String::new() };
        let text: Option<String> = serde_json::from_str(id).ok();
        printable(text.as_ref().unwrap_or(id).as_bytes(), Excerpt::MAX_PLACE)
    }

    /// The line, the person and the path: `line 17 (id 4711), contact_data[2][type]: `
    fn place(&self, renderer: &Renderer) -> String {
        const MAX_PATH: usize = 120;
        let mut place = format!("line {}", self.line);
        if let (Some(name), Some(_)) = (&renderer.id_field, &self.id) {
            let _ = write!(place, " ({} {})", printable(name.as_bytes(), Excerpt::MAX_PLACE), self.id());
        }
        if !self.path.is_empty() {
            place += ", ";
            place += &printable(self.path.as_bytes(), MAX_PATH);
        }
        place + ": "
    }

    /// The value with a hint or with the reason in words, or the message of an error.
    fn full_text(&self) -> String {
        let reason = self.reason.map(|reason| format!(" ({})", reason.words()));
        reason.map_or_else(|| self.text.clone(), |reason| self.text.clone() + &reason)
    }

    /// For a loss, its outcome, code and value: `kept, comment: "home"`. For a rejected payload or record, its error.
    fn sentence(&self, wording: Wording) -> String {
        let text = self.full_text();
        if !self.needs_code() {
            return text;
        }
        let colon = if text.is_empty() { "" } else { ": " };
        format!("{}, {}{colon}{text}", wording.outcome(self.category), self.code)
    }

    /// The message without outcome and code, for a list under these. The list explains the names of reasons.
    pub(crate) fn example(&self, renderer: &Renderer) -> String {
        let reason = self.reason.map(|reason| format!(" ({})", reason.name())).unwrap_or_default();
        let text = self.place(renderer) + &self.text + &reason;
        text.strip_suffix(": ").map(str::to_owned).unwrap_or(text)
    }

    /// The parts of the message.
    pub(crate) fn parts(&self) -> MessageParts<'_> {
        let id = self.id.is_some().then(|| self.id());
        MessageParts { line: self.line, id, path: &self.path, text: &self.text }
    }

    /// The message on one line.
    fn line(&self, renderer: &Renderer) -> String {
        self.place(renderer) + &self.sentence(renderer.wording)
    }

    /// Whether the sentence needs outcome and code: the message of an error is complete by itself.
    fn needs_code(&self) -> bool {
        self.category != Category::Rejected && self.error_code.is_none()
    }

    /// The message as a JSON object.
    pub(crate) fn json(&self, wording: Wording) -> MessageJson<'_> {
        MessageJson {
            line: self.line,
            id: self.id.as_deref().map(|id| serde_json::from_str(id).expect("an id is JSON")),
            severity: self.category.name(),
            code: self.code,
            error: self.error_code,
            reason: self.reason.map(PhoneReason::name),
            path: &self.path,
            span: self.span.clone().map(|span| [span.start, span.end]),
            message: self.sentence(wording),
        }
    }

    /// The message with an excerpt of the payload and carets under the place.
    fn human(&self, renderer: &Renderer) -> String {
        let level = match self.category {
            Category::Rejected => Level::ERROR,
            Category::Data if self.error_code.is_some() => Level::ERROR,
            Category::Data => Level::WARNING,
            Category::Note => Level::NOTE,
        };
        let category = if self.error_code.is_some() { Category::Rejected } else { self.category };
        let outcome = renderer.wording.outcome(category);
        let code = self.error_code.unwrap_or(self.code);
        // The snippet's renderer begins each line after `outcome[code]: `.
        let prefix = outcome.len() + code.len() + "[]: ".len();
        let text = self.place(renderer) + &self.full_text();
        let title = renderer.layout.lines(&text, prefix).join("\n");
        let title = level.with_name(outcome).primary_title(title).id(code);
        let mut elements: Vec<Element<'_>> = Vec::new();
        if let Some(Excerpt { text, mark, decoded }) = &self.excerpt {
            // Only shown: on 32-bit systems, larger line numbers appear as the maximum.
            let line = usize::try_from(self.line).unwrap_or(usize::MAX);
            let snippet = Snippet::source(text.as_str()).line_start(line);
            elements.push(snippet.annotation(AnnotationKind::Primary.span(mark.clone())).into());
            if let Some(decoded) = decoded {
                elements.push(Level::NOTE.with_name("reads").message(decoded.as_str()).into());
            }
        }
        let snippets = if renderer.layout.has_colours {
            annotate_snippets::Renderer::styled()
        } else {
            annotate_snippets::Renderer::plain()
        };
        let snippets = match renderer.layout.terminal {
            Some(columns) => snippets.term_width(columns),
            None => snippets,
        };
        snippets.render(&[annotate_snippets::Group::with_title(title).elements(elements)])
    }
}

/// The parts of a message, for a page.
#[derive(Debug)]
pub(crate) struct MessageParts<'a> {
    pub(crate) line: u64,
    /// The person's id, for display.
    pub(crate) id: Option<String>,
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
}

/// A message as a JSON object.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct MessageJson<'a> {
    /// The number of the line of the input that the message is about, counted from 1.
    line: u64,
    /// The id of the person. Missing without `--id-field`, and if the payload has no id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::id")]
    id: Option<&'a RawValue>,
    /// `rejected` for a rejected payload and for `difference`; otherwise the severity of the loss, `data` or `note`.
    #[schemars(schema_with = "schema::severity")]
    severity: &'static str,
    /// The code of the loss or of the error; `difference` for a payload that `--verify` restored differently.
    #[schemars(schema_with = "schema::code")]
    code: &'static str,
    /// Only for `rejected-record`: the code of the error for which the record was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::error")]
    error: Option<&'static str>,
    /// Only for `phone`: the reason why the phone is not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::reason")]
    reason: Option<&'static str>,
    /// The path in the payload, such as `contact_data[2][type]`. Missing if the message is about the whole payload.
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
    /// The part of the payload with the value, in bytes from 0, its end not included; `[0, 0]` or missing without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "[usize; 2]")]
    span: Option<[usize; 2]>,
    /// The message as a sentence.
    message: String,
}

/// Renders messages in one format.
#[derive(Clone, Debug)]
pub(crate) struct Renderer {
    pub(crate) format: ErrorFormat,
    pub(crate) wording: Wording,
    /// The layout on standard error.
    pub(crate) layout: Layout,
    id_field: Option<String>,
}

impl Renderer {
    /// The renderer for these arguments.
    pub(crate) fn new(args: &Args) -> Self {
        Self {
            format: args.error_format(),
            wording: Wording::new(args),
            layout: Layout::of(&io::stderr()),
            id_field: args.id_field.clone(),
        }
    }

    /// A message with its line end, or with an empty line after an excerpt.
    pub(crate) fn render(&self, message: &Message) -> String {
        match self.format {
            ErrorFormat::Human => message.human(self) + "\n\n",
            ErrorFormat::Line => message.line(self) + "\n",
            ErrorFormat::Json => json_line(&message.json(self.wording)),
        }
    }
}

/// The name of the command, which begins each message that is not about a line.
pub(crate) const NAME: &str = "convert:";

/// The message about a wrong command line.
pub(crate) fn usage(error: &clap::Error) -> String {
    const PREFIX: &str = "error:";
    let layout = Layout::of(&io::stderr());
    let text = error.render().to_string();
    let text: Vec<String> = text.lines().map(|line| layout.message(line, 0)).collect();
    let text = text.join("\n") + "\n";
    match text.strip_prefix(PREFIX) {
        Some(rest) => layout.coloured(Tone::Error, PREFIX) + rest,
        None => text,
    }
}

/// The message about the error that ended a run, with its line end.
pub(crate) fn failure(format: ErrorFormat, status: i32, why: &str) -> String {
    match format {
        // `why` may hold a file's name or content.
        ErrorFormat::Human | ErrorFormat::Line => {
            let layout = Layout::of(&io::stderr());
            let why = layout.message(&printable(why.as_bytes(), usize::MAX), NAME.len() + 1);
            format!("{} {why}\n", layout.coloured(Tone::Error, NAME))
        }
        ErrorFormat::Json => {
            #[derive(Serialize)]
            struct Line<'a> {
                failure: Failure<'a>,
            }
            #[derive(Serialize)]
            struct Failure<'a> {
                status: i32,
                message: &'a str,
            }
            json_line(&Line { failure: Failure { status, message: why } })
        }
    }
}
