//! Which values a match leaves out and which arms can never run: usefulness of pattern rows, after Maranget,
//! "Warnings for pattern matching" (JFP 2007).

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::func::FnCx;
use crate::program::{Arm, Pattern};
use crate::types::{Type, TypeId, TypeTable};

/// Steps after which a match is taken to be fine; only contrived patterns come near.
const BUDGET: u32 = 200_000;

static WILDCARD: Pattern = Pattern::Wildcard;

/// How a value of some type can be built.
#[derive(Clone, Debug, PartialEq)]
enum Constructor {
    Bool(bool),
    None,
    Some,
    Ok,
    Err,
    Variant(u32),
    Struct,
    Int(i64),
    Float(u64),
    String(String),
}

struct Coverage<'t> {
    types: &'t TypeTable,
    budget: u32,
}

impl<'a> FnCx<'_, 'a> {
    /// Reports arms that can never run and values no arm takes; true if the arms take every value (also when it is an
    /// error that they do not, so that one mistake stays one).
    pub fn check_coverage(
        &mut self,
        ty: TypeId,
        arms: &[Arm],
        written: &[ast::MatchArm],
        span: Span,
        value_due: bool,
    ) -> bool {
        if ty == self.c.common.error {
            return true;
        }
        let mut coverage = Coverage {
            types: &self.c.types,
            budget: BUDGET,
        };
        let mut rows: Vec<Vec<&Pattern>> = Vec::new();
        let mut unreachable = Vec::new();
        for (arm, source) in arms.iter().zip(written) {
            if !coverage.useful(&rows, &[ty], &[&arm.pattern]) {
                unreachable.push(source.pattern.span);
            }
            rows.push(vec![&arm.pattern]);
        }
        let missing = coverage.missing(&rows, ty);
        let finite = coverage.constructors(ty).is_some();
        if coverage.budget == 0 {
            return true;
        }
        for span in unreachable {
            self.c.sink.warning(
                "FUSE_UNREACHABLE_ARM",
                span,
                "this arm never matches: earlier ones take all its values",
            );
        }
        let Some(missing) = missing else { return true };
        if value_due {
            let message = format!("match does not cover {missing}, where a result is due");
            self.error("FUSE_MATCH_NOT_EXHAUSTIVE", span, message);
            return true;
        }
        if finite {
            let d = Diagnostic::warning(
                "FUSE_MATCH_NOT_EXHAUSTIVE",
                span,
                format!("match does not cover {missing}"),
            );
            self.c
                .sink
                .push(d.with_hint("add the missing arms, or `_` for the rest"));
        }
        false
    }
}

