// Small coins are left off: what the cart says is what is paid, and refunds give exactly that back.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, startServer, until } from "../lib/shop.mjs";

describe("small coins", () => {
  let server, shop, staff, cup, bowl;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    cup = await shop.product({ title: "抹零杯", price: 3333, stock: 500 });
    bowl = await shop.product({ title: "抹零碗", price: 1217, stock: 500 });
  });
  after(() => server?.stop());
  const sets = (rounding) => staff.does("/admin/settings/rounding", { rounding });
  const cartSays = (visitor, amount) => until(async () => expect(await visitor.client.api(`/cart?cart=${visitor.cart}`), 200).cart.rounding.amount === amount, `${amount} come off`);

  test("off by default, then to a tenth, then to a whole, and what is odd is refused", async () => {
    const buyer = shop.visitor();
    const cart = await buyer.puts(cup);
    assert.deepEqual([cart.total.amount, cart.rounding.amount], [3333, 0]);
    for (const bad of ["half", "", "3", "'; DROP TABLE shops"]) expectProblem(await sets(bad), 422, "invalid");
    expect(await sets("tenth"), 200);
    await cartSays(buyer, 3);
    expect(await sets("whole"), 200);
    await cartSays(buyer, 33);
    const page = await buyer.browser.open("/cart");
    assert.match(page.text, /抹零/);
    const { entries } = await staff.reads("/admin/audit?kind=settings.changed");
    assert.deepEqual([entries[0].before, entries[0].after], ["tenth", "whole"]);
    expectProblem(await shop.client().post("/admin/settings/rounding", { rounding: "none" }), 401, "unauthenticated");
    assert.match((await staff.client.open("/admin/settings/rounding")).text, /value="whole" checked/);
  });

  test("an order of several lines keeps its parts, and refunds of pieces add up to what was paid", async () => {
    const buyer = shop.visitor();
    await buyer.puts(cup, 2);
    const cart = await buyer.puts(bowl, 3);
    assert.equal(cart.full.amount, 2 * 3333 + 3 * 1217);
    await cartSays(buyer, cart.full.amount % 100);
    const order = await buyer.checksOut();
    assert.equal(order.total.amount, 10300);
    assert.equal(order.rounding.amount, 17);
    assert.equal(order.lines.reduce((sum, line) => sum + line.total.amount, 0), 10300);
    await buyer.pays(order);
    await buyer.seesPaid(order);
    const { proof } = await staff.reads(`/admin/orders/${order.number}/price-proof`);
    assert.equal(proof.replay.is_same, true);
    assert.equal(proof.rounding.amount, 17);
    assert.equal(proof.lines.reduce((sum, line) => sum + line.discount.amount, 0), 17);
    for (const line of [1, 2, 2, 1, 2]) expect(await staff.triesTo("refund", order, { lines: [{ line_no: line, quantity: 1 }], reason: "退一件" }), 200, 201);
    const seen = await buyer.seesUntil(order, ({ refunded }) => refunded.amount === 10300, "is refunded whole");
    assert.equal(seen.rounding.amount, 17);
  });

  test("nothing becomes free, and who agreed to another sum is asked again", async () => {
    const pin = await shop.product({ title: "别针", price: 99, stock: 50 });
    const cheap = shop.visitor();
    assert.equal((await cheap.puts(pin)).total.amount, 99);
    const buyer = shop.visitor();
    await buyer.puts(cup);
    expect(await sets("none"), 200);
    await cartSays(buyer, 0);
    expectProblem(await buyer.triesToCheckOut({ order: buyer.order({ shown_total: cny(3300) }) }), 409, "price-changed");
    assert.equal((await buyer.checksOut()).total.amount, 3333);
  });

  test("the books add up", () => server.adds_up());
});
