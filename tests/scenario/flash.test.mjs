// Flash sales: as many as there are and never one more, one price for a short time, and pieces that come back.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { openMailbox } from "../lib/mailbox.mjs";
import { cny, expect, expectProblem, freshKey, PATIENCE, startServer, unique, until } from "../lib/shop.mjs";

const HOUR = 3600_000;
/** A moment as the form of the shop says it (UTC+8). */
const local = (at) => new Date(at + 8 * HOUR).toISOString().slice(0, 16);

/** A sale as a program writes it, from the last minute on. */
const saleOf = (entries, more = {}) => ({ name: "晚八点秒杀", starts_at: local(Date.now() - 60_000), ends_at: local(Date.now() + 2 * HOUR), unpaid_minutes: 1, entries, ...more });
const draft = async (staff, sale) => expect(await staff.does("/admin/flash", sale), 201).sale;
const start = async (staff, sale) => expect(await staff.does(`/admin/flash/${sale.id}/status`, { status: "active" }), 200).sale;
const starts = async (staff, ...of) => start(staff, await draft(staff, saleOf(...of)));
const looks = async (staff, sale) => (await staff.reads(`/admin/flash/${sale.id}`)).sale;
let houses = 0;
/** Somebody who lives alone: a sale with a bound for each knows people by their address too. */
const loner = (shop) => {
  const one = shop.visitor();
  one.address = { ...one.address, line: `独居路 ${++houses} 号` };
  return one;
};
const entryOf = (product, more = {}) => ({ variant_id: product.variant_id, price: cny(990), stock: 5, ...more });

