//! What stands between two tokens: blanks, line ends and comments.

/// The text between two tokens, taken apart.
pub(super) struct Gap<'a> {
    /// The comment behind the first token, on its line.
    pub trailing: Option<&'a str>,
    /// The lines between the lines of the two tokens.
    pub lines: Vec<Line<'a>>,
    /// Whether the tokens are on different lines.
    pub breaks: bool,
}

pub(super) enum Line<'a> {
    Blank,
    /// A comment of its own with the column it begins at in the source.
    Comment(usize, &'a str),
}

impl<'a> Gap<'a> {
    /// `text` lies between two tokens; `at_start` when it begins the file.
    pub fn new(text: &'a str, at_start: bool) -> Gap<'a> {
        let mut lines = text.split('\n');
        let trailing = if at_start { None } else { lines.next() };
        let trailing = trailing.map(str::trim).filter(|rest| !rest.is_empty());
        let mut lines: Vec<Line<'a>> = lines.map(Line::new).collect();
        let breaks = !lines.is_empty();
        // What comes last is the indentation of the second token.
        if !matches!(lines.last(), Some(Line::Comment(..))) {
            lines.pop();
        }
        Gap {
            trailing,
            lines,
            breaks,
        }
    }
}

impl<'a> Line<'a> {
    fn new(line: &'a str) -> Line<'a> {
        let line = line.trim_start_matches('\u{feff}');
        let content = line.trim();
        if content.is_empty() {
            return Line::Blank;
        }
        let column = line
            .find(|character| character != ' ' && character != '\t')
            .unwrap_or(0);
        Line::Comment(column, content)
    }
}
