//! The types every program has: `std.Error` and its family, and what the HTTP client gives. They are ordinary structs declared
//! by no module.

use fuse_syntax::span::{FileId, Span};

use crate::program::{Block, Expr, ExprKind, Function, FunctionId, Stmt, StmtKind};
use crate::types::{FieldDef, StructDef, StructId, Type, TypeId, TypeTable};

/// Module index of types that no source module declares.
pub(crate) const STD_MODULE: u32 = u32::MAX;

/// Text of the module specifier that names the built-in error module.
pub(crate) const STD_ERROR: &str = "std.Error";

/// `std.Error.Validation`.
pub(crate) const VALIDATION: StructId = StructId(2);

/// `http.response` and `http.error`, the rows after the family.
pub(crate) const HTTP_RESPONSE: StructId = StructId(ERRORS.len() as u32);
pub(crate) const HTTP_ERROR: StructId = StructId(ERRORS.len() as u32 + 1);

enum Field {
    Text,
    OptText,
    Int,
    OptInt,
    /// `Int`, 500 when it is left out.
    Status,
    Fields,
    /// `Map<String, String>`
    Headers,
}

type Row = (&'static str, &'static [(&'static str, Field)]);

/// Rows are in the order of their [`StructId`]s; names are those within `std.Error`.
const ERRORS: &[Row] = &[
    (
        "Error",
        &[
            ("code", Field::Text),
            ("message", Field::Text),
            ("status", Field::Status),
        ],
    ),
    (
        "ValidationField",
        &[
            ("path", Field::Text),
            ("code", Field::Text),
            ("message", Field::Text),
        ],
    ),
    (
        "Validation",
        &[("message", Field::Text), ("fields", Field::Fields)],
    ),
    ("BadRequest", &[("message", Field::Text)]),
    ("Unauthorized", &[("message", Field::Text)]),
    ("Forbidden", &[("message", Field::Text)]),
    ("NotFound", &[("message", Field::Text)]),
    ("Conflict", &[("message", Field::Text)]),
];

/// In the order of [`HTTP_RESPONSE`] and [`HTTP_ERROR`]; names are those within the namespace `http`.
const HTTP: &[Row] = &[
    (
        "response",
        &[
            ("method", Field::Text),
            ("url", Field::Text),
            ("status", Field::Int),
            ("headers", Field::Headers),
            ("body", Field::Text),
        ],
    ),
    (
        "error",
        &[
            ("code", Field::Text),
            ("message", Field::Text),
            ("method", Field::Text),
            ("url", Field::Text),
            ("status", Field::OptInt),
            ("headers", Field::Headers),
            ("body", Field::OptText),
        ],
    ),
];

/// The struct an item of the `std.Error` module names.
pub(crate) fn member(name: &str) -> Option<StructId> {
    ERRORS
        .iter()
        .position(|(n, _)| *n == name)
        .map(|i| StructId(i as u32))
}

pub(crate) fn members() -> impl Iterator<Item = &'static str> {
    ERRORS.iter().map(|(name, _)| *name)
}

/// The struct a member of a namespace names.
pub(crate) fn namespace_type(namespace: &str, name: &str) -> Option<StructId> {
    match (namespace, name) {
        ("http", "response") => Some(HTTP_RESPONSE),
        ("http", "error") => Some(HTTP_ERROR),
        _ => None,
    }
}

fn nowhere() -> Span {
    Span::new(FileId(0), 0, 0)
}

/// Declares the types; `status_default` is the function that gives the default of `std.Error.status`.
pub(crate) fn declare(types: &mut TypeTable, status_default: FunctionId) {
    let text = types.intern(Type::String);
    let int = types.intern(Type::Int);
    let errors = ERRORS.iter().map(|row| (STD_ERROR, row));
    for (space, (name, fields)) in errors.chain(HTTP.iter().map(|row| ("http", row))) {
        let fields = fields
            .iter()
            .map(|(name, kind)| {
                let ty = match kind {
                    Field::Text => text,
                    Field::OptText => types.intern(Type::Option(text)),
                    Field::Int | Field::Status => int,
                    Field::OptInt => types.intern(Type::Option(int)),
                    Field::Headers => types.intern(Type::Map(text)),
                    Field::Fields => {
                        let field = types.intern(Type::Struct(StructId(1)));
                        types.intern(Type::List(field))
                    }
                };
                let default = matches!(kind, Field::Status).then_some(status_default);
                FieldDef {
                    name: (*name).to_string(),
                    ty,
                    default,
                    span: nowhere(),
                }
            })
            .collect();
        let name = if *name == "Error" {
            STD_ERROR.to_string()
        } else {
            format!("{space}.{name}")
        };
        types.structs.push(StructDef {
            name,
            module: STD_MODULE,
            fields,
            span: nowhere(),
        });
    }
}

/// The default of `std.Error.status`.
pub(crate) fn status_default(int: TypeId) -> Function {
    let span = nowhere();
    let value = Expr {
        kind: ExprKind::Int(500),
        ty: int,
        span,
    };
    Function {
        name: "std.Error.status:default".to_string(),
        params: 0,
        locals: Vec::new(),
        ret: int,
        body: Block {
            statements: vec![Stmt {
                kind: StmtKind::Return(value),
                span,
            }],
        },
        span,
    }
}
