//! Core methods, as the specification says them.

use std::cmp::Ordering;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::tree::Ty;
use crate::value::{Stop, Value};

pub fn call(base: Value, name: &str, arguments: Vec<Value>, ty: &Ty) -> Result<Value, Stop> {
    let mut arguments = arguments.into_iter();
    let mut next = || arguments.next().ok_or_else(|| Stop::broken("method arity"));
    Ok(match (base, name) {
        (Value::Str(s), _) => match name {
            "len" => Value::Int(s.chars().count() as i64),
            "is_empty" => Value::Bool(s.is_empty()),
            "trim" => Value::Str(s.trim().to_owned()),
            "trim_start" => Value::Str(s.trim_start().to_owned()),
            "trim_end" => Value::Str(s.trim_end().to_owned()),
            "lower" => Value::Str(s.to_lowercase()),
            "upper" => Value::Str(s.to_uppercase()),
            "contains" => Value::Bool(s.contains(&next()?.text()?)),
            "starts_with" => Value::Bool(s.starts_with(&next()?.text()?)),
            "ends_with" => Value::Bool(s.ends_with(&next()?.text()?)),
            "index_of" => {
                let at = s.find(&next()?.text()?);
                Value::option(at.map(|at| Value::Int(s[..at].chars().count() as i64)))
            }
            "replace" => {
                let (from, to) = (next()?.text()?, next()?.text()?);
                Value::Str(s.replace(&from, &to))
            }
            "split" => {
                let separator = next()?.text()?;
                if separator.is_empty() {
                    return Err(Stop::fault("split expects a non-empty separator"));
                }
                texts(s.split(&separator))
            }
            "lines" => texts(s.lines()),
            "slice" => {
                let chars: Vec<char> = s.chars().collect();
                let range = range(next()?.int()?, next()?.int()?, chars.len())?;
                Value::Str(chars[range].iter().collect())
            }
            "repeat" => {
                let count = next()?.int()?;
                let count = usize::try_from(count)
                    .map_err(|_| Stop::fault("repeat expects a non-negative count"))?;
                if count > 1000 {
                    return Err(Stop::Budget);
                }
                Value::Str(s.repeat(count))
            }
            "to_int" => Value::option(s.parse().ok().map(Value::Int)),
            "to_bytes" => Value::Bytes(s.into_bytes()),
            _ => return Err(Stop::broken("string method")),
        },
        (Value::Bytes(bytes), _) => match name {
            "len" => Value::Int(bytes.len() as i64),
            "is_empty" => Value::Bool(bytes.is_empty()),
            "slice" => {
                let range = range(next()?.int()?, next()?.int()?, bytes.len())?;
                Value::Bytes(bytes[range].to_vec())
            }
            "to_string" => Value::option(String::from_utf8(bytes).ok().map(Value::Str)),
            "to_hex" => Value::Str(bytes.iter().map(|b| format!("{b:02x}")).collect()),
            "to_base64" => Value::Str(STANDARD.encode(bytes)),
            _ => return Err(Stop::broken("bytes method")),
        },
        (Value::List(mut xs), _) => match name {
            "len" => Value::Int(xs.len() as i64),
            "is_empty" => Value::Bool(xs.is_empty()),
            "append" => {
                xs.push(next()?);
                Value::List(xs)
            }
            "insert" => {
                let (at, value) = (next()?.int()?, next()?);
                xs.insert(position(at, xs.len() + 1)?, value);
                Value::List(xs)
            }
            "remove_at" => {
                let at = position(next()?.int()?, xs.len())?;
                xs.remove(at);
                Value::List(xs)
            }
            "slice" => {
                let range = range(next()?.int()?, next()?.int()?, xs.len())?;
                Value::List(xs[range].to_vec())
            }
            "reverse" => {
                xs.reverse();
                Value::List(xs)
            }
            "contains" => {
                let value = next()?;
                Value::Bool(xs.contains(&value))
            }
            "index_of" => {
                let value = next()?;
                let at = xs.iter().position(|x| *x == value);
                Value::option(at.map(|at| Value::Int(at as i64)))
            }
            "first" => Value::option(xs.first().cloned()),
            "last" => Value::option(xs.last().cloned()),
            "sort" => {
                xs.sort_by(order);
                Value::List(xs)
            }
            "join" => {
                let separator = next()?.text()?;
                let texts: Result<Vec<String>, Stop> = xs.into_iter().map(Value::text).collect();
                Value::Str(texts?.join(&separator))
            }
            "sum" if *ty == Ty::Float => {
                let mut sum = 0.0;
                for x in xs {
                    sum += x.float()?;
                }
                Value::Float(sum)
            }
            "sum" => {
                let mut sum = 0_i64;
                for x in xs {
                    sum = sum
                        .checked_add(x.int()?)
                        .ok_or_else(|| Stop::fault("integer overflow"))?;
                }
                Value::Int(sum)
            }
            "min" => Value::option(
                xs.into_iter()
                    .reduce(|a, b| if order(&b, &a).is_lt() { b } else { a }),
            ),
            "max" => Value::option(
                xs.into_iter()
                    .reduce(|a, b| if order(&b, &a).is_gt() { b } else { a }),
            ),
            _ => return Err(Stop::broken("list method")),
        },
        (Value::Map(mut entries), _) => match name {
            "len" => Value::Int(entries.len() as i64),
            "is_empty" => Value::Bool(entries.is_empty()),
            "has" => Value::Bool(entries.contains_key(&next()?.text()?)),
            "get" => Value::option(entries.swap_remove(&next()?.text()?)),
            "remove" => {
                entries.shift_remove(&next()?.text()?);
                Value::Map(entries)
            }
            "keys" => texts(entries.keys().map(String::as_str)),
            "values" => Value::List(entries.into_values().collect()),
            _ => return Err(Stop::broken("map method")),
        },
        (Value::Int(n), "to_float") => Value::Float(n as f64),
        (Value::Int(n), "abs") => Value::Int(
            n.checked_abs()
                .ok_or_else(|| Stop::fault("integer overflow"))?,
        ),
        (Value::Float(n), _) => match name {
            "floor" => Value::Float(n.floor()),
            "ceil" => Value::Float(n.ceil()),
            "round" => Value::Float(n.round()),
            "sqrt" => Value::Float(n.sqrt()),
            "abs" => Value::Float(n.abs()),
            "is_nan" => Value::Bool(n.is_nan()),
            "to_int" => {
                const LIMIT: f64 = 9_223_372_036_854_775_808.0;
                let whole = n.trunc();
                let fits = (-LIMIT..LIMIT).contains(&whole);
                Value::option(fits.then_some(Value::Int(whole as i64)))
            }
            _ => return Err(Stop::broken("float method")),
        },
        _ => return Err(Stop::broken("receiver")),
    })
}

fn texts<'a>(items: impl Iterator<Item = &'a str>) -> Value {
    Value::List(items.map(|s| Value::Str(s.to_owned())).collect())
}

fn out_of_bounds() -> Stop {
    Stop::fault("index out of bounds")
}

fn position(at: i64, end: usize) -> Result<usize, Stop> {
    usize::try_from(at)
        .ok()
        .filter(|at| *at < end)
        .ok_or_else(out_of_bounds)
}

fn range(from: i64, to: i64, len: usize) -> Result<std::ops::Range<usize>, Stop> {
    let to = position(to, len + 1)?;
    Ok(position(from, to + 1)?..to)
}

/// Order of `sort`, `min` and `max`: NaN comes last.
fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Str(a), Value::Str(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::Float(a), Value::Float(b)) => a
            .partial_cmp(b)
            .unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())),
        _ => Ordering::Equal,
    }
}
