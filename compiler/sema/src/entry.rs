//! What the outside starts: apps, `fn main`, services, and the names of environment variables.

use fuse_package::PackageId;
use fuse_syntax::ast::{self, ItemKind, RouteSegment};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::checker::{Body, Checker, FnKind, TypeEnv, Work};
use crate::program::{
    App, Flag, FunctionId, MainEntry, Migration, Route, Segment, Service, Test, Verb,
};
use crate::scope::Symbol;
use crate::types::{Type, TypeId};

/// The entries of a program.
#[derive(Default)]
pub(crate) struct Entries {
    pub apps: Vec<App>,
    pub main: Option<MainEntry>,
    pub services: Vec<Service>,
    pub tests: Vec<Test>,
    pub migrations: Vec<Migration>,
}

/// A name as a part of an environment variable: `dbUrl` is `DB_URL`.
pub(crate) fn env_key(name: &str) -> String {
    let mut key = String::new();
    let mut previous = '_';
    for c in name.chars() {
        let separator = c == '_' || c == '-';
        let boundary =
            c.is_ascii_uppercase() && (previous.is_lowercase() || previous.is_ascii_digit());
        if (separator || boundary) && !key.ends_with('_') {
            key.push('_');
        }
        if !separator {
            key.extend(c.to_uppercase());
        }
        previous = c;
    }
    key
}

#[derive(Clone, Copy)]
enum BlockKind {
    Test,
    Migration,
}

/// Numeric names come first, by value; equal values with more or fewer leading zeros are told apart by their text.
fn migration_order(migration: &Migration) -> (bool, usize, &str, &str, &str) {
    let name = migration.name.as_str();
    let is_numeric = name.bytes().all(|byte| byte.is_ascii_digit());
    let digits = if is_numeric {
        name.trim_start_matches('0')
    } else {
        ""
    };
    (!is_numeric, digits.len(), digits, name, &migration.package)
}

impl<'a> Checker<'a> {
    pub fn collect_entries(&mut self) -> Entries {
        let mut entries = Entries::default();
        let root = self.graph.root.0 as usize;
        let graph = self.graph;
        let mut apps: IndexMap<&str, Span> = IndexMap::new();
        let mut services: IndexMap<&str, Span> = IndexMap::new();
        let mut tests: IndexMap<(PackageId, &str), Span> = IndexMap::new();
        let mut migrations: IndexMap<(PackageId, &str), Span> = IndexMap::new();
        let order = std::iter::once(root).chain((0..graph.modules.len()).filter(|m| *m != root));
        for module in order {
            for item in &graph.modules[module].ast.items {
                match &item.kind {
                    ItemKind::App(decl) => {
                        self.unique(&mut apps, "app", &decl.name.value, decl.name.span);
                        let name = format!("app:{}", decl.name.value);
                        let function =
                            self.entry(module, name, FnKind::App, &decl.body, decl.name.span);
                        if module == root {
                            entries.apps.push(App {
                                name: decl.name.value.clone(),
                                function,
                            });
                        }
                    }
                    ItemKind::Service(decl) => {
                        self.unique(&mut services, "service", &decl.name.text, decl.name.span);
                        let service = self.service(module, decl);
                        entries.services.push(service);
                    }
                    ItemKind::Test(decl) => {
                        let name = &decl.name;
                        let package = graph.modules[module].package;
                        self.block_name(&mut tests, BlockKind::Test, package, name);
                        let text = format!("test:{}", name.value);
                        let function =
                            self.entry(module, text, FnKind::Test, &decl.body, name.span);
                        // Those of a dependency are its own business.
                        if package == graph.modules[root].package {
                            entries.tests.push(Test {
                                name: name.value.clone(),
                                function,
                                span: name.span,
                            });
                        }
                    }
                    ItemKind::Migration(decl) => {
                        let name = &decl.name;
                        let package = graph.modules[module].package;
                        self.block_name(&mut migrations, BlockKind::Migration, package, name);
                        let text = format!("migration:{}", name.value);
                        let function =
                            self.entry(module, text, FnKind::Migration, &decl.body, name.span);
                        entries.migrations.push(Migration {
                            package: graph.packages[package.0 as usize].name.clone(),
                            name: name.value.clone(),
                            function,
                            span: name.span,
                        });
                    }
                    _ => {}
                }
            }
        }
        entries.main = self.main_entry(root);
        entries.tests.sort_by(|a, b| a.name.cmp(&b.name));
        entries
            .migrations
            .sort_by(|a, b| migration_order(a).cmp(&migration_order(b)));
        entries
    }

