//! Entry tables: constants that generated code hands to the runtime. Text here is a pointer and a length, not a counted object.

/// UTF-8 text in the executable's constants.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    pub data: *const u8,
    pub len: u64,
}

/// An array in the executable's constants.
#[repr(C)]
pub struct Slice<T> {
    pub data: *const T,
    pub len: u64,
}

/// A place where a fault can happen. Site numbers in calls are indexes into [`Program::sites`]; 0 is "nowhere".
#[repr(C)]
pub struct Site {
    pub file: Text,
    pub function: Text,
    pub line: u32,
    pub column: u32,
}

#[repr(C)]
pub struct App {
    pub name: Text,
    pub run: extern "C" fn(),
}

#[repr(C)]
pub struct Flag {
    pub name: Text,
    pub type_name: Text,
    pub is_bool: u32,
    pub required: u32,
    /// The default as written, or nothing.
    pub default: Text,
}

#[repr(C)]
pub struct Main {
    /// Takes the flag table the runtime parsed (`Raw`), returns the exit code.
    pub run: extern "C" fn(flags: *mut u8) -> i64,
    pub doc: Text,
    pub flags: Slice<Flag>,
}

#[repr(C)]
pub struct Segment {
    pub text: Text,
    /// 0 literal, 1 parameter.
    pub is_param: u32,
    pub reserved: u32,
}

#[repr(C)]
pub struct Route {
    pub method: Text,
    pub segments: Slice<Segment>,
    pub run: extern "C" fn(request: *mut u8),
    pub has_body: u32,
    pub blocks: u32,
}

#[repr(C)]
pub struct Service {
    pub name: Text,
    pub base: Slice<Text>,
    pub routes: Slice<Route>,
}

/// Applied once per database, in the order of the table.
#[repr(C)]
pub struct Migration {
    /// Empty outside of a package with a name.
    pub package: Text,
    pub name: Text,
    pub run: extern "C" fn(),
}

/// Names for typo hints.
#[repr(C)]
pub struct ConfigName {
    /// `APP_`
    pub prefix: Text,
    /// `APP_DB_URL`
    pub env: Text,
    /// `App.dbUrl`
    pub field: Text,
}

/// The symbol `fuse_program` in an executable; built in memory for the JIT. `Option` functions are null when absent, so that what a
/// program does not use is not linked.
#[repr(C)]
pub struct Program {
    /// `mode=aot profile=... contract=aot-v1`, up to the first zero, if there is one: the room of a note.
    pub build_info: Text,
    pub sites: Slice<Site>,
    pub config_names: Slice<ConfigName>,
    pub apps: Slice<App>,
    pub services: Slice<Service>,
    /// Null without config blocks.
    pub configs: Option<extern "C" fn()>,
    /// Null without `fn main`.
    pub main: *const Main,
    /// The runtime's flag binder, `fuse_run_main`; null without `fn main`.
    pub run_main:
        Option<extern "C" fn(program: *const Program, argc: i64, argv: *const *const u8) -> i64>,
    pub migrations: Slice<Migration>,
    /// The runtime's `fuse_run_migrations`: applies what is pending, gives the exit code. Null without migrations.
    pub run_migrations: Option<extern "C" fn(program: *const Program) -> i64>,
    /// Some function is recursive, so the program runs on a large stack of its own.
    pub needs_stack: u32,
    /// 1 for the release profiles.
    pub release: u32,
}
