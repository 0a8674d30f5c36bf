#!/usr/bin/env node
// crash.mjs - buyers at full speed, kill -9 at random moments, restart: what was acknowledged is there and right.
//
//   YUNDIAN_BINARY=… node tests/crash/crash.mjs [--engine sqlite|postgres] [--rounds 20] [--buyers 24] [--seed N]
//                                               [--longest 1500] [--seconds N] [--locations] [--flash] [--promotions]
//
// Every answer that a buyer got is written into a journal in this process. After each death the server starts
// again on the same data and the journal is held against it:
//   - every acknowledged order exists, with its total, its lines, and a state that never went back;
//   - a checkout whose answer was lost is sent again with the same key and gives exactly one order;
//   - every order whose cashier took the money becomes paid and delivers as many codes as were bought;
//   - no code is delivered twice, none that was not loaded, and a delivered code never changes; the same of gift
//     cards, of which one is made for each piece;
//   - batches of codes that were withdrawn and restored meanwhile lost nothing;
//   - stock adds up: loaded − ordered = available, for every variant; and `yundian check` finds nothing,
//     both on the data as the dead server left it and at the end.
// --flash sells a few hundred pieces of one product in a flash sale: its counter is what the journal says.
// --locations keeps half of the goods in a second place, so that promises are spread over both.
// --promotions is another trial, of the counters of coupons (promotions.mjs).
// The seed decides what buyers do and when the server dies; give it again to replay.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { expect, freshKey, startServer, until } from "../lib/shop.mjs";
import { tryPromotions } from "./promotions.mjs";

const { values } = parseArgs({
  options: {
    engine: { type: "string", default: process.env.YUNDIAN_ENGINE || "sqlite" },
    rounds: { type: "string", default: "20" },
    buyers: { type: "string", default: "24" },
    seed: { type: "string", default: String(Date.now() % 1e9) },
    longest: { type: "string", default: "1500" },
    locations: { type: "boolean", default: false },
    flash: { type: "boolean", default: false },
    promotions: { type: "boolean", default: false },
    seconds: { type: "string" }, // no new round after this long
  },
});
const ROUNDS = Number(values.rounds);
const BUYERS = Number(values.buyers);
const LONGEST = Number(values.longest);
const STOCK = 1000000;
const CODES = 8000;

let state = Number(values.seed) >>> 0;
/** A number in [0, 1) that the seed decides (mulberry32). */
function chance() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const pick = (list) => list[Math.floor(chance() * list.length)];

const isLost = (problem) => /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|socket hang up|cut off|aborted/.test(`${problem.code} ${problem.message}`);

