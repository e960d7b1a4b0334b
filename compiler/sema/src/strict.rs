//! The three rules of `--strict-architecture`, for the modules of the root package.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use fuse_package::ImportTarget;
use fuse_syntax::ast::{self, ItemKind, TypeRefKind};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::checker::Checker;
use crate::scope::Symbol;
use crate::stdlib::STD_MODULE;

/// Which layers import which, and one import that shows it.
type Layers = BTreeMap<String, BTreeMap<String, Span>>;

impl<'a> Checker<'a> {
    /// Runs after everything else, on a program without errors.
    pub fn check_architecture(&mut self) {
        let graph = self.graph;
        let own = graph.module(graph.root).package;
        let modules: Vec<usize> = (0..graph.modules.len())
            .filter(|module| graph.modules[*module].package == own)
            .collect();
        for module in &modules {
            self.check_capabilities_used(*module);
            self.check_error_domains(*module);
        }
        self.check_layers(&modules);
    }

    /// A module requires nothing that it does not use.
    fn check_capabilities_used(&mut self, module: usize) {
        let used = &self.modules[module].used_capabilities;
        let idle: Vec<&ast::Ident> = self.graph.modules[module]
            .ast
            .requires
            .iter()
            .filter(|name| !used.contains(&name.text))
            .collect();
        let Some((first, others)) = idle.split_first() else {
            return;
        };
        let mut names: Vec<&str> = idle.iter().map(|name| name.text.as_str()).collect();
        names.sort_unstable();
        let message = format!(
            "this module requires capabilities it does not use: {}",
            names.join(", ")
        );
        let mut found = Diagnostic::error("FUSE_STRICT_CAPABILITY", first.span, message);
        for other in others {
            found = found.with_related(other.span, "nor is this one used");
        }
        self.sink.push(found);
    }

    /// The error types that functions and routes of a module return are declared in one module.
    fn check_error_domains(&mut self, module: usize) {
        let mut written = Vec::new();
        for item in &self.graph.modules[module].ast.items {
            match &item.kind {
                ItemKind::Fn(decl) => written.extend(&decl.signature.ret),
                ItemKind::Service(decl) => written.extend(decl.routes.iter().map(|r| &r.ret)),
                _ => {}
            }
        }
        let mut domains = Vec::new();
        for ret in written {
            error_domains(ret, &mut domains);
        }
        // Owners by module, each with the first place where an error type of it is returned.
        let mut owners: Vec<(usize, Span)> = Vec::new();
        for path in domains {
            let owner = match self.resolve_type_symbol(module, path) {
                Some(Symbol::Struct(id)) => self.types.struct_def(id).module,
                Some(Symbol::Enum(id)) => self.types.enum_def(id).module,
                _ => continue,
            };
            // The errors of the language belong to every module.
            if owner != STD_MODULE && owners.iter().all(|(known, _)| *known != owner as usize) {
                owners.push((owner as usize, path.span));
            }
        }
        let [(_, first), (_, second), ..] = owners.as_slice() else {
            return;
        };
        let (first, second) = (*first, *second);
        let mut paths: Vec<&str> = owners
            .iter()
            .map(|(owner, _)| self.modules[*owner].path.as_str())
            .collect();
        paths.sort_unstable();
        let message = format!(
            "this module returns errors that are declared in several modules: {}",
            paths.join(", ")
        );
        let found = Diagnostic::error("FUSE_STRICT_ERROR_DOMAIN", second, message);
        self.sink
            .push(found.with_related(first, "an error of another module"));
    }

