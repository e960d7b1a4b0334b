//! From lowered MIR to what back ends take, and the text of the stages in between.

use fuse_ir::layout::Layouts;
use fuse_ir::pipeline::{self, Options, Prepared};
use fuse_ir::{mir, ownership};

use crate::{Checked, DriverError, Timings};

/// Runs the ownership passes and expansion.
pub fn prepare(checked: &Checked, timings: &mut Timings) -> Result<Prepared, DriverError> {
    let prepared = pipeline::prepare(checked.lowered.clone(), Options::default())
        .map_err(|defect| DriverError::Middle(defect.to_string()))?;
    timings.extend(&prepared.timings);
    Ok(prepared)
}

/// Text of the program after the ownership passes.
pub fn owned_text(checked: &Checked) -> String {
    let mut program = checked.lowered.clone();
    let layouts = Layouts::compute(&program.types);
    ownership::run(&mut program, &layouts);
    mir::text::print(&program)
}
