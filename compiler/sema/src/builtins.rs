//! What the language provides: tables of methods, functions and namespaces, and how calls of them are typed.

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::checker::Checker;
use crate::diag::with_suggestion;
use crate::func::FnCx;
use crate::program::{Builtin, Expr, ExprKind, Stmt};
use crate::types::{Type, TypeId};

/// Types as tables write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum T {
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
    /// The receiver's type.
    Same,
    /// The element of the receiver.
    Element,
    OptElement,
    Elements,
}

/// Name, type and, for a `String` parameter that may be left out, its default.
type Param = (&'static str, TypeId, Option<&'static str>);

/// A call of something in the tables.
struct Arguments<'a, 'n> {
    call: &'a ast::Call,
    callee: &'n str,
    receiver: Option<Expr>,
    /// Arguments that have been looked at already: none or all.
    ready: Vec<Expr>,
}

/// What a receiver must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    String,
    List,
    Map,
    Bytes,
    Int,
    Float,
}

/// What elements a list method needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Nothing,
    Comparable,
    Ordered,
    Numbers,
    Strings,
}

struct Method {
    on: On,
    name: &'static str,
    params: &'static [(&'static str, T)],
    ret: T,
    builtin: Builtin,
    needs: Needs,
}

const fn method(
    on: On,
    name: &'static str,
    params: &'static [(&'static str, T)],
    ret: T,
    builtin: Builtin,
) -> Method {
    Method {
        on,
        name,
        params,
        ret,
        builtin,
        needs: Needs::Nothing,
    }
}

const fn needing(
    needs: Needs,
    name: &'static str,
    params: &'static [(&'static str, T)],
    ret: T,
    builtin: Builtin,
) -> Method {
    Method {
        on: On::List,
        name,
        params,
        ret,
        builtin,
        needs,
    }
}

