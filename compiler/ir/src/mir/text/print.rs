//! Printing.

use std::fmt::Write;

use cranelift_entity::EntityRef;

use super::super::constants::{ConstContent, ConstObject, ConstValue};
use super::super::function::*;
use super::super::program::{FuncId, LocId, Phase, Program, StrId};
use super::super::types::{Type, TypeId, TypeTable};
use super::entry::print_entry;
use super::names::{Names, ident, local_names, quote};
use super::ops::{binary_name, unary_name};

/// The whole program.
pub fn print(program: &Program) -> String {
    let names = Names::new(program);
    let mut out = String::new();
    let phase = match program.phase {
        Phase::Lowered => "lowered",
        Phase::Owned => "owned",
        Phase::Expanded => "expanded",
    };
    let _ = writeln!(out, "phase {phase}");
    if !program.files.is_empty() {
        let files: Vec<String> = program.files.iter().map(|f| quote(f.as_bytes())).collect();
        let _ = writeln!(out, "files {}", files.join(" "));
    }
    print_types(program, &names, &mut out);
    for (id, global) in program.globals.iter() {
        let ty = type_text(&program.types, &names, global.ty);
        let _ = writeln!(out, "global ${}: {ty}", names.globals[id.index()]);
    }
    print_entry(&program.entry, &names, &mut out);
    for id in program.functions.keys() {
        out.push('\n');
        Printer::new(program, &names, &program.functions[id]).function(id, &mut out);
    }
    out
}

/// One function.
pub fn print_function(program: &Program, id: FuncId) -> String {
    let names = Names::new(program);
    let mut out = String::new();
    Printer::new(program, &names, &program.functions[id]).function(id, &mut out);
    out
}

fn float_text(value: f64) -> String {
    if value.is_finite() {
        format!("{value:?}")
    } else {
        format!("0f{:016x}", value.to_bits())
    }
}

/// One statement, without its position; for messages.
pub fn statement_text(program: &Program, function: &Function, statement: &StatementKind) -> String {
    let names = Names::new(program);
    Printer::new(program, &names, function).statement(statement)
}

/// One place; for messages.
pub fn place_text(program: &Program, function: &Function, place: &Place) -> String {
    let names = Names::new(program);
    Printer::new(program, &names, function).place(place)
}

/// One terminator; for messages.
pub fn terminator_text(program: &Program, function: &Function, terminator: &Terminator) -> String {
    let names = Names::new(program);
    Printer::new(program, &names, function).terminator(terminator)
}

/// How the text form writes the types of a table whose structs and enums stay what they are; unique in the program.
pub struct TypeNames(Names);

impl TypeNames {
    pub fn new(types: &TypeTable) -> TypeNames {
        TypeNames(Names::types(types))
    }

    pub fn of(&self, types: &TypeTable, ty: TypeId) -> String {
        type_text(types, &self.0, ty)
    }
}

fn print_types(program: &Program, names: &Names, out: &mut String) {
    for (id, def) in program.types.structs.iter() {
        let fields: Vec<String> = def
            .fields
            .iter()
            .map(|f| {
                format!(
                    "{}: {}",
                    ident(&f.name),
                    type_text(&program.types, names, f.ty)
                )
            })
            .collect();
        let boxed = if def.boxed { "boxed " } else { "" };
        let name = &names.structs[id.index()];
        let partial = match def.partial {
            Some(of) => format!(" partial {}", names.structs[of.index()]),
            None => String::new(),
        };
        let _ = writeln!(
            out,
            "{boxed}struct {name} {{ {} }}{partial}",
            fields.join(", ")
        );
    }
    for (id, def) in program.types.enums.iter() {
        let variants: Vec<String> = def
            .variants
            .iter()
            .map(|v| {
                let payload: Vec<String> = v
                    .payload
                    .iter()
                    .map(|&ty| type_text(&program.types, names, ty))
                    .collect();
                if payload.is_empty() {
                    ident(&v.name)
                } else {
                    format!("{}({})", ident(&v.name), payload.join(", "))
                }
            })
            .collect();
        let boxed = if def.boxed { "boxed " } else { "" };
        let name = &names.enums[id.index()];
        let _ = writeln!(out, "{boxed}enum {name} {{ {} }}", variants.join(", "));
    }
}

