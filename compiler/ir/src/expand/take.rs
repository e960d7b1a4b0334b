//! Taking a value out of something that is then dropped: `%t = clone %r.some; drop %r` needs no counting of what is taken, only the
//! rest of `%r` is released.

use super::Expander;
use super::body::Body;
use crate::mir::*;

/// How a statement takes part in taking values out.
pub enum Taken {
    No,
    /// A clone that becomes a plain read.
    Read,
    /// A drop that leaves out these parts.
    Except(Vec<Vec<Projection>>),
}

impl Expander<'_> {
    /// Finds drops right behind clones of parts of what they drop; only clones and drops may lie in between.
    pub fn taken(&self, function: &Function, statements: &[Statement]) -> Vec<Taken> {
        let mut taken: Vec<Taken> = statements.iter().map(|_| Taken::No).collect();
        for (at, statement) in statements.iter().enumerate() {
            let StatementKind::Drop(dropped) = &statement.kind else {
                continue;
            };
            let mut parts: Vec<Vec<Projection>> = Vec::new();
            for before in (0..at).rev() {
                match &statements[before].kind {
                    StatementKind::Assign(dest, Rvalue::Clone(place)) => {
                        if matches!(taken[before], Taken::No)
                            && let Some(part) = self.part_of(function, place, dropped)
                            && !parts.iter().any(|other| overlap(other, &part))
                            && dest.root() != dropped.root()
                        {
                            parts.push(part);
                            taken[before] = Taken::Read;
                        }
                    }
                    StatementKind::Drop(_) => {}
                    _ => break,
                }
            }
            if !parts.is_empty() {
                taken[at] = Taken::Except(parts);
            }
        }
        taken
    }

    /// The way from the dropped place to a part of it, when that stays within the value itself.
    fn part_of(
        &self,
        function: &Function,
        place: &Place,
        dropped: &Place,
    ) -> Option<Vec<Projection>> {
        let rest = place.projections.strip_prefix(&dropped.projections[..])?;
        let inside = place.base == dropped.base
            && (dropped.projections.len()..place.projections.len()).all(|at| {
                self.program
                    .prefix_type(function, place, at)
                    .is_some_and(|ty| !self.program.types.derefs(ty, place.projections[at]))
            });
        inside.then(|| rest.to_vec())
    }

    pub fn take(&mut self, body: &mut Body, kind: StatementKind, taken: Taken) {
        match (kind, taken) {
            (StatementKind::Assign(dest, Rvalue::Clone(place)), Taken::Read) => {
                body.assign(&dest, Rvalue::Use(Operand::Copy(place)));
            }
            (StatementKind::Drop(place), Taken::Except(parts)) => {
                let ty = self.place_type(body, &place);
                let parts: Vec<&[Projection]> = parts.iter().map(Vec::as_slice).collect();
                self.release_except(body, &place, ty, &parts);
            }
            (kind, _) => self.statement(body, kind),
        }
    }

    /// Releases a value but for some of its parts. That a part is there says which variant it is.
    fn release_except(
        &mut self,
        body: &mut Body,
        place: &Place,
        ty: TypeId,
        parts: &[&[Projection]],
    ) {
        if parts.iter().any(|part| part.is_empty()) {
            return;
        }
        let Some(first) = parts.first().and_then(|part| part.first()) else {
            return self.release(body, place, ty);
        };
        let variant = match *first {
            Projection::Variant { variant, .. } => variant,
            Projection::Some | Projection::Err => 1,
            _ => 0,
        };
        for (projection, member) in self.members(ty, variant) {
            let inner: Vec<&[Projection]> = parts
                .iter()
                .filter_map(|part| part.strip_prefix(&[projection]))
                .collect();
            self.release_except(body, &place.project(projection), member, &inner);
        }
    }
}

fn overlap(a: &[Projection], b: &[Projection]) -> bool {
    a.starts_with(b) || b.starts_with(a)
}
