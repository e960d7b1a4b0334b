// Documents on standard input, a line each, read and written many times: json.js KIND READS WRITES.
"use strict";

const { readFileSync } = require("node:fs");
const types = require("./documents.js");

const [kind, reads, writes] = process.argv.slice(2);
const check = types[kind];
const documents = readFileSync(0, "utf8").split("\n").slice(0, -1);

let values = [];
for (let round = 0; round < Number(reads); round++) {
  for (let i = 0; i < documents.length; i++) values[i] = check(JSON.parse(documents[i]));
}
const texts = [];
for (let round = 0; round < Number(writes); round++) {
  for (let i = 0; i < values.length; i++) texts[i] = JSON.stringify(values[i]);
}
for (const text of texts) console.log(text);
