//! The constants the runtime starts from: `abi::entry` as LLVM constants. Field order and sizes are those of the Rust definitions, which a test
//! compares.

use std::cell::RefCell;
use std::collections::BTreeMap;

use fuse_abi::note;
use fuse_ir::mir::{FuncId, MainEntry, Route, Segment, Service};
use inkwell::module::Linkage;
use inkwell::values::{BasicValueEnum, PointerValue, StructValue};

use crate::PROGRAM_SYMBOL;
use crate::module::ModuleCx;

/// The runtime's flag binder, linked only into programs with `fn main`.
const RUN_MAIN: &str = "fuse_run_main";

/// What applies migrations, linked only into programs that have some.
const RUN_MIGRATIONS: &str = "fuse_run_migrations";

const ALIGN: u32 = 8;

/// Defines the descriptor. All functions must have been translated, because they number the sites.
pub(crate) fn emit(cx: &ModuleCx) {
    let tables = Tables {
        cx,
        texts: RefCell::new(BTreeMap::new()),
    };
    let program = tables.program();
    let global = cx
        .module
        .add_global(program.get_type(), None, PROGRAM_SYMBOL);
    global.set_linkage(Linkage::External);
    global.set_constant(true);
    global.set_alignment(ALIGN);
    global.set_initializer(&program);
}

struct Tables<'m, 'a, 'ctx> {
    cx: &'m ModuleCx<'a, 'ctx>,
    /// Bytes of the texts emitted so far: file and function names occur often.
    texts: RefCell<BTreeMap<String, PointerValue<'ctx>>>,
}

