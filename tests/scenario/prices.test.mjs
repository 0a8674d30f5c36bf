// Struck prices: shown only as far as real deals bear them out, hidden by themselves when they no longer do.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, startServer, until } from "../lib/shop.mjs";

describe("lawful prices", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const struck = (product, amount, more = {}) => staff.triesToSave(product, {}, { compare_price: amount && cny(amount), ...more });
  const refusal = (answer) => expectProblem(answer, 422, "invalid").errors.find(({ field }) => field === "variants.0.compare_price");
  const selected = async (product) => expect(await shop.client().api(`/products/${product.handle}`), 200).selected;
  const page = async (product) => (await shop.client().get(`/products/${product.handle}`)).text;
  // The deal is told after the sale: what follows from it is awaited.
  const ceiling = (product, max) => until(async () => {
    const { ceiling: now } = await staff.reads(`/admin/products/${product.id}/prices?days=7`);
    return now.max?.amount === max;
  }, `the ceiling is ${max}`);

  test("without a deal and without words there is no struck price; with words there is", async () => {
    const cup = await shop.product({ price: 5000 });
    const problem = refusal(await struck(cup, 8000));
    assert.equal(problem.code, "REF_PRICE_UNLAWFUL");
    assert.equal(problem.max, undefined);
    expectProblem(await struck(cup, 8000, { compare_kind: "explained" }), 422, "invalid");
    expect(await struck(cup, 8000, { compare_kind: "explained", compare_note: "厂商建议零售价" }), 200);
    assert.deepEqual((await selected(cup)).struck_price, cny(8000));
    const text = await page(cup);
    assert.match(text, /<s class="struck">.*¥80\.00<\/s>/);
    assert.match(text, /划线价说明.*厂商建议零售价/);
    assert.equal(refusal(await struck(cup, 4000, { compare_kind: "explained", compare_note: "x" })).code, "compare-too-low");
  });

  test("deals bear a struck price out, a lower deal hides it, a whole refund gives it back", async () => {
    const lamp = await shop.product({ price: 9900, stock: 50 });
    await shop.visitor().buys(lamp);
    await staff.changesPrice(lamp, 7900);
    const tooHigh = refusal(await until(async () => {
      const answer = await struck(lamp, 12000, { price: cny(7900) });
      return refusal(answer).max && answer;
    }, "the deal is known"));
    assert.equal(tooHigh.code, "REF_PRICE_UNLAWFUL");
    assert.deepEqual(tooHigh.max, cny(9900));
    expect(await struck(lamp, 9900, { price: cny(7900) }), 200);
    assert.match(await page(lamp), /<s class="struck">.*¥99\.00<\/s>/);
    assert.match(await page(lamp), /划线价是本店近 7 日/);

    const buyer = shop.visitor();
    const order = await buyer.buys(lamp);
    const begin = Date.now();
    await until(async () => !/¥99\.00<\/s>/.test(await page(lamp)), "the page hides the struck price");
    assert.ok(Date.now() - begin < 1000 * Number(process.env.YUNDIAN_PATIENCE || 1), "within a second");
    assert.equal((await selected(lamp)).struck_price, null);
    const editor = await staff.client.get(`/admin/products/${lamp.id}`);
    assert.match(editor.text, /划线价已自动隐藏：近 7 天的最低成交价是 ¥79\.00/);
    const { product } = await staff.reads(`/admin/products/${lamp.id}`);
    assert.deepEqual([product.variants[0].struck.state, product.variants[0].struck.max], ["unlawful", cny(7900)]);
    // Another save does not trip over what is hidden already.
    expect(await struck(lamp, 9900, { price: cny(7800) }), 200);

    await staff.refunds(order, 1000);
    await ceiling(lamp, 7900);
    await staff.refunds(order, 6900);
    await ceiling(lamp, 9900);
    await until(async () => /¥99\.00<\/s>/.test(await page(lamp)), "the page shows it again");
    await server.adds_up();
  });

  test("seven days, to the millisecond; after them the last deal counts", async () => {
    const bowl = await shop.product({ price: 6000, stock: 50 });
    const first = await shop.visitor().buys(bowl);
    await ceiling(bowl, 6000);
    await staff.changesPrice(bowl, 5000);
    const second = await shop.visitor().buys(bowl);
    await ceiling(bowl, 5000);
    const moves = async (order, at) => server.tampers(`UPDATE deals SET at = ${at}, day = ${Math.floor(at / 86400000)} WHERE order_id = (SELECT id FROM orders WHERE number = '${order.number}');
      UPDATE orders SET paid_at = ${at} WHERE number = '${order.number}'`);
    const week = 7 * 86400000;
    await moves(second, Date.now() - week - 1000);
    await ceiling(bowl, 6000);
    await moves(first, Date.now() - week - 9000);
    await ceiling(bowl, 5000);
    assert.equal((await staff.reads(`/admin/products/${bowl.id}/prices`)).ceiling.basis, "last");
    assert.deepEqual(refusal(await struck(bowl, 5500, { price: cny(4000) })).max, cny(5000));
    expect(await struck(bowl, 5000, { price: cny(4000) }), 200);
    await server.adds_up();
  });

  test("a refused form keeps what was typed and says what is allowed at the field", async () => {
    const mug = await shop.product({ price: 4500, stock: 9 });
    await shop.visitor().buys(mug);
    await until(async () => refusal(await struck(mug, 9000)).max, "the deal is known");
    const { product } = await staff.reads(`/admin/products/${mug.id}`);
    const [variant] = product.variants;
    const fields = Object.entries({ version: product.version, title: "改过的名字", kind: "physical", status: "active", category_id: product.category_id, handle: product.handle,
      "variants.0.id": variant.id, "variants.0.options": "", "variants.0.sku": variant.sku, "variants.0.price": "40.00", "variants.0.is_active": "1",
      "variants.0.compare_price": "88.00", "variants.0.compare_kind": "own", "variants.0.compare_note": "", "variants.0.content_amount": "750", "variants.0.content_unit": "ml", "variants.0.content_base": "" }).map(([name, value]) => ({ name, value: String(value) }));
    const answer = await staff.client.submit({ action: `/admin/products/${mug.id}`, method: "POST", fields: fields.map(({ name, value }) => [name, value]) });
    assert.equal(answer.status, 422, answer.text.slice(0, 400));
    assert.match(answer.text, /最高可以填 ¥45\.00/);
    assert.match(answer.text, /value="88\.00"/);
    assert.match(answer.text, /value="改过的名字"/);
    assert.match(answer.text, /value="750"/);
  });

  test("the price of a unit is rounded half up and left out where it says nothing", async () => {
    const honey = await shop.product({ price: 990 });
    const says = async (content) => {
      expect(await staff.triesToSave(honey, {}, content), 200);
      return (await selected(honey)).unit_price;
    };
    assert.deepEqual(await says({ content_amount: 500, content_unit: "g" }), { price: cny(1980), per: "kg" });
    assert.match(await page(honey), /¥19\.80\/千克/);
    assert.deepEqual(await says({ content_amount: 700, content_unit: "ml", content_base: "100ml" }), { price: cny(141), per: "100ml" });
    assert.deepEqual(await says({ content_amount: 4, content_unit: "tablet" }), { price: cny(248), per: "tablet" });
    assert.equal(await says({ content_amount: 1, content_unit: "kg" }), null);
    assert.equal(await says({}), null);
    expectProblem(await staff.triesToSave(honey, {}, { content_amount: 5, content_unit: "g", content_base: "l" }), 422, "invalid");
    expectProblem(await staff.triesToSave(honey, {}, { content_amount: 5 }), 422, "invalid");
  });

  test("a raise just before a comparison is told to staff, with the evidence", async () => {
    const vase = await shop.product({ price: 3000 });
    await staff.changesPrice(vase, 5000);
    expect(await struck(vase, 9000, { price: cny(5000), compare_kind: "explained", compare_note: "厂商建议零售价" }), 200);
    const { product } = await staff.reads(`/admin/products/${vase.id}`);
    assert.deepEqual([product.variants[0].raise.from, product.variants[0].raise.to], [cny(3000), cny(5000)]);
    assert.match((await staff.client.get(`/admin/products/${vase.id}`)).text, /从 ¥30\.00 涨到 ¥50\.00/);
    const { changes } = await staff.reads(`/admin/products/${vase.id}/prices?days=7`);
    assert.deepEqual(changes.map(({ price, compare_price }) => [price.amount, compare_price?.amount]), [[5000, 9000], [5000, undefined], [3000, undefined]]);
    const chart = (await staff.client.get(`/admin/products/${vase.id}/prices`)).text;
    assert.match(chart, /<path class="list" d="M[\d HVM]+"/);
    assert.match(chart, /<path class="struck"/);
    const history = await staff.client.get(`/admin/products/${vase.id}/history`);
    assert.match(history.text, /划线价/);
  });

  test("a cart shows the old price beside the new one, and the buyer agrees again before the order", async () => {
    const tea = await shop.product({ price: 2000 });
    const buyer = shop.visitor();
    await buyer.puts(tea, 2);
    await staff.changesPrice(tea, 2600);
    const { cart } = expect(await buyer.client.api(`/cart?cart=${buyer.cart}`), 200);
    assert.deepEqual([cart.lines[0].was_price, cart.lines[0].unit_price, cart.has_new_prices], [cny(2000), cny(2600), true]);
    expectProblem(await buyer.triesToCheckOut({ order: buyer.order({ shown_total: cny(4000) }) }), 409, "price-changed");
    const order = await buyer.checksOut({ order: buyer.order({ shown_total: cny(5200) }) });
    await staff.changesPrice(tea, 100);
    assert.equal((await buyer.sees(order)).total.amount, 5200, "an order keeps its price");
  });
});
