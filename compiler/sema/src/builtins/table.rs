//! The tables: every method, function and namespace of the language, with its signature.

use crate::program::Builtin as B;
use crate::types::Type;

/// Types as tables write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum T {
    Unit,
    Bool,
    Int,
    Float,
    String,
    Bytes,
    OptInt,
    OptFloat,
    OptBool,
    OptString,
    Strings,
    Html,
    /// `Map<String, String>`
    Attributes,
    /// `List<Html>`
    Children,
    /// `Int!std.Error`
    IntOrError,
    /// `http.response!http.error`
    Fetched,
    /// The receiver's type.
    Same,
    /// The element of the receiver.
    Element,
    OptElement,
    Elements,
    /// A value for the database; what fits is checked with the call.
    Given,
    Query,
    /// A row of the database, or none.
    OptRow,
    Rows,
    Dynamics,
}

/// What elements a list method needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    Comparable,
    Ordered,
    Numbers,
    Strings,
}

pub(super) type Params = &'static [(&'static str, T)];

pub(super) struct Method {
    pub name: &'static str,
    pub params: Params,
    pub ret: T,
    pub builtin: B,
    pub needs: Needs,
}

const fn method(name: &'static str, params: Params, ret: T, builtin: B) -> Method {
    needing(Needs::Nothing, name, params, ret, builtin)
}

const fn needing(needs: Needs, name: &'static str, params: Params, ret: T, builtin: B) -> Method {
    Method {
        name,
        params,
        ret,
        builtin,
        needs,
    }
}

const NONE: Params = &[];
const TEXT: Params = &[("text", T::String)];
const FROM_TO_TEXT: Params = &[("from", T::String), ("to", T::String)];
const SEPARATOR: Params = &[("separator", T::String)];
const FROM_TO: Params = &[("from", T::Int), ("to", T::Int)];
const COUNT: Params = &[("count", T::Int)];
const COUNT_N: Params = &[("n", T::Int)];
const VALUE: Params = &[("value", T::Element)];
const INDEX_VALUE: Params = &[("index", T::Int), ("value", T::Element)];
const INDEX: Params = &[("index", T::Int)];
const KEY: Params = &[("key", T::String)];
const VALUE_TEXT: Params = &[("value", T::String)];
const NAME: Params = &[("name", T::String)];
const NAME_VALUE: Params = &[("name", T::String), ("value", T::String)];

/// How long an exchange with another server may take.
const TIMEOUT_MS: i64 = 30_000;

const STRING: &[Method] = &[
    method("len", NONE, T::Int, B::StringLen),
    method("is_empty", NONE, T::Bool, B::StringIsEmpty),
    method("trim", NONE, T::String, B::StringTrim),
    method("trim_start", NONE, T::String, B::StringTrimStart),
    method("trim_end", NONE, T::String, B::StringTrimEnd),
    method("lower", NONE, T::String, B::StringLower),
    method("upper", NONE, T::String, B::StringUpper),
    method("contains", TEXT, T::Bool, B::StringContains),
    method("starts_with", TEXT, T::Bool, B::StringStartsWith),
    method("ends_with", TEXT, T::Bool, B::StringEndsWith),
    method("index_of", TEXT, T::OptInt, B::StringIndexOf),
    method("replace", FROM_TO_TEXT, T::String, B::StringReplace),
    method("split", SEPARATOR, T::Strings, B::StringSplit),
    method("lines", NONE, T::Strings, B::StringLines),
    method("slice", FROM_TO, T::String, B::StringSlice),
    method("repeat", COUNT, T::String, B::StringRepeat),
    method("to_int", NONE, T::OptInt, B::StringToInt),
    method("to_float", NONE, T::OptFloat, B::StringToFloat),
    method("to_bytes", NONE, T::Bytes, B::StringToBytes),
];

const LIST: &[Method] = &[
    method("len", NONE, T::Int, B::ListLen),
    method("is_empty", NONE, T::Bool, B::ListIsEmpty),
    method("append", VALUE, T::Same, B::ListAppend),
    method("insert", INDEX_VALUE, T::Same, B::ListInsert),
    method("remove_at", INDEX, T::Same, B::ListRemoveAt),
    method("slice", FROM_TO, T::Same, B::ListSlice),
    method("reverse", NONE, T::Same, B::ListReverse),
    needing(
        Needs::Comparable,
        "contains",
        VALUE,
        T::Bool,
        B::ListContains,
    ),
    needing(
        Needs::Comparable,
        "index_of",
        VALUE,
        T::OptInt,
        B::ListIndexOf,
    ),
    method("first", NONE, T::OptElement, B::ListFirst),
    method("last", NONE, T::OptElement, B::ListLast),
    needing(Needs::Ordered, "sort", NONE, T::Same, B::ListSort),
    needing(Needs::Strings, "join", SEPARATOR, T::String, B::ListJoin),
    needing(Needs::Numbers, "sum", NONE, T::Element, B::ListSum),
    needing(Needs::Numbers, "min", NONE, T::OptElement, B::ListMin),
    needing(Needs::Numbers, "max", NONE, T::OptElement, B::ListMax),
];

