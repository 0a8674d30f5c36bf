// server.test.mjs - what src/http promises, over real sockets.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { after, before, test } from "node:test";
import { gunzipSync, brotliDecompressSync } from "node:zlib";
import { ask, form, json, raw, sleep, start, statusOf } from "./demo.mjs";

let server;
before(async () => (server = await start()));
after(async () => assert.deepEqual(await server.stop(), { code: 0, signal: null }));

const get = (path, headers) => ask(server, "GET", path, { headers });
const problem = (reply, status, slug) => {
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.headers["content-type"], "application/problem+json");
  assert.equal(reply.json.type, `/problems/${slug}`);
  assert.equal(reply.json.instance, reply.headers["x-request-id"]);
};

test("one handler has two faces", async () => {
  const page = await get("/");
  assert.match(page.headers["content-type"], /text\/html/);
  assert.match(page.headers["content-security-policy"], /script-src 'self'/);
  for (const reply of [await get("/api/v1/"), await get("/", { accept: "application/json" })]) {
    assert.equal(reply.json.greeting, "hello");
    assert.equal(reply.headers["x-content-type-options"], "nosniff");
  }
  assert.equal((await get("/", { accept: "text/html,*/*;q=0.8" })).headers["content-type"], "text/html; charset=utf-8");
});

test("the locale comes from the path for people and from Accept-Language for programs", async () => {
  assert.match((await get("/en")).text, /"locale":"en"/);
  assert.match((await get("/")).text, /"locale":"zh-CN"/);
  assert.equal((await get("/api/v1/", { "accept-language": "en-GB" })).json.locale, "en");
  const redirect = await ask(server, "POST", "/en/echo", form("name=ann"));
  assert.equal(redirect.status, 303);
  assert.equal(redirect.headers.location, "/en/echoed/it");
});

test("a JSON body and a form fill the same fields", async () => {
  const reply = await ask(server, "POST", "/api/v1/echo", json({
    name: "张三", count: 3, product_id: "9007199254740993", price: { amount: 5, currency: "CNY" }, is_gift: true,
    colour: "red", address: { phone: "1" }, lines: [{ sku: "A" }, { sku: "B", quantity: 9 }],
  }));
  assert.equal(reply.status, 201);
  assert.equal(reply.json.echo.product_id, "9007199254740993");
  assert.deepEqual(reply.json.echo.lines, [{ sku: "A", quantity: 1 }, { sku: "B", quantity: 9 }]);
  assert.match(reply.headers["set-cookie"][0], /^seen=yes; Path=\/; HttpOnly; SameSite=Lax; Max-Age=3600$/);
  const second = await ask(server, "POST", "/echo", { ...form("name=ann&price=12.5&lines.0.sku=X"), headers: {
    "content-type": "application/x-www-form-urlencoded", accept: "application/json" } });
  assert.equal(second.json.echo.price, 1250);
});

test("all field problems are told at once, and the form is shown again", async () => {
  const reply = await ask(server, "POST", "/api/v1/echo", json({ count: -1, colour: "blue" }));
  problem(reply, 422, "invalid");
  assert.deepEqual(reply.json.errors.map((error) => error.field), ["name", "count", "colour"]);
  const page = await ask(server, "POST", "/echo", form("name=" + "x".repeat(50)));
  assert.equal(page.status, 422);
  assert.match(page.text, /typed: x{50}/);
});

