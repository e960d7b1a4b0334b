//! Refinements: reading constraints, checking literals against them, and where checks at run time are due.

use fuse_pattern::Tables;
use fuse_syntax::ast::{self, BinaryOp, ExprKind, Literal, UnaryOp};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::checker::{Checker, FnIdx};
use crate::diag::with_suggestion;
use crate::scope::Symbol;
use crate::types::{Constraint, Refinement, RefinementId, Type, TypeId};

/// A predicate whose signature is still to be compared with the base it restricts.
pub(crate) struct PendingPredicate {
    pub function: FnIdx,
    pub base: TypeId,
    pub span: Span,
}

/// A literal as far as constraints can judge it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known<'e> {
    Int(i64),
    Float(f64),
    Text(&'e str),
}

/// What is known about a value before the program runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    Holds,
    /// With the message the check at run time would give.
    Fails(String),
    Unknown,
}

#[derive(Clone, Copy)]
enum Number {
    Int(i64),
    Float(f64),
}

impl<'a> Checker<'a> {
    pub fn resolve_refined(
        &mut self,
        module: usize,
        base: TypeId,
        args: &'a [ast::Arg],
        span: Span,
    ) -> TypeId {
        if base == self.common.error {
            return base;
        }
        let root = self.root(base);
        let scalar = [
            self.common.int,
            self.common.float,
            self.common.string,
            self.common.bytes,
        ];
        if !scalar.contains(&root) {
            let message = format!(
                "expected a scalar type to refine, found `{}`",
                self.show(base)
            );
            self.sink.error("FUSE_REFINEMENT_BASE", span, message);
            return self.common.error;
        }
        if args.is_empty() {
            self.sink.error(
                "FUSE_REFINEMENT_FORM",
                span,
                "expected at least one constraint, found none",
            );
            return self.common.error;
        }
        if let Some(named) = args.iter().find_map(|a| a.name.as_ref()) {
            self.sink.error(
                "FUSE_REFINEMENT_FORM",
                named.span,
                "expected a constraint, found a named argument",
            );
            return self.common.error;
        }
        let mut constraints = Vec::new();
        if let [low, high] = args
            && let (Some(min), Some(max)) = (number(&low.value), number(&high.value))
        {
            constraints.extend(self.range(base, min, max, low.value.span.to(high.value.span)));
        } else {
            for arg in args {
                constraints.extend(self.constraint(module, base, &arg.value));
            }
        }
        if constraints.is_empty() {
            return self.common.error;
        }
        let rule = self.intern_refinement(Refinement { constraints });
        self.types.intern(Type::Refined { base, rule })
    }

    /// Equal refinements get equal ids; that is what makes refined types equal only with equal rules.
    fn intern_refinement(&mut self, refinement: Refinement) -> RefinementId {
        let found = self.types.refinements.iter().position(|r| *r == refinement);
        let index = found.unwrap_or_else(|| {
            self.types.refinements.push(refinement);
            self.types.refinements.len() - 1
        });
        RefinementId(index as u32)
    }

    fn constraint(
        &mut self,
        module: usize,
        base: TypeId,
        written: &'a ast::Expr,
    ) -> Option<Constraint> {
        match &written.kind {
            ExprKind::Binary {
                op: BinaryOp::RangeInclusive,
                left,
                right,
                ..
            } => match (number(left), number(right)) {
                (Some(min), Some(max)) => self.range(base, min, max, written.span),
                _ => {
                    let message = "expected number literals as bounds of a refinement";
                    self.sink
                        .error("FUSE_REFINEMENT_FORM", written.span, message);
                    None
                }
            },
            ExprKind::Call(call) => match &call.callee.kind {
                ExprKind::Name(name) if name.text == "regex" => {
                    self.regex(base, call, written.span)
                }
                ExprKind::Name(name) if name.text == "predicate" => {
                    self.predicate(module, base, call, written.span)
                }
                _ => self.unknown_constraint(written.span),
            },
            ExprKind::Error => None,
            _ => self.unknown_constraint(written.span),
        }
    }

    fn unknown_constraint(&mut self, span: Span) -> Option<Constraint> {
        let message = "expected `low..high`, `regex(\"..\")` or `predicate(name)` as constraint";
        self.sink.error("FUSE_REFINEMENT_FORM", span, message);
        None
    }

