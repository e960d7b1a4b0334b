//! The fields of declared structs, and `without`, which takes them from another one.

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;

use crate::checker::Checker;
use crate::collect::dotted;
use crate::diag::with_suggestion;
use crate::scope::Symbol;
use crate::types::StructId;

/// A declared struct whose fields are still to be resolved.
pub(crate) struct PendingStruct<'a> {
    module: usize,
    id: StructId,
    decl: &'a ast::TypeDecl,
    state: State,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Waiting,
    /// Its base is looked at first.
    Active,
    Done,
    /// Nothing can be said about its fields.
    Failed,
}

impl<'a> PendingStruct<'a> {
    pub fn new(module: usize, id: StructId, decl: &'a ast::TypeDecl) -> Self {
        PendingStruct {
            module,
            id,
            decl,
            state: State::Waiting,
        }
    }
}

impl<'a> Checker<'a> {
    /// Resolves every struct, bases before what is derived from them. `pending` is ordered by id.
    pub fn resolve_structs(&mut self, pending: &mut [PendingStruct<'a>]) {
        // A list instead of recursion, because chains of derived types have no limit.
        let mut stack = Vec::new();
        for index in 0..pending.len() {
            stack.push(index);
            while let Some(&at) = stack.last() {
                match self.resolve_struct(pending, at) {
                    Some(base) => stack.push(base),
                    None => {
                        stack.pop();
                    }
                }
            }
        }
    }

    /// Resolves a struct, unless that has been done; or gives the base that comes first.
    fn resolve_struct(&mut self, pending: &mut [PendingStruct<'a>], index: usize) -> Option<usize> {
        let PendingStruct {
            module,
            id,
            decl,
            state,
        } = pending[index];
        let is_first_visit = match state {
            State::Done | State::Failed => return None,
            State::Waiting => true,
            State::Active => false,
        };
        pending[index].state = State::Active;
        pending[index].state = match &decl.kind {
            ast::TypeDeclKind::Fields(fields) => {
                self.resolve_fields(module, id, fields);
                State::Done
            }
            ast::TypeDeclKind::Without { base, removed } => match self.base(module, base) {
                None => State::Failed,
                Some(base_id) => {
                    let found = pending.binary_search_by_key(&base_id, |p| p.id).ok();
                    match found.map(|at| (at, pending[at].state)) {
                        Some((at, State::Waiting)) => return Some(at),
                        Some((_, State::Active)) if is_first_visit => {
                            let name = &self.types.struct_def(id).name;
                            let message = format!("type `{name}` is derived from itself");
                            let code = "FUSE_TYPE_DERIVE_CYCLE";
                            self.sink.error(code, base.span, message);
                            State::Failed
                        }
                        Some((_, State::Active | State::Failed)) => State::Failed,
                        Some((_, State::Done)) | None => {
                            self.take_fields(id, base_id, removed);
                            State::Done
                        }
                    }
                }
            },
        };
        None
    }

    /// The struct that is derived from; reported if it is none.
    fn base(&mut self, module: usize, base: &'a ast::Path) -> Option<StructId> {
        match self.resolve_type_symbol(module, base) {
            Some(Symbol::Struct(base_id)) => Some(base_id),
            Some(Symbol::Poison) => None,
            found => {
                let found = found.map_or("an unknown name", Symbol::describe);
                let message = format!(
                    "expected a type to derive from, found {found} `{}`",
                    dotted(base)
                );
                self.sink.error("FUSE_TYPE_DERIVE_BASE", base.span, message);
                None
            }
        }
    }

    fn take_fields(&mut self, id: StructId, base_id: StructId, removed: &'a [ast::Ident]) {
        let base_def = self.types.struct_def(base_id).clone();
        for name in removed {
            if !base_def.fields.iter().any(|f| f.name == name.text) {
                let d = Diagnostic::error(
                    "FUSE_TYPE_DERIVE_FIELD",
                    name.span,
                    format!(
                        "type `{}` has no field `{}` to remove",
                        base_def.name, name.text
                    ),
                );
                self.sink.push(with_suggestion(
                    d,
                    &name.text,
                    base_def.fields.iter().map(|f| f.name.as_str()),
                ));
            }
        }
        let defaults = self.structs[base_id.0 as usize].defaults.clone();
        for (field, default) in base_def.fields.into_iter().zip(defaults) {
            if !removed.iter().any(|r| r.text == field.name) {
                self.types.structs[id.0 as usize].fields.push(field);
                self.structs[id.0 as usize].defaults.push(default);
            }
        }
    }
}
