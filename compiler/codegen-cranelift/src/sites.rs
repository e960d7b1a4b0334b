//! Interns the places where faults can happen; a site number is what generated code hands to the runtime.

use fuse_ir::mir::{FuncId, LocId};
use indexmap::IndexSet;

/// Number 0 is "nowhere"; the others count from 1 in order of first use.
#[derive(Default)]
pub struct SiteTable {
    sites: IndexSet<(LocId, FuncId)>,
}

impl SiteTable {
    pub fn intern(&mut self, loc: LocId, function: FuncId) -> u64 {
        if loc.as_u32() == 0 {
            return 0;
        }
        self.sites.insert_full((loc, function)).0 as u64 + 1
    }

    /// Sites 1, 2, ...
    pub fn iter(&self) -> impl Iterator<Item = (LocId, FuncId)> + '_ {
        self.sites.iter().copied()
    }
}
