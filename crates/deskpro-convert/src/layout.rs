//! The layout of text on a stream: colours, and lines that fit the terminal.

use std::os::fd::AsFd;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use terminal_size::{Width, terminal_size_of};
use unicode_width::UnicodeWidthStr as _;

/// The number of columns of text for a file or a pipe.
const PAGE: usize = 80;

/// The minimum and the maximum number of columns, whatever the width of the terminal: longer lines are hard to read.
const MIN_COLUMNS: usize = 40;
const MAX_COLUMNS: usize = 100;

const HEADING: Style = Style::new().bold();
const WARNING: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow))).bold();
const ERROR: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red))).bold();

/// How serious a text is. Decides its colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tone {
    Plain,
    Heading,
    Warning,
    Error,
}

/// The layout of text on one stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Whether escape sequences set colours.
    pub(crate) has_colours: bool,
    /// The number of columns to use on a terminal; `None` for a file or a pipe.
    pub(crate) terminal: Option<usize>,
}

impl Layout {
    /// The layout for a stream. It has colours if the stream is a terminal that shows them, unless `NO_COLOR`,
    /// `CLICOLOR` or `CLICOLOR_FORCE` decides otherwise.
    pub(crate) fn of(stream: &(impl RawStream + AsFd)) -> Self {
        let columns = |(Width(columns), _)| usize::from(columns).clamp(MIN_COLUMNS, MAX_COLUMNS);
        Self {
            has_colours: AutoStream::choice(stream) != ColorChoice::Never,
            terminal: terminal_size_of(stream).map(columns),
        }
    }

    /// A text in the colour of its tone.
    pub(crate) fn coloured(self, tone: Tone, text: &str) -> String {
        let style = match tone {
            Tone::Heading => HEADING,
            Tone::Warning => WARNING,
            Tone::Error => ERROR,
            Tone::Plain => return text.to_owned(),
        };
        if self.has_colours { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// The lines of a message that has a prefix of `prefix` columns to its left. It is broken into lines only on a
    /// terminal, because programs search files and pipes for whole lines.
    pub(crate) fn lines(self, message: &str, prefix: usize) -> Vec<String> {
        match self.terminal {
            Some(columns) => broken(message, prefix, prefix, columns),
            None => vec![message.to_owned()],
        }
    }

    /// A message that begins after `used` columns. On a terminal it is broken into lines; the lines after the first
    /// begin with two spaces.
    pub(crate) fn message(self, message: &str, used: usize) -> String {
        const INDENT: usize = 2;
        match self.terminal {
            Some(columns) => broken(message, used, INDENT, columns).join(&line_start(INDENT)),
            None => message.to_owned(),
        }
    }

    /// A paragraph of a report, which is broken into lines on every stream. The first line begins with `first` spaces,
    /// the others with `others`.
    pub(crate) fn paragraph(self, text: &str, first: usize, others: usize) -> String {
        let lines = broken(text, first, others, self.terminal.unwrap_or(PAGE));
        format!("{:first$}{}", "", lines.join(&line_start(others)))
    }
}

/// A line end, and the spaces at the start of the next line.
fn line_start(indent: usize) -> String {
    format!("\n{:indent$}", "")
}

/// A text, broken at spaces into lines of at most [`PAGE`] columns.
pub(crate) fn page(text: &str) -> String {
    broken(text, 0, 0, PAGE).join("\n")
}

/// The lines of a text that is broken at spaces. The first line has `columns` minus `first` columns, the others have
/// `columns` minus `others`. A word that is longer than a line has its own line.
fn broken(text: &str, first: usize, others: usize, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut at = first;
    for (n, word) in text.split(' ').enumerate() {
        let width = word.width();
        let line = lines.last_mut().expect("the first line");
        if n == 0 {
            *line += word;
            at += width;
        } else if at + 1 + width <= columns {
            line.push(' ');
            *line += word;
            at += 1 + width;
        } else {
            lines.push(word.to_owned());
            at = others + width;
        }
    }
    lines
}

/// A text, filled with spaces up to `columns` columns.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{text}{:missing$}", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_only_where_the_next_word_does_not_fit() {
        for (text, first, others, expected) in [
            ("", 0, 2, &[""][..]),
            ("one two", 0, 2, &["one two"]),
            ("one two three", 0, 2, &["one two", "three"]),
            ("one two three", 4, 0, &["one", "two three"]),
            ("one two three four", 7, 5, &["one", "two", "three", "four"]),
            ("a-word-that-is-too-long b", 0, 2, &["a-word-that-is-too-long", "b"]),
            ("a a-word-that-is-too-long", 0, 2, &["a", "a-word-that-is-too-long"]),
            // Two spaces in a row stay within a line.
            ("one  two", 0, 2, &["one  two"]),
            // A Chinese character takes two columns.
            ("中中中中 中", 0, 1, &["中中中中", "中"]),
        ] {
            assert_eq!(broken(text, first, others, 10), expected);
        }
        assert_eq!(padded("中", 4), "中  ");
        assert_eq!(padded("long", 2), "long");
    }
}
