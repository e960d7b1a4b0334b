//! `aria-*` attributes: their names, and the values of those that have a fixed set.

use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::diag::with_suggestion;
use crate::func::FnCx;

const NAMES: &str = "activedescendant atomic autocomplete braillelabel brailleroledescription busy checked colcount colindex \
colindextext colspan controls current describedby description details disabled errormessage expanded flowto haspopup hidden \
invalid keyshortcuts label labelledby level live modal multiline multiselectable orientation owns placeholder posinset pressed \
readonly relevant required roledescription rowcount rowindex rowindextext rowspan selected setsize sort valuemax valuemin \
valuenow valuetext";

impl FnCx<'_, '_> {
    /// Checks the name of an attribute and, if it is known, its value.
    pub(super) fn check_aria(&mut self, name: (&str, Span), value: (Option<&str>, Span)) {
        let (attribute, span) = name;
        let Some(property) = attribute.strip_prefix("aria-") else {
            return;
        };
        if property == "role" {
            let d = Diagnostic::error(
                "FUSE_HTML_ARIA_ROLE",
                span,
                "there is no attribute `aria-role`",
            );
            return self.c.sink.push(d.with_hint("the attribute is `role`"));
        }
        if !NAMES.split_ascii_whitespace().any(|n| n == property) {
            let message = format!("unknown attribute `{attribute}`");
            let d = Diagnostic::error("FUSE_HTML_ARIA_UNKNOWN", span, message);
            let d = with_suggestion(d, property, NAMES.split_ascii_whitespace());
            return self.c.sink.push(d);
        }
        let (Some(text), span) = value else {
            return;
        };
        let (fits, expected) = match property {
            "hidden" => (matches!(text, "true" | "false"), "`true` or `false`"),
            "expanded" => (
                matches!(text, "true" | "false" | "undefined"),
                "`true`, `false` or `undefined`",
            ),
            "checked" | "pressed" => (
                matches!(text, "true" | "false" | "mixed" | "undefined"),
                "`true`, `false`, `mixed` or `undefined`",
            ),
            "level" => (is_positive(text), "a positive integer"),
            _ => return,
        };
        if !fits {
            let message = format!("`{attribute}` expected {expected}, found `{text}`");
            self.error("FUSE_HTML_ARIA_VALUE", span, message);
        }
    }
}

fn is_positive(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && text.bytes().any(|b| b != b'0')
}
