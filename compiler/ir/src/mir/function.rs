//! Functions, blocks, statements, places and operands.

use cranelift_entity::{PrimaryMap, entity_impl};
use fuse_abi::RuntimeFn;

use super::constants::ObjectId;
use super::program::{FuncId, GlobalId, LocId, StrId};
use super::types::TypeId;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalId(u32);
entity_impl!(LocalId, "%");

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(u32);
entity_impl!(BlockId, "bb");

#[derive(Clone, Debug)]
pub struct Function {
    /// Unique in the program; what symbols and fault reports show.
    pub name: String,
    pub kind: FunctionKind,
    /// The first locals are the parameters, in order. Parameters are never assigned to (lowering copies those that are).
    pub params: Vec<Mode>,
    pub ret: TypeId,
    pub locals: PrimaryMap<LocalId, LocalDecl>,
    /// `BlockId::from_u32(0)` is the entry.
    pub blocks: PrimaryMap<BlockId, Block>,
    pub effects: Effects,
    pub loc: LocId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FunctionKind {
    /// Written by the user, FUSE calling convention.
    User,
    /// Made from a type: text, equality, encode, drop, clone ...
    PerType,
    /// Called by the runtime through an entry table, C calling convention; parameters and result are scalars.
    Entry,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// The callee consumes the value.
    Owned,
    /// The caller keeps the value alive for the whole call.
    Borrowed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Some path may fault.
    pub faults: bool,
    /// May wait for something outside the process.
    pub blocks: bool,
    /// Lies on a cycle of the call graph.
    pub recursive: bool,
}

#[derive(Clone, Debug)]
pub struct LocalDecl {
    /// Source name, empty for temporaries.
    pub name: String,
    pub ty: TypeId,
    /// Meaningful from [`super::Phase::Owned`] on, for managed types: does this local hold a reference of its own?
    pub ownership: Mode,
}

#[derive(Clone, Debug, Default)]
pub struct Block {
    pub statements: Vec<Statement>,
    pub terminator: Terminator,
}

#[derive(Clone, Debug)]
pub struct Statement {
    pub kind: StatementKind,
    pub loc: LocId,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// Stores a value. In `Lowered` overwriting is implied to release the old value; from `Owned` on this is a plain store.
    Assign(Place, Rvalue),
    /// Calls may fault; there is no unwind edge (a fault leaves for the guard). `dest` absent only for `Unit` results.
    Call {
        dest: Option<Place>,
        callee: Callee,
        args: Vec<Operand>,
    },
    /// Continues when the condition holds, faults otherwise.
    Check { condition: Operand, fault: Fault },
    /// Faults with `stack overflow` when the stack is nearly used up. Lowering puts one at the start of every function on a cycle of
    /// the call graph; expansion moves it to where calls are. The fault is reported in the given function, the first of its cycle, so that
    /// where the stack ends shows nowhere.
    StackCheck(FuncId),
    /// Writes the discriminant of an option, result or enum place (`Expanded`; payload stores come first).
    SetTag(Place, u32),
    /// Sets the length of the list or text at the place, which is unique and has the capacity (`Expanded`).
    SetLen(Place, Operand),
    /// Gives up one reference held by the place (`Owned` only).
    Drop(Place),
    /// The counted object at the place becomes unshared, copying it if needed (`Lowered` and `Owned`).
    MakeUnique(Place),
    /// Has nobody claimed the field of the partial struct at the place before? Claims it (`Lowered` and `Owned`).
    Claim {
        dest: Place,
        partial: Place,
        field: u32,
    },
    /// Stores a field of the partial struct at the place; it has been claimed for this. Consumes the value (`Lowered` and `Owned`).
    Fill {
        partial: Place,
        field: u32,
        value: Operand,
    },
    /// Inserts or overwrites an entry of the map at the place, which is unique; consumes key and value (`Lowered` and `Owned`).
    MapSet {
        map: Place,
        key: Operand,
        value: Operand,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Callee {
    Function(FuncId),
    Runtime(RuntimeFn),
}

/// Why a check fails; numbers and messages are in `fuse_abi::FaultKind`.
pub type Fault = fuse_abi::FaultKind;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub base: PlaceBase,
    pub projections: Vec<Projection>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceBase {
    Local(LocalId),
    /// A program-wide value: config fields. Written once at start, immortal afterwards, read by borrowing.
    Global(GlobalId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Projection {
    /// Field of a struct, through its pointer when boxed.
    Field(u32),
    /// Payload item of an enum value known to be of that variant.
    Variant {
        variant: u32,
        index: u32,
    },
    /// Payload of an option known to be present.
    Some,
    Ok,
    Err,
    /// List element at an index known to be in range.
    Element(Index),
    /// Key and value of the n-th entry of a map, n known to be in range.
    EntryKey(Index),
    EntryValue(Index),
    /// Content of a box.
    Content,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Index {
    Local(LocalId),
    Const(u64),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    Const(Const),
    /// Reads the place. `Lowered`: a value-semantics copy. From `Owned` on: a read without taking a reference (a borrow, or
    /// a value that has no references).
    Copy(Place),
    /// Takes over the reference held by the place, which is dead afterwards (`Owned` and `Expanded`).
    Move(Place),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Const {
    Unit,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// An immortal text object (`String`, `Bytes` or `Html`, as the context says).
    Str(StrId),
    /// A constant list.
    Object(ObjectId),
    /// Null of type `Raw`.
    Null,
    /// Address of an entry function, as `Raw`.
    Function(FuncId),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Rvalue {
    Use(Operand),
    /// A second reference to (or a copy of the parts of) a borrowed place (`Owned` only).
    Clone(Place),
    Unary(UnaryOp, Operand),
    Binary(BinaryOp, Operand, Operand),
    /// Builds a struct, variant, option or result of the destination's type (`Lowered`, `Owned`). `variant`: enum variant index; option 0 none,
    /// 1 some; result 0 ok, 1 err; struct 0.
    Aggregate {
        variant: u32,
        fields: Vec<Operand>,
    },
    /// A list of the destination's type from its elements (`Lowered`, `Owned`). Empty lists come from here too, with a capacity hint.
    List {
        elements: Vec<Operand>,
        capacity: Operand,
    },
    /// The list with one more element; consumes the list (`Lowered`, `Owned`).
    ListPush {
        list: Operand,
        value: Operand,
    },
    /// A partial struct of the destination's type with nothing in it (`Lowered`, `Owned`).
    Partial,
    /// Have all fields of the partial struct been claimed? (`Lowered`, `Owned`)
    AllClaimed(Place),
    /// `Result<struct, Unit>`: the struct when all fields have been filled in, otherwise gives up those that have. Consumes the partial struct
    /// (`Lowered`, `Owned`).
    Finish(Operand),
    /// Discriminant as Int: option 0 none / 1 some, result 0 ok / 1 err, enum variant index.
    Tag(Place),
    /// Number of elements of a list, entries of a map, bytes of a text.
    Len(Place),
    /// Elements a list, or bytes a text, can hold without growing (`Expanded`).
    Capacity(Place),
    /// The pointer of a counted value, as `Raw`, without counting (`Expanded`); a raw pointer back to a counted value is `Use`.
    Address(Place),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnaryOp {
    /// Faults with `integer overflow`.
    NegChecked,
    NegFloat,
    Not,
    IntToFloat,
    /// Truncates; the value is known to fit.
    FloatToInt,
    /// Bit pattern of a float as an Int.
    FloatBits,
    BoolToInt,
    Sqrt,
    Floor,
    Ceil,
    /// Half away from zero.
    Round,
    AbsFloat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BinaryOp {
    /// Fault with `integer overflow`.
    AddChecked,
    SubChecked,
    MulChecked,
    /// Known not to overflow (signed).
    AddNowrap,
    SubNowrap,
    MulNowrap,
    /// Divisor known to be neither 0 nor, for INT_MIN, -1.
    Div,
    Rem,
    BitAnd,
    BitOr,
    AddFloat,
    SubFloat,
    MulFloat,
    DivFloat,
    /// IEEE remainder with the sign of the dividend (fmod).
    RemFloat,
    /// Signed comparisons of Ints giving Bool.
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// Unsigned comparison of Ints: index < length.
    LtUnsigned,
    EqFloat,
    NeFloat,
    LtFloat,
    LeFloat,
    GtFloat,
    GeFloat,
    EqBool,
    /// Same counted object or same raw pointer.
    EqPointer,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Terminator {
    Goto(BlockId),
    Branch {
        condition: Operand,
        then: BlockId,
        otherwise: BlockId,
    },
    /// On an Int.
    Switch {
        value: Operand,
        cases: Vec<(i64, BlockId)>,
        default: BlockId,
    },
    Return(Operand),
    /// Leaves for the guard.
    Fault(Fault, LocId),
    #[default]
    Unreachable,
}

impl Place {
    pub fn local(local: LocalId) -> Place {
        Place {
            base: PlaceBase::Local(local),
            projections: Vec::new(),
        }
    }

    pub fn global(global: GlobalId) -> Place {
        Place {
            base: PlaceBase::Global(global),
            projections: Vec::new(),
        }
    }

    /// This place with one more step.
    pub fn project(&self, projection: Projection) -> Place {
        let mut projections = self.projections.clone();
        projections.push(projection);
        Place {
            base: self.base,
            projections,
        }
    }

    /// The local itself when there are no projections.
    pub fn as_local(&self) -> Option<LocalId> {
        match self.base {
            PlaceBase::Local(local) if self.projections.is_empty() => Some(local),
            _ => None,
        }
    }
}
