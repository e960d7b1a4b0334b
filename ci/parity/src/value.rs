//! Values of the oracle: plain trees, copied whenever the language copies.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;

use crate::tree::Program;

#[derive(Clone, Debug)]
pub enum Value {
    Int(i64),
    Float(f64),
    Bool(bool),
    Str(String),
    Bytes(Vec<u8>),
    List(Vec<Value>),
    Map(IndexMap<String, Value>),
    Opt(Option<Box<Value>>),
    Res(Result<Box<Value>, Box<Value>>),
    Struct(usize, Vec<Value>),
    Enum(usize, usize, Vec<Value>),
}

/// Why evaluation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// A fault with its message.
    Fault(String),
    /// An error on its way to the function's result.
    Raise(Value),
    /// Too many steps or too large values: not a program for the gate.
    Budget,
    /// The tree is not well formed.
    Broken(String),
}

impl Stop {
    pub fn broken(what: &str) -> Stop {
        Stop::Broken(what.to_owned())
    }
    pub fn fault(message: &str) -> Stop {
        Stop::Fault(message.to_owned())
    }
}

/// Structural equality, with floats as IEEE has them.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => {
                compare_mixed(*a, *b) == Some(std::cmp::Ordering::Equal)
            }
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::List(a), Value::List(b)) => a == b,
            (Value::Map(a), Value::Map(b)) => {
                a.len() == b.len() && a.iter().all(|(k, v)| b.get(k) == Some(v))
            }
            (Value::Opt(a), Value::Opt(b)) => a == b,
            (Value::Res(a), Value::Res(b)) => a == b,
            (Value::Struct(a, x), Value::Struct(b, y)) => a == b && x == y,
            (Value::Enum(a, v, x), Value::Enum(b, w, y)) => a == b && v == w && x == y,
            _ => false,
        }
    }
}

/// Exact comparison of an integer with a float.
pub fn compare_mixed(a: i64, b: f64) -> Option<std::cmp::Ordering> {
    use std::cmp::Ordering::{Greater, Less};
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if b.is_nan() {
        None
    } else if b >= LIMIT {
        Some(Less)
    } else if b < -LIMIT {
        Some(Greater)
    } else {
        let whole = b.trunc();
        Some(a.cmp(&(whole as i64)).then_with(|| {
            // Equal whole parts: the fraction decides.
            0.0_f64.total_cmp(&(b - whole + 0.0))
        }))
    }
}

macro_rules! access {
    ($name:ident, $variant:ident, $ty:ty) => {
        pub fn $name(self) -> Result<$ty, Stop> {
            match self {
                Value::$variant(value) => Ok(value),
                other => Err(Stop::Broken(format!(
                    concat!(stringify!($name), " expected, {:?} found"),
                    other
                ))),
            }
        }
    };
}

impl Value {
    access!(int, Int, i64);
    access!(float, Float, f64);
    access!(bool, Bool, bool);
    access!(text, Str, String);
    access!(list, List, Vec<Value>);
    access!(map, Map, IndexMap<String, Value>);
    access!(opt, Opt, Option<Box<Value>>);

    pub fn some(value: Value) -> Value {
        Value::Opt(Some(Box::new(value)))
    }

    pub fn option(value: Option<Value>) -> Value {
        Value::Opt(value.map(Box::new))
    }

    /// How many parts it has.
    pub fn size(&self) -> usize {
        1 + match self {
            Value::Int(_) | Value::Float(_) | Value::Bool(_) => 0,
            Value::Str(text) => text.len() / 16,
            Value::Bytes(bytes) => bytes.len() / 16,
            Value::List(items) | Value::Struct(_, items) | Value::Enum(_, _, items) => {
                items.iter().map(Value::size).sum()
            }
            Value::Map(entries) => entries.values().map(|v| 1 + v.size()).sum(),
            Value::Opt(None) => 0,
            Value::Opt(Some(value)) => value.size(),
            Value::Res(Ok(value) | Err(value)) => value.size(),
        }
    }

    /// The language's text.
    pub fn display(&self, program: &Program) -> String {
        match self {
            Value::Int(n) => n.to_string(),
            Value::Float(n) => n.to_string(),
            Value::Bool(b) => b.to_string(),
            Value::Str(text) => text.clone(),
            Value::Bytes(bytes) => STANDARD.encode(bytes),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|v| v.display(program)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Map(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(k, v)| format!("{k}: {}", v.display(program)))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
            Value::Opt(None) => "null".to_owned(),
            Value::Opt(Some(value)) => value.display(program),
            Value::Res(Ok(value)) => format!("Ok({})", value.display(program)),
            Value::Res(Err(value)) => format!("Err({})", value.display(program)),
            Value::Struct(decl, values) => {
                let decl = &program.structs[*decl];
                let message = decl.fields.iter().zip(values).find_map(|(f, v)| match v {
                    Value::Str(text) if f.name == "message" => Some(text),
                    _ => None,
                });
                let name = format!("{}{}", program.prefix, decl.name);
                match message {
                    Some(text) => format!("{name}({text})"),
                    None => format!("<{name}>"),
                }
            }
            Value::Enum(decl, variant, parts) => {
                let decl = &program.enums[*decl];
                let name = &decl.variants[*variant].0;
                let name = format!("{}{}.{name}", program.prefix, decl.name);
                let parts: Vec<String> = parts.iter().map(|v| v.display(program)).collect();
                match parts.is_empty() {
                    true => name,
                    false => format!("{name}({})", parts.join(", ")),
                }
            }
        }
    }
}
