// demo.mjs - starts the demo server (tests/unit/http/demo_server.c) and talks to it, politely or over a bare socket.
// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, writeFileSync, rmSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const binary = process.env.DEMO_SERVER;
const running = new Set();

/** Ends what a failed test left behind: a server that goes on would keep the test run from ending. */
export function endAll() {
  for (const child of running) child.kill("SIGKILL");
}

/** A running demo server with a data directory of its own. */
export async function start(settings = {}) {
  const home = mkdtempSync(join(tmpdir(), "demo-"));
  const data = join(home, "data");
  const assets = join(home, "assets");
  mkdirSync(data);
  mkdirSync(join(assets, "deep"), { recursive: true });
  writeFileSync(join(data, "file.bin"), Buffer.alloc(100000, "0123456789"));
  writeFileSync(join(assets, "app.css"), "body { margin: 0 }\n".repeat(500));
  writeFileSync(join(assets, "deep", "logo.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  const options = { data, listen: "127.0.0.1:0", access_log: "off", workers: 8, ...settings };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(binary, [assets, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const server = { child, data, home, log: "", port: 0, css: "" };
  child.stderr.on("data", (piece) => (server.log += piece));
  server.ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve({ code, signal })));
  const lines = createInterface({ input: child.stdout });
  const waiting = [];
  const ready = new Promise((resolve, reject) => {
    lines.once("line", (line) => {
      const [, address, css] = line.split(" ");
      server.port = Number(address.split(":")[1]);
      server.css = css;
      lines.on("line", () => waiting.shift()?.());
      resolve();
    });
    server.ended.then(() => reject(new Error(`the demo server ended: ${server.log}`)));
  });
  server.tell = (command) => new Promise((done) => {
    waiting.push(done);
    child.stdin.write(command + "\n");
  });
  server.stop = async () => {
    child.kill("SIGTERM");
    const end = await server.ended;
    if (end.code || end.signal) console.error(`the demo server ended with ${end.code ?? end.signal}: ${server.log}`);
    rmSync(home, { recursive: true, force: true });
    return end;
  };
  await ready;
  return server;
}

/** One polite request: {status, headers, text, bytes, json}. */
export function ask(server, method, path, { headers = {}, body, agent } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ port: server.port, host: "127.0.0.1", method, path, headers, agent }, (reply) => {
      const pieces = [];
      reply.on("data", (piece) => pieces.push(piece));
      reply.on("end", () => {
        const bytes = Buffer.concat(pieces);
        const text = bytes.toString();
        const isJson = /json/.test(reply.headers["content-type"] ?? "") && !reply.headers["content-encoding"];
        resolve({ status: reply.statusCode, headers: reply.headers, bytes, text, json: isJson && text ? JSON.parse(text) : undefined });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

export const json = (value) => ({ headers: { "content-type": "application/json" }, body: typeof value === "string" ? value : JSON.stringify(value) });
export const form = (text) => ({ headers: { "content-type": "application/x-www-form-urlencoded" }, body: text });

/** Sends bytes over a bare socket and returns everything until the server closes, or until `quiet` ms pass in silence. */
export function raw(server, bytes, { quiet = 700, end = false } = {}) {
  return new Promise((resolve) => {
    const socket = net.connect(server.port, "127.0.0.1");
    const answer = { text: "", isClosed: false, ms: Date.now() };
    const finish = () => {
      answer.ms = Date.now() - answer.ms;
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(quiet, finish);
    socket.on("data", (piece) => (answer.text += piece.toString("latin1")));
    socket.on("error", () => (answer.isClosed = true));
    socket.on("close", () => {
      answer.isClosed = true;
      finish();
    });
    socket.write(bytes);
    if (end) socket.end();
  });
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
export const statusOf = (answer) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer.text)?.[1] ?? 0);
