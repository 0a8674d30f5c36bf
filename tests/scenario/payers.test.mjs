// Who pays is known only with the money: it counts for offers with a bound for each, and staff look at one too often.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, startServer, unique } from "../lib/shop.mjs";

const DAY = 86400_000;
/** A local time of a shop in Shanghai. */
const local = (at) => new Date(at + 8 * 3600_000).toISOString().slice(0, 16);
let houses = 0;

describe("a payer", () => {
  let server, shop, staff, cup, code;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    cup = await shop.product({ price: 10000, stock: 50 });
  });
  after(() => server?.stop());

  /** A coupon that one person may use so often. */
  async function coupon(person_most) {
    code = unique("PAY").toUpperCase().replace(/[^A-Z0-9]/g, "").slice(0, 16);
    const { promotion } = expect(await staff.does("/admin/promotions", { kind: "coupon", name: unique("券"), code, starts_at: local(Date.now() - DAY), ends_at: local(Date.now() + DAY), steps: [{ off: cny(1000) }], scope: "all", person_most }), 201);
    expect(await staff.does(`/admin/promotions/${promotion.id}/status`, { status: "active" }), 200);
    return promotion;
  }
  /** Another phone and another house each time: {buyer, order, payment}. */
  async function comes() {
    const buyer = shop.visitor();
    buyer.address = { ...buyer.address, line: `换号路 ${++houses} 号` };
    await buyer.puts(cup);
    expect(await buyer.client.post("/cart/coupon", { cart: buyer.cart, code }), 200);
    const order = await buyer.checksOut();
    assert.deepEqual(order.total, cny(9000));
    return { buyer, order, payment: await buyer.startsPaying(order) };
  }
  const alarmsOf = async (order) => (await staff.sees(order)).alarms.map(({ kind }) => kind);

  test("who uses a coupon under several phones is put before staff, once for each order that is one too often, and keeps the goods", async () => {
    const offer = await coupon(2);
    const all = [];
    for (let i = 0; i < 6; i++) all.push(await comes());
    await Promise.all(all.map(({ buyer, payment }) => buyer.atCashier(payment, { payer: "openid-of-one" })));
    await Promise.all(all.map(({ buyer, order }) => buyer.seesPaid(order)));
    const marked = [];
    for (const { order } of all) marked.push(...(await alarmsOf(order)));
    assert.deepEqual(marked, Array(4).fill("payer-limit"));
    for (const { buyer, order } of all) assert.equal((await buyer.sees(order)).refunds.length, 0);
    const other = await comes();
    await other.buyer.atCashier(other.payment, { payer: "openid-of-another", notify: "duplicated" });
    await other.buyer.seesPaid(other.order);
    assert.deepEqual(await alarmsOf(other.order), []);
    const silent = await comes();
    await silent.buyer.atCashier(silent.payment);
    await silent.buyer.seesPaid(silent.order);
    assert.deepEqual(await alarmsOf(silent.order), []);
    expect(await staff.does(`/admin/promotions/${offer.id}/status`, { status: "ended" }), 200);
    await server.adds_up();
  });

  test("a flash sale with a bound for each person knows its payer too, and sells on", async () => {
    const tea = await shop.product({ price: 8000, stock: 50 });
    const { sale } = expect(await staff.does("/admin/flash", { name: unique("快抢"), starts_at: local(Date.now() - 3600_000), ends_at: local(Date.now() + DAY), unpaid_minutes: 30, entries: [{ variant_id: tea.variant_id, price: cny(5000), stock: 20, person_most: 1 }] }), 201);
    expect(await staff.does(`/admin/flash/${sale.id}/status`, { status: "active" }), 200);
    const orders = [];
    for (const payer of ["openid-of-three", "openid-of-four", "openid-of-three"]) {
      const buyer = shop.visitor();
      buyer.address = { ...buyer.address, line: `换号路 ${++houses} 号` };
      await buyer.puts(tea);
      const order = await buyer.checksOut();
      assert.deepEqual(order.total, cny(5000));
      await buyer.atCashier(await buyer.startsPaying(order), { payer });
      await buyer.seesPaid(order);
      orders.push(order);
    }
    assert.deepEqual([await alarmsOf(orders[0]), await alarmsOf(orders[1]), await alarmsOf(orders[2])], [[], [], ["payer-limit"]]);
    await server.adds_up();
  });

  test("the alarm stands on the page of the order, in both languages, until somebody settles it", async () => {
    await coupon(1);
    const [first, second] = [await comes(), await comes()];
    for (const { buyer, order, payment } of [first, second]) {
      await buyer.atCashier(payment, { payer: "openid-of-two", notify: "lost" });
      await buyer.atCashier(await buyer.startsPaying(order), { payer: "openid-of-two" });
      await buyer.seesPaid(order);
    }
    const page = async (path) => (await staff.client.send("GET", path, { headers: { accept: "text/html" } })).text;
    assert.match(await page(`/admin/orders/${second.order.number}`), /data-alarm="payer-limit"[^]*同一付款人超出优惠次数/);
    assert.match(await page(`/en/admin/orders/${second.order.number}`), /One payer used an offer too often/);
    assert.doesNotMatch(await page(`/admin/orders/${first.order.number}`), /data-alarm/);
    const alarm = await staff.seesAlarm("payer-limit", second.order);
    expect(await staff.does(`/admin/alarms/${alarm.id}/resolve`), 200);
    assert.deepEqual(await alarmsOf(second.order), []);
    await server.adds_up();
  });
});
