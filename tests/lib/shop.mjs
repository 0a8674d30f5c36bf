// shop.mjs - the language in which the stories of this shop are told.
//
//     const server = await startServer();
//     const mug = await server.shop.product({ sku: "MUG-RED", price: 500, stock: 1 });
//     const order = await server.shop.visitor().buys(mug);
//
// YUNDIAN_BINARY names the program, YUNDIAN_ENGINE the database (sqlite or postgres; postgres needs
// YUNDIAN_POSTGRES_URL, which tests/scenario/run provides). Nothing here sleeps: it awaits conditions.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Client, pathOf } from "./http.mjs";
import { formTo } from "./html.mjs";

export const ENGINE = process.env.YUNDIAN_ENGINE || "sqlite";
/** Sanitizer builds are slower: limits on time are multiplied by this. */
export const PATIENCE = Number(process.env.YUNDIAN_PATIENCE || 1);

/** Awaits a condition: asks again until it gives something true, and fails naming `what` after `within` ms. */
export async function until(condition, what, { within = 10000, every = 20 } = {}) {
  const end = Date.now() + within * PATIENCE;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${within * PATIENCE} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

/** Runs a program and gives {code, stdout, stderr}; never throws for a bad exit. */
export function run(program, args, { env = process.env, input, timeout = 120000 } = {}) {
  return new Promise((resolve) => {
    const child = execFile(program, args, { env, timeout, maxBuffer: 64 << 20 }, (problem, stdout, stderr) =>
      resolve({ code: problem ? (problem.code ?? problem.signal) : 0, stdout, stderr }));
    if (input !== undefined) child.stdin.end(input);
  });
}

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

let serial = 0;
/** A text that no other story uses. */
export const unique = (prefix) => `${prefix}-${process.pid.toString(36)}${(serial++).toString(36)}-${crypto.randomBytes(3).toString("hex")}`;
/** A key for one checkout, as a program makes it. */
export const freshKey = () => crypto.randomUUID();

function databaseUrl(name) {
  const url = new URL(process.env.YUNDIAN_POSTGRES_URL);
  url.pathname = `/${name}`;
  return url.href;
}

async function makeDatabase(name, template) {
  const admin = process.env.YUNDIAN_POSTGRES_URL;
  assert.ok(admin, "YUNDIAN_POSTGRES_URL is needed for YUNDIAN_ENGINE=postgres; tests/scenario/run sets it");
  const made = await run("psql", ["-qX", "-d", admin, "-c", `CREATE DATABASE ${name}${template ? ` TEMPLATE ${template}` : ""}`]);
  assert.equal(made.code, 0, made.stderr);
  return { url: databaseUrl(name), name, drop: () => run("psql", ["-qX", "-d", admin, "-c", `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]) };
}

const freshDatabase = (template) => makeDatabase(`story_${process.pid}_${crypto.randomBytes(4).toString("hex")}`, template);

/** What every story begins with, {data, database}: all migrations, and the shop `main` or the demo. It is made once in a run of
 *  many stories, in the folder YUNDIAN_BEGINNINGS, by whoever comes first; the others await it and take copies. */
async function beginning(server, kind) {
  const place = path.join(process.env.YUNDIAN_BEGINNINGS, `${server.engine}-${kind}`);
  const [data, done, failed] = ["data", "done", "failed"].map((name) => path.join(place, name));
  const database = server.engine === "postgres" ? `begun_${kind}` : undefined;
  try {
    fs.mkdirSync(place);
  } catch (problem) {
    if (problem.code !== "EEXIST") throw problem;
    await until(() => fs.existsSync(done) || fs.existsSync(failed), `another story has made ${place}`, { within: 60000 });
    assert.ok(!fs.existsSync(failed), `the beginning ${kind} could not be made`);
    return { data, database };
  }
  try {
    const maker = Object.assign(new Server(), { binary: server.binary, engine: server.engine, data, env: { ...server.env } });
    fs.mkdirSync(data);
    if (database) maker.env.DATABASE_URL = (await makeDatabase(database)).url;
    await maker.begins(kind);
    fs.writeFileSync(done, "");
  } catch (problem) {
    fs.writeFileSync(failed, "");
    throw problem;
  }
  return { data, database };
}

/** A server of our own on a fresh directory (and database), with one shop `main` unless `demo` is asked for.
 *
 *  demo: write the demo platform instead; args: more settings ("--workers", "4"); env: more environment;
 *  seconds: how long an unpaid order stays open. */
export async function startServer({ engine = ENGINE, demo = false, args = [], env = {}, unpaidSeconds } = {}) {
  const server = new Server();
  server.binary = process.env.YUNDIAN_BINARY;
  assert.ok(server.binary, "YUNDIAN_BINARY must name the program");
  server.engine = engine;
  server.data = fs.mkdtempSync(path.join(os.tmpdir(), "yundian-test-"));
  server.args = ["--rate-limit", "0", "--access-log", "off", ...args];
  server.env = { ...process.env, ...env };
  delete server.env.DATABASE_URL;
  if (unpaidSeconds) server.env.YUNDIAN_UNPAID_SECONDS = String(unpaidSeconds);
  const kind = demo ? "demo" : "main";
  const isCommon = process.env.YUNDIAN_BEGINNINGS && Object.keys(env).length === 0 && !unpaidSeconds;
  const begun = isCommon && (await beginning(server, kind));
  if (begun) fs.cpSync(begun.data, server.data, { recursive: true });
  if (engine === "postgres") {
    server.database = await freshDatabase(begun?.database);
    server.env.DATABASE_URL = server.database.url;
  }
  if (!begun) await server.begins(kind);
  server.shop = server.at(kind, { ...ownerOf(kind), isDefault: true });
  await server.start();
  return server;
}

const ownerOf = (handle) => (handle === "demo" ? { login: "owner@demo.yundian", password: "yundian-demo" } : { login: `owner@${handle}.example`, password: `secret of ${handle} 42` });

export class Server {
  child = null;
  exit = null;
  base = null;
  shops = new Map();

  /** Runs a verb of the program on this server's data: what it printed. Fails when the program fails. */
  async tool(...args) {
    const done = await this.tries(...args);
    assert.equal(done.code, 0, `yundian ${args.join(" ")}: exit ${done.code}\n${done.stdout.slice(-2000)}\n${done.stderr.slice(-4000)}`);
    return done.stdout;
  }

  /** The same, but gives {code, stdout, stderr} whatever happens. */
  tries(verb, ...rest) {
    return run(this.binary, [...verb.split(" "), "--data", this.data, ...rest], { env: this.env });
  }

  /** Changes rows behind the back of the program: only for what no door of the shop can do. */
  async tampers(sql) {
    const whole = `BEGIN; ${sql}; COMMIT;`;
    const done = this.engine === "postgres"
      ? await run("psql", ["-qX", "-v", "ON_ERROR_STOP=1", "-d", this.database.url, "-c", whole])
      : await run("sqlite3", ["-bail", "-cmd", ".timeout 20000", path.join(this.data, "yundian.db"), whole]);
    assert.equal(done.code, 0, done.stderr);
  }

  /** Writes what a server begins with: the demo, or the shop `main`. */
  async begins(kind) {
    await this.tool("migrate");
    if (kind === "demo") await this.tool("seed", "--demo");
    else await this.opens(kind);
  }

  /** Opens another shop with an owner account; `isDeclared: false` leaves it closed to strangers. */
  async opens(handle, { isDefault = false, isDeclared = true } = {}) {
    const { login, password } = ownerOf(handle);
    await this.tool("shop create", "--handle", handle, "--name", `Shop ${handle}`, ...(isDeclared ? ["--declare", "small-amount"] : []));
    await this.tool("staff create", "--shop", handle, "--login", login, "--password", password);
    return this.at(handle, { login, password, isDefault });
  }

  at(handle, account) {
    const shop = new Shop(this, handle, account);
    this.shops.set(handle, shop);
    return shop;
  }

  /** Starts serving; the port stays the same over restarts. */
  async start() {
    assert.equal(this.child, null, "the server runs already");
    const log = fs.openSync(path.join(this.data, "server.log"), "a");
    const listen = this.base ? new URL(this.base).host : "127.0.0.1:0";
    const child = spawn(this.binary, ["serve", "--data", this.data, "--listen", listen, ...this.args], { env: this.env, stdio: ["ignore", "pipe", log] });
    fs.closeSync(log);
    this.child = child;
    running.add(child);
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (piece) => (said += piece));
    this.exit = new Promise((resolve) => child.once("exit", (code, signal) => {
      running.delete(child);
      this.child = null;
      resolve({ code, signal });
    }));
    const ready = await until(() => {
      const line = said.match(/^ready (http:\/\/\S+)$/m);
      if (!line && this.child === null) throw new Error(`the server ended before it was ready:\n${this.log().slice(-4000)}`);
      return line;
    }, "the server says ready", { within: 20000 }).catch((problem) => {
      child.kill("SIGKILL");
      throw problem;
    });
    this.base = ready[1].replace(/\/$/, "");
    return this;
  }

  get pid() {
    return this.child?.pid;
  }

  log() {
    return fs.readFileSync(path.join(this.data, "server.log"), "utf8");
  }

  /** What the log holds at level error, and sanitizer reports. */
  complaints() {
    return this.log().split("\n").filter((line) => /\blevel=error\b|AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:|\babort/.test(line));
  }

  /** Another program on the same data and database, started (PostgreSQL only): `ends` ends it. */
  async joined() {
    const other = new Server();
    for (const name of ["binary", "engine", "data", "args", "env", "database"]) other[name] = this[name];
    other.shop = other.at(this.shop.handle, this.shop.account);
    return other.start();
  }

  /** Asks it to end (SIGTERM) and waits: it must end by itself, with 0. */
  async ends() {
    const exit = this.exit;
    this.child?.kill("SIGTERM");
    const timer = setTimeout(() => this.child?.kill("SIGKILL"), 40000 * PATIENCE);
    const done = await exit;
    clearTimeout(timer);
    assert.deepEqual(done, { code: 0, signal: null }, `the server ended badly:\n${this.log().slice(-4000)}`);
  }

  /** kill -9. */
  async dies() {
    const exit = this.exit;
    this.child?.kill("SIGKILL");
    await exit;
  }

  async restarts() {
    await this.ends();
    return this.start();
  }

  /** `yundian check` finds nothing. */
  async adds_up() {
    const said = await this.tool("check");
    assert.match(said, /^ok\b/m, `yundian check: ${said}`);
  }

  /** Ends the server, checks its books and its log, removes its data. */
  async stop({ complaints = false } = {}) {
    try {
      if (this.child) await this.ends();
      await this.adds_up();
      if (!complaints) assert.deepEqual(this.complaints(), [], "the log holds complaints");
    } finally {
      this.child?.kill("SIGKILL");
      await this.database?.drop();
      if (!process.env.YUNDIAN_KEEP) fs.rmSync(this.data, { recursive: true, force: true });
    }
  }
}

/** One shop on a server. */
export class Shop {
  #staff;

  constructor(server, handle, account) {
    this.server = server;
    this.handle = handle;
    this.account = account;
  }

  /** The Host header by which this shop is found; undefined for the default shop: plain loopback does. */
  get host() {
    return this.account.isDefault ? undefined : `${this.handle}.localhost:${new URL(this.server.base).port}`;
  }

  client() {
    return new Client(this.server.base, { host: this.host });
  }

  /** Somebody who has never been here. */
  visitor() {
    return new Visitor(this);
  }

  /** The owner, logged in (the same person each time). */
  staff() {
    this.#staff ??= new Staff(this).logsIn();
    return this.#staff;
  }

  /** A product on the shelf: price in minor units; stock for physical ones, codes for digital ones. */
  async product(wish = {}) {
    return (await this.staff()).creates(wish);
  }

  /** What the shop holds of a variant now: {on_hand, reserved, available, codes}. */
  async stock(product) {
    return (await this.staff()).holds(product);
  }
}

/** A buyer. Everything a buyer does goes over the API; pages are opened with `browser`. */
export class Visitor {
  constructor(shop) {
    this.shop = shop;
    this.client = shop.client();
    this.cart = undefined;
    this.phone = `138${String(crypto.randomInt(1e8)).padStart(8, "0")}`;
    this.address = { name: "张三", phone: this.phone, region: "浙江省 杭州市 西湖区", line: "文三路 100 号 2 单元" };
  }

  /** A browser without JavaScript. */
  get browser() {
    return this.client;
  }

  async triesToPut(product, quantity = 1) {
    const answer = await this.client.post("/cart/lines", { cart: this.cart, variant_id: product.variant_id, quantity });
    if (answer.status < 300) this.cart = answer.body.cart.token;
    return answer;
  }

  /** Puts a product into the cart: the cart. */
  async puts(product, quantity = 1) {
    return expect(await this.triesToPut(product, quantity), 200, 201).cart;
  }

  /** What a checkout of this cart says. */
  order(more = {}) {
    return { cart: this.cart, contact: { phone: this.phone }, address: this.address, ...more };
  }

  triesToCheckOut({ key = freshKey(), order = this.order() } = {}) {
    return this.client.post("/checkout", order, { headers: { "idempotency-key": key } });
  }

  /** Places the order of what is in the cart: the order. */
  async checksOut(options) {
    const { order } = expect(await this.triesToCheckOut(options), 200, 201);
    assert.match(order.number, /^\S{6,20}$/);
    assert.ok(order.token.length >= 16, "a token that nobody guesses");
    this.cart = undefined;
    return order;
  }

  /** One product into the cart and out through the checkout, unpaid: the order. */
  async orders(product, quantity = 1) {
    await this.puts(product, quantity);
    return this.checksOut();
  }

  /** Everything a purchase needs up to the order, giving the answer of the first step that is refused. */
  async triesToBuy(product, quantity = 1) {
    const put = await this.triesToPut(product, quantity);
    return put.status >= 300 ? put : this.triesToCheckOut();
  }

  triesToStartPaying(order) {
    return this.client.post(`/orders/${order.number}/pay`, { token: order.token, method: "sandbox" });
  }

  /** Opens the cashier: {attempt, url}. */
  async startsPaying(order) {
    return expect(await this.triesToStartPaying(order), 200, 201).payment;
  }

  /** What happens at the sandbox cashier. */
  triesAtCashier(payment, { outcome = "paid", notify, delay_ms, payer } = {}) {
    return this.client.send("POST", pathOf(payment.url), { json: { outcome, notify, delay_ms, payer } });
  }

  async atCashier(payment, choice) {
    return expect(await this.triesAtCashier(payment, choice), 200, 201, 202);
  }

  /** Pays at the sandbox cashier; does not wait for the shop to know. */
  async pays(order, choice) {
    const payment = await this.startsPaying(order);
    await this.atCashier(payment, choice);
    return payment;
  }

  triesToSee(order) {
    return this.client.api(`/orders/${order.number}?token=${order.token}`);
  }

  /** The order as its page shows it now. */
  async sees(order) {
    return expect(await this.triesToSee(order), 200).order;
  }

  /** Awaits that the order is what the story says: the order. */
  seesUntil(order, condition, what, options) {
    return until(async () => {
      const now = await this.sees(order);
      return condition(now) && now;
    }, `order ${order.number} ${what}`, options);
  }

  seesPaid(order, options) {
    return this.seesUntil(order, (now) => now.payment_status === "paid", "is paid", options);
  }

  /** Awaits the delivery of that many codes: the codes. */
  async getsCodes(order, count, options) {
    const now = await this.seesUntil(order, ({ deliveries }) => deliveries.length >= count, `delivers ${count} codes`, options);
    return now.deliveries.map(({ code }) => code);
  }

  async seesClosed(order, options) {
    return this.seesUntil(order, (now) => now.order_status === "closed", "is closed", options);
  }

  /** The whole purchase: the paid order. */
  async buys(product, quantity = 1) {
    const order = await this.orders(product, quantity);
    await this.pays(order);
    return this.seesPaid(order);
  }

  async cancels(order) {
    return expect(await this.client.post(`/orders/${order.number}/cancel`, { token: order.token }), 200, 201);
  }

  /** Says that the parcel arrived. */
  triesToReceive(order) {
    return this.client.post(`/orders/${order.number}/receive`, { token: order.token });
  }
}

/** Somebody who works at a shop. */
export class Staff {
  constructor(shop) {
    this.shop = shop;
    this.client = shop.client();
  }

  async logsIn({ login, password } = this.shop.account) {
    const answer = await this.triesToLogIn(login, password);
    assert.ok(answer.status < 400, `login: ${answer.status} ${answer.text}`);
    assert.ok(this.client.cookies.size > 0, "a session cookie");
    return this;
  }

  triesToLogIn(login, password) {
    return this.does("/admin/login", { login, password });
  }

  /** A writing request of the back office, as JSON. */
  does(path, json = {}, { headers = {}, ...options } = {}) {
    return this.client.post(path, json, { headers: { origin: this.client.origin, ...headers }, ...options });
  }

  async reads(path) {
    return expect(await this.client.api(path), 200);
  }

  /** The category that products of stories are in when nothing else is said. */
  category() {
    this.somewhere ??= (async () => {
      const find = async () => (await this.reads("/admin/categories")).categories[0];
      const there = await find();
      if (there) return there;
      expect(await this.does("/admin/categories", { name: "杂货", name_en: "Things", handle: "things", summary: "", position: 1 }), 200, 201);
      return find();
    })();
    return this.somewhere;
  }

  async triesToCreate({ sku = unique("SKU"), price = 100, stock = 10, codes, title, kind = codes ? "digital" : "physical", status = "active", ...more } = {}) {
    return this.does("/admin/products", {
      title: title ?? `商品 ${sku}`,
      handle: sku.toLowerCase().replace(/[^a-z0-9-]/g, "-"),
      kind,
      status,
      category_id: more.category_id ?? (await this.category()).id,
      variants: [{ options: "", sku, price: cny(price), is_active: true, ...(codes ? {} : { stock }) }],
      ...more,
    });
  }

  /** Creates a product: {id, handle, title, variant_id, sku, price}, and `variants` when there are several. */
  async creates(wish = {}) {
    const made = expect(await this.triesToCreate(wish), 200, 201);
    const product = await this.product(made.product?.id ?? made.id);
    if (wish.codes) await this.loads(product, wish.codes);
    return product;
  }

  /** A product by its id, with its first variant as what the stories buy. */
  async product(id) {
    const { product } = await this.reads(`/admin/products/${id}`);
    const [variant] = product.variants;
    return { ...product, variant_id: variant.id, sku: variant.sku, price: variant.price.amount };
  }

  async holds(product) {
    const { product: now } = await this.reads(`/admin/products/${product.id}`);
    return now.variants.find((variant) => variant.id === product.variant_id);
  }

  /** Loads key codes into a digital variant. */
  async loads(product, codes) {
    return expect(await this.does(`/admin/variants/${product.variant_id}/codes`, { codes: codes.join("\n") }), 200, 201);
  }

  triesToDeliver(order) {
    return this.triesTo("deliver", order, {});
  }

  async delivers(order) {
    return expect(await this.triesToDeliver(order), 200, 201);
  }

  async counts(product, on_hand, { expected, reason = "counted" } = {}) {
    expected ??= (await this.holds(product)).on_hand;
    return expect(await this.does(`/admin/variants/${product.variant_id}/stock`, { on_hand, expected, reason }), 200, 201);
  }

  /** Saves a product as the form does: everything it has, with the changes over it. */
  async triesToSave(product, changes = {}, variantChanges = {}) {
    const { product: now } = await this.reads(`/admin/products/${product.id}`);
    const { title, subtitle, description, brand, kind, category_id, handle, status, version } = now;
    return this.does(`/admin/products/${product.id}`, {
      title, subtitle, description, brand, kind, category_id: category_id ?? undefined, handle, status, version,
      options: now.options.map(({ name, values }) => ({ name, values: values.join(",") })),
      variants: now.variants.map((variant) => ({
        id: variant.id, options: variant.options.join(","), sku: variant.sku, price: variant.price,
        weight: variant.weight ?? 0, is_active: variant.is_active,
        ...(variant.id === product.variant_id ? variantChanges : {}),
      })),
      ...changes,
    });
  }

  async saves(product, changes, variantChanges) {
    return expect(await this.triesToSave(product, changes, variantChanges), 200, 201);
  }

  changesPrice(product, price) {
    return this.saves(product, {}, { price: cny(price) });
  }

  async shelves(product, status) {
    return expect(await this.does(`/admin/products/${product.id}/status`, { status }), 200, 201);
  }

  async sees(order) {
    return (await this.reads(`/admin/orders/${order.number}`)).order;
  }

  triesTo(verb, order, fields) {
    return this.does(`/admin/orders/${order.number}/${verb}`, fields);
  }

  async carriers(order) {
    const view = await this.reads(`/admin/orders/${order.number}`);
    return view.carriers ?? view.order.carriers;
  }

  async ships(order, fields = { tracking_number: "SF1234567890123" }) {
    const carrier = fields.carrier ?? (await this.carriers(order))[0].id;
    return expect(await this.triesTo("ship", order, { ...fields, carrier }), 200, 201);
  }

  async cancels(order, reason = "buyer_asked", note = "买家要求取消") {
    return expect(await this.triesTo("cancel", order, { reason, note }), 200, 201);
  }

  triesToRefund(order, amount, reason = "协商退款") {
    return this.triesTo("refund", order, { amount: cny(amount), reason });
  }

  async refunds(order, amount, reason) {
    return expect(await this.triesToRefund(order, amount, reason), 200, 201, 202);
  }

  async dashboard() {
    return this.reads("/admin");
  }

  async alarms() {
    return (await this.reads("/admin/alarms")).alarms;
  }

  /** Awaits an alarm of that kind about that order. */
  seesAlarm(kind, order) {
    return until(async () => (await this.alarms()).find((alarm) => alarm.kind === kind && alarmIsAbout(alarm, order)), `an alarm ${kind} about ${order.number}`);
  }
}

const alarmIsAbout = (alarm, order) => [alarm.subject, alarm.detail, alarm.url].some((text) => String(text ?? "").includes(order.number));

export const cny = (amount) => ({ amount, currency: "CNY" });

/** The body of an answer that must have one of these statuses. */
export function expect(answer, ...statuses) {
  assert.ok(statuses.includes(answer.status), `${answer.path}: expected ${statuses.join(" or ")}, got ${answer.status}: ${answer.text.slice(0, 1000)}`);
  return answer.body;
}

/** The answer must be this problem (RFC 9457). */
export function expectProblem(answer, status, slug) {
  assert.equal(answer.status, status, `${answer.path}: ${answer.text.slice(0, 500)}`);
  assert.match(answer.headers["content-type"], /^application\/problem\+json/);
  assert.equal(answer.body.type, `/problems/${slug}`);
  assert.equal(answer.body.status, status);
  assert.ok(answer.body.title.length > 0);
  return answer.body;
}

/** The routes of the program: [{method, path}]. */
export async function routesOf(server) {
  const said = await server.tool("routes");
  return [...said.matchAll(/\b(GET|POST|PUT|PATCH|DELETE)\s+(\/\S*)(.*)/g)].map(([, method, route, rest]) => ({ method, path: route, rest: rest.trim() }));
}

export { formTo, pathOf };
