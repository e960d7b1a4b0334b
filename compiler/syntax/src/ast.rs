//! Abstract syntax tree of one module. Every construct of the language has a node here, whether or not later
//! stages accept it yet. Trees own their children; nesting depth is bounded by the parser, so recursion over
//! them is safe.

use crate::span::Span;

/// A name with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Ident {
    pub text: String,
    pub span: Span,
}

/// A dotted name such as `User`, `M.User`, `std.Error.NotFound`. Never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub parts: Vec<Ident>,
    pub span: Span,
}

/// A plain (not interpolated) string literal, already unescaped.
#[derive(Clone, Debug, PartialEq)]
pub struct StringLit {
    pub value: String,
    pub span: Span,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Module {
    pub requires: Vec<Ident>,
    pub items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub doc: Option<String>,
    pub kind: ItemKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ItemKind {
    Import(Import),
    Type(TypeDecl),
    Enum(EnumDecl),
    Interface(InterfaceDecl),
    Impl(ImplDecl),
    Fn(FnDecl),
    /// Its signature names no result: that is `Html`.
    Component(FnDecl),
    Service(ServiceDecl),
    Config(ConfigDecl),
    App(AppDecl),
    Migration(MigrationDecl),
    Test(TestDecl),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    pub kind: ImportKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ImportKind {
    /// `import Foo`
    Module { name: Ident },
    /// `import Foo from "path"`
    From { name: Ident, path: StringLit },
    /// `import Foo as Bar from "path"`
    Alias {
        name: Ident,
        alias: Ident,
        path: StringLit,
    },
    /// `import { A, B } from "path"`
    Named { names: Vec<Ident>, path: StringLit },
}

#[derive(Clone, Debug, PartialEq)]
pub struct TypeDecl {
    pub name: Path,
    pub kind: TypeDeclKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TypeDeclKind {
    Fields(Vec<FieldDecl>),
    /// `type B = A without f, g`
    Without {
        base: Path,
        removed: Vec<Ident>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct FieldDecl {
    pub doc: Option<String>,
    pub name: Ident,
    pub ty: TypeRef,
    pub default: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EnumDecl {
    pub name: Path,
    pub variants: Vec<VariantDecl>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct VariantDecl {
    pub doc: Option<String>,
    pub name: Ident,
    pub payload: Vec<TypeRef>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct InterfaceDecl {
    pub name: Ident,
    pub members: Vec<Signature>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ImplDecl {
    pub interface: Path,
    pub target: Path,
    pub methods: Vec<FnDecl>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    pub doc: Option<String>,
    pub name: Ident,
    pub type_params: Vec<Ident>,
    pub params: Vec<ParamDecl>,
    pub ret: Option<TypeRef>,
    pub bounds: Vec<Bound>,
    pub span: Span,
}

/// `T: Interface` in a `where` clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    pub param: Ident,
    pub interface: Path,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ParamDecl {
    pub name: Ident,
    pub ty: TypeRef,
    pub default: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FnDecl {
    pub signature: Signature,
    pub body: Block,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ServiceDecl {
    pub name: Ident,
    pub base: StringLit,
    pub routes: Vec<RouteDecl>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RouteDecl {
    pub doc: Option<String>,
    pub verb: Verb,
    pub path: RoutePath,
    /// The type after `body` and the span of the keyword.
    pub body_type: Option<(TypeRef, Span)>,
    pub ret: TypeRef,
    pub body: Block,
    pub span: Span,
}

/// A route path, split by the parser: `"/users/{id: Int}"`.
#[derive(Clone, Debug, PartialEq)]
pub struct RoutePath {
    pub text: StringLit,
    /// Segments between slashes, empty outer ones removed.
    pub segments: Vec<RouteSegment>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum RouteSegment {
    Literal(StringLit),
    /// `{name: Type}`; spans point into the path literal.
    Param {
        name: Ident,
        ty: TypeRef,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct ConfigDecl {
    pub name: Ident,
    pub fields: Vec<FieldDecl>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AppDecl {
    pub name: StringLit,
    pub body: Block,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MigrationDecl {
    pub name: StringLit,
    pub body: Block,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TestDecl {
    pub name: StringLit,
    pub body: Block,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TypeRef {
    pub kind: TypeRefKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TypeRefKind {
    Name(Path),
    /// `List<Int>`
    Generic {
        base: Path,
        args: Vec<TypeRef>,
    },
    /// `Int(1..10)`, `String(regex("^a"))`
    Refined {
        base: Path,
        args: Vec<Arg>,
    },
    Optional(Box<TypeRef>),
    /// `T!E`; the error part is absent in `T!` (an error reported by the checker).
    Result {
        ok: Box<TypeRef>,
        err: Option<Box<TypeRef>>,
    },
    /// `box T`, in parameter positions
    Boxed(Box<TypeRef>),
    /// What a syntax error left behind; never diagnosed again.
    Error,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub statements: Vec<Stmt>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// `let` or `var`; `mutable` for `var`.
    Let {
        mutable: bool,
        name: Ident,
        ty: Option<TypeRef>,
        value: Expr,
    },
    Assign {
        target: Expr,
        value: Expr,
    },
    Return(Option<Expr>),
    If(IfStmt),
    Match {
        scrutinee: Expr,
        arms: Vec<MatchArm>,
    },
    For {
        pattern: Pattern,
        value_pattern: Option<Pattern>,
        iterable: Expr,
        body: Block,
    },
    While {
        condition: Expr,
        body: Block,
    },
    Transaction(Block),
    Break,
    Continue,
    Expr(Expr),
    /// What a syntax error left behind; never diagnosed again.
    Error,
}

#[derive(Clone, Debug, PartialEq)]
pub struct IfStmt {
    /// `if`, then every `else if`. Never empty.
    pub branches: Vec<(Expr, Block)>,
    pub otherwise: Option<Block>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MatchArm {
    pub pattern: Pattern,
    pub body: ArmBody,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ArmBody {
    /// `pattern -> expr`: returns from the enclosing function.
    Return(Expr),
    Block(Block),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PatternKind {
    Wildcard,
    Literal(Literal),
    /// A bare or dotted name: variant or binding, decided by the checker.
    Name(Path),
    /// `Name(p, ...)`, also `Name()`.
    Variant {
        name: Path,
        args: Vec<Pattern>,
    },
    /// `Name(field = p, ...)`
    Struct {
        name: Path,
        fields: Vec<(Ident, Pattern)>,
    },
    Error,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Int(i64),
    Float(f64),
    Bool(bool),
    String(String),
    Null,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    Neg,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
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
    /// `a ?? b`
    Coalesce,
    /// `a..b`, inclusive
    RangeInclusive,
    /// `a..<b`
    RangeExclusive,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    Literal(Literal),
    /// `"a ${b} c"`: at least one expression part.
    Interpolated(Vec<InterpolationPart>),
    Name(Ident),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Binary {
        op: BinaryOp,
        op_span: Span,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Await(Box<Expr>),
    Box(Box<Expr>),
    Spawn(Block),
    Call(Call),
    /// `a.b` or, with `optional`, `a?.b`
    Member {
        base: Box<Expr>,
        name: Ident,
        optional: bool,
    },
    /// `a[i]` or, with `optional`, `a?[i]`
    Index {
        base: Box<Expr>,
        index: Box<Expr>,
        optional: bool,
    },
    /// `e ?! err`
    Propagate {
        value: Box<Expr>,
        error: Option<Box<Expr>>,
    },
    /// What a syntax error left behind; never diagnosed again.
    Error,
}

#[derive(Clone, Debug, PartialEq)]
pub enum InterpolationPart {
    Text(String),
    Expr(Expr),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub callee: Box<Expr>,
    pub type_args: Vec<TypeRef>,
    pub args: Vec<Arg>,
    /// The HTML suffix `call: children`.
    pub children: Option<Vec<HtmlChild>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    pub name: Option<Ident>,
    pub value: Expr,
    /// The comma before this argument, absent for the first and in attribute shorthand. Between a value without a name and a named
    /// one it may be absent where the callee is an element or component, which the checker knows.
    pub comma_before: Option<Span>,
}

#[derive(Clone, Debug, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "loops are rare and children live in vectors"
)]
pub enum HtmlChild {
    Expr(Expr),
    If {
        branches: Vec<(Expr, Vec<HtmlChild>)>,
        otherwise: Option<Vec<HtmlChild>>,
        span: Span,
    },
    For {
        pattern: Pattern,
        value_pattern: Option<Pattern>,
        iterable: Expr,
        children: Vec<HtmlChild>,
        span: Span,
    },
}
