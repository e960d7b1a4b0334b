//! What a program prints and how it ends, by evaluating its tree.
//!
//! **Architecture Invariant:** nothing of the compiler or of its runtime is used here; `spec/fls.md` and `spec/runtime.md` are followed
//! anew, in the simplest way there is.

mod eval;
mod show;

use crate::library;
use crate::tree::{Block, Bounds, Expr, Pat, Program, Rule, Step, Stmt};
use crate::value::{Stop, Value};

/// Statements and expressions a program may take.
const STEPS: usize = 60_000;
/// Parts a stored value may have.
const SIZE: usize = 3_000;
/// Bytes a program may print.
const OUTPUT: usize = 60_000;
const DEPTH: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    pub stdout: String,
    /// Message of the fault that ends the program.
    pub fault: Option<String>,
}

/// `None` when the program is too long or, after a change by the minimiser, not well formed.
pub fn predict(program: &Program) -> Option<Prediction> {
    let mut oracle = Oracle {
        program,
        out: String::new(),
        steps: 0,
        depth: 0,
        vars: Vec::new(),
    };
    let fault = match oracle.block(&program.main) {
        Ok(_) => None,
        Err(Stop::Fault(message)) => Some(message),
        Err(Stop::Raise(_) | Stop::Budget | Stop::Broken(_)) => return None,
    };
    Some(Prediction {
        stdout: oracle.out,
        fault,
    })
}

enum Flow {
    Next,
    Break,
    Continue,
    Return(Value),
}

struct Oracle<'a> {
    program: &'a Program,
    out: String,
    steps: usize,
    depth: usize,
    /// Variables of the function that runs.
    vars: Vec<Variable>,
}

struct Variable {
    name: String,
    value: Value,
    /// Of its refined type.
    bounds: Bounds,
}

impl<'a> Oracle<'a> {
    fn step(&mut self) -> Result<(), Stop> {
        self.steps += 1;
        match self.steps > STEPS || self.out.len() > OUTPUT {
            true => Err(Stop::Budget),
            false => Ok(()),
        }
    }

    fn declare(&mut self, name: &str, value: Value) -> Result<(), Stop> {
        if value.size() > SIZE {
            return Err(Stop::Budget);
        }
        self.vars.push(Variable {
            name: name.to_owned(),
            value,
            bounds: None,
        });
        Ok(())
    }

    fn block(&mut self, block: &Block) -> Result<Flow, Stop> {
        let mark = self.vars.len();
        for stmt in block {
            match self.stmt(stmt)? {
                Flow::Next => {}
                leaving => {
                    self.vars.truncate(mark);
                    return Ok(leaving);
                }
            }
        }
        self.vars.truncate(mark);
        Ok(Flow::Next)
    }

