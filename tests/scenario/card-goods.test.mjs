// Gift cards as goods: sold like any digital product, owed until they are used, and back only when nobody used them.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, startServer, until } from "../lib/shop.mjs";

describe("gift cards as goods", () => {
  let server, shop, staff, cards, tea;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    tea = await shop.product({ price: 10000, stock: 50 });
    cards = await shop.product({ kind: "digital", price: 9800, title: "店铺礼品卡 100 元" });
  });
  after(async () => {
    if (!server) return;
    await server.adds_up();
    await server.stop();
  });

  const deck = (path, form) => staff.does(`/admin/codes/${cards.variant_id}/${path}`, form);
  const trial = async () => Object.fromEntries((await staff.reads("/admin/money/ledger")).trials[0].accounts.map(({ account, balance }) => [account, balance.amount]));
  const refunds = (order, form) => staff.triesTo("refund", order, { reason: "不想要了", ...form });
  const pays = (one, order, code) => one.client.post(`/orders/${order.number}/card`, { token: order.token, code });
  const asks = async (code) => expect(await shop.visitor().client.post("/gift-card", { code }), 200).card;

  test("the merchant makes a digital product a gift card, within the law", async () => {
    expectProblem(await deck("card", { value: cny(10000), years: 3, quantity: 10 }), 422, "invalid", "mode");
    expect(await deck("mode", { mode: "cards" }), 200);
    expectProblem(await deck("card", { value: cny(100001), years: 3, quantity: 10 }), 422, "invalid", "value");
    expectProblem(await deck("card", { value: cny(10000), years: 2, quantity: 10 }), 422, "invalid", "years");
    expectProblem(await deck("quantity", { quantity: 10 }), 422, "invalid", "mode");
    const { deck: now } = expect(await deck("card", { value: cny(10000), years: 3, quantity: 20 }), 200);
    assert.deepEqual([now.mode, now.card_value.amount, now.card_years, now.left], ["cards", 10000, 3, 20]);
    assert.match((await staff.client.open(`/admin/codes/${cards.variant_id}`)).text, /每张面值（元）/);
  });

  test("the buyer gets the code with the payment, and pays the next order with it", async () => {
    const one = shop.visitor();
    const order = await one.buys(cards, 2);
    const codes = await one.getsCodes(order, 2);
    assert.equal(new Set(codes).size, 2);
    for (const code of codes) assert.match(code, /^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$/);
    assert.ok((await one.client.open(`/orders/${order.number}?token=${order.token}`)).text.includes(codes[0]));
    const books = await trial();
    assert.deepEqual([books["gift-cards"], books.sales], [20000, -400]);
    const next = await one.orders(tea);
    assert.equal(expect(await pays(one, next, codes[0]), 200).order.payment_status, "paid");
    assert.equal((await trial())["gift-cards"], 10000);
    expectProblem(await refunds(order, { lines: [{ line_no: 1, quantity: 2 }] }), 422, "invalid", "lines");
    expect(await refunds(order, { lines: [{ line_no: 1, quantity: 1 }] }), 200, 201, 202);
    assert.deepEqual([(await asks(codes[1])).balance.amount, (await trial())["gift-cards"] ?? 0], [0, 0]);
    const seen = await one.sees(order);
    assert.deepEqual(seen.deliveries.map(({ kind, is_taken_back }) => [kind, is_taken_back]), [["gift-card", false], ["gift-card", true]]);
  });

  test("a card used in part is taken back by hand, by what is left", async () => {
    const one = shop.visitor();
    const order = await one.buys(cards);
    const [code] = await one.getsCodes(order, 1);
    const small = await shop.product({ price: 3000 });
    expect(await pays(one, await one.orders(small), code), 200);
    expectProblem(await refunds(order, { lines: [{ line_no: 1, quantity: 1 }] }), 422, "invalid", "lines");
    const { id } = (await staff.reads(`/admin/gift-cards?last4=${code.slice(-4)}`)).cards[0];
    assert.match((await staff.client.open(`/admin/gift-cards/${id}`)).text, /收回余额并停用/);
    const { card } = expect(await staff.does(`/admin/gift-cards/${id}/take-back`, { reason: "买家要求退卡" }), 200);
    assert.deepEqual([card.balance.amount, card.status, card.moves[0].kind, card.moves[0].amount.amount], [0, "blocked", "taken_back", -7000]);
    assert.equal((await staff.does(`/admin/gift-cards/${id}/take-back`, { reason: "再来" })).status, 409);
    await staff.refunds(order, 7000);
    await until(async () => (await one.sees(order)).payment_status === "partially_refunded", "what was left went back");
  });

  test("cards are ordered alone, and no card pays for them", async () => {
    const one = shop.visitor();
    const [code] = await one.getsCodes(await one.buys(cards), 1);
    await one.puts(tea);
    const cart = await one.puts(cards);
    assert.equal(cart.lines.find((line) => line.variant_id === cards.variant_id).problem, "card-alone");
    assert.match((await one.client.open(`/cart?cart=${one.cart}`)).text, /礼品卡要单独下单/);
    expectProblem(await one.triesToCheckOut(), 409, "card-alone");
    const two = shop.visitor();
    const order = await two.orders(cards);
    assert.doesNotMatch((await two.client.open(`/orders/${order.number}/pay?token=${order.token}`)).text, /使用礼品卡/);
    expectProblem(await pays(two, order, code), 422, "invalid", "code");
    assert.equal((await asks(code)).balance.amount, 10000);
  });
});