    fn range(&mut self, base: TypeId, min: Number, max: Number, span: Span) -> Option<Constraint> {
        let root = self.root(base);
        let (constraint, empty) = if root == self.common.float {
            let (min, max) = (as_float(min), as_float(max));
            let empty = (min > max).then(|| format!("{min}..{max}"));
            (Constraint::FloatRange { min, max }, empty)
        } else {
            let (Some(min), Some(max)) = (as_int(min), as_int(max)) else {
                let message = format!("expected integral bounds for `{}`", self.show(base));
                self.sink.error("FUSE_REFINEMENT_FORM", span, message);
                return None;
            };
            let empty = (min > max).then(|| format!("{min}..{max}"));
            (Constraint::IntRange { min, max }, empty)
        };
        if let Some(range) = empty {
            let message = format!("no value is in the range {range}");
            self.sink.error("FUSE_REFINEMENT_EMPTY", span, message);
            return None;
        }
        Some(constraint)
    }

    fn regex(&mut self, base: TypeId, call: &'a ast::Call, span: Span) -> Option<Constraint> {
        if self.root(base) != self.common.string {
            let message = format!("a regex does not apply to `{}`", self.show(base));
            self.sink.error("FUSE_REFINEMENT_BASE", span, message);
            return None;
        }
        let [
            ast::Arg {
                name: None, value, ..
            },
        ] = call.args.as_slice()
        else {
            self.sink.error(
                "FUSE_REFINEMENT_FORM",
                span,
                "`regex` expected one string literal",
            );
            return None;
        };
        let ExprKind::Literal(Literal::String(pattern)) = &value.kind else {
            self.sink.error(
                "FUSE_REFINEMENT_FORM",
                value.span,
                "`regex` expected a string literal",
            );
            return None;
        };
        if self.patterns.contains_key(pattern) {
            return Some(Constraint::Regex(pattern.clone()));
        }
        match fuse_pattern::compile(pattern) {
            Ok(tables) => {
                self.patterns.insert(pattern.clone(), tables);
                Some(Constraint::Regex(pattern.clone()))
            }
            Err(error) => {
                let message = format!("invalid regular expression: {error}");
                self.sink
                    .error("FUSE_REFINEMENT_REGEX", value.span, message);
                None
            }
        }
    }

    fn predicate(
        &mut self,
        module: usize,
        base: TypeId,
        call: &'a ast::Call,
        span: Span,
    ) -> Option<Constraint> {
        let [
            ast::Arg {
                name: None, value, ..
            },
        ] = call.args.as_slice()
        else {
            self.sink.error(
                "FUSE_REFINEMENT_FORM",
                span,
                "`predicate` expected one function name",
            );
            return None;
        };
        let ExprKind::Name(name) = &value.kind else {
            self.sink.error(
                "FUSE_REFINEMENT_FORM",
                value.span,
                "`predicate` expected a function name",
            );
            return None;
        };
        let function = match self.lookup(module, &name.text) {
            Some(Symbol::Fn(function)) => function,
            Some(Symbol::Poison) => return None,
            _ => {
                let message = format!("unknown predicate function `{}`", name.text);
                let d = Diagnostic::error("FUSE_UNKNOWN_NAME", name.span, message);
                let functions = self.modules[module].names.iter();
                let functions = functions
                    .filter(|(_, e)| matches!(e.symbol, Symbol::Fn(_)))
                    .map(|(n, _)| *n);
                let d = with_suggestion(d, &name.text, functions);
                self.sink.push(d);
                return None;
            }
        };
        let Some(id) = self.fn_info(function).id else {
            self.sink.error(
                "FUSE_REFINEMENT_PREDICATE",
                name.span,
                "a predicate cannot be generic",
            );
            return None;
        };
        self.predicates.push(PendingPredicate {
            function,
            base,
            span: name.span,
        });
        Some(Constraint::Predicate {
            function: id,
            name: name.text.clone(),
        })
    }

