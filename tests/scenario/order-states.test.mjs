// From the parcel to the end of an order: signed for, received, reviewed; and why a shop cancels.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, formTo, startServer, until } from "../lib/shop.mjs";

describe("the states of an order", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const shipped = async (buyer, product) => {
    const order = await buyer.buys(product);
    await staff.ships(order);
    return order;
  };

  test("a buyer confirms what arrived, is asked for a review, and the order is completed", async () => {
    const cup = await shop.product({ price: 4900, stock: 5 });
    const buyer = shop.visitor();
    const order = await buyer.buys(cup);
    assert.equal((await buyer.sees(order)).can_receive, false, "nothing is on its way yet");
    await staff.ships(order);
    const parcel = await buyer.sees(order);
    assert.deepEqual([parcel.can_receive, parcel.aftersale_status, parcel.review_status], [true, "none", "none"]);
    const days = (Date.parse(parcel.receives_at) - Date.parse(parcel.shipments[0].shipped_at)) / 86400000;
    assert.equal(Math.round(days * 1000), 10000, "ten days after shipping");
    expect(await buyer.triesToReceive(order), 200);
    const got = await buyer.sees(order);
    assert.deepEqual(
      [got.stage, got.order_status, got.payment_status, got.fulfillment_status, got.aftersale_status, got.review_status],
      ["to_review", "completed", "paid", "delivered", "active", "open"]);
    assert.deepEqual(got.events.map(({ kind }) => kind), ["placed", "paid", "shipped", "received"]);
    const { orders } = await staff.reads("/admin/orders?stage=to_review");
    assert.ok(orders.some(({ number }) => number === order.number));
    expect(await buyer.client.post(`/orders/${order.number}/reviews`, { token: order.token, line_no: 1, stars: 5, text: "很好" }), 200, 201);
    await buyer.seesUntil(order, ({ review_status, stage }) => review_status === "done" && stage === "completed", "is reviewed");
  });

  test("what the table does not allow is refused with the states and what is allowed, and changes nothing", async () => {
    const cup = await shop.product({ price: 4900, stock: 5 });
    const buyer = shop.visitor();
    const order = await buyer.buys(cup);
    const before = (await buyer.sees(order)).events.length;
    const refused = await buyer.triesToReceive(order);
    expectProblem(refused, 409, "invalid-transition");
    assert.equal(refused.body.code, "INVALID_TRANSITION");
    assert.equal(refused.body.event, "received");
    assert.deepEqual(refused.body.from, {
      order_status: "open", payment_status: "paid", fulfillment_status: "none", aftersale_status: "none", review_status: "none" });
    assert.equal(refused.body.to.order_status, "completed");
    assert.ok(refused.body.allowed.includes("shipped") && refused.body.allowed.includes("cancelled_paid"));
    assert.ok(!refused.body.allowed.includes("received"));
    assert.equal((await buyer.sees(order)).events.length, before);
    await staff.ships(order);
    expectProblem(await staff.triesTo("ship", order, { carrier: "sf", tracking_number: "SF2" }), 409, "invalid-transition");
    const stranger = shop.visitor();
    expectProblem(await stranger.client.post(`/orders/${order.number}/receive`, { token: "0".repeat(26) }), 404, "not-found");
    expect(await buyer.triesToReceive(order), 200);
    expectProblem(await buyer.triesToReceive(order), 409, "invalid-transition");
  });

  test("without JavaScript the buyer is asked first and confirms with a form", async () => {
    const cup = await shop.product({ price: 100, stock: 5 });
    const buyer = shop.visitor();
    const order = await shipped(buyer, cup);
    const address = `/orders/${order.number}?token=${order.token}`;
    const page = await buyer.client.open(address);
    assert.match(page.text, /<details class="ask"><summary[^>]*>确认收货<\/summary>/);
    assert.match(page.text, /都收到了吗/);
    assert.match(page.text, /待收货/);
    const done = await buyer.client.submit(formTo(page, `/orders/${order.number}/receive`));
    assert.match(done.text, /待评价/);
    assert.doesNotMatch(done.text, /确认收货<\/summary>/);
    const english = await buyer.client.open(`/en${address}`);
    assert.match(english.text, /To be reviewed/);
  });

  test("staff mark a parcel as signed for", async () => {
    const cup = await shop.product({ price: 100, stock: 5 });
    const buyer = shop.visitor();
    const order = await shipped(buyer, cup);
    assert.equal((await staff.sees(order)).can_sign, true);
    expect(await staff.triesTo("signed", order, {}), 200);
    const signed = await staff.sees(order);
    assert.deepEqual([signed.stage, signed.fulfillment_status, signed.can_sign], ["shipped", "delivered", false]);
    expect(await buyer.triesToReceive(order), 200);
  });

  test("cancelling what was paid needs a reason, which the buyer reads, and the rate counts it", async () => {
    const cup = await shop.product({ price: 3300, stock: 9 });
    const buyer = shop.visitor();
    const [first, second] = [await buyer.buys(cup), await shop.visitor().buys(cup)];
    const before = (await staff.dashboard()).merchant_cancel;
    const without = expectProblem(await staff.triesTo("cancel", first, {}), 422, "invalid");
    assert.equal(without.errors[0].field, "reason");
    const bare = expectProblem(await staff.triesTo("cancel", first, { reason: "other" }), 422, "invalid");
    assert.equal(bare.errors[0].field, "note");
    const strange = expectProblem(await staff.triesTo("cancel", first, { reason: "no mood" }), 422, "invalid");
    assert.equal(strange.errors[0].code, "unknown-choice");
    assert.equal((await buyer.sees(first)).stage, "to_ship");
    await staff.cancels(first, "out_of_stock", "");
    await staff.cancels(second, "buyer_asked", "");
    await buyer.seesUntil(first, ({ stage }) => stage === "refunded", "is refunded");
    const page = await buyer.client.open(`/orders/${first.number}?token=${first.token}`);
    assert.match(page.text, /商品缺货/);
    const event = (await staff.sees(first)).events.find(({ kind }) => kind === "cancelled_paid");
    assert.equal(event.reason, "out_of_stock");
    const after = (await staff.dashboard()).merchant_cancel;
    assert.deepEqual([after.cancelled - before.cancelled, after.at_fault - before.at_fault], [2, 1]);
    assert.ok(after.paid >= after.at_fault && after.rate_per_10000 === Math.round((after.at_fault * 10000) / after.paid));
    const shown = await staff.client.open("/admin");
    assert.match(shown.text, /商家取消率/);
  });

  test("a shop sets its own times, within bounds, and they count from the next order on", async () => {
    const settings = "/admin/settings/orders";
    const { timers } = await staff.reads(settings);
    assert.deepEqual([timers.confirm_days, timers.signed_days, timers.aftersale_days], [10, 7, 15]);
    const cup = await shop.product({ price: 100, stock: 9 });
    const before = await shop.visitor().orders(cup);
    expect(await staff.does(settings, { unpaid_minutes: 5, confirm_days: 3, signed_days: 2, aftersale_days: 7 }), 200);
    assert.deepEqual((await staff.reads(settings)).timers, { unpaid_minutes: 5, confirm_days: 3, signed_days: 2, aftersale_days: 7 });
    const minutes = (order) => Math.round((Date.parse(order.closes_at) - Date.parse(order.placed_at)) / 60000);
    const placed = await until(async () => {
      const order = await shop.visitor().orders(cup);
      return minutes(order) === 5 && order;
    }, "an order closes after five minutes");
    assert.notEqual(minutes(before), 5);
    assert.equal(placed.stage, "pending_payment");
    for (const [change, field] of [
      [{ unpaid_minutes: 0 }, "unpaid_minutes"], [{ unpaid_minutes: 10081 }, "unpaid_minutes"], [{ confirm_days: 61 }, "confirm_days"],
      [{ signed_days: 9 }, "signed_days"], [{ aftersale_days: 6 }, "aftersale_days"]]) {
      const refused = expectProblem(await staff.does(settings, { unpaid_minutes: 30, confirm_days: 8, signed_days: 7, aftersale_days: 15, ...change }), 422, "invalid");
      assert.deepEqual(refused.errors.map((one) => one.field), [field]);
    }
    expect(await staff.does(settings, { unpaid_minutes: 30, confirm_days: 10, signed_days: 7, aftersale_days: 15 }), 200);
  });

  test("the program prints the table that it works by", async () => {
    const table = JSON.parse(await server.tool("states", "--json"));
    assert.deepEqual(table.fields.review_status, ["none", "open", "done"]);
    const received = table.events.find(({ event }) => event === "received");
    assert.deepEqual(received.from.order_status, ["open"]);
    assert.deepEqual(received.to, {
      order_status: "completed", fulfillment_status: "delivered", aftersale_status: "active", review_status: "open" });
    assert.match(await server.tool("states"), /^# The states of an order/);
  });
});

describe("timers and a program that was killed", () => {
  let server;
  before(async () => {
    server = await startServer({ args: ["--unpaid-seconds", "2"] });
  });
  after(() => server?.stop());

  test("orders whose time ended while nobody was there close at once, each once", async () => {
    const cup = await server.shop.product({ price: 100, stock: 9 });
    const buyers = [server.shop.visitor(), server.shop.visitor(), server.shop.visitor()];
    const orders = await Promise.all(buyers.map((buyer) => buyer.orders(cup)));
    await server.dies();
    const last = Math.max(...orders.map(({ closes_at }) => Date.parse(closes_at)));
    await until(() => Date.now() > last, "their time is over");
    await server.start();
    const reader = server.shop.visitor();
    for (const order of orders) {
      const closed = await reader.seesClosed(order);
      assert.deepEqual(closed.events.map(({ kind }) => kind), ["placed", "expired"]);
    }
    await server.restarts();
    for (const order of orders) assert.equal((await server.shop.visitor().sees(order)).events.length, 2);
    assert.equal((await server.shop.stock(cup)).available, 9);
  });
});
