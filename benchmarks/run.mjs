#!/usr/bin/env node
// run.mjs - measures everything that the project promises about speed and size, and prints it as tables.
//
//   node benchmarks/run.mjs --binary build/release/yundian --load build/release/benchmarks/load
//                      [--quick | --full] [--only pages,orders,…] [--dir DIR] [--rounds 3] [--write]
//
//   --quick   at most three minutes: short runs, small sizes
//   --full    10 million orders and 1 million products besides
//   --only    some of: start, pages, orders, sizes, held, imports, exports, lists, rules, flash, promotions, search, phone
//   --write   docs/benchmarks.md is written from the result
//
// Every comparison is a ratio within one run: both sides are measured in turn (A B A B …) on the same machine at the
// same time, and the medians are compared. The load generator shares the cores with what it measures. Servers and
// databases live in fresh directories below --dir and are ended by their process ids.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { backofficeParts } from "./backoffice.mjs";
import { flashParts } from "./flash.mjs";
import { phoneParts } from "./phone.mjs";
import { searchParts } from "./search.mjs";

const { values: options } = parseArgs({
  options: {
    binary: { type: "string", default: "build/release/yundian" },
    load: { type: "string", default: "build/release/benchmarks/load" },
    quick: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    only: { type: "string", default: "start,pages,orders,sizes,held,imports,exports,lists,rules,flash,promotions,search" },
    engines: { type: "string", default: "sqlite,postgres" },
    dir: { type: "string", default: os.tmpdir() },
    rounds: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const binary = path.resolve(options.binary);
const load = path.resolve(options.load);
const ENGINES = options.engines.split(",");
const ROUNDS = Number(options.rounds ?? (options.quick ? 1 : 3));
// The tail of a distribution swings more than its middle: what compares tails, or two programs, is asked this often at least.
const TAIL_ROUNDS = Math.max(ROUNDS, options.quick ? 1 : 3);
const SECONDS = options.quick ? 3 : 8;
const BASE_ORDERS = options.quick ? 2000 : 10000;
const MANY_ORDERS = options.full ? 10_000_000 : options.quick ? 20_000 : 200_000;
const MANY_PRODUCTS = options.full ? 1_000_000 : options.quick ? 5_000 : 50_000;

const place = fs.mkdtempSync(path.join(options.dir, "yundian-bench-"));
const children = new Set();
const endings = [];
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  for (const end of endings) end();
  fs.rmSync(place, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const say = (text) => process.stderr.write(`${text}\n`);
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const number = (value, digits = 0) => value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });

async function until(condition, what, within = 60000) {
  const end = Date.now() + within;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

// ---- servers --------------------------------------------------------------------------------------------

let postgresUrl;
function postgres() {
  if (!postgresUrl) {
    const script = path.join(root, "tests/lib/postgres.sh");
    const data = path.join(place, "postgres");
    fs.mkdirSync(data);
    fs.chmodSync(place, 0o755);
    endings.push(() => execFileSync(script, ["stop", data], { stdio: "ignore" }));
    postgresUrl = execFileSync(script, ["start", data], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim().split("\n").at(-1);
  }
  return postgresUrl;
}

let serial = 0;
class Server {
  constructor(engine, seed) {
    this.data = path.join(place, `shop-${serial++}`);
    this.env = { ...process.env };
    delete this.env.DATABASE_URL;
    if (engine === "postgres") {
      const name = `bench_${process.pid}_${serial}`;
      execFileSync("psql", ["-qX", "-d", postgres(), "-c", `CREATE DATABASE ${name}`], { stdio: "inherit" });
      const url = new URL(postgres());
      url.pathname = `/${name}`;
      this.env.DATABASE_URL = url.href;
    }
    const begun = Date.now();
    execFileSync(binary, ["seed", "--data", this.data, "--log-level", "warning", ...seed], { env: this.env, stdio: ["ignore", "ignore", "inherit"] });
    say(`  seeded ${engine} with ${seed.join(" ")} in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  }

  /** Starts; gives the milliseconds from start to `ready`. */
  async start(...args) {
    const begun = process.hrtime.bigint();
    const log = fs.openSync(path.join(this.data, "bench.log"), "a");
    this.child = spawn(binary, ["serve", "--data", this.data, "--listen", "127.0.0.1:0", "--rate-limit", "0", "--access-log", "off", "--log-level", "warning", ...args], { env: this.env, stdio: ["ignore", "pipe", log] });
    fs.closeSync(log);
    children.add(this.child);
    let said = "";
    const took = await new Promise((resolve, reject) => {
      this.child.stdout.on("data", (piece) => {
        said += piece;
        const ready = said.match(/^ready (http:\S+)$/m);
        if (!ready) return;
        this.base = ready[1].replace(/\/$/, "");
        resolve(Number(process.hrtime.bigint() - begun) / 1e6);
      });
      this.child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${fs.readFileSync(path.join(this.data, "bench.log"), "utf8").slice(-2000)}`)));
    });
    return took;
  }

  /** Memory in MB. */
  memory() {
    return Number(fs.readFileSync(`/proc/${this.child.pid}/status`, "utf8").match(/^VmRSS:\s+(\d+)/m)[1]) / 1024;
  }

  /** The most memory in MB since it was last forgotten, or since the start. */
  peak() {
    return Number(fs.readFileSync(`/proc/${this.child.pid}/status`, "utf8").match(/^VmHWM:\s+(\d+)/m)[1]) / 1024;
  }

  forgetPeak() {
    fs.writeFileSync(`/proc/${this.child.pid}/clear_refs`, "5");
  }

  log() {
    return fs.readFileSync(path.join(this.data, "bench.log"), "utf8");
  }

  async stop() {
    const ended = new Promise((resolve) => this.child.removeAllListeners("exit").once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
    children.delete(this.child);
  }

  /** The books add up (run while stopped). */
  check() {
    const said = execFileSync(binary, ["check", "--data", this.data], { env: this.env, encoding: "utf8" });
    assert.match(said, /^ok\b/m, said);
  }

  async json(target) {
    const answer = await fetch(this.base + target);
    assert.equal(answer.status, 200, target);
    return answer.json();
  }

  async handles(count) {
    const found = [];
    for (let target = "/api/v1/products"; found.length < count; ) {
      const { products, next_cursor } = await this.json(target);
      found.push(...products.map(({ handle }) => handle));
      if (!next_cursor) break;
      target = `/api/v1/products?cursor=${encodeURIComponent(next_cursor)}`;
    }
    return found;
  }
}

async function nginx(files) {
  const at = path.join(place, "nginx");
  fs.mkdirSync(path.join(at, "www"), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) fs.writeFileSync(path.join(at, "www", name), bytes);
  const port = await new Promise((resolve) => {
    import("node:net").then(({ createServer }) => {
      const probe = createServer().listen(0, "127.0.0.1", () => {
        const { port } = probe.address();
        probe.close(() => resolve(port));
      });
    });
  });
  fs.writeFileSync(path.join(at, "nginx.conf"), `
daemon off;
master_process on;
worker_processes 2;
pid ${at}/nginx.pid;
error_log ${at}/error.log;
worker_rlimit_nofile 20000;
events { worker_connections 8192; use epoll; multi_accept on; }
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    open_file_cache max=1000 inactive=60s;
    open_file_cache_valid 60s;
    keepalive_timeout 75;
    keepalive_requests 1000000000;
    default_type text/html;
    ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${at}/${kind};`).join(" ")}
    server { listen 127.0.0.1:${port} reuseport backlog=4096; root ${at}/www; }
}
`);
  // As root, nginx gives its workers to nobody, who must be able to read the files.
  for (const directory of [place, at, path.join(at, "www")]) fs.chmodSync(directory, 0o755);
  const child = spawn("nginx", ["-c", path.join(at, "nginx.conf"), "-p", at, "-e", path.join(at, "error.log")], { stdio: ["ignore", "inherit", "inherit"] });
  const ending = new Promise((resolve) => child.once("exit", resolve));
  const base = `http://127.0.0.1:${port}`;
  await until(() => fetch(`${base}/${Object.keys(files)[0]}`).then(({ status }) => status === 200, () => false), "nginx answers");
  endings.push(() => {
    if (child.exitCode === null) child.kill("SIGQUIT");
  });
  return { base, stop: () => (child.kill("SIGQUIT"), ending) };
}

