// Gift cards: issued within the law, shown once, paying a part of an order or all of it, and money back to the card.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, freshKey, startServer, until } from "../lib/shop.mjs";

describe("gift cards", () => {
  let server, shop, staff, tea;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    tea = await shop.product({ price: 10000, stock: 50 });
  });
  after(() => server?.stop());

  const draft = (more = {}) => ({ origin: "sold", owner: "bearer", value: cny(5000), count: 1, years: 3, note: "中秋", request: freshKey(), ...more });
  const issues = async (more) => expect(await staff.does("/admin/gift-cards/new", draft(more)), 201).batch.id;
  const reveals = async (batch) => expect(await staff.does(`/admin/gift-cards/batches/${batch}/codes`), 200).codes;
  const card = async (more) => (await reveals(await issues(more)))[0];
  const uses = (one, order, code) => one.client.post(`/orders/${order.number}/card`, { token: order.token, code });
  const asks = async (code) => expect(await shop.visitor().client.post("/gift-card", { code }), 200).card;
  const balance = async (code) => (await asks(code)).balance.amount;
  const cardOf = async (code) => (await staff.reads(`/admin/gift-cards?last4=${code.slice(-4)}`)).cards[0];
  const trial = async () => Object.fromEntries((await staff.reads("/admin/money/ledger")).trials[0].accounts.map(({ account, balance: sum }) => [account, sum.amount]));

  test("a shop without cards says so, and its cashier shows no box", async () => {
    assert.match((await staff.client.open("/admin/gift-cards")).text, /还没有礼品卡/);
    const one = shop.visitor();
    const order = await one.orders(tea);
    assert.doesNotMatch((await one.client.open(`/orders/${order.number}/pay?token=${order.token}`)).text, /使用礼品卡/);
  });

  test("what the law does not allow is refused at its field", async () => {
    expectProblem(await staff.does("/admin/gift-cards/new", draft({ value: cny(100001) })), 422, "invalid", "value");
    expectProblem(await staff.does("/admin/gift-cards/new", draft({ years: 2 })), 422, "invalid", "years");
    expectProblem(await staff.does("/admin/gift-cards/new", draft({ owner: "registered" })), 422, "invalid", "years");
  });

  test("codes are shown once, and the audit list says that they were", async () => {
    const batch = await issues({ count: 3 });
    const codes = await reveals(batch);
    assert.equal(new Set(codes).size, 3);
    for (const code of codes) assert.match(code, /^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$/);
    assert.equal((await staff.does(`/admin/gift-cards/batches/${batch}/codes`)).status, 409);
    const { entries } = await staff.reads("/admin/audit?kind=gift-card.codes");
    assert.equal(entries.length, 1);
  });

  test("a card pays a part, the rest goes another way, and money comes back in that order", async () => {
    const before = await trial();
    const code = await card();
    const one = shop.visitor();
    const order = await one.orders(tea);
    const now = expect(await uses(one, order, code.toLowerCase()), 200).order;
    assert.deepEqual([now.due.amount, now.payment_status, now.cards[0].amount.amount], [5000, "unpaid", 5000]);
    assert.equal(await balance(code), 0);
    expectProblem(await uses(one, order, code), 422, "invalid", "code");
    const cashier = await one.client.open(`/orders/${order.number}/pay?token=${order.token}`);
    assert.match(cashier.text, /还需支付/);
    await one.pays(order);
    const paid = await one.seesPaid(order);
    assert.deepEqual([paid.paid.amount, paid.cards[0].is_spent], [10000, true]);
    assert.equal((await trial())["gift-cards"], before["gift-cards"] ?? 0);
    await staff.refunds(order, 6000);
    await until(async () => (await balance(code)) === 1000, "ten yuan are on the card again");
    const { card: seen } = await staff.reads(`/admin/gift-cards/${(await cardOf(code)).id}`);
    assert.deepEqual(seen.moves.map(({ kind, amount }) => [kind, amount.amount]), [["refunded", 1000], ["held", -5000], ["issued", 5000]]);
    assert.equal(seen.moves[0].order, order.number);
  });

  test("a card that has enough pays at once, by a form without scripts", async () => {
    const code = await card({ value: cny(30000) });
    const one = shop.visitor();
    const order = await one.orders(tea);
    const answer = expect(await uses(one, order, code), 200);
    assert.equal(answer.order.payment_status, "paid");
    assert.equal(await balance(code), 20000);
    assert.match((await one.client.open(`/orders/${order.number}?token=${order.token}`)).text, /礼品卡 .{4} 支付/);
  });

  test("a card chosen at the checkout pays as the order is placed, once", async () => {
    const code = await card();
    const one = shop.visitor();
    await one.puts(tea);
    expectProblem(await one.triesToCheckOut({ order: one.order({ gift_card: "AAAA-AAAA-AAAA-AAAA-AAAA" }) }), 422, "invalid", "gift_card");
    assert.equal(await balance(code), 5000);
    const key = freshKey(), wish = one.order({ gift_card: code.toLowerCase() });
    const first = expect(await one.triesToCheckOut({ key, order: wish }), 200, 201).order;
    assert.deepEqual([first.due.amount, first.payment_status], [5000, "unpaid"]);
    const again = expect(await one.triesToCheckOut({ key, order: wish }), 200, 201).order;
    assert.deepEqual([again.number, again.due.amount, await balance(code)], [first.number, 5000, 0]);
    await one.pays(first);
    assert.equal((await one.seesPaid(first)).cards[0].is_spent, true);
  });

  test("the form of the checkout keeps what was typed, and says what a card will pay", async () => {
    const whole = await card({ value: cny(30000) });
    const one = shop.visitor();
    const posts = (action, fields) => one.client.submit({ method: "POST", action, fields: [] }, fields);
    await posts("/cart/lines", { variant_id: tea.variant_id, quantity: 1 });
    assert.match((await one.client.open("/checkout")).text, /name="gift_card"/);
    const typed = { "contact.phone": one.phone, "address.name": "张三", "address.phone": one.phone, "address.region": "浙江省 杭州市 西湖区", "address.line": "文三路 100 号", idempotency_key: freshKey() };
    const wrong = await posts("/checkout/review", { ...typed, gift_card: "AAAA" });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /没有这张礼品卡/);
    assert.match(wrong.text, /name="gift_card"[^>]*value="AAAA"/);
    assert.match(wrong.text, /文三路 100 号/);
    const review = await posts("/checkout/review", { ...typed, gift_card: whole });
    assert.match(review.text, new RegExp(`由礼品卡 ${whole.slice(-4)} 支付`));
    assert.match(review.text, new RegExp(`type="hidden" name="gift_card" value="${whole}"`));
    const placed = await posts("/checkout", { ...typed, gift_card: whole, shown_total: "100.00" });
    assert.match(placed.text, new RegExp(`礼品卡 ${whole.slice(-4)} 支付`));
    assert.equal(await balance(whole), 20000);
  });

  test("cancelling gives the card back, once", async () => {
    const code = await card();
    const one = shop.visitor();
    const order = await one.orders(tea);
    expect(await uses(one, order, code), 200);
    expect(await one.client.post(`/orders/${order.number}/cancel`, { token: order.token }), 200);
    assert.equal((await one.client.post(`/orders/${order.number}/cancel`, { token: order.token })).status, 409);
    assert.equal(await balance(code), 5000);
  });

  test("a stopped card pays nothing until it goes on", async () => {
    const code = await card();
    const { id } = await cardOf(code);
    const one = shop.visitor();
    const order = await one.orders(tea);
    expectProblem(await staff.does(`/admin/gift-cards/${id}/block`, { reason: "" }), 422, "invalid", "reason");
    expect(await staff.does(`/admin/gift-cards/${id}/block`, { reason: "挂失" }), 200);
    expectProblem(await uses(one, order, code), 422, "invalid", "code");
    assert.equal((await asks(code)).why, "card-blocked");
    expect(await staff.does(`/admin/gift-cards/${id}/unblock`, { reason: "找到了" }), 200);
    expect(await uses(one, order, code), 200);
  });

  test("guessing codes is slow", async () => {
    const guesser = shop.visitor();
    const answers = [];
    for (let i = 0; i < 200 && answers.at(-1) !== 429; i++) answers.push((await guesser.client.post("/gift-card", { code: "AAAA-AAAA-AAAA-AAAA-AAAA" })).status);
    assert.equal(answers.at(-1), 429);
  });
});
