//! Declarations of all modules: names first, then imports, then the types that declarations mention.

use fuse_package::{AssetKind, ImportTarget};
use fuse_syntax::ast::{self, ImportKind, ItemKind};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::checker::{Body, Checker, FnIdx, FnInfo, FnKind, Owner, StructInfo, TypeEnv, Work};
use crate::derive::PendingStruct;
use crate::diag::with_suggestion;
use crate::entry;
use crate::program::{Config, ConfigField, ConfigId, FunctionId};
use crate::scope::{Entry, ModuleScope, Symbol};
use crate::stdlib;
use crate::types::{EnumDef, EnumId, EnumKind, FieldDef, StructDef, StructId, TypeId, VariantDef};

pub(crate) fn dotted(path: &ast::Path) -> String {
    let parts: Vec<&str> = path.parts.iter().map(|p| p.text.as_str()).collect();
    parts.join(".")
}

impl<'a> Checker<'a> {
    /// Fills every table of declarations.
    pub fn collect(&mut self) {
        let graph = self.graph;
        let mut structs = Vec::new();
        let mut enums = Vec::new();
        let mut configs = Vec::new();
        let mut impls = Vec::new();
        for (module, loaded) in graph.modules.iter().enumerate() {
            let path = graph.files.get(loaded.file).map_or("", |f| f.path.as_str());
            self.modules.push(ModuleScope {
                path: path.strip_suffix(".fuse").unwrap_or(path).to_string(),
                names: IndexMap::new(),
                dotted: IndexMap::new(),
                requires: Default::default(),
                used_capabilities: Default::default(),
            });
            self.collect_requires(module, &loaded.ast.requires);
            for item in &loaded.ast.items {
                match &item.kind {
                    ItemKind::Type(decl) => {
                        let id = self.add_struct(module, dotted(&decl.name), decl.name.span);
                        self.declare_path(module, &decl.name, Symbol::Struct(id));
                        structs.push(PendingStruct::new(module, id, decl));
                    }
                    ItemKind::Enum(decl) => {
                        let id = EnumId(self.types.enums.len() as u32);
                        let span = decl.name.span;
                        let name = dotted(&decl.name);
                        self.types.enums.push(EnumDef {
                            name,
                            module: module as u32,
                            variants: Vec::new(),
                            kind: EnumKind::Declared,
                            span,
                        });
                        self.declare_path(module, &decl.name, Symbol::Enum(id));
                        enums.push((module, id, decl));
                    }
                    ItemKind::Fn(decl) => {
                        let f = self.add_callable(FnInfo {
                            module,
                            signature: &decl.signature,
                            body: Some(&decl.body),
                            component: false,
                            id: None,
                            owner: Owner::Module,
                            bounds: Vec::new(),
                        });
                        self.declare(module, &decl.signature.name, Symbol::Fn(f));
                    }
                    ItemKind::Config(decl) => {
                        let id = ConfigId(self.configs.len() as u32);
                        let name = decl.name.text.clone();
                        let ty = self.add_struct(module, name.clone(), decl.name.span);
                        let config = Config {
                            name,
                            ty,
                            fields: Vec::new(),
                            span: decl.name.span,
                        };
                        self.configs.push(config);
                        self.declare(module, &decl.name, Symbol::Config(id));
                        configs.push((module, id, decl));
                    }
                    ItemKind::Service(decl) => self.declare(module, &decl.name, Symbol::Service),
                    ItemKind::Interface(decl) => {
                        let id = self.collect_interface(module, decl);
                        self.declare(module, &decl.name, Symbol::Interface(id));
                    }
                    ItemKind::Component(decl) => {
                        let f = self.add_callable(FnInfo {
                            module,
                            signature: &decl.signature,
                            body: Some(&decl.body),
                            component: true,
                            id: None,
                            owner: Owner::Module,
                            bounds: Vec::new(),
                        });
                        self.declare(module, &decl.signature.name, Symbol::Component(f));
                    }
                    ItemKind::Impl(decl) => impls.push((module, decl)),
                    ItemKind::Import(_)
                    | ItemKind::App(_)
                    | ItemKind::Migration(_)
                    | ItemKind::Test(_) => {}
                }
            }
        }
        for module in 0..graph.modules.len() {
            self.collect_imports(module);
        }
        self.resolve_structs(&mut structs);
        for (module, id, decl) in enums {
            self.resolve_enum(module, id, decl);
        }
        for (module, id, decl) in configs {
            self.resolve_config(module, id, decl);
        }
        for (module, decl) in impls {
            self.collect_impl(module, decl);
        }
    }

    /// Enters a function, method, member or component; one that has a body and needs no type arguments gets its place in the program.
    pub fn add_callable(&mut self, mut info: FnInfo<'a>) -> FnIdx {
        if info.body.is_some() && info.signature.type_params.is_empty() {
            info.id = Some(self.reserve());
        }
        self.fns.push(info);
        FnIdx(self.fns.len() as u32 - 1)
    }

    pub fn unsupported(&mut self, span: Span, construct: &str) {
        let message = format!("{construct} are not supported yet");
        self.sink.error("FUSE_UNSUPPORTED", span, message);
    }

