//! The database: statements, queries, and rows with a type.

use fuse_syntax::ast::{self, ExprKind as Ast};
use fuse_syntax::span::Span;

use crate::call::Default;
use crate::checker::Checker;
use crate::func::{FnCx, stmt};
use crate::program::{Block, Builtin, Expr, ExprKind, LocalId, Place, StmtKind};
use crate::types::{StructId, Type, TypeId};

impl Checker<'_> {
    /// A row without a type.
    pub fn row(&mut self) -> TypeId {
        let dynamic = self.dynamic();
        self.types.intern(Type::Map(dynamic))
    }

    /// The type of the values of a column: without refinements and null.
    fn column_type(&self, ty: TypeId) -> TypeId {
        match self.types.get(ty) {
            Type::Refined { base: t, .. } | Type::Option(t) => self.column_type(*t),
            _ => ty,
        }
    }

    /// Whether values of the type can stand in a column.
    fn has_column_form(&self, ty: TypeId) -> bool {
        let ty = self.column_type(ty);
        !matches!(self.types.get(ty), Type::List(_) | Type::Map(_)) && self.has_dynamic_form(ty)
    }

    /// Whether 0 and 1 in a column stand for truth values.
    fn is_bool_column(&self, ty: TypeId) -> bool {
        self.column_type(ty) == self.common.bool
    }
}