    /// Runs a loop's body; true when the loop goes on.
    fn turn(&mut self, body: &Block, leave: &mut Flow) -> Result<bool, Stop> {
        match self.block(body)? {
            Flow::Next | Flow::Continue => Ok(true),
            Flow::Break => Ok(false),
            value @ Flow::Return(_) => {
                *leave = value;
                Ok(false)
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt) -> Result<Flow, Stop> {
        self.step()?;
        let mut leave = Flow::Next;
        match stmt {
            Stmt::Let {
                name,
                bounds,
                value,
                ..
            } => {
                let value = self.eval(value)?;
                check(*bounds, &value, name)?;
                self.declare(name, value)?;
                if bounds.is_some()
                    && let Some(last) = self.vars.last_mut()
                {
                    last.bounds = *bounds;
                }
            }
            Stmt::Assign { root, path, value } => self.assign(root, path, value)?,
            Stmt::Print(value) => {
                let value = self.eval(value)?;
                self.out.push_str(&value.display(self.program));
                self.out.push('\n');
            }
            Stmt::If {
                branches,
                otherwise,
            } => {
                for (condition, body) in branches {
                    if self.eval(condition)?.bool()? {
                        return self.block(body);
                    }
                }
                if let Some(body) = otherwise {
                    return self.block(body);
                }
            }
            Stmt::While {
                counter,
                limit,
                body,
            } => {
                self.declare(counter, Value::Int(0))?;
                let at = self.vars.len() - 1;
                loop {
                    self.step()?;
                    let Value::Int(n) = self.vars[at].value else {
                        return Err(Stop::broken("counter"));
                    };
                    if n >= *limit {
                        break;
                    }
                    self.vars[at].value = Value::Int(n + 1);
                    if !self.turn(body, &mut leave)? {
                        break;
                    }
                }
            }
            Stmt::ForList { var, list, body } => {
                for item in self.eval(list)?.list()? {
                    self.step()?;
                    let mark = self.vars.len();
                    self.declare(var, item)?;
                    let more = self.turn(body, &mut leave)?;
                    self.vars.truncate(mark);
                    if !more {
                        break;
                    }
                }
            }
            Stmt::ForRange {
                var,
                low,
                high,
                inclusive,
                body,
            } => {
                let low = self.eval(low)?.int()?;
                let high = self.eval(high)?.int()?;
                if *inclusive && low > high {
                    return Err(Stop::fault("range start must be <= end"));
                }
                let end = if *inclusive {
                    i128::from(high) + 1
                } else {
                    i128::from(high)
                };
                let mut n = i128::from(low);
                while n < end {
                    self.step()?;
                    let mark = self.vars.len();
                    self.declare(var, Value::Int(n as i64))?;
                    let more = self.turn(body, &mut leave)?;
                    self.vars.truncate(mark);
                    if !more {
                        break;
                    }
                    n += 1;
                }
            }
            Stmt::ForMap {
                key,
                value,
                map,
                body,
            } => {
                for (k, v) in self.eval(map)?.map()? {
                    self.step()?;
                    let mark = self.vars.len();
                    if let Some(key) = key {
                        self.declare(key, Value::Str(k))?;
                    }
                    self.declare(value, v)?;
                    let more = self.turn(body, &mut leave)?;
                    self.vars.truncate(mark);
                    if !more {
                        break;
                    }
                }
            }
            Stmt::Match { scrutinee, arms } => {
                let value = self.eval(scrutinee)?;
                for (pat, body) in arms {
                    let mark = self.vars.len();
                    if self.matches(pat, &value)? {
                        let flow = self.block(body);
                        self.vars.truncate(mark);
                        return flow;
                    }
                    self.vars.truncate(mark);
                }
            }
            Stmt::Return(value) => return Ok(Flow::Return(self.eval(value)?)),
            Stmt::Break => return Ok(Flow::Break),
            Stmt::Continue => return Ok(Flow::Continue),
            Stmt::Assert(condition, message) => {
                if !self.eval(condition)?.bool()? {
                    return Err(Stop::Fault(format!("assert failed: {message}")));
                }
            }
        }
        Ok(leave)
    }

    fn matches(&mut self, pat: &Pat, value: &Value) -> Result<bool, Stop> {
        Ok(match (pat, value) {
            (Pat::Wild, _) => true,
            (Pat::Bind(name), _) => {
                self.declare(name, value.clone())?;
                true
            }
            (Pat::Int(a), Value::Int(b)) => a == b,
            (Pat::Str(a), Value::Str(b)) => a == b,
            (Pat::Bool(a), Value::Bool(b)) => a == b,
            (Pat::None, Value::Opt(None)) => true,
            (Pat::Some(inner), Value::Opt(Some(value)))
            | (Pat::Ok(inner), Value::Res(Ok(value)))
            | (Pat::Err(inner), Value::Res(Err(value))) => self.matches(inner, value)?,
            (Pat::Variant { variant, parts, .. }, Value::Enum(_, found, values)) => {
                if variant != found {
                    return Ok(false);
                }
                for (part, value) in parts.iter().zip(values) {
                    if !self.matches(part, value)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Pat::Struct { fields, .. }, Value::Struct(_, values)) => {
                for (field, part) in fields {
                    if !self.matches(part, &values[*field])? {
                        return Ok(false);
                    }
                }
                true
            }
            _ => false,
        })
    }

    fn find(&self, name: &str) -> Result<usize, Stop> {
        self.vars
            .iter()
            .rposition(|var| var.name == name)
            .ok_or_else(|| Stop::broken("no such variable"))
    }

    fn assign(&mut self, root: &str, path: &[Step], value: &Expr) -> Result<(), Stop> {
        enum At {
            Field(usize),
            OptField(usize),
            Index(i64),
            Key(String),
        }
        let value = self.eval(value)?;
        let mut steps = Vec::new();
        for step in path {
            steps.push(match step {
                Step::Field(_, field) => At::Field(*field),
                Step::OptField(_, field) => At::OptField(*field),
                Step::Index(at) => At::Index(self.eval(at)?.int()?),
                Step::Key(key) => At::Key(self.eval(key)?.text()?),
            });
        }
        let root = self.find(root)?;
        if path.is_empty() {
            check(self.vars[root].bounds, &value, &self.vars[root].name)?;
        }
        if let Some(Step::Field(decl, field) | Step::OptField(decl, field)) = path.last() {
            let decl = &self.program.structs[*decl];
            let slot = &decl.fields[*field];
            let place = format!("{}{}.{}", self.program.prefix, decl.name, slot.name);
            check(slot.bounds, &value, &place)?;
        }
        let mut place = &mut self.vars[root].value;
        let last = steps.len();
        for (i, step) in steps.into_iter().enumerate() {
            place = match (step, place) {
                (At::Field(field), Value::Struct(_, values)) => &mut values[field],
                (At::OptField(_), Value::Opt(None)) => {
                    return Err(Stop::fault("cannot assign through optional access"));
                }
                (At::OptField(field), Value::Opt(Some(inner))) => match &mut **inner {
                    Value::Struct(_, values) => &mut values[field],
                    _ => return Err(Stop::broken("field")),
                },
                (At::Index(at), Value::List(items)) => usize::try_from(at)
                    .ok()
                    .and_then(|at| items.get_mut(at))
                    .ok_or_else(|| Stop::fault("index out of bounds"))?,
                (At::Key(key), Value::Map(entries)) => {
                    if i + 1 == last {
                        entries.entry(key).or_insert(Value::Opt(None))
                    } else {
                        entries
                            .get_mut(&key)
                            .ok_or_else(|| Stop::fault("missing map entry"))?
                    }
                }
                _ => return Err(Stop::broken("path")),
            };
        }
        *place = value;
        match self.vars[root].value.size() > SIZE {
            true => Err(Stop::Budget),
            false => Ok(()),
        }
    }
}

/// A value meets a refined type.
fn check(bounds: Bounds, value: &Value, place: &str) -> Result<(), Stop> {
    let Some(rule) = bounds else {
        return Ok(());
    };
    let problem = match (rule, value) {
        (Rule::Range(low, high), _) => {
            let (what, measure) = match value {
                Value::Int(n) => ("value", *n),
                Value::Str(text) => ("length", text.chars().count() as i64),
                _ => return Err(Stop::broken("bounds")),
            };
            if (low..=high).contains(&measure) {
                return Ok(());
            }
            format!("{what} {measure} out of range {low}..{high}")
        }
        (Rule::Regex(pattern), Value::Str(text)) => {
            let pattern = library::PATTERNS[pattern].0;
            let regex = regex::Regex::new(pattern).map_err(|_| Stop::broken("pattern"))?;
            if regex.is_match(text) {
                return Ok(());
            }
            format!("value does not match regex {pattern}")
        }
        (Rule::Regex(_), _) => return Err(Stop::broken("pattern")),
        (Rule::Predicate(predicate), _) => {
            if library::accepts(predicate, value)? {
                return Ok(());
            }
            let name = library::PREDICATES[predicate].0;
            format!("predicate {name} rejected value")
        }
    };
    Err(Stop::Fault(format!(
        "{{\"error\":{{\"code\":\"validation_error\",\"fields\":[{{\"code\":\"invalid_value\",\"message\":\"{problem}\",\"path\":\"{place}\"}}],\
         \"message\":\"validation failed\"}}}}"
    )))
}