/** Runs the load generator; its last line as an object. A run with errors is an error, unless they are allowed. */
function generate(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(load, args.map(String), { stdio: ["ignore", "pipe", "pipe"] });
    children.add(child);
    let said = "";
    let complaints = "";
    child.stdout.on("data", (piece) => (said += piece));
    child.stderr.on("data", (piece) => (complaints += piece));
    child.once("close", (code) => {
      children.delete(child);
      if (code !== 0) return reject(new Error(`load ${args.join(" ")}: exit ${code}\n${said}\n${complaints}`));
      resolve(JSON.parse(said.trim().split("\n").at(-1)));
    });
  });
}

/** Measures several things in turn, ROUNDS times: {name: [results]}. */
async function inTurn(sides, rounds = ROUNDS) {
  const results = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, measure] of Object.entries(sides)) results[name].push(await measure());
  return results;
}
const middle = (results, pick) => median(results.map(pick));

/** What nginx serves of a small page on the machine that the promised rates were measured on; see machine(). */
const PROMISED_NGINX = 90_000;
let nginxRate;

const rows = [];
/** One row of the table: what was promised, what was measured. `good` decides the mark; null when nothing is promised. */
function row(what, promise, measured, good) {
  rows.push({ what, promise, measured, good });
  say(`${good === null ? "     " : good ? "  ok " : "MISS "} ${what}: ${measured} (promised: ${promise})`);
}