    /// Layers do not import each other in a cycle.
    fn check_layers(&mut self, modules: &[usize]) {
        let mut layers = Layers::new();
        for &module in modules {
            let from = layer(&self.modules[module].path);
            let loaded = &self.graph.modules[module];
            for import in &loaded.imports {
                let ImportTarget::Module(to) = import.target else {
                    continue;
                };
                let to = to.0 as usize;
                if !modules.contains(&to) {
                    continue;
                }
                let to = layer(&self.modules[to].path);
                if from != to
                    && let Some(item) = loaded.ast.items.get(import.item)
                {
                    let edges = layers.entry(from.to_string()).or_default();
                    edges.entry(to.to_string()).or_insert(item.span);
                }
            }
        }
        let mut reported: BTreeSet<String> = BTreeSet::new();
        for start in layers.keys() {
            if reported.contains(start) {
                continue;
            }
            let Some(cycle) = shortest_cycle(&layers, start) else {
                continue;
            };
            let names = cycle.iter().copied().chain(std::iter::once(start.as_str()));
            let names: Vec<&str> = names.collect();
            let edges: Vec<Span> = names.windows(2).map(|e| layers[e[0]][e[1]]).collect();
            let message = format!("layers import each other: {}", names.join(" -> "));
            let mut found = Diagnostic::error("FUSE_STRICT_LAYER_CYCLE", edges[0], message);
            for (edge, span) in names.windows(2).zip(&edges).skip(1) {
                found = found.with_related(*span, format!("`{}` imports `{}`", edge[0], edge[1]));
            }
            self.sink.push(found);
            reported.extend(cycle.iter().map(|name| (*name).to_string()));
        }
    }
}

/// The part of a module's path behind the last `src`; without one, or directly in it, the name of the file.
fn layer(path: &str) -> &str {
    let parts: Vec<&str> = path.split('/').collect();
    let name = parts.last().copied().unwrap_or(path);
    let folders = &parts[..parts.len().saturating_sub(1)];
    match folders.iter().rposition(|part| *part == "src") {
        Some(at) => parts.get(at + 1).copied().unwrap_or(name),
        None => name,
    }
}

/// The layers on a shortest way from `start` back to it; ties go to the smaller name.
fn shortest_cycle<'l>(layers: &'l Layers, start: &'l str) -> Option<Vec<&'l str>> {
    let mut previous: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(layer) = queue.pop_front() {
        for next in layers.get(layer).into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                let mut cycle = vec![layer];
                while cycle.last() != Some(&start) {
                    let last = cycle.last().and_then(|last| previous.get(last))?;
                    cycle.push(last);
                }
                cycle.reverse();
                return Some(cycle);
            }
            if !previous.contains_key(next.as_str()) {
                previous.insert(next, layer);
                queue.push_back(next);
            }
        }
    }
    None
}

/// The error types in a written return type.
fn error_domains<'t>(written: &'t ast::TypeRef, found: &mut Vec<&'t ast::Path>) {
    match &written.kind {
        TypeRefKind::Result { ok, err } => {
            error_domains(ok, found);
            if let Some(err) = err {
                named(err, found);
            }
        }
        TypeRefKind::Generic { base, args } => {
            for arg in args {
                error_domains(arg, found);
            }
            if let ([name], [_, err]) = (base.parts.as_slice(), args.as_slice())
                && name.text == "Result"
            {
                named(err, found);
            }
        }
        TypeRefKind::Optional(inner) | TypeRefKind::Boxed(inner) => error_domains(inner, found),
        TypeRefKind::Name(_) | TypeRefKind::Refined { .. } | TypeRefKind::Error => {}
    }
}

fn named<'t>(written: &'t ast::TypeRef, found: &mut Vec<&'t ast::Path>) {
    match &written.kind {
        TypeRefKind::Name(path) => found.push(path),
        _ => error_domains(written, found),
    }
}

#[cfg(test)]
mod tests {
    use super::layer;

    #[test]
    fn layers_of_paths() {
        for (path, expected) in [
            ("main", "main"),
            ("lib/text", "text"),
            ("src/main", "main"),
            ("src/db/users", "db"),
            ("src/old/src/web/pages/home", "web"),
            ("sources/db/users", "users"),
        ] {
            assert_eq!(layer(path), expected, "{path}");
        }
    }
}