fn type_text(types: &TypeTable, names: &Names, ty: TypeId) -> String {
    let inner = |ty| type_text(types, names, ty);
    match types.get(ty) {
        Type::Unit => "Unit".into(),
        Type::Bool => "Bool".into(),
        Type::Int => "Int".into(),
        Type::Float => "Float".into(),
        Type::Raw => "Raw".into(),
        Type::String => "String".into(),
        Type::Bytes => "Bytes".into(),
        Type::Query => "Query".into(),
        Type::Html => "Html".into(),
        Type::List(t) => format!("List<{}>", inner(t)),
        Type::Map(t) => format!("Map<{}>", inner(t)),
        Type::Box(t) => format!("Box<{}>", inner(t)),
        Type::Option(t) => format!("Option<{}>", inner(t)),
        Type::Result(t, e) => format!("Result<{}, {}>", inner(t), inner(e)),
        Type::Struct(id) => names.structs.get(id.index()).cloned().unwrap_or("?".into()),
        Type::Enum(id) => names.enums.get(id.index()).cloned().unwrap_or("?".into()),
    }
}

struct Printer<'a> {
    program: &'a Program,
    names: &'a Names,
    function: &'a Function,
    locals: Vec<String>,
}

impl<'a> Printer<'a> {
    fn new(program: &'a Program, names: &'a Names, function: &'a Function) -> Self {
        Printer {
            program,
            names,
            function,
            locals: local_names(function),
        }
    }

    fn function(&self, id: FuncId, out: &mut String) {
        let f = self.function;
        let kind = match f.kind {
            FunctionKind::User => "",
            FunctionKind::PerType => "pertype ",
            FunctionKind::Entry => "entry ",
        };
        let params: Vec<String> = f
            .param_locals()
            .zip(&f.params)
            .map(|(local, mode)| {
                let mode = if *mode == Mode::Borrowed {
                    "borrowed "
                } else {
                    ""
                };
                format!(
                    "{}: {mode}{}",
                    self.local(local),
                    self.ty(f.locals[local].ty)
                )
            })
            .collect();
        let _ = write!(
            out,
            "{kind}fn {}({}) -> {}",
            self.names.functions[id.index()],
            params.join(", "),
            self.ty(f.ret)
        );
        for (on, word) in [
            (f.effects.faults, " faults"),
            (f.effects.blocks, " blocks"),
            (f.effects.recursive, " recursive"),
        ] {
            if on {
                out.push_str(word);
            }
        }
        let _ = writeln!(out, " {{{}", self.loc(f.loc));
        for chunk in f
            .locals
            .keys()
            .skip(f.params.len())
            .collect::<Vec<_>>()
            .chunks(6)
        {
            let decls: Vec<String> = chunk
                .iter()
                .map(|&local| {
                    let decl = &f.locals[local];
                    let mode = if decl.ownership == Mode::Borrowed {
                        "borrowed "
                    } else {
                        ""
                    };
                    format!("{}: {mode}{}", self.local(local), self.ty(decl.ty))
                })
                .collect();
            let _ = writeln!(out, "  local {}", decls.join(", "));
        }
        for (id, block) in f.blocks.iter() {
            let _ = writeln!(out, "{id}:");
            for statement in &block.statements {
                self.line(&self.statement(&statement.kind), statement.loc, out);
            }
            let loc = match block.terminator {
                Terminator::Fault(_, loc) => loc,
                _ => LocId::from_u32(0),
            };
            self.line(&self.terminator(&block.terminator), loc, out);
        }
        out.push_str("}\n");
    }

    fn line(&self, text: &str, loc: LocId, out: &mut String) {
        let loc = self.loc(loc);
        if loc.is_empty() {
            let _ = writeln!(out, "  {text}");
        } else {
            let _ = writeln!(out, "  {text:<47}{loc}");
        }
    }

    fn loc(&self, id: LocId) -> String {
        if id.as_u32() == 0 {
            return String::new();
        }
        let Some(loc) = self.program.locs.get_index(id.index()) else {
            return format!(" ; ?{}", id.index());
        };
        match self.program.files.get(loc.file as usize) {
            Some(file) => format!(" ; {file}:{}:{}", loc.line, loc.column),
            None => format!(" ; {}:{}:{}", loc.file, loc.line, loc.column),
        }
    }

    fn ty(&self, ty: TypeId) -> String {
        type_text(&self.program.types, self.names, ty)
    }

    fn local(&self, local: LocalId) -> String {
        self.locals
            .get(local.index())
            .cloned()
            .unwrap_or_else(|| format!("%{}", local.index()))
    }

    fn index(&self, index: Index) -> String {
        match index {
            Index::Local(local) => self.local(local),
            Index::Const(n) => n.to_string(),
        }
    }

