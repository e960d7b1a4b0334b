//! What one LLVM module shares: declarations of functions and runtime rows, globals, text constants, fault sites.

use std::cell::RefCell;
use std::collections::BTreeMap;

use fuse_abi::{ParamKind, ReturnKind, RuntimeFn};
use fuse_ir::image::{Image, Target, image};
use fuse_ir::layout::Layouts;
use fuse_ir::mir::{FuncId, Function, GlobalId, LocId, ObjectId, Program, StrId};
use indexmap::IndexSet;
use inkwell::ThreadLocalMode;
use inkwell::attributes::AttributeLoc;
use inkwell::context::Context;
use inkwell::module::{FlagBehavior, Linkage, Module};
use inkwell::targets::TargetMachine;
use inkwell::types::{BasicMetadataTypeEnum, FunctionType};
use inkwell::values::{BasicValueEnum, FunctionValue, GlobalValue, PointerValue, UnnamedAddress};

use crate::alias::Region;
use crate::attributes::Attributes;
use crate::builder::{Builder, Built};
use crate::convention::{Convention, Signature};
use crate::debug::DebugInfo;
use crate::effort::Effort;
use crate::options::{CodegenError, OptLevel, Options};
use crate::types::{PointerKind, Types};
use crate::{entry, function, target};

/// Name of the function giving the thread's context from the module's own thread-local copy. The core bitcode uses it too.
pub(crate) const CONTEXT_ACCESSOR: &str = "fuse.context";

/// Texts are aligned like what the allocator gives.
const TEXT_ALIGN: u32 = 16;

pub(crate) struct Declared<'ctx> {
    pub value: FunctionValue<'ctx>,
    pub signature: Signature,
}

pub(crate) struct ModuleCx<'a, 'ctx> {
    pub program: &'a Program,
    pub layouts: &'a Layouts,
    pub options: &'a Options<'a>,
    pub convention: Convention<'a>,
    pub context: &'ctx Context,
    pub module: &'a Module<'ctx>,
    pub builder: Builder<'ctx>,
    pub attributes: Attributes<'ctx>,
    pub debug: Option<DebugInfo<'ctx>>,
    functions: Vec<Declared<'ctx>>,
    globals: Vec<PointerValue<'ctx>>,
    texts: RefCell<Vec<Option<PointerValue<'ctx>>>>,
    objects: RefCell<BTreeMap<ObjectId, PointerValue<'ctx>>>,
    rows: RefCell<BTreeMap<RuntimeFn, FunctionValue<'ctx>>>,
    /// Where faults can happen; index + 1 is the site number.
    sites: RefCell<IndexSet<(LocId, FuncId)>>,
    /// Absent where nothing is optimised.
    pub effort: Option<Effort>,
    thread: GlobalValue<'ctx>,
    context_accessor: FunctionValue<'ctx>,
}

/// The whole program as an LLVM module, not yet optimised, without core.
pub(crate) fn translate<'ctx>(
    context: &'ctx Context,
    machine: &TargetMachine,
    program: &Program,
    layouts: &Layouts,
    options: &Options,
) -> Result<Module<'ctx>, CodegenError> {
    let module = new_module(context, machine, options);
    let cx = ModuleCx::new(context, &module, program, layouts, options);
    for (id, mir) in program.functions.iter() {
        function::translate(&cx, id, mir);
    }
    entry::emit(&cx);
    if let Some(debug) = &cx.debug {
        debug.finish();
    }
    drop(cx);
    Ok(module)
}

fn new_module<'ctx>(
    context: &'ctx Context,
    machine: &TargetMachine,
    options: &Options,
) -> Module<'ctx> {
    // Fixed names: nothing of the machine or directory goes into the object.
    let module = context.create_module("fuse_program");
    module.set_source_file_name("fuse_program");
    module.set_triple(&machine.get_triple());
    module.set_data_layout(&machine.get_target_data().get_data_layout());
    if let Some(level) = target::pic_level(options.target) {
        let level = context.i32_type().const_int(level, false);
        for flag in ["PIC Level", "PIE Level"] {
            module.add_basic_value_flag(flag, FlagBehavior::Override, level);
        }
    }
    module
}