test("a route shows its own form again", async () => {
  assert.match((await get("/guess")).text, /"problem":"none"/);
  const bad = await ask(server, "POST", "/guess", form("number=abc"));
  assert.equal(bad.status, 422);
  assert.match(bad.text, /"typed":"abc","problem":"some fields/);
  const wrong = await ask(server, "POST", "/guess", form("number=8"));
  assert.equal(wrong.status, 409);
  assert.match(wrong.text, /"typed":"8","problem":"not 8"/);
  assert.equal((await ask(server, "POST", "/guess", form("number=7"))).status, 303);
  problem(await ask(server, "POST", "/api/v1/guess", json({ number: 8 })), 409, "conflict");
  const foreign = await ask(server, "POST", "/guess", { ...form("number=8"), headers: { "content-type": "application/x-www-form-urlencoded", origin: "https://evil.example" } });
  assert.equal(foreign.status, 403);
  assert.doesNotMatch(foreign.text, /guess/);
});

test("malformed JSON of every kind is 400", async () => {
  const bad = ["{", "", " ", "[]", "1", "null", '"x"', '{"a":1}}', '{"a":1,"a":2}', '{"name":"\\ud800"}', '{"name":"\\u0000"}',
    Buffer.from('{"name":"\xff"}', "latin1"), '{"name":1e999}', "[".repeat(100000), '{"a":' + "[".repeat(70) + "]".repeat(70) + "}",
    '{"name":NaN}', "{'name':'x'}", '{"name":"x"} x', "\ufeff{}", '{"count":99999999999999999999}'];
  for (const body of bad) {
    const reply = await ask(server, "POST", "/api/v1/echo", { ...json(""), body });
    assert.ok(reply.status === 400 || (body.length < 2 && reply.status === 422), `${String(body).slice(0, 40)}: ${reply.status}`);
    assert.match(reply.headers["content-type"], /problem/);
  }
});

test("malformed forms and paths are refused", async () => {
  for (const text of ["name=%ff", "name=%", "name=%00", "%zz=1", "a&".repeat(40000)])
    assert.equal((await ask(server, "POST", "/echo", form(text))).status, 400, text.slice(0, 20));
  for (const path of ["/../x", "/%2e%2e/%2e%2e/etc/passwd", "/a//b", "/a%2fb", "/a%5cb", "/%00", "/%ff", "/assets/../app.css", "/files/%2e%2e/x"])
    assert.ok([400, 404].includes(statusOf(await raw(server, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`))), path);
  assert.equal((await get("/echo?name=%ff")).status, 400);
});

test("failures inside are 500 without their detail", async () => {
  const reply = await get("/api/v1/fail");
  problem(reply, 500, "database");
  assert.equal(reply.json.detail, undefined);
  await sleep(200);
  assert.match(server.log, /secret detail/);
  assert.equal((await get("/nothing")).status, 500);
});

test("methods: HEAD, OPTIONS, 405 with Allow, unknown ones", async () => {
  const head = await ask(server, "HEAD", "/small");
  assert.deepEqual([head.status, head.headers["content-length"], head.text], [200, "5", ""]);
  const wrong = await ask(server, "DELETE", "/echo");
  assert.deepEqual([wrong.status, wrong.headers.allow], [405, "GET, HEAD, POST, OPTIONS"]);
  const options = await ask(server, "OPTIONS", "/echo");
  assert.deepEqual([options.status, options.headers.allow], [204, "GET, HEAD, POST, OPTIONS"]);
  assert.equal((await ask(server, "TRACE", "/echo")).status, 405);
  assert.equal(statusOf(await raw(server, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n")), 405);
});

test("paths that are not there", async () => {
  assert.equal((await get("/nope")).status, 404);
  problem(await get("/api/v1/nope"), 404, "not-found");
  problem(await get("/api/other"), 404, "not-found");
  problem(await get("/api/v1/html-only"), 404, "not-found");
  problem(await get("/html-only", { accept: "application/json" }), 406, "not-acceptable");
  assert.equal((await get("/json-only")).json.greeting, "hello");
  problem(await ask(server, "GET", "/api/v1/", { headers: { host: "unknown.example" } }), 404, "shop-not-found");
  const slash = await get("/small/?a=1");
  assert.deepEqual([slash.status, slash.headers.location], [308, "/small?a=1"]);
});

test("another site cannot write with a visitor's cookie", async () => {
  const post = async (headers) => (await ask(server, "POST", "/api/v1/staff", { headers })).status;
  assert.equal(await post({ "sec-fetch-site": "same-origin", cookie: "session=1" }), 200);
  assert.equal(await post({ "sec-fetch-site": "none", cookie: "session=1" }), 200);
  assert.equal(await post({ "sec-fetch-site": "cross-site", cookie: "session=1" }), 403);
  assert.equal(await post({ "sec-fetch-site": "same-site", cookie: "session=1" }), 403);
  assert.equal(await post({ origin: `http://127.0.0.1:${server.port}`, cookie: "session=1" }), 200);
  assert.equal(await post({ origin: "https://evil.example", cookie: "session=1" }), 403);
  assert.equal(await post({ origin: "null", cookie: "session=1" }), 403);
  assert.equal(await post({ cookie: "session=1" }), 403);
  assert.equal(await post({ authorization: "Bearer x" }), 200);
  assert.equal(await post({}), 401);
  assert.equal((await ask(server, "POST", "/raw", { headers: { origin: "https://gateway.example" }, body: "abc" })).text, "abc");
  const page = await ask(server, "POST", "/staff", { headers: { "sec-fetch-site": "same-origin" } });
  assert.deepEqual([page.status, page.headers.location], [303, "/login"]);
});

test("pages are cached, compressed, revalidated and dropped by tag", async () => {
  const gzip = { "accept-encoding": "gzip" };
  const made = (text) => Number(/"made":(\d+)/.exec(text)[1]);
  const first = await get("/pages/1");
  assert.match(first.headers["cache-control"], /public.*s-maxage=60/);
  const second = await get("/pages/1", gzip);
  assert.equal(second.headers.etag, first.headers.etag);
  await sleep(100); // a worker compresses after the first who asks
  const third = await get("/pages/1", gzip);
  assert.equal(third.headers["content-encoding"], "gzip");
  assert.equal(gunzipSync(third.bytes).toString(), first.text);
  assert.notEqual(third.headers.etag, first.headers.etag);
  const fourth = await get("/pages/1", { "accept-encoding": "gzip, br" });
  assert.equal(brotliDecompressSync(fourth.bytes).toString(), first.text);
  for (const etag of [first.headers.etag, third.headers.etag, `"x", W/${first.headers.etag}`, "*"]) {
    const same = await get("/pages/1", { "if-none-match": etag });
    assert.deepEqual([same.status, same.text], [304, ""]);
    assert.notEqual(same.headers["content-length"], "0");
    assert.match(same.headers["cache-control"], /s-maxage/);
  }
  assert.equal((await ask(server, "HEAD", "/pages/1")).headers.etag, first.headers.etag);
  const staff = await get("/pages/1", { cookie: "session=1" });
  assert.notEqual(made(staff.text), made(first.text));
  assert.match(staff.headers["cache-control"], /private|no-store/);
  assert.equal(made((await get("/pages/1", { cookie: "cart=1" })).text), made(first.text));
  assert.notEqual(made((await get("/api/v1/pages/1")).text), made(first.text));
  await server.tell("drop product:2");
  assert.equal(made((await get("/pages/1")).text), made(first.text));
  await server.tell("drop product:1");
  assert.notEqual(made((await get("/pages/1")).text), made(first.text));
});

test("the first answer of a page is compressed too when there is time", async () => {
  const reply = await get("/pages/77", { "accept-encoding": "gzip" });
  assert.equal(reply.headers["content-encoding"], "gzip");
  assert.match(gunzipSync(reply.bytes).toString(), /product 77/);
});

test("answers that are sent once are compressed when there is time", async () => {
  const staff = (encoding) => get("/pages/78", { cookie: "session=1", "accept-encoding": encoding });
  assert.match(gunzipSync((await staff("gzip")).bytes).toString(), /product 78/);
  const brotli = await staff("gzip, br");
  assert.equal(brotli.headers["content-encoding"], "br");
  assert.match(brotliDecompressSync(brotli.bytes).toString(), /product 78/);
  assert.equal((await staff("identity")).headers["content-encoding"], undefined);
});

test("a page that is dropped while it is made is not kept", async () => {
  const hits = async () => Number(/page_cache_stored_total (\d+)/.exec((await get("/metrics")).text)[1]);
  const before = await hits();
  const slow = get("/slow-page");
  await sleep(200);
  await server.tell("drop slow");
  await slow;
  assert.equal(await hits(), before);
  await get("/slow-page");
  assert.equal(await hits(), before + 1);
});

test("static files are immutable, compressed and only where they are", async () => {
  const file = await get(server.css, { "accept-encoding": "br" });
  assert.equal(file.headers["cache-control"], "public, max-age=31536000, immutable");
  assert.equal(file.headers["content-type"], "text/css; charset=utf-8");
  assert.match(brotliDecompressSync(file.bytes).toString(), /margin/);
  assert.equal((await get(server.css, { "accept-encoding": "gzip" })).headers["content-encoding"], "gzip");
  assert.equal((await get(server.css, { "if-none-match": file.headers.etag })).status, 304);
  assert.equal((await get("/assets/app.css")).headers["cache-control"], "public, no-cache");
  assert.equal((await get("/assets/deep/logo.svg")).headers["content-type"], "image/svg+xml");
  for (const path of ["/assets", "/assets/", "/assets/deep", "/assets/app.0000000000.css", "/assets/nope.css"])
    assert.equal((await get(path)).status, 404, path);
  assert.equal((await ask(server, "POST", server.css)).status, 404);
});

test("files on disk answer ranges", async () => {
  const file = await get("/file");
  assert.deepEqual([file.status, file.bytes.length], [200, 100000]);
  const part = await get("/file", { range: "bytes=10-19" });
  assert.deepEqual([part.status, part.text, part.headers["content-range"]], [206, "0123456789", "bytes 10-19/100000"]);
  assert.equal((await get("/file", { range: "bytes=-5" })).text, "56789");
  assert.equal((await get("/file", { range: "bytes=99995-" })).text, "56789");
  assert.equal((await get("/file", { range: "bytes=100000-" })).status, 416);
  assert.equal((await get("/file", { range: "bytes=0-1,4-5" })).status, 200);
  assert.equal((await get("/file", { range: "bytes=9223372036854775807-9223372036854775807" })).status, 416);
  assert.equal((await get("/file", { "if-none-match": file.headers.etag })).status, 304);
});

test("downloads are made in pieces", async () => {
  const reply = await get("/download");
  assert.equal(reply.text.split("\n").length, 50001);
  assert.equal(reply.headers["content-disposition"], "attachment; filename*=UTF-8''orders%20%E8%AE%A2%E5%8D%95.csv");
});

const part = (name, content, file) => `--X\r\nContent-Disposition: form-data; name="${name}"${file ? `; filename="${file}"\r\nContent-Type: image/png` : ""}\r\n\r\n${content}\r\n`;
const upload = (body, headers = {}) => ask(server, "POST", "/api/v1/upload", { body, headers: { "content-type": "multipart/form-data; boundary=X", ...headers } });

test("uploads go to disk and are gone afterwards", async () => {
  const reply = await upload(part("title", "Mug") + part("pictures", "a".repeat(300000), "../evil.png") + part("pictures", "b", "b.png") + "--X--\r\n");
  assert.equal(reply.json.title, "Mug");
  assert.deepEqual(reply.json.files, [
    { name: "evil.png", type: "image/png", size: 300000, is_there: true },
    { name: "b.png", type: "image/png", size: 1, is_there: true }]);
  await sleep(50);
  assert.deepEqual(readdirSync(`${server.data}/tmp`), []);
});

test("uploads that are broken, forbidden or too many are refused", async () => {
  assert.equal((await upload("")).status, 422);
  assert.equal((await upload("junk")).status, 400);
  assert.equal((await upload(part("pictures", "x", "x"))).status, 400);
  assert.equal((await upload("x", { "content-type": "multipart/form-data" })).status, 400);
  assert.equal((await upload(Array.from({ length: 60 }, () => part("pictures", "x", "x")).join("") + "--X--")).status, 413);
  const elsewhere = await ask(server, "POST", "/api/v1/echo", { body: part("name", "x", "x") + "--X--", headers: { "content-type": "multipart/form-data; boundary=X" } });
  problem(elsewhere, 415, "unsupported-media-type");
  const textOnly = await ask(server, "POST", "/api/v1/echo", { body: part("name", "ann") + "--X--", headers: { "content-type": "multipart/form-data; boundary=X" } });
  assert.equal(textOnly.json.echo.name, "ann");
  await sleep(50);
  assert.deepEqual(readdirSync(`${server.data}/tmp`), []);
});

test("bodies that are too long, of a wrong kind, or announced wrongly", async () => {
  problem(await ask(server, "POST", "/api/v1/echo", json({ name: "x".repeat(2 << 20) })), 413, "payload-too-large");
  problem(await ask(server, "POST", "/api/v1/echo", { body: "x", headers: { "content-type": "text/plain" } }), 415, "unsupported-media-type");
  const long = `POST /api/v1/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`;
  assert.equal(statusOf(await raw(server, `${long}Content-Length: 99999999999\r\n\r\n`)), 413);
  assert.equal(statusOf(await raw(server, `${long}Content-Length: 9999999\r\nExpect: 100-continue\r\n\r\n`)), 413);
  assert.equal(statusOf(await raw(server, `${long}Content-Length: -5\r\n\r\n`)), 400);
  assert.equal(statusOf(await raw(server, `${long}Content-Length: 5x\r\n\r\n{}`)), 400);
  assert.equal(statusOf(await raw(server, `${long}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`)), 400);
  assert.equal(statusOf(await raw(server, `${long}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`)), 400);
  assert.equal(statusOf(await raw(server, `${long}Transfer-Encoding: gzip\r\n\r\n{}`)), 400);
  const chunks = (text) => `${text.length.toString(16)}\r\n${text}\r\n`;
  const chunked = await raw(server, `${long}Transfer-Encoding: chunked\r\n\r\n${chunks('{"name":')}${chunks('"ann"}')}0\r\n\r\n`);
  assert.equal(statusOf(chunked), 201);
  assert.equal(statusOf(await raw(server, `${long}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)), 400);
});

test("heads that are malformed or too long", async () => {
  const bad = [
    ["GET / HTTP/1.1\r\n\r\n", 400], // no Host
    ["GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost : a\r\nHost: a\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: a\r\nX y: 1\r\n\r\n", 400],
    [`GET /${"a".repeat(3000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
    [`GET /${"a".repeat(30000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(8500)}\r\n\r\n`, 431],
    [`GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(2000)}\r\n`, 431],
    ["GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505],
    ["GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  ];
  for (const [bytes, status] of bad) {
    const answer = await raw(server, bytes);
    assert.ok(statusOf(answer) === status || (answer.text === "" && answer.isClosed), `${bytes.slice(0, 60)}: ${answer.text.slice(0, 80)}`);
  }
  for (const rubbish of ["\x16\x03\x01\x02\x00\x01", "\0\0\0\0\r\n\r\n", "SSH-2.0-x\r\n", "GET\r\n\r\n", "\r\n\r\n\r\n"])
    assert.ok(statusOf(await raw(server, rubbish, { end: true })) < 500);
  assert.equal(statusOf(await raw(server, "GET http://127.0.0.1/small HTTP/1.1\r\nHost: a\r\n\r\n")), 200);
  assert.equal(statusOf(await raw(server, "GET /small HTTP/1.0\r\n\r\n")), 200);
  assert.equal((await get("/small")).status, 200);
});

test("forged cookies and header bytes are only not believed", async () => {
  for (const cookie of ["session=\xff\xfe", "=;;;=", "session", "session=" + "x".repeat(4000), "a=\"b; session=1"])
    assert.ok((await raw(server, `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`)).text.startsWith("HTTP/1.1 200"), cookie.slice(0, 20));
  for (const headers of [{ accept: "q=,;;q", "accept-language": ",;q=x", "accept-encoding": "gzip;q=" }, { "if-none-match": "\"" }, { range: "bytes=--" }])
    assert.equal((await get("/file", headers)).status, 200);
});

test("requests in a row on one connection are answered in order", async () => {
  const one = (path, more = "") => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
  const answer = await raw(server, one("/nap/100") + one("/healthz") + one("/nope") + one("/small", "Connection: close\r\n"));
  assert.deepEqual([...answer.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]), ["200", "200", "404", "200"]);
  assert.ok(answer.isClosed);
});

test("clients that go away in the middle disturb nobody", async () => {
  await Promise.all(Array.from({ length: 60 }, (_, i) => new Promise((resolve) => {
    const bytes = ["GET /nap/100 HTTP/1.1\r\nHost: a\r\n\r\n", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc",
      "GET /pages/9 HTTP/1.1\r\nHost: a\r\n\r\n", `POST /upload HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: 9999\r\n\r\n${part("pictures", "x", "x").slice(0, 120)}`][i % 4];
    const socket = net.connect(server.port, "127.0.0.1", () => socket.write(bytes, () => setTimeout(() => {
      socket.resetAndDestroy();
      resolve();
    }, i)));
    socket.on("error", () => {});
  })));
  await sleep(300);
  assert.equal(await metric("http_requests_active"), 1); // this one
  assert.deepEqual(readdirSync(`${server.data}/tmp`), []);
  const secure = { "x-forwarded-proto": "https" };
  assert.notEqual((await get("/pages/31", secure)).text, (await get("/pages/31")).text); // another address: another page
});

const listen = (path) => new Promise((resolve, reject) => {
  const request = http.get({ port: server.port, path, agent: false }, (reply) => {
    const stream = { reply, text: "", request, isOver: false };
    reply.on("data", (piece) => (stream.text += piece));
    reply.on("error", () => (stream.isOver = true));
    reply.on("close", () => (stream.isOver = true));
    resolve(stream);
  });
  request.on("error", reject);
});
const metric = async (name) => Number(new RegExp(`^yundian_${name} (\\d+)`, "m").exec((await get("/metrics")).text)[1]);

test("event streams carry what is published to their channel", async () => {
  const [red, blue] = [await listen("/events/red"), await listen("/events/blue")];
  assert.equal(red.reply.headers["content-type"], "text/event-stream");
  await server.tell("publish /events/red hello");
  await server.tell("publish /events/red again");
  await sleep(100);
  assert.equal(red.text, "retry: 3000\n\nevent: note\ndata: hello\n\nevent: note\ndata: again\n\n");
  assert.equal(blue.text, "retry: 3000\n\n");
  assert.equal(await metric("http_streams"), 2);
  red.request.destroy();
  blue.request.destroy();
  await sleep(200);
  assert.equal(await metric("http_streams"), 0);
});

test("a stream that does not read is closed and does not hold up the others", async () => {
  const deaf = net.connect(server.port, "127.0.0.1");
  deaf.pause();
  deaf.on("error", () => {});
  deaf.write("GET /events/loud HTTP/1.1\r\nHost: a\r\n\r\n");
  const other = await listen("/events/loud");
  await sleep(100);
  for (let i = 0; i < 9000; i++) await server.tell(`publish /events/loud ${"x".repeat(900)}`);
  const heard = () => other.text.split("\ndata: ").length - 1;
  for (let i = 0; i < 100 && heard() < 9000; i++) await sleep(50);
  assert.equal(await metric("http_streams"), 1);
  assert.equal(heard(), 9000);
  other.request.destroy();
  deaf.destroy();
});

test("health, readiness and figures", async () => {
  assert.equal((await get("/healthz")).text, "ok\n");
  assert.equal((await get("/readyz")).text, "ready\n");
  const text = (await get("/metrics")).text;
  assert.match(text, /yundian_http_requests_total\{face="html",class="2xx"\} \d+/);
  assert.match(text, /yundian_http_request_seconds_bucket\{le="\+Inf"\} \d+/);
  assert.equal((await get("/metrics", { "x-forwarded-for": "203.0.113.7" })).status, 403);
});

test("a proxy that is trusted tells who asks and how", async () => {
  const reply = await get("/api/v1/", { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https", host: "Shop.Example" });
  assert.equal(reply.json.address, "203.0.113.7");
  assert.equal(reply.json.origin, "https://shop.example");
  assert.match(reply.headers["strict-transport-security"], /max-age/);
});