/** A promised rate is that of a machine on which nginx serves PROMISED_NGINX: here the same share of what it serves in this run. */
function rateRow(what, promised, rate, remark = "") {
  const here = nginxRate ? (promised * nginxRate) / PROMISED_NGINX : promised;
  const share = nginxRate ? `, ${number(rate / nginxRate, 4)} of nginx` : "";
  row(what, `≥ ${number(promised)}/s where nginx serves ${number(PROMISED_NGINX)}/s${nginxRate ? `: ${number(promised / PROMISED_NGINX, 4)} of it, here ${number(here)}/s` : ""}`, `${number(rate)}/s${share}${remark}`, rate >= here);
}

// ---- what is measured ---------------------------------------------------------------------------------------

async function measureStart() {
  const server = new Server("sqlite", ["--demo"]);
  const times = [];
  for (let round = 0; round < 5; round++) {
    times.push(await server.start());
    if (round < 4) await server.stop();
  }
  await until(async () => (await fetch(`${server.base}/`)).status === 200, "the home page answers");
  let last = 0;
  await until(async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = server.memory();
    const isQuiet = Math.abs(now - last) < 0.5;
    last = now;
    return isQuiet;
  }, "memory is quiet");
  row("start to `ready` on a migrated demo (median of 5)", "≤ 300 ms", `${number(median(times))} ms`, median(times) <= 300);
  row("idle memory", "≤ 40 MB", `${number(last, 1)} MB`, last <= 40);
  await server.stop();
  const stripped = path.join(place, "stripped");
  execFileSync("strip", ["-o", stripped, binary]);
  const size = fs.statSync(stripped).size / (1 << 20);
  row("stripped binary", "≤ 6 MB", `${number(size, 2)} MB`, size <= 6);
}

async function measurePages() {
  const server = new Server("sqlite", ["--demo"]);
  await server.start();
  const [handle] = await server.handles(1);
  const page = `/products/${handle}`;
  await fetch(server.base + page);
  const bytes = Buffer.from(await (await fetch(server.base + page, { headers: { "accept-encoding": "identity" } })).arrayBuffer());
  const rival = await nginx({ "page.html": bytes });
  const get = (url, ...more) => generate("get", url, "--connections", 64, "--seconds", SECONDS, ...more);
  const cached = await inTurn({ yundian: () => get(server.base + page), nginx: () => get(`${rival.base}/page.html`) }, TAIL_ROUNDS);
  const [ours, theirs] = [middle(cached.yundian, (one) => one.requests_per_second), middle(cached.nginx, (one) => one.requests_per_second)];
  nginxRate = theirs;
  row(`cached product page ÷ nginx static, same ${number(bytes.length / 1024, 1)} KB, 64 connections`, "≥ 0.9", `${number(ours / theirs, 2)} (${number(ours)}/s ÷ ${number(theirs)}/s; p99 ${number(middle(cached.yundian, (one) => one.time.p99_ms), 2)} ms and ${number(middle(cached.nginx, (one) => one.time.p99_ms), 2)} ms)`, ours / theirs >= 0.9);
  await rival.stop();
  await server.stop();

  await server.start("--page-cache-mb", "0");
  const paths = path.join(server.data, "paths");
  fs.writeFileSync(paths, (await server.handles(60)).map((one) => `/products/${one}\n`).join(""));
  const uncached = await inTurn({ full: () => get(`${server.base}/`, "--paths", paths) });
  const rate = middle(uncached.full, (one) => one.requests_per_second);
  const half = await inTurn({ half: () => get(`${server.base}/`, "--paths", paths, "--rate", Math.floor(rate / 2)) });
  const p99 = middle(half.half, (one) => one.time.p99_ms);
  rateRow("uncached product pages with the real theme, 64 connections", 6000, rate);
  row("their p99 at half load", "≤ 10 ms", `${number(p99, 2)} ms at ${number(rate / 2)}/s`, p99 <= 10);
  await server.stop();
}

