//! Tokens, including those made by layout.

/// Declares the keyword enum together with its spelling, so that the two cannot differ.
macro_rules! keywords {
    ($($name:ident $text:literal,)*) => {
        /// A reserved word.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Keyword { $($name,)* }

        impl Keyword {
            /// The keyword spelled `text`.
            pub fn from_text(text: &str) -> Option<Keyword> {
                match text { $($text => Some(Keyword::$name),)* _ => None }
            }

            /// Its spelling.
            pub fn text(self) -> &'static str {
                match self { $(Keyword::$name => $text,)* }
            }
        }
    };
}

keywords! {
    App "app", Service "service", At "at", Get "get", Post "post", Put "put", Patch "patch",
    Delete "delete", Fn "fn", Type "type", Enum "enum", Interface "interface", Impl "impl",
    Let "let", Var "var", Return "return", If "if", Else "else", Match "match", For "for", In "in",
    While "while", Transaction "transaction", Break "break", Continue "continue",
    Requires "requires", Import "import", From "from", As "as", Config "config",
    Migration "migration", Test "test", Body "body", And "and", Or "or",
    Without "without", Spawn "spawn", Await "await", Box "box", Component "component",
}

impl Keyword {
    /// Whether a line that starts with this word begins a declaration.
    pub fn starts_declaration(self) -> bool {
        use Keyword::*;
        matches!(
            self,
            App | Service
                | Fn
                | Type
                | Enum
                | Interface
                | Impl
                | Requires
                | Import
                | Config
                | Migration
                | Test
                | Component
        )
    }

    /// Whether a line that starts with this word begins a declaration or a statement with a keyword of its own.
    pub fn starts_line(self) -> bool {
        use Keyword::*;
        self.starts_declaration()
            || matches!(
                self,
                Let | Var
                    | Return
                    | If
                    | Else
                    | Match
                    | For
                    | While
                    | Transaction
                    | Break
                    | Continue
            )
    }
}

/// Punctuation and brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Punct {
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    Comma,
    Colon,
    Dot,
    Assign,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    EqualEqual,
    BangEqual,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Question,
    Bang,
    QuestionQuestion,
    QuestionBang,
    Arrow,
    FatArrow,
    DotDot,
    DotDotLess,
}

/// All punctuation, longer spellings before their prefixes.
pub const PUNCTUATION: &[(&str, Punct)] = &[
    ("..<", Punct::DotDotLess),
    ("??", Punct::QuestionQuestion),
    ("?!", Punct::QuestionBang),
    ("->", Punct::Arrow),
    ("=>", Punct::FatArrow),
    ("==", Punct::EqualEqual),
    ("!=", Punct::BangEqual),
    ("<=", Punct::LessEqual),
    (">=", Punct::GreaterEqual),
    ("..", Punct::DotDot),
    ("(", Punct::OpenParen),
    (")", Punct::CloseParen),
    ("[", Punct::OpenBracket),
    ("]", Punct::CloseBracket),
    ("{", Punct::OpenBrace),
    ("}", Punct::CloseBrace),
    (",", Punct::Comma),
    (":", Punct::Colon),
    (".", Punct::Dot),
    ("=", Punct::Assign),
    ("<", Punct::Less),
    (">", Punct::Greater),
    ("+", Punct::Plus),
    ("-", Punct::Minus),
    ("*", Punct::Star),
    ("/", Punct::Slash),
    ("%", Punct::Percent),
    ("?", Punct::Question),
    ("!", Punct::Bang),
];

impl Punct {
    /// Its spelling.
    pub fn text(self) -> &'static str {
        PUNCTUATION
            .iter()
            .find(|(_, punct)| *punct == self)
            .map_or("", |(text, _)| text)
    }
}

/// What a token is. Strings are already unescaped.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenKind {
    Ident,
    Keyword(Keyword),
    True,
    False,
    Null,
    /// Magnitude; saturated at `u64::MAX`. The parser checks the range because it knows about a minus before it.
    Int(u64),
    Float(f64),
    /// A string without interpolation.
    Str(String),
    /// Opens an interpolated string; until the matching [`TokenKind::InterpolationEnd`] come texts and holes.
    InterpolationStart,
    InterpolationText(String),
    /// `${`; the tokens of one expression follow, then [`TokenKind::HoleEnd`].
    HoleStart,
    HoleEnd,
    InterpolationEnd,
    Punct(Punct),
    Newline,
    Indent,
    Dedent,
    /// Characters the lexer has already complained about.
    Unknown,
    EndOfFile,
}

/// A token with its half-open byte range.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub kind: TokenKind,
    pub start: u32,
    pub end: u32,
}

impl Token {
    /// How messages name the token, such as `` `)` ``, `identifier `x`` or `end of line`.
    pub fn describe(&self, text: &str) -> String {
        match &self.kind {
            TokenKind::Ident => format!("identifier `{}`", self.text(text)),
            TokenKind::Keyword(keyword) => format!("keyword `{}`", keyword.text()),
            TokenKind::True => "`true`".to_string(),
            TokenKind::False => "`false`".to_string(),
            TokenKind::Null => "`null`".to_string(),
            TokenKind::Int(_) | TokenKind::Float(_) => format!("number `{}`", self.text(text)),
            TokenKind::Str(_) => "a string".to_string(),
            TokenKind::InterpolationStart => "an interpolated string".to_string(),
            TokenKind::InterpolationText(_) => "text".to_string(),
            TokenKind::HoleStart => "`${`".to_string(),
            TokenKind::HoleEnd => "`}`".to_string(),
            TokenKind::InterpolationEnd => "the end of the string".to_string(),
            TokenKind::Punct(punct) => format!("`{}`", punct.text()),
            TokenKind::Newline => "end of line".to_string(),
            TokenKind::Indent => "deeper indentation".to_string(),
            TokenKind::Dedent => "the end of the block".to_string(),
            TokenKind::Unknown => "an unexpected character".to_string(),
            TokenKind::EndOfFile => "end of file".to_string(),
        }
    }

    /// The source text of the token.
    pub fn text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or("")
    }
}

/// What the grammar decides about a token where its kind leaves it open; the formatter's spacing needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `-` or `!` before its operand.
    Prefix,
    /// `?` or `!` of a type, `?!` without an error value.
    Suffix,
    /// `<` and `>` around types.
    OpenAngle,
    CloseAngle,
    /// A bracket that belongs to what stands before it: calls, indexes, parameters, payloads.
    Attached,
    /// The braces of an import.
    Padded,
    /// `=` of a named argument or pattern field.
    NamedAssign,
}
