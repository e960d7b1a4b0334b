//! What belongs to a declaration of a callable alone: its type parameters, its bounds, its defaults.

use fuse_syntax::diagnostic::Diagnostic;
use indexmap::IndexMap;

use crate::checker::{Checker, FnIdx, Owner};
use crate::interfaces::Bound;

impl<'a> Checker<'a> {
    /// Checks the declaration, and queues what is written for it once: nothing if it is generic or has no body.
    pub fn check_declaration(&mut self, f: FnIdx) {
        self.check_type_params(f);
        let bounds = self.resolve_bounds(f);
        self.fns[f.0 as usize].bounds = bounds;
        let info = self.fn_info(f);
        if info.component {
            let signature = info.signature;
            self.check_component_params(signature);
        }
        let info = self.fn_info(f);
        if matches!(info.owner, Owner::Interface(_)) {
            let mut seen = IndexMap::new();
            for param in &info.signature.params {
                self.duplicate_field(
                    &mut seen,
                    &param.name,
                    "FUSE_DUPLICATE_BINDING",
                    "parameter",
                );
            }
        }
        self.defaults_before_required(f);
        let Some(id) = self.fn_info(f).id else { return };
        self.enqueue(f, &[], &[], id, 0, false);
        let count = self.signature(f, &[]).map_or(0, |s| s.params.len());
        for index in 0..count {
            self.param_default(f, &[], index, 0);
        }
    }

    /// A default in front of a parameter that must be given helps only calls that name their arguments.
    fn defaults_before_required(&mut self, f: FnIdx) {
        let params = &self.fn_info(f).signature.params;
        let required = params.iter().rposition(|param| param.default.is_none());
        let Some(required) = required else { return };
        for param in params[..required].iter().filter(|p| p.default.is_some()) {
            let message = format!(
                "`{}` has a default but `{}` after it has none",
                param.name.text, params[required].name.text
            );
            let d = Diagnostic::warning("FUSE_DEFAULT_BEFORE_REQUIRED", param.name.span, message);
            let hint = "put parameters with defaults last, so that calls can leave them out";
            self.sink.push(d.with_hint(hint));
        }
    }

    fn check_type_params(&mut self, f: FnIdx) {
        let params = &self.fn_info(f).signature.type_params;
        for (i, param) in params.iter().enumerate() {
            if let Some(first) = params[..i].iter().find(|p| p.text == param.text) {
                let message = format!("type parameter `{}` is declared twice", param.text);
                let d = Diagnostic::error("FUSE_GENERIC_DUPLICATE_TYPE_PARAM", param.span, message);
                self.sink
                    .push(d.with_related(first.span, "first declared here"));
            }
        }
    }

    fn resolve_bounds(&mut self, f: FnIdx) -> Vec<Bound> {
        let info = self.fn_info(f);
        let (module, signature) = (info.module, info.signature);
        let mut bounds = vec![Bound::Free; signature.type_params.len()];
        for (i, written) in signature.bounds.iter().enumerate() {
            let name = written.param.text.as_str();
            let interface =
                self.named_interface(module, &written.interface, "FUSE_WHERE_UNKNOWN_INTERFACE");
            let Some(index) = signature.type_params.iter().position(|p| p.text == name) else {
                let message = format!("`{name}` is no type parameter of this declaration");
                let span = written.param.span;
                self.sink.error("FUSE_WHERE_UNKNOWN_PARAM", span, message);
                continue;
            };
            if let Some(first) = signature.bounds[..i].iter().find(|b| b.param.text == name) {
                let message = format!("type parameter `{name}` has a bound already");
                let span = written.param.span;
                let d = Diagnostic::error("FUSE_WHERE_MULTI_CONSTRAINT", span, message);
                self.sink
                    .push(d.with_related(first.param.span, "first bound here"));
                continue;
            }
            bounds[index] = interface.map_or(Bound::Broken, Bound::Of);
        }
        bounds
    }
}