    fn place(&self, place: &Place) -> String {
        let mut out = match place.base {
            PlaceBase::Local(local) => self.local(local),
            PlaceBase::Global(global) => match self.names.globals.get(global.index()) {
                Some(name) => format!("${name}"),
                None => format!("$?{}", global.index()),
            },
        };
        for (at, &projection) in place.projections.iter().enumerate() {
            let ty = self
                .program
                .prefix_type(self.function, place, at)
                .map(|ty| self.program.types.get(ty));
            match projection {
                Projection::Field(index) => {
                    let name = match ty {
                        Some(Type::Struct(id)) => {
                            self.program.types.structs[id].fields.get(index as usize)
                        }
                        _ => None,
                    };
                    let name = name.map_or_else(|| index.to_string(), |f| ident(&f.name));
                    let _ = write!(out, ".{name}");
                }
                Projection::Variant { variant, index } => {
                    let name = match ty {
                        Some(Type::Enum(id)) => {
                            self.program.types.enums[id].variants.get(variant as usize)
                        }
                        _ => None,
                    };
                    let name = name.map_or_else(|| variant.to_string(), |v| ident(&v.name));
                    let _ = write!(out, ".{name}.{index}");
                }
                Projection::Some => out.push_str(".some"),
                Projection::Ok => out.push_str(".ok"),
                Projection::Err => out.push_str(".err"),
                Projection::Content => out.push_str(".content"),
                Projection::Element(index) => {
                    let _ = write!(out, "[{}]", self.index(index));
                }
                Projection::EntryKey(index) => {
                    let _ = write!(out, ".key[{}]", self.index(index));
                }
                Projection::EntryValue(index) => {
                    let _ = write!(out, ".value[{}]", self.index(index));
                }
            }
        }
        out
    }

    fn operand(&self, operand: &Operand) -> String {
        match operand {
            Operand::Copy(place) => self.place(place),
            Operand::Move(place) => format!("move {}", self.place(place)),
            Operand::Const(constant) => match *constant {
                Const::Unit => "()".into(),
                Const::Bool(value) => value.to_string(),
                Const::Int(value) => value.to_string(),
                Const::Float(value) => float_text(value),
                Const::Str(id) => self.text_constant(id),
                Const::Object(id) => match self.program.objects.get_index(id.index()) {
                    Some(object) => {
                        format!("const {} {}", self.ty(object.ty), self.content(object))
                    }
                    None => format!("?object{}", id.index()),
                },
                Const::Null => "null".into(),
                Const::Function(id) => format!("entry {}", self.function_name(id)),
            },
        }
    }

    fn text_constant(&self, id: StrId) -> String {
        match self.program.strings.get_index(id.index()) {
            Some(bytes) => quote(bytes),
            None => format!("?str{}", id.index()),
        }
    }

    fn content(&self, object: &ConstObject) -> String {
        match &object.content {
            ConstContent::Elements(elements) => format!("[{}]", self.constants(elements)),
            ConstContent::Cell { variant, members } => {
                format!("{{{variant}: {}}}", self.constants(members))
            }
        }
    }

    fn constants(&self, values: &[ConstValue]) -> String {
        let texts: Vec<String> = values.iter().map(|v| self.constant(v)).collect();
        texts.join(", ")
    }

    fn constant(&self, value: &ConstValue) -> String {
        match value {
            ConstValue::Unit => "()".into(),
            ConstValue::Bool(value) => value.to_string(),
            ConstValue::Int(value) => value.to_string(),
            ConstValue::Float(bits) => float_text(f64::from_bits(*bits)),
            ConstValue::Str(id) => self.text_constant(*id),
            ConstValue::Object(id) => match self.program.objects.get_index(id.index()) {
                Some(object) => self.content(object),
                None => format!("?object{}", id.index()),
            },
            ConstValue::Inline { variant, members } => {
                format!("{{{variant}: {}}}", self.constants(members))
            }
        }
    }

    fn operands(&self, operands: &[Operand]) -> String {
        let texts: Vec<String> = operands.iter().map(|o| self.operand(o)).collect();
        texts.join(", ")
    }