const MAP: &[Method] = &[
    method("len", NONE, T::Int, B::MapLen),
    method("is_empty", NONE, T::Bool, B::MapIsEmpty),
    method("has", KEY, T::Bool, B::MapHas),
    method("remove", KEY, T::Same, B::MapRemove),
    method("keys", NONE, T::Strings, B::MapKeys),
    method("values", NONE, T::Elements, B::MapValues),
];

const BYTES: &[Method] = &[
    method("len", NONE, T::Int, B::BytesLen),
    method("is_empty", NONE, T::Bool, B::BytesIsEmpty),
    method("slice", FROM_TO, T::Bytes, B::BytesSlice),
    method("to_string", NONE, T::OptString, B::BytesToString),
    method("to_hex", NONE, T::String, B::BytesToHex),
    method("to_base64", NONE, T::String, B::BytesToBase64),
];

const COLUMN_VALUE: Params = &[("column", T::String), ("value", T::Given)];

const QUERY: &[Method] = &[
    method(
        "select",
        &[("columns", T::Strings)],
        T::Same,
        B::QuerySelect,
    ),
    method(
        "where",
        &[
            ("column", T::String),
            ("op", T::String),
            ("value", T::Given),
        ],
        T::Same,
        B::QueryWhere,
    ),
    method(
        "order_by",
        &[("column", T::String), ("dir", T::String)],
        T::Same,
        B::QueryOrderBy,
    ),
    method("limit", COUNT_N, T::Same, B::QueryLimit),
    method("insert", &[("value", T::Given)], T::Same, B::QueryInsert),
    method("upsert", &[("value", T::Given)], T::Same, B::QueryInsert),
    method("update", COLUMN_VALUE, T::Same, B::QueryUpdate),
    method("delete", NONE, T::Same, B::QueryDelete),
    method("count", NONE, T::Int, B::QueryCount),
    method("one", NONE, T::OptRow, B::QueryOne),
    method("all", NONE, T::Rows, B::QueryAll),
    method("exec", NONE, T::Unit, B::QueryExec),
    method("sql", NONE, T::String, B::QuerySql),
    method("params", NONE, T::Dynamics, B::QueryParams),
];

const INT: &[Method] = &[
    method("to_float", NONE, T::Float, B::IntToFloat),
    method("abs", NONE, T::Int, B::IntAbs),
];

const FLOAT: &[Method] = &[
    method("to_int", NONE, T::OptInt, B::FloatToInt),
    method("floor", NONE, T::Float, B::FloatFloor),
    method("ceil", NONE, T::Float, B::FloatCeil),
    method("round", NONE, T::Float, B::FloatRound),
    method("sqrt", NONE, T::Float, B::FloatSqrt),
    method("abs", NONE, T::Float, B::FloatAbs),
    method("is_nan", NONE, T::Bool, B::FloatIsNan),
];

/// `Map.get` is an access, not a call; it is listed here so that every method has its place.
pub(super) const MAP_GET: &str = "get";

/// The methods of a type.
pub(super) fn methods(ty: &Type) -> &'static [Method] {
    match ty {
        Type::String => STRING,
        Type::List(_) => LIST,
        Type::Map(_) => MAP,
        Type::Bytes => BYTES,
        Type::Query => QUERY,
        Type::Int => INT,
        Type::Float => FLOAT,
        _ => &[],
    }
}

pub(crate) fn method_names(ty: &Type) -> impl Iterator<Item = &'static str> {
    let get = matches!(ty, Type::Map(_)).then_some(MAP_GET);
    methods(ty).iter().map(|m| m.name).chain(get)
}

pub(crate) fn has_method(ty: &Type, name: &str) -> bool {
    method_names(ty).any(|n| n == name)
}

/// What a parameter is worth that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Constant {
    Text(&'static str),
    Int(i64),
    /// A map without entries.
    NoEntries,
}

pub(super) struct Function {
    pub name: &'static str,
    pub params: Params,
    /// Values of the last parameters where they are left out.
    pub defaults: &'static [Constant],
    pub ret: T,
    pub builtin: B,
}

const fn function(name: &'static str, params: Params, ret: T, builtin: B) -> Function {
    Function {
        name,
        params,
        defaults: &[],
        ret,
        builtin,
    }
}

