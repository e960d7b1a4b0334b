//! The text form of a program, for people and tests. One statement per line, types where they are not obvious.

use std::fmt::Write;

use crate::entry::word;
use crate::program::*;
use crate::stdlib::STD_MODULE;
use crate::types::{EnumKind, TypeId};

/// The program as stable text: types, configs, entries, then functions in order.
pub fn dump(program: &Program) -> String {
    let mut out = Dump {
        program,
        out: String::new(),
        indent: 0,
        function: None,
    };
    out.types();
    out.entries();
    for function in &program.functions {
        out.function(function);
    }
    out.out
}

struct Dump<'p> {
    program: &'p Program,
    out: String,
    indent: usize,
    function: Option<&'p Function>,
}

impl<'p> Dump<'p> {
    fn line(&mut self, text: impl AsRef<str>) {
        // Writing to a string cannot fail.
        let _ = writeln!(
            self.out,
            "{:indent$}{}",
            "",
            text.as_ref(),
            indent = self.indent * 2
        );
    }

    fn ty(&self, ty: TypeId) -> String {
        self.program.types.display(ty)
    }

    fn name(&self, id: FunctionId) -> &'p str {
        &self.program.functions[id.index()].name
    }

    fn types(&mut self) {
        let types = &self.program.types;
        for def in types.structs.iter().filter(|d| d.module != STD_MODULE) {
            self.line(format!("type {} in m{}:", def.name, def.module));
            for field in &def.fields {
                let default = field
                    .default
                    .map_or(String::new(), |f| format!(" = {}()", self.name(f)));
                self.line(format!(
                    "  {}: {}{default}",
                    field.name,
                    self.precise(field.ty)
                ));
            }
        }
        for def in &types.enums {
            let kind = match &def.kind {
                EnumKind::Declared => "enum",
                EnumKind::Union => "union",
                EnumKind::Function { .. } => "functions",
            };
            self.line(format!("{kind} {} in m{}:", def.name, def.module));
            for variant in &def.variants {
                let payload: Vec<String> = variant.payload.iter().map(|t| self.ty(*t)).collect();
                self.line(format!("  {}({})", variant.name, payload.join(", ")));
            }
        }
        for config in &self.program.configs {
            self.line(format!("config {}:", config.name));
            for f in &config.fields {
                self.line(format!(
                    "  {}: {} env {} = {}()",
                    f.name,
                    self.precise(f.ty),
                    f.env,
                    self.name(f.default)
                ));
            }
        }
    }

    /// A type with its constraints.
    fn precise(&self, ty: TypeId) -> String {
        self.program.types.display_unique(ty)
    }

    fn entries(&mut self) {
        for app in &self.program.apps {
            self.line(format!("app {:?} = {}", app.name, self.name(app.function)));
        }
        if let Some(main) = &self.program.main {
            self.line(format!("main = {}", self.name(main.function)));
            for flag in &main.flags {
                let default = flag
                    .default
                    .map_or(String::new(), |f| format!(" = {}", self.name(f)));
                self.line(format!("  --{}: {}{default}", flag.name, self.ty(flag.ty)));
            }
        }
        for service in &self.program.services {
            self.line(format!(
                "service {} at /{}:",
                service.name,
                service.base.join("/")
            ));
            for route in &service.routes {
                let segments = route.segments.iter().map(|s| match s {
                    Segment::Literal(text) => format!("/{text}"),
                    Segment::Param { name, ty } => format!("/{{{name}: {}}}", self.ty(*ty)),
                });
                let path: String = segments.collect();
                let body = route
                    .body
                    .map_or(String::new(), |t| format!(" body {}", self.ty(t)));
                let ret = self.ty(route.ret);
                let name = self.name(route.function);
                self.line(format!(
                    "  {} {path}{body} -> {ret} = {name}",
                    word(route.verb)
                ));
            }
        }
        for test in &self.program.tests {
            let name = self.name(test.function);
            self.line(format!("test {:?} = {name}", test.name));
        }
        for migration in &self.program.migrations {
            let name = self.name(migration.function);
            let package = &migration.package;
            self.line(format!(
                "migration {package:?} {:?} = {name}",
                migration.name
            ));
        }
    }

    fn function(&mut self, function: &'p Function) {
        self.function = Some(function);
        let params: Vec<String> = (0..function.params)
            .map(|i| {
                format!(
                    "{}: {}",
                    self.local(LocalId(i)),
                    self.ty(function.locals[i as usize].ty)
                )
            })
            .collect();
        self.line(format!(
            "fn {}({}) -> {}:",
            function.name,
            params.join(", "),
            self.ty(function.ret)
        ));
        self.block(&function.body);
    }

    fn local(&self, id: LocalId) -> String {
        let name = self
            .function
            .and_then(|f| f.locals.get(id.index()))
            .map_or("", |l| l.name.as_str());
        format!("{name}%{}", id.0)
    }

    fn local_type(&self, id: LocalId) -> String {
        self.function
            .and_then(|f| f.locals.get(id.index()))
            .map_or(String::new(), |l| self.ty(l.ty))
    }

    fn block(&mut self, block: &Block) {
        self.indent += 1;
        for statement in &block.statements {
            self.statement(statement);
        }
        self.indent -= 1;
    }

    fn statement(&mut self, statement: &Stmt) {
        match &statement.kind {
            StmtKind::Let { local, value } => {
                let text = format!(
                    "let {}: {} = {}",
                    self.local(*local),
                    self.local_type(*local),
                    self.expr(value)
                );
                self.line(text);
            }
            StmtKind::Assign { target, value } => {
                let text = format!("{} = {}", self.place(target), self.expr(value));
                self.line(text);
            }
            StmtKind::Expr(value) => {
                let text = self.expr(value);
                self.line(text);
            }
            StmtKind::Return(value) => {
                let text = format!("return {}", self.expr(value));
                self.line(text);
            }
            StmtKind::Raise(value) => {
                let text = format!("raise {}", self.expr(value));
                self.line(text);
            }
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                let text = format!("if {}:", self.expr(condition));
                self.line(text);
                self.block(then);
                if !otherwise.statements.is_empty() {
                    self.line("else:");
                    self.block(otherwise);
                }
            }
            StmtKind::While { condition, body } => {
                let text = format!("while {}:", self.expr(condition));
                self.line(text);
                self.block(body);
            }
            StmtKind::ForRange {
                local,
                start,
                end,
                inclusive,
                body,
            } => {
                let dots = if *inclusive { ".." } else { "..<" };
                let text = format!(
                    "for {} in {}{dots}{}:",
                    self.local(*local),
                    self.expr(start),
                    self.expr(end)
                );
                self.line(text);
                self.block(body);
            }
            StmtKind::ForList { local, list, body } => {
                let text = format!("for {} in list {}:", self.local(*local), self.expr(list));
                self.line(text);
                self.block(body);
            }
            StmtKind::ForMap {
                key,
                value,
                map,
                body,
            } => {
                let name = |l: &Option<LocalId>| l.map_or("_".to_string(), |l| self.local(l));
                let text = format!(
                    "for {}, {} in map {}:",
                    name(key),
                    name(value),
                    self.expr(map)
                );
                self.line(text);
                self.block(body);
            }
            StmtKind::Match { scrutinee, arms } => {
                let text = format!("match {}:", self.expr(scrutinee));
                self.line(text);
                self.indent += 1;
                for arm in arms {
                    let text = format!("{}:", self.pattern(&arm.pattern));
                    self.line(text);
                    self.block(&arm.body);
                }
                self.indent -= 1;
            }
            StmtKind::Fault(message) => self.line(format!("fault {message:?}")),
            StmtKind::Transaction(body) => {
                self.line("transaction:");
                self.block(body);
            }
            StmtKind::Markup(piece) => {
                let text = self.piece(piece);
                self.line(text);
            }
            StmtKind::GiveUpTasks => self.line("give up tasks"),
            StmtKind::Break => self.line("break"),
            StmtKind::Continue => self.line("continue"),
        }
    }

    fn piece(&mut self, piece: &HtmlPiece) -> String {
        match piece {
            HtmlPiece::Constant(text) => format!("<< {text:?}"),
            HtmlPiece::Text(v) => format!("<< escaped({})", self.expr(v)),
            HtmlPiece::AttributeValue(v) => format!("<< attribute_value({})", self.expr(v)),
            HtmlPiece::RawText(v) => format!("<< raw_text({})", self.expr(v)),
            HtmlPiece::Html(v) => format!("<< {}", self.expr(v)),
            HtmlPiece::Attributes(v) => format!("<< attributes({})", self.expr(v)),
        }
    }

    fn place(&mut self, place: &Place) -> String {
        let mut text = self.local(place.root);
        for step in &place.steps {
            text += &match &step.kind {
                PlaceStepKind::Field(field) => format!(".{field}"),
                PlaceStepKind::Index(index) => format!("[{}]", self.expr(index)),
                PlaceStepKind::Key(key) => format!("[key {}]", self.expr(key)),
                PlaceStepKind::Payload => "?".to_string(),
                PlaceStepKind::Content => "^".to_string(),
            };
        }
        text
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        match pattern {
            Pattern::Wildcard => "_".to_string(),
            Pattern::Bind(local) => format!("{}: {}", self.local(*local), self.local_type(*local)),
            Pattern::Int(v) => v.to_string(),
            Pattern::Float(v) => format!("{v:?}"),
            Pattern::Bool(v) => v.to_string(),
            Pattern::String(v) => format!("{v:?}"),
            Pattern::None => "none".to_string(),
            Pattern::Dynamic(p) => format!("dynamic({})", self.pattern(p)),
            Pattern::NotNull(p) => format!("not_null({})", self.pattern(p)),
            Pattern::Some(p) => format!("some({})", self.pattern(p)),
            Pattern::Ok(p) => format!("ok({})", self.pattern(p)),
            Pattern::Err(p) => format!("err({})", self.pattern(p)),
            Pattern::Variant { variant, payload } => {
                let payload: Vec<String> = payload.iter().map(|p| self.pattern(p)).collect();
                format!("variant {variant}({})", payload.join(", "))
            }
            Pattern::Struct { fields } => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(f, p)| format!(".{f} = {}", self.pattern(p)))
                    .collect();
                format!("struct({})", fields.join(", "))
            }
        }
    }

    /// An expression on one line; statements inside it stand in braces.
    fn expr(&mut self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Unit => "unit".to_string(),
            ExprKind::Bool(v) => v.to_string(),
            ExprKind::Int(v) => v.to_string(),
            ExprKind::Float(v) => format!("{v:?}"),
            ExprKind::String(v) => format!("{v:?}"),
            ExprKind::Local(local) => self.local(*local),
            ExprKind::ConfigField { config, field } => {
                let config = &self.program.configs[config.index()];
                format!("{}.{}", config.name, config.fields[*field as usize].name)
            }
            ExprKind::Arith { op, left, right } => {
                let op = match op {
                    ArithOp::Add => "+",
                    ArithOp::Sub => "-",
                    ArithOp::Mul => "*",
                    ArithOp::Div => "/",
                    ArithOp::Rem => "%",
                };
                self.infix(left, op, right)
            }
            ExprKind::Neg(v) => self.apply("neg", [v]),
            ExprKind::Not(v) => self.apply("not", [v]),
            ExprKind::IntToFloat(v) => self.apply("int_to_float", [v]),
            ExprKind::Order { op, left, right } => {
                let op = match op {
                    OrderOp::Lt => "<",
                    OrderOp::Le => "<=",
                    OrderOp::Gt => ">",
                    OrderOp::Ge => ">=",
                };
                self.infix(left, op, right)
            }
            ExprKind::Equal {
                negated,
                left,
                right,
            } => self.infix(left, if *negated { "!=" } else { "==" }, right),
            ExprKind::IsNull { negated, value } => {
                self.apply(if *negated { "not_null" } else { "is_null" }, [value])
            }
            ExprKind::And(a, b) => self.infix(a, "and", b),
            ExprKind::Or(a, b) => self.infix(a, "or", b),
            ExprKind::Coalesce { value, default } => self.infix(value, "??", default),
            ExprKind::Concat(parts) => self.list("concat(", parts, ")"),
            ExprKind::Html(block) => format!("html {}", self.inline(block)),
            ExprKind::ToText(v) => self.apply("text", [v]),
            ExprKind::ListConcat(a, b) => self.apply("list_concat", [a, b]),
            ExprKind::RangeList {
                start,
                end,
                inclusive,
            } => self.infix(start, if *inclusive { ".." } else { "..<" }, end),
            ExprKind::List(items) => {
                let items = self.list("[", items, "]");
                format!("{items}: {}", self.ty(expr.ty))
            }
            ExprKind::Map(pairs) => {
                let pairs: Vec<String> = pairs
                    .iter()
                    .map(|(k, v)| format!("{}: {}", self.expr(k), self.expr(v)))
                    .collect();
                format!("{{{}}}: {}", pairs.join(", "), self.ty(expr.ty))
            }
            ExprKind::Struct(fields) => {
                let head = format!("{}(", self.ty(expr.ty));
                self.list(&head, fields, ")")
            }
            ExprKind::Variant { variant, payload } => {
                let head = format!("{}.{variant}(", self.ty(expr.ty));
                self.list(&head, payload, ")")
            }
            ExprKind::None => format!("none: {}", self.ty(expr.ty)),
            ExprKind::Some(v) => self.apply("some", [v]),
            ExprKind::Ok(v) => self.apply("ok", [v]),
            ExprKind::Err(v) => self.apply("err", [v]),
            ExprKind::Field { base, field } => format!("{}.{field}", self.expr(base)),
            ExprKind::Index { list, index } => format!("{}[{}]", self.expr(list), self.expr(index)),
            ExprKind::ListGet { list, index } => self.apply("list_get", [list, index]),
            ExprKind::MapGet { map, key } => self.apply("map_get", [map, key]),
            ExprKind::Unwrap(v) => self.apply("unwrap", [v]),
            ExprKind::ToDynamic(v) => self.apply("to_dynamic", [v]),
            ExprKind::FromDynamic { value, .. } => {
                format!("from_dynamic({}): {}", self.expr(value), self.ty(expr.ty))
            }
            ExprKind::Asset(index) => format!("asset({index})"),
            ExprKind::OptionMap {
                value,
                local,
                body,
                flatten,
            } => {
                let word = if *flatten { "flat_map" } else { "map" };
                format!(
                    "{word}({}, {} => {})",
                    self.expr(value),
                    self.local(*local),
                    self.expr(body)
                )
            }
            ExprKind::PayloadOr { value, error, exit } => {
                let value = self.expr(value);
                let error = error.map_or(String::new(), |l| format!("{} ", self.local(l)));
                format!("payload({value}) or {error}{}", self.inline(exit))
            }
            ExprKind::Refine {
                value,
                rule,
                path,
                on_error,
            } => {
                let value = self.expr(value);
                let rule =
                    rule.map_or_else(|| self.ty(expr.ty), |r| self.program.types.constraints(r));
                let exit = on_error.as_ref().map_or(String::new(), |(l, b)| {
                    format!(" or {} {}", self.local(*l), self.inline(b))
                });
                format!("refine({value}, {rule}, {path:?}){exit}")
            }
            ExprKind::Retype(v) => {
                let value = self.expr(v);
                format!("retype({value}, {})", self.ty(expr.ty))
            }
            ExprKind::Call { function, args } => {
                let head = format!("{}(", self.name(*function));
                self.list(&head, args, ")")
            }
            ExprKind::Builtin { builtin, args } => self.list(&format!("@{builtin:?}("), args, ")"),
            ExprKind::Block { block, value } => {
                let block = self.inline(block);
                format!("{block} {}", self.expr(value))
            }
            ExprKind::BoxNew(v) => self.apply("box", [v]),
            ExprKind::BoxGet(v) => self.apply("unbox", [v]),
            ExprKind::Spawn { function, captures } => {
                let name = self.program.functions[function.index()].name.clone();
                let captures = self.expr(captures);
                format!("spawn {name}({captures})")
            }
            ExprKind::Await {
                task,
                caught: false,
            } => self.apply("await", [task]),
            ExprKind::Await { task, caught: true } => self.apply("await_caught", [task]),
        }
    }

    fn infix(&mut self, left: &Expr, op: &str, right: &Expr) -> String {
        format!("({} {op} {})", self.expr(left), self.expr(right))
    }

    fn apply<const N: usize>(&mut self, name: &str, args: [&Expr; N]) -> String {
        let args: Vec<String> = args.iter().map(|a| self.expr(a)).collect();
        format!("{name}({})", args.join(", "))
    }

    fn list(&mut self, head: &str, items: &[Expr], end: &str) -> String {
        let items: Vec<String> = items.iter().map(|a| self.expr(a)).collect();
        format!("{head}{}{end}", items.join(", "))
    }

    /// A block in braces on one line.
    fn inline(&mut self, block: &Block) -> String {
        let outer = std::mem::take(&mut self.out);
        let indent = std::mem::take(&mut self.indent);
        for statement in &block.statements {
            self.statement(statement);
        }
        let text = std::mem::replace(&mut self.out, outer);
        self.indent = indent;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        format!("{{ {} }}", lines.join("; "))
    }
}