impl Coverage<'_> {
    /// What no row takes, in words; `None` if there is nothing.
    fn missing(&mut self, rows: &[Vec<&Pattern>], ty: TypeId) -> Option<String> {
        if !self.useful(rows, &[ty], &[&WILDCARD]) {
            return None;
        }
        let mut names = Vec::new();
        for constructor in self.constructors(ty).unwrap_or_default() {
            let types = self.fields(&constructor, ty);
            let specialized = self.specialize(rows, &constructor, types.len());
            let wildcards = vec![&WILDCARD; types.len()];
            if constructor != Constructor::Struct && self.useful(&specialized, &types, &wildcards) {
                names.push(format!("`{}`", self.name(&constructor, ty)));
            }
        }
        Some(if names.is_empty() {
            "every value".to_string()
        } else {
            names.join(", ")
        })
    }

    fn name(&self, constructor: &Constructor, ty: TypeId) -> String {
        match (constructor, self.types.get(ty)) {
            (Constructor::Variant(v), Type::Enum(id)) => {
                self.types.enum_def(*id).variants[*v as usize].name.clone()
            }
            (Constructor::Bool(v), _) => v.to_string(),
            (Constructor::None, _) => "null".to_string(),
            (Constructor::Some, _) => "Some".to_string(),
            (Constructor::Ok, _) => "Ok".to_string(),
            (Constructor::Err, _) => "Err".to_string(),
            _ => "_".to_string(),
        }
    }

    /// All constructors of a type, or `None` if there is no end to them.
    fn constructors(&self, ty: TypeId) -> Option<Vec<Constructor>> {
        match self.types.get(ty) {
            Type::Bool => Some(vec![Constructor::Bool(true), Constructor::Bool(false)]),
            Type::Refined { base, .. } => self.constructors(*base),
            Type::Option(_) => Some(vec![Constructor::None, Constructor::Some]),
            Type::Result(..) => Some(vec![Constructor::Ok, Constructor::Err]),
            Type::Enum(id) => {
                let count = self.types.enum_def(*id).variants.len() as u32;
                Some((0..count).map(Constructor::Variant).collect())
            }
            Type::Struct(_) => Some(vec![Constructor::Struct]),
            _ => None,
        }
    }

    fn fields(&self, constructor: &Constructor, ty: TypeId) -> Vec<TypeId> {
        match (constructor, self.types.get(ty)) {
            (Constructor::Some, Type::Option(t)) => vec![*t],
            (Constructor::Ok, Type::Result(t, _)) | (Constructor::Err, Type::Result(_, t)) => {
                vec![*t]
            }
            (Constructor::Variant(v), Type::Enum(id)) => self.types.enum_def(*id).variants
                [*v as usize]
                .payload
                .clone(),
            (Constructor::Struct, Type::Struct(id)) => self
                .types
                .struct_def(*id)
                .fields
                .iter()
                .map(|f| f.ty)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Whether `query` takes a value that no row takes.
    fn useful(&mut self, rows: &[Vec<&Pattern>], types: &[TypeId], query: &[&Pattern]) -> bool {
        let (Some((first, rest)), Some((ty, rest_types))) =
            (query.split_first(), types.split_first())
        else {
            return rows.is_empty();
        };
        if self.budget == 0 {
            return false;
        }
        self.budget -= 1;
        if let Some(constructor) = constructor_of(first) {
            return self.useful_under(rows, types, query, &constructor);
        }
        let seen: Vec<Constructor> = rows.iter().filter_map(|r| constructor_of(r[0])).collect();
        match self.constructors(*ty) {
            Some(all) if !all.is_empty() && all.iter().all(|c| seen.contains(c)) => {
                all.iter().any(|c| self.useful_under(rows, types, query, c))
            }
            _ => {
                let open: Vec<Vec<&Pattern>> = rows
                    .iter()
                    .filter(|r| constructor_of(r[0]).is_none())
                    .map(|r| r[1..].to_vec())
                    .collect();
                self.useful(&open, rest_types, rest)
            }
        }
    }

    fn useful_under(
        &mut self,
        rows: &[Vec<&Pattern>],
        types: &[TypeId],
        query: &[&Pattern],
        constructor: &Constructor,
    ) -> bool {
        let mut inner = self.fields(constructor, types[0]);
        let arity = inner.len();
        let rows = self.specialize(rows, constructor, arity);
        let mut query_row = parts(query[0], arity);
        query_row.extend(&query[1..]);
        inner.extend(&types[1..]);
        self.useful(&rows, &inner, &query_row)
    }

    /// The rows that take values of `constructor`, with its parts in front.
    fn specialize<'p>(
        &self,
        rows: &[Vec<&'p Pattern>],
        constructor: &Constructor,
        arity: usize,
    ) -> Vec<Vec<&'p Pattern>> {
        rows.iter()
            .filter(|row| constructor_of(row[0]).is_none_or(|c| c == *constructor))
            .map(|row| {
                let mut parts = parts(row[0], arity);
                parts.extend(&row[1..]);
                parts
            })
            .collect()
    }
}

/// `None` for patterns that take everything.
fn constructor_of(pattern: &Pattern) -> Option<Constructor> {
    Some(match pattern {
        Pattern::Wildcard | Pattern::Bind(_) => return None,
        Pattern::Int(v) => Constructor::Int(*v),
        Pattern::Float(v) => Constructor::Float(v.to_bits()),
        Pattern::Bool(v) => Constructor::Bool(*v),
        Pattern::String(v) => Constructor::String(v.clone()),
        Pattern::None => Constructor::None,
        Pattern::Some(_) | Pattern::NotNull(_) => Constructor::Some,
        Pattern::Dynamic(literal) => return constructor_of(literal),
        Pattern::Ok(_) => Constructor::Ok,
        Pattern::Err(_) => Constructor::Err,
        Pattern::Variant { variant, .. } => Constructor::Variant(*variant),
        Pattern::Struct { .. } => Constructor::Struct,
    })
}

/// The patterns for the `arity` parts of a value.
fn parts(pattern: &Pattern, arity: usize) -> Vec<&Pattern> {
    match pattern {
        Pattern::Some(p) | Pattern::NotNull(p) | Pattern::Ok(p) | Pattern::Err(p) => vec![p],
        Pattern::Variant { payload, .. } => payload.iter().collect(),
        Pattern::Struct { fields } => (0..arity as u32)
            .map(|i| {
                fields
                    .iter()
                    .find(|(f, _)| *f == i)
                    .map_or(&WILDCARD, |(_, p)| p)
            })
            .collect(),
        _ => vec![&WILDCARD; arity],
    }
}