impl<'a> FnCx<'_, 'a> {
    /// `db.exec`, `db.query`, `db.one`
    pub fn db_call(&mut self, name: &str, call: &'a ast::Call, span: Span) -> Expr {
        let params = [("sql", false), ("params", true)];
        let Some(bound) = self.bind(&params, &call.args, name, call.callee.span) else {
            self.visit(&call.args);
            return self.error_expr(span);
        };
        let string = self.c.common.string;
        let mut written = Vec::new();
        for (arg, index) in call.args.iter().zip(bound) {
            let value = if index == 0 {
                self.check(&arg.value, string, "sql")
            } else {
                self.column_values(&arg.value)
            };
            written.push((index, value));
        }
        if written.iter().any(|(_, e)| e.ty == self.c.common.error) {
            return self.error_expr(span);
        }
        let mut defaults = Vec::new();
        if written.len() == 1 {
            defaults.push((1, Default::Inline(self.dynamic_list(Vec::new(), span))));
        }
        let (statements, args) = self.arrange(2, written, defaults, span);
        let row = self.c.row();
        let (builtin, ty) = match name {
            "db.exec" => (Builtin::DbExec, self.c.common.unit),
            "db.query" => (Builtin::DbQuery, self.c.list(row)),
            _ => (Builtin::DbOne, self.c.option(row)),
        };
        let kind = ExprKind::Builtin { builtin, args };
        self.with_statements(statements, Expr { kind, ty, span })
    }

    fn dynamic_list(&mut self, items: Vec<Expr>, span: Span) -> Expr {
        let dynamic = self.c.dynamic();
        Expr {
            kind: ExprKind::List(items),
            ty: self.c.list(dynamic),
            span,
        }
    }

    /// One value for a column, dynamic.
    fn column_value(&mut self, expr: &'a ast::Expr) -> Expr {
        let value = self.expr(expr, None);
        let value = self.to_root(value);
        self.as_column(value)
    }

    fn as_column(&mut self, value: Expr) -> Expr {
        if value.ty == self.c.common.error {
            return value;
        }
        if !self.c.has_column_form(value.ty) {
            let message = format!(
                "expected a value that a column can hold, found `{}`",
                self.show(value.ty)
            );
            self.error("FUSE_DB_VALUE", value.span, message);
            return self.error_expr(value.span);
        }
        self.as_dynamic(value)
    }

    /// A list of values for columns; a literal may hold several kinds.
    fn column_values(&mut self, expr: &'a ast::Expr) -> Expr {
        if let Ast::List(items) = &expr.kind {
            let items: Vec<Expr> = items.iter().map(|item| self.column_value(item)).collect();
            if items.iter().any(|item| item.ty == self.c.common.error) {
                return self.error_expr(expr.span);
            }
            return self.dynamic_list(items, expr.span);
        }
        let value = self.expr(expr, None);
        let value = self.to_root(value);
        match *self.ty(value.ty) {
            Type::Error => value,
            Type::List(element) if self.c.is_dynamic(element) => value,
            Type::List(element) if self.c.has_column_form(element) => {
                let value = self.as_dynamic(value);
                self.dynamic_items(value)
            }
            Type::Dynamic => self.dynamic_items(value),
            _ => {
                let message = format!(
                    "expected a list of values that columns can hold, found `{}`",
                    self.show(value.ty)
                );
                self.error("FUSE_DB_VALUE", value.span, message);
                self.error_expr(expr.span)
            }
        }
    }

    /// What a condition compares with: a value or a list of values, as the only element of a list.
    fn given(&mut self, expr: &'a ast::Expr, list_fits: bool) -> Expr {
        let value = if list_fits && matches!(expr.kind, Ast::List(_)) {
            let list = self.column_values(expr);
            self.as_dynamic(list)
        } else {
            let value = self.expr(expr, None);
            let value = self.to_root(value);
            match *self.ty(value.ty) {
                Type::List(element) if list_fits && self.c.has_column_form(element) => {
                    self.as_dynamic(value)
                }
                _ => self.as_column(value),
            }
        };
        if value.ty == self.c.common.error {
            return value;
        }
        self.dynamic_list(vec![value], expr.span)
    }

    /// Methods of queries that take values or types; `None` for all others.
    pub fn query_call(
        &mut self,
        query: &Expr,
        name: &'a ast::Ident,
        call: &'a ast::Call,
        span: Span,
    ) -> Option<Expr> {
        let (builtin, params): (Builtin, &[(&str, bool)]) = match name.text.as_str() {
            "one" | "all" if !call.type_args.is_empty() => {
                return Some(self.typed_rows(query.clone(), name, call, span));
            }
            "insert" | "upsert" => return Some(self.insertion(query.clone(), name, call, span)),
            "where" => (
                Builtin::QueryWhere,
                &[("column", false), ("op", false), ("value", false)],
            ),
            "update" => (Builtin::QueryUpdate, &[("column", false), ("value", false)]),
            _ => return None,
        };
        self.no_type_arguments(call);
        let Some(bound) = self.bind(params, &call.args, &name.text, call.callee.span) else {
            self.visit(&call.args);
            return Some(self.error_expr(span));
        };
        let string = self.c.common.string;
        let mut written = vec![(0, query.clone())];
        for (arg, index) in call.args.iter().zip(bound) {
            let value = if params[index].0 == "value" {
                self.given(&arg.value, builtin == Builtin::QueryWhere)
            } else {
                self.check(&arg.value, string, params[index].0)
            };
            written.push((index + 1, value));
        }
        if written.iter().any(|(_, e)| e.ty == self.c.common.error) {
            return Some(self.error_expr(span));
        }
        let (statements, args) = self.arrange(params.len() + 1, written, Vec::new(), span);
        let kind = ExprKind::Builtin { builtin, args };
        let value = Expr {
            kind,
            ty: query.ty,
            span,
        };
        Some(self.with_statements(statements, value))
    }

    /// `insert(value)`, `upsert(value)`: the fields by name in byte order.
    fn insertion(
        &mut self,
        query: Expr,
        name: &'a ast::Ident,
        call: &'a ast::Call,
        span: Span,
    ) -> Expr {
        self.no_type_arguments(call);
        let params = [("value", false)];
        if self
            .bind(&params, &call.args, &name.text, call.callee.span)
            .is_none()
        {
            self.visit(&call.args);
            return self.error_expr(span);
        }
        let ty = query.ty;
        let mut statements = Vec::new();
        let query = self.hoist(query, &mut statements);
        let value = self.expr(&call.args[0].value, None);
        let value = self.to_root(value);
        if value.ty == self.c.common.error {
            return value;
        }
        let Type::Struct(id) = *self.ty(value.ty) else {
            let message = format!(
                "`{}` expected a value of a `type`, found `{}`",
                name.text,
                self.show(value.ty)
            );
            self.error("FUSE_DB_VALUE", value.span, message);
            return self.error_expr(span);
        };
        let at = value.span;
        let value = self.hoist(value, &mut statements);
        let fields = self.c.types.struct_def(id).fields.clone();
        let mut order: Vec<usize> = (0..fields.len()).collect();
        order.sort_by(|&a, &b| fields[a].name.cmp(&fields[b].name));
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for index in order {
            let field = &fields[index];
            if !self.c.has_column_form(field.ty) {
                let message = format!(
                    "expected fields that columns can hold, found `{}` of type `{}`",
                    field.name,
                    self.show(field.ty)
                );
                self.error("FUSE_DB_VALUE", at, message);
                return self.error_expr(span);
            }
            names.push(field.name.as_str());
            let part = Expr {
                kind: ExprKind::Field {
                    base: Box::new(value.clone()),
                    field: index as u32,
                },
                ty: field.ty,
                span: at,
            };
            values.push(self.as_dynamic(part));
        }
        let names = self.names(&names, span);
        let values = self.dynamic_list(values, span);
        let replaces = self.bool_constant(name.text == "upsert", span);
        let kind = ExprKind::Builtin {
            builtin: Builtin::QueryInsert,
            args: vec![query, names, values, replaces],
        };
        self.with_statements(statements, Expr { kind, ty, span })
    }

    fn names(&mut self, names: &[&str], span: Span) -> Expr {
        let ty = self.c.common.string;
        let texts = names.iter().map(|name| Expr {
            kind: ExprKind::String((*name).to_owned()),
            ty,
            span,
        });
        Expr {
            kind: ExprKind::List(texts.collect()),
            ty: self.c.list(ty),
            span,
        }
    }

    fn bool_constant(&self, value: bool, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Bool(value),
            ty: self.c.common.bool,
            span,
        }
    }

    /// `one<T>()`, `all<T>()`: every row is read as JSON is.
    fn typed_rows(
        &mut self,
        query: Expr,
        name: &'a ast::Ident,
        call: &'a ast::Call,
        span: Span,
    ) -> Expr {
        let method = name.text.as_str();
        if let Some(arg) = call.args.first() {
            let message = format!("`{method}<T>` expected no arguments, found a value");
            self.error("FUSE_TYPED_QUERY_CALL", arg.value.span, message);
            return self.error_expr(span);
        }
        if let Some(second) = call.type_args.get(1) {
            let message = format!(
                "`{method}` expected one type argument, found {}",
                call.type_args.len()
            );
            self.error("FUSE_TYPED_QUERY_TYPE_ARG", second.span, message);
            return self.error_expr(span);
        }
        let written = &call.type_args[0];
        let row = self.resolve_type(written);
        let id = match *self.ty(row) {
            Type::Error => return self.error_expr(span),
            Type::Struct(id) => id,
            _ => {
                let message = format!(
                    "`{method}` expected a declared `type` for its rows, found `{}`",
                    self.show(row)
                );
                self.error("FUSE_TYPED_QUERY_TYPE_ARG", written.span, message);
                return self.error_expr(span);
            }
        };
        self.check_projection(&call.callee, id, written.span);
        let is_one = method == "one";
        let mut statements = Vec::new();
        let texts = self.row_texts(query, id, is_one, span);
        let texts_type = texts.ty;
        let (result_type, start) = if is_one {
            (self.c.option(row), ExprKind::None)
        } else {
            (self.c.list(row), ExprKind::List(Vec::new()))
        };
        let all = self.temp(texts_type, span);
        statements.push(stmt(
            StmtKind::Let {
                local: all,
                value: texts,
            },
            span,
        ));
        let result = self.temp(result_type, span);
        let value = Expr {
            kind: start,
            ty: result_type,
            span,
        };
        statements.push(stmt(
            StmtKind::Let {
                local: result,
                value,
            },
            span,
        ));
        let text = self.temp(self.c.common.string, span);
        let decoded = self.decoded_row(text, row, span);
        let kind = if is_one {
            ExprKind::Some(Box::new(decoded))
        } else {
            ExprKind::Builtin {
                builtin: Builtin::ListAppend,
                args: vec![self.local(result, span), decoded],
            }
        };
        let value = Expr {
            kind,
            ty: result_type,
            span,
        };
        let target = Place {
            root: result,
            steps: Vec::new(),
        };
        let body = Block {
            statements: vec![stmt(StmtKind::Assign { target, value }, span)],
        };
        let list = self.local(all, span);
        let each = StmtKind::ForList {
            local: text,
            list,
            body,
        };
        statements.push(stmt(each, span));
        let value = self.local(result, span);
        self.with_statements(statements, value)
    }

    fn row_texts(&mut self, query: Expr, id: StructId, is_one: bool, span: Span) -> Expr {
        let fields = self.c.types.struct_def(id).fields.clone();
        let all: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let bools: Vec<&str> = fields
            .iter()
            .filter(|field| self.c.is_bool_column(field.ty))
            .map(|field| field.name.as_str())
            .collect();
        let args = vec![
            query,
            self.names(&all, span),
            self.names(&bools, span),
            self.bool_constant(is_one, span),
        ];
        let string = self.c.common.string;
        Expr {
            kind: ExprKind::Builtin {
                builtin: Builtin::QueryTexts,
                args,
            },
            ty: self.c.list(string),
            span,
        }
    }

    /// The row that a text stands for; what does not fit leaves with the validation error.
    fn decoded_row(&mut self, text: LocalId, row: TypeId, span: Span) -> Expr {
        let validation = self.c.common.validation;
        let result = self.c.types.intern(Type::Result(row, validation));
        let decoded = Expr {
            kind: ExprKind::Builtin {
                builtin: Builtin::JsonDecode,
                args: vec![self.local(text, span)],
            },
            ty: result,
            span,
        };
        let (error, exit) = match self.validation_exit(span) {
            Some(exit) => exit,
            None => {
                let error = self.temp(validation, span);
                let raise = stmt(StmtKind::Raise(self.local(error, span)), span);
                let exit = Block {
                    statements: vec![raise],
                };
                (error, exit)
            }
        };
        Expr {
            kind: ExprKind::PayloadOr {
                value: Box::new(decoded),
                error: Some(error),
                exit,
            },
            ty: row,
            span,
        }
    }

    /// Compares columns that are written as literals in the same chain with the fields of the rows.
    fn check_projection(&mut self, callee: &'a ast::Expr, id: StructId, span: Span) {
        let Some(columns) = selected(callee) else {
            return;
        };
        let def = self.c.types.struct_def(id);
        let names: Vec<&str> = columns
            .iter()
            .map(|column| column.rsplit('.').next().unwrap_or(column))
            .collect();
        let unexpected = names
            .iter()
            .filter(|name| !def.fields.iter().any(|field| field.name == **name))
            .map(|name| format!("unexpected `{name}`"));
        let missing = def
            .fields
            .iter()
            .filter(|field| {
                field.default.is_none()
                    && !matches!(self.ty(field.ty), Type::Option(_))
                    && !names.contains(&field.name.as_str())
            })
            .map(|field| format!("missing `{}`", field.name));
        let problems: Vec<String> = missing.chain(unexpected).collect();
        if !problems.is_empty() {
            let message = format!(
                "the selected columns are not the fields of `{}`: {}",
                def.name,
                problems.join(", ")
            );
            self.error("FUSE_TYPED_QUERY_FIELD_MISMATCH", span, message);
        }
    }
}

/// The columns of the last `select` in a chain of calls, if they are literals.
fn selected(callee: &ast::Expr) -> Option<Vec<&str>> {
    let mut at = callee;
    while let Ast::Member { base, .. } = &at.kind {
        let Ast::Call(call) = &base.kind else {
            return None;
        };
        let Ast::Member { name, .. } = &call.callee.kind else {
            return None;
        };
        match name.text.as_str() {
            "where" | "order_by" | "limit" => at = &call.callee,
            "select" => {
                let Ast::List(items) = &call.args.first()?.value.kind else {
                    return None;
                };
                return items.iter().map(literal_text).collect();
            }
            _ => return None,
        }
    }
    None
}

fn literal_text(item: &ast::Expr) -> Option<&str> {
    match &item.kind {
        Ast::Literal(ast::Literal::String(text)) => Some(text),
        _ => None,
    }
}
