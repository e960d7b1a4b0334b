//! Generated programs: a small typed tree, below which no name or type is open.

/// Types of values. Structs and enums are indexes into the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ty {
    Int,
    Float,
    Bool,
    Str,
    Bytes,
    List(Box<Ty>),
    Map(Box<Ty>),
    Opt(Box<Ty>),
    /// A result whose error is the struct [`BAD`].
    Res(Box<Ty>),
    Struct(usize),
    Enum(usize),
}

impl Ty {
    pub fn list(of: Ty) -> Ty {
        Ty::List(Box::new(of))
    }
    pub fn map(of: Ty) -> Ty {
        Ty::Map(Box::new(of))
    }
    pub fn opt(of: Ty) -> Ty {
        Ty::Opt(Box::new(of))
    }
    pub fn res(of: Ty) -> Ty {
        Ty::Res(Box::new(of))
    }
}

/// Index of the struct every program has as its error: `message: String`, `code: Int = 0`.
pub const BAD: usize = 0;

/// The rule of a refined `Int` or `String`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Bounds of its value or its length.
    Range(i64, i64),
    /// Index into [`crate::library::PATTERNS`].
    Regex(usize),
    /// Index into [`crate::library::PREDICATES`].
    Predicate(usize),
}

pub type Bounds = Option<Rule>;

#[derive(Clone, Debug)]
pub struct Slot {
    pub name: String,
    pub ty: Ty,
    pub bounds: Bounds,
    pub default: Option<Expr>,
}

#[derive(Clone, Debug)]
pub struct StructDecl {
    pub name: String,
    pub fields: Vec<Slot>,
}

#[derive(Clone, Debug)]
pub struct EnumDecl {
    pub name: String,
    /// The first has no payload.
    pub variants: Vec<(String, Vec<Ty>)>,
}

#[derive(Clone, Debug)]
pub struct Func {
    pub name: String,
    pub params: Vec<Slot>,
    pub ret: Ty,
    pub body: Block,
}

#[derive(Clone, Debug)]
pub struct Program {
    /// Begins every declared name, so that programs can share a module.
    pub prefix: String,
    pub structs: Vec<StructDecl>,
    pub enums: Vec<EnumDecl>,
    pub funcs: Vec<Func>,
    pub main: Block,
}

pub type Block = Vec<Stmt>;

#[derive(Clone, Debug)]
pub enum Stmt {
    Let {
        name: String,
        ty: Ty,
        mutable: bool,
        annotate: bool,
        bounds: Bounds,
        value: Expr,
    },
    Assign {
        root: String,
        path: Vec<Step>,
        value: Expr,
    },
    Print(Expr),
    If {
        branches: Vec<(Expr, Block)>,
        otherwise: Option<Block>,
    },
    /// Counts a variable of its own up to the limit; the body comes after the increment.
    While {
        counter: String,
        limit: i64,
        body: Block,
    },
    ForList {
        var: String,
        list: Expr,
        body: Block,
    },
    ForRange {
        var: String,
        low: Expr,
        high: Expr,
        inclusive: bool,
        body: Block,
    },
    ForMap {
        key: Option<String>,
        value: String,
        map: Expr,
        body: Block,
    },
    Match {
        scrutinee: Expr,
        arms: Vec<(Pat, Block)>,
    },
    Return(Expr),
    Break,
    Continue,
    Assert(Expr, String),
}

#[derive(Clone, Debug)]
pub enum Step {
    /// Struct and field.
    Field(usize, usize),
    /// The same of an option.
    OptField(usize, usize),
    Index(Expr),
    Key(Expr),
}

#[derive(Clone, Debug)]
pub enum Pat {
    Wild,
    Bind(String),
    Int(i64),
    Str(String),
    Bool(bool),
    None,
    Some(Box<Pat>),
    Ok(Box<Pat>),
    Err(Box<Pat>),
    Variant {
        decl: usize,
        variant: usize,
        qualified: bool,
        parts: Vec<Pat>,
    },
    Struct {
        decl: usize,
        fields: Vec<(usize, Pat)>,
    },
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub ty: Ty,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
    Coalesce,
}

#[derive(Clone, Debug)]
pub enum Part {
    Text(String),
    Value(Expr),
}

#[derive(Clone, Debug)]
pub enum Kind {
    Int(i64),
    Float(f64),
    Bool(bool),
    Str(String),
    Null,
    Var(String),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    /// Fields in the order they are written; the others have defaults or are optional.
    Struct(Vec<(usize, Expr)>),
    Enum(usize, Vec<Expr>),
    /// A value where its option or result is due.
    Lift(Box<Expr>),
    Some(Box<Expr>),
    Ok(Box<Expr>),
    Err(Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
    Neg(Box<Expr>),
    Not(Box<Expr>),
    Field(Box<Expr>, usize),
    OptField(Box<Expr>, usize),
    /// Of a list; faults out of range.
    Index(Box<Expr>, Box<Expr>),
    /// Of a list; null out of range.
    OptIndex(Box<Expr>, Box<Expr>),
    /// The value of a key; faults when it is missing.
    Entry(Box<Expr>, Box<Expr>),
    /// The same where an option is due.
    OptEntry(Box<Expr>, Box<Expr>),
    Method(Box<Expr>, &'static str, Vec<Expr>),
    /// A function and its arguments as written: parameter, by name, value.
    Call(usize, Vec<(usize, bool, Expr)>),
    /// A generic function of the library, its type arguments (written when there are any) and arguments.
    Library(&'static str, Vec<Ty>, Vec<Expr>),
    Text(Vec<Part>),
    Range(Box<Expr>, Box<Expr>, bool),
    /// The payload, or leave the function with the error.
    Try(Box<Expr>, Option<Box<Expr>>),
    /// Everything inside a value, as text.
    Show(Box<Expr>),
}

impl Expr {
    pub fn new(ty: Ty, kind: Kind) -> Expr {
        Expr { ty, kind }
    }
    pub fn int(value: i64) -> Expr {
        Expr::new(Ty::Int, Kind::Int(value))
    }
    pub fn text(value: &str) -> Expr {
        Expr::new(Ty::Str, Kind::Str(value.to_owned()))
    }
    pub fn var(name: &str, ty: Ty) -> Expr {
        Expr::new(ty, Kind::Var(name.to_owned()))
    }
    pub fn binary(ty: Ty, op: Op, left: Expr, right: Expr) -> Expr {
        Expr::new(ty, Kind::Binary(op, Box::new(left), Box::new(right)))
    }
    pub fn method(self, ty: Ty, name: &'static str, arguments: Vec<Expr>) -> Expr {
        Expr::new(ty, Kind::Method(Box::new(self), name, arguments))
    }
    pub fn coalesce(self, other: Expr) -> Expr {
        Expr::binary(other.ty.clone(), Op::Coalesce, self, other)
    }
}
