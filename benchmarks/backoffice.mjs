// backoffice.mjs - the parts of the benchmark that a merchant feels: big files in and out, lists and rules at size.
//
// A list is timed at the server: the duration in the access log, which counts from the whole request to the whole
// answer. Everything else is the time of a person who waits.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { Client } from "../tests/lib/http.mjs";
import { upload } from "../tests/lib/pictures.mjs";

const LOGIN = { login: "owner@s1.yundian", password: "yundian-demo" };
const ATTRIBUTES = 7; // with the 33 columns of every product file, 40
const COLUMNS = ["handle", "title", "category", "kind", "status", "subtitle", "brand", "model", "origin", "tax_code", "unit", "shelf_life_days", "seo_title", "seo_description", "specs", "tags", "description", "pictures", "option1_name", "option1", "option2_name", "option2", "option3_name", "option3", "option4_name", "option4", "sku", "barcode", "price", "cost", "weight", "volume", "stock"];
const LINES_OF_PRODUCT = 4;

/** The same file for the same size: variants of LINES_OF_PRODUCT each, all cells filled but those of pictures. */
export function writeProducts(file, rows, price = 0) {
  const out = fs.openSync(file, "w");
  const text = [[...COLUMNS, ...Array.from({ length: ATTRIBUTES }, (_, i) => `属性${i + 1}`)].join(",")];
  for (let row = 0; row < rows; row++) {
    const product = Math.floor(row / LINES_OF_PRODUCT), first = row % LINES_OF_PRODUCT === 0;
    const own = first
      ? [`第 ${product} 件的一句话`, ["山止", "云间", "青梧", "半亩"][product % 4], `M-${product}`, "杭州", "1090503000000000000", "件", 365 + (product % 30), `搜索标题 ${product}`, `搜索描述 ${product}，写得像真的一样长`, `材质: 棉|工艺: 手作`, `"季节${product % 12},系列${product % 40}"`, `<p>第 ${product} 件商品，只用来量快慢。</p><ul><li>产地：杭州</li></ul>`, ""]
      : Array(13).fill("");
    const [size, colour] = [["S", "M"][row % 2], ["米白", "靛蓝"][(row >> 1) % 2]];
    text.push([
      `bench-${product}`, `批量商品 ${product}`, `服饰/第${product % 50}类`, "physical", "active", ...own,
      "尺码", size, "颜色", colour, "", "", "", "",
      `B${String(row).padStart(8, "0")}`, "", `${10 + (product % 90)}.${String(price).padStart(2, "0")}`, "5.00", 300, 1000, 20 + (row % 50),
      ...Array.from({ length: ATTRIBUTES }, (_, i) => (first ? `值${(product + i) % 20}` : "")),
    ].join(","));
    if (text.length >= 2000 || row === rows - 1) {
      fs.writeSync(out, `${text.join("\n")}\n`);
      text.length = 0;
    }
  }
  fs.closeSync(out);
}

/** Somebody who is logged in to the back office of the first shop. */
export class Staff {
  constructor(base) {
    this.client = new Client(base, { host: "s1.localhost" });
  }

  async logsIn() {
    await this.does("/admin/login", LOGIN);
    return this;
  }

  async #send(method, target, options) {
    const answer = await this.client.send(method, `/api/v1${target}`, { timeout: 600000, ...options });
    assert.ok(answer.status < 400, `${method} ${target}: ${answer.status} ${answer.text.slice(0, 600)}`);
    return answer.body;
  }

  does(target, json = {}) {
    return this.#send("POST", target, { json, headers: { origin: this.client.origin } });
  }

  uploads(target, name, bytes) {
    const { payload, headers } = upload("file", [[name, bytes]]);
    return this.#send("POST", target, { payload, headers: { ...headers, origin: this.client.origin } });
  }

  reads(target) {
    return this.#send("GET", target);
  }

  /** As a person's browser asks. */
  async opens(target) {
    const answer = await this.client.send("GET", target, { timeout: 600000, headers: { accept: "text/html" } });
    assert.equal(answer.status, 200, target);
  }
}

