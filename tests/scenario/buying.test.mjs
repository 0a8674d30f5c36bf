// Somebody buys something, from the shelf to the door.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, freshKey, startServer, unique } from "../lib/shop.mjs";

describe("buying", () => {
  let server, shop;
  before(async () => {
    server = await startServer();
    shop = server.shop;
  });
  after(() => server?.stop());

  test("a thing goes from the shelf to the door", async () => {
    const lamp = await shop.product({ sku: unique("LAMP"), title: "蘑菇夜灯", price: 12900, stock: 5 });
    const buyer = shop.visitor();

    const { product } = expect(await buyer.client.api(`/products/${lamp.handle}`), 200);
    assert.equal(product.title, "蘑菇夜灯");
    const [variant] = product.variants;
    assert.deepEqual(variant.price, { amount: 12900, currency: "CNY" });
    assert.equal(variant.available, 5);
    assert.equal(variant.sku, lamp.sku);
    assert.equal(variant.id, lamp.variant_id);

    const cart = await buyer.puts(lamp, 2);
    assert.equal(cart.lines.length, 1);
    assert.equal(cart.lines[0].quantity, 2);
    assert.deepEqual(cart.total, { amount: 25800, currency: "CNY" });
    assert.equal((await shop.stock(lamp)).available, 5, "a cart promises nothing");

    const placed = await buyer.checksOut();
    assert.deepEqual(placed.total, { amount: 25800, currency: "CNY" });
    assert.equal(placed.order_status, "pending_payment");
    assert.equal(placed.payment_status, "unpaid");
    assert.equal(placed.fulfillment_status, "none");
    assert.equal((await shop.stock(lamp)).available, 3, "an order promises its goods");

    await buyer.pays(placed);
    const paid = await buyer.seesPaid(placed);
    assert.equal(paid.order_status, "open");
    assert.equal(paid.stage, "to_ship");
    assert.equal(paid.lines[0].sku, lamp.sku);
    assert.ok(paid.paid_at >= paid.placed_at);

    const staff = await shop.staff();
    const seen = await staff.sees(placed);
    assert.equal(seen.address.line, buyer.address.line, "staff read the whole address");
    assert.equal(seen.contact.phone, buyer.phone);
    await staff.ships(placed, { tracking_number: "SF1111222233334" });
    const shipped = await buyer.sees(placed);
    assert.equal(shipped.fulfillment_status, "shipped");
    assert.equal(shipped.stage, "shipped");
    assert.equal(shipped.shipments[0].tracking_number, "SF1111222233334");
    const { on_hand, available } = await shop.stock(lamp);
    assert.deepEqual({ on_hand, available }, { on_hand: 3, available: 3 });
  });

  test("the order page hides what only the buyer should know in full", async () => {
    const thing = await shop.product();
    const buyer = shop.visitor();
    const order = await buyer.buys(thing);
    assert.ok(!JSON.stringify(await buyer.sees(order)).includes(buyer.phone), "the phone is masked");
    expectProblem(await buyer.client.api(`/orders/${order.number}?token=${"0".repeat(32)}`), 404, "not-found");
    assert.ok([404, 422].includes((await buyer.client.api(`/orders/${order.number}`)).status), "no order without its token");
  });

  test("a cart of several things is one order with one sum", async () => {
    const cup = await shop.product({ price: 3333, stock: 9 });
    const bowl = await shop.product({ price: 5001, stock: 9 });
    const game = await shop.product({ price: 7, codes: [unique("GAME")] });
    const buyer = shop.visitor();
    await buyer.puts(cup, 2);
    await buyer.puts(bowl);
    await buyer.puts(cup);
    const cart = await buyer.puts(game);
    assert.equal(cart.lines.find((line) => line.variant_id === cup.variant_id).quantity, 3, "the same thing twice is one line");
    const order = await buyer.checksOut();
    assert.equal(order.total.amount, 3 * 3333 + 5001 + 7);
    await buyer.pays(order);
    await buyer.getsCodes(order, 1);
    const now = await buyer.sees(order);
    assert.equal(now.stage === "to_ship" || now.stage === "partially_shipped", true, now.stage);
    await (await shop.staff()).ships(order);
    assert.notEqual((await buyer.sees(order)).fulfillment_status, "partial");
  });

  test("a cart can be changed until it is ordered, and then no more", async () => {
    const cup = await shop.product({ price: 1000, stock: 9 });
    const buyer = shop.visitor();
    await buyer.puts(cup, 5);
    const set = (quantity) => buyer.client.post(`/cart/lines/${cup.variant_id}`, { cart: buyer.cart, quantity });
    assert.equal(expect(await set(2), 200).cart.total.amount, 2000);
    assert.equal(expect(await set(0), 200).cart.lines.length, 0);
    expectProblem(await buyer.triesToCheckOut(), 409, "cart-empty");
    assert.equal(expect(await buyer.triesToPut(cup, 3), 200, 201).cart.total.amount, 3000);
    const cart = buyer.cart;
    const order = await buyer.checksOut();
    expectProblem(await buyer.client.post("/cart/lines", { cart, variant_id: cup.variant_id, quantity: 1 }), 409, "cart-checked-out");
    assert.equal((await buyer.sees(order)).total.amount, 3000);
  });

  test("a key code is delivered when the payment lands, not before", async () => {
    const codes = [unique("KEY"), unique("KEY"), unique("KEY")];
    const game = await shop.product({ price: 19900, codes });
    const buyer = shop.visitor();
    await buyer.puts(game, 2);
    const order = await buyer.checksOut({ order: { cart: buyer.cart, contact: { email: "zhang.san@example.com" } } });
    assert.deepEqual((await buyer.sees(order)).deliveries, []);
    await buyer.pays(order);
    const got = await buyer.getsCodes(order, 2);
    assert.equal(new Set(got).size, 2);
    for (const code of got) assert.ok(codes.includes(code), code);
    const now = await buyer.seesUntil(order, ({ fulfillment_status }) => fulfillment_status === "delivered", "is delivered");
    assert.equal(now.order_status, "completed");
    assert.equal(now.stage, "completed");
    assert.equal((await shop.stock(game)).available, 1);
    const seenByStaff = JSON.stringify(await (await shop.staff()).sees(order));
    for (const code of got) assert.ok(!seenByStaff.includes(code), "staff see a code masked");
  });

  test("every code of fifty buyers at once is another one", async () => {
    const codes = Array.from({ length: 100 }, () => unique("CODE"));
    const game = await shop.product({ price: 100, codes });
    const bags = await Promise.all(codes.slice(0, 50).map(async () => {
      const buyer = shop.visitor();
      const order = await buyer.orders(game, 2);
      await buyer.pays(order, { notify: "duplicated" });
      return buyer.getsCodes(order, 2, { within: 30000 });
    }));
    assert.deepEqual(bags.flat().sort(), codes.sort());
    expectProblem(await shop.visitor().triesToBuy(game), 409, "out-of-stock");
  });

  test("what is not for sale cannot be bought", async () => {
    const draft = await shop.product({ status: "draft" });
    const buyer = shop.visitor();
    assert.ok([404, 409, 410, 422].includes((await buyer.triesToPut(draft)).status));
    assert.equal((await buyer.client.api(`/products/${draft.handle}`)).status, 404);

    const gone = await shop.product();
    await buyer.puts(gone);
    await (await shop.staff()).shelves(gone, "archived");
    const late = await buyer.triesToCheckOut();
    assert.ok(late.status >= 400 && late.status < 500, `${late.status} ${late.text}`);
    assert.equal((await shop.stock(gone)).reserved, 0);
  });

  test("the price of the order is the price of the shop, whatever the buyer sends", async () => {
    const ring = await shop.product({ price: 99900, stock: 3 });
    const buyer = shop.visitor();
    const put = await buyer.client.post("/cart/lines", { variant_id: ring.variant_id, quantity: 1, price: { amount: 1, currency: "CNY" }, unit_price: 1 });
    if (put.status < 300) buyer.cart = put.body.cart.token;
    else await buyer.puts(ring);
    const tampered = { ...buyer.order(), total: { amount: 1, currency: "CNY" }, price: 1, lines: [{ variant_id: ring.variant_id, unit_price: 1 }] };
    const answer = await buyer.triesToCheckOut({ order: tampered });
    if (answer.status < 300) assert.equal(answer.body.order.total.amount, 99900);
    else assert.ok(answer.status === 400 || answer.status === 422, answer.text);
  });

  test("a checkout without what it needs says everything that is missing at once", async () => {
    const cup = await shop.product();
    const buyer = shop.visitor();
    await buyer.puts(cup);
    const empty = expectProblem(await buyer.triesToCheckOut({ order: { cart: buyer.cart, contact: {} } }), 422, "invalid");
    const fields = empty.errors.map(({ field }) => field);
    assert.ok(fields.some((field) => field.startsWith("contact")), fields.join());
    assert.ok(fields.some((field) => field.startsWith("address")), fields.join());
    const wrong = { ...buyer.order(), contact: { email: "not an address" } };
    assert.equal((await buyer.triesToCheckOut({ order: wrong })).status, 422);
    assert.equal((await shop.stock(cup)).reserved, 0, "nothing is left over");
    await buyer.checksOut();
  });

  test("an order is found again with its number and the contact, and only with both", async () => {
    const cup = await shop.product();
    const buyer = shop.visitor();
    const order = await buyer.orders(cup);
    const find = (number, contact) => shop.client().post("/orders", { number, contact });
    const found = await find(order.number, buyer.phone);
    assert.ok(found.status < 400, found.text);
    assert.ok(found.text.includes(order.token) || found.headers.location?.includes(order.token));
    for (const wrong of [await find(order.number, "13900000000"), await find("999999999999", buyer.phone)]) {
      assert.ok([404, 422].includes(wrong.status), `${wrong.status}`);
      assert.ok(!wrong.text.includes(order.token));
    }
  });

  test("a buyer may cancel while unpaid, and not when paid", async () => {
    const cup = await shop.product({ stock: 4 });
    const buyer = shop.visitor();
    const order = await buyer.orders(cup, 3);
    assert.equal((await shop.stock(cup)).available, 1);
    await buyer.cancels(order);
    assert.equal((await buyer.sees(order)).order_status, "closed");
    assert.equal((await shop.stock(cup)).available, 4);
    await buyer.client.post(`/orders/${order.number}/cancel`, { token: order.token });
    assert.equal((await shop.stock(cup)).available, 4, "cancelling twice gives back once");

    const paid = await buyer.buys(cup);
    expectProblem(await buyer.client.post(`/orders/${paid.number}/cancel`, { token: paid.token }), 409, "invalid-transition");
    assert.equal((await shop.stock(cup)).available, 3);
  });

  test("a product with choices is bought by its variant", async () => {
    const staff = await shop.staff();
    const sku = unique("SHIRT");
    const shirt = await staff.creates({
      sku,
      options: [{ name: "颜色", values: "白,黑" }, { name: "尺码", values: "S,M" }],
      variants: ["白,S", "白,M", "黑,S", "黑,M"].map((options, index) => ({
        options, sku: `${sku}-${index}`, price: { amount: 5900 + index, currency: "CNY" }, is_active: true, stock: index,
      })),
    });
    assert.equal(shirt.variants.length, 4);
    const { product } = expect(await shop.client().api(`/products/${shirt.handle}`), 200);
    assert.deepEqual(product.options.map(({ name, values }) => [name, values.map(({ value }) => value)]), [["颜色", ["白", "黑"]], ["尺码", ["S", "M"]]]);
    const blackM = product.variants.find(({ options }) => options.join() === "黑,M");
    assert.equal(blackM.available, 3);
    assert.equal(blackM.price.amount, 5903);
    const buyer = shop.visitor();
    const order = await buyer.orders({ variant_id: blackM.id });
    assert.equal(order.total.amount, 5903);
    const whiteS = product.variants.find(({ options }) => options.join() === "白,S");
    expectProblem(await shop.visitor().triesToBuy({ variant_id: whiteS.id }), 409, "out-of-stock");
  });

  test("an Idempotency-Key is asked for or made, but never shared between carts", async () => {
    const cup = await shop.product({ stock: 10 });
    const [one, two] = [shop.visitor(), shop.visitor()];
    await one.puts(cup);
    await two.puts(cup);
    const key = freshKey();
    const first = await one.triesToCheckOut({ key });
    assert.ok(first.status < 300, first.text);
    const second = await two.triesToCheckOut({ key });
    expectProblem(second, 409, "idempotency-mismatch");
    assert.ok(!second.text.includes(first.body.order.token), "a stranger's order is not told");
  });
});
