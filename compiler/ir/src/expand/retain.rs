//! One more reference to everything a value refers to directly.

use fuse_abi::RuntimeFn;

use super::Expander;
use super::body::{Body, copy};
use super::helpers::Helper;
use super::shape::Shape;
use crate::mir::*;

impl Expander<'_> {
    /// Counts up what the value at the place refers to.
    pub fn retain(&mut self, body: &mut Body, place: &Place, ty: TypeId) {
        match self.shape(ty) {
            Shape::Plain => {}
            Shape::Text | Shape::Counted => {
                body.runtime(RuntimeFn::RcInc, vec![Operand::Copy(place.clone())]);
            }
            Shape::Record => {
                for (projection, member) in self.members(ty, 0) {
                    self.retain(body, &place.project(projection), member);
                }
            }
            Shape::Cell | Shape::Nullable => self.retain_parts(body, place, ty),
            Shape::Composite => {
                let function = self.helper(Helper::Retain, ty);
                body.call(function, vec![Operand::Copy(place.clone())]);
            }
        }
    }

    /// The same, by looking at the tag; leaves the body in a block where every case has come together.
    pub fn retain_parts(&mut self, body: &mut Body, place: &Place, ty: TypeId) {
        let done = body.block();
        let cell = self.shape(ty) == Shape::Cell;
        let mut cases = Vec::new();
        let start = self.switch_start(body, place, ty);
        // All cells count the same way, so their variants share a block.
        let shared = cell.then(|| body.block());
        for variant in 0..self.variant_count(ty) {
            let members = self.members(ty, variant);
            let counts = if cell {
                !members.is_empty()
            } else {
                members.iter().any(|(_, member)| self.is_managed(*member))
            };
            if !counts {
                continue;
            }
            let block = shared.unwrap_or_else(|| body.block());
            cases.push((i64::from(variant), block));
            if cell {
                continue;
            }
            body.switch_to(block);
            for (projection, member) in members {
                self.retain(body, &place.project(projection), member);
            }
            body.goto(done);
        }
        if let Some(block) = shared {
            body.switch_to(block);
            body.runtime(RuntimeFn::RcInc, vec![Operand::Copy(place.clone())]);
            body.goto(done);
        }
        start.finish(body, cases, done);
        body.switch_to(done);
    }

    /// Reads the tag, when there is one; the switch on it is added once its targets are known.
    pub fn switch_start(&mut self, body: &mut Body, place: &Place, ty: TypeId) -> SwitchStart {
        let tagged = matches!(
            self.program.types.get(ty),
            Type::Option(_) | Type::Result(..) | Type::Enum(_)
        );
        let tag = tagged.then(|| body.value(self.basic.int, Rvalue::Tag(place.clone())));
        SwitchStart {
            tag,
            block: body.current(),
        }
    }
}

/// A block that ends in a switch still to be written.
pub struct SwitchStart {
    tag: Option<LocalId>,
    block: BlockId,
}

impl SwitchStart {
    /// Writes the switch; a value without a tag goes to its only case.
    pub fn finish(self, body: &mut Body, cases: Vec<(i64, BlockId)>, default: BlockId) {
        body.switch_to(self.block);
        match (self.tag, cases.first()) {
            (Some(_), None) => body.goto(default),
            (Some(tag), Some(_)) => body.terminate(Terminator::Switch {
                value: copy(tag),
                cases,
                default,
            }),
            (None, first) => body.goto(first.map_or(default, |case| case.1)),
        }
    }
}
