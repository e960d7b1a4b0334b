//! The page of `benches/fixtures/html`.

use maud::html;
use sailfish::TemplateSimple;

pub struct Item {
    id: i64,
    name: String,
    note: String,
    amount: i64,
    active: bool,
}

const NAMES: [&str; 6] = [
    "Ada Lovelace",
    "Grace Hopper",
    "Barbara Liskov",
    "Marks & Spencer",
    "Jürgen Müller",
    "R&D <internal>",
];

const NOTES: [&str; 5] = [
    "delivered to the front desk on Monday morning",
    "",
    "call before 10 & after 16, rooms <4> to <9>",
    "paid",
    "the customer asked for a copy of the invoice by mail, twice",
];

fn items(count: usize) -> Vec<Item> {
    let mut x: i64 = 42;
    (1..=count as i64)
        .map(|id| {
            x = (x * 1_103_515_245 + 12345) % 2_147_483_648;
            Item {
                id,
                name: format!("{} {}", NAMES[(x / 65536 % 6) as usize], x % 97),
                note: NOTES[(x / 1024 % 5) as usize].to_owned(),
                amount: x / 300,
                active: x / 4096 % 3 != 0,
            }
        })
        .collect()
}

fn with_maud(heading: &str, items: &[Item]) -> String {
    let page = html! {
        html lang="en" {
            head { title { (heading) } }
            body {
                h1 { (heading) }
                p { (items.len()) " items" }
                table class="items" {
                    thead {
                        tr { th { "Number" } th { "Name" } th { "Note" } th { "Amount" } th { "State" } }
                    }
                    tbody {
                        // In place: a function for the row would make a text of its own.
                        @for item in items {
                            tr id={ "item-" (item.id) } title=(item.name) {
                                td class="number" { (item.id) }
                                td { a href={ "/items/" (item.id) } { (item.name) } }
                                td { (item.note) }
                                td class="number" { (item.amount) }
                                td {
                                    @if item.active { span class="on" { "active" } }
                                    @else { span class="off" { "closed" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    page.into_string()
}

#[derive(TemplateSimple)]
#[template(path = "page.stpl")]
struct Page<'p> {
    heading: &'p str,
    items: &'p [Item],
}

fn with_sailfish(heading: &str, items: &[Item]) -> String {
    let page = Page { heading, items };
    page.render_once().expect("a page")
}

pub fn run(engine: &str, rows: usize, rounds: usize) {
    let make = match engine {
        "maud" => with_maud,
        "sailfish" => with_sailfish,
        _ => panic!("unknown engine {engine}"),
    };
    let items = items(rows);
    let mut text = String::new();
    for _ in 0..rounds {
        text = make("Items & orders", &items);
    }
    println!("{text}");
}
