//! The canonical program: what RFC 0001 calls the canonical frontend artifact.
//!
//! **Architecture Invariant:** nothing here needs a name to be looked up, an overload to be chosen, a default to be
//! filled in or a conversion to be guessed. Every function is monomorphic, every expression carries its type, call
//! arguments are positional and complete, and evaluation order is the order of the tree.

use fuse_pattern::Tables;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::types::{RefinementId, StructId, TypeId, TypeTable};

macro_rules! id {
    ($(#[$m:meta])* $name:ident) => {
        $(#[$m])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(/** Index into [`Program::functions`]. */ FunctionId);
id!(/** Index into [`Function::locals`]. */ LocalId);
id!(/** Index into [`Program::configs`]. */ ConfigId);

/// A whole program, every module included. Index vectors everywhere: order is declaration order.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub types: TypeTable,
    pub functions: Vec<Function>,
    pub configs: Vec<Config>,
    /// The fields of all configs, in the order they are resolved.
    pub config_order: Vec<(ConfigId, u32)>,
    /// In declaration order of the root module; the first is the default.
    pub apps: Vec<App>,
    /// `fn main` of the root module, if declared.
    pub main: Option<MainEntry>,
    pub services: Vec<Service>,
    /// JSON texts of imported files that are used, each well formed.
    pub assets: Vec<String>,
    /// Tests of the root package, by name in byte order.
    pub tests: Vec<Test>,
    /// In the order they are applied: numeric names by value, then the others by name, then by package.
    pub migrations: Vec<Migration>,
    /// The patterns of refinements, by their text.
    pub patterns: IndexMap<String, Tables>,
}

#[derive(Clone, Debug)]
pub struct Test {
    pub name: String,
    /// No parameters, returns `Unit`.
    pub function: FunctionId,
    pub span: Span,
}

/// Identified by package and name.
#[derive(Clone, Debug)]
pub struct Migration {
    /// `package.name` of the manifest; empty without one.
    pub package: String,
    pub name: String,
    /// No parameters, returns `Unit`.
    pub function: FunctionId,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct App {
    pub name: String,
    /// No parameters, returns `Unit`.
    pub function: FunctionId,
}

/// Program flags bind to the parameters of `fn main`.
#[derive(Clone, Debug)]
pub struct MainEntry {
    pub function: FunctionId,
    pub doc: Option<String>,
    pub flags: Vec<Flag>,
}

#[derive(Clone, Debug)]
pub struct Flag {
    pub name: String,
    pub ty: TypeId,
    /// A function of all earlier parameters giving the default.
    pub default: Option<FunctionId>,
    /// The default as it is written.
    pub default_text: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Config {
    pub name: String,
    /// The struct of its values: the fields in order, without defaults.
    pub ty: StructId,
    pub fields: Vec<ConfigField>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct ConfigField {
    pub name: String,
    /// Environment variable, e.g. `APP_DB_URL`.
    pub env: String,
    pub ty: TypeId,
    /// A function without parameters giving the default.
    pub default: FunctionId,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Service {
    pub name: String,
    /// Literal segments of the base path.
    pub base: Vec<String>,
    pub routes: Vec<Route>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

#[derive(Clone, Debug)]
pub struct Route {
    pub verb: Verb,
    pub segments: Vec<Segment>,
    /// Type of the request body, the last parameter of the handler.
    pub body: Option<TypeId>,
    /// Parameters: the path parameters in order, then the body if there is one.
    pub function: FunctionId,
    pub ret: TypeId,
    pub doc: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Segment {
    Literal(String),
    Param { name: String, ty: TypeId },
}

#[derive(Clone, Debug)]
pub struct Function {
    /// Unique in the program and readable, e.g. `lib/text::words`, `wrap<Int>`, `app:demo`.
    pub name: String,
    /// The first locals are the parameters.
    pub params: u32,
    pub locals: Vec<Local>,
    pub ret: TypeId,
    /// Every path of a function whose `ret` is not `Unit` ends in `Return` or a diverging statement: tail expressions
    /// have become `Return`. Falling off the end of a `Unit` function returns.
    pub body: Block,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Local {
    pub name: String,
    pub ty: TypeId,
    pub mutable: bool,
    pub span: Span,
}

#[derive(Clone, Debug, Default)]
pub struct Block {
    pub statements: Vec<Stmt>,
}

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    Let {
        local: LocalId,
        value: Expr,
    },
    /// Evaluates `value`, then the indexes of `target` from the root outwards, then stores.
    Assign {
        target: Place,
        value: Expr,
    },
    Expr(Expr),
    Return(Expr),
    /// Leaves for the nearest boundary (route, task, test, process) with an error value.
    Raise(Expr),
    If {
        condition: Expr,
        then: Block,
        otherwise: Block,
    },
    While {
        condition: Expr,
        body: Block,
    },
    /// Int ranges only. `inclusive`: faults with `range start must be <= end` when start > end; exclusive: empty then.
    ForRange {
        local: LocalId,
        start: Expr,
        end: Expr,
        inclusive: bool,
        body: Block,
    },
    ForList {
        local: LocalId,
        list: Expr,
        body: Block,
    },
    ForMap {
        key: Option<LocalId>,
        value: Option<LocalId>,
        map: Expr,
        body: Block,
    },
    /// First arm whose pattern matches runs; none: nothing happens (`otherwise` of a diverging kind is an explicit
    /// last arm). Pattern variables are locals of the function.
    Match {
        scrutinee: Expr,
        arms: Vec<Arm>,
    },
    /// A state the language rules out at run time with a message, e.g. `for pattern did not match value`.
    Fault(&'static str),
    /// Appends to the innermost [`ExprKind::Html`] that is being built.
    Markup(HtmlPiece),
    /// Runs as one transaction of the database: leaving it in another way than at its end takes back what it did.
    Transaction(Block),
    /// Tasks that this function started and did not await never begin, or are waited for; before it is left with a validation
    /// failure.
    GiveUpTasks,
    Break,
    Continue,
}

/// A part of markup under construction.
#[derive(Clone, Debug)]
pub enum HtmlPiece {
    /// Markup as it stands.
    Constant(String),
    /// A `String`, escaped.
    Text(Expr),
    /// A `String`, escaped to stand between the quotes of an attribute.
    AttributeValue(Expr),
    /// A `String` inside `script` or `style`: as it stands, except that it cannot end the element.
    RawText(Expr),
    /// An `Html`, as it stands.
    Html(Expr),
    /// A `Map<String, String>`: its entries as attributes, sorted by name. A name that is none faults.
    Attributes(Expr),
}

#[derive(Clone, Debug)]
pub struct Arm {
    pub pattern: Pattern,
    pub body: Block,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    Wildcard,
    Bind(LocalId),
    Int(i64),
    Float(f64),
    Bool(bool),
    String(String),
    None,
    Some(Box<Pattern>),
    /// An option of an option that is not null. There is one null, so the pattern applies to the same value, as the inner option.
    NotNull(Box<Pattern>),
    /// A dynamic value that equals this literal, or null. A float with a whole value is written as that Int.
    Dynamic(Box<Pattern>),
    Ok(Box<Pattern>),
    Err(Box<Pattern>),
    Variant {
        variant: u32,
        payload: Vec<Pattern>,
    },
    /// Field index and pattern; fields not listed match anything.
    Struct {
        fields: Vec<(u32, Pattern)>,
    },
}

/// Something that can be assigned to.
#[derive(Clone, Debug)]
pub struct Place {
    pub root: LocalId,
    pub steps: Vec<PlaceStep>,
}

#[derive(Clone, Debug)]
pub struct PlaceStep {
    pub kind: PlaceStepKind,
    /// Type of the place after this step.
    pub ty: TypeId,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PlaceStepKind {
    Field(u32),
    /// List element; faults with `index out of bounds`.
    Index(Expr),
    /// Map entry. As the last step: insert or overwrite. Before: must exist, else fault `missing map entry`.
    Key(Expr),
    /// Payload of an option that must not be null, else fault `cannot assign through optional access`.
    Payload,
    /// Content of a box.
    Content,
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: TypeId,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderOp {
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Unit,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(String),
    Local(LocalId),
    ConfigField {
        config: ConfigId,
        field: u32,
    },
    /// Both operands `Int` or both `Float` (as `ty` says); `Int` faults on overflow and on division by zero.
    Arith {
        op: ArithOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `Int` or `Float`.
    Neg(Box<Expr>),
    Not(Box<Expr>),
    IntToFloat(Box<Expr>),
    /// Operands of the same type: `Int`, `Float`, `String` or `Bytes`; or one `Int` and one `Float`, compared exactly.
    Order {
        op: OrderOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// Structural equality of two values of the same type; or one `Int` and one `Float`, compared exactly.
    Equal {
        negated: bool,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    IsNull {
        negated: bool,
        value: Box<Expr>,
    },
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    /// `value` is an option, `default` its payload type or (then `ty` is an option too) an option.
    Coalesce {
        value: Box<Expr>,
        default: Box<Expr>,
    },
    /// Parts are `String`s, evaluated left to right. At least two.
    Concat(Vec<Expr>),
    /// Markup: the statements run, and every [`StmtKind::Markup`] among them appends to it.
    Html(Block),
    /// Text of any value, as printing shows it.
    ToText(Box<Expr>),
    ListConcat(Box<Expr>, Box<Expr>),
    /// A range used as a list of `Int` or `Float`.
    RangeList {
        start: Box<Expr>,
        end: Box<Expr>,
        inclusive: bool,
    },
    List(Vec<Expr>),
    /// Keys are `String`s; pair by pair, later duplicates overwrite.
    Map(Vec<(Expr, Expr)>),
    /// One value per field, in declaration order.
    Struct(Vec<Expr>),
    Variant {
        variant: u32,
        payload: Vec<Expr>,
    },
    None,
    Some(Box<Expr>),
    Ok(Box<Expr>),
    Err(Box<Expr>),
    Field {
        base: Box<Expr>,
        field: u32,
    },
    /// List element; faults with `index out of bounds`.
    Index {
        list: Box<Expr>,
        index: Box<Expr>,
    },
    /// List element or null.
    ListGet {
        list: Box<Expr>,
        index: Box<Expr>,
    },
    /// Map entry or null.
    MapGet {
        map: Box<Expr>,
        key: Box<Expr>,
    },
    /// Payload of an option; faults with `null access` when there is none.
    Unwrap(Box<Expr>),
    /// `value` is an option. Null stays null; otherwise `local` holds the payload while `body` is evaluated.
    /// `body` has an option type iff `flatten`; `ty` is an option either way.
    OptionMap {
        value: Box<Expr>,
        local: LocalId,
        body: Box<Expr>,
        flatten: bool,
    },
    /// `value` is an option or a result. Its payload, or, when there is none, `exit` runs, which never falls through.
    /// `error` receives the error of a result.
    PayloadOr {
        value: Box<Expr>,
        error: Option<LocalId>,
        exit: Block,
    },
    /// `value` must satisfy the constraints. If not: with `on_error`, the local receives a `std.Error.Validation` and the block
    /// runs, which never falls through; without, a fault that carries the validation error. `path` is its field path.
    /// `ty` is the refined type, or `Id`/`Email` with the type's own rule (`rule` absent).
    Refine {
        value: Box<Expr>,
        rule: Option<RefinementId>,
        path: String,
        on_error: Option<(LocalId, Block)>,
    },
    /// A dynamic value as `ty`, by the rules for reading JSON. If it does not fit: as for `Refine`.
    FromDynamic {
        value: Box<Expr>,
        on_error: Option<(LocalId, Block)>,
    },
    /// A scalar, a `String`, null, or a list or map of such, as a dynamic value.
    ToDynamic(Box<Expr>),
    /// The value of an imported JSON file: index into [`Program::assets`].
    Asset(u32),
    /// Same representation, other type: a refined value as its base, `Id` as `String`, containers of such.
    Retype(Box<Expr>),
    Call {
        function: FunctionId,
        args: Vec<Expr>,
    },
    Builtin {
        builtin: Builtin,
        args: Vec<Expr>,
    },
    /// Statements, then a value.
    Block {
        block: Block,
        value: Box<Expr>,
    },
    BoxNew(Box<Expr>),
    BoxGet(Box<Expr>),
    /// Starts a task: `function`, whose one parameter is the struct `captures`. `ty` is `Task` of what it returns.
    Spawn {
        function: FunctionId,
        captures: Box<Expr>,
    },
    /// Waits for a task: its result, again and again the same, or its fault. `caught`: a result whose `Err` is the validation
    /// failure that ended the task; then the task is not awaited again.
    Await {
        task: Box<Expr>,
        caught: bool,
    },
}

/// Operations the language provides. Arguments are complete and typed as commented; receivers come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Builtin {
    /// (String): text and a newline on stdout
    Print,
    /// Arguments as written, of any types (none: an empty info line). With two or more, a first `String` that names a level
    /// (known only at run time unless it is a literal) is the level; one remaining argument gives a text line, more a JSON line.
    Log,
    /// (condition: Bool, message: String)
    Assert,
    /// (name: String) -> String?
    Env,
    /// (name: String) -> Int?
    EnvInt,
    EnvFloat,
    EnvBool,
    /// (prompt: String) -> String
    Input,
    /// () -> String?
    ReadLine,
    /// () -> String
    ReadText,
    /// (port: Int): serves the program's service until shutdown
    Serve,
    /// (sql: String, params: List<Dynamic>)
    DbExec,
    /// (sql: String, params: List<Dynamic>) -> List<Map<String, Dynamic>>
    DbQuery,
    /// (sql: String, params: List<Dynamic>) -> Map<String, Dynamic>?
    DbOne,
    /// (table: String) -> Query
    QueryFrom,
    /// (Query, columns: List<String>) -> Query
    QuerySelect,
    /// (Query, column: String, operator: String, List<Dynamic> with the value) -> Query
    QueryWhere,
    /// (Query, column: String, direction: String) -> Query
    QueryOrderBy,
    /// (Query, count: Int) -> Query
    QueryLimit,
    /// (Query, columns: List<String>, values: List<Dynamic>, replaces: Bool) -> Query
    QueryInsert,
    /// (Query, column: String, List<Dynamic> with the value) -> Query
    QueryUpdate,
    /// (Query) -> Query
    QueryDelete,
    /// (Query) -> Int
    QueryCount,
    /// (Query) -> Map<String, Dynamic>?
    QueryOne,
    /// (Query) -> List<Map<String, Dynamic>>
    QueryAll,
    /// (Query, columns: List<String>, columns of truth values: List<String>, only the first: Bool) -> List<String>, rows as JSON
    QueryTexts,
    /// (Query)
    QueryExec,
    /// (Query) -> String
    QuerySql,
    /// (Query) -> List<Dynamic>
    QueryParams,
    /// (value: any) -> String
    JsonEncode,
    /// (text: String) -> the value, dynamic; or, where the type is a result, `T!std.Error.Validation`
    JsonDecode,
    /// (Dynamic, index: Int, String or Dynamic) -> Dynamic; a missing key is null, an index out of range faults
    DynamicIndex,
    /// The same; null stays null, and an index out of range is null
    DynamicGet,
    /// (Dynamic) -> list of Dynamic: the elements, or the values of a map
    DynamicItems,
    /// (Dynamic) -> map of Dynamic
    DynamicEntries,
    /// (Dynamic) -> option of Dynamic: null is none
    DynamicOption,
    /// () -> Int, milliseconds since the epoch
    TimeNow,
    /// (text: String) -> Html, escaped
    HtmlText,
    /// (markup: String) -> Html, as it stands
    HtmlRaw,
    /// (name: String, attrs: Map<String, String>, children: List<Html>) -> Html
    HtmlNode,
    /// (value: Html) -> String
    HtmlRender,
    /// (path: String) -> Html
    SvgInline,
    /// (milliseconds: Int)
    TimeSleep,
    /// (milliseconds since the epoch: Int, format: String) -> String
    TimeFormat,
    /// (text: String, format: String) -> Int!std.Error
    TimeParse,
    /// (algorithm: String, data: Bytes) -> Bytes
    CryptoHash,
    /// (algorithm: String, key: Bytes, data: Bytes) -> Bytes
    CryptoHmac,
    /// (count: Int) -> Bytes
    RandomBytes,
    /// (Bytes, Bytes) -> Bool
    ConstantTimeEqual,
    /// (path: String) -> String
    Asset,
    /// (name: String) -> String?
    RequestHeader,
    RequestCookie,
    RequestQuery,
    /// (name: String, value: String)
    ResponseHeader,
    ResponseCookie,
    /// (name: String)
    ResponseDeleteCookie,
    /// (method: String, url: String, body: String, headers: Map<String, String>, milliseconds: Int) -> http.response!http.error
    HttpRequest,
    /// (url: String, headers: Map<String, String>, milliseconds: Int) -> http.response!http.error
    HttpGet,
    /// (url: String, body: String, headers: Map<String, String>, milliseconds: Int) -> http.response!http.error
    HttpPost,

    StringLen,
    StringIsEmpty,
    StringTrim,
    StringTrimStart,
    StringTrimEnd,
    StringLower,
    StringUpper,
    StringContains,
    StringStartsWith,
    StringEndsWith,
    StringIndexOf,
    StringReplace,
    StringSplit,
    StringLines,
    StringSlice,
    StringRepeat,
    StringToInt,
    StringToFloat,
    StringToBytes,

    ListLen,
    ListIsEmpty,
    /// (list, element) -> list
    ListAppend,
    ListInsert,
    ListRemoveAt,
    ListSlice,
    ListReverse,
    ListContains,
    ListIndexOf,
    ListFirst,
    ListLast,
    ListSort,
    /// (List<String>, separator: String) -> String
    ListJoin,
    ListSum,
    ListMin,
    ListMax,

    MapLen,
    MapIsEmpty,
    MapHas,
    MapRemove,
    MapKeys,
    MapValues,

    BytesLen,
    BytesIsEmpty,
    BytesSlice,
    BytesToString,
    BytesToHex,
    BytesToBase64,

    IntToFloat,
    IntAbs,
    FloatToInt,
    FloatFloor,
    FloatCeil,
    FloatRound,
    FloatSqrt,
    FloatAbs,
    FloatIsNan,
}