console.log(`crash trial: ${values.engine}, ${ROUNDS} rounds, ${BUYERS} buyers, --seed ${values.seed}`);
if (values.promotions) {
  const end = values.seconds ? Date.now() + Number(values.seconds) * 1000 : Infinity;
  const failed = await tryPromotions({ engine: values.engine, rounds: ROUNDS, buyers: BUYERS, longest: LONGEST, end, chance, isLost }).then(() => 0, () => 1);
  process.exit(failed);
}
const server = await startServer({ engine: values.engine });
const shop = server.shop;
const staff = await shop.staff();
const products = [];
for (let index = 0; index < 4; index++) products.push({ ...(await shop.product({ price: 100 + index * 37, stock: STOCK })), loaded: STOCK, codes: null });
if (values.locations) {
  const { location } = expect(await staff.does("/admin/locations", { name: "门店", priority: 2, home_name: "总仓" }), 201);
  for (const product of products.slice(0, 2)) {
    const transfer = { act: "transfer", quantity: STOCK - 3, reason: "crash trial", location: "1", to: location.id };
    await until(async () => (await staff.does(`/admin/variants/${product.variant_id}/stock/acts`, transfer)).status === 200, "the goods are there");
  }
}
for (let index = 0; index < 3; index++) {
  const codes = Array.from({ length: CODES }, (_, serial) => `CODE-${index}-${serial}`);
  const game = await shop.product({ price: 10 + index, codes: codes.slice(0, 1000) });
  for (let loaded = 1000; loaded < CODES; loaded += 1000) await staff.loads(game, codes.slice(loaded, loaded + 1000));
  products.push({ ...game, loaded: CODES, codes: new Set(codes) });
}
// Gift cards, which are made when they are paid for, and ordered by themselves.
const cards = { ...(await shop.product({ kind: "digital", price: 5000 })), loaded: CODES, codes: { has: (code) => /^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$/.test(code) }, areCards: true };
expect(await staff.does(`/admin/codes/${cards.variant_id}/mode`, { mode: "cards" }), 200);
expect(await staff.does(`/admin/codes/${cards.variant_id}/card`, { value: { amount: 5000, currency: "CNY" }, years: 3, quantity: CODES }), 200);
// One thing that everybody wants and that runs out.
products.push({ ...(await shop.product({ price: 999, stock: 150 })), loaded: 150, codes: null });
// Far more people than pieces, at a price of its own.
let sale;
if (values.flash) {
  const local = (at) => new Date(at + 8 * 3600_000).toISOString().slice(0, 16);
  const [{ variant_id }] = products;
  products[0].price = 60;
  ({ sale } = expect(await staff.does("/admin/flash", { name: "crash", starts_at: local(Date.now() - 60_000), ends_at: local(Date.now() + 12 * 3600_000), unpaid_minutes: 60, entries: [{ variant_id, price: { amount: 60, currency: "CNY" }, stock: 300 }] }), 201));
  expect(await staff.does(`/admin/flash/${sale.id}/status`, { status: "active" }), 200);
  await until(async () => (await shop.visitor().puts(products[0])).total.amount === 60, "the sale runs");
}
const isRefusal = ({ status, body }) => status === 409 && ["/problems/out-of-stock", ...(sale ? ["/problems/flash-sold-out"] : [])].includes(body.type);
const goods = [...products];
products.push(cards);
const decks = products.filter(({ codes, areCards }) => codes && !areCards);
const bySku = new Map(products.map((product) => [product.sku, product]));

let shuffles = 0;
const journal = []; // {buyer, key, order (sent), lines, placed, payAcked, paid, codes, cancelAcked}

/** One buyer buys until the server dies; every acknowledged step goes into the journal at once. */
async function trade(isOver) {
  while (!isOver()) {
    const buyer = shop.visitor();
    const entry = { buyer, lines: new Map(), codes: [] };
    try {
      const wanted = chance() < 0.15 ? [cards] : Array.from({ length: 1 + Math.floor(chance() * 3) }, () => pick(goods));
      for (const product of wanted) {
        const quantity = 1 + Math.floor(chance() * (product.codes ? 2 : 3));
        const answer = await buyer.triesToPut(product, quantity);
        if (answer.status === 409) continue; // sold out
        expect(answer, 200, 201);
        entry.lines.set(product, (entry.lines.get(product) ?? 0) + quantity);
      }
      if (entry.lines.size === 0) continue;
      entry.key = freshKey();
      entry.sent = buyer.order();
      journal.push(entry);
      const checkout = await buyer.triesToCheckOut({ key: entry.key, order: entry.sent });
      if (checkout.status === 409) {
        assert.ok(isRefusal(checkout), checkout.text);
        journal.splice(journal.indexOf(entry), 1); // refused: nothing may be left of it
        continue;
      }
      entry.placed = expect(checkout, 200, 201).order;
      const fate = chance();
      if (fate < 0.1) continue; // never pays
      if (fate < 0.15) {
        entry.cancels = true;
        await buyer.cancels(entry.placed);
        entry.isCancelled = true;
        continue;
      }
      const payment = await buyer.startsPaying(entry.placed);
      entry.mayBePaid = true;
      await buyer.atCashier(payment, { notify: pick(["normal", "normal", "normal", "duplicated", "delayed"]), delay_ms: 200 });
      entry.payAcked = true;
      for (let looks = 0; looks < 50 && !entry.paid; looks++) note(entry, await buyer.sees(entry.placed));
    } catch (problem) {
      if (isOver() && isLost(problem)) return;
      if (isLost(problem)) {
        await until(() => isOver(), `the server is dead after: ${problem.message}`, { within: 5000 });
        return;
      }
      throw problem;
    }
  }
}

