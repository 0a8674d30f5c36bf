// flash.mjs - the parts of the benchmark about offers: a flash sale with far more buyers than pieces, and what offers cost.
//
// Ratios within one run, on one server: an attempt is what a buyer does, the piece into the cart and the cart into an
// order, until the order is placed or refused. Other products are product pages at a fixed rate; "within" compares what
// they take while people rush for the sale with what they take while as many buy ordinary goods.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { Staff } from "./backoffice.mjs";

const PIECES = 1000, ATTEMPTS = 20_000, BUYERS = 64, VIEWS = 200;
const HOUR = 3600_000;
const local = (at) => new Date(at + 8 * HOUR).toISOString().slice(0, 16);

export function flashParts(bench) {
  const { Server, generate, row, number, median, seconds, engines, rounds, load } = bench;
  const middle = (results, pick) => median(results.map(pick));

  /** The physical variants behind those that ordinary buyers take. */
  async function wares(server, count) {
    const found = [];
    for (const handle of (await server.handles(1000)).reverse()) {
      const { product } = await server.json(`/api/v1/products/${handle}`);
      if (product.kind === "physical") found.push({ handle, variant: product.variants[0] });
      if (found.length === count) return found;
    }
    throw new Error("too few goods");
  }

  async function startsSale(staff, { variant }) {
    const { total } = await staff.reads(`/admin/variants/${variant.id}/stock`);
    await staff.does(`/admin/variants/${variant.id}/stock`, { on_hand: total.on_hand + PIECES, expected: total.on_hand, reason: "bench" });
    const { sale } = await staff.does("/admin/flash", { name: "bench", starts_at: local(Date.now() - 60_000), ends_at: local(Date.now() + HOUR), unpaid_minutes: 60, entries: [{ variant_id: variant.id, price: { amount: Math.floor(variant.price.amount / 2), currency: variant.price.currency }, stock: PIECES }] });
    await staff.does(`/admin/flash/${sale.id}/status`, { status: "active" });
    return sale;
  }

  async function measureFlash(engine) {
    const server = new Server(engine, ["--shops", "1", "--products", "1000", "--orders", "2000"]);
    await server.start();
    const staff = await new Staff(server.base).logsIn();
    const goods = await wares(server, rounds);
    const paths = path.join(server.data, "paths");
    fs.writeFileSync(paths, (await server.handles(60)).map((one) => `/products/${one}\n`).join(""));
    const views = (time) => generate("get", `${server.base}/`, "--paths", paths, "--rate", VIEWS, "--seconds", time, "--warm", 0, "--connections", 16);
    const ordinary = [], rushes = [], during = { ordinary: [], rush: [] };
    for (let round = 0; round < rounds; round++) {
      const [bought, seen] = await Promise.all([generate("buy", server.base, "--buyers", BUYERS, "--unpaid", "--warm", 0, "--seconds", seconds, "--variants", 300), views(seconds)]);
      ordinary.push(bought.orders_per_second);
      during.ordinary.push(seen.time.p99_ms);
      const sale = await startsSale(staff, goods[round]);
      const rushing = generate("attempts", server.base, "--buyers", BUYERS, "--variant", goods[round].variant.id, "--attempts", ATTEMPTS, "--seconds", 120);
      const beside = await views(2);
      const rush = await rushing;
      assert.equal(rush.won, PIECES, `exactly ${PIECES} are sold`);
      assert.ok(rush.won + rush.refused >= ATTEMPTS);
      const after = (await staff.reads(`/admin/flash/${sale.id}`)).sale;
      assert.deepEqual([after.sold, after.left], [PIECES, 0]);
      rushes.push(rush.decided_per_second);
      during.rush.push(beside.time.p99_ms);
      await staff.does(`/admin/flash/${sale.id}/status`, { status: "ended" });
    }
    const ratio = median(rushes) / median(ordinary), slower = median(during.rush) / median(during.ordinary);
    row(`a flash sale of ${number(PIECES)} pieces, ${number(ATTEMPTS)} attempts, ${engine}: decided ÷ ordinary checkouts`, "≥ 3", `${number(ratio, 2)} (${number(median(rushes))}/s ÷ ${number(median(ordinary))}/s)`, ratio >= 3);
    row(`the same: sold, ${engine}`, `exactly ${number(PIECES)}`, number(PIECES), true);
    row(`the same: p99 of other products' pages against ordinary checkouts, ${engine}`, "≤ 2×", `${number(slower, 2)}× (${number(median(during.rush), 1)} ms and ${number(median(during.ordinary), 1)} ms at ${VIEWS}/s)`, slower <= 2);
    await server.stop();
    server.check();
  }

  /** As a shop has them: some for everything, most for goods of their own. */
  async function startsOffers(staff, server) {
    const goods = await wares(server, 38);
    const money = (amount) => ({ amount, currency: goods[0].variant.price.currency });
    const common = [["sum", { from: money(20000), off: money(2000) }], ["pieces", { pieces: 3, percent: 1000 }], ["nth", { pieces: 2, percent: 5000 }], ["sale", { percent: 500 }]];
    for (let i = 0; i < 50; i++) {
      const [kind, step] = i < 12 ? common[i % 4] : ["sale", { percent: 1000 + i }];
      const { promotion } = await staff.does("/admin/promotions", { kind, name: `offer ${i}`, starts_at: local(Date.now() - 60_000), ends_at: local(Date.now() + HOUR), steps: [step], scope: i < 12 ? "all" : "some", goods: i < 12 ? "" : goods[i - 12].handle, beside_sale: kind !== "sale", beside_goods: kind === "sale" || kind === "sum", beside_sum: kind !== "sum", beside_coupon: true });
      await staff.does(`/admin/promotions/${promotion.id}/status`, { status: "active" });
    }
  }

  async function measureOffers() {
    const pricing = JSON.parse(execFileSync(path.join(path.dirname(load), "pricing"), { encoding: "utf8" }));
    row("pricing a cart of 20 lines with 50 live offers (median)", "≤ 100 µs", `${number(pricing.us, 1)} µs (p99 ${number(pricing.p99_us, 1)} µs)`, pricing.us <= 100);
    const sides = {};
    for (const name of ["without", "with"]) {
      sides[name] = new Server("sqlite", ["--shops", "1", "--products", "300", "--orders", "2000"]);
      await sides[name].start();
    }
    await startsOffers(await new Staff(sides.with.base).logsIn(), sides.with);
    const results = { without: [], with: [] };
    for (let round = 0; round < rounds; round++)
      for (const name of ["without", "with"]) results[name].push(await generate("buy", sides[name].base, "--buyers", BUYERS, "--unpaid", "--seconds", seconds));
    const cost = middle(results.without, (one) => one.orders_per_second) / middle(results.with, (one) => one.orders_per_second) - 1;
    row("50 live offers add to the cost of a checkout, sqlite", "≤ 15 %", `${number(cost * 100, 1)} % (${number(middle(results.with, (one) => one.orders_per_second))}/s against ${number(middle(results.without, (one) => one.orders_per_second))}/s)`, cost <= 0.15);
    for (const server of Object.values(sides)) {
      await server.stop();
      server.check();
    }
  }

  return { flash: async () => { for (const engine of engines) await measureFlash(engine); }, promotions: measureOffers };
}
