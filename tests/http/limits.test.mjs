// limits.test.mjs - time, crowds and the end: each with a server of its own.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { afterEach, test } from "node:test";
import { ask, endAll, form, raw, sleep, start, statusOf } from "./demo.mjs";

const clean = { code: 0, signal: null };
const post = "POST /api/v1/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";

afterEach(endAll);

/** Sends one byte after the other, `gap` ms apart, and tells how long the server bore it. */
function drip(server, head, gap) {
  return new Promise((resolve) => {
    const begun = Date.now();
    const socket = net.connect(server.port, "127.0.0.1", () => socket.write(head));
    let text = "";
    const timer = setInterval(() => socket.write("a"), gap);
    socket.on("data", (piece) => (text += piece));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(timer);
      resolve({ ms: Date.now() - begun, text });
    });
  });
}

test("slow heads, slow bodies and silence are closed in time", async () => {
  const server = await start({ request_timeout: 2, idle_timeout: 1 });
  const [body, head, silent] = await Promise.all([drip(server, post, 200), drip(server, "GET / HTTP/1.1\r\nX: ", 200), drip(server, "", 100000)]);
  assert.ok(body.ms < 6000, `slow body ${body.ms}`);
  assert.match(body.text, /^HTTP\/1\.1 408 /);
  assert.ok(head.ms < 8000, `slow head ${head.ms}`);
  assert.ok(silent.ms < 4000, `silence ${silent.ms}`);
  assert.equal((await ask(server, "GET", "/small")).status, 200);
  assert.deepEqual(await server.stop(), clean);
});

test("a full queue answers 503 and says when to come back", async () => {
  const server = await start({ workers: 1, queue_limit: 16 });
  const replies = await Promise.all(Array.from({ length: 60 }, () => ask(server, "GET", "/api/v1/nap/50", { agent: false })));
  const busy = replies.filter((reply) => reply.status === 503);
  assert.ok(busy.length > 0 && busy.length < 60, String(busy.length));
  assert.equal(busy[0].headers["retry-after"], "1");
  assert.equal(busy[0].json.type, "/problems/unavailable");
  assert.equal(replies.filter((reply) => reply.status === 200).length, 60 - busy.length);
  assert.deepEqual(await server.stop(), clean);
});

test("workers are started when they are needed, and stay", async () => {
  const server = await start({ workers: 8 });
  const threads = () => readdirSync(`/proc/${server.child.pid}/task`).length;
  const atStart = threads();
  const naps = (count) => Promise.all(Array.from({ length: count }, () => ask(server, "GET", "/api/v1/nap/500", { agent: false })));
  await ask(server, "GET", "/small");
  await ask(server, "GET", "/small");
  assert.equal(threads(), atStart, "one after the other needs one");
  const begun = Date.now();
  assert.deepEqual([...new Set((await naps(8)).map(({ status }) => status))], [200]);
  assert.ok(Date.now() - begun < 500 * 8, `eight naps of 500 ms took ${Date.now() - begun} ms`);
  assert.equal(threads(), atStart + 7);
  await naps(16);
  assert.equal(threads(), atStart + 7, "no more than were allowed");
  assert.deepEqual(await server.stop(), clean);
});

test("writing is limited by address, reading is not", async () => {
  const server = await start({ rate_limit: 5 });
  const from = (address) => ({ ...form("name=ann"), headers: { "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": address } });
  const statuses = [];
  for (let i = 0; i < 7; i++) statuses.push((await ask(server, "POST", "/echo", from("203.0.113.7"))).status);
  assert.deepEqual(statuses, [303, 303, 303, 303, 303, 429, 429]);
  const refused = await ask(server, "POST", "/api/v1/echo", from("203.0.113.7"));
  assert.ok(Number(refused.headers["retry-after"]) >= 1);
  assert.equal((await ask(server, "POST", "/echo", from("203.0.113.8"))).status, 303);
  assert.equal((await ask(server, "GET", "/small", { headers: { "x-forwarded-for": "203.0.113.7" } })).status, 200);
  assert.equal((await ask(server, "POST", "/echo", form("name=ann"))).status, 303); // the operator's own machine
  assert.deepEqual(await server.stop(), clean);
});

