//! The entry tables of `fuse_abi::entry`, built in memory.

use std::mem;
use std::ptr;

use fuse_abi::entry;
use fuse_ir::mir::{self, FuncId, LocId};

use crate::module::CompiledModule;
use crate::{CodegenError, Options};

/// Owns the tables. Boxed slices keep their addresses when the owner moves.
pub struct Descriptor {
    program: Box<entry::Program>,
    tables: Tables,
}

#[derive(Default)]
struct Tables {
    texts: Vec<Box<str>>,
    sites: Box<[entry::Site]>,
    config_names: Box<[entry::ConfigName]>,
    apps: Box<[entry::App]>,
    tests: Box<[entry::App]>,
    migrations: Box<[entry::Migration]>,
    services: Box<[entry::Service]>,
    bases: Vec<Box<[entry::Text]>>,
    routes: Vec<Box<[entry::Route]>>,
    segments: Vec<Box<[entry::Segment]>>,
    flags: Box<[entry::Flag]>,
    main: Option<Box<entry::Main>>,
}

const NO_TEXT: entry::Text = entry::Text {
    data: ptr::null(),
    len: 0,
};

impl Descriptor {
    pub fn new(
        program: &mir::Program,
        compiled: &CompiledModule,
        options: &Options,
    ) -> Result<Descriptor, CodegenError> {
        let mut tables = Tables::default();
        tables.fill_sites(program, compiled);
        tables.fill_config_names(&program.entry);
        tables.apps = tables.procedures(&program.entry.apps, compiled);
        tables.tests = tables.procedures(&program.entry.tests, compiled);
        tables.fill_migrations(&program.entry, compiled);
        tables.fill_services(&program.entry, compiled);
        tables.fill_main(&program.entry, compiled);
        let run_main = match (&tables.main, compiled.run_main) {
            (None, _) => None,
            // SAFETY: the symbol table's `fuse_run_main` has the type `entry::Program::run_main` states.
            (Some(_), Some(address)) => Some(unsafe {
                mem::transmute::<
                    *const u8,
                    extern "C" fn(*const entry::Program, i64, *const *const u8) -> i64,
                >(address)
            }),
            (Some(_), None) => return Err(CodegenError::MissingSymbol("fuse_run_main")),
        };
        let run_migrations = match (tables.migrations.is_empty(), compiled.run_migrations) {
            (true, _) => None,
            // SAFETY: the symbol table's `fuse_run_migrations` has the type `entry::Program::run_migrations` states.
            (false, Some(address)) => Some(unsafe {
                mem::transmute::<*const u8, extern "C" fn(*const entry::Program) -> i64>(address)
            }),
            (false, None) => return Err(CodegenError::MissingSymbol("fuse_run_migrations")),
        };
        let recursive = program.functions.values().any(|f| f.effects.recursive);
        let program = Box::new(entry::Program {
            build_info: tables.text(&options.build_info),
            sites: slice(&tables.sites),
            config_names: slice(&tables.config_names),
            apps: slice(&tables.apps),
            services: slice(&tables.services),
            configs: program.entry.configs.map(|id| procedure(compiled, id)),
            main: tables.main.as_deref().map_or(ptr::null(), ptr::from_ref),
            run_main,
            migrations: slice(&tables.migrations),
            run_migrations,
            needs_stack: u32::from(recursive),
            release: u32::from(options.release),
        });
        Ok(Descriptor { program, tables })
    }

    pub fn program(&self) -> &entry::Program {
        &self.program
    }

    pub fn tests(&self) -> &[entry::App] {
        &self.tables.tests
    }
}

impl Tables {
    fn text(&mut self, text: &str) -> entry::Text {
        let owned: Box<str> = text.into();
        let view = entry::Text {
            data: owned.as_ptr(),
            len: owned.len() as u64,
        };
        self.texts.push(owned);
        view
    }

    fn fill_sites(&mut self, program: &mir::Program, compiled: &CompiledModule) {
        let files: Vec<entry::Text> = program.files.iter().map(|f| self.text(f)).collect();
        let names: Vec<entry::Text> = program
            .functions
            .values()
            .map(|f| self.text(&f.name))
            .collect();
        let site = |(loc, function): (LocId, FuncId)| {
            let loc = program.loc_data(loc);
            entry::Site {
                file: files.get(loc.file as usize).copied().unwrap_or(NO_TEXT),
                function: names[function.as_u32() as usize],
                line: loc.line,
                column: loc.column,
            }
        };
        let nowhere = entry::Site {
            file: NO_TEXT,
            function: NO_TEXT,
            line: 0,
            column: 0,
        };
        self.sites = std::iter::once(nowhere)
            .chain(compiled.sites.iter().map(site))
            .collect();
    }