    /// Compares the predicates of refinements with their bases, once all declarations are known.
    pub fn check_predicates(&mut self) {
        for pending in std::mem::take(&mut self.predicates) {
            let PendingPredicate {
                function,
                base,
                span,
            } = pending;
            let Some(signature) = self.signature(function, &[]) else {
                continue;
            };
            let message = match signature.params.as_slice() {
                [param] if param.ty != self.common.error && !self.same_value(param.ty, base) => {
                    Some(format!(
                        "predicate parameter expected `{}`, found `{}`",
                        self.show(base),
                        self.show(param.ty)
                    ))
                }
                [_] if signature.ret != self.common.bool && signature.ret != self.common.error => {
                    Some(format!(
                        "predicate result expected `Bool`, found `{}`",
                        self.show(signature.ret)
                    ))
                }
                [_] => None,
                params => Some(format!(
                    "predicate expected one parameter, found {}",
                    params.len()
                )),
            };
            if let Some(message) = message {
                self.sink.error("FUSE_REFINEMENT_PREDICATE", span, message);
            }
        }
    }

    /// Whether a value of `base` can be handed to a parameter of type `param` without any check.
    fn same_value(&self, param: TypeId, base: TypeId) -> bool {
        param == base || param == self.root(base)
    }

    /// Judges a literal by the constraints of a refinement, without its base's own rules.
    pub fn judge(&self, rule: RefinementId, value: Known<'_>) -> Verdict {
        let mut verdict = Verdict::Holds;
        for constraint in &self.types.refinement(rule).constraints {
            match judge_one(constraint, value, &self.patterns) {
                Verdict::Holds => {}
                Verdict::Unknown => verdict = Verdict::Unknown,
                fails => return fails,
            }
        }
        verdict
    }
}

fn judge_one(
    constraint: &Constraint,
    value: Known<'_>,
    patterns: &IndexMap<String, Tables>,
) -> Verdict {
    let within = |inside: bool, text: String| {
        if inside {
            Verdict::Holds
        } else {
            Verdict::Fails(text)
        }
    };
    match (constraint, value) {
        (Constraint::IntRange { min, max }, Known::Int(v)) => within(
            (*min..=*max).contains(&v),
            format!("value {v} out of range {min}..{max}"),
        ),
        (Constraint::FloatRange { min, max }, Known::Float(v)) => within(
            *min <= v && v <= *max,
            format!("value {v} out of range {min}..{max}"),
        ),
        (Constraint::IntRange { min, max }, Known::Text(text)) => {
            let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            within(
                (*min..=*max).contains(&length),
                format!("length {length} out of range {min}..{max}"),
            )
        }
        (Constraint::Regex(pattern), Known::Text(text)) => match patterns.get(pattern) {
            Some(tables) => within(
                tables.matches(text),
                format!("value does not match regex {pattern}"),
            ),
            None => Verdict::Unknown,
        },
        _ => Verdict::Unknown,
    }
}

/// Whether `text` has the shape of a mail address: one `@`, a local part of 1 to 64 bytes, a domain of at most 255 bytes
/// with at least two non-empty labels of at most 63 bytes, 254 bytes in all, no blanks or control characters (RFC 5321).
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let labels: Vec<&str> = domain.split('.').collect();
    !domain.contains('@')
        && text.len() <= 254
        && (1..=64).contains(&local.len())
        && labels.len() >= 2
        && labels.iter().all(|l| (1..=63).contains(&l.len()))
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn number(expr: &ast::Expr) -> Option<Number> {
    match &expr.kind {
        ExprKind::Literal(Literal::Int(v)) => Some(Number::Int(*v)),
        ExprKind::Literal(Literal::Float(v)) => Some(Number::Float(*v)),
        ExprKind::Unary {
            op: UnaryOp::Neg,
            operand,
        } => match number(operand)? {
            Number::Int(v) => v.checked_neg().map(Number::Int),
            Number::Float(v) => Some(Number::Float(-v)),
        },
        _ => None,
    }
}

fn as_float(number: Number) -> f64 {
    match number {
        Number::Int(v) => v as f64,
        Number::Float(v) => v,
    }
}

/// A float with a zero fraction counts as integral.
fn as_int(number: Number) -> Option<i64> {
    match number {
        Number::Int(v) => Some(v),
        Number::Float(v) if v.fract() == 0.0 && v.abs() < 9.0e18 => Some(v as i64),
        Number::Float(_) => None,
    }
}
