//! The encoded form of queries: what the program holds. Only this module reads it.

use super::{Action, Condition, Operator, Query};
use crate::db::value::Value;

const ACTIONS: [Action; 5] = [
    Action::Select,
    Action::Insert,
    Action::Upsert,
    Action::Update,
    Action::Delete,
];

const OPERATORS: [Operator; 10] = [
    Operator::Equal,
    Operator::NotEqual,
    Operator::Less,
    Operator::LessOrEqual,
    Operator::Greater,
    Operator::GreaterOrEqual,
    Operator::Like,
    Operator::In,
    Operator::IsNull,
    Operator::IsNotNull,
];

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INT: u8 = 3;
const FLOAT: u8 = 4;
const TEXT: u8 = 5;
const BYTES: u8 = 6;

fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push_count(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn push_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&(count as u64).to_le_bytes());
}

fn push_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(NULL),
        Value::Bool(value) => out.push(if *value { TRUE } else { FALSE }),
        Value::Int(value) => {
            out.push(INT);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Value::Float(value) => {
            out.push(FLOAT);
            out.extend_from_slice(&value.to_bits().to_le_bytes());
        }
        Value::Text(text) => {
            out.push(TEXT);
            push_bytes(out, text.as_bytes());
        }
        Value::Bytes(bytes) => {
            out.push(BYTES);
            push_bytes(out, bytes);
        }
    }
}

fn push_values(out: &mut Vec<u8>, values: &[Value]) {
    push_count(out, values.len());
    for value in values {
        push_value(out, value);
    }
}

fn number<T: PartialEq>(all: &[T], one: &T) -> u8 {
    all.iter().position(|other| other == one).unwrap_or(0) as u8
}

impl Query {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        push_bytes(&mut out, self.table.as_bytes());
        out.push(number(&ACTIONS, &self.action));
        push_count(&mut out, self.columns.len());
        for column in &self.columns {
            push_bytes(&mut out, column.as_bytes());
        }
        push_count(&mut out, self.conditions.len());
        for condition in &self.conditions {
            push_bytes(&mut out, condition.column.as_bytes());
            out.push(number(&OPERATORS, &condition.operator));
            push_values(&mut out, &condition.values);
        }
        push_count(&mut out, self.order.len());
        for (column, descends) in &self.order {
            push_bytes(&mut out, column.as_bytes());
            out.push(u8::from(*descends));
        }
        push_value(&mut out, &self.limit.map_or(Value::Null, Value::Int));
        push_values(&mut out, &self.values);
        out
    }

    /// The query that [`Query::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Query {
        let mut from = Reader(bytes);
        Query {
            table: from.text(),
            action: ACTIONS[from.byte() as usize],
            columns: from.list(Reader::text),
            conditions: from.list(|from| Condition {
                column: from.text(),
                operator: OPERATORS[from.byte() as usize],
                values: from.list(Reader::value),
            }),
            order: from.list(|from| (from.text(), from.byte() != 0)),
            limit: match from.value() {
                Value::Int(limit) => Some(limit),
                _ => None,
            },
            values: from.list(Reader::value),
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take(&mut self, count: usize) -> &[u8] {
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken
    }

    fn byte(&mut self) -> u8 {
        self.take(1)[0]
    }

    fn word(&mut self) -> [u8; 8] {
        let mut word = [0; 8];
        word.copy_from_slice(self.take(8));
        word
    }

    fn count(&mut self) -> usize {
        u64::from_le_bytes(self.word()) as usize
    }

    fn bytes(&mut self) -> Vec<u8> {
        let count = self.count();
        self.take(count).to_vec()
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = self.count();
        (0..count).map(|_| item(self)).collect()
    }

    fn value(&mut self) -> Value {
        match self.byte() {
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            INT => Value::Int(i64::from_le_bytes(self.word())),
            FLOAT => Value::Float(f64::from_bits(u64::from_le_bytes(self.word()))),
            TEXT => Value::Text(self.text()),
            BYTES => Value::Bytes(self.bytes()),
            _ => Value::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::value::Given;

    fn built(build: impl FnOnce(&mut Query) -> Result<(), crate::fault::Fault>) -> Query {
        let mut query = Query::from("t").map_err(|_| ()).expect("a table");
        build(&mut query).map_err(|_| ()).expect("a query");
        query
    }

    #[test]
    fn decoding_gives_what_was_encoded() {
        let values = vec![
            Value::Null,
            Value::Bool(true),
            Value::Int(i64::MIN),
            Value::Float(-0.5),
            Value::Text("a\0b".to_owned()),
            Value::Bytes(vec![0, 255]),
        ];
        let select = built(|query| {
            query.select(&["a", "t.b"])?;
            query.filter("a", " IN ", Given::List(values.clone()))?;
            query.filter("b", "!=", Given::One(Value::Null))?;
            query.order_by("a", "DESC")?;
            query.order_by("b", "asc")?;
            query.limit(3)
        });
        let insert = built(|query| query.insert(&["a"], values.clone(), true));
        for query in [select, insert, built(Query::delete)] {
            assert_eq!(Query::decode(&query.encode()), query);
        }
    }

    #[test]
    fn texts_of_queries() {
        let query = built(|query| {
            query.select(&["a", "b"])?;
            query.filter("a", "=", Given::One(Value::Int(1)))?;
            query.filter("b", "in", Given::List(vec![Value::Int(2), Value::Int(3)]))?;
            query.filter("c", "=", Given::One(Value::Null))?;
            query.order_by("a", "desc")?;
            query.order_by("b", "asc")?;
            query.limit(4)
        });
        assert_eq!(
            query.sql(),
            "select a, b from t where a = ? and b in (?, ?) and c is null order by a desc, b asc limit ?"
        );
        let params: Vec<Value> = (1..=4).map(Value::Int).collect();
        assert_eq!(query.params(), params);
        assert_eq!(
            query.count_sql(),
            "select count(*) as c from t where a = ? and b in (?, ?) and c is null"
        );
    }

    #[test]
    fn names_are_checked() {
        for name in ["a", "_a1", "a.b"] {
            assert!(super::super::is_identifier(name), "{name}");
        }
        for name in ["", "1a", "a b", "a;b", "a.b.c", "a.", ".a", "\"a\"", "ä"] {
            assert!(!super::super::is_identifier(name), "{name}");
        }
    }
}