const buy = (server, ...more) => generate("buy", server.base, "--buyers", 64, "--seconds", SECONDS, ...more);

async function measureOrders() {
  for (const engine of ENGINES) {
    const wanted = engine === "sqlite" ? 2500 : 1000;
    const server = new Server(engine, ["--shops", "1", "--products", "1000", "--orders", String(BASE_ORDERS)]);
    await server.start();
    const results = await inTurn({ spread: () => buy(server), hot: () => buy(server, "--hot") });
    const spread = middle(results.spread, (one) => one.orders_per_second);
    const hot = middle(results.hot, (one) => one.orders_per_second);
    const p99 = middle(results.spread, (one) => one.steps.checkout.p99_ms);
    const settled = Math.max(...results.spread.map((one) => one.settled_ms));
    rateRow(`complete guest orders, durable, 64 buyers, ${engine}`, wanted, spread, ` (all of a sample of 256 paid ${number(settled)} ms after the end)`);
    row(`checkout p99, ${engine}`, engine === "sqlite" ? "≤ 25 ms" : "–", `${number(p99, 1)} ms (cart ${number(middle(results.spread, (one) => one.steps.cart.p99_ms), 1)}, pay ${number(middle(results.spread, (one) => one.steps.pay.p99_ms), 1)}, paid ${number(middle(results.spread, (one) => one.steps.paid.p99_ms), 1)})`, engine === "sqlite" ? p99 <= 25 : null);
    row(`one hot product ÷ spread, ${engine}`, "≥ 0.8", `${number(hot / spread, 2)} (${number(hot)}/s; checkout p99 ${number(middle(results.hot, (one) => one.steps.checkout.p99_ms), 1)} ms)`, hot / spread >= 0.8);
    await server.stop();
    server.check();
  }
}

