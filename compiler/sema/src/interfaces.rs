//! Interfaces and their implementations: collection, and the checks of an `impl` against its interface.

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::checker::{Checker, FnIdx, FnInfo, Owner, SELF_VALUE, Signature, TypeEnv};
use crate::collect::dotted;
use crate::mentions;
use crate::scope::Symbol;
use crate::stdlib::STD_MODULE;
use crate::types::{Type, TypeId};

/// Index into [`Checker::interfaces`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct InterfaceId(pub u32);

/// Index into [`Checker::impls`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ImplId(pub u32);

/// What `where` says about a type parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    Free,
    Of(InterfaceId),
    /// Already diagnosed; anything goes.
    Broken,
}

pub(crate) struct InterfaceInfo<'a> {
    pub module: usize,
    pub name: &'a ast::Ident,
    pub members: IndexMap<&'a str, FnIdx>,
}

pub(crate) struct ImplInfo<'a> {
    pub decl: &'a ast::ImplDecl,
    /// `None` after a diagnostic.
    pub interface: Option<InterfaceId>,
    pub target: TypeId,
    pub methods: IndexMap<&'a str, FnIdx>,
}

impl<'a> Checker<'a> {
    pub fn interface(&self, id: InterfaceId) -> &InterfaceInfo<'a> {
        &self.interfaces[id.0 as usize]
    }

    pub fn implementation(&self, interface: InterfaceId, target: TypeId) -> Option<&ImplInfo<'a>> {
        self.impls
            .iter()
            .find(|i| i.interface == Some(interface) && i.target == target)
    }

    pub fn collect_interface(
        &mut self,
        module: usize,
        decl: &'a ast::InterfaceDecl,
    ) -> InterfaceId {
        let id = InterfaceId(self.interfaces.len() as u32);
        let mut members = IndexMap::new();
        let mut seen = IndexMap::new();
        for member in &decl.members {
            if self.duplicate_field(&mut seen, &member.name, "FUSE_DUPLICATE_MEMBER", "member") {
                continue;
            }
            let f = self.add_callable(FnInfo {
                module,
                signature: member,
                body: None,
                component: false,
                id: None,
                owner: Owner::Interface(id),
                bounds: Vec::new(),
            });
            members.insert(member.name.text.as_str(), f);
        }
        self.interfaces.push(InterfaceInfo {
            module,
            name: &decl.name,
            members,
        });
        id
    }

    /// Enters an `impl` block and its methods; the types of all modules are known by now.
    pub fn collect_impl(&mut self, module: usize, decl: &'a ast::ImplDecl) {
        let interface = self.named_interface(module, &decl.interface, "FUSE_UNKNOWN_INTERFACE");
        let target = self.resolve_name(module, &TypeEnv::default(), &decl.target);
        if !matches!(self.types.get(target), Type::Struct(_) | Type::Enum(_)) {
            if target != self.common.error {
                let message = format!(
                    "expected a declared type or enum to implement for, found `{}`",
                    self.show(target)
                );
                self.sink
                    .error("FUSE_IMPL_TARGET", decl.target.span, message);
            }
            let names = decl.methods.iter().map(|m| m.signature.name.text.as_str());
            self.lost_methods.extend(names);
            return;
        }
        let first = interface.and_then(|i| self.implementation(i, target));
        let first = first.map(|i| i.decl.interface.span);
        if let Some(first) = first {
            let message = format!(
                "`{}` is already implemented for `{}`",
                dotted(&decl.interface),
                self.show(target)
            );
            let d = Diagnostic::error("FUSE_IMPL_DUPLICATE", decl.interface.span, message);
            self.sink
                .push(d.with_related(first, "first implemented here"));
        }
        if let Some(interface) = interface {
            self.check_orphan(module, interface, target, decl);
        }
        let id = ImplId(self.impls.len() as u32);
        let mut methods = IndexMap::new();
        let mut seen = IndexMap::new();
        for method in &decl.methods {
            let signature = &method.signature;
            let duplicate = self.duplicate_field(
                &mut seen,
                &signature.name,
                "FUSE_DUPLICATE_METHOD",
                "method",
            );
            let f = self.add_callable(FnInfo {
                module,
                signature,
                body: Some(&method.body),
                component: false,
                id: None,
                owner: Owner::Impl {
                    id,
                    instance: uses_self(method),
                },
                bounds: Vec::new(),
            });
            if duplicate || first.is_some() {
                continue;
            }
            let name = signature.name.text.as_str();
            methods.insert(name, f);
            self.methods.entry((target, name)).or_default().push(f);
        }
        self.impls.push(ImplInfo {
            decl,
            // A second implementation is not compared: the first one counts.
            interface: interface.filter(|_| first.is_none()),
            target,
            methods,
        });
    }

    /// The interface `path` names; reports under `code` if there is none.
    pub fn named_interface(
        &mut self,
        module: usize,
        path: &ast::Path,
        code: &'static str,
    ) -> Option<InterfaceId> {
        match self.resolve_type_symbol(module, path) {
            Some(Symbol::Interface(id)) => Some(id),
            Some(Symbol::Poison) => None,
            Some(other) => {
                let message = format!(
                    "expected an interface, found {} `{}`",
                    other.describe(),
                    dotted(path)
                );
                self.sink.error(code, path.span, message);
                None
            }
            None => {
                let message = format!("unknown interface `{}`", dotted(path));
                self.sink.error(code, path.span, message);
                None
            }
        }
    }

    /// An implementation belongs to the package of its interface or to that of its target.
    fn check_orphan(
        &mut self,
        module: usize,
        interface: InterfaceId,
        target: TypeId,
        decl: &ast::ImplDecl,
    ) {
        let declared = match self.types.get(target) {
            Type::Struct(id) => self.types.struct_def(*id).module,
            Type::Enum(id) => self.types.enum_def(*id).module,
            _ => return,
        };
        let package = |m: usize| self.graph.modules[m].package;
        let own = package(module);
        let owns_target = declared != STD_MODULE && package(declared as usize) == own;
        if owns_target || package(self.interface(interface).module) == own {
            return;
        }
        let message = format!(
            "neither `{}` nor `{}` belongs to this package",
            dotted(&decl.interface),
            dotted(&decl.target)
        );
        let span = decl.interface.span;
        self.sink.error("FUSE_IMPL_ORPHAN", span, message);
    }

    /// Finds what implementations lack: that it is not there is said once, at the implementation.
    pub fn find_lost_members(&mut self) {
        for info in &self.impls {
            let Some(interface) = info.interface else {
                continue;
            };
            let members = self.interface(interface).members.keys();
            let lost = members.filter(|name| !info.methods.contains_key(*name));
            let lost: Vec<&str> = lost.copied().collect();
            self.lost_methods.extend(lost);
        }
    }

    /// Compares every implementation with its interface. Type parameters are stood for by opaque types, which the caller
    /// takes back.
    pub fn check_impls(&mut self) {
        for index in 0..self.impls.len() {
            let info = &self.impls[index];
            let (decl, target) = (info.decl, info.target);
            let Some(interface) = info.interface else {
                continue;
            };
            let members: Vec<(&str, FnIdx)> = self
                .interface(interface)
                .members
                .iter()
                .map(|(n, f)| (*n, *f))
                .collect();
            let mut missing = Vec::new();
            for (name, member) in members {
                match self.impls[index].methods.get(name).copied() {
                    Some(method) => self.compare_signatures(member, method, target),
                    None => missing.push((name, self.fn_info(member).signature.name.span)),
                }
            }
            let Some((_, first)) = missing.first() else {
                continue;
            };
            let names: Vec<String> = missing.iter().map(|(n, _)| format!("`{n}`")).collect();
            let message = format!(
                "`{}` for `{}` lacks {}",
                dotted(&decl.interface),
                self.show(target),
                names.join(", ")
            );
            let d = Diagnostic::error("FUSE_IMPL_INCOMPLETE", decl.interface.span, message);
            self.sink.push(d.with_related(*first, "declared here"));
        }
    }

    fn compare_signatures(&mut self, member: FnIdx, method: FnIdx, target: TypeId) {
        let (wanted, given) = (self.fn_info(member), self.fn_info(method));
        let (wanted_decl, given_decl) = (wanted.signature, given.signature);
        let mut same = wanted_decl.type_params.len() == given_decl.type_params.len()
            && wanted_decl.params.len() == given_decl.params.len()
            && wanted
                .bounds
                .iter()
                .zip(&given.bounds)
                .all(|(a, b)| a == b || *a == Bound::Broken || *b == Bound::Broken);
        for (a, b) in wanted_decl.params.iter().zip(&given_decl.params) {
            same &= a.name.text == b.name.text && a.default.is_some() == b.default.is_some();
        }
        // Both sides see the same opaque types, so that the names of type parameters do not matter.
        let longer = if wanted_decl.type_params.len() > given_decl.type_params.len() {
            member
        } else {
            method
        };
        let opaque = self.opaque_params(longer);
        let own = |count: usize| opaque[..count].to_vec();
        let mut member_types = vec![target];
        member_types.extend(own(wanted_decl.type_params.len()));
        let method_types = own(given_decl.type_params.len());
        let (Some(wanted), Some(given)) = (
            self.signature(member, &member_types),
            self.signature(method, &method_types),
        ) else {
            return;
        };
        let offset = usize::from(self.self_type(method).is_some());
        let fits =
            |a: TypeId, b: TypeId| a == b || a == self.common.error || b == self.common.error;
        let given_params = &given.params[offset..];
        same &= wanted
            .params
            .iter()
            .zip(given_params)
            .all(|(a, b)| fits(a.ty, b.ty))
            && fits(wanted.ret, given.ret);
        if same {
            return;
        }
        let message = format!(
            "expected `{}`, found `{}`",
            self.signature_text(member, &wanted, 0),
            self.signature_text(method, &given, offset)
        );
        let span = given_decl.name.span;
        let d = Diagnostic::error("FUSE_IMPL_SIGNATURE_MISMATCH", span, message);
        self.sink
            .push(d.with_related(wanted_decl.name.span, "declared here"));
    }

    /// `name<T>(a: Int, b: String = ..) -> Bool where T: I`, without what comes before `offset`.
    fn signature_text(&self, f: FnIdx, signature: &Signature<'a>, offset: usize) -> String {
        let info = self.fn_info(f);
        let written = info.signature;
        let mut text = written.name.text.clone();
        let names: Vec<&str> = written
            .type_params
            .iter()
            .map(|p| p.text.as_str())
            .collect();
        if !names.is_empty() {
            text += &format!("<{}>", names.join(", "));
        }
        let params: Vec<String> = signature.params[offset..]
            .iter()
            .map(|p| {
                let default = if p.default.is_some() { " = .." } else { "" };
                format!("{}: {}{default}", p.name, self.show(p.ty))
            })
            .collect();
        text += &format!("({}) -> {}", params.join(", "), self.show(signature.ret));
        let bounds: Vec<String> = names
            .iter()
            .zip(&info.bounds)
            .filter_map(|(name, bound)| match bound {
                Bound::Of(id) => Some(format!("{name}: {}", self.interface(*id).name.text)),
                _ => None,
            })
            .collect();
        if !bounds.is_empty() {
            text += &format!(" where {}", bounds.join(", "));
        }
        text
    }

    /// Implementations whose method for `member` needs a value to be called on; the place of one.
    pub fn needs_value(&self, member: FnIdx) -> Option<Span> {
        let info = self.fn_info(member);
        let Owner::Interface(interface) = info.owner else {
            return None;
        };
        let name = info.signature.name.text.as_str();
        self.impls
            .iter()
            .filter(|i| i.interface == Some(interface))
            .filter_map(|i| i.methods.get(name))
            .find(|f| self.self_type(**f).is_some())
            .map(|f| self.fn_info(*f).signature.name.span)
    }
}

/// Whether the method refers to the value it is called on.
fn uses_self(method: &ast::FnDecl) -> bool {
    mentions::in_block(&method.body, SELF_VALUE)
        || method
            .signature
            .params
            .iter()
            .filter_map(|p| p.default.as_ref())
            .any(|d| mentions::in_expr(d, SELF_VALUE))
}