/// Functions with a fixed signature; members of namespaces are written with their dot.
pub(super) const FUNCTIONS: &[Function] = &[
    function("env", NAME, T::OptString, B::Env),
    function("env_int", NAME, T::OptInt, B::EnvInt),
    function("env_float", NAME, T::OptFloat, B::EnvFloat),
    function("env_bool", NAME, T::OptBool, B::EnvBool),
    Function {
        defaults: &[Constant::Text("")],
        ..function("input", &[("prompt", T::String)], T::String, B::Input)
    },
    function("read_line", &[], T::OptString, B::ReadLine),
    function("read_text", &[], T::String, B::ReadText),
    function("serve", &[("port", T::Int)], T::Unit, B::Serve),
    function("html.text", VALUE_TEXT, T::Html, B::HtmlText),
    function("html.raw", VALUE_TEXT, T::Html, B::HtmlRaw),
    function(
        "html.render",
        &[("value", T::Html)],
        T::String,
        B::HtmlRender,
    ),
    function(
        "html.node",
        &[
            ("name", T::String),
            ("attrs", T::Attributes),
            ("children", T::Children),
        ],
        T::Html,
        B::HtmlNode,
    ),
    function("svg.inline", &[("path", T::String)], T::Html, B::SvgInline),
    function("time.now", &[], T::Int, B::TimeNow),
    function("time.sleep", &[("ms", T::Int)], T::Unit, B::TimeSleep),
    function(
        "time.format",
        &[("epoch", T::Int), ("fmt", T::String)],
        T::String,
        B::TimeFormat,
    ),
    function(
        "time.parse",
        &[("text", T::String), ("fmt", T::String)],
        T::IntOrError,
        B::TimeParse,
    ),
    function(
        "crypto.hash",
        &[("algo", T::String), ("data", T::Bytes)],
        T::Bytes,
        B::CryptoHash,
    ),
    function(
        "crypto.hmac",
        &[("algo", T::String), ("key", T::Bytes), ("data", T::Bytes)],
        T::Bytes,
        B::CryptoHmac,
    ),
    function(
        "crypto.random_bytes",
        &[("n", T::Int)],
        T::Bytes,
        B::RandomBytes,
    ),
    function(
        "crypto.constant_time_eq",
        &[("a", T::Bytes), ("b", T::Bytes)],
        T::Bool,
        B::ConstantTimeEqual,
    ),
    function("db.from", &[("table", T::String)], T::Query, B::QueryFrom),
    function("asset", &[("path", T::String)], T::String, B::Asset),
    function("request.header", NAME, T::OptString, B::RequestHeader),
    function("request.cookie", NAME, T::OptString, B::RequestCookie),
    function("request.query", NAME, T::OptString, B::RequestQuery),
    function("response.header", NAME_VALUE, T::Unit, B::ResponseHeader),
    function("response.cookie", NAME_VALUE, T::Unit, B::ResponseCookie),
    function(
        "response.delete_cookie",
        NAME,
        T::Unit,
        B::ResponseDeleteCookie,
    ),
    Function {
        defaults: &[
            Constant::Text(""),
            Constant::NoEntries,
            Constant::Int(TIMEOUT_MS),
        ],
        ..function(
            "http.request",
            &[
                ("method", T::String),
                ("url", T::String),
                ("body", T::String),
                ("headers", T::Attributes),
                ("timeout_ms", T::Int),
            ],
            T::Fetched,
            B::HttpRequest,
        )
    },
    Function {
        defaults: &[Constant::NoEntries, Constant::Int(TIMEOUT_MS)],
        ..function(
            "http.get",
            &[
                ("url", T::String),
                ("headers", T::Attributes),
                ("timeout_ms", T::Int),
            ],
            T::Fetched,
            B::HttpGet,
        )
    },
    Function {
        defaults: &[Constant::NoEntries, Constant::Int(TIMEOUT_MS)],
        ..function(
            "http.post",
            &[
                ("url", T::String),
                ("body", T::String),
                ("headers", T::Attributes),
                ("timeout_ms", T::Int),
            ],
            T::Fetched,
            B::HttpPost,
        )
    },
];

/// Functions whose arguments may be of any type.
pub(super) const OPEN_FUNCTIONS: &[&str] = &[
    "print",
    "log",
    "assert",
    "json.encode",
    "json.decode",
    "db.exec",
    "db.query",
    "db.one",
];

/// The capability that a function every module knows needs.
pub(super) fn capability(name: &str) -> Option<&'static str> {
    if !is_function(name) {
        return None;
    }
    match name
        .split_once('.')
        .map_or(name, |(namespace, _)| namespace)
    {
        "db" => Some("db"),
        "http" | "serve" => Some("network"),
        "time" => Some("time"),
        "crypto" => Some("crypto"),
        _ => None,
    }
}

pub(super) const CONSTRUCTORS: &[&str] = &["Some", "None", "Ok", "Err"];

pub(crate) fn functions() -> impl Iterator<Item = &'static str> {
    let plain = FUNCTIONS
        .iter()
        .map(|f| f.name)
        .chain(OPEN_FUNCTIONS.iter().copied());
    plain
        .filter(|n| !n.contains('.'))
        .chain(CONSTRUCTORS.iter().copied())
}

/// Whether a function takes values of any type.
pub(crate) fn is_open(name: &str) -> bool {
    OPEN_FUNCTIONS.contains(&name)
}

/// Whether `name` is a function that every module can call.
pub(crate) fn is_function(name: &str) -> bool {
    FUNCTIONS.iter().any(|f| f.name == name) || OPEN_FUNCTIONS.contains(&name)
}

pub(crate) fn is_constructor(name: &str) -> bool {
    CONSTRUCTORS.contains(&name)
}
