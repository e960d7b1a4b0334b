// The types of benches/fixtures/json and of benches/fixtures/json-http: each function takes what JSON.parse gave, checks
// every rule, and gives an object with exactly the type's fields, in the order in which FUSE writes them.
"use strict";

class Invalid extends Error {}

function fail(message) {
  throw new Invalid(message);
}

/** Refuses what is not an object, and fields that the type does not have. */
function object(value, names) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail("expected an object");
  for (const name in value) if (!names.has(name)) fail(`${name}: unknown field`);
  return value;
}

function string(value) {
  if (typeof value !== "string") fail("expected String");
  return value;
}

/** Lengths are in Unicode scalar values; a text has at most as many of them as it has units. */
function sized(value, least, most) {
  let length = string(value).length;
  if (length > most || length < 2 * least) length = [...value].length;
  if (length < least || length > most) fail(`length ${length} out of range ${least}..${most}`);
  return value;
}

function id(value) {
  if (string(value) === "") fail("expected non-empty Id");
  return value;
}

function integer(value, least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER) {
  if (!Number.isSafeInteger(value)) fail("expected Int");
  if (value < least || value > most) fail(`value ${value} out of range ${least}..${most}`);
  return value;
}

function float(value, least, most) {
  if (typeof value !== "number") fail("expected Float");
  if (value < least || value > most) fail(`value ${value} out of range ${least}..${most}`);
  return value;
}

function bool(value) {
  if (typeof value !== "boolean") fail("expected Bool");
  return value;
}

function list(value, element) {
  if (!Array.isArray(value)) fail("expected a list");
  return value.map(element);
}

const EMAIL = /^[^\s@\p{Cc}]{1,64}@[^\s@.\p{Cc}]{1,63}(\.[^\s@.\p{Cc}]{1,63})+$/u;

function email(value) {
  if (!EMAIL.test(string(value)) || Buffer.byteLength(value) > 254) fail("invalid email address");
  return value;
}

const strings = (value) => list(value, string);

const USER = new Set(["active", "id", "name", "tags"]);

function user(value) {
  const v = object(value, USER);
  return {
    active: v.active === undefined ? true : bool(v.active),
    id: integer(v.id),
    name: sized(v.name, 1, 40),
    tags: strings(v.tags),
  };
}

const PAYMENT = new Set(["data", "type"]);

function payment(value) {
  const v = object(value, PAYMENT);
  if (v.type === "Cash" && v.data === undefined) return { type: "Cash" };
  if (v.type === "Card") return { data: string(v.data), type: "Card" };
  return fail("no such variant");
}

const ADDRESS = new Set(["city", "country", "name", "street", "zip"]);

function address(value) {
  const v = object(value, ADDRESS);
  return {
    city: sized(v.city, 1, 80),
    country: sized(v.country, 2, 2),
    name: sized(v.name, 1, 80),
    street: sized(v.street, 1, 80),
    zip: sized(v.zip, 3, 10),
  };
}

const LINE = new Set(["options", "price", "quantity", "sku", "title", "weight"]);

function line(value) {
  const v = object(value, LINE);
  return {
    options: strings(v.options),
    price: integer(v.price, 0, 10000000),
    quantity: integer(v.quantity, 1, 100),
    sku: id(v.sku),
    title: sized(v.title, 1, 120),
    weight: float(v.weight, 0, 1000),
  };
}

const ORDER = new Set(["billing", "customer", "lines", "note", "number", "payment", "shipping", "urgent"]);

function order(value) {
  const v = object(value, ORDER);
  return {
    billing: v.billing == null ? null : address(v.billing),
    customer: email(v.customer),
    lines: list(v.lines, line),
    note: v.note == null ? null : string(v.note),
    number: integer(v.number, 1, 1000000000),
    payment: payment(v.payment),
    shipping: address(v.shipping),
    urgent: v.urgent === undefined ? false : bool(v.urgent),
  };
}

const SECTION = new Set(["heading", "paragraphs"]);

function section(value) {
  const v = object(value, SECTION);
  return { heading: sized(v.heading, 1, 120), paragraphs: strings(v.paragraphs) };
}

const ARTICLE = new Set(["author", "id", "published", "sections", "summary", "tags", "title"]);

function article(value) {
  const v = object(value, ARTICLE);
  return {
    author: sized(v.author, 1, 80),
    id: id(v.id),
    published: v.published === undefined ? false : bool(v.published),
    sections: list(v.sections, section),
    summary: sized(v.summary, 1, 500),
    tags: strings(v.tags),
    title: sized(v.title, 1, 200),
  };
}

const PURCHASE = new Set(["customer", "lines", "note", "payment", "urgent"]);
const PURCHASED = new Set(["quantity", "sku"]);

function purchased(value) {
  const v = object(value, PURCHASED);
  return { quantity: integer(v.quantity, 1, 100), sku: id(v.sku) };
}

/** The order of benches/fixtures/json-http. */
function purchase(value) {
  const v = object(value, PURCHASE);
  return {
    customer: email(v.customer),
    lines: list(v.lines, purchased),
    note: v.note == null ? null : string(v.note),
    payment: payment(v.payment),
    urgent: v.urgent === undefined ? false : bool(v.urgent),
  };
}

module.exports = { Invalid, user, order, article, purchase };