const METHODS: &[Method] = &[
    method(On::String, "len", &[], T::Int, Builtin::StringLen),
    method(On::String, "is_empty", &[], T::Bool, Builtin::StringIsEmpty),
    method(On::String, "trim", &[], T::String, Builtin::StringTrim),
    method(
        On::String,
        "trim_start",
        &[],
        T::String,
        Builtin::StringTrimStart,
    ),
    method(
        On::String,
        "trim_end",
        &[],
        T::String,
        Builtin::StringTrimEnd,
    ),
    method(On::String, "lower", &[], T::String, Builtin::StringLower),
    method(On::String, "upper", &[], T::String, Builtin::StringUpper),
    method(
        On::String,
        "contains",
        &[("text", T::String)],
        T::Bool,
        Builtin::StringContains,
    ),
    method(
        On::String,
        "starts_with",
        &[("text", T::String)],
        T::Bool,
        Builtin::StringStartsWith,
    ),
    method(
        On::String,
        "ends_with",
        &[("text", T::String)],
        T::Bool,
        Builtin::StringEndsWith,
    ),
    method(
        On::String,
        "index_of",
        &[("text", T::String)],
        T::OptInt,
        Builtin::StringIndexOf,
    ),
    method(
        On::String,
        "replace",
        &[("from", T::String), ("to", T::String)],
        T::String,
        Builtin::StringReplace,
    ),
    method(
        On::String,
        "split",
        &[("separator", T::String)],
        T::Strings,
        Builtin::StringSplit,
    ),
    method(On::String, "lines", &[], T::Strings, Builtin::StringLines),
    method(
        On::String,
        "slice",
        &[("from", T::Int), ("to", T::Int)],
        T::String,
        Builtin::StringSlice,
    ),
    method(
        On::String,
        "repeat",
        &[("count", T::Int)],
        T::String,
        Builtin::StringRepeat,
    ),
    method(On::String, "to_int", &[], T::OptInt, Builtin::StringToInt),
    method(
        On::String,
        "to_float",
        &[],
        T::OptFloat,
        Builtin::StringToFloat,
    ),
    method(
        On::String,
        "to_bytes",
        &[],
        T::Bytes,
        Builtin::StringToBytes,
    ),
    method(On::List, "len", &[], T::Int, Builtin::ListLen),
    method(On::List, "is_empty", &[], T::Bool, Builtin::ListIsEmpty),
    method(
        On::List,
        "append",
        &[("value", T::Element)],
        T::Same,
        Builtin::ListAppend,
    ),
    method(
        On::List,
        "insert",
        &[("index", T::Int), ("value", T::Element)],
        T::Same,
        Builtin::ListInsert,
    ),
    method(
        On::List,
        "remove_at",
        &[("index", T::Int)],
        T::Same,
        Builtin::ListRemoveAt,
    ),
    method(
        On::List,
        "slice",
        &[("from", T::Int), ("to", T::Int)],
        T::Same,
        Builtin::ListSlice,
    ),
    method(On::List, "reverse", &[], T::Same, Builtin::ListReverse),
    needing(
        Needs::Comparable,
        "contains",
        &[("value", T::Element)],
        T::Bool,
        Builtin::ListContains,
    ),
    needing(
        Needs::Comparable,
        "index_of",
        &[("value", T::Element)],
        T::OptInt,
        Builtin::ListIndexOf,
    ),
    method(On::List, "first", &[], T::OptElement, Builtin::ListFirst),
    method(On::List, "last", &[], T::OptElement, Builtin::ListLast),
    needing(Needs::Ordered, "sort", &[], T::Same, Builtin::ListSort),
    needing(
        Needs::Strings,
        "join",
        &[("separator", T::String)],
        T::String,
        Builtin::ListJoin,
    ),
    needing(Needs::Numbers, "sum", &[], T::Element, Builtin::ListSum),
    needing(Needs::Numbers, "min", &[], T::OptElement, Builtin::ListMin),
    needing(Needs::Numbers, "max", &[], T::OptElement, Builtin::ListMax),
    method(On::Map, "len", &[], T::Int, Builtin::MapLen),
    method(On::Map, "is_empty", &[], T::Bool, Builtin::MapIsEmpty),
    method(
        On::Map,
        "has",
        &[("key", T::String)],
        T::Bool,
        Builtin::MapHas,
    ),
    method(
        On::Map,
        "remove",
        &[("key", T::String)],
        T::Same,
        Builtin::MapRemove,
    ),
    method(On::Map, "keys", &[], T::Strings, Builtin::MapKeys),
    method(On::Map, "values", &[], T::Elements, Builtin::MapValues),
    method(On::Bytes, "len", &[], T::Int, Builtin::BytesLen),
    method(On::Bytes, "is_empty", &[], T::Bool, Builtin::BytesIsEmpty),
    method(
        On::Bytes,
        "slice",
        &[("from", T::Int), ("to", T::Int)],
        T::Bytes,
        Builtin::BytesSlice,
    ),
    method(
        On::Bytes,
        "to_string",
        &[],
        T::OptString,
        Builtin::BytesToString,
    ),
    method(On::Bytes, "to_hex", &[], T::String, Builtin::BytesToHex),
    method(
        On::Bytes,
        "to_base64",
        &[],
        T::String,
        Builtin::BytesToBase64,
    ),
    method(On::Int, "to_float", &[], T::Float, Builtin::IntToFloat),
    method(On::Int, "abs", &[], T::Int, Builtin::IntAbs),
    method(On::Float, "to_int", &[], T::OptInt, Builtin::FloatToInt),
    method(On::Float, "floor", &[], T::Float, Builtin::FloatFloor),
    method(On::Float, "ceil", &[], T::Float, Builtin::FloatCeil),
    method(On::Float, "round", &[], T::Float, Builtin::FloatRound),
    method(On::Float, "sqrt", &[], T::Float, Builtin::FloatSqrt),
    method(On::Float, "abs", &[], T::Float, Builtin::FloatAbs),
    method(On::Float, "is_nan", &[], T::Bool, Builtin::FloatIsNan),
];

/// `Map.get` is an access, not a call; it is listed here so that every method has its place.
const MAP_GET: &str = "get";

struct Function {
    name: &'static str,
    params: &'static [(&'static str, T)],
    /// Value of the last parameter when it is left out.
    default: Option<&'static str>,
    ret: T,
    builtin: Builtin,
    capability: Option<&'static str>,
}

const fn function(
    name: &'static str,
    params: &'static [(&'static str, T)],
    ret: T,
    builtin: Builtin,
) -> Function {
    Function {
        name,
        params,
        default: None,
        ret,
        builtin,
        capability: None,
    }
}