    /// What can be said about the name of a test or migration: it is not blank, and its package has it once.
    fn block_name(
        &mut self,
        seen: &mut IndexMap<(PackageId, &'a str), Span>,
        kind: BlockKind,
        package: PackageId,
        name: &'a ast::StringLit,
    ) {
        let (word, blank, duplicate) = match kind {
            BlockKind::Test => ("test", "FUSE_TEST_NAME", "FUSE_TEST_DUPLICATE"),
            BlockKind::Migration => (
                "migration",
                "FUSE_MIGRATION_NAME",
                "FUSE_MIGRATION_DUPLICATE",
            ),
        };
        if name.value.trim().is_empty() {
            let message = format!("{word} name cannot be empty");
            self.sink.error(blank, name.span, message);
            return;
        }
        let first = *seen.entry((package, &name.value)).or_insert(name.span);
        if first != name.span {
            let message = format!("{word} `{}` is declared twice", name.value);
            let d = Diagnostic::error(duplicate, name.span, message);
            self.sink.push(d.with_related(first, "first declared here"));
        }
    }

    fn unique(
        &mut self,
        seen: &mut IndexMap<&'a str, Span>,
        what: &str,
        name: &'a str,
        span: Span,
    ) {
        match seen.get(name) {
            Some(first) => {
                let message = format!("{what} `{name}` is declared twice");
                let d = Diagnostic::error("FUSE_SYMBOL_DUPLICATE", span, message);
                self.sink
                    .push(d.with_related(*first, "first declared here"));
            }
            None => {
                seen.insert(name, span);
            }
        }
    }

    fn entry(
        &mut self,
        module: usize,
        name: String,
        kind: FnKind,
        body: &'a ast::Block,
        span: Span,
    ) -> FunctionId {
        let id = self.reserve();
        self.queue.push_back(Work {
            id,
            module,
            name: self.qualified(module, &name),
            env: TypeEnv::default(),
            params: Vec::new(),
            ret: self.common.unit,
            body: Body::Block(body),
            kind,
            span,
            depth: 0,
            instance: false,
        });
        id
    }

    fn main_entry(&mut self, root: usize) -> Option<MainEntry> {
        let graph = self.graph;
        let item = graph.modules[root].ast.items.iter().find(
            |item| matches!(&item.kind, ItemKind::Fn(decl) if decl.signature.name.text == "main"),
        )?;
        let ItemKind::Fn(decl) = &item.kind else {
            return None;
        };
        let entry = self.modules[root].names.get("main")?;
        let Symbol::Fn(f) = entry.symbol else {
            return None;
        };
        if !decl.signature.type_params.is_empty() {
            self.unsupported(decl.signature.name.span, "type parameters of `main`");
            return None;
        }
        let function = self.instance(f, &[], &[], 0)?;
        let signature = self.signature(f, &[])?;
        let mut flags = Vec::new();
        for (index, param) in signature.params.iter().enumerate() {
            let default = match param.default {
                Some(_) => self.param_default(f, &[], index, 0),
                None => None,
            };
            let default_text = param.default.and_then(|written| {
                let file = graph.files.get(written.span.file)?;
                let range = written.span.start as usize..written.span.end as usize;
                file.text.get(range).map(str::to_owned)
            });
            flags.push(Flag {
                name: param.name.to_string(),
                ty: param.ty,
                default,
                default_text,
            });
        }
        let doc = item.doc.clone().or_else(|| decl.signature.doc.clone());
        Some(MainEntry {
            function,
            doc,
            flags,
        })
    }

    fn service(&mut self, module: usize, decl: &'a ast::ServiceDecl) -> Service {
        if decl.base.value.contains(['{', '}']) {
            let message = "expected a literal base path, found a parameter";
            self.sink.error("FUSE_ROUTE_PARAM", decl.base.span, message);
        }
        let base = decl
            .base
            .value
            .split('/')
            .filter(|s| !s.is_empty())
            .map(str::to_string)
            .collect();
        let mut seen: IndexMap<(&str, Vec<Option<String>>), Span> = IndexMap::new();
        let mut routes = Vec::new();
        for route in &decl.routes {
            let checked = self.route(module, decl, route);
            let shape = checked.segments.iter().map(|s| match s {
                Segment::Literal(text) => Some(text.clone()),
                Segment::Param { .. } => None,
            });
            let key = (word(checked.verb), shape.collect());
            match seen.get(&key) {
                Some(first) => {
                    let message = format!(
                        "route `{} {}` is declared twice",
                        word(checked.verb),
                        route.path.text.value
                    );
                    let d =
                        Diagnostic::error("FUSE_DUPLICATE_ROUTE", route.path.text.span, message);
                    self.sink
                        .push(d.with_related(*first, "first declared here"));
                }
                None => {
                    seen.insert(key, route.path.text.span);
                }
            }
            routes.push(checked);
        }
        Service {
            name: decl.name.text.clone(),
            base,
            routes,
        }
    }

    fn route(
        &mut self,
        module: usize,
        service: &'a ast::ServiceDecl,
        decl: &'a ast::RouteDecl,
    ) -> Route {
        let env = TypeEnv::default();
        let mut segments = Vec::new();
        let mut params: Vec<(&'a str, TypeId, Span)> = Vec::new();
        for segment in &decl.path.segments {
            match segment {
                RouteSegment::Literal(text) => segments.push(Segment::Literal(text.value.clone())),
                RouteSegment::Param { name, ty } => {
                    let written = ty.span;
                    let ty = self.resolve_type(module, &env, ty);
                    if !self.is_text_type(ty) {
                        let message = format!(
                            "expected a scalar, optional or refined path parameter, found `{}`",
                            self.show(ty)
                        );
                        self.sink.error("FUSE_ROUTE_PARAM", written, message);
                    }
                    params.push((&name.text, ty, name.span));
                    segments.push(Segment::Param {
                        name: name.text.clone(),
                        ty,
                    });
                }
            }
        }
        let body = decl.body_type.as_ref().map(|(ty, keyword)| {
            let ty = self.resolve_type(module, &env, ty);
            params.push(("body", ty, *keyword));
            ty
        });
        let ret = self.resolve_return(module, &env, &decl.ret);
        let verb = match decl.verb {
            ast::Verb::Get => Verb::Get,
            ast::Verb::Post => Verb::Post,
            ast::Verb::Put => Verb::Put,
            ast::Verb::Patch => Verb::Patch,
            ast::Verb::Delete => Verb::Delete,
        };
        let function = self.reserve();
        let name = format!(
            "{}:{} {}",
            service.name.text,
            word(verb).to_uppercase(),
            decl.path.text.value
        );
        self.queue.push_back(Work {
            id: function,
            module,
            name: self.qualified(module, &name),
            env,
            params,
            ret,
            body: Body::Block(&decl.body),
            kind: FnKind::Route,
            span: decl.path.text.span,
            depth: 0,
            instance: false,
        });
        Route {
            verb,
            segments,
            body,
            function,
            ret,
            doc: decl.doc.clone(),
        }
    }

    /// Whether a value of this type can be written as one path segment.
    fn is_text_type(&self, ty: TypeId) -> bool {
        match self.types.get(ty) {
            Type::Option(inner) => self.is_text_type(*inner),
            Type::Error => true,
            _ => matches!(
                self.types.get(self.root(ty)),
                Type::Int | Type::Float | Type::Bool | Type::String | Type::Bytes
            ),
        }
    }
}

pub(crate) fn word(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "get",
        Verb::Post => "post",
        Verb::Put => "put",
        Verb::Patch => "patch",
        Verb::Delete => "delete",
    }
}
