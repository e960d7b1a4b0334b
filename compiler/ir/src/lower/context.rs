//! What lowering knows about the whole program: types, layouts, function ids, locations, and what went wrong.

use std::collections::BTreeSet;

use cranelift_entity::{EntityRef, PrimaryMap};
use fuse_sema::program::{ConfigId, FunctionId, Program};
use fuse_sema::types as sema;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use fuse_syntax::source::SourceMap;

use super::per_type::PerType;
use super::positions::Positions;
use super::types::{Known, TypeMap, unsupported_type};
use crate::layout::{self, Layouts};
use crate::mir::{
    self, Effects, FuncId, Function, FunctionKind, Global, GlobalId, LocId, Mode, StrId, Type,
    TypeId,
};

/// Code of constructs that are not built yet.
pub(super) const UNSUPPORTED: &str = "FUSE_UNSUPPORTED";

pub(super) struct Context<'p> {
    pub program: &'p Program,
    positions: Positions<'p>,
    pub mir: mir::Program,
    types: TypeMap,
    pub known: Known,
    layouts: Layouts,
    pub diagnostics: Vec<Diagnostic>,
    /// By index of the canonical function.
    functions: Vec<FuncId>,
    /// Values of imported JSON files.
    assets: Vec<GlobalId>,
    /// By config and field.
    globals: Vec<Vec<GlobalId>>,
    names: BTreeSet<String>,
    per_type: IndexMap<(PerType, TypeId), FuncId>,
    decoders: IndexMap<sema::TypeId, FuncId>,
    partials: IndexMap<mir::StructId, TypeId>,
}

impl<'p> Context<'p> {
    /// Where an enum comes from; its id is the same number on both sides.
    pub fn enum_kind(&self, id: mir::EnumId) -> sema::EnumKind {
        self.program.types.enums[id.index()].kind.clone()
    }