    fn add_struct(&mut self, module: usize, name: String, span: Span) -> StructId {
        let id = StructId(self.types.structs.len() as u32);
        self.types.structs.push(StructDef {
            name,
            module: module as u32,
            fields: Vec::new(),
            span,
        });
        self.structs.push(StructInfo {
            defaults: Vec::new(),
        });
        id
    }

    fn collect_requires(&mut self, module: usize, requires: &'a [ast::Ident]) {
        for (i, name) in requires.iter().enumerate() {
            if !self.modules[module].requires.insert(&name.text) {
                let mut d = Diagnostic::error(
                    "FUSE_CAPABILITY_DUPLICATE",
                    name.span,
                    format!("capability `{}` is required twice", name.text),
                );
                if let Some(first) = requires[..i].iter().find(|n| n.text == name.text) {
                    d = d.with_related(first.span, "first required here");
                }
                self.sink.push(d);
            }
        }
    }

    fn declare_path(&mut self, module: usize, path: &'a ast::Path, symbol: Symbol) {
        if let [name] = path.parts.as_slice() {
            return self.declare(module, name, symbol);
        }
        let name = dotted(path);
        let first = self.modules[module].dotted.get(&name).map(|e| e.span);
        match first {
            Some(first) => self.duplicate_symbol(&name, path.span, first),
            None => {
                let entry = Entry {
                    symbol,
                    span: path.span,
                    import_used: None,
                };
                self.modules[module].dotted.insert(name, entry);
            }
        }
    }

    fn declare(&mut self, module: usize, name: &'a ast::Ident, symbol: Symbol) {
        self.insert(
            module,
            name,
            Entry {
                symbol,
                span: name.span,
                import_used: None,
            },
        );
    }

    fn insert(&mut self, module: usize, name: &'a ast::Ident, entry: Entry) {
        let names = &mut self.modules[module].names;
        match names.get(name.text.as_str()).map(|e| e.span) {
            // Imports are looked at after declarations, but may stand before them.
            Some(later) if name.span < later => {
                names.insert(&name.text, entry);
                self.duplicate_symbol(&name.text, later, name.span);
            }
            Some(first) => self.duplicate_symbol(&name.text, name.span, first),
            None => {
                names.insert(&name.text, entry);
            }
        }
    }

    fn duplicate_symbol(&mut self, name: &str, span: Span, first: Span) {
        let d = Diagnostic::error(
            "FUSE_DUPLICATE_NAME",
            span,
            format!("`{name}` is already declared in this module"),
        );
        self.sink.push(d.with_related(first, "first declared here"));
    }

    fn collect_imports(&mut self, module: usize) {
        let graph = self.graph;
        let loaded = &graph.modules[module];
        let mut named: IndexMap<&str, Span> = IndexMap::new();
        for resolved in &loaded.imports {
            let Some(ItemKind::Import(import)) =
                loaded.ast.items.get(resolved.item).map(|i| &i.kind)
            else {
                continue;
            };
            let whole = match resolved.target {
                ImportTarget::Module(id) => Symbol::Module(id.0 as usize),
                ImportTarget::StdError => Symbol::StdError,
                ImportTarget::Asset(id) => match graph.asset(id).kind {
                    AssetKind::Markdown => Symbol::Text(id.0),
                    AssetKind::Json => Symbol::Data(id.0),
                },
                ImportTarget::Failed => Symbol::Poison,
            };
            match &import.kind {
                ImportKind::Module { name } | ImportKind::From { name, .. } => {
                    self.import(module, name, whole)
                }
                ImportKind::Alias { alias, .. } => self.import(module, alias, whole),
                ImportKind::Named { names, .. } => {
                    for name in names {
                        if let Some(first) = named.get(name.text.as_str()) {
                            let message = format!("`{}` is imported twice", name.text);
                            let d = Diagnostic::error("FUSE_IMPORT_DUPLICATE", name.span, message);
                            self.sink
                                .push(d.with_related(*first, "first imported here"));
                            continue;
                        }
                        named.insert(&name.text, name.span);
                        let symbol = self.imported_item(whole, name);
                        self.import(module, name, symbol);
                    }
                }
            }
        }
    }

    fn import(&mut self, module: usize, name: &'a ast::Ident, symbol: Symbol) {
        let used = symbol == Symbol::Poison;
        self.insert(
            module,
            name,
            Entry {
                symbol,
                span: name.span,
                import_used: Some(used),
            },
        );
    }

    fn imported_item(&mut self, from: Symbol, name: &ast::Ident) -> Symbol {
        let (found, shown) = match from {
            Symbol::Module(m) => (self.export(m, &name.text), self.modules[m].path.clone()),
            Symbol::StdError => (
                stdlib::member(&name.text).map(Symbol::Struct),
                stdlib::STD_ERROR.to_string(),
            ),
            _ => return Symbol::Poison,
        };
        if let Some(symbol) = found {
            return symbol;
        }
        let d = Diagnostic::error(
            "FUSE_IMPORT_UNKNOWN",
            name.span,
            format!("module `{shown}` does not export `{}`", name.text),
        );
        let d = match from {
            Symbol::Module(m) => {
                let names = &self.modules[m].names;
                with_suggestion(
                    d,
                    &name.text,
                    names
                        .iter()
                        .filter(|(_, e)| e.import_used.is_none())
                        .map(|(n, _)| *n),
                )
            }
            _ => with_suggestion(d, &name.text, stdlib::members()),
        };
        self.sink.push(d);
        Symbol::Poison
    }