/// Functions with a fixed signature; members of namespaces are written with their dot.
const FUNCTIONS: &[Function] = &[
    function("env", &[("name", T::String)], T::OptString, Builtin::Env),
    function(
        "env_int",
        &[("name", T::String)],
        T::OptInt,
        Builtin::EnvInt,
    ),
    function(
        "env_float",
        &[("name", T::String)],
        T::OptFloat,
        Builtin::EnvFloat,
    ),
    function(
        "env_bool",
        &[("name", T::String)],
        T::OptBool,
        Builtin::EnvBool,
    ),
    Function {
        default: Some(""),
        ..function("input", &[("prompt", T::String)], T::String, Builtin::Input)
    },
    function("read_line", &[], T::OptString, Builtin::ReadLine),
    function("read_text", &[], T::String, Builtin::ReadText),
    Function {
        capability: Some("network"),
        ..function("serve", &[("port", T::Int)], T::Unit, Builtin::Serve)
    },
    Function {
        capability: Some("time"),
        ..function("time.now", &[], T::Int, Builtin::TimeNow)
    },
];

/// Functions whose arguments may be of any type.
const OPEN_FUNCTIONS: &[&str] = &["print", "log", "assert", "json.encode"];

/// Known functions that are not built yet.
const PLANNED: &[&str] = &[
    "asset",
    "json.decode",
    "html.text",
    "html.raw",
    "html.node",
    "html.render",
    "svg.inline",
    "request.header",
    "request.cookie",
    "request.query",
    "response.header",
    "response.cookie",
    "response.delete_cookie",
    "http.request",
    "http.get",
    "http.post",
    "time.sleep",
    "time.format",
    "time.parse",
    "crypto.hash",
    "crypto.hmac",
    "crypto.random_bytes",
    "crypto.constant_time_eq",
    "db.exec",
    "db.query",
    "db.one",
    "db.from",
];

/// Capabilities that come with every member of a namespace.
const NAMESPACE_CAPABILITIES: &[(&str, &str)] = &[
    ("db", "db"),
    ("http", "network"),
    ("time", "time"),
    ("crypto", "crypto"),
];

const CONSTRUCTORS: &[&str] = &["Some", "None", "Ok", "Err"];

/// HTML elements, void ones first.
const TAGS: &str = "area base basefont br col embed hr image img isindex keygen link meta param source track wbr \
a abbr acronym address applet article aside audio b bdi bdo big blockquote body button canvas caption center cite code \
colgroup data datalist dd del details dfn dialog dir div dl dt em fieldset figcaption figure font footer form frame \
frameset h1 h2 h3 h4 h5 h6 head header hgroup html i iframe ins kbd label legend li main map mark marquee math menu \
meter nav noembed noframes noscript object ol optgroup option output p picture plaintext pre progress q rb rp rt rtc \
ruby s samp script search section select slot small span strike strong style sub summary sup svg table tbody td \
template textarea tfoot th thead title tr tt u ul var video xmp";

pub(crate) fn functions() -> impl Iterator<Item = &'static str> {
    let plain = FUNCTIONS
        .iter()
        .map(|f| f.name)
        .chain(OPEN_FUNCTIONS.iter().copied());
    plain
        .filter(|n| !n.contains('.'))
        .chain(CONSTRUCTORS.iter().copied())
}

/// Whether `name` is a function that every module can call.
pub(crate) fn is_function(name: &str) -> bool {
    FUNCTIONS.iter().any(|f| f.name == name)
        || OPEN_FUNCTIONS.contains(&name)
        || PLANNED.contains(&name)
}

pub(crate) fn is_constructor(name: &str) -> bool {
    CONSTRUCTORS.contains(&name)
}

pub(crate) fn is_tag(name: &str) -> bool {
    TAGS.split_ascii_whitespace().any(|t| t == name)
}

fn receiver(ty: &Type) -> Option<On> {
    Some(match ty {
        Type::String => On::String,
        Type::List(_) => On::List,
        Type::Map(_) => On::Map,
        Type::Bytes => On::Bytes,
        Type::Int => On::Int,
        Type::Float => On::Float,
        _ => return None,
    })
}

pub(crate) fn method_names(ty: &Type) -> impl Iterator<Item = &'static str> {
    let on = receiver(ty);
    let get = (on == Some(On::Map)).then_some(MAP_GET);
    METHODS
        .iter()
        .filter(move |m| Some(m.on) == on)
        .map(|m| m.name)
        .chain(get)
}

pub(crate) fn has_method(ty: &Type, name: &str) -> bool {
    method_names(ty).any(|n| n == name)
}