/** Staff take batches out of the decks and put them back, until the server dies. */
async function shuffle(isOver) {
  while (!isOver()) {
    const game = pick(decks);
    const batch = `/admin/codes/${game.variant_id}/batches/${1 + Math.floor((chance() * CODES) / 1000)}`;
    for (const verb of ["withdraw", "restore"])
      try {
        const answer = await staff.does(`${batch}/${verb}`);
        assert.ok([200, 409].includes(answer.status), answer.text);
        shuffles++;
      } catch (problem) {
        if (isLost(problem)) return;
        throw problem;
      }
  }
}

/** Every batch is in use again. */
async function restoreAll() {
  for (const game of decks) {
    const { batches } = await staff.reads(`/admin/codes/${game.variant_id}`);
    for (const batch of batches.filter(({ can_restore }) => can_restore)) expect(await staff.does(`/admin/codes/${game.variant_id}/batches/${batch.number}/restore`), 200);
  }
}

/** Holds what a buyer sees against what that buyer saw before. */
function note(entry, now) {
  const what = `order ${now.number}`;
  const total = [...entry.lines].reduce((sum, [product, quantity]) => sum + product.price * quantity, 0);
  assert.equal(now.total.amount, total, `${what}: total`);
  const lines = new Map(now.lines.map((line) => [line.sku, line.quantity]));
  assert.equal(lines.size, entry.lines.size, `${what}: lines`);
  for (const [product, quantity] of entry.lines) assert.equal(lines.get(product.sku), quantity, `${what}: ${product.sku}`);
  if (entry.paid) assert.equal(now.payment_status, "paid", `${what}: was paid and is not any more`);
  if (entry.isCancelled) assert.equal(now.order_status, "closed", `${what}: was cancelled and is open again`);
  if (now.payment_status === "paid") {
    assert.ok(entry.mayBePaid, `${what}: paid by nobody`);
    entry.paid = true;
  }
  const codes = now.deliveries.map(({ code }) => code);
  for (const code of entry.codes) assert.ok(codes.includes(code), `${what}: the delivered code ${code} is gone`);
  for (const { code, sku } of now.deliveries) assert.ok(bySku.get(sku)?.codes?.has(code), `${what}: ${code} was never loaded for ${sku}`);
  assert.ok(codes.length <= wantedCodes(entry), `${what}: ${codes.length} codes for ${wantedCodes(entry)}`);
  if (codes.length > 0) assert.ok(entry.mayBePaid && now.payment_status === "paid", `${what}: codes without money`);
  entry.codes = codes;
}
const wantedCodes = (entry) => [...entry.lines].reduce((sum, [product, quantity]) => sum + (product.codes ? quantity : 0), 0);

/** Runs `task` over a list, some at a time. */
async function each(list, task, width = 32) {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < list.length) await task(list[next++]);
  }));
}

