// Money comes early, late, twice, wrong or not at all; the shop always ends with goods or a refund.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, routesOf, startServer, unique, until } from "../lib/shop.mjs";

const codes = (count) => Array.from({ length: count }, () => unique("CODE"));

describe("payment", () => {
  let server, shop, mismatch;
  before(async () => {
    server = await startServer();
    shop = server.shop;
  });
  after(() => server?.stop());

  test("an amount that is wrong by one fen is kept as a fact, not delivered, and alarms", async () => {
    const game = await shop.product({ price: 10000, codes: codes(1) });
    const buyer = shop.visitor();
    const order = await buyer.orders(game);
    await buyer.pays(order, { notify: "wrong-amount" });
    const staff = await shop.staff();
    await staff.seesAlarm("payment-amount-mismatch", order);
    const now = await buyer.sees(order);
    assert.notEqual(now.payment_status, "paid");
    assert.deepEqual(now.deliveries, []);
    const today = await staff.dashboard();
    assert.ok(today.alarm_count >= 1, "the dashboard counts it");
    assert.ok(today.alarms.some(({ kind }) => kind === "payment-amount-mismatch"), "the dashboard shows it");
    mismatch = { buyer, order };
  });

  test("a notification that comes three times counts once", async () => {
    const game = await shop.product({ price: 500, codes: codes(6) });
    const buyer = shop.visitor();
    const order = await buyer.orders(game, 2);
    await buyer.pays(order, { notify: "duplicated" });
    await buyer.getsCodes(order, 2);
    const seen = await (await shop.staff()).sees(order);
    assert.equal(seen.payments.filter(({ status }) => status === "paid").length, 1);
    assert.deepEqual(seen.refunds, []);
    assert.equal((await shop.stock(game)).available, 4);
    assert.equal((await buyer.sees(order)).deliveries.length, 2);
  });

  test("a delayed notification still delivers", async () => {
    const game = await shop.product({ price: 500, codes: codes(1) });
    const buyer = shop.visitor();
    const order = await buyer.orders(game);
    await buyer.pays(order, { notify: "delayed", delay_ms: 1500 });
    assert.equal((await buyer.getsCodes(order, 1, { within: 15000 })).length, 1);
  });

  test("a lost notification is found by asking the gateway", async () => {
    const game = await shop.product({ price: 500, codes: codes(1) });
    const buyer = shop.visitor();
    const order = await buyer.orders(game);
    await buyer.pays(order, { notify: "lost" });
    await buyer.getsCodes(order, 1, { within: 45000 });
    assert.equal((await buyer.sees(order)).payment_status, "paid");
  });

  test("a delayed notification survives kill -9", async () => {
    const game = await shop.product({ price: 500, codes: codes(1) });
    const buyer = shop.visitor();
    const order = await buyer.orders(game);
    await buyer.pays(order, { notify: "delayed", delay_ms: 1000 });
    await server.dies();
    await server.start();
    await buyer.getsCodes(order, 1, { within: 45000 });
  });

  test("a payment that failed can be tried again", async () => {
    const game = await shop.product({ price: 500, codes: codes(1) });
    const buyer = shop.visitor();
    const order = await buyer.orders(game);
    for (const outcome of ["failed", "cancelled"]) {
      await buyer.pays(order, { outcome });
      const now = await buyer.sees(order);
      assert.equal(now.payment_status, "unpaid");
      assert.equal(now.order_status, "pending_payment");
      assert.equal(now.can_pay, true);
    }
    await buyer.pays(order);
    await buyer.getsCodes(order, 1);
    expectProblem(await buyer.triesToStartPaying(order), 409, "invalid-transition");
  });

  /** Two attempts of one order that can both be paid: opened at the same moment, because later ones are reused. */
  async function twoAttempts(lamp) {
    for (let round = 0; round < 40; round++) {
      const buyer = shop.visitor();
      const order = await buyer.orders(lamp);
      const payments = await Promise.all(Array.from({ length: 8 }, () => buyer.startsPaying(order)));
      const different = [...new Map(payments.map((payment) => [payment.attempt, payment])).values()];
      if (different.length > 1) return { buyer, order, attempts: different };
      await buyer.cancels(order);
    }
    return null;
  }

  test("two payments of one order: the later one is refunded", async (t) => {
    const lamp = await shop.product({ price: 8800, stock: 3 });
    const found = await twoAttempts(lamp);
    if (!found) return t.skip("here an order never has two attempts at once");
    const { buyer, order, attempts: [first, second] } = found;
    await buyer.atCashier(first);
    await buyer.seesPaid(order);
    await buyer.atCashier(second);
    const staff = await shop.staff();
    const seen = await until(async () => {
      const now = await staff.sees(order);
      return now.refunds.some(({ status }) => status === "done" || status === "succeeded") && now;
    }, "the second payment is refunded");
    assert.equal(seen.refunds.length, 1);
    assert.equal(seen.refunds[0].amount.amount, 8800);
    assert.equal(seen.order_status, "open", "the order itself stands");
    assert.equal(seen.payment_status, "paid", "and is paid");
    await staff.seesAlarm("paid-twice", order);
    assert.equal((await shop.stock(lamp)).available, 2);
  });

  test("one attempt paid at once from many windows counts once", async () => {
    const game = await shop.product({ price: 8800, codes: codes(5) });
    const buyer = shop.visitor();
    const order = await buyer.orders(game);
    const payment = await buyer.startsPaying(order);
    const answers = await Promise.all(Array.from({ length: 6 }, () => buyer.triesAtCashier(payment)));
    for (const { status, text } of answers) assert.ok(status < 500, text);
    await buyer.getsCodes(order, 1);
    const seen = await (await shop.staff()).sees(order);
    assert.deepEqual(seen.refunds, []);
    assert.equal((await shop.stock(game)).available, 4);
  });

  test("a forged notification is refused and changes nothing", async () => {
    const lamp = await shop.product({ price: 8800, stock: 3 });
    const buyer = shop.visitor();
    const order = await buyer.orders(lamp);
    const { attempt } = await buyer.startsPaying(order);
    const doors = (await routesOf(server)).filter(({ method, path }) => method === "POST" && /notif|callback|webhook/.test(path) && !path.startsWith("/admin/"));
    assert.ok(doors.length > 0, "there is a door for notifications");
    const claim = { attempt, state: "paid", status: "paid", outcome: "paid", kind: "paid", amount: 8800, currency: "CNY", provider_number: "1", trade_number: "1", at: new Date().toISOString() };
    for (const { path } of doors) {
      const door = path.replace(/:gateway|:provider|:method/, "sandbox").replace(/:\w+/g, attempt);
      for (const headers of [{}, { "x-signature": "0".repeat(64) }, { "x-gateway-signature": "0".repeat(64), "x-gateway-timestamp": String(Date.now()) }, { "x-gateway-signature": "", "x-gateway-timestamp": "" }])
        for (const payload of [JSON.stringify(claim), new URLSearchParams(claim).toString(), "", "{", "null"]) {
          const answer = await shop.client().send("POST", door, { payload, headers: { "content-type": payload.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded", ...headers } });
          assert.ok(answer.status >= 400 && answer.status < 500, `${door}: ${answer.status} ${answer.text}`);
        }
    }
    assert.equal((await buyer.sees(order)).payment_status, "unpaid");
    await buyer.pays(order);
    await buyer.seesPaid(order);
  });

  test("a cashier's address that was changed leads nowhere", async () => {
    const lamp = await shop.product({ stock: 3 });
    const buyer = shop.visitor();
    const { url } = await buyer.startsPaying(await buyer.orders(lamp));
    const forged = url.replace(/(sandbox\/pay\/)([^?/]+)/, (_, before, attempt) => before + attempt.replace(/.$/, (last) => (last === "1" ? "2" : "1")));
    assert.notEqual(forged, url);
    const cheaper = url.replace(/([?&]amount=)\d+/, "$11");
    for (const address of [forged, cheaper, url.replace(/sign=[^&]{4}/, "sign=0000")].filter((one) => one !== url)) {
      const answer = await buyer.triesAtCashier({ url: address });
      assert.ok([403, 404].includes(answer.status), `${address}: ${answer.status} ${answer.text}`);
    }
  });

  test("an order is paid only with its own token", async () => {
    const lamp = await shop.product({ stock: 3 });
    const [buyer, stranger] = [shop.visitor(), shop.visitor()];
    const [order, other] = [await buyer.orders(lamp), await stranger.orders(lamp)];
    expectProblem(await stranger.triesToStartPaying({ number: order.number, token: other.token }), 404, "not-found");
    expectProblem(await stranger.client.post(`/orders/${order.number}/cancel`, { token: other.token }), 404, "not-found");
    assert.equal((await stranger.client.post(`/orders/${order.number}/pay`, { token: order.token, method: "wechat-of-nobody" })).status, 422);
  });

  test("the wrong amount has not been mistaken for a payment since", async () => {
    const now = await mismatch.buyer.sees(mismatch.order);
    assert.notEqual(now.payment_status, "paid");
    assert.deepEqual(now.deliveries, []);
  });
});

describe("an order that nobody pays", () => {
  let server, shop;
  before(async () => {
    server = await startServer({ unpaidSeconds: 2 });
    shop = server.shop;
  });
  after(() => server?.stop());

  test("closes by itself and gives its goods back", async () => {
    const [lamp, game] = [await shop.product({ stock: 2 }), await shop.product({ codes: codes(2) })];
    const buyer = shop.visitor();
    await buyer.puts(lamp, 2);
    await buyer.puts(game, 2);
    const order = await buyer.checksOut();
    assert.equal((await shop.stock(lamp)).available, 0);
    assert.equal((await shop.stock(game)).available, 0);
    const closed = await buyer.seesClosed(order, { within: 15000 });
    assert.equal(closed.stage, "closed");
    assert.equal(closed.can_pay, false);
    assert.equal((await shop.stock(lamp)).available, 2);
    assert.equal((await shop.stock(game)).available, 2);
    expectProblem(await buyer.triesToStartPaying(order), 409, "invalid-transition");
  });

  test("closes also when the server was dead at its time", async () => {
    const lamp = await shop.product({ stock: 2 });
    const buyer = shop.visitor();
    const order = await buyer.orders(lamp, 2);
    const { closes_at } = await buyer.sees(order);
    await server.dies();
    await until(() => Date.now() > Date.parse(closes_at) + 100, "its time is over");
    await server.start();
    await buyer.seesClosed(order, { within: 15000 });
    assert.equal((await shop.stock(lamp)).available, 2);
  });

  test("paid after it closed: the goods are there, so they are sold after all", async () => {
    const [lamp, game] = [await shop.product({ price: 700, stock: 1 }), await shop.product({ price: 300, codes: codes(1) })];
    const buyer = shop.visitor();
    await buyer.puts(lamp);
    await buyer.puts(game);
    const order = await buyer.checksOut();
    const payment = await buyer.startsPaying(order);
    await buyer.seesClosed(order, { within: 15000 });
    await buyer.atCashier(payment);
    await buyer.seesPaid(order, { within: 20000 });
    await buyer.getsCodes(order, 1);
    const now = await buyer.sees(order);
    assert.equal(now.order_status, "open");
    assert.deepEqual(now.refunds, []);
    assert.equal((await shop.stock(lamp)).available, 0);
    assert.equal((await shop.stock(game)).available, 0);
  });

  test("paid after it closed and its goods went: refunded by itself", async () => {
    const game = await shop.product({ price: 4200, codes: codes(1) });
    const [late, quick] = [shop.visitor(), shop.visitor()];
    const order = await late.orders(game);
    const payment = await late.startsPaying(order);
    await late.seesClosed(order, { within: 15000 });
    await quick.buys(game);
    await late.atCashier(payment);
    const now = await late.seesUntil(order, ({ payment_status }) => payment_status === "refunded", "is refunded", { within: 60000 });
    assert.equal(now.order_status, "closed");
    assert.deepEqual(now.deliveries, []);
    assert.equal(now.refunds.length, 1);
    assert.equal(now.refunds[0].amount.amount, 4200);
    await (await shop.staff()).seesAlarm("late-payment", order);
    assert.equal((await shop.stock(game)).available, 0);
  });

  test("paid in the very moment of closing: goods or a refund, never neither, never both", async () => {
    const stock = 30;
    const game = await shop.product({ price: 100, codes: codes(stock) });
    const ends = await Promise.all(Array.from({ length: stock }, async (_, index) => {
      const buyer = shop.visitor();
      const order = await buyer.orders(game);
      const payment = await buyer.startsPaying(order);
      const closes = Date.parse((await buyer.sees(order)).closes_at);
      await until(() => Date.now() >= closes - 150 + index * 10, "its moment has come", { every: 2 });
      expect(await buyer.triesAtCashier(payment), 200, 201, 202);
      return buyer.seesUntil(order, (now) => (now.deliveries.length === 1 && now.payment_status === "paid") || now.payment_status === "refunded", "has an end", { within: 45000 });
    }));
    for (const now of ends) assert.ok((now.deliveries.length === 1) !== (now.payment_status === "refunded"));
    const dealt = ends.flatMap(({ deliveries }) => deliveries.map(({ code }) => code));
    assert.equal(new Set(dealt).size, dealt.length);
    assert.equal((await shop.stock(game)).available, stock - dealt.length);
  });
});
