//! Ownership: `Lowered` to `Owned`. Decides which parameters are borrowed, which locals alias something that outlives them, and where
//! references are taken, given up and handed over.
//!
//! Sources: "Counting Immutable Beans" (borrow inference), Perceus (precise drops).
//!
//! **Architecture Invariant:** a local is held exactly while it is live, so drops follow from liveness alone and never need a flag at run time.

mod alias;
mod liveness;
mod modes;
mod place;
mod uses;

use cranelift_entity::SecondaryMap;

use crate::layout::Layouts;
use crate::mir::*;

/// Turns a `Lowered` program into an `Owned` one.
pub fn run(program: &mut Program, layouts: &Layouts) {
    debug_assert_eq!(program.phase, Phase::Lowered);
    let modes = modes::infer(program, layouts);
    let ids: Vec<FuncId> = program.functions.keys().collect();
    for id in ids {
        let mut function = program.take_function(id);
        function.params = modes[id].clone();
        let context = Context {
            program,
            layouts,
            modes: &modes,
        };
        place::run(&context, &mut function);
        program.functions[id] = function;
    }
    program.phase = Phase::Owned;
}

/// What the passes over one function know about the rest of the program.
struct Context<'a> {
    program: &'a Program,
    layouts: &'a Layouts,
    /// Of every function's parameters.
    modes: &'a SecondaryMap<FuncId, Vec<Mode>>,
}

impl Context<'_> {
    /// Does a value of this type hold references?
    fn is_managed(&self, ty: TypeId) -> bool {
        self.layouts.of(ty).managed
    }

    fn is_managed_place(&self, function: &Function, place: &Place) -> bool {
        self.program
            .place_type(function, place)
            .is_some_and(|ty| self.is_managed(ty))
    }
}
