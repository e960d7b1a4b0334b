//! Route paths such as `"/users/{id: Int}"`.

use super::{Parser, Recover};
use crate::ast::{Ident, RoutePath, RouteSegment, StringLit, TypeRef};
use crate::lexer;
use crate::span::Span;
use crate::token::TokenKind;

/// Where the characters of a path stand in the source.
struct Source {
    /// Offset of the first character of the path, when the literal has no escapes; otherwise every span is the literal's.
    base: Option<usize>,
    literal: Span,
}

impl Source {
    fn span(&self, start: usize, end: usize) -> Span {
        match self.base {
            Some(base) => Span::new(
                self.literal.file,
                (base + start) as u32,
                (base + end) as u32,
            ),
            None => self.literal,
        }
    }
}

impl Parser<'_> {
    pub(super) fn route_path(&mut self, text: StringLit) -> RoutePath {
        let source = self.path_source(&text);
        let mut segments = Vec::new();
        for (start, end) in split_segments(&text.value) {
            segments.push(self.route_segment(&text.value, start, end, &source));
        }
        RoutePath { text, segments }
    }

    fn path_source(&self, text: &StringLit) -> Source {
        let literal = self
            .text
            .get(text.span.start as usize..text.span.end as usize)
            .unwrap_or("");
        let quotes = if literal.starts_with("\"\"\"") { 3 } else { 1 };
        let content = literal.get(quotes..).unwrap_or("");
        let plain = content.starts_with(text.value.as_str()) && !text.value.contains('\\');
        Source {
            base: plain.then_some(text.span.start as usize + quotes),
            literal: text.span,
        }
    }

    fn route_segment(
        &mut self,
        path: &str,
        start: usize,
        end: usize,
        source: &Source,
    ) -> RouteSegment {
        let segment = &path[start..end];
        let span = source.span(start, end);
        let literal = RouteSegment::Literal(StringLit {
            value: segment.to_string(),
            span,
        });
        if !segment.contains(['{', '}']) {
            return literal;
        }
        let Some(inner) = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        else {
            let message = if segment.contains('{') && !segment.contains('}') {
                "`{` in the route path is never closed by `}`"
            } else {
                "a route parameter must be a whole path segment"
            };
            self.route_error(span, message);
            return literal;
        };
        let Some(colon) = inner
            .find(':')
            .filter(|colon| !inner[colon + 1..].trim().is_empty())
        else {
            self.route_error(span, "a route parameter needs a name and a type");
            return literal;
        };
        let name_start = start + 1 + (inner[..colon].len() - inner[..colon].trim_start().len());
        let name = inner[..colon].trim();
        let name_span = source.span(name_start, name_start + name.len());
        let is_identifier = name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
            && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
        if !is_identifier {
            self.route_error(
                name_span,
                "the name of a route parameter must be an identifier",
            );
            return literal;
        }
        let type_start = start + 1 + colon + 1;
        let ty = self.route_type(path, type_start, end - 1, source);
        RouteSegment::Param {
            name: Ident {
                text: name.to_string(),
                span: name_span,
            },
            ty,
        }
    }

    fn route_error(&mut self, span: Span, message: &str) {
        self.error("FUSE_ROUTE_PARAM", span, message);
        self.hint("write parameters as `{name: Type}`");
    }

    /// Parses the type of a parameter, `path[start..end]`, with spans in the source file.
    fn route_type(&mut self, path: &str, start: usize, end: usize, source: &Source) -> TypeRef {
        let (text, offset) = match source.base {
            Some(base) => (self.text, base),
            None => (path, 0),
        };
        let lexed = lexer::lex_fragment(self.file, text, offset + start, offset + end);
        let mut inner = Parser::new(self.file, text, lexed);
        let parsed = inner.type_ref().and_then(|ty| {
            if *inner.kind() != TokenKind::EndOfFile {
                inner.expected::<()>("`}` after the type of the route parameter")?;
            }
            Ok(ty)
        });
        let in_source = source.base.is_some();
        for mut diagnostic in inner.diagnostics {
            if !in_source {
                diagnostic.span = source.literal;
                diagnostic.related.clear();
            }
            self.diagnostics.push(diagnostic);
        }
        match parsed {
            Ok(ty) if in_source => ty,
            Ok(mut ty) => {
                relocate(&mut ty, source.literal);
                ty
            }
            Err(Recover) => Self::error_type(source.span(start, end)),
        }
    }
}

/// Byte ranges between slashes that are not inside braces, without empty ones at either end.
fn split_segments(path: &str) -> Vec<(usize, usize)> {
    let mut segments = Vec::new();
    let mut depth = 0usize;
    let mut start = 0;
    for (index, byte) in path.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'/' if depth == 0 => {
                segments.push((start, index));
                start = index + 1;
            }
            _ => {}
        }
    }
    segments.push((start, path.len()));
    if segments.first().is_some_and(|(start, end)| start == end) {
        segments.remove(0);
    }
    if segments.last().is_some_and(|(start, end)| start == end) {
        segments.pop();
    }
    segments
}

/// Gives the outer node of a type a span in the source; with escapes in the path nothing more precise is known.
fn relocate(ty: &mut TypeRef, span: Span) {
    use crate::ast::TypeRefKind::{Boxed, Error, Generic, Name, Optional, Refined, Result};
    ty.span = span;
    let path = match &mut ty.kind {
        Name(path) => path,
        Generic { base, args } => {
            args.iter_mut().for_each(|arg| relocate(arg, span));
            base
        }
        Refined { base, args } => {
            for arg in args {
                arg.value.span = span;
                if let Some(name) = &mut arg.name {
                    name.span = span;
                }
            }
            base
        }
        Optional(inner) | Boxed(inner) => return relocate(inner, span),
        Result { ok, err } => {
            relocate(ok, span);
            if let Some(err) = err {
                relocate(err, span);
            }
            return;
        }
        Error => return,
    };
    path.span = span;
    path.parts.iter_mut().for_each(|part| part.span = span);
}