async function measureSizes() {
  for (const engine of options.quick ? ENGINES.slice(0, 1) : ENGINES) {
    const few = new Server(engine, ["--shops", "1", "--products", "1000", "--orders", String(BASE_ORDERS)]);
    const many = new Server(engine, ["--shops", "1", "--products", "1000", "--orders", String(MANY_ORDERS)]);
    await few.start();
    await many.start();
    const orders = await inTurn({ few: () => buy(few), many: () => buy(many) });
    const rate = middle(orders.many, (one) => one.orders_per_second) / middle(orders.few, (one) => one.orders_per_second);
    const slower = middle(orders.many, (one) => one.steps.checkout.p99_ms) / middle(orders.few, (one) => one.steps.checkout.p99_ms);
    row(`${number(MANY_ORDERS)} orders in the tables against ${number(BASE_ORDERS)}, ${engine}: rate`, "≥ 0.5", `${number(rate, 2)} (${number(middle(orders.many, (one) => one.orders_per_second))}/s ÷ ${number(middle(orders.few, (one) => one.orders_per_second))}/s)`, rate >= 0.5);
    row(`the same: checkout p99, ${engine}`, "≤ 3×", `${number(slower, 2)}×`, slower <= 3);
    await many.stop();
    await few.stop();

    const broad = new Server(engine, ["--shops", "1", "--products", String(MANY_PRODUCTS), "--orders", "0"]);
    await few.start("--page-cache-mb", "0");
    await broad.start("--page-cache-mb", "0");
    const pages = async (server, count) => {
      const file = path.join(server.data, "paths");
      fs.writeFileSync(file, (await server.handles(count)).map((one) => `/products/${one}\n`).join(""));
      return file;
    };
    const [fewPaths, broadPaths] = [await pages(few, 1000), await pages(broad, 1000)];
    // At a rate that both bear, so that the time is the page's and not the queue's.
    const rates = await inTurn({ probe: () => generate("get", `${few.base}/`, "--paths", fewPaths, "--seconds", 2) }, 1);
    const pace = Math.floor(rates.probe[0].requests_per_second / 2);
    const show = (server, file) => generate("get", `${server.base}/`, "--paths", file, "--rate", pace, "--seconds", SECONDS);
    const shown = await inTurn({ few: () => show(few, fewPaths), broad: () => show(broad, broadPaths) }, TAIL_ROUNDS);
    const pageRatio = middle(shown.broad, (one) => one.time.p99_ms) / middle(shown.few, (one) => one.time.p99_ms);
    row(`${number(MANY_PRODUCTS)} products against 1,000, ${engine}: uncached page p99`, "≤ 1.3×", `${number(pageRatio, 2)}× (${number(middle(shown.broad, (one) => one.time.p99_ms), 2)} ms)`, pageRatio <= 1.3);
    const checkouts = await inTurn({ few: () => buy(few), broad: () => buy(broad) }, TAIL_ROUNDS);
    const checkoutRatio = middle(checkouts.broad, (one) => one.steps.checkout.p99_ms) / middle(checkouts.few, (one) => one.steps.checkout.p99_ms);
    row(`the same: checkout p99, ${engine}`, "≤ 1.3×", `${number(checkoutRatio, 2)}× (${number(middle(checkouts.broad, (one) => one.steps.checkout.p99_ms), 1)} ms)`, checkoutRatio <= 1.3);
    await broad.stop();
    await few.stop();
  }
}

/** An order whose page can be listened to. */
async function openOrder(server) {
  const post = async (target, body, headers = {}) => {
    const answer = await fetch(`${server.base}/api/v1${target}`, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } });
    assert.ok(answer.ok, `${target}: ${answer.status}`);
    return answer.json();
  };
  for (const handle of await server.handles(50)) {
    const { product } = await server.json(`/api/v1/products/${handle}`);
    const variant = product.variants.find(({ available }) => available > 0);
    if (!variant || product.kind !== "physical") continue;
    const { cart } = await post("/cart/lines", { variant_id: variant.id, quantity: 1 });
    const { order } = await post("/checkout", { cart: cart.token, contact: { phone: "13800000000" }, address: { name: "张三", phone: "13800000000", region: "浙江省 杭州市", line: "文三路 100 号" } }, { "idempotency-key": `bench-${process.pid}-${Date.now()}` });
    return order;
  }
  throw new Error("nothing to order");
}

async function measureHeld() {
  const server = new Server("sqlite", ["--shops", "1", "--products", "1000", "--orders", String(BASE_ORDERS)]);
  await server.start();
  const order = await openOrder(server);
  const hold = (...args) => {
    const child = spawn(load, args.map(String), { stdio: ["pipe", "pipe", "inherit"] });
    children.add(child);
    let said = "";
    child.stdout.on("data", (piece) => (said += piece));
    return {
      held: () => until(() => said.includes("\n") && JSON.parse(said.split("\n")[0]), "connections are held"),
      ends: () => new Promise((resolve) => {
        child.once("close", () => (children.delete(child), resolve(JSON.parse(said.trim().split("\n").at(-1)))));
        child.stdin.end();
      }),
    };
  };
  const idle = hold("idle", server.base, "--connections", 10000);
  const streams = hold("streams", `${server.base}/orders/${order.number}/events?token=${order.token}`, "--connections", 1000);
  await idle.held();
  await streams.held();
  const alone = await buy(server);
  const memory = server.memory();
  const ends = [await idle.ends(), await streams.ends()];
  const lost = ends.reduce((sum, one) => sum + one.lost, 0);
  const kept = ends.map((one) => one.held);
  row("10,000 idle connections and 1,000 event streams held while buying goes on", "no error", `${number(kept[0])} and ${number(kept[1])} held, ${lost} lost; ${number(alone.orders_per_second)} orders/s meanwhile, ${alone.bad_status + alone.broken} errors`, lost === 0 && kept[0] === 10000 && kept[1] === 1000);
  row("memory meanwhile", "≤ 200 MB", `${number(memory)} MB`, memory <= 200);
  await server.stop();
  server.check();
}