    pub fn new(program: &'p Program, sources: &'p dyn SourceMap) -> Context<'p> {
        let mut mir = mir::Program::new();
        let mut diagnostics = Vec::new();
        let (types, known) = TypeMap::new(&program.types, &mut mir.types, &mut diagnostics);
        layout::decide_boxing(&mut mir.types);
        let layouts = Layouts::compute(&mir.types);
        let mut cx = Context {
            program,
            positions: Positions::new(sources),
            mir,
            types,
            known,
            layouts,
            diagnostics,
            functions: Vec::with_capacity(program.functions.len()),
            assets: Vec::with_capacity(program.assets.len()),
            globals: Vec::with_capacity(program.configs.len()),
            names: BTreeSet::new(),
            per_type: IndexMap::new(),
            decoders: IndexMap::new(),
            partials: IndexMap::new(),
        };
        for function in &program.functions {
            let id = cx.reserve(&function.name, FunctionKind::User);
            cx.functions.push(id);
        }
        for index in 0..program.assets.len() {
            let ty = cx.known.dynamic;
            let ty = ty.expect("invariant: a program with JSON assets has dynamic values");
            let name = format!("asset {index}");
            let global = cx.mir.globals.push(Global { name, ty });
            cx.assets.push(global);
        }
        for config in &program.configs {
            let globals = config
                .fields
                .iter()
                .map(|field| {
                    let ty = cx.ty(field.ty, field.span);
                    cx.mir.globals.push(Global {
                        name: format!("{}.{}", config.name, field.name),
                        ty,
                    })
                })
                .collect();
            cx.globals.push(globals);
        }
        cx
    }

    /// MIR type of a type; reports types that have none.
    pub fn ty(&mut self, ty: sema::TypeId, span: Span) -> TypeId {
        if let Some(ty) = self.types.get(ty) {
            return ty;
        }
        let problem = unsupported_type(&self.program.types, ty, span);
        self.report(problem);
        self.known.unit
    }

    pub fn intern(&mut self, ty: Type) -> TypeId {
        let before = self.mir.types.len();
        let id = self.mir.types.intern(ty);
        if self.mir.types.len() != before {
            self.layouts.extend(&self.mir.types);
        }
        id
    }

    /// Structure of a MIR type.
    pub fn shape(&self, ty: TypeId) -> Type {
        self.mir.types.get(ty)
    }

    /// Does the type hold counted pointers?
    pub fn is_managed(&self, ty: TypeId) -> bool {
        self.layouts.of(ty).managed
    }

    /// Bytes of a value, as maps store it.
    pub fn size(&self, ty: TypeId) -> u64 {
        self.layouts.of(ty).size
    }

    pub fn function(&self, id: FunctionId) -> FuncId {
        self.functions[id.index()]
    }

    pub fn global(&self, config: ConfigId, field: u32) -> GlobalId {
        self.globals[config.index()][field as usize]
    }

    /// The value of an imported JSON file.
    pub fn asset(&self, index: u32) -> GlobalId {
        self.assets[index as usize]
    }

    pub fn string(&mut self, text: &str) -> StrId {
        self.mir.string(text.as_bytes())
    }

    pub fn loc(&mut self, span: Span) -> LocId {
        let loc = self.positions.of(span, &mut self.mir.files);
        self.mir.loc(loc)
    }

    pub fn report(&mut self, problem: Diagnostic) {
        if !self.diagnostics.contains(&problem) {
            self.diagnostics.push(problem);
        }
    }

    pub fn unsupported(&mut self, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::error(UNSUPPORTED, span, message));
    }

    /// A function to be filled in by [`Context::define`].
    pub fn reserve(&mut self, name: &str, kind: FunctionKind) -> FuncId {
        let name = self.unique_name(name);
        let function = Function {
            name,
            kind,
            params: Vec::<Mode>::new(),
            ret: self.known.unit,
            locals: PrimaryMap::new(),
            blocks: PrimaryMap::new(),
            effects: Effects::default(),
            loc: LocId::from_u32(0),
        };
        self.mir.functions.push(function)
    }

    pub fn define(&mut self, id: FuncId, function: Function) {
        self.mir.functions[id] = function;
    }

    pub fn name_of(&self, id: FuncId) -> String {
        self.mir.functions[id].name.clone()
    }

    /// The function of a family for a type; made later, by [`super::per_type::make_requested`].
    pub fn per_type(&mut self, family: PerType, ty: TypeId) -> FuncId {
        if let Some(&id) = self.per_type.get(&(family, ty)) {
            return id;
        }
        let name = super::per_type::name(&self.mir.types, family, ty);
        let id = self.reserve(&name, FunctionKind::PerType);
        self.per_type.insert((family, ty), id);
        id
    }

    /// The n-th requested function; requests may grow while they are served.
    pub fn requested(&self, index: usize) -> Option<(PerType, TypeId, FuncId)> {
        self.per_type
            .get_index(index)
            .map(|(&(family, ty), &id)| (family, ty, id))
    }

    /// MIR type of a type that lowering has accepted before; `Unit` for one that it has reported.
    pub fn mapped(&self, ty: sema::TypeId) -> TypeId {
        self.types.get(ty).unwrap_or(self.known.unit)
    }

    /// What reading a value of the type gives: the value, or nothing.
    pub fn decoded(&mut self, ty: sema::TypeId) -> TypeId {
        let (value, unit) = (self.mapped(ty), self.known.unit);
        self.intern(Type::Result(value, unit))
    }

    /// What structs of a type are made in, field by field.
    pub fn partial(&mut self, of: mir::StructId) -> TypeId {
        if let Some(&ty) = self.partials.get(&of) {
            return ty;
        }
        let ty = self.mir.types.declare_partial(of);
        self.layouts.extend(&self.mir.types);
        self.partials.insert(of, ty);
        ty
    }

    /// The function that reads values of a type from JSON; made later, by [`super::per_type::make_requested`].
    pub fn decoder(&mut self, ty: sema::TypeId) -> FuncId {
        if let Some(&id) = self.decoders.get(&ty) {
            return id;
        }
        let name = format!("decode<{}>", self.program.types.display(ty));
        let id = self.reserve(&name, FunctionKind::PerType);
        self.decoders.insert(ty, id);
        id
    }

    /// The n-th requested decoder.
    pub fn requested_decoder(&self, index: usize) -> Option<(sema::TypeId, FuncId)> {
        self.decoders.get_index(index).map(|(&ty, &id)| (ty, id))
    }

    fn unique_name(&mut self, name: &str) -> String {
        let mut unique = name.to_owned();
        let mut number = 1;
        while !self.names.insert(unique.clone()) {
            number += 1;
            unique = format!("{name}.{number}");
        }
        unique
    }
}
