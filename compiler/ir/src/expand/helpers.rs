//! Per-type functions, made on demand.

use cranelift_entity::PrimaryMap;

use super::Expander;
use super::body::Body;
use crate::mir::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Helper {
    /// `retain<T>(value)`: counts up what a by-value aggregate refers to.
    Retain,
    /// `release<T>(value)`: gives up what a by-value aggregate or a cell refers to.
    Release,
    /// `free<T>(object)`: the object has lost its last reference.
    Free,
    /// `copy<T>(object) -> object`: a new, unshared object.
    Copy,
    /// `reserve<T>(list) -> list`: unshared, with room for one more element.
    Reserve,
}

impl Helper {
    fn prefix(self) -> &'static str {
        match self {
            Helper::Retain => "retain",
            Helper::Release => "release",
            Helper::Free => "free",
            Helper::Copy => "copy",
            Helper::Reserve => "reserve",
        }
    }

    fn mode(self) -> Mode {
        match self {
            Helper::Retain => Mode::Borrowed,
            _ => Mode::Owned,
        }
    }

    fn returns_value(self) -> bool {
        matches!(self, Helper::Copy | Helper::Reserve)
    }
}

impl Expander<'_> {
    /// The function, declared now and built before expansion ends.
    pub fn helper(&mut self, helper: Helper, ty: TypeId) -> FuncId {
        if let Some(&id) = self.helpers.get(&(helper, ty)) {
            return id;
        }
        let mut locals = PrimaryMap::new();
        locals.push(LocalDecl {
            name: String::new(),
            ty,
            ownership: helper.mode(),
        });
        let name = format!(
            "{}<{}>",
            helper.prefix(),
            self.names.of(&self.program.types, ty)
        );
        let id = self.program.functions.push(Function {
            name,
            kind: FunctionKind::PerType,
            params: vec![helper.mode()],
            ret: self.helper_result(helper, ty),
            locals,
            blocks: PrimaryMap::new(),
            effects: Effects::default(),
            loc: LocId::from_u32(0),
        });
        self.helpers.insert((helper, ty), id);
        id
    }

    fn helper_result(&self, helper: Helper, ty: TypeId) -> TypeId {
        if helper.returns_value() {
            ty
        } else {
            self.basic.unit
        }
    }

    pub fn build_helper(&mut self, helper: Helper, ty: TypeId, id: FuncId) {
        let name = self.program.functions[id].name.clone();
        let ret = self.helper_result(helper, ty);
        let mut body = Body::new(name, &[(ty, helper.mode())], ret);
        let deep = matches!(helper, Helper::Release | Helper::Free) && self.is_recursive(ty);
        if deep {
            body.emit(StatementKind::StackCheck(id));
        }
        match helper {
            Helper::Retain => {
                self.retain_parts(&mut body, &Place::local(LocalId::from_u32(0)), ty);
                body.terminate(Terminator::Return(Operand::Const(Const::Unit)));
            }
            Helper::Release => self.build_release(&mut body, ty),
            Helper::Free => self.build_free(&mut body, ty),
            Helper::Copy => self.build_copy(&mut body, ty),
            Helper::Reserve => self.build_reserve(&mut body, ty),
        }
        let mut function = body.finish();
        function.effects.recursive = deep;
        function.effects.faults = deep;
        self.program.functions[id] = function;
    }
}