    pub fn resolve_fields(&mut self, module: usize, id: StructId, fields: &'a [ast::FieldDecl]) {
        let env = TypeEnv::default();
        let owner = self.types.struct_def(id).name.clone();
        let mut seen: IndexMap<&str, Span> = IndexMap::new();
        for field in fields {
            let ty = self.resolve_type(module, &env, &field.ty);
            if self.duplicate_field(&mut seen, &field.name, "FUSE_DUPLICATE_FIELD", "field") {
                continue;
            }
            let default = field.default.as_ref().map(|value| {
                self.value_function(
                    module,
                    format!("{owner}.{}:default", field.name.text),
                    ty,
                    value,
                    &field.name,
                )
            });
            let def = FieldDef {
                name: field.name.text.clone(),
                ty,
                default,
                span: field.name.span,
            };
            self.types.structs[id.0 as usize].fields.push(def);
            self.structs[id.0 as usize]
                .defaults
                .push(field.default.as_ref());
        }
    }

    /// Reports and returns true if `name` is already in `seen`.
    pub fn duplicate_field(
        &mut self,
        seen: &mut IndexMap<&'a str, Span>,
        name: &'a ast::Ident,
        code: &'static str,
        what: &str,
    ) -> bool {
        if let Some(first) = seen.get(name.text.as_str()) {
            let d = Diagnostic::error(
                code,
                name.span,
                format!("{what} `{}` is declared twice", name.text),
            );
            self.sink
                .push(d.with_related(*first, "first declared here"));
            return true;
        }
        seen.insert(&name.text, name.span);
        false
    }

    /// Queues a function without parameters that gives the value of a default.
    fn value_function(
        &mut self,
        module: usize,
        name: String,
        ty: TypeId,
        value: &'a ast::Expr,
        field: &'a ast::Ident,
    ) -> FunctionId {
        let id = self.reserve();
        let path = name.trim_end_matches(":default").to_owned();
        let name = self.qualified(module, &name);
        self.queue.push_back(Work {
            id,
            module,
            name,
            env: TypeEnv::default(),
            params: Vec::new(),
            ret: ty,
            body: Body::Value(value, path),
            kind: FnKind::Default,
            span: field.span,
            depth: 0,
            instance: false,
        });
        id
    }

    fn resolve_enum(&mut self, module: usize, id: EnumId, decl: &'a ast::EnumDecl) {
        let env = TypeEnv::default();
        let mut seen = IndexMap::new();
        for variant in &decl.variants {
            let payload = variant
                .payload
                .iter()
                .map(|t| self.resolve_type(module, &env, t))
                .collect();
            if self.duplicate_field(
                &mut seen,
                &variant.name,
                "FUSE_DUPLICATE_VARIANT",
                "variant",
            ) {
                continue;
            }
            let def = VariantDef {
                name: variant.name.text.clone(),
                payload,
                span: variant.name.span,
            };
            self.types.enums[id.0 as usize].variants.push(def);
        }
    }

    fn resolve_config(&mut self, module: usize, id: ConfigId, decl: &'a ast::ConfigDecl) {
        let env = TypeEnv::default();
        let mut seen = IndexMap::new();
        let prefix = entry::env_key(&decl.name.text);
        for field in &decl.fields {
            let ty = self.resolve_type(module, &env, &field.ty);
            if self.duplicate_field(
                &mut seen,
                &field.name,
                "FUSE_DUPLICATE_FIELD",
                "config field",
            ) {
                continue;
            }
            // The parser has reported a field without a default.
            let Some(value) = &field.default else {
                continue;
            };
            let name = format!("{}.{}:default", decl.name.text, field.name.text);
            let default = self.value_function(module, name, ty, value, &field.name);
            let owner = self.configs[id.index()].ty.0 as usize;
            self.types.structs[owner].fields.push(FieldDef {
                name: field.name.text.clone(),
                ty,
                default: None,
                span: field.name.span,
            });
            self.structs[owner].defaults.push(None);
            self.configs[id.index()].fields.push(ConfigField {
                name: field.name.text.clone(),
                env: format!("{prefix}_{}", entry::env_key(&field.name.text)),
                ty,
                default,
                span: field.name.span,
            });
        }
    }

    /// Warnings for imports nothing refers to.
    pub fn report_unused_imports(&mut self) {
        for scope in &self.modules {
            for (name, entry) in &scope.names {
                if entry.import_used == Some(false) {
                    self.sink.warning(
                        "FUSE_UNUSED_IMPORT",
                        entry.span,
                        format!("unused import `{name}`"),
                    );
                }
            }
        }
    }
}
