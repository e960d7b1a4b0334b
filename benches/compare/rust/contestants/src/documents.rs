//! The types of `benches/fixtures/json` and their rules. Fields are in the order in which FUSE writes them; rules are checked by hand once a
//! document has been read.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// What the types of FUSE say besides the form of their values.
pub trait Checked {
    fn check(&self) -> Result<(), String>;
}

fn length(text: &str, least: usize, most: usize) -> Result<(), String> {
    let length = text.chars().count();
    if (least..=most).contains(&length) {
        return Ok(());
    }
    Err(format!("length {length} out of range {least}..{most}"))
}

pub fn range<T: PartialOrd + std::fmt::Display>(value: T, least: T, most: T) -> Result<(), String> {
    if (&least..=&most).contains(&&value) {
        return Ok(());
    }
    Err(format!("value {value} out of range {least}..{most}"))
}

pub fn id(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("expected non-empty Id".to_owned());
    }
    Ok(())
}

pub fn email(text: &str) -> Result<(), String> {
    let is_valid = || {
        let (local, domain) = text.split_once('@')?;
        let mut labels = 0;
        for label in domain.split('.') {
            if label.is_empty() || label.len() > 63 {
                return None;
            }
            labels += 1;
        }
        let holds = labels >= 2
            && !local.is_empty()
            && local.len() <= 64
            && domain.len() <= 255
            && text.len() <= 254
            && !domain.contains('@')
            && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        holds.then_some(())
    };
    is_valid().ok_or_else(|| "invalid email address".to_owned())
}

fn yes() -> bool {
    true
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    #[serde(default = "yes")]
    active: bool,
    id: i64,
    name: String,
    tags: Vec<String>,
}

impl Checked for User {
    fn check(&self) -> Result<(), String> {
        length(&self.name, 1, 40)
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum Payment {
    Cash,
    Card(String),
}

/// The data before the type, as FUSE writes it.
impl Serialize for Payment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Payment", 2)?;
        match self {
            Payment::Cash => fields.serialize_field("type", "Cash")?,
            Payment::Card(number) => {
                fields.serialize_field("data", number)?;
                fields.serialize_field("type", "Card")?;
            }
        }
        fields.end()
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Address {
    city: String,
    country: String,
    name: String,
    street: String,
    zip: String,
}

impl Checked for Address {
    fn check(&self) -> Result<(), String> {
        length(&self.name, 1, 80)?;
        length(&self.street, 1, 80)?;
        length(&self.zip, 3, 10)?;
        length(&self.city, 1, 80)?;
        length(&self.country, 2, 2)
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    options: Vec<String>,
    price: i64,
    quantity: i64,
    sku: String,
    title: String,
    weight: f64,
}

impl Checked for Line {
    fn check(&self) -> Result<(), String> {
        id(&self.sku)?;
        length(&self.title, 1, 120)?;
        range(self.quantity, 1, 100)?;
        range(self.price, 0, 10_000_000)?;
        range(self.weight, 0.0, 1000.0)
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    billing: Option<Address>,
    customer: String,
    lines: Vec<Line>,
    note: Option<String>,
    number: i64,
    payment: Payment,
    shipping: Address,
    #[serde(default)]
    urgent: bool,
}

impl Checked for Order {
    fn check(&self) -> Result<(), String> {
        range(self.number, 1, 1_000_000_000)?;
        email(&self.customer)?;
        self.shipping.check()?;
        if let Some(billing) = &self.billing {
            billing.check()?;
        }
        self.lines.iter().try_for_each(Line::check)
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Section {
    heading: String,
    paragraphs: Vec<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    author: String,
    id: String,
    #[serde(default)]
    published: bool,
    sections: Vec<Section>,
    summary: String,
    tags: Vec<String>,
    title: String,
}

impl Checked for Article {
    fn check(&self) -> Result<(), String> {
        id(&self.id)?;
        length(&self.title, 1, 200)?;
        length(&self.author, 1, 80)?;
        length(&self.summary, 1, 500)?;
        self.sections
            .iter()
            .try_for_each(|section| length(&section.heading, 1, 120))
    }
}