// ---- the report ---------------------------------------------------------------------------------------------------

function machine() {
  const version = (program, ...args) => {
    try {
      return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim().split("\n")[0];
    } catch {
      return "–";
    }
  };
  const nginxVersion = (() => {
    try {
      return execFileSync("sh", ["-c", "nginx -v 2>&1"], { encoding: "utf8" }).trim().replace("nginx version: ", "");
    } catch {
      return "–";
    }
  })();
  const system = fs.readFileSync("/etc/os-release", "utf8").match(/^PRETTY_NAME="(.*)"/m)?.[1];
  return [
    `- ${os.cpus().length} cores (${os.cpus()[0].model.trim()}), ${number(os.totalmem() / (1 << 30))} GB memory; the load generator shares them`,
    `- ${system}, kernel ${os.release()}`,
    ...(nginxRate ? [`- nginx served ${number(nginxRate)}/s of a product page here, ${number(nginxRate / PROMISED_NGINX, 2)} of the ${number(PROMISED_NGINX)}/s of the machine that the promised rates were measured on`] : []),
    `- ${version("gcc", "--version")}; ${version("psql", "--version")}; SQLite ${version("sqlite3", "--version").split(" ")[0]}; ${nginxVersion}`,
    `- commit ${version("git", "-C", root, "rev-parse", "--short", "HEAD")}, ${new Date().toISOString().slice(0, 10)}; medians of ${ROUNDS}, ${SECONDS} s each, both sides of a ratio in turn`,
  ].join("\n");
}

function report() {
  const table = ["| what | promised | measured | |", "|---|---|---|---|", ...rows.map(({ what, promise, measured, good }) => `| ${what} | ${promise} | ${measured} | ${good === null ? "" : good ? "✓" : "✗"} |`)];
  return `${machine()}\n\n${table.join("\n")}\n`;
}

const backoffice = backofficeParts({ Server, generate, row, number, median, until, quick: options.quick, seconds: SECONDS, engines: ENGINES });
const offers = flashParts({ Server, generate, row, number, median, seconds: SECONDS, engines: options.quick ? ENGINES.slice(0, 1) : ENGINES, rounds: ROUNDS, load });
const phone = phoneParts({ Server, row, number, median, rounds: ROUNDS, place });
const parts = { start: measureStart, pages: measurePages, orders: measureOrders, sizes: measureSizes, held: measureHeld, ...backoffice, ...offers, ...searchParts({ load, row, quick: options.quick }), ...phone };
const wanted = options.only.split(",");
if (!wanted.every((name) => parts[name])) throw new Error(`--only knows ${Object.keys(parts).join(", ")}`);
let failures = 0;
for (const name of Object.keys(parts).filter((one) => wanted.includes(one))) { // pages first: rates are shares of what nginx serves there
  say(`${name}:`);
  try {
    await parts[name]();
  } catch (problem) {
    failures++;
    say(`  FAILED ${name}: ${problem.stack}`);
    rows.push({ what: name, promise: "–", measured: `could not be measured: ${problem.message.split("\n")[0]}`, good: false });
  }
  for (const child of children) child.kill("SIGKILL");
  children.clear();
}
const text = report();
process.stdout.write(text);
if (options.write) {
  const head = [
    "# Measured",
    "Written by `./bench --write` (`benchmarks/run.mjs`): nothing here is typed by hand. Ratios are within one run.",
    "Rows of the back office (`--only imports,exports,lists,rules`; `benchmarks/backoffice.mjs`): a file that is the same for the same size is checked and applied through the running server, while pages of the storefront are asked for at a quarter of the most that the machine serves; their p99 is the median of windows of two seconds. Lists are asked for one after the other with every order and filter, some far behind, and timed by the access log. A rule is timed from its save until its collection is filled, a branch of categories until all its products followed.",
  ].join("\n\n") + "\n\n";
  fs.writeFileSync(path.join(root, "docs/benchmarks.md"), head + text);
}
process.exitCode = failures > 0 ? 1 : 0;
