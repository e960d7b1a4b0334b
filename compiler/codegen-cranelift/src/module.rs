//! One JIT module per program: declarations of functions and rows, then every body.

use std::collections::BTreeMap;

use cranelift::codegen::Context;
use cranelift::codegen::entity::SecondaryMap;
use cranelift::codegen::isa::CallConv;
use cranelift::prelude::*;
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId as CodeId, Linkage, Module, ModuleError, default_libcall_names};
use fuse_abi::RuntimeFn;
use fuse_ir::layout::Layouts;
use fuse_ir::mir::{FuncId, Program};

use crate::data::StaticData;
use crate::function::FunctionTranslator;
use crate::sites::SiteTable;
use crate::{CodegenError, Options, signature};

/// What translating functions share.
pub struct ModuleTranslator<'a> {
    pub program: &'a Program,
    pub layouts: &'a Layouts,
    pub module: JITModule,
    pub data: StaticData,
    pub sites: SiteTable,
    symbols: &'a [(&'a str, *const u8)],
    functions: SecondaryMap<FuncId, Option<CodeId>>,
    rows: BTreeMap<RuntimeFn, CodeId>,
}

/// Finished code: entry points by MIR function.
pub struct CompiledModule {
    pub module: JITModule,
    pub data: StaticData,
    pub sites: SiteTable,
    pub addresses: SecondaryMap<FuncId, usize>,
    /// The runtime's flag binder, when its address was given.
    pub run_main: Option<*const u8>,
    pub run_migrations: Option<*const u8>,
}

impl<'a> ModuleTranslator<'a> {
    pub fn new(
        program: &'a Program,
        layouts: &'a Layouts,
        symbols: &'a [(&'a str, *const u8)],
        options: &Options,
    ) -> Result<Self, CodegenError> {
        let mut builder = JITBuilder::with_isa(host_isa(options)?, default_libcall_names());
        builder.symbols(symbols.iter().copied());
        Ok(ModuleTranslator {
            program,
            layouts,
            module: JITModule::new(builder),
            data: StaticData::new(program, layouts)?,
            sites: SiteTable::default(),
            symbols,
            functions: SecondaryMap::new(),
            rows: BTreeMap::new(),
        })
    }

    pub fn call_conv(&self) -> CallConv {
        self.module.isa().default_call_conv()
    }

    pub fn translate(mut self) -> Result<CompiledModule, CodegenError> {
        for (id, function) in &self.program.functions {
            let signature = signature::of_function(function, self.layouts, self.call_conv());
            let code = self
                .module
                .declare_function(
                    &format!("fuse.{}:{}", id.as_u32(), function.name),
                    Linkage::Local,
                    &signature,
                )
                .map_err(|e| refused(&function.name, &e))?;
            self.functions[id] = Some(code);
        }
        let mut context = self.module.make_context();
        let mut builder_context = FunctionBuilderContext::new();
        for id in self.program.functions.keys() {
            self.define(id, &mut context, &mut builder_context)?;
        }
        self.module
            .finalize_definitions()
            .map_err(|e| CodegenError::Memory(e.to_string()))?;
        let mut addresses = SecondaryMap::new();
        for id in self.program.functions.keys() {
            let code = self.function(id);
            addresses[id] = self.module.get_finalized_function(code) as usize;
        }
        let run_main = self.symbol("fuse_run_main");
        let run_migrations = self.symbol("fuse_run_migrations");
        Ok(CompiledModule {
            module: self.module,
            data: self.data,
            sites: self.sites,
            addresses,
            run_main,
            run_migrations,
        })
    }

    fn define(
        &mut self,
        id: FuncId,
        context: &mut Context,
        builder_context: &mut FunctionBuilderContext,
    ) -> Result<(), CodegenError> {
        let function = &self.program.functions[id];
        let code = self.function(id);
        context.func.signature = signature::of_function(function, self.layouts, self.call_conv());
        let builder = FunctionBuilder::new(&mut context.func, builder_context);
        FunctionTranslator::new(self, builder, id).translate()?;
        self.module
            .define_function(code, context)
            .map_err(|e| refused(&function.name, &e))?;
        self.module.clear_context(context);
        Ok(())
    }

    pub fn function(&self, id: FuncId) -> CodeId {
        self.functions[id]
            .expect("invariant: every function is declared before bodies are translated")
    }

    /// Declares a row on first use.
    pub fn row(&mut self, row: RuntimeFn) -> Result<CodeId, CodegenError> {
        if let Some(&code) = self.rows.get(&row) {
            return Ok(code);
        }
        if self.symbol(row.symbol()).is_none() {
            return Err(CodegenError::MissingSymbol(row.symbol()));
        }
        let signature = signature::of_row(row, self.call_conv());
        let code = self
            .module
            .declare_function(row.symbol(), Linkage::Import, &signature)
            .map_err(|e| refused(row.symbol(), &e))?;
        self.rows.insert(row, code);
        Ok(code)
    }

    fn symbol(&self, name: &str) -> Option<*const u8> {
        self.symbols
            .iter()
            .find(|(symbol, _)| *symbol == name)
            .map(|&(_, address)| address)
    }
}

fn refused(name: &str, error: &ModuleError) -> CodegenError {
    CodegenError::Function {
        name: name.to_owned(),
        reason: format!("{error:?}"),
    }
}

fn host_isa(options: &Options) -> Result<isa::OwnedTargetIsa, CodegenError> {
    let settings = [
        ("opt_level", if options.optimize { "speed" } else { "none" }),
        ("is_pic", "false"),
        ("use_colocated_libcalls", "false"),
        // Frames larger than a page touch each page in line; there is no probe function to call.
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
        ("unwind_info", "false"),
        (
            "enable_verifier",
            if cfg!(debug_assertions) {
                "true"
            } else {
                "false"
            },
        ),
    ];
    let host = |reason: String| CodegenError::Host(reason);
    let mut flags = settings::builder();
    for (name, value) in settings {
        flags.set(name, value).map_err(|e| host(e.to_string()))?;
    }
    cranelift_native::builder()
        .map_err(|reason| host(reason.to_owned()))?
        .finish(settings::Flags::new(flags))
        .map_err(|e| host(e.to_string()))
}