impl<'a, 'ctx> ModuleCx<'a, 'ctx> {
    fn new(
        context: &'ctx Context,
        module: &'a Module<'ctx>,
        program: &'a Program,
        layouts: &'a Layouts,
        options: &'a Options<'a>,
    ) -> ModuleCx<'a, 'ctx> {
        let builder = Builder::new(context);
        let llvm = builder.llvm;
        let attributes = Attributes::new(context);
        let convention = Convention {
            types: &program.types,
            layouts,
        };
        let effort = (options.opt == OptLevel::O2).then(|| Effort::of(program));
        let functions = program
            .functions
            .iter()
            .map(|(id, function)| {
                let signature = convention.signature(function);
                let ty = convention.function_type(llvm, &signature);
                // The prefix keeps user names away from those of the C library, which LLVM knows.
                let name = format!("fuse::{}", function.name);
                let value = module.add_function(&name, ty, Some(Linkage::Internal));
                value.set_call_conventions(signature.convention);
                convention.describe(attributes, llvm, value, function, &signature);
                if let Some(effort) = &effort {
                    effort.describe(attributes, id, function, value);
                }
                Declared { value, signature }
            })
            .collect();
        let thread = module.add_global(llvm.ptr, None, "fuse.thread");
        thread.set_linkage(Linkage::Internal);
        thread.set_thread_local_mode(Some(ThreadLocalMode::LocalExecTLSModel));
        thread.set_initializer(&llvm.ptr.const_null());
        let context_accessor = module.add_function(
            CONTEXT_ACCESSOR,
            llvm.ptr.fn_type(&[], false),
            Some(Linkage::Internal),
        );
        let mut cx = ModuleCx {
            program,
            layouts,
            options,
            convention,
            context,
            module,
            builder,
            attributes,
            debug: options
                .debug_info
                .then(|| DebugInfo::new(context, module, program, options)),
            functions,
            globals: Vec::new(),
            texts: RefCell::new(vec![None; program.strings.len()]),
            objects: RefCell::default(),
            rows: RefCell::new(BTreeMap::new()),
            sites: RefCell::new(IndexSet::new()),
            effort,
            thread,
            context_accessor,
        };
        cx.globals = cx.declare_globals();
        cx.define_context_accessor();
        cx
    }

