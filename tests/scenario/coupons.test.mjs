// What offers take off, from the card to the order, and a coupon that says why it does not count.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, startServer } from "../lib/shop.mjs";

describe("offers of the demo shop", () => {
  let server, shop;
  before(async () => {
    server = await startServer({ demo: true });
    shop = server.shop;
  });
  after(() => server?.stop());

  /** The first variant that can be bought of a product. */
  async function ware(handle) {
    const { product } = expect(await shop.client().api(`/products/${handle}`), 200);
    const variant = product.variants.find(({ available }) => available);
    return { ...product, variant_id: variant.id, variant };
  }

  const withCoupon = (visitor, code) => visitor.client.post("/cart/coupon", { cart: visitor.cart, code });

  test("a sale is the same on the page, in the cart and in the order", async () => {
    const hat = await ware("straw-hat");
    const { sale, price } = hat.variant;
    assert.equal(sale.price.amount, price.amount - Math.round(price.amount * 0.15));
    assert.match(sale.text, /8\.5 折/);
    const buyer = shop.visitor();
    const cart = await buyer.puts(hat);
    assert.deepEqual(cart.total, sale.price);
    assert.equal(cart.discounts[0].name, "遮阳季");
    const order = await buyer.checksOut();
    assert.deepEqual(order.total, sale.price);
    assert.equal(order.discount.amount, price.amount - sale.price.amount);
    await buyer.pays(order);
    const seen = await buyer.seesPaid(order);
    assert.deepEqual(seen.discounts.map(({ name }) => name), ["遮阳季"]);
    assert.equal(seen.paid.amount, sale.price.amount);
  });

  test("the cart says what is missing until the next step", async () => {
    const tea = await ware("aged-white-tea-cake");
    const buyer = shop.visitor();
    const cart = await buyer.puts(tea);
    const full = tea.variant.price.amount;
    assert.equal(cart.total.amount, full - 2000);
    assert.equal(cart.hints[0].missing, 39900 - full);
    assert.match(cart.hints[0].text, /满 ¥399 减 ¥50/);
    const two = await buyer.puts(tea);
    assert.equal(two.discounts[0].amount.amount, 5000);
  });

  test("a coupon counts from its sum on, once for a person, and says why not", async () => {
    const [honey, cup] = [await ware("card-wallet"), await ware("celadon-tea-cup")];
    const buyer = shop.visitor();
    await buyer.puts(cup);
    for (const code of ["NOBODY-KNOWS", "'; DROP TABLE carts", "长".repeat(20)])
      assert.equal(expectProblem(await withCoupon(buyer, code), 422, "invalid").errors[0].code, "unknown");
    let { cart } = expect(await withCoupon(buyer, " hello-yunjian "), 200);
    assert.equal(cart.coupon.problem, "too-little");
    assert.deepEqual(cart.coupon.missing, cny(9900 - cart.full.amount));
    cart = await buyer.puts(honey);
    assert.equal(cart.coupon.applies, true);
    assert.equal(cart.total.amount, cart.full.amount - 1000);
    const order = await buyer.checksOut();
    assert.equal(order.discount.amount, 1000);

    const again = shop.visitor();
    again.phone = `+86 ${buyer.phone}`;
    again.address = { ...buyer.address, line: "另一条路 3 号" };
    await again.puts(honey);
    expect(await withCoupon(again, "HELLO-YUNJIAN"), 200);
    const second = await again.checksOut();
    assert.equal(second.discount.amount, 0);
  });

  test("a shown total that is no longer right is not charged", async () => {
    const wallet = await ware("card-wallet");
    const first = shop.visitor();
    await first.puts(wallet);
    expect(await withCoupon(first, "HELLO-YUNJIAN"), 200);
    await first.checksOut();
    const again = shop.visitor();
    again.phone = first.phone;
    await again.puts(wallet);
    const { cart } = expect(await withCoupon(again, "HELLO-YUNJIAN"), 200);
    const order = again.order({ shown_total: cart.total });
    expectProblem(await again.triesToCheckOut({ order }), 409, "price-changed");
  });

  test("what a program says of prices and discounts is not believed", async () => {
    const hat = await ware("straw-hat");
    const buyer = shop.visitor();
    const put = await buyer.client.post("/cart/lines", { variant_id: hat.variant_id, quantity: 1, price: 1, unit_price: 1, discount: 9999 });
    if (put.status >= 300) return expectProblem(put, 422, "invalid");
    buyer.cart = put.body.cart.token;
    assert.deepEqual(put.body.cart.total, hat.variant.sale.price);
    const tried = await buyer.triesToCheckOut({ order: buyer.order({ total: 1, discount: 9999 }) });
    if (tried.status < 300) assert.deepEqual(tried.body.order.total, hat.variant.sale.price);
    else expectProblem(tried, 422, "invalid");
  });

  test("the books are right", async () => {
    assert.match(await server.tool("check"), /^ok/m);
  });
});