/** The parts, by name; `bench` is what benchmarks/run.mjs has: Server, generate, row, number, median, until, quick, seconds, engines. */
export function backofficeParts(bench) {
  const { Server, generate, row, number, median, until, quick, seconds, engines } = bench;
  const ROWS = quick ? 10_000 : 100_000;
  const LISTED = quick ? 50_000 : 1_000_000;
  const RULED = quick ? 10_000 : 100_000;
  const ASKS = quick ? 20 : 100;

  /** Views of product pages at a fixed rate, again and again, until it is stopped: the p99 of each window. */
  function visits(target, paths, rate) {
    const windows = [];
    let isOver = false;
    const done = (async () => {
      while (!isOver) windows.push((await generate("get", `${target}/`, "--paths", paths, "--rate", rate, "--seconds", 2, "--warm", 0, "--connections", 16)).time.p99_ms);
    })();
    return { stop: async () => ((isOver = true), await done, windows) };
  }

  async function settled(staff, id) {
    return until(async () => {
      const seen = await staff.reads(`/admin/products/imports/${id}`);
      if (seen.import.is_running || seen.import.state === "uploaded") return new Promise((resolve) => setTimeout(resolve, 100, null));
      assert.notEqual(seen.import.state, "failed", JSON.stringify(seen.import));
      return seen.import;
    }, "the import rests", 1_200_000);
  }

  async function madeAttributes(staff) {
    const { categories } = await staff.reads("/admin/categories");
    for (let i = 1; i <= ATTRIBUTES; i++) await staff.does("/admin/attributes", { name: `属性${i}`, kind: "text", is_required: false, position: i, categories: categories.map(({ id }) => ({ id })) });
  }

  async function measureImport(engine) {
    const server = new Server(engine, ["--shops", "1", "--products", "1000", "--orders", "0"]);
    await server.start();
    const staff = await new Staff(server.base).logsIn();
    await madeAttributes(staff);
    const file = `${server.data}/products.csv`, paths = `${server.data}/paths`;
    writeProducts(file, ROWS);
    fs.writeFileSync(paths, (await server.handles(500)).map((one) => `/products/${one}\n`).join(""));
    const most = await generate("get", `${server.base}/`, "--paths", paths, "--seconds", 2);
    const rate = Math.floor(most.requests_per_second / 4);
    const calm = visits(server.base, paths, rate);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const before = median(await calm.stop());
    const { import: made } = await staff.uploads("/admin/products/imports", "批量.csv", fs.readFileSync(file));
    const { columns } = await staff.reads(`/admin/products/imports/${made.id}`);
    server.forgetPeak();
    const busy = visits(server.base, paths, rate);
    let begun = Date.now();
    await staff.does(`/admin/products/imports/${made.id}/check`, { columns: columns.map(({ key }) => ({ key })), match: "sku", mode: "partial", status: "active", default_stock: 5 });
    const checked = await settled(staff, made.id);
    const checking = (Date.now() - begun) / 1000;
    assert.equal(checked.counts.refused, 0, JSON.stringify(checked));
    begun = Date.now();
    await staff.does(`/admin/products/imports/${made.id}/apply`);
    const applied = await settled(staff, made.id);
    const applying = (Date.now() - begun) / 1000;
    const during = await busy.stop();
    assert.equal(applied.state, "applied", JSON.stringify(applied));
    const what = `${number(ROWS)} rows × ${COLUMNS.length + ATTRIBUTES} columns, ${engine}`;
    const share = ROWS / 100_000;
    row(`${what}: checked (${number(rate)} page views/s meanwhile)`, `≤ ${number(10 * share)} s`, `${number(checking, 1)} s`, checking <= 10 * share);
    row("the same: applied", `≤ ${number(30 * share)} s`, `${number(applying, 1)} s`, applying <= 30 * share);
    row("the same: peak memory of the program", "≤ 128 MB", `${number(server.peak())} MB`, server.peak() <= 128);
    row("the same: storefront p99 during ÷ before", "≤ 2×", `${number(median(during) / before, 2)}× (${number(median(during), 2)} ms ÷ ${number(before, 2)} ms; worst two seconds ${number(Math.max(...during), 1)} ms)`, median(during) / before <= 2);
    await server.stop();
    server.check();
  }

  async function measureExport(engine) {
    const products = Math.floor(ROWS / 2);
    const server = new Server(engine, ["--shops", "1", "--products", String(products), "--orders", "0"]);
    await server.start();
    const staff = await new Staff(server.base).logsIn();
    for (const format of ["csv", "xlsx"]) {
      const cookie = [...staff.client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const begun = Date.now();
      const answer = await fetch(`${server.base}/api/v1/admin/products/export?format=${format}`, { headers: { cookie } });
      assert.equal(answer.status, 200);
      let lines = 0, bytes = 0;
      for await (const piece of answer.body) {
        bytes += piece.length;
        if (format === "csv") for (let at = -1; (at = piece.indexOf(10, at + 1)) >= 0; ) lines++;
      }
      const took = (Date.now() - begun) / 1000;
      const rows = (server.exported = format === "csv" ? lines - 1 : server.exported);
      row(`export of ${number(products)} products as ${format.toUpperCase()} over HTTP, ${engine}`, format === "csv" ? "≥ 100,000 rows/s" : "–", `${number(rows / took)} rows/s (${number(rows)} rows, ${number(bytes / 1e6, 1)} MB in ${number(took, 1)} s)`, format === "csv" ? rows / took >= 100_000 : null);
    }
    await server.stop();
  }

  /** Every list with its orders and filters, by what a row of the table calls it; some begin far behind. */
  async function lists(staff) {
    const [{ id, price_min }] = (await staff.reads(`/admin/products?q=S${String(LISTED / 2).padStart(8, "0")}-1`)).products;
    const category = (await staff.reads("/admin/categories")).categories[0].id;
    const word = encodeURIComponent("手作茶杯");
    const sorts = ["newest", "updated", "title", "price-up", "price-down"];
    return {
      "products: orders and filters": [
        ...sorts.flatMap((sort) => ["", "&status=active", "&status=draft"].map((more) => `/admin/products?sort=${sort}${more}`)),
        ...["newest", "price-up", "price-down"].flatMap((sort) => ["", "&status=active"].map((more) => `/admin/products?category=${category}&sort=${sort}${more}`)),
        `/admin/products?cursor=${id}.${id}`, `/admin/products?sort=price-up&cursor=${price_min.amount}.${id}`,
        `/admin/products?q=${word}`, `/admin/products?q=${word}&status=active`, "/admin/products?q=none",
      ],
      "a product, its history and its prices": [`/admin/products/${id}`, `/admin/products/${id}/history`, `/admin/products/${id}/prices`],
      "orders: stages, orders and filters": [
        "/admin/orders", "/admin/orders?sort=waiting", "/admin/orders?sort=total", "/admin/orders?q=1234", "/admin/orders?q=13800000000", "/admin/orders?from=2020-01-01&to=2030-01-01",
        ...["pending_payment", "to_ship", "shipped", "completed", "closed", "refunded"].flatMap((stage) => [`/admin/orders?stage=${stage}`, `/admin/orders?stage=${stage}&sort=waiting`]),
      ],
      "decks of codes": ["/admin/codes", "/admin/codes?filter=low", "/admin/codes?filter=short", "/admin/codes?filter=expired", `/admin/codes?q=${word}`, "/admin/codes/by-hand"],
      "everything else that lists": ["/admin", "/admin/categories", "/admin/tags", "/admin/attributes", "/admin/collections", "/admin/media", "/admin/products/acts", "/admin/products/imports", "/admin/products/rules", "/admin/audit", "/admin/alarms", "/admin/settings/staff"],
      "the search": ["茶杯", "手作茶杯", "没有这个词", `S${String(LISTED / 2).padStart(8, "0")}-1`, "1234", "13800000000"].map((q) => `/admin/search?q=${encodeURIComponent(q)}`),
    };
  }

  async function measureLists(engine) {
    const server = new Server(engine, ["--shops", "1", "--products", String(LISTED), "--orders", String(LISTED / 10)]);
    await server.start("--access-log", "on", "--log-level", "info");
    const staff = await new Staff(server.base).logsIn();
    const groups = await lists(staff);
    const times = () => server.log().split("\n").flatMap((line) => (line.includes("event=request") ? [Number(line.match(/ ms=([\d.]+)/)[1])] : []));
    for (const [name, addresses] of Object.entries(groups)) {
      for (const address of addresses) await staff.opens(address);
      const asked = addresses.length * ASKS, already = await quiet(times);
      for (const address of addresses) for (let i = 0; i < ASKS; i++) await staff.opens(address);
      const all = await until(() => { const seen = times(); return seen.length >= already + asked && seen.slice(already, already + asked); }, "the log is written");
      const sorted = addresses.map((address, i) => ({ address, times: all.slice(i * ASKS, (i + 1) * ASKS).toSorted((a, b) => a - b) })).map(({ address, times }) => ({ address, p50: median(times), p99: times[Math.ceil(times.length * 0.99) - 1] }));
      const worst = sorted.toSorted((a, b) => b.p99 - a.p99)[0];
      row(`${number(LISTED)} products, ${number(LISTED / 10)} orders, ${engine}: ${name}, ${addresses.length} addresses, p99 at the server`, "≤ 50 ms", `${number(worst.p99, 1)} ms (${decodeURIComponent(worst.address)}; median of all ${number(median(sorted.map(({ p50 }) => p50)), 1)} ms)`, worst.p99 <= 50);
    }
    await server.stop();
  }

  /** How many requests are in the log, once everything asked so far is there: it is written twice a second. */
  async function quiet(times) {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return times().length;
  }

  async function measureRules(engine) {
    const server = new Server(engine, ["--shops", "1", "--products", String(RULED), "--orders", "0"]);
    await server.start();
    const staff = await new Staff(server.base).logsIn();
    const smart = (name, ...conditions) => staff.does("/admin/collections", { kind: "smart", name, handle: `bench-${name}`, match: "all", conditions: conditions.map(([field, test, value]) => ({ field, test, value })) });
    const filled = async (id) => (await until(async () => {
      const { collection } = await staff.reads(`/admin/collections/${id}`);
      return collection.seen_count !== undefined ? new Promise((resolve) => setTimeout(resolve, 100, null)) : { collection };
    }, "the collection is filled", 600_000)).collection;
    let begun = Date.now();
    const { collection } = await smart("cheap", ["price", "at-most", "100"]);
    await filled(collection.id);
    const took = (Date.now() - begun) / 1000;
    row(`a new smart collection over ${number(RULED)} products, ${engine}`, "–", `${number(took, 1)} s (${number(RULED / took)} products/s)`, null);
    const { categories } = await staff.reads("/admin/categories");
    const above = await staff.does("/admin/categories", { name: "全部", name_en: "All", handle: "bench-all", summary: "", position: 1 });
    const into = above.category?.id ?? above.id;
    begun = Date.now();
    await staff.does(`/admin/categories/${categories[0].id}/move`, { parent: into });
    const answered = Date.now() - begun;
    const want = (await count(staff, categories[0].id));
    await until(async () => ((await count(staff, into)) === want ? true : new Promise((resolve) => setTimeout(resolve, 100, null))), "the branch follows", 600_000);
    row(`a category of ${number(want)} products moves, ${engine}: answered, and all its products followed`, "–", `${number(answered)} ms, ${number((Date.now() - begun) / 1000, 1)} s`, null);
    await server.stop();
    server.check();
  }

  const count = async (staff, id) => (await staff.reads("/admin/categories")).categories.find((one) => one.id === id)?.product_count ?? 0;
  const onEach = (measure) => async () => {
    for (const engine of quick ? engines.slice(0, 1) : engines) await measure(engine);
  };
  return { imports: onEach(measureImport), exports: onEach(measureExport), lists: onEach(measureLists), rules: onEach(measureRules) };
}
