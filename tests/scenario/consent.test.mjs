// What is not taken back without a reason is said before the order is placed, and the buyer agrees (消费者权益保护法 25).
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formTo, startServer, unique } from "../lib/shop.mjs";

describe("goods that stay with the buyer", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  /** The page on which everything is looked over before submitting. */
  async function looksOver(product) {
    const visitor = shop.visitor();
    const { browser } = visitor;
    await browser.submit(formTo(await browser.open(`/products/${product.handle}`), "/cart/lines"));
    const checkout = await browser.open("/checkout");
    const typed = { "contact.phone": visitor.phone, ...Object.fromEntries(Object.entries(visitor.address).map(([name, value]) => [`address.${name}`, value])) };
    const page = await browser.submit(formTo(checkout, "/checkout/review"), typed);
    return { page, place: (more) => browser.submit(formTo(page, "/checkout"), more) };
  }

  test("the buyer ticks a box, without which people get no order; the order keeps it", async () => {
    const cake = await staff.creates({ title: unique("订做蛋糕"), price: 5900, return_rule: "custom_made" });
    const { page, place } = await looksOver(cake);
    assert.match(page.text, /name="accepts_no_return"/);
    assert.ok(page.text.includes(cake.title));
    const refused = await place({});
    assert.equal(refused.status, 422);
    assert.match(refused.text, /请先勾选/);
    const placed = await place({ accepts_no_return: "1" });
    assert.equal(placed.status, 200);
    const [, number] = placed.path.match(/\/orders\/(\d+)/);
    const { order } = await staff.reads(`/admin/orders/${number}`);
    assert.ok(JSON.stringify(order).includes("no-return-accepted"));
  });

  test("nothing is asked for what is taken back for seven days", async () => {
    const cup = await staff.creates({ title: unique("杯子"), price: 5900, return_rule: "seven_days" });
    const { page, place } = await looksOver(cup);
    assert.doesNotMatch(page.text, /name="accepts_no_return"/);
    assert.match((await place({})).path, /^\/orders\/\d+\/pay/);
  });

  test("programs order as before, and may say that their buyer agreed", async () => {
    const cake = await staff.creates({ price: 5900, return_rule: "custom_made" });
    const buyer = shop.visitor();
    const order = await buyer.orders(cake);
    assert.equal(order.order_status, "pending_payment");
  });
});
