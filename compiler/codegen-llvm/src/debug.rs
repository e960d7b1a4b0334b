//! DWARF line tables: functions and positions, no types or variables. Paths are relative to a fixed directory, so that the bytes do not depend on
//! where the compiler runs.

use fuse_ir::mir::{Function, LocId, Program};
use inkwell::context::Context;
use inkwell::debug_info::{
    AsDIScope, DICompileUnit, DIFile, DIFlags, DIFlagsConstants, DILocation, DISubprogram,
    DISubroutineType, DWARFEmissionKind, DWARFSourceLanguage, DebugInfoBuilder,
};
use inkwell::module::{FlagBehavior, Module};
use inkwell::values::FunctionValue;

use crate::options::{OptLevel, Options};

/// Stands for the package root; debuggers map it with their `substitute-path`.
const DIRECTORY: &str = "/fuse/src";

pub(crate) struct DebugInfo<'ctx> {
    builder: DebugInfoBuilder<'ctx>,
    context: &'ctx Context,
    unit: DICompileUnit<'ctx>,
    files: Vec<DIFile<'ctx>>,
    function_type: DISubroutineType<'ctx>,
    optimised: bool,
}

impl<'ctx> DebugInfo<'ctx> {
    pub fn new(
        context: &'ctx Context,
        module: &Module<'ctx>,
        program: &Program,
        options: &Options,
    ) -> DebugInfo<'ctx> {
        let i32 = context.i32_type();
        let version = u64::from(inkwell::debug_info::debug_metadata_version());
        module.add_basic_value_flag(
            "Debug Info Version",
            FlagBehavior::Warning,
            i32.const_int(version, false),
        );
        module.add_basic_value_flag(
            "Dwarf Version",
            FlagBehavior::Warning,
            i32.const_int(5, false),
        );
        let optimised = options.opt != OptLevel::O0;
        let main_file = program.files.first().map_or("program", String::as_str);
        let (builder, unit) = module.create_debug_info_builder(
            true,
            DWARFSourceLanguage::C,
            main_file,
            DIRECTORY,
            "fuse",
            optimised,
            "",
            0,
            "",
            DWARFEmissionKind::LineTablesOnly,
            0,
            false,
            false,
            "",
            "",
        );
        let files = program
            .files
            .iter()
            .map(|path| builder.create_file(path, DIRECTORY))
            .collect();
        let function_type =
            builder.create_subroutine_type(unit.get_file(), None, &[], DIFlags::ZERO);
        DebugInfo {
            builder,
            context,
            unit,
            files,
            function_type,
            optimised,
        }
    }

    /// Describes a function and attaches the description to it.
    pub fn function(
        &self,
        program: &Program,
        value: FunctionValue<'ctx>,
        function: &Function,
    ) -> DISubprogram<'ctx> {
        let loc = program.loc_data(function.loc);
        let file = self.file(function.loc, loc.file);
        let subprogram = self.builder.create_function(
            self.unit.as_debug_info_scope(),
            &function.name,
            None,
            file,
            loc.line,
            self.function_type,
            true,
            true,
            loc.line,
            DIFlags::ZERO,
            self.optimised,
        );
        value.set_subprogram(subprogram);
        subprogram
    }

    fn file(&self, id: LocId, index: u32) -> DIFile<'ctx> {
        match self.files.get(index as usize) {
            Some(&file) if id.as_u32() != 0 => file,
            _ => self.unit.get_file(),
        }
    }

    /// The position in its file; positions without a place, or in another file than the function's, are at the function.
    pub fn location(
        &self,
        program: &Program,
        subprogram: DISubprogram<'ctx>,
        loc: LocId,
        function: LocId,
    ) -> DILocation<'ctx> {
        let home = program.loc_data(function);
        let mut at = program.loc_data(loc);
        if loc.as_u32() == 0 || at.file != home.file {
            at = home;
        }
        self.builder.create_debug_location(
            self.context,
            at.line,
            at.column,
            subprogram.as_debug_info_scope(),
            None,
        )
    }

    pub fn finish(&self) {
        self.builder.finalize();
    }
}
