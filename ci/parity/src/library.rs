//! Generic functions every module of generated programs has: their source, and what they do.

use crate::value::{Stop, Value};

pub const SOURCE: &str = r#"fn same<T>(v: T) -> T:
  return v

fn twice<T>(v: T) -> List<T>:
  return [v, v]

fn or_else<T>(v: T?, other: T) -> T:
  return v ?? other

fn choose<T>(first: Bool, a: T, b: T) -> T:
  if first:
    a
  else:
    b

fn keyed<V>(m: Map<String, V>, k: String, v: V) -> Map<String, V>:
  m[k] = v
  return m

fn first_set<T>(xs: List<T>, v: T) -> List<T>:
  if xs.len() > 0:
    xs[0] = v
    return xs
  return xs.append(v)

fn turned<T>(xs: List<T>) -> List<T>:
  var out: List<T> = []
  for x in xs:
    out = out.insert(0, x)
  return out

fn count<T>(xs: List<T>, start: Int) -> Int:
  if start >= xs.len():
    return 0
  return 1 + count(xs, start + 1)

fn all_of<V>(m: Map<String, V>) -> List<V>:
  var out: List<V> = []
  for k, v in m:
    out = out + [v]
  return out

fn wrap<T>(v: T, n: Int) -> T?:
  if n > 0:
    return v
  return null

fn is_even(n: Int) -> Bool:
  return n % 2 == 0

fn is_short(s: String) -> Bool:
  var seen = 0
  for part in s.split("a"):
    seen = seen + part.len()
  return seen < 4
"#;

/// Patterns of refined texts, each with texts that match. None has a character that JSON escapes.
pub const PATTERNS: [(&str, [&str; 3]); 4] = [
    ("^[a-c]+$", ["a", "abc", "ccab"]),
    ("[0-9]{2,3}", ["12", "a123z", "日99"]),
    ("^(é|✓|ab)*$", ["", "é✓ab", "abab"]),
    ("a|^$", ["", "za", "a"]),
];

/// Functions above that are predicates, whether they take an `Int`, and literals they accept.
pub const PREDICATES: [(&str, bool, [&str; 3]); 2] = [
    ("is_even", true, ["0", "8", "-14"]),
    ("is_short", false, ["", "aaaaaa", "日a"]),
];

/// Whether a predicate accepts a value.
pub fn accepts(predicate: usize, value: &Value) -> Result<bool, Stop> {
    Ok(match (PREDICATES[predicate].0, value) {
        ("is_even", Value::Int(n)) => n % 2 == 0,
        ("is_short", Value::Str(text)) => text.chars().filter(|c| *c != 'a').count() < 4,
        _ => return Err(Stop::broken("predicate")),
    })
}

/// Value of a call.
pub fn call(name: &str, arguments: Vec<Value>) -> Result<Value, Stop> {
    let mut arguments = arguments.into_iter();
    let mut next = || {
        arguments
            .next()
            .ok_or_else(|| Stop::broken("library arity"))
    };
    Ok(match name {
        "same" => next()?,
        "twice" => {
            let v = next()?;
            Value::List(vec![v.clone(), v])
        }
        "or_else" => {
            let (v, other) = (next()?, next()?);
            match v {
                Value::Opt(Some(v)) => *v,
                _ => other,
            }
        }
        "choose" => {
            let (first, a, b) = (next()?, next()?, next()?);
            if first == Value::Bool(true) { a } else { b }
        }
        "keyed" => {
            let (m, k, v) = (next()?, next()?, next()?);
            let mut m = m.map()?;
            m.insert(k.text()?, v);
            Value::Map(m)
        }
        "first_set" => {
            let (xs, v) = (next()?, next()?);
            let mut xs = xs.list()?;
            match xs.first_mut() {
                Some(first) => *first = v,
                None => xs.push(v),
            }
            Value::List(xs)
        }
        "turned" => {
            let mut xs = next()?.list()?;
            xs.reverse();
            Value::List(xs)
        }
        "count" => {
            let (xs, from) = (next()?, next()?);
            Value::Int((xs.list()?.len() as i64 - from.int()?).max(0))
        }
        "all_of" => Value::List(next()?.map()?.into_values().collect()),
        "wrap" => {
            let (v, n) = (next()?, next()?);
            Value::Opt((n.int()? > 0).then(|| Box::new(v)))
        }
        _ => return Err(Stop::broken("library name")),
    })
}
