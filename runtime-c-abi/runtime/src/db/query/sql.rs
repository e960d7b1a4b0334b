//! The text of a query and its parameters. Names have been checked; values are parameters, never text.

use super::{Action, Operator, Query};
use crate::db::value::Value;

impl Query {
    pub fn sql(&self) -> String {
        let table = &self.table;
        let mut sql = match self.action {
            Action::Select if self.columns.is_empty() => format!("select * from {table}"),
            Action::Select => format!("select {} from {table}", self.columns.join(", ")),
            Action::Insert => self.insertion("insert"),
            Action::Upsert => self.insertion("insert or replace"),
            Action::Update => {
                let assignments: Vec<String> = self
                    .columns
                    .iter()
                    .map(|column| format!("{column} = ?"))
                    .collect();
                format!("update {table} set {}", assignments.join(", "))
            }
            Action::Delete => format!("delete from {table}"),
        };
        self.push_conditions(&mut sql);
        for (position, (column, descends)) in self.order.iter().enumerate() {
            sql.push_str(if position == 0 { " order by " } else { ", " });
            sql.push_str(column);
            sql.push_str(if *descends { " desc" } else { " asc" });
        }
        if self.limit.is_some() {
            sql.push_str(" limit ?");
        }
        sql
    }

    /// `select count(*)` of the rows that the conditions choose.
    pub fn count_sql(&self) -> String {
        let mut sql = format!("select count(*) as c from {}", self.table);
        self.push_conditions(&mut sql);
        sql
    }

    /// In the order of the text.
    pub fn params(&self) -> Vec<Value> {
        let mut params = self.values.clone();
        params.extend(self.condition_params());
        params.extend(self.limit.map(Value::Int));
        params
    }

    pub fn condition_params(&self) -> Vec<Value> {
        let values = self
            .conditions
            .iter()
            .flat_map(|condition| &condition.values);
        values.cloned().collect()
    }

    fn insertion(&self, verb: &str) -> String {
        let places = vec!["?"; self.columns.len()].join(", ");
        format!(
            "{verb} into {} ({}) values ({places})",
            self.table,
            self.columns.join(", ")
        )
    }

    fn push_conditions(&self, sql: &mut String) {
        for (position, condition) in self.conditions.iter().enumerate() {
            sql.push_str(if position == 0 { " where " } else { " and " });
            sql.push_str(&condition.column);
            sql.push_str(match condition.operator {
                Operator::Equal => " = ?",
                Operator::NotEqual => " != ?",
                Operator::Less => " < ?",
                Operator::LessOrEqual => " <= ?",
                Operator::Greater => " > ?",
                Operator::GreaterOrEqual => " >= ?",
                Operator::Like => " like ?",
                Operator::IsNull => " is null",
                Operator::IsNotNull => " is not null",
                Operator::In => {
                    let places = vec!["?"; condition.values.len()].join(", ");
                    sql.push_str(&format!(" in ({places})"));
                    continue;
                }
            });
        }
    }
}