/** After a restart: the journal is held against the server. */
async function compare(entries) {
  await restoreAll();
  // Checkouts without an answer: again with the same key. One order or a refusal, as the first would have been.
  await each(entries.filter(({ placed }) => !placed), async (entry) => {
    const answer = await entry.buyer.triesToCheckOut({ key: entry.key, order: entry.sent });
    if (isRefusal(answer)) {
      journal.splice(journal.indexOf(entry), 1);
      return;
    }
    entry.placed = expect(answer, 200, 201).order;
  });
  const all = entries.filter(({ placed }) => placed);
  // A cancellation without an answer: again.
  await each(all.filter(({ cancels, isCancelled }) => cancels && !isCancelled), async (entry) => {
    const answer = await entry.buyer.client.post(`/orders/${entry.placed.number}/cancel`, { token: entry.placed.token });
    assert.ok(answer.status < 300 || answer.status === 409, answer.text);
    entry.isCancelled = true;
  });
  await each(all, async (entry) => note(entry, await entry.buyer.sees(entry.placed)));
  // Money that a cashier took ends in goods.
  await each(all.filter(({ payAcked }) => payAcked), async (entry) => {
    const now = await entry.buyer.seesUntil(entry.placed, (seen) => seen.payment_status === "paid" && seen.deliveries.length === wantedCodes(entry), "is paid and delivered", { within: 60000, every: 100 });
    note(entry, now);
  });
  const owners = new Map();
  for (const entry of journal)
    for (const code of entry.codes) {
      assert.ok(!owners.has(code), `${code} was delivered to ${owners.get(code)} and to ${entry.placed.number}`);
      owners.set(code, entry.placed.number);
    }
  for (const product of products) {
    const ordered = journal.filter(({ placed, isCancelled }) => placed && !isCancelled).reduce((sum, { lines }) => sum + (lines.get(product) ?? 0), 0);
    const { available } = await staff.holds(product);
    assert.equal(available, product.loaded - ordered, `${product.sku}: ${product.loaded} loaded, ${ordered} ordered, ${available} available`);
    if (!sale || product !== products[0]) continue;
    const { sold, stock } = (await staff.reads(`/admin/flash/${sale.id}`)).sale;
    assert.equal(sold, ordered, `the flash sale: ${ordered} ordered, ${sold} sold by its counter`);
    assert.ok(sold <= stock);
  }
}

const end = values.seconds ? Date.now() + Number(values.seconds) * 1000 : Infinity;
let rounds = 0;
try {
  for (; rounds < ROUNDS && Date.now() < end; rounds++) {
    let dead = false;
    const first = journal.length;
    const buyers = Array.from({ length: BUYERS }, () => trade(() => dead));
    const lifetime = 50 + chance() * LONGEST;
    const begun = Date.now();
    // The moment of death is a moment of time, not a condition: that is the trial.
    const death = new Promise((resolve) => setTimeout(resolve, lifetime)).then(() => server.dies()).then(() => (dead = true));
    await Promise.all([death, shuffle(() => dead), ...buyers]);
    const traded = Date.now() - begun;
    await server.adds_up();
    const restart = Date.now();
    await server.start();
    const ready = Date.now() - restart;
    await compare(journal.slice(first));
    // Some of the older ones each time, all of them at the end.
    await each(journal.filter(({ placed }) => placed && chance() < 0.1), async (entry) => note(entry, await entry.buyer.sees(entry.placed)));
    const mine = journal.slice(first);
    console.log(`round ${rounds + 1}: died after ${traded} ms, ready again in ${ready} ms; ${mine.length} orders, ${mine.filter(({ paid }) => paid).length} paid, ${mine.reduce((sum, { codes }) => sum + codes.length, 0)} codes`);
  }
  await compare(journal);
  const orders = journal.length;
  const codes = journal.reduce((sum, entry) => sum + entry.codes.length, 0);
  await server.stop();
  assert.ok(orders > rounds, `only ${orders} orders in ${rounds} rounds: the trial tried nothing`);
  console.log(`ok: ${values.engine}, ${rounds} deaths, ${orders} orders, ${codes} codes, ${shuffles} batches moved, all there and right (--seed ${values.seed})`);
} catch (problem) {
  console.error(`FAILED in round ${rounds + 1} (--seed ${values.seed}); data in ${server.data}`);
  console.error(problem.stack);
  console.error(server.log().slice(-3000));
  await server.dies().catch(() => {});
  process.exit(1);
}
