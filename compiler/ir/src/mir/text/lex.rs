//! Tokens of the text form.

use super::TextError;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Ident(String),
    /// Quoted; names and text constants.
    Str(Vec<u8>),
    Int(i128),
    Float(f64),
    /// `#7` right behind a name.
    Suffix(u32),
    /// `%`, `$`, `@`, brackets, separators.
    Punct(char),
    Arrow,
    /// The rest of a line behind `;`.
    Loc(String),
    End,
}

/// A token and its 1-based line.
pub(super) type Spanned = (Token, u32);

pub(super) fn lex(text: &str) -> Result<Vec<Spanned>, Vec<TextError>> {
    let mut tokens = Vec::new();
    let mut errors = Vec::new();
    let mut line = 0;
    for source in text.lines() {
        line += 1;
        let mut lexer = Lexer {
            rest: source.as_bytes(),
        };
        loop {
            match lexer.next() {
                Ok(Some(token)) => tokens.push((token, line)),
                Ok(None) => break,
                Err(message) => {
                    errors.push(TextError { line, message });
                    break;
                }
            }
        }
    }
    tokens.push((Token::End, line));
    if errors.is_empty() {
        Ok(tokens)
    } else {
        Err(errors)
    }
}

struct Lexer<'a> {
    rest: &'a [u8],
}

impl Lexer<'_> {
    fn next(&mut self) -> Result<Option<Token>, String> {
        while let [b' ' | b'\t' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
        let token = match self.rest {
            [] | [b'/', b'/', ..] => return Ok(None),
            [b';', rest @ ..] => {
                let text = String::from_utf8_lossy(rest);
                let text = text
                    .split("//")
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_string();
                self.rest = &[];
                return Ok(Some(Token::Loc(text)));
            }
            [b'"', ..] => return self.string().map(Some),
            [b'-', b'>', rest @ ..] => {
                self.rest = rest;
                Token::Arrow
            }
            [b'0', b'f', ..] => {
                self.rest = &self.rest[2..];
                let digits = self.take(|b| b.is_ascii_hexdigit());
                let bits =
                    u64::from_str_radix(&digits, 16).map_err(|_| "bad float bits".to_string())?;
                Token::Float(f64::from_bits(bits))
            }
            [b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..] => self.number()?,
            [b'#', ..] => {
                self.rest = &self.rest[1..];
                let digits = self.take(|b| b.is_ascii_digit());
                Token::Suffix(digits.parse().map_err(|_| "bad suffix".to_string())?)
            }
            [b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => {
                Token::Ident(self.take(|b| b.is_ascii_alphanumeric() || b == b'_'))
            }
            [byte, rest @ ..] if b"%$@(){}[]<>,.:=".contains(byte) => {
                self.rest = rest;
                Token::Punct(*byte as char)
            }
            [byte, ..] => return Err(format!("unexpected character {:?}", *byte as char)),
        };
        Ok(Some(token))
    }

    fn take(&mut self, accept: impl Fn(u8) -> bool) -> String {
        let len = self
            .rest
            .iter()
            .position(|&b| !accept(b))
            .unwrap_or(self.rest.len());
        let text = String::from_utf8_lossy(&self.rest[..len]).into_owned();
        self.rest = &self.rest[len..];
        text
    }

    fn number(&mut self) -> Result<Token, String> {
        let source = self.rest;
        let mut len = usize::from(source[0] == b'-');
        let digits = |mut at: usize| {
            while at < source.len() && source[at].is_ascii_digit() {
                at += 1;
            }
            at
        };
        len = digits(len);
        let mut float = false;
        // `%x.Node.0` has its own dot; a float has a digit behind the dot and never follows one.
        if source.get(len) == Some(&b'.') && source.get(len + 1).is_some_and(u8::is_ascii_digit) {
            float = true;
            len = digits(len + 1);
        }
        if source.get(len) == Some(&b'e') {
            let sign = usize::from(source.get(len + 1) == Some(&b'-'));
            if source.get(len + 1 + sign).is_some_and(u8::is_ascii_digit) {
                float = true;
                len = digits(len + 1 + sign);
            }
        }
        let text = String::from_utf8_lossy(&source[..len]).into_owned();
        self.rest = &source[len..];
        let bad = |_| format!("bad number {text}");
        if float {
            text.parse().map(Token::Float).map_err(|_| bad(()))
        } else {
            text.parse().map(Token::Int).map_err(|_| bad(()))
        }
    }

    fn string(&mut self) -> Result<Token, String> {
        let mut bytes = Vec::new();
        self.rest = &self.rest[1..];
        loop {
            match self.rest {
                [] => return Err("string does not end on its line".into()),
                [b'"', rest @ ..] => {
                    self.rest = rest;
                    return Ok(Token::Str(bytes));
                }
                [b'\\', b'x', high, low, rest @ ..] => {
                    let digits = String::from_utf8_lossy(&[*high, *low]).into_owned();
                    bytes.push(u8::from_str_radix(&digits, 16).map_err(|_| "bad \\x escape")?);
                    self.rest = rest;
                }
                [b'\\', escape, rest @ ..] => {
                    bytes.push(match escape {
                        b'n' => b'\n',
                        b't' => b'\t',
                        b'"' | b'\\' => *escape,
                        _ => return Err("unknown escape".into()),
                    });
                    self.rest = rest;
                }
                [byte, rest @ ..] => {
                    bytes.push(*byte);
                    self.rest = rest;
                }
            }
        }
    }
}
