// The routes of benches/fixtures/hello-http and json-http that are measured, with the server of Node: one process, as it comes.
"use strict";

const http = require("node:http");
const { Invalid, purchase } = require("./documents.js");

function answer(response, status, value) {
  const text = JSON.stringify(value);
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  response.end(text);
}

function orders(request, response) {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    try {
      const order = purchase(JSON.parse(Buffer.concat(parts).toString("utf8")));
      let pieces = 0;
      for (const line of order.lines) pieces += line.quantity;
      const { customer, payment, urgent } = order;
      answer(response, 200, { customer, payment, pieces, urgent });
    } catch (error) {
      const status = error instanceof Invalid || error instanceof SyntaxError ? 400 : 500;
      answer(response, status, { error: { message: error.message } });
    }
  });
}

const server = http.createServer((request, response) => {
  const [, first, second] = new URL(request.url, "http://localhost").pathname.split("/");
  if (request.method === "GET" && first === "hello") {
    const message = `hello, ${decodeURIComponent(second)}`;
    answer(response, 200, { length: [...message].length, message });
  } else if (request.method === "GET" && first === "users" && Number(second) >= 1 && Number(second) <= 1000) {
    const id = Number(second);
    answer(response, 200, { active: true, id, name: `user ${id}`, tags: ["even", "odd"] });
  } else if (request.method === "POST" && first === "orders") {
    orders(request, response);
  } else {
    answer(response, 404, { error: { message: "not found" } });
  }
});

server.listen(Number(process.env.APP_PORT), "127.0.0.1", () => {
  const { address, port } = server.address();
  console.error(`listening: http://${address}:${port}`);
});
