//! A whole MIR program: functions plus the data the runtime's entry tables are made from.

use cranelift_entity::{PrimaryMap, entity_impl};
use indexmap::IndexSet;

use super::constants::ConstObject;
use super::function::Function;
use super::types::{TypeId, TypeTable};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FuncId(u32);
entity_impl!(FuncId, "fn");

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GlobalId(u32);
entity_impl!(GlobalId, "global");

/// Index into [`Program::strings`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StrId(u32);
entity_impl!(StrId, "str");

/// Index into [`Program::locs`]; 0 is "nowhere".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocId(u32);
entity_impl!(LocId, "loc");

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Lowered,
    Owned,
    Expanded,
}

/// A source position. `file` indexes [`Program::files`]; line and column are 1-based, columns count bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Loc {
    pub file: u32,
    pub line: u32,
    pub column: u32,
}

#[derive(Clone, Debug)]
pub struct Program {
    pub phase: Phase,
    pub types: TypeTable,
    pub functions: PrimaryMap<FuncId, Function>,
    pub globals: PrimaryMap<GlobalId, Global>,
    /// Contents of text constants; bytes, because `Bytes` constants live here too.
    pub strings: IndexSet<Vec<u8>>,
    pub objects: IndexSet<ConstObject>,
    /// Paths relative to the package root, never absolute.
    pub files: Vec<String>,
    pub locs: IndexSet<Loc>,
    pub entry: Entry,
}

#[derive(Clone, Debug)]
pub struct Global {
    pub name: String,
    pub ty: TypeId,
}

/// What the runtime starts. All functions here are of kind `Entry`.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// `() -> Unit`: resolves every config block, in declaration order.
    pub configs: Option<FuncId>,
    /// Names of config blocks and fields, for typo hints: (env prefix `APP_`, [(env name, `App.dbUrl`)]).
    pub config_names: Vec<(String, Vec<(String, String)>)>,
    /// `() -> Unit`, in declaration order; the first is the default.
    pub apps: Vec<(String, FuncId)>,
    pub main: Option<MainEntry>,
    pub services: Vec<Service>,
    /// `() -> Unit`
    pub tests: Vec<(String, FuncId)>,
    /// In the order they are applied.
    pub migrations: Vec<Migration>,
}

#[derive(Clone, Debug)]
pub struct Migration {
    /// Empty outside of a package with a name.
    pub package: String,
    pub name: String,
    /// `() -> Unit`
    pub function: FuncId,
}

/// `fn main` behind program flags.
#[derive(Clone, Debug)]
pub struct MainEntry {
    /// `(flags: Raw) -> Int`: binds every flag through `fuse_flag_*` rows, calls main, returns the exit code.
    pub function: FuncId,
    pub doc: String,
    pub flags: Vec<Flag>,
}

#[derive(Clone, Debug)]
pub struct Flag {
    pub name: String,
    /// Type as shown in `--help`.
    pub type_name: String,
    pub is_bool: bool,
    /// No default and not optional.
    pub required: bool,
    /// The default as shown in `--help`, or nothing.
    pub default: String,
}

#[derive(Clone, Debug)]
pub struct Service {
    pub name: String,
    pub base: Vec<String>,
    pub routes: Vec<Route>,
}

#[derive(Clone, Debug)]
pub struct Route {
    /// Upper case.
    pub method: &'static str,
    pub segments: Vec<Segment>,
    /// `(request: Raw) -> Unit`: reads parameters and body through `fuse_request_*` rows, answers through `fuse_respond_*`.
    pub function: FuncId,
    pub has_body: bool,
    /// May wait, so must not run on an I/O thread.
    pub blocks: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Segment {
    Literal(String),
    /// Name and type as written.
    Param(String, String),
}

impl Program {
    pub fn new() -> Program {
        let mut locs = IndexSet::new();
        locs.insert(Loc {
            file: 0,
            line: 0,
            column: 0,
        });
        Program {
            phase: Phase::Lowered,
            types: TypeTable::default(),
            functions: PrimaryMap::new(),
            globals: PrimaryMap::new(),
            strings: IndexSet::new(),
            objects: IndexSet::new(),
            files: Vec::new(),
            locs,
            entry: Entry::default(),
        }
    }

    /// Takes a function out to be rewritten; its signature stays behind until it is put back.
    pub fn take_function(&mut self, id: FuncId) -> Function {
        let slot = &mut self.functions[id];
        let params = slot.params.len();
        let mut locals = PrimaryMap::with_capacity(params);
        for local in slot.locals.values().take(params) {
            locals.push(local.clone());
        }
        let shell = Function {
            name: slot.name.clone(),
            kind: slot.kind,
            params: slot.params.clone(),
            ret: slot.ret,
            locals,
            blocks: PrimaryMap::new(),
            effects: slot.effects,
            loc: slot.loc,
        };
        std::mem::replace(slot, shell)
    }

    pub fn string(&mut self, bytes: &[u8]) -> StrId {
        if let Some(index) = self.strings.get_index_of(bytes) {
            return StrId::from_u32(index as u32);
        }
        StrId::from_u32(self.strings.insert_full(bytes.to_vec()).0 as u32)
    }

    pub fn string_bytes(&self, id: StrId) -> &[u8] {
        &self.strings[id.as_u32() as usize]
    }

    pub fn loc(&mut self, loc: Loc) -> LocId {
        LocId::from_u32(self.locs.insert_full(loc).0 as u32)
    }

    pub fn loc_data(&self, id: LocId) -> Loc {
        self.locs[id.as_u32() as usize]
    }
}

impl Default for Program {
    fn default() -> Self {
        Program::new()
    }
}