    fn rvalue(&self, dest: &Place, rvalue: &Rvalue) -> String {
        match rvalue {
            Rvalue::Use(operand) => self.operand(operand),
            Rvalue::Clone(place) => format!("clone {}", self.place(place)),
            Rvalue::Unary(op, a) => format!("{} {}", unary_name(*op), self.operand(a)),
            Rvalue::Binary(op, a, b) => format!(
                "{} {}, {}",
                binary_name(*op),
                self.operand(a),
                self.operand(b)
            ),
            Rvalue::Aggregate { variant, fields } => {
                format!(
                    "make {}({})",
                    self.variant(dest, *variant),
                    self.operands(fields)
                )
            }
            Rvalue::List { elements, capacity } => format!(
                "list [{}] capacity {}",
                self.operands(elements),
                self.operand(capacity)
            ),
            Rvalue::ListPush { list, value } => {
                format!("push {}, {}", self.operand(list), self.operand(value))
            }
            Rvalue::Partial => "partial".into(),
            Rvalue::AllClaimed(place) => format!("all_claimed {}", self.place(place)),
            Rvalue::Finish(partial) => format!("finish {}", self.operand(partial)),
            Rvalue::Tag(place) => format!("tag {}", self.place(place)),
            Rvalue::Len(place) => format!("len {}", self.place(place)),
            Rvalue::Capacity(place) => format!("capacity {}", self.place(place)),
            Rvalue::Address(place) => format!("address {}", self.place(place)),
        }
    }

    /// What `make` makes, by the destination's type; the bare number when that does not fit.
    fn variant(&self, dest: &Place, variant: u32) -> String {
        let ty = self
            .program
            .place_type(self.function, dest)
            .map(|ty| self.program.types.get(ty));
        match (ty, variant) {
            (Some(Type::Option(_)), 0) => "none".into(),
            (Some(Type::Option(_)), 1) => "some".into(),
            (Some(Type::Result(..)), 0) => "ok".into(),
            (Some(Type::Result(..)), 1) => "err".into(),
            (Some(Type::Struct(_)), 0) => "struct".into(),
            (Some(Type::Enum(id)), _) => self.program.types.enums[id]
                .variants
                .get(variant as usize)
                .map_or_else(|| variant.to_string(), |v| ident(&v.name)),
            _ => variant.to_string(),
        }
    }

    fn function_name(&self, id: FuncId) -> String {
        let name = self.names.functions.get(id.index());
        name.cloned().unwrap_or_else(|| format!("?{}", id.index()))
    }

    fn statement(&self, statement: &StatementKind) -> String {
        match statement {
            StatementKind::Assign(dest, rvalue) => {
                format!("{} = {}", self.place(dest), self.rvalue(dest, rvalue))
            }
            StatementKind::Call { dest, callee, args } => {
                let callee = match callee {
                    Callee::Function(id) => self.function_name(*id),
                    Callee::Runtime(row) => format!("@{}", row.symbol()),
                };
                let call = format!("call {callee}({})", self.operands(args));
                match dest {
                    Some(dest) => format!("{} = {call}", self.place(dest)),
                    None => call,
                }
            }
            StatementKind::Check { condition, fault } => {
                format!("check {} else {fault:?}", self.operand(condition))
            }
            StatementKind::StackCheck(id) => format!("stack_check {}", self.function_name(*id)),
            StatementKind::SetTag(place, tag) => format!("set_tag {}, {tag}", self.place(place)),
            StatementKind::SetLen(place, len) => {
                format!("set_len {}, {}", self.place(place), self.operand(len))
            }
            StatementKind::Drop(place) => format!("drop {}", self.place(place)),
            StatementKind::MakeUnique(place) => format!("make_unique {}", self.place(place)),
            StatementKind::Claim {
                dest,
                partial,
                field,
            } => {
                let (dest, partial) = (self.place(dest), self.place(partial));
                format!("{dest} = claim {partial}, {field}")
            }
            StatementKind::Fill {
                partial,
                field,
                value,
            } => {
                let (partial, value) = (self.place(partial), self.operand(value));
                format!("fill {partial}, {field}, {value}")
            }
            StatementKind::MapSet { map, key, value } => format!(
                "map_set {}, {}, {}",
                self.place(map),
                self.operand(key),
                self.operand(value)
            ),
        }
    }

    fn terminator(&self, terminator: &Terminator) -> String {
        match terminator {
            Terminator::Goto(block) => format!("goto {block}"),
            Terminator::Branch {
                condition,
                then,
                otherwise,
            } => format!("branch {}, {then}, {otherwise}", self.operand(condition)),
            Terminator::Switch {
                value,
                cases,
                default,
            } => {
                let mut text = format!("switch {} {{ ", self.operand(value));
                for (case, block) in cases {
                    let _ = write!(text, "{case}: {block}, ");
                }
                let _ = write!(text, "else: {default} }}");
                text
            }
            Terminator::Return(operand) => format!("return {}", self.operand(operand)),
            Terminator::Fault(fault, _) => format!("fault {fault:?}"),
            Terminator::Unreachable => "unreachable".into(),
        }
    }
}