    fn fill_config_names(&mut self, entry: &mir::Entry) {
        let mut rows = Vec::new();
        for (prefix, fields) in &entry.config_names {
            for (env, field) in fields {
                rows.push(entry::ConfigName {
                    prefix: self.text(prefix),
                    env: self.text(env),
                    field: self.text(field),
                });
            }
        }
        self.config_names = rows.into();
    }

    fn procedures(
        &mut self,
        rows: &[(String, FuncId)],
        compiled: &CompiledModule,
    ) -> Box<[entry::App]> {
        rows.iter()
            .map(|(name, id)| entry::App {
                name: self.text(name),
                run: procedure(compiled, *id),
            })
            .collect()
    }

    fn fill_migrations(&mut self, program: &mir::Entry, compiled: &CompiledModule) {
        self.migrations = program
            .migrations
            .iter()
            .map(|migration| entry::Migration {
                package: self.text(&migration.package),
                name: self.text(&migration.name),
                run: procedure(compiled, migration.function),
            })
            .collect();
    }

    fn fill_services(&mut self, entry: &mir::Entry, compiled: &CompiledModule) {
        let mut services = Vec::new();
        for service in &entry.services {
            let base: Box<[entry::Text]> = service.base.iter().map(|s| self.text(s)).collect();
            let routes: Box<[entry::Route]> = service
                .routes
                .iter()
                .map(|route| self.route(route, compiled))
                .collect();
            services.push(entry::Service {
                name: self.text(&service.name),
                base: slice(&base),
                routes: slice(&routes),
            });
            self.bases.push(base);
            self.routes.push(routes);
        }
        self.services = services.into();
    }

    fn route(&mut self, route: &mir::Route, compiled: &CompiledModule) -> entry::Route {
        let segments: Box<[entry::Segment]> = route
            .segments
            .iter()
            .map(|segment| {
                let (text, is_param) = match segment {
                    mir::Segment::Literal(text) => (text, 0),
                    mir::Segment::Param(name, _) => (name, 1),
                };
                entry::Segment {
                    text: self.text(text),
                    is_param,
                    reserved: 0,
                }
            })
            .collect();
        let row = entry::Route {
            method: self.text(route.method),
            segments: slice(&segments),
            // SAFETY: lowering makes route functions `(request: Raw) -> Unit` of kind `Entry`, compiled with the C convention.
            run: unsafe {
                mem::transmute::<usize, extern "C" fn(*mut u8)>(compiled.addresses[route.function])
            },
            has_body: u32::from(route.has_body),
            blocks: u32::from(route.blocks),
        };
        self.segments.push(segments);
        row
    }

    fn fill_main(&mut self, entry: &mir::Entry, compiled: &CompiledModule) {
        let Some(main) = &entry.main else { return };
        self.flags = main
            .flags
            .iter()
            .map(|flag| entry::Flag {
                name: self.text(&flag.name),
                type_name: self.text(&flag.type_name),
                is_bool: u32::from(flag.is_bool),
                required: u32::from(flag.required),
                default: self.text(&flag.default),
            })
            .collect();
        self.main = Some(Box::new(entry::Main {
            // SAFETY: lowering makes the main entry `(flags: Raw) -> Int` of kind `Entry`, compiled with the C convention.
            run: unsafe {
                mem::transmute::<usize, extern "C" fn(*mut u8) -> i64>(
                    compiled.addresses[main.function],
                )
            },
            doc: self.text(&main.doc),
            flags: slice(&self.flags),
        }));
    }
}

fn slice<T>(table: &[T]) -> entry::Slice<T> {
    entry::Slice {
        data: table.as_ptr(),
        len: table.len() as u64,
    }
}

fn procedure(compiled: &CompiledModule, id: FuncId) -> extern "C" fn() {
    // SAFETY: lowering makes app, test and config functions `() -> Unit` of kind `Entry`, compiled with the C convention.
    unsafe { mem::transmute::<usize, extern "C" fn()>(compiled.addresses[id]) }
}
