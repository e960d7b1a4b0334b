//! The error types every program has: `std.Error` and its family. They are ordinary structs declared by no module.

use fuse_syntax::span::{FileId, Span};

use crate::program::{Block, Expr, ExprKind, Function, FunctionId, Stmt, StmtKind};
use crate::types::{FieldDef, StructDef, StructId, Type, TypeId, TypeTable};

/// Module index of types that no source module declares.
pub(crate) const STD_MODULE: u32 = u32::MAX;

/// Text of the module specifier that names the built-in error module.
pub(crate) const STD_ERROR: &str = "std.Error";

/// `std.Error.Validation`.
pub(crate) const VALIDATION: StructId = StructId(2);

enum Field {
    Text,
    Status,
    Fields,
}

/// Rows are in the order of their [`StructId`]s.
const STRUCTS: &[(&str, &[(&str, Field)])] = &[
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

/// The struct an item of the `std.Error` module names.
pub(crate) fn member(name: &str) -> Option<StructId> {
    STRUCTS
        .iter()
        .position(|(n, _)| *n == name)
        .map(|i| StructId(i as u32))
}

pub(crate) fn members() -> impl Iterator<Item = &'static str> {
    STRUCTS.iter().map(|(name, _)| *name)
}

fn nowhere() -> Span {
    Span::new(FileId(0), 0, 0)
}

/// Declares the family; `status_default` is the function that gives the default of `std.Error.status`.
pub(crate) fn declare(types: &mut TypeTable, status_default: FunctionId) {
    let text = types.intern(Type::String);
    let int = types.intern(Type::Int);
    for (name, fields) in STRUCTS {
        let fields = fields
            .iter()
            .map(|(name, kind)| {
                let ty = match kind {
                    Field::Text => text,
                    Field::Status => int,
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
            format!("{STD_ERROR}.{name}")
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
