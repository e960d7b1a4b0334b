//! Queries: values that say what a statement will be.
//!
//! To the program a query is one counted object without parts: the encoded form ([`code`]) of [`Query`].

mod code;
pub mod rows;
mod sql;

use super::value::{Given, Value};
use super::{bad_argument, fault};
use crate::fault::Fault;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Select,
    Insert,
    Upsert,
    Update,
    Delete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    In,
    IsNull,
    IsNotNull,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub column: String,
    pub operator: Operator,
    /// One value; for `in` any number; for tests of null none.
    pub values: Vec<Value>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub table: String,
    pub action: Action,
    /// Selected or inserted columns; nothing selected is everything.
    pub columns: Vec<String>,
    pub conditions: Vec<Condition>,
    /// Columns, and whether they descend.
    pub order: Vec<(String, bool)>,
    pub limit: Option<i64>,
    /// What an insert, upsert or update writes; for an update, to which columns.
    pub values: Vec<Value>,
}

/// `part` or `part.part`; a part is a letter or `_`, then letters, digits and `_`, all of them ASCII.
fn is_identifier(name: &str) -> bool {
    let is_part = |part: &str| {
        let mut bytes = part.bytes();
        bytes
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    match name.split_once('.') {
        Some((first, second)) => is_part(first) && is_part(second),
        None => is_part(name),
    }
}

fn column(name: &str) -> Result<String, Fault> {
    if is_identifier(name) {
        Ok(name.to_owned())
    } else {
        Err(fault(&format!("invalid column name {name}")))
    }
}

impl Query {
    pub fn from(table: &str) -> Result<Query, Fault> {
        if !is_identifier(table) {
            return Err(fault("invalid table name"));
        }
        Ok(Query {
            table: table.to_owned(),
            action: Action::Select,
            columns: Vec::new(),
            conditions: Vec::new(),
            order: Vec::new(),
            limit: None,
            values: Vec::new(),
        })
    }

    fn writes_rows(&self) -> bool {
        matches!(self.action, Action::Insert | Action::Upsert)
    }

    /// Fails unless the query selects.
    fn selects(&self, what: &str) -> Result<(), Fault> {
        if self.action == Action::Select {
            Ok(())
        } else {
            Err(fault(&format!(
                "{what} is only supported on select queries"
            )))
        }
    }

    pub fn select(&mut self, columns: &[&str]) -> Result<(), Fault> {
        self.selects("select")?;
        if columns.is_empty() {
            return Err(bad_argument("select expects at least one column"));
        }
        self.columns = columns
            .iter()
            .map(|name| column(name))
            .collect::<Result<_, _>>()?;
        Ok(())
    }

    pub fn filter(&mut self, name: &str, operator: &str, value: Given) -> Result<(), Fault> {
        if self.writes_rows() {
            return Err(fault("where is not supported for insert/upsert queries"));
        }
        let column = column(name)?;
        let operator = operator.trim().to_ascii_lowercase();
        let operator = match (operator.as_str(), &value) {
            ("=", Given::One(Value::Null)) => Operator::IsNull,
            ("!=", Given::One(Value::Null)) => Operator::IsNotNull,
            ("=", _) => Operator::Equal,
            ("!=", _) => Operator::NotEqual,
            ("<", _) => Operator::Less,
            ("<=", _) => Operator::LessOrEqual,
            (">", _) => Operator::Greater,
            (">=", _) => Operator::GreaterOrEqual,
            ("like", _) => Operator::Like,
            ("in", Given::One(_)) => return Err(bad_argument("in expects a list value")),
            ("in", Given::List(values)) if values.is_empty() => {
                return Err(bad_argument("in expects a non-empty list"));
            }
            ("in", _) => Operator::In,
            _ => return Err(fault("unsupported where operator")),
        };
        let values = match value {
            Given::One(_) if matches!(operator, Operator::IsNull | Operator::IsNotNull) => {
                Vec::new()
            }
            Given::One(value) => vec![value],
            Given::List(values) if operator == Operator::In => values,
            Given::List(_) => return Err(fault("unsupported db param type List")),
        };
        self.conditions.push(Condition {
            column,
            operator,
            values,
        });
        Ok(())
    }

    pub fn order_by(&mut self, name: &str, direction: &str) -> Result<(), Fault> {
        self.selects("order_by")?;
        let column = column(name)?;
        let descends = match direction.to_ascii_lowercase().as_str() {
            "asc" => false,
            "desc" => true,
            _ => return Err(bad_argument("order_by expects asc or desc")),
        };
        self.order.push((column, descends));
        Ok(())
    }

    pub fn limit(&mut self, count: i64) -> Result<(), Fault> {
        self.selects("limit")?;
        if count < 0 {
            return Err(fault("limit must be >= 0"));
        }
        self.limit = Some(count);
        Ok(())
    }

    pub fn insert(
        &mut self,
        columns: &[&str],
        values: Vec<Value>,
        replaces: bool,
    ) -> Result<(), Fault> {
        let name = if replaces { "upsert" } else { "insert" };
        if columns.is_empty() {
            return Err(bad_argument(&format!(
                "{name} expects a struct with at least one field"
            )));
        }
        let columns = columns
            .iter()
            .map(|name| column(name))
            .collect::<Result<_, _>>()?;
        *self = Query {
            action: if replaces {
                Action::Upsert
            } else {
                Action::Insert
            },
            columns,
            values,
            ..Query::from(&self.table)?
        };
        Ok(())
    }

    pub fn update(&mut self, name: &str, value: Given) -> Result<(), Fault> {
        if self.writes_rows() {
            return Err(fault("update is not supported after insert/upsert"));
        }
        let column = column(name)?;
        let Given::One(value) = value else {
            return Err(fault("unsupported db param type List"));
        };
        if self.action != Action::Update {
            self.become_change(Action::Update);
        }
        self.columns.push(column);
        self.values.push(value);
        Ok(())
    }

    pub fn delete(&mut self) -> Result<(), Fault> {
        if self.writes_rows() {
            return Err(fault("delete is not supported after insert/upsert"));
        }
        self.become_change(Action::Delete);
        Ok(())
    }

    /// Keeps the conditions.
    fn become_change(&mut self, action: Action) {
        self.action = action;
        self.columns.clear();
        self.values.clear();
        self.order.clear();
        self.limit = None;
    }
}