test("a stop lets requests finish and closes streams", async () => {
  const server = await start();
  const slow = ask(server, "GET", "/nap/800", { agent: false });
  const stream = new Promise((resolve) => http.get({ port: server.port, path: "/events/x", agent: false }, (reply) => {
    reply.resume();
    reply.on("close", resolve);
  }));
  const idle = net.connect(server.port, "127.0.0.1");
  const idleClosed = new Promise((resolve) => idle.on("close", resolve));
  idle.on("error", () => {});
  await sleep(200);
  const stopped = server.stop();
  await stream;
  const reply = await slow;
  assert.deepEqual([reply.status, reply.text, reply.headers.connection], [200, "awake", "close"]);
  await idleClosed;
  assert.deepEqual(await stopped, clean);
});

test("a stop does not wait for ever", async () => {
  const server = await start({ drain_seconds: 1 });
  ask(server, "GET", "/nap/5000", { agent: false }).catch(() => {});
  await sleep(200);
  const begun = Date.now();
  assert.equal((await server.stop()).code, 3);
  assert.ok(Date.now() - begun < 3000);
});

test("the log names requests, not people and tokens", async () => {
  const server = await start({ access_log: "on" });
  await ask(server, "GET", "/small?token=secret", { headers: { "x-forwarded-for": "203.0.113.77" } });
  await raw(server, "GET /a%0ab\"x HTTP/1.1\r\nHost: a\r\n\r\n");
  await server.stop();
  assert.match(server.log, /event=request method=GET path="\/small" status=200 bytes=5 ms=[\d.]+ request=\w{13} shop=42 address=203\.0\.113\.0\n/);
  assert.doesNotMatch(server.log, /secret/);
  assert.doesNotMatch(server.log, /203\.0\.113\.77/);
  assert.match(server.log, /path="\/a%0ab\?x" status=400/);
});

const memory = (server) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, "utf8"))[1]) / 1024;

async function crowd(server, count, request) {
  const sockets = [];
  for (let i = 0; i < count; i += 250) {
    const batch = Array.from({ length: Math.min(250, count - i) }, () => new Promise((resolve) => {
      const socket = net.connect(server.port, "127.0.0.1", () => (request ? socket.write(request) : resolve(socket)));
      if (request) socket.once("data", () => resolve(socket));
      socket.on("error", () => resolve(null));
    }));
    sockets.push(...(await Promise.all(batch)));
  }
  return sockets.filter(Boolean);
}

test("thousands of idle connections and streams cost little", { timeout: 120000 }, async (context) => {
  const server = await start();
  const allowed = Number(/Max open files\s+\d+\s+(\d+)/.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? 1e6);
  const [idleCount, streamCount] = [Math.min(process.env.SANITIZED ? 2000 : 10000, allowed - 2000), 1000];
  const idle = await crowd(server, idleCount, "GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
  const streams = await crowd(server, streamCount, "GET /events/all HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal(idle.length, idleCount);
  assert.equal(streams.length, streamCount);
  assert.equal((await ask(server, "GET", "/small")).status, 200);
  const heard = Promise.all(streams.map((socket) => new Promise((resolve) => {
    let text = "";
    socket.on("data", (piece) => (text += piece).includes("news") && resolve());
    socket.on("close", () => resolve("lost"));
  })));
  await server.tell("publish /events/all news");
  assert.deepEqual((await heard).filter(Boolean), [], "every stream heard the news");
  context.diagnostic(`${idleCount} idle connections and ${streamCount} streams: ${memory(server).toFixed(0)} MB`);
  if (!process.env.SANITIZED) assert.ok(memory(server) <= 200, `${memory(server)} MB`);
  for (const socket of [...idle, ...streams]) socket.destroy();
  assert.deepEqual(await server.stop(), clean);
});