    pub fn llvm(&self) -> Types<'ctx> {
        self.builder.llvm
    }

    pub fn function(&self, id: FuncId) -> &Declared<'ctx> {
        &self.functions[id.as_u32() as usize]
    }

    /// A second, always inlined function of the same kind, without a body yet.
    pub fn declare_twin(&self, id: FuncId, function: &Function) -> FunctionValue<'ctx> {
        let signature = &self.function(id).signature;
        let ty = self.convention.function_type(self.llvm(), signature);
        let name = format!("fuse::{}::inlined", function.name);
        let value = self.module.add_function(&name, ty, Some(Linkage::Internal));
        value.set_call_conventions(signature.convention);
        self.convention
            .describe(self.attributes, self.llvm(), value, function, signature);
        value.add_attribute(AttributeLoc::Function, self.attributes.flag("alwaysinline"));
        value
    }

    pub fn global(&self, id: GlobalId) -> PointerValue<'ctx> {
        self.globals[id.as_u32() as usize]
    }

    fn declare_globals(&self) -> Vec<PointerValue<'ctx>> {
        self.program
            .globals
            .values()
            .map(|global| {
                let layout = self.layouts.of(global.ty);
                let storage = self.llvm().bytes(layout.size);
                let name = format!("fuse::{}", global.name);
                let value = self.module.add_global(storage, None, &name);
                value.set_linkage(Linkage::Internal);
                value.set_alignment(layout.align as u32);
                value.set_initializer(&storage.const_zero());
                value.as_pointer_value()
            })
            .collect()
    }

    fn define_context_accessor(&self) {
        let function = self.context_accessor;
        for name in ["alwaysinline", "nounwind", "willreturn"] {
            function.add_attribute(AttributeLoc::Function, self.attributes.flag(name));
        }
        let block = self.context.append_basic_block(function, "");
        self.builder.raw.position_at_end(block);
        let thread = self.thread.as_pointer_value();
        let context = self
            .builder
            .load_pointer(thread, PointerKind::Object, Region::Context);
        self.builder.raw.build_return(Some(&context)).built();
    }

    /// The thread's context, for the function being built.
    pub fn thread_context(&self) -> PointerValue<'ctx> {
        self.builder
            .raw
            .build_call(self.context_accessor, &[], "")
            .built()
            .try_as_basic_value()
            .unwrap_basic()
            .into_pointer_value()
    }

    /// Asks the runtime for the context and keeps it: done by every function the runtime calls, because each may run on another thread.
    pub fn remember_thread_context(&self) {
        let context = self
            .builder
            .raw
            .build_call(self.row(RuntimeFn::Context), &[], "")
            .built()
            .try_as_basic_value()
            .unwrap_basic();
        self.builder
            .store(context, self.thread.as_pointer_value(), 8, Region::Context);
    }

    /// The runtime function of a row, declared on first use.
    pub fn row(&self, row: RuntimeFn) -> FunctionValue<'ctx> {
        if let Some(&function) = self.rows.borrow().get(&row) {
            return function;
        }
        let function = self
            .module
            .add_function(row.symbol(), self.row_type(row), None);
        self.attributes.describe_row(function, row);
        self.rows.borrow_mut().insert(row, function);
        function
    }

    fn row_type(&self, row: RuntimeFn) -> FunctionType<'ctx> {
        let llvm = self.llvm();
        let mut params: Vec<BasicMetadataTypeEnum> = Vec::new();
        if row.ret() == ReturnKind::Out {
            params.push(llvm.ptr.into());
        }
        params.extend(row.params().iter().map(|param| match param {
            ParamKind::I64 => BasicMetadataTypeEnum::from(llvm.i64),
            ParamKind::F64 => llvm.f64.into(),
            ParamKind::Bool => llvm.i1.into(),
            ParamKind::Raw | ParamKind::Obj | ParamKind::Own | ParamKind::Slot => llvm.ptr.into(),
        }));
        if row.has(fuse_abi::Attribute::Faults) {
            params.push(llvm.i64.into());
        }
        match row.ret() {
            ReturnKind::Unit | ReturnKind::Out | ReturnKind::Never => {
                self.context.void_type().fn_type(&params, false)
            }
            ReturnKind::I64 => llvm.i64.fn_type(&params, false),
            ReturnKind::F64 => llvm.f64.fn_type(&params, false),
            ReturnKind::Bool => llvm.i1.fn_type(&params, false),
            ReturnKind::Raw | ReturnKind::Own => llvm.ptr.fn_type(&params, false),
        }
    }

    /// The number the runtime gets for a place where a fault can happen.
    pub fn site(&self, loc: LocId, function: FuncId) -> u64 {
        if loc.as_u32() == 0 {
            return 0;
        }
        self.sites.borrow_mut().insert_full((loc, function)).0 as u64 + 1
    }

    /// Every site used so far, from number 1 on.
    pub fn sites(&self) -> Vec<(LocId, FuncId)> {
        self.sites.borrow().iter().copied().collect()
    }

    /// An immortal text object: count 0, capacity, length, bytes.
    pub fn text(&self, id: StrId) -> PointerValue<'ctx> {
        if let Some(pointer) = self.texts.borrow()[id.as_u32() as usize] {
            return pointer;
        }
        let bytes = self.program.string_bytes(id);
        let llvm = self.llvm();
        let length = bytes.len() as u64;
        let object = self.context.const_struct(
            &[
                llvm.i32.const_zero().into(),
                llvm.i32.const_int(length, false).into(),
                llvm.i64.const_int(length, false).into(),
                self.context.const_string(bytes, false).into(),
            ],
            false,
        );
        let pointer = self.constant(object.into(), TEXT_ALIGN);
        self.texts.borrow_mut()[id.as_u32() as usize] = Some(pointer);
        pointer
    }

    /// A constant object, with those it refers to.
    pub fn object(&self, id: ObjectId) -> PointerValue<'ctx> {
        if let Some(&pointer) = self.objects.borrow().get(&id) {
            return pointer;
        }
        let Image { bytes, addresses } = image(self.program, self.layouts, id);
        let mut pieces: Vec<BasicValueEnum> = Vec::new();
        let mut from = 0;
        for (offset, target) in addresses {
            pieces.push(
                self.context
                    .const_string(&bytes[from..offset], false)
                    .into(),
            );
            pieces.push(match target {
                Target::Text(id) => self.text(id).into(),
                Target::Object(id) => self.object(id).into(),
            });
            from = offset + size_of::<u64>();
        }
        pieces.push(self.context.const_string(&bytes[from..], false).into());
        let value = self.context.const_struct(&pieces, true);
        let pointer = self.constant(value.into(), TEXT_ALIGN);
        self.objects.borrow_mut().insert(id, pointer);
        pointer
    }

    /// A constant without identity.
    pub fn constant(
        &self,
        value: inkwell::values::BasicValueEnum<'ctx>,
        align: u32,
    ) -> PointerValue<'ctx> {
        let global = self.module.add_global(value.get_type(), None, "");
        global.set_linkage(Linkage::Private);
        global.set_constant(true);
        global.set_unnamed_address(UnnamedAddress::Global);
        global.set_alignment(align);
        global.set_initializer(&value);
        global.as_pointer_value()
    }
}
