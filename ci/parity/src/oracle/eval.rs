//! Expressions.

use indexmap::IndexMap;

use super::{DEPTH, Flow, Oracle, SIZE, check};
use crate::tree::{Expr, Func, Kind, Op, Part, Slot, Ty};
use crate::value::{Stop, Value, compare_mixed};
use crate::{library, methods};

impl<'a> Oracle<'a> {
    pub(super) fn eval(&mut self, expr: &Expr) -> Result<Value, Stop> {
        self.step()?;
        Ok(match &expr.kind {
            Kind::Int(n) => Value::Int(*n),
            Kind::Float(n) => Value::Float(*n),
            Kind::Bool(b) => Value::Bool(*b),
            Kind::Str(text) => Value::Str(text.clone()),
            Kind::Null => Value::Opt(None),
            Kind::Var(name) => self.vars[self.find(name)?].value.clone(),
            Kind::List(items) => Value::List(self.all(items)?),
            Kind::Map(pairs) => {
                let mut entries = IndexMap::new();
                for (key, value) in pairs {
                    let key = self.eval(key)?.text()?;
                    let value = self.eval(value)?;
                    entries.insert(key, value);
                }
                Value::Map(entries)
            }
            Kind::Struct(written) => self.construct(&expr.ty, written)?,
            Kind::Enum(variant, parts) => {
                let Ty::Enum(decl) = expr.ty else {
                    return Err(Stop::broken("enum type"));
                };
                Value::Enum(decl, *variant, self.all(parts)?)
            }
            Kind::Lift(inner) => match (&expr.ty, &inner.kind) {
                // An option is wanted there.
                (Ty::Opt(_), Kind::Entry(base, key)) => Value::option(self.entry(base, key)?),
                (Ty::Opt(_), _) => Value::some(self.eval(inner)?),
                _ => Value::Res(Ok(Box::new(self.eval(inner)?))),
            },
            Kind::Some(inner) => Value::some(self.eval(inner)?),
            Kind::Ok(inner) => Value::Res(Ok(Box::new(self.eval(inner)?))),
            Kind::Err(inner) => Value::Res(Err(Box::new(self.eval(inner)?))),
            Kind::Binary(op, left, right) => self.binary(*op, left, right)?,
            Kind::Neg(inner) => match self.eval(inner)? {
                Value::Float(n) => Value::Float(-n),
                value => Value::Int(value.int()?.checked_neg().ok_or_else(overflow)?),
            },
            Kind::Not(inner) => Value::Bool(!self.eval(inner)?.bool()?),
            Kind::Field(base, field) => match self.eval(base)? {
                Value::Struct(_, mut values) => values.swap_remove(*field),
                _ => return Err(Stop::broken("field")),
            },
            Kind::OptField(base, field) => match self.eval(base)?.opt()? {
                None => Value::Opt(None),
                Some(inner) => match *inner {
                    Value::Struct(_, mut values) => match values.swap_remove(*field) {
                        flat @ Value::Opt(_) => flat,
                        value => Value::some(value),
                    },
                    _ => return Err(Stop::broken("field")),
                },
            },
            Kind::Index(base, at) => {
                let items = self.eval(base)?.list()?;
                let at = self.eval(at)?.int()?;
                usize::try_from(at)
                    .ok()
                    .and_then(|at| items.into_iter().nth(at))
                    .ok_or_else(|| Stop::fault("index out of bounds"))?
            }
            Kind::OptIndex(base, at) => {
                let items = self.eval(base)?.list()?;
                let at = self.eval(at)?.int()?;
                Value::option(
                    usize::try_from(at)
                        .ok()
                        .and_then(|at| items.into_iter().nth(at)),
                )
            }
            Kind::Entry(base, key) => self
                .entry(base, key)?
                .ok_or_else(|| Stop::fault("null access"))?,
            Kind::OptEntry(base, key) => Value::option(self.entry(base, key)?),
            Kind::Method(base, name, arguments) => {
                let base = self.eval(base)?;
                let arguments = self.all(arguments)?;
                methods::call(base, name, arguments, &expr.ty)?
            }
            Kind::Call(func, arguments) => self.call(*func, arguments)?,
            Kind::Library(name, _, arguments) => {
                let arguments = self.all(arguments)?;
                library::call(name, arguments)?
            }
            Kind::Text(parts) => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        Part::Text(literal) => text.push_str(literal),
                        Part::Value(value) => {
                            let value = self.eval(value)?;
                            text.push_str(&value.display(self.program));
                        }
                    }
                }
                Value::Str(text)
            }
            Kind::Range(low, high, inclusive) => {
                let (low, high) = (self.eval(low)?.int()?, self.eval(high)?.int()?);
                if *inclusive && low > high {
                    return Err(Stop::fault("range start must be <= end"));
                }
                if high.saturating_sub(low) > SIZE as i64 {
                    return Err(Stop::Budget);
                }
                let end = high + i64::from(*inclusive);
                Value::List((low..end).map(Value::Int).collect())
            }
            Kind::Try(inner, error) => match (self.eval(inner)?, error) {
                (Value::Opt(Some(value)) | Value::Res(Ok(value)), _) => *value,
                (Value::Res(Err(error)), None) => return Err(Stop::Raise(*error)),
                (_, Some(error)) => return Err(Stop::Raise(self.eval(error)?)),
                _ => return Err(Stop::broken("try")),
            },
            Kind::Show(inner) => {
                let value = self.eval(inner)?;
                Value::Str(self.show(&value, &inner.ty))
            }
        })
    }

    fn all(&mut self, items: &[Expr]) -> Result<Vec<Value>, Stop> {
        items.iter().map(|item| self.eval(item)).collect()
    }

    /// What a map has under a key.
    fn entry(&mut self, base: &Expr, key: &Expr) -> Result<Option<Value>, Stop> {
        let mut entries = self.eval(base)?.map()?;
        let key = self.eval(key)?.text()?;
        Ok(entries.swap_remove(&key))
    }

    fn construct(&mut self, ty: &Ty, written: &[(usize, Expr)]) -> Result<Value, Stop> {
        let Ty::Struct(index) = *ty else {
            return Err(Stop::broken("struct type"));
        };
        let decl = &self.program.structs[index];
        let mut values: Vec<Option<Value>> = vec![None; decl.fields.len()];
        let place = |slot: &Slot| format!("{}{}.{}", self.program.prefix, decl.name, slot.name);
        let mut given = Vec::new();
        for (field, value) in written {
            let slot = &decl.fields[*field];
            given.push((*field, value, slot, place(slot)));
        }
        for (field, value, slot, place) in given {
            let value = self.eval(value)?;
            check(slot.bounds, &value, &place)?;
            values[field] = Some(value);
        }
        let mut all = Vec::new();
        for (value, slot) in values.into_iter().zip(&decl.fields) {
            all.push(match (value, &slot.default) {
                (Some(value), _) => value,
                (None, Some(default)) => {
                    let outer = std::mem::take(&mut self.vars);
                    let value = self.eval(default);
                    self.vars = outer;
                    value?
                }
                (None, None) => Value::Opt(None),
            });
        }
        Ok(Value::Struct(index, all))
    }

    fn call(&mut self, index: usize, written: &[(usize, bool, Expr)]) -> Result<Value, Stop> {
        let func: &'a Func = &self.program.funcs[index];
        let mut values: Vec<Option<Value>> = vec![None; func.params.len()];
        for (param, _, value) in written {
            let value = self.eval(value)?;
            let slot = &func.params[*param];
            check(slot.bounds, &value, &slot.name)?;
            values[*param] = Some(value);
        }
        if self.depth >= DEPTH {
            return Err(Stop::Budget);
        }
        let outer = std::mem::take(&mut self.vars);
        self.depth += 1;
        let result = self.enter(func, values);
        self.depth -= 1;
        self.vars = outer;
        result
    }

    fn enter(&mut self, func: &'a Func, values: Vec<Option<Value>>) -> Result<Value, Stop> {
        for (value, slot) in values.into_iter().zip(&func.params) {
            let value = match (value, &slot.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.eval(default)?,
                (None, None) => return Err(Stop::broken("missing argument")),
            };
            self.declare(&slot.name, value)?;
            if let Some(last) = self.vars.last_mut() {
                last.bounds = slot.bounds;
            }
        }
        match self.block(&func.body) {
            Ok(Flow::Return(value)) => Ok(value),
            Ok(_) => Err(Stop::broken("no result")),
            Err(Stop::Raise(error)) => Ok(Value::Res(Err(Box::new(error)))),
            Err(stop) => Err(stop),
        }
    }

    fn binary(&mut self, op: Op, left: &Expr, right: &Expr) -> Result<Value, Stop> {
        let a = self.eval(left)?;
        match (op, &a) {
            (Op::And, Value::Bool(false)) | (Op::Or, Value::Bool(true)) => return Ok(a),
            (Op::Coalesce, Value::Opt(Some(value))) => {
                // An option on both sides gives an option.
                return Ok(match right.ty == left.ty {
                    true => a,
                    false => (**value).clone(),
                });
            }
            _ => {}
        }
        let b = self.eval(right)?;
        Ok(match (op, a, b) {
            (Op::And | Op::Or | Op::Coalesce, _, b) => b,
            (Op::Eq, a, b) => Value::Bool(a == b),
            (Op::Ne, a, b) => Value::Bool(a != b),
            (Op::Lt | Op::Le | Op::Gt | Op::Ge, a, b) => {
                let order = match (&a, &b) {
                    (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
                    (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
                    (Value::Int(a), Value::Float(b)) => compare_mixed(*a, *b),
                    (Value::Float(a), Value::Int(b)) => {
                        compare_mixed(*b, *a).map(std::cmp::Ordering::reverse)
                    }
                    (Value::Str(a), Value::Str(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
                    (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
                    _ => return Err(Stop::broken("order")),
                };
                Value::Bool(order.is_some_and(|order| match op {
                    Op::Lt => order.is_lt(),
                    Op::Le => order.is_le(),
                    Op::Gt => order.is_gt(),
                    _ => order.is_ge(),
                }))
            }
            (Op::Add, Value::List(mut a), Value::List(b)) => {
                a.extend(b);
                if a.len() > SIZE {
                    return Err(Stop::Budget);
                }
                Value::List(a)
            }
            (Op::Add, a @ Value::Str(_), b) | (Op::Add, a, b @ Value::Str(_)) => {
                let text = a.display(self.program) + &b.display(self.program);
                if text.len() > SIZE * 16 {
                    return Err(Stop::Budget);
                }
                Value::Str(text)
            }
            (_, Value::Int(a), Value::Int(b)) => Value::Int(integer(op, a, b)?),
            (_, a, b) => {
                let (a, b) = (number(a)?, number(b)?);
                Value::Float(match op {
                    Op::Add => a + b,
                    Op::Sub => a - b,
                    Op::Mul => a * b,
                    Op::Div => a / b,
                    _ => a % b,
                })
            }
        })
    }
}

fn overflow() -> Stop {
    Stop::fault("integer overflow")
}

fn number(value: Value) -> Result<f64, Stop> {
    match value {
        Value::Int(n) => Ok(n as f64),
        value => value.float(),
    }
}

fn integer(op: Op, a: i64, b: i64) -> Result<i64, Stop> {
    match op {
        Op::Add => a.checked_add(b).ok_or_else(overflow),
        Op::Sub => a.checked_sub(b).ok_or_else(overflow),
        Op::Mul => a.checked_mul(b).ok_or_else(overflow),
        Op::Div | Op::Rem if b == 0 => Err(Stop::fault("division by zero")),
        Op::Div => a.checked_div(b).ok_or_else(overflow),
        _ => Ok(a.wrapping_rem(b)),
    }
}