impl<'ctx> Tables<'_, '_, 'ctx> {
    fn program(&self) -> StructValue<'ctx> {
        let cx = self.cx;
        let entry = &cx.program.entry;
        let null = cx.llvm().ptr.const_null();
        let config_names: Vec<_> = entry
            .config_names
            .iter()
            .flat_map(|(prefix, names)| names.iter().map(move |(env, field)| (prefix, env, field)))
            .map(|(prefix, env, field)| {
                self.record(&[self.text(prefix), self.text(env), self.text(field)])
            })
            .collect();
        let apps: Vec<_> = entry
            .apps
            .iter()
            .map(|(name, run)| self.record(&[self.text(name), self.function(*run)]))
            .collect();
        let services: Vec<_> = entry
            .services
            .iter()
            .map(|service| self.service(service))
            .collect();
        let sites = self.sites();
        let main = entry.main.as_ref().map_or(null, |main| {
            let main = self.main(main);
            cx.constant(main, ALIGN)
        });
        let run_main = entry.main.as_ref().map_or(null.into(), |_| self.run_main());
        let migrations: Vec<_> = entry
            .migrations
            .iter()
            .map(|migration| {
                self.record(&[
                    self.text(&migration.package),
                    self.text(&migration.name),
                    self.function(migration.function),
                ])
            })
            .collect();
        let run_migrations = match migrations.is_empty() {
            true => null.into(),
            false => self.run_migrations(),
        };
        let needs_stack = cx
            .program
            .functions
            .values()
            .any(|function| function.effects.recursive);
        cx.context.const_struct(
            &[
                self.build_info(),
                self.slice(&sites),
                self.slice(&config_names),
                self.slice(&apps),
                self.slice(&services),
                entry
                    .configs
                    .map_or(null.into(), |function| self.function(function)),
                main.into(),
                run_main,
                self.slice(&migrations),
                run_migrations,
                self.word(needs_stack),
                self.word(cx.options.release),
            ],
            false,
        )
    }

    /// Two ELF notes, which tools find without running the program, for the linking stage to fill in. The object says nothing about the
    /// profile, so that profiles with the same code share it, and their executables have the same addresses.
    fn build_info(&self) -> BasicValueEnum<'ctx> {
        let cx = self.cx;
        let llvm = cx.llvm();
        let fields = [note::BUILD_INFO, note::FEATURES].map(|kind| self.note(kind));
        let record = cx.context.const_struct(&fields, false);
        let global = cx.module.add_global(record.get_type(), None, "fuse.note");
        // AddressSanitizer puts space around globals unless others may take their place; readers of notes do not expect any.
        global.set_linkage(match cx.options.address_sanitizer {
            true => Linkage::WeakAny,
            false => Linkage::Internal,
        });
        global.set_constant(true);
        global.set_alignment(note::ALIGN);
        global.set_section(Some(note::SECTION));
        global.set_initializer(&record);
        let start = 3 * size_of::<u32>() + note::NAME.len();
        let offset = llvm.i64.const_int(start as u64, false);
        // SAFETY: the offset is that of the text inside the global.
        let pointer = unsafe {
            global
                .as_pointer_value()
                .const_in_bounds_gep(cx.context.i8_type(), &[offset])
        };
        let room = llvm.i64.const_int(note::ROOM as u64, false);
        self.record(&[pointer.into(), room.into()])
    }

    /// A note without its text.
    fn note(&self, kind: u32) -> BasicValueEnum<'ctx> {
        let context = self.cx.context;
        self.record(&[
            self.number(note::NAME_LENGTH),
            self.number(note::ROOM as u32),
            self.number(kind),
            context.const_string(note::NAME, false).into(),
            context.const_string(&[0; note::ROOM], false).into(),
        ])
    }

    /// Number 0 is nowhere.
    fn sites(&self) -> Vec<BasicValueEnum<'ctx>> {
        let program = self.cx.program;
        let nowhere = (String::new(), String::new(), 0, 0);
        let known = self.cx.sites().into_iter().map(|(loc, function)| {
            let at = program.loc_data(loc);
            let file = program.files.get(at.file as usize).cloned();
            let name = program.functions[function].name.clone();
            (file.unwrap_or_default(), name, at.line, at.column)
        });
        std::iter::once(nowhere)
            .chain(known)
            .map(|(file, function, line, column)| {
                self.record(&[
                    self.text(&file),
                    self.text(&function),
                    self.number(line),
                    self.number(column),
                ])
            })
            .collect()
    }

    fn main(&self, main: &MainEntry) -> BasicValueEnum<'ctx> {
        let flags: Vec<_> = main
            .flags
            .iter()
            .map(|flag| {
                self.record(&[
                    self.text(&flag.name),
                    self.text(&flag.type_name),
                    self.word(flag.is_bool),
                    self.word(flag.required),
                    self.text(&flag.default),
                ])
            })
            .collect();
        self.record(&[
            self.function(main.function),
            self.text(&main.doc),
            self.slice(&flags),
        ])
    }

    fn run_main(&self) -> BasicValueEnum<'ctx> {
        let llvm = self.cx.llvm();
        let ty = llvm
            .i64
            .fn_type(&[llvm.ptr.into(), llvm.i64.into(), llvm.ptr.into()], false);
        self.cx
            .module
            .add_function(RUN_MAIN, ty, None)
            .as_global_value()
            .as_pointer_value()
            .into()
    }

    fn run_migrations(&self) -> BasicValueEnum<'ctx> {
        let llvm = self.cx.llvm();
        let ty = llvm.i64.fn_type(&[llvm.ptr.into()], false);
        self.cx
            .module
            .add_function(RUN_MIGRATIONS, ty, None)
            .as_global_value()
            .as_pointer_value()
            .into()
    }

    fn service(&self, service: &Service) -> BasicValueEnum<'ctx> {
        let base: Vec<_> = service.base.iter().map(|part| self.text(part)).collect();
        let routes: Vec<_> = service
            .routes
            .iter()
            .map(|route| self.route(route))
            .collect();
        self.record(&[
            self.text(&service.name),
            self.slice(&base),
            self.slice(&routes),
        ])
    }

    fn route(&self, route: &Route) -> BasicValueEnum<'ctx> {
        let segments: Vec<_> = route
            .segments
            .iter()
            .map(|segment| {
                let (text, is_param) = match segment {
                    Segment::Literal(text) => (text, false),
                    Segment::Param(name, _) => (name, true),
                };
                self.record(&[self.text(text), self.word(is_param), self.word(false)])
            })
            .collect();
        self.record(&[
            self.text(route.method),
            self.slice(&segments),
            self.function(route.function),
            self.word(route.has_body),
            self.word(route.blocks),
        ])
    }

    fn function(&self, id: FuncId) -> BasicValueEnum<'ctx> {
        self.cx
            .function(id)
            .value
            .as_global_value()
            .as_pointer_value()
            .into()
    }

    fn record(&self, fields: &[BasicValueEnum<'ctx>]) -> BasicValueEnum<'ctx> {
        self.cx.context.const_struct(fields, false).into()
    }

    /// `Text`: pointer and length.
    fn text(&self, text: &str) -> BasicValueEnum<'ctx> {
        let length = self.cx.llvm().i64.const_int(text.len() as u64, false);
        self.record(&[self.text_bytes(text).into(), length.into()])
    }

    fn text_bytes(&self, text: &str) -> PointerValue<'ctx> {
        if text.is_empty() {
            return self.nothing();
        }
        if let Some(&known) = self.texts.borrow().get(text) {
            return known;
        }
        let bytes = self.cx.context.const_string(text.as_bytes(), false);
        let pointer = self.cx.constant(bytes.into(), 1);
        self.texts.borrow_mut().insert(text.to_string(), pointer);
        pointer
    }

    /// Where no items are: aligned and not null, as Rust's slices want.
    fn nothing(&self) -> PointerValue<'ctx> {
        let llvm = self.cx.llvm();
        llvm.i64
            .const_int(u64::from(ALIGN), false)
            .const_to_pointer(llvm.ptr)
    }

    /// `Slice`: pointer and length of an array of records of one type.
    fn slice(&self, items: &[BasicValueEnum<'ctx>]) -> BasicValueEnum<'ctx> {
        let llvm = self.cx.llvm();
        let data = match items.first() {
            None => self.nothing(),
            Some(first) => {
                let records: Vec<_> = items.iter().map(|item| item.into_struct_value()).collect();
                let array = first.get_type().into_struct_type().const_array(&records);
                self.cx.constant(array.into(), ALIGN)
            }
        };
        let length = llvm.i64.const_int(items.len() as u64, false);
        self.record(&[data.into(), length.into()])
    }

    fn word(&self, value: bool) -> BasicValueEnum<'ctx> {
        self.number(value.into())
    }

    fn number(&self, value: u32) -> BasicValueEnum<'ctx> {
        self.cx.llvm().i32.const_int(u64::from(value), false).into()
    }
}
