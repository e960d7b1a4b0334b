//! LLVM attributes, and those the rows of the runtime table imply.

use fuse_abi::{Attribute as RowAttribute, ParamKind, ReturnKind, RuntimeFn};
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::context::Context;
use inkwell::types::AnyTypeEnum;
use inkwell::values::FunctionValue;

/// Alignment every counted object is sure to have, in bytes.
pub(crate) const OBJECT_ALIGN: u64 = 8;

/// `memory(read)`: two bits per kind of location, 1 reads, 2 writes.
const MEMORY_READ: u64 = 0b01_01_01_01_01_01;

/// `memory(argmem: read)`
pub(crate) const MEMORY_ARGUMENTS_READ: u64 = 0b01;

/// `memory(argmem: readwrite)`
pub(crate) const MEMORY_ARGUMENTS: u64 = 0b11;

/// Makes attributes of one context.
#[derive(Clone, Copy)]
pub(crate) struct Attributes<'ctx> {
    context: &'ctx Context,
}

impl<'ctx> Attributes<'ctx> {
    pub fn new(context: &'ctx Context) -> Attributes<'ctx> {
        Attributes { context }
    }

    /// An attribute without a value.
    pub fn flag(self, name: &str) -> Attribute {
        self.value(name, 0)
    }

    pub fn value(self, name: &str, value: u64) -> Attribute {
        let kind = Attribute::get_named_enum_kind_id(name);
        assert!(kind != 0, "invariant: LLVM has the attribute `{name}`");
        self.context.create_enum_attribute(kind, value)
    }

    /// An attribute LLVM knows by its text only.
    pub fn text(self, name: &str, value: &str) -> Attribute {
        self.context.create_string_attribute(name, value)
    }

    pub fn with_type(self, name: &str, ty: AnyTypeEnum<'ctx>) -> Attribute {
        let kind = Attribute::get_named_enum_kind_id(name);
        assert!(kind != 0, "invariant: LLVM has the attribute `{name}`");
        self.context.create_type_attribute(kind, ty)
    }

    pub fn memory_none(self) -> Attribute {
        self.value("memory", 0)
    }

    /// The pointer is not kept.
    pub fn not_captured(self) -> Attribute {
        self.value("captures", 0)
    }

    /// Puts on a declaration or definition what its row promises.
    pub fn describe_row(self, function: FunctionValue<'ctx>, row: RuntimeFn) {
        let add = |name| function.add_attribute(AttributeLoc::Function, self.flag(name));
        // Faults leave for the guard without unwinding.
        add("nounwind");
        if row.has(RowAttribute::Cold) {
            add("cold");
        }
        if row.ret() == ReturnKind::Never {
            add("noreturn");
            // A check is not what makes a function large: what it may lead to never runs.
            let free = self.text("call-inline-cost", "0");
            function.add_attribute(AttributeLoc::Function, free);
        }
        if row.has(RowAttribute::Const) {
            for name in ["willreturn", "nosync", "nofree", "nocallback"] {
                add(name);
            }
            function.add_attribute(AttributeLoc::Function, self.memory_none());
        }
        if row.has(RowAttribute::Pure) {
            for name in ["willreturn", "nosync", "nofree", "nocallback"] {
                add(name);
            }
            function.add_attribute(AttributeLoc::Function, self.value("memory", MEMORY_READ));
        }
        self.describe_result(function, row);
        self.describe_params(function, row);
    }

    fn describe_result(self, function: FunctionValue<'ctx>, row: RuntimeFn) {
        let add = |attribute| function.add_attribute(AttributeLoc::Return, attribute);
        match row.ret() {
            ReturnKind::Bool => {
                add(self.flag("zeroext"));
                add(self.flag("noundef"));
            }
            ReturnKind::I64 | ReturnKind::F64 | ReturnKind::Raw | ReturnKind::Own => {
                add(self.flag("noundef"));
            }
            ReturnKind::Unit | ReturnKind::Out | ReturnKind::Never => {}
        }
        if row.has(RowAttribute::Allocates) {
            add(self.flag("noalias"));
            add(self.flag("nonnull"));
            add(self.value("align", OBJECT_ALIGN));
        }
    }

    fn describe_params(self, function: FunctionValue<'ctx>, row: RuntimeFn) {
        let mut index = 0;
        let add = |index, attribute| {
            function.add_attribute(AttributeLoc::Param(index), attribute);
        };
        if row.ret() == ReturnKind::Out {
            for name in ["noundef", "nonnull", "noalias"] {
                add(index, self.flag(name));
            }
            add(index, self.not_captured());
            index += 1;
        }
        for &param in row.params() {
            add(index, self.flag("noundef"));
            match param {
                ParamKind::Bool => add(index, self.flag("zeroext")),
                // Known where the body is seen; elsewhere it would tell nobody anything.
                ParamKind::Obj | ParamKind::Own if row.has(RowAttribute::Core) => {
                    add(index, self.flag("nonnull"));
                    add(index, self.value("align", OBJECT_ALIGN));
                }
                ParamKind::Slot => {
                    add(index, self.flag("nonnull"));
                    add(index, self.flag("readonly"));
                    add(index, self.not_captured());
                }
                ParamKind::I64
                | ParamKind::F64
                | ParamKind::Raw
                | ParamKind::Obj
                | ParamKind::Own => {}
            }
            if param == ParamKind::Obj && row.has(RowAttribute::Pure) {
                add(index, self.flag("readonly"));
                add(index, self.not_captured());
            }
            index += 1;
        }
        if row.has(RowAttribute::Faults) {
            add(index, self.flag("noundef"));
        }
    }
}
