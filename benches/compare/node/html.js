// The page of benches/fixtures/html with template strings: html.js ROWS ROUNDS.
"use strict";

const SPECIAL = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escape(text) {
  return text.replace(/[&<>"']/g, (c) => SPECIAL[c]);
}

function items(count) {
  const names = ["Ada Lovelace", "Grace Hopper", "Barbara Liskov", "Marks & Spencer", "Jürgen Müller", "R&D <internal>"];
  const notes = [
    "delivered to the front desk on Monday morning",
    "",
    "call before 10 & after 16, rooms <4> to <9>",
    "paid",
    "the customer asked for a copy of the invoice by mail, twice",
  ];
  const made = [];
  let x = 42;
  for (let id = 1; id <= count; id++) {
    x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
    made.push({
      id,
      name: `${names[(x >> 16) % 6]} ${x % 97}`,
      note: notes[(x >> 10) % 5],
      amount: Math.floor(x / 300),
      active: (x >> 12) % 3 !== 0,
    });
  }
  return made;
}

function row(item) {
  const name = escape(item.name);
  const state = item.active ? '<span class="on">active</span>' : '<span class="off">closed</span>';
  return `<tr id="item-${item.id}" title="${name}"><td class="number">${item.id}</td><td><a href="/items/${item.id}">${name}</a></td><td>${escape(item.note)}</td><td class="number">${item.amount}</td><td>${state}</td></tr>`;
}

function page(heading, items) {
  const title = escape(heading);
  let rows = "";
  for (const item of items) rows += row(item);
  return `<html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1><p>${items.length} items</p><table class="items"><thead><tr><th>Number</th><th>Name</th><th>Note</th><th>Amount</th><th>State</th></tr></thead><tbody>${rows}</tbody></table></body></html>`;
}

const [rows, rounds] = process.argv.slice(2).map(Number);
const all = items(rows);
let bytes = Buffer.alloc(0);
for (let round = 0; round < rounds; round++) {
  // The page as bytes: a text of pieces that nobody has put together is not made yet.
  bytes = Buffer.from(page("Items & orders", all));
}
process.stdout.write(bytes);