impl Checker<'_> {
    fn table_type(&mut self, written: T, same: TypeId) -> TypeId {
        let common = self.common;
        let element = match self.types.get(same) {
            Type::List(t) | Type::Map(t) => *t,
            _ => common.error,
        };
        match written {
            T::Unit => common.unit,
            T::Bool => common.bool,
            T::Int => common.int,
            T::Float => common.float,
            T::String => common.string,
            T::Bytes => common.bytes,
            T::OptInt => self.option(common.int),
            T::OptFloat => self.option(common.float),
            T::OptBool => self.option(common.bool),
            T::OptString => self.option(common.string),
            T::Strings => self.list(common.string),
            T::Same => same,
            T::Element => element,
            T::OptElement => match self.types.get(element) {
                // No element and a null element are the same null.
                Type::Option(_) => element,
                _ => self.option(element),
            },
            T::Elements => self.list(element),
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    /// `receiver.name(args)` on a value of a builtin type.
    pub fn method_call(
        &mut self,
        receiver_value: Expr,
        name: &'a ast::Ident,
        call: &'a ast::Call,
        span: Span,
    ) -> Expr {
        if receiver_value.ty == self.c.common.error {
            self.visit(&call.args);
            return self.error_expr(span);
        }
        let value = self.to_root(receiver_value);
        let on = receiver(self.ty(value.ty));
        if on == Some(On::Map) && name.text == MAP_GET {
            return self.map_get(value, call, name, span);
        }
        let Some(row) = METHODS
            .iter()
            .find(|m| Some(m.on) == on && m.name == name.text)
        else {
            self.visit(&call.args);
            self.no_member(value.ty, name);
            return self.error_expr(span);
        };
        self.no_type_arguments(call);
        let Some((value, ready)) = self.receiver_for(value, row, name, call) else {
            return self.error_expr(span);
        };
        let same = value.ty;
        let params = self.table_params(row.params, same, None);
        let arguments = Arguments {
            call,
            callee: row.name,
            receiver: Some(value),
            ready,
        };
        let Some((statements, args)) = self.table_arguments(&params, arguments, span) else {
            return self.error_expr(span);
        };
        let ty = self.c.table_type(row.ret, same);
        if row.ret == T::OptElement
            && matches!(self.ty(ty), Type::Option(_))
            && self.element_of(same) == ty
        {
            return self.flat_element(row.builtin, args, ty, span);
        }
        let kind = ExprKind::Builtin {
            builtin: row.builtin,
            args,
        };
        self.with_statements(statements, Expr { kind, ty, span })
    }

    /// `first` and `last` of a list of options: absent and null are one.
    fn flat_element(&mut self, builtin: Builtin, args: Vec<Expr>, ty: TypeId, span: Span) -> Expr {
        let nested = self.c.option(ty);
        let value = Expr {
            kind: ExprKind::Builtin { builtin, args },
            ty: nested,
            span,
        };
        let default = Expr {
            kind: ExprKind::None,
            ty,
            span,
        };
        Expr {
            kind: ExprKind::Coalesce {
                value: Box::new(value),
                default: Box::new(default),
            },
            ty,
            span,
        }
    }

    /// The receiver in the form a method needs, and arguments that had to be looked at for that; reports and returns
    /// `None` if its elements do not fit.
    fn receiver_for(
        &mut self,
        value: Expr,
        row: &Method,
        name: &ast::Ident,
        call: &'a ast::Call,
    ) -> Option<(Expr, Vec<Expr>)> {
        let common = self.c.common;
        if row.on != On::List {
            return Some((self.settle(value), Vec::new()));
        }
        let element = self.element_of(value.ty);
        let root = self.c.root(element);
        let fits = match row.needs {
            Needs::Nothing => true,
            Needs::Comparable => self.comparable(element),
            Needs::Ordered => {
                [common.int, common.float, common.string, common.bytes].contains(&root)
            }
            Needs::Numbers => root == common.int || root == common.float,
            Needs::Strings => root == common.string || root == common.never,
        };
        if !fits {
            self.visit(&call.args);
            let what = match row.needs {
                Needs::Comparable => "values that can be compared",
                Needs::Ordered => "numbers, `String`s or `Bytes`",
                Needs::Numbers => "numbers",
                _ => "`String`s",
            };
            let message = format!(
                "`{}` expected a list of {what}, found `{}`",
                row.name,
                self.show(value.ty)
            );
            self.error("FUSE_METHOD_ELEMENT", name.span, message);
            return None;
        }
        if element == common.never {
            return Some(self.open_receiver(value, row, call));
        }
        if matches!(row.needs, Needs::Numbers | Needs::Strings) && root != element {
            let ty = self.c.list(root);
            return Some((self.retype(value, ty), Vec::new()));
        }
        Some((value, Vec::new()))
    }

    /// An empty list literal takes its element type from what is added to it.
    fn open_receiver(
        &mut self,
        value: Expr,
        row: &Method,
        call: &'a ast::Call,
    ) -> (Expr, Vec<Expr>) {
        if row.needs == Needs::Strings {
            let ty = self.c.list(self.c.common.string);
            return (self.convert(value, ty, ""), Vec::new());
        }
        if !row.params.iter().any(|(_, t)| *t == T::Element) {
            return (self.settle(value), Vec::new());
        }
        let ready: Vec<Expr> = call
            .args
            .iter()
            .map(|arg| self.expr(&arg.value, None))
            .collect();
        // The element is the last parameter of every method that takes one.
        let element = ready.last().map_or(self.c.common.unit, |e| e.ty);
        let element = self.c.settled(element);
        let ty = self.c.list(element);
        (self.convert(value, ty, ""), ready)
    }

    fn map_get(
        &mut self,
        map: Expr,
        call: &'a ast::Call,
        name: &'a ast::Ident,
        span: Span,
    ) -> Expr {
        let string = self.c.common.string;
        let map = self.settle(map);
        let element = match *self.ty(map.ty) {
            Type::Map(t) => t,
            _ => self.c.common.error,
        };
        let params = vec![("key", string, None)];
        let arguments = Arguments {
            call,
            callee: &name.text,
            receiver: Some(map),
            ready: Vec::new(),
        };
        let Some((statements, args)) = self.table_arguments(&params, arguments, span) else {
            return self.error_expr(span);
        };
        let mut args = args.into_iter();
        let (Some(map), Some(key)) = (args.next(), args.next()) else {
            return self.error_expr(span);
        };
        let option = self.c.option(element);
        let kind = ExprKind::MapGet {
            map: Box::new(map),
            key: Box::new(key),
        };
        let mut found = Expr {
            kind,
            ty: option,
            span,
        };
        if matches!(self.ty(element), Type::Option(_)) {
            let nothing = Expr {
                kind: ExprKind::None,
                ty: element,
                span,
            };
            let kind = ExprKind::Coalesce {
                value: Box::new(found),
                default: Box::new(nothing),
            };
            found = Expr {
                kind,
                ty: element,
                span,
            };
        }
        self.with_statements(statements, found)
    }

    /// A call of a function every module knows; `name` includes its namespace.
    pub fn builtin_call(
        &mut self,
        name: &str,
        call: &'a ast::Call,
        callee: Span,
        span: Span,
    ) -> Expr {
        self.no_type_arguments(call);
        if let Some((namespace, _)) = name.split_once('.')
            && let Some((_, capability)) =
                NAMESPACE_CAPABILITIES.iter().find(|(n, _)| *n == namespace)
        {
            self.need(capability, name, callee);
        }
        if let Some(row) = FUNCTIONS.iter().find(|f| f.name == name) {
            if let Some(capability) = row.capability {
                self.need(capability, name, callee);
            }
            let params = self.table_params(row.params, self.c.common.error, row.default);
            let arguments = Arguments {
                call,
                callee: name,
                receiver: None,
                ready: Vec::new(),
            };
            let Some((statements, args)) = self.table_arguments(&params, arguments, span) else {
                return self.error_expr(span);
            };
            let ty = self.c.table_type(row.ret, self.c.common.error);
            let value = Expr {
                kind: ExprKind::Builtin {
                    builtin: row.builtin,
                    args,
                },
                ty,
                span,
            };
            return self.with_statements(statements, value);
        }
        match name {
            "print" => self.print(call, span),
            "log" => self.log(call, span),
            "assert" => self.assert(call, span),
            "json.encode" => self.json_encode(call, span),
            _ => {
                self.visit(&call.args);
                self.unknown_builtin(name, callee);
                self.error_expr(span)
            }
        }
    }

    fn unknown_builtin(&mut self, name: &str, span: Span) {
        if PLANNED.contains(&name) {
            let message = format!("`{name}` is not supported yet");
            return self.error("FUSE_UNSUPPORTED", span, message);
        }
        let (namespace, member) = name.split_once('.').unwrap_or((name, ""));
        if namespace == "task" {
            let message = "there is no `task` API; use `spawn` and `await`";
            return self.error("FUSE_UNKNOWN_MEMBER", span, message);
        }
        let d = Diagnostic::error(
            "FUSE_UNKNOWN_MEMBER",
            span,
            format!("`{namespace}` has no member `{member}`"),
        );
        let known = FUNCTIONS
            .iter()
            .map(|f| f.name)
            .chain(OPEN_FUNCTIONS.iter().copied());
        let known = known.chain(PLANNED.iter().copied());
        let members = known
            .filter_map(|n| n.split_once('.'))
            .filter(|(n, _)| *n == namespace)
            .map(|(_, m)| m);
        let d = with_suggestion(d, member, members);
        self.c.sink.push(d);
    }

    /// Reports when the module does not declare a capability that `what` needs.
    pub fn need(&mut self, capability: &str, what: &str, span: Span) {
        if !self.c.modules[self.module].requires.contains(capability) {
            let message = format!(
                "`{what}` needs the capability `{capability}`, which this module does not require"
            );
            let d = Diagnostic::error("FUSE_CAPABILITY_MISSING", span, message);
            self.c.sink.push(d.with_hint(format!(
                "add `requires {capability}` at the top of the module"
            )));
        }
    }

    fn table_params(
        &mut self,
        params: &[(&'static str, T)],
        same: TypeId,
        default: Option<&'static str>,
    ) -> Vec<Param> {
        let last = params.len().saturating_sub(1);
        params
            .iter()
            .enumerate()
            .map(|(i, (name, ty))| {
                (
                    *name,
                    self.c.table_type(*ty, same),
                    default.filter(|_| i == last),
                )
            })
            .collect()
    }

    /// Checked arguments in parameter order, after the receiver if there is one.
    fn table_arguments(
        &mut self,
        params: &[Param],
        arguments: Arguments<'a, '_>,
        span: Span,
    ) -> Option<(Vec<Stmt>, Vec<Expr>)> {
        let Arguments {
            call,
            callee,
            receiver,
            ready,
        } = arguments;
        let names: Vec<(&str, bool)> = params.iter().map(|(n, _, d)| (*n, d.is_some())).collect();
        let Some(bound) = self.bind(&names, &call.args, callee, call.callee.span) else {
            if ready.is_empty() {
                self.visit(&call.args);
            }
            return None;
        };
        let offset = usize::from(receiver.is_some());
        let mut written: Vec<(usize, Expr)> = receiver.into_iter().map(|r| (0, r)).collect();
        let mut ready = ready.into_iter();
        for (arg, index) in call.args.iter().zip(&bound) {
            let (param, ty, _) = params[*index];
            let value = match ready.next() {
                Some(value) => self.coerce(value, ty, param),
                None => self.check(&arg.value, ty, param),
            };
            written.push((index + offset, value));
        }
        if written.iter().any(|(_, e)| e.ty == self.c.common.error) {
            return None;
        }
        let mut defaults = Vec::new();
        for (i, (_, ty, default)) in params.iter().enumerate() {
            if let Some(text) = default
                && !bound.contains(&i)
            {
                let kind = ExprKind::String((*text).to_string());
                defaults.push((
                    i + offset,
                    crate::call::Default::Inline(Expr {
                        kind,
                        ty: *ty,
                        span,
                    }),
                ));
            }
        }
        Some(self.arrange(params.len() + offset, written, defaults, span))
    }

    fn open_arguments(
        &mut self,
        call: &'a ast::Call,
        name: &str,
        params: &[(&str, bool)],
    ) -> Option<Vec<(usize, Expr)>> {
        let Some(bound) = self.bind(params, &call.args, name, call.callee.span) else {
            self.visit(&call.args);
            return None;
        };
        let mut values = Vec::new();
        for (arg, index) in call.args.iter().zip(bound) {
            let value = self.expr(&arg.value, None);
            let value = self.settle(value);
            values.push((index, value));
        }
        (!values.iter().any(|(_, v)| v.ty == self.c.common.error)).then_some(values)
    }

    fn print(&mut self, call: &'a ast::Call, span: Span) -> Expr {
        let Some(mut values) = self.open_arguments(call, "print", &[("value", true)]) else {
            return self.error_expr(span);
        };
        let text = match values.pop() {
            Some((_, value)) => self.text_of(value),
            None => Expr {
                kind: ExprKind::String(String::new()),
                ty: self.c.common.string,
                span,
            },
        };
        self.unit_builtin(Builtin::Print, vec![text], span)
    }

    fn unit_builtin(&self, builtin: Builtin, args: Vec<Expr>, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Builtin { builtin, args },
            ty: self.c.common.unit,
            span,
        }
    }

    fn log(&mut self, call: &'a ast::Call, span: Span) -> Expr {
        if let Some(name) = call.args.iter().find_map(|a| a.name.as_ref()) {
            self.visit(&call.args);
            let message = format!("`log` has no parameter `{}`", name.text);
            self.error("FUSE_UNKNOWN_ARGUMENT", name.span, message);
            return self.error_expr(span);
        }
        let mut values = Vec::new();
        for arg in &call.args {
            let value = self.expr(&arg.value, None);
            values.push(self.settle(value));
        }
        if values.iter().any(|v| v.ty == self.c.common.error) {
            return self.error_expr(span);
        }
        self.unit_builtin(Builtin::Log, values, span)
    }

    fn assert(&mut self, call: &'a ast::Call, span: Span) -> Expr {
        let params = [("condition", false), ("message", true)];
        let Some(values) = self.open_arguments(call, "assert", &params) else {
            return self.error_expr(span);
        };
        let bool = self.c.common.bool;
        let mut written = Vec::new();
        for (index, value) in values {
            let value = if index == 0 {
                let value = self.to_root(value);
                self.coerce(value, bool, "")
            } else {
                self.text_of(value)
            };
            if value.ty == self.c.common.error {
                return self.error_expr(span);
            }
            written.push((index, value));
        }
        let mut defaults = Vec::new();
        if written.len() == 1 {
            let kind = ExprKind::String("assertion failed".to_string());
            let message = Expr {
                kind,
                ty: self.c.common.string,
                span,
            };
            defaults.push((1, crate::call::Default::Inline(message)));
        }
        let (statements, args) = self.arrange(2, written, defaults, span);
        let value = self.unit_builtin(Builtin::Assert, args, span);
        self.with_statements(statements, value)
    }

    fn json_encode(&mut self, call: &'a ast::Call, span: Span) -> Expr {
        let Some(values) = self.open_arguments(call, "json.encode", &[("value", false)]) else {
            return self.error_expr(span);
        };
        let args = values.into_iter().map(|(_, v)| v).collect();
        Expr {
            kind: ExprKind::Builtin {
                builtin: Builtin::JsonEncode,
                args,
            },
            ty: self.c.common.string,
            span,
        }
    }

    /// `Some(x)`, `None()`, `Ok(x)`, `Err(x)`.
    pub fn constructor(
        &mut self,
        name: &str,
        call: &'a ast::Call,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        self.no_type_arguments(call);
        let never = self.c.common.never;
        let wanted = want.map(|w| self.ty(w).clone());
        let value = match (name, call.args.as_slice()) {
            ("None", []) => {
                return Expr {
                    kind: ExprKind::None,
                    ty: self.c.option(never),
                    span,
                };
            }
            ("Ok", []) => Expr {
                kind: ExprKind::Unit,
                ty: self.c.common.unit,
                span,
            },
            (
                "Some" | "Ok" | "Err",
                [
                    ast::Arg {
                        name: None, value, ..
                    },
                ],
            ) => {
                let hint = match (name, wanted) {
                    ("Some", Some(Type::Option(t))) | ("Ok", Some(Type::Result(t, _))) => Some(t),
                    ("Err", Some(Type::Result(_, t))) => Some(t),
                    _ => None,
                };
                self.expr(value, hint)
            }
            _ => {
                self.visit(&call.args);
                let expected = if name == "None" {
                    "no arguments"
                } else {
                    "one unnamed argument"
                };
                let message = format!("`{name}` expected {expected}, found {}", call.args.len());
                self.error("FUSE_WRONG_ARITY", span, message);
                return self.error_expr(span);
            }
        };
        if value.ty == self.c.common.error {
            return self.error_expr(span);
        }
        let inner = value.ty;
        let (kind, ty) = match name {
            "Some" => (ExprKind::Some(Box::new(value)), Type::Option(inner)),
            "Ok" => (ExprKind::Ok(Box::new(value)), Type::Result(inner, never)),
            _ => (ExprKind::Err(Box::new(value)), Type::Result(never, inner)),
        };
        let ty = self.c.types.intern(ty);
        Expr { kind, ty, span }
    }
}