describe("flash sales", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  test("the price is the same on page, card, cart and order, and goes when the sale ends", async () => {
    const cup = await shop.product({ price: 5900, stock: 20 });
    const sale = await starts(staff, [entryOf(cup, { person_most: 2 })]);
    const page = await until(async () => {
      const { product } = expect(await shop.client().api(`/products/${cup.handle}`), 200);
      return product.variants[0].flash && product;
    }, "the page knows the sale");
    const { flash, sale: shown } = page.variants[0];
    assert.deepEqual([flash.phase, flash.left, flash.share, flash.price, shown.price], ["running", 5, 0, cny(990), cny(990)]);
    const card = expect(await shop.client().api("/products"), 200).products.find(({ handle }) => handle === cup.handle);
    assert.deepEqual(card.sale.price, cny(990));
    const buyer = shop.visitor();
    const cart = await buyer.puts(cup, 2);
    assert.deepEqual([cart.total, cart.lines[0].flash.name], [cny(1980), "晚八点秒杀"]);
    const order = await buyer.checksOut();
    assert.deepEqual(order.total, cny(1980));
    const minutes = (Date.parse(order.closes_at) - Date.parse(order.placed_at)) / 60_000;
    assert.equal(minutes, 1, "the sale's own time to pay");
    await buyer.pays(order);
    await buyer.seesPaid(order);
    const state = expect(await shop.client().api(`/flash/${sale.id}`), 200).flash;
    assert.deepEqual([state.phase, state.entries[0].left, state.entries[0].share], ["running", 3, 40]);
    expect(await staff.does(`/admin/flash/${sale.id}/status`, { status: "ended" }), 200);
    await until(async () => (await shop.visitor().puts(cup)).total.amount === 5900, "the list price is back");
    expectProblem(await staff.does(`/admin/flash/${sale.id}/status`, { status: "active" }), 409, "conflict");
    await server.adds_up();
  });

  test("what is wrong with a sale is said at its field", async () => {
    const [pot, jar] = [await shop.product({ price: 5000, stock: 3 }), await shop.product({ price: 5000, stock: 3 })];
    const wrong = async (sale) => expectProblem(await staff.does("/admin/flash", sale), 422, "invalid").errors.map(({ field, code }) => `${field} ${code}`).sort();
    assert.deepEqual(await wrong(saleOf([entryOf(pot, { price: cny(5000), stock: 4 })])), ["entries.0.price flash-price", "entries.0.stock flash-stock"]);
    assert.deepEqual(await wrong(saleOf([entryOf(pot, { stock: 1 }), entryOf(pot, { stock: 1 })])), ["entries.1.sku flash-twice"]);
    assert.deepEqual(await wrong(saleOf([], { ends_at: local(Date.now() - 2 * HOUR), unpaid_minutes: 61, name: "" })), ["ends_at before-start", "entries flash-goods", "name required", "unpaid_minutes flash-minutes"]);
    assert.deepEqual(await wrong(saleOf([{ sku: pot.sku, price: cny(100) }], { goods: "no-such-thing" })), ["entries.0.stock required", "goods no-such-goods"]);
    const first = await starts(staff, [entryOf(pot, { stock: 2 })]);
    assert.deepEqual(await wrong(saleOf([entryOf(pot, { stock: 1 })])), ["entries.0.sku flash-overlap"]);
    assert.deepEqual(await wrong({ ...saleOf([entryOf(pot, { stock: 1 })]), starts_at: local(Date.now() + HOUR) }), ["entries.0.sku flash-overlap"]);
    await shop.visitor().orders(pot);
    const edit = (entries) => staff.does(`/admin/flash/${first.id}`, { ...saleOf(entries), version: first.version });
    assert.equal(expectProblem(await edit([entryOf(jar, { stock: 1 })]), 422, "invalid").errors[0].code, "flash-sold");
    expect(await edit([entryOf(pot, { stock: 1 }), entryOf(jar, { stock: 1 })]), 200);
    expectProblem(await edit([entryOf(pot, { stock: 1 })]), 409, "conflict");
    const later = await draft(staff, saleOf([entryOf(jar, { stock: 3 })], { starts_at: local(Date.now() + 3 * HOUR), ends_at: local(Date.now() + 4 * HOUR) }));
    expect(await staff.does(`/admin/variants/${jar.variant_id}/stock`, { on_hand: 1, expected: 3, reason: "盘点" }), 200, 201);
    const short = expectProblem(await staff.does(`/admin/flash/${later.id}/status`, { status: "active" }), 422, "invalid");
    assert.deepEqual(short.errors.map(({ field, code }) => `${field} ${code}`), ["entries.0.stock flash-stock"]);
  });

  test("a sale that is to come is announced, and its price waits for its time", async () => {
    const fan = await shop.product({ price: 3000, stock: 9 });
    const sale = await start(staff, await draft(staff, saleOf([entryOf(fan)], { starts_at: local(Date.now() + HOUR), ends_at: local(Date.now() + 2 * HOUR) })));
    assert.equal(sale.phase, "scheduled");
    const { product } = expect(await shop.client().api(`/products/${fan.handle}`), 200);
    assert.deepEqual([product.variants[0].flash.phase, product.variants[0].sale], ["coming", null]);
    assert.deepEqual((await shop.visitor().puts(fan)).total, cny(3000));
    const html = (await shop.client().get(`/products/${fan.handle}`)).text;
    assert.match(html, /(今天|明天) \d\d:\d\d 开抢/);
    for (const page of [html, (await shop.client().get(`/en/products/${fan.handle}`)).text])
      assert.equal((await shop.client().get(page.match(/data-flash="([^"]+)"/)[1])).status, 200, "what the page asks for its state is there in both languages");
    expect(await staff.does(`/admin/flash/${sale.id}/status`, { status: "ended" }), 200);
  });

  test("50 pieces and 400 buyers at once: exactly 50 orders, the rest are told that all are taken", async () => {
    const tea = await shop.product({ price: 20000, stock: 80 });
    const sale = await starts(staff, [entryOf(tea, { stock: 50, person_most: 1 })]);
    await until(async () => (await shop.visitor().puts(tea)).total.amount === 990, "the sale runs");
    const tally = { won: 0, late: 0 };
    let next = 0;
    const line = async () => {
      while (next++ < 400) {
        const answer = await loner(shop).triesToBuy(tea);
        if (answer.status < 300) {
          assert.deepEqual(answer.body.order.total, cny(990));
          tally.won++;
        } else {
          expectProblem(answer, 409, "flash-sold-out");
          tally.late++;
        }
      }
    };
    await Promise.all(Array.from({ length: 40 }, line));
    assert.deepEqual(tally, { won: 50, late: 350 });
    const seen = await looks(staff, sale);
    assert.deepEqual([seen.phase, seen.sold, seen.left, seen.refused], ["used-up", 50, 0, 350]);
    assert.ok(seen.sold_out_seconds >= 0);
    assert.equal((await shop.stock(tea)).available, 30, "the rest waits for the end of the sale");
    const html = await until(async () => {
      const { text } = await shop.client().get(`/products/${tea.handle}`);
      return text.includes("已抢光") && text;
    }, "the page says that all are taken");
    assert.doesNotMatch(html, /name="next" value="checkout"/);
    await server.adds_up();
  });

  test("one person has as many as one may, whatever the address of the cart", async () => {
    const bowl = await shop.product({ price: 8000, stock: 20 });
    await starts(staff, [entryOf(bowl, { stock: 10, person_most: 2 })]);
    const buyer = shop.visitor();
    const { lines } = await buyer.puts(bowl, 3);
    assert.deepEqual([lines[0].problem, lines[0].bound], ["above-person", 2]);
    expectProblem(await buyer.triesToCheckOut(), 422, "limit");
    const two = loner(shop);
    await two.orders(bowl, 2);
    await two.puts(bowl);
    assert.deepEqual(expectProblem(await two.triesToCheckOut(), 422, "invalid").errors.map(({ field, code }) => [field, code]), [["contact.phone", "flash-person"]]);
    const same = shop.visitor();
    same.address = two.address;
    await same.puts(bowl);
    assert.equal(expectProblem(await same.triesToCheckOut(), 422, "invalid").errors[0].code, "flash-person");
    const crowd = await Promise.all(Array.from({ length: 6 }, async () => {
      const one = shop.visitor();
      one.phone = "13900001111";
      one.address = { ...one.address, phone: one.phone, line: "同一条路 1 号" };
      return one.triesToBuy(bowl);
    }));
    assert.equal(crowd.filter(({ status }) => status < 300).length, 2);
    await server.adds_up();
  });
});

describe("an account", () => {
  let server, post;
  after(async () => {
    await server?.stop();
    post?.close();
  });

  test("has as many pieces as one may, however many phones and addresses it gives at once", async () => {
    post = await openMailbox();
    server = await startServer({ args: ["--smtp-url", post.url, "--mail-from", "no-reply@platform.example", "--smtp-plain", "on", "--outbound-allow", `127.0.0.1:${post.port}`, "--login-limit", "1000"] });
    const { shop } = server;
    const staff = await shop.staff();
    const pen = await shop.product({ price: 8000, stock: 40 });
    await starts(staff, [entryOf(pen, { stock: 30, person_most: 2 })]);
    const alice = shop.visitor();
    const email = `${unique("flash")}@example.com`;
    expect(await alice.client.post("/account/login", { email }), 200);
    const code = (await post.gets(({ to }) => to.includes(email), "alice gets a code")).subject.match(/(\d{6})$/)[1];
    expect(await alice.client.post("/account/code", { email, code }), 200);
    const faces = await Promise.all(Array.from({ length: 8 }, async () => {
      const face = loner(shop);
      await face.puts(pen);
      return face;
    }));
    const answers = await Promise.all(faces.map((face) => alice.client.post("/checkout", face.order(), { headers: { "idempotency-key": freshKey() } })));
    const won = answers.filter(({ status }) => status < 300);
    assert.equal(won.length, 2);
    for (const answer of answers.filter(({ status }) => status >= 300)) assert.equal(expectProblem(answer, 422, "invalid").errors[0].code, "flash-person");
    const guest = loner(shop);
    await guest.orders(pen);
    const first = won[0].body.order;
    expect(await alice.client.post(`/orders/${first.number}/cancel`, { token: first.token }), 200);
    const again = loner(shop);
    await again.puts(pen);
    expect(await alice.client.post("/checkout", again.order(), { headers: { "idempotency-key": freshKey() } }), 201);
    const over = loner(shop);
    await over.puts(pen);
    expectProblem(await alice.client.post("/checkout", over.order(), { headers: { "idempotency-key": freshKey() } }), 422, "invalid");
    await server.adds_up();
  });
});

describe("pieces that nobody pays", () => {
  let server;
  afterEach(() => server?.stop());

  test("come back to the sale once, can be bought within a second, and survive kill -9", async () => {
    server = await startServer({ unpaidSeconds: 3 });
    const staff = await server.shop.staff();
    const lamp = await server.shop.product({ price: 9900, stock: 5 });
    const sale = await starts(staff, [entryOf(lamp, { stock: 2, person_most: 1 })]);
    const [first, second] = [loner(server.shop), loner(server.shop)];
    const [kept, lost] = [await first.orders(lamp), await second.orders(lamp)];
    await first.pays(kept);
    await first.seesPaid(kept);
    expectProblem(await loner(server.shop).triesToBuy(lamp), 409, "flash-sold-out");
    await server.dies();
    await server.adds_up();
    await server.start();
    await second.seesClosed(lost);
    const closed = Date.now();
    const { third, order } = await until(async () => {
      const third = loner(server.shop);
      const answer = await third.triesToBuy(lamp);
      return answer.status < 300 && { third, order: answer.body.order };
    }, "the piece can be bought again");
    assert.ok(Date.now() - closed < 1000 * PATIENCE, "within a second");
    assert.deepEqual(order.total, cny(990));
    expectProblem(await server.shop.visitor().triesToBuy(lamp), 409, "flash-sold-out");
    await third.pays(order);
    await third.seesPaid(order);
    const seen = await looks(await server.at("main", server.shop.account).staff(), sale);
    assert.deepEqual([seen.sold, seen.left], [2, 0]);
  });

  test("a repetition of an order that was won is that order, also when all are taken", async () => {
    server = await startServer();
    const staff = await server.shop.staff();
    const vase = await server.shop.product({ price: 9900, stock: 5 });
    await starts(staff, [entryOf(vase, { stock: 1 })]);
    const buyer = server.shop.visitor();
    await buyer.puts(vase);
    const [key, order] = [freshKey(), buyer.order()];
    const won = expect(await buyer.triesToCheckOut({ key, order }), 201).order;
    expectProblem(await server.shop.visitor().triesToBuy(vase), 409, "flash-sold-out");
    assert.equal(expect(await buyer.triesToCheckOut({ key, order }), 200, 201).order.number, won.number);
    await buyer.cancels(won);
    await until(async () => (await server.shop.visitor().triesToBuy(vase)).status < 300, "the cancelled piece is free");
    /* A counter that is wrong is found. */
    await server.ends();
    await server.tampers("UPDATE flash_entries SET sold = 0");
    assert.match((await server.tries("check")).stdout, /flash sale/);
    await server.tampers("UPDATE flash_entries SET sold = 1");
    await server.start();
  });
});
