// Bytes that are hardly HTTP: an error or a closed connection, soon, and never a hang.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import crypto from "node:crypto";
import { after, before, describe, test } from "node:test";
import { connect, exchange, holdings } from "../lib/raw.mjs";
import { PATIENCE, startServer, until } from "../lib/shop.mjs";

describe("hostile sockets", () => {
  let server, shop, baseline;
  before(async () => {
    server = await startServer({ args: ["--request-timeout", "3", "--idle-timeout", "8"] });
    shop = server.shop;
    await shop.visitor().buys(await shop.product());
    baseline = holdings(server.pid);
  });
  after(() => server?.stop());

  const isCalm = (answer, what, allowed = /^(0|4\d\d)$/) => {
    assert.notEqual(answer.status, undefined, `${what}: neither an answer nor an end within ${answer.ms} ms`);
    assert.match(String(answer.status), allowed, `${what}: ${answer.text.slice(0, 200)}`);
  };
  const alive = async () => assert.equal((await shop.client().get("/healthz")).status, 200);
  const within = 8000 * PATIENCE;

  test("request lines that are none", async () => {
    const lines = [
      "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1 extra\r\nHost: x\r\n\r\n", "get / http/1.1\r\nHost: x\r\n\r\n", "G\u0000T / HTTP/1.1\r\n\r\n", " GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n", "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", "GET //evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", "GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n",
      "BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", `${"A".repeat(300)} / HTTP/1.1\r\nHost: x\r\n\r\n`,
    ];
    for (const line of lines) isCalm(await exchange(server.base, line, { within }), JSON.stringify(line.slice(0, 60)), /^(0|[2-4]\d\d|501|505)$/);
    await alive();
  });

  test("addresses and headers without end", async () => {
    // What is too long is refused when it is seen to be, not when the time to arrive is over.
    const isPrompt = (answer, what, allowed) => {
      isCalm(answer, what, allowed);
      assert.ok(answer.ms < 2500 * PATIENCE, `${what}: ${answer.status} only after ${answer.ms} ms`);
    };
    const get = (path, headers = "") => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`;
    isPrompt(await exchange(server.base, get(`/${"a".repeat(5000)}`), { within }), "a path of 5,000 bytes", /^(0|4(14|00|31|04))$/);
    for (const count of [100, 300, 500])
      isPrompt(await exchange(server.base, get(`/?${"a=1&".repeat(count)}`), { within }), `a query of ${count} parameters`, /^(200|400)$/);
    isPrompt(await exchange(server.base, get(`/?${"a=1&".repeat(2000)}`), { within }), "a query of 2,000 parameters", /^414$/);
    isPrompt(await exchange(server.base, get(`/${"a".repeat(200000)}`), { within }), "a path of 200,000 bytes");
    isPrompt(await exchange(server.base, get("/", `X-Long: ${"b".repeat(70000)}\r\n`), { within }), "a header of 70,000 bytes");
    isPrompt(await exchange(server.base, get("/", "X-Many: 1\r\n".repeat(20000)), { within }), "20,000 headers");
    isPrompt(await exchange(server.base, get("/", `Cookie: ${"c=d; ".repeat(10000)}\r\n`), { within }), "10,000 cookies");
    // What is allowed is served, whatever it is made of.
    const filled = (field, piece, length) => `${field}: ${piece.repeat(length / piece.length)}\r\n`;
    for (const [what, head] of Object.entries({ cookies: filled("Cookie", "c=d;", 8000), "one cookie": `Cookie: c=${"d".repeat(8000)}\r\n`, "one field": filled("X-Long", "b", 8000), "40 fields": filled("X-Long", "b", 200).repeat(38) }))
      isPrompt(await exchange(server.base, get("/products", head), { within }), `${head.length} bytes of ${what}`, /^200$/);
    for (const length of [8200, 9000, 10000, 11000, 12000, 14000, 20000])
      for (const field of ["X-Long", "Cookie"]) isPrompt(await exchange(server.base, get("/", filled(field, "c", length)), { within }), `${length} bytes of ${field}`, /^431$/);
    for (const count of [60, 90, 101, 150, 250, 400]) isPrompt(await exchange(server.base, get("/", "X-Many: 1\r\n".repeat(count)), { within }), `${count} fields`, count < 100 ? /^200$/ : /^4(00|31)$/);
    await alive();
  });

  test("headers that contradict each other or themselves", async () => {
    const post = (headers, body = "{}") => `POST /api/v1/cart/lines HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
    const cases = [
      "Content-Length: -1\r\n", "Content-Length: +2\r\n", "Content-Length: 2x\r\n", "Content-Length: 0x2\r\n", "Content-Length: 99999999999999999999\r\n", "Content-Length: 9223372036854775807\r\n", "Content-Length: 2\r\nContent-Length: 3\r\n", "Content-Length: 2, 2\r\n",
      "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding : chunked\r\n", "Content-Length : 2\r\n", "Bad Header: x\r\n", ": empty\r\n", "No colon\r\n", "X: a\u0000b\r\n", " Folded: x\r\n", "X: a\r\n b\r\nContent-Length: 2\r\n",
      "Host: other.example\r\nContent-Length: 2\r\n", "Expect: the unexpected\r\nContent-Length: 2\r\n", "Connection: close, keep-alive, x\r\nContent-Length: 2\r\n",
    ];
    for (const headers of cases) isCalm(await exchange(server.base, post(headers), { within }), JSON.stringify(headers));
    isCalm(await exchange(server.base, "GET / HTTP/1.1\r\n\r\n", { within }), "no Host", /^(0|[234]\d\d)$/);
    for (const host of ["", "a b", "127.0.0.1:99999999", "[::1", "\u00ff", "a".repeat(5000), "127.0.0.1/../x", "@", "localhost\u0000.evil"])
      isCalm(await exchange(server.base, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, { within }), `Host ${JSON.stringify(host.slice(0, 30))}`, /^(0|[234]\d\d)$/);
    await alive();
  });

  test("two requests cannot be made of one (smuggling)", async () => {
    const inner = "GET /admin HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    for (const headers of [`Content-Length: ${inner.length + 5}\r\nTransfer-Encoding: chunked\r\n`, `Transfer-Encoding: chunked\r\nContent-Length: 5\r\n`, `Transfer-Encoding:\tchunked\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n`]) {
      const answer = await exchange(server.base, `POST /api/v1/cart/lines HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${headers}\r\n0\r\n\r\n${inner}`, { within: 2000 * PATIENCE, wait: true });
      assert.ok([...answer.text.matchAll(/HTTP\/1\.1 \d{3}/g)].length <= 1, `${headers} was answered twice:\n${answer.text}`);
    }
  });

  test("chunks of garbage", async () => {
    const post = "POST /api/v1/cart/lines HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const chunks of ["zz\r\n", "-1\r\n{}\r\n0\r\n\r\n", "ffffffffffffffffff\r\n", "7fffffffffffffff\r\n{}", "2\r\n{}XX0\r\n\r\n", "2;ext=\u0000\r\n{}\r\n0\r\n\r\n", `2;${"x".repeat(50000)}\r\n{}\r\n0\r\n\r\n`, `0\r\n${"T: x\r\n".repeat(20000)}\r\n`])
      isCalm(await exchange(server.base, post + chunks, { within }), JSON.stringify(chunks.slice(0, 40)));
    // Nobody else's fault: what stands between two chunks may be long, but never looks like a failure of ours.
    const held = await Promise.all([1, 2, 3].map(() => connect(server.base)));
    for (const socket of held) socket.on("error", () => {}).write(`${post}2;name=value\r\n{"\r\n`);
    for (const length of [1000, 5000, 8000, 12000, 20000, 100000, 1000000])
      for (const lead of ["", "2\r\n{}\r\n", "1\r\n{\r\n".repeat(500)])
        isCalm(await exchange(server.base, `${post}${lead}2;${"x".repeat(length)}\r\n{}\r\n0\r\n\r\n`, { within }), `a chunk extension of ${length} bytes after ${lead.length}`);
    // Ordinary chunks that were on their way meanwhile arrive.
    for (const socket of held) {
      const answer = new Promise((resolve) => socket.once("data", resolve));
      socket.write(`b;name="a value"\r\nquantity":1\r\n1\r\n}\r\n0\r\nTrailer: 1\r\n\r\n`);
      assert.match(String(await answer), /^HTTP\/1\.1 422 /, "an ordinary body in chunks");
      socket.destroy();
    }
    const many = await exchange(server.base, `${post}${"1\r\n \r\n".repeat(100000)}2\r\n{}\r\n0\r\n\r\n`, { within });
    isCalm(many, "100,000 small chunks", /^(0|4\d\d)$/);
    await alive();
  });

  test("a body that comes too slowly, or not at all, is not waited for", async () => {
    const head = (length) => `POST /api/v1/cart/lines HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
    const cases = {
      "no body": [head(100)],
      "half a body": [head(100), '{"variant_id":'],
      "a byte now and then": [head(200), ...Array.from({ length: 60 }, () => [" ", 250]).flat()],
      "half a request line": ["GET /prod"],
      "half a header": ["POST /api/v1/cart/lines HTTP/1.1\r\nHost: 127.0"],
      "a header now and then": ["GET / HTTP/1.1\r\n", ...Array.from({ length: 60 }, (_, index) => [`X-${index}: 1\r\n`, 250]).flat()],
    };
    const slow = await Promise.all(Object.entries(cases).map(async ([what, bytes]) => [what, await exchange(server.base, bytes, { within: 12000 * PATIENCE })]));
    for (const [what, answer] of slow) isCalm(answer, what);
  });

  test("two hundred slow bodies do not stop a buyer", async () => {
    const cup = await shop.product({ stock: 50 });
    const slow = await Promise.all(Array.from({ length: 200 }, () => connect(server.base)));
    for (const socket of slow) socket.on("error", () => {}).write("POST /api/v1/checkout HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{");
    const begun = Date.now();
    for (let index = 0; index < 5; index++) await shop.visitor().buys(cup);
    assert.ok(Date.now() - begun < 5000 * PATIENCE, `five purchases took ${Date.now() - begun} ms`);
    for (const socket of slow) socket.destroy();
  });

  test("clients that hang up in the middle of everything", async () => {
    const requests = ["GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "GET /products HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "GET /api/v1/products HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 'POST /api/v1/cart/lines HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 34\r\n\r\n{"variant_id":"1","quantity":1   }'];
    await Promise.all(Array.from({ length: 400 }, async (_, index) => {
      const socket = await connect(server.base);
      socket.on("error", () => {});
      const request = requests[index % requests.length];
      socket.write(request.slice(0, (index * 13) % (request.length + 1)));
      if (index % 3) socket.resetAndDestroy();
      else socket.end();
      await new Promise((resolve) => (socket.destroyed ? resolve() : socket.once("close", resolve).resume()));
    }));
    await alive();
  });

  test("a client that reads nothing does not stop the others", async () => {
    const lazy = await Promise.all(Array.from({ length: 50 }, () => connect(server.base)));
    for (const socket of lazy) socket.on("error", () => {}).pause().write("GET /products HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(50));
    for (let index = 0; index < 20; index++) assert.equal((await shop.client().get("/products")).status, 200);
    for (const socket of lazy) socket.destroy();
  });

  test("requests in a pipeline are answered in their order", async () => {
    const paths = ["/healthz", "/api/v1/products", "/no-such-page", "/healthz"];
    const answer = await exchange(server.base, paths.map((path, index) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${index === paths.length - 1 ? "Connection: close\r\n" : ""}\r\n`).join(""), { within, wait: true });
    assert.deepEqual([...answer.text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status), ["200", "200", "404", "200"]);
  });

  test("pure noise", async () => {
    for (let round = 0; round < 100; round++) {
      const noise = crypto.randomBytes(1 + (round * 97) % 4000);
      isCalm(await exchange(server.base, [noise, "\r\n\r\n"], { within }), `noise ${noise.subarray(0, 16).toString("hex")}`, /^(0|4\d\d|501|505)$/);
    }
    await alive();
  });

  test("nothing is held when the attackers are gone", async () => {
    const now = await until(() => {
      const held = holdings(server.pid);
      return held.fds <= baseline.fds + 80 && held;
    }, "the connections are closed", { within: 20000 });
    if (PATIENCE === 1) assert.ok(now.rss < baseline.rss + (64 << 20), `memory grew from ${baseline.rss >> 20} to ${now.rss >> 20} MB`);
  });
});
