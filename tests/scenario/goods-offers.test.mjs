// Offers that give goods: bundles, gifts, what may be added for less, and vouchers: from the form to the order, and the last gift.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, freshKey, startServer, unique } from "../lib/shop.mjs";

const DAY = 86400000;
const local = (at) => new Date(at + 8 * 3600000).toISOString().slice(0, 16);
const EVERYTHING = { beside_sale: true, beside_goods: true, beside_sum: true, beside_coupon: true, beside_gift: true, beside_addon: true };

describe("offers that give goods", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const wish = (more) => ({ name: unique("送"), starts_at: local(Date.now() - DAY), ends_at: local(Date.now() + 7 * DAY), scope: "all", ...EVERYTHING, ...more });
  const tries = (more) => staff.does("/admin/promotions", wish(more));
  async function runs(more) {
    const answer = await tries(more);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const { promotion } = answer.body;
    assert.equal((await staff.does(`/admin/promotions/${promotion.id}/status`, { status: "active" })).status, 200);
    return promotion;
  }
  const ends = async (promotion) => assert.equal((await staff.does(`/admin/promotions/${promotion.id}/status`, { status: "ended" })).status, 200);
  const ware = (more) => shop.product({ sku: unique("W"), ...more });
  const only = (...products) => ({ scope: "some", goods: products.map(({ sku }) => sku).join("\n") });
  const cartOf = async (buyer) => expect(await buyer.client.api(`/cart?cart=${buyer.cart}`), 200).cart;
  const inCart = (buyer, path, body) => buyer.client.post(path, { cart: buyer.cart, ...body });

  describe("a bundle", () => {
    let cup, tea, bundle;
    before(async () => {
      cup = await ware({ title: "套餐杯", price: 5900, stock: 50 });
      tea = await ware({ title: "套餐茶", price: 12800, stock: 50 });
      bundle = await runs({ kind: "bundle", given: [{ sku: cup.sku, pieces: 2 }, { sku: tea.sku }], steps: [{ price: cny(16800) }] });
    });

    test("says what it is and what it saves on the page of each of its goods", async () => {
      assert.equal(bundle.text, "套餐杯 ×2 + 套餐茶 一起买 ¥168");
      for (const { handle } of [cup, tea]) {
        const { product } = expect(await shop.client().api(`/products/${handle}`), 200);
        assert.equal(product.bundles.length, 1);
        assert.deepEqual([product.bundles[0].saving, product.bundles[0].price], [cny(7800), cny(16800)]);
        assert.deepEqual(product.bundles[0].goods.map(({ pieces }) => pieces), [2, 1]);
      }
      const page = await shop.visitor().browser.get(`/products/${tea.handle}`);
      assert.match(page.text, /立省 ¥78\.00/);
    });

    test("one press puts it in, and cart, order and books say the same", async () => {
      const buyer = shop.visitor();
      const put = expect(await inCart(buyer, "/cart/bundles", { promotion_id: bundle.id }), 200);
      buyer.cart = put.cart.token;
      assert.deepEqual(put.cart.total, cny(16800));
      assert.deepEqual(put.cart.lines.map(({ quantity }) => quantity), [2, 1]);
      await buyer.puts(cup, 3);
      const more = await cartOf(buyer);
      assert.deepEqual(more.total, cny(16800 + 3 * 5900));
      const again = expect(await inCart(buyer, "/cart/bundles", { promotion_id: bundle.id }), 200).cart;
      assert.deepEqual(again.total, cny(2 * 16800 + 3 * 5900));
      const order = await buyer.checksOut();
      assert.deepEqual(order.total, again.total);
      assert.equal(order.lines.reduce((sum, line) => sum + line.full.amount - line.total.amount, 0), 2 * 7800);
      await buyer.pays(order);
      assert.deepEqual((await buyer.seesPaid(order)).discounts.map(({ amount }) => amount), [cny(2 * 7800)]);
    });

    test("what is sold out is not put in by half", async () => {
      const rare = await ware({ price: 5000, stock: 1 });
      const pair = await runs({ kind: "bundle", given: [{ sku: rare.sku, pieces: 2 }, { sku: cup.sku }], steps: [{ off: cny(1000) }] });
      const buyer = shop.visitor();
      expectProblem(await inCart(buyer, "/cart/bundles", { promotion_id: pair.id }), 409, "out-of-stock");
      const { product } = expect(await shop.client().api(`/products/${rare.handle}`), 200);
      assert.deepEqual(product.bundles, []);
      await ends(pair);
    });

    test("a cart that is named must be there", async () => {
      const buyer = shop.visitor();
      buyer.cart = "1-nobody";
      expectProblem(await inCart(buyer, "/cart/bundles", { promotion_id: bundle.id }), 404, "not-found");
    });

    test("an ended bundle is no bundle", async () => {
      await ends(bundle);
      const buyer = shop.visitor();
      expectProblem(await inCart(buyer, "/cart/bundles", { promotion_id: bundle.id }), 404, "not-found");
      await buyer.puts(cup, 2);
      assert.deepEqual((await buyer.puts(tea)).total, cny(24600));
    });
  });

  describe("a gift", () => {
    let tea, tote, mug;
    before(async () => {
      tea = await ware({ title: "买赠茶", price: 10000, stock: 200 });
      tote = await ware({ title: "赠品袋", price: 7900, stock: 30 });
      mug = await ware({ title: "赠品杯", price: 5900, stock: 30 });
    });

    test("goes with the goods for nothing, by name and number, and holds its stock", async () => {
      const gift = await runs({ kind: "gift", ...only(tea), given: [{ sku: tote.sku }, { sku: mug.sku }], by: "sum", steps: [{ from: cny(20000), gives: 1 }] });
      assert.equal(gift.text, "满 ¥200 送 赠品袋 或 赠品杯 1 件");
      const buyer = shop.visitor();
      const one = await buyer.puts(tea);
      assert.deepEqual(one.gifts, []);
      assert.equal(one.hints[0].missing, 10000);
      assert.match(one.hints[0].text, /再买 ¥100.*送 赠品袋/);
      const two = await buyer.puts(tea);
      assert.deepEqual([two.gifts[0].product_title, two.gifts[0].quantity, two.gifts[0].list_price], ["赠品袋", 1, cny(7900)]);
      assert.deepEqual(two.total, cny(20000));
      expectProblem(await inCart(buyer, "/cart/gifts", { promotion_id: gift.id, variant_id: tea.variant_id }), 404, "not-found");
      const chosen = expect(await inCart(buyer, "/cart/gifts", { promotion_id: gift.id, variant_id: mug.variant_id }), 200).cart;
      assert.equal(chosen.gifts[0].product_title, "赠品杯");
      const before = await shop.stock(mug);
      const order = await buyer.checksOut({ order: buyer.order({ shown_total: cny(20000), shown_gifts: chosen.gifts_seen }) });
      assert.deepEqual(order.total, cny(20000));
      const line = order.lines.find(({ role }) => role === "gift");
      assert.deepEqual([line.product_title, line.quantity, line.unit_price, line.total, line.list_price], ["赠品杯", 1, cny(0), cny(0), cny(5900)]);
      assert.equal((await shop.stock(mug)).available, before.available - 1);
      await buyer.pays(order);
      await buyer.seesPaid(order);
      const { promotion } = await staff.reads(`/admin/promotions/${gift.id}`);
      assert.equal(promotion.figures.uses, 1);
      assert.match((await buyer.browser.get(`/orders/${order.number}?token=${order.token}`)).text, /赠品[\s\S]*原价 ¥59\.00/);
      await ends(gift);
    });

    test("comes back when the order comes to nothing", async () => {
      const gift = await runs({ kind: "gift", ...only(tea), given: [{ sku: tote.sku }], by: "pieces", steps: [{ pieces: 2, gives: 1 }], times: 2, person_most: 1 });
      const before = await shop.stock(tote);
      const buyer = shop.visitor();
      const cart = await buyer.puts(tea, 9);
      assert.equal(cart.gifts[0].quantity, 2);
      const order = await buyer.checksOut();
      assert.equal((await shop.stock(tote)).available, before.available - 2);
      await buyer.cancels(order);
      assert.equal((await shop.stock(tote)).available, before.available);
      await buyer.puts(tea, 2);
      assert.equal((await buyer.checksOut()).lines.length, 2, "the use of this buyer came back too");
      await buyer.puts(tea, 2);
      assert.equal((await buyer.checksOut()).lines.length, 1, "and only once for a person");
      await ends(gift);
    });

    test("that is bought besides counts together with it", async () => {
      const last = await ware({ title: "又买又送", price: 5000, stock: 2 });
      const gift = await runs({ kind: "gift", ...only(last), given: [{ sku: last.sku }], by: "pieces", steps: [{ pieces: 1, gives: 1 }] });
      const buyer = shop.visitor();
      assert.equal((await buyer.puts(last)).gifts[0].quantity, 1);
      const two = await buyer.puts(last);
      assert.deepEqual([two.gifts[0].quantity, two.gifts[0].problem], [0, "gone"]);
      await ends(gift);
    });

    test("of the last gifts there are exactly as many as there are, and nobody loses one in silence", async () => {
      const few = await ware({ title: "最后的赠品", price: 3000, stock: 5 });
      const gift = await runs({ kind: "gift", ...only(tea), given: [{ sku: few.sku }], by: "pieces", steps: [{ pieces: 1, gives: 1 }] });
      const buyers = await Promise.all(Array.from({ length: 20 }, async () => {
        const buyer = shop.visitor();
        buyer.seen = (await buyer.puts(tea)).gifts_seen;
        return buyer;
      }));
      const places = (buyer) => buyer.triesToCheckOut({ key: freshKey(), order: buyer.order({ shown_gifts: buyer.seen }) });
      const answers = await Promise.all(buyers.map(places));
      const won = answers.filter(({ status }) => status < 300);
      assert.equal(won.length, 5, JSON.stringify(answers.map(({ status, body }) => [status, body?.type])));
      for (const { body } of won) assert.equal(body.order.lines.filter(({ role }) => role === "gift").length, 1);
      const late = buyers.filter((_, i) => answers[i].status >= 300);
      for (const answer of answers.filter(({ status }) => status >= 300)) expectProblem(answer, 409, "gift-changed");
      assert.equal((await shop.stock(few)).available, 0);

      const silent = await late[0].triesToCheckOut();
      expectProblem(silent, 409, "gift-changed");
      const seen = await cartOf(late[0]);
      assert.deepEqual([seen.gifts[0].quantity, seen.gifts[0].problem], [0, "gone"]);
      const page = await late[0].browser.send("POST", "/checkout/review", { form: { ...flat(late[0]), cart: late[0].cart } });
      assert.match(page.text, /赠品已送完/);
      const order = await late[0].checksOut({ order: late[0].order({ shown_gifts: seen.gifts_seen }) });
      assert.equal(order.lines.length, 1);
      await ends(gift);
    });

    const flat = (buyer) => ({ "contact.phone": buyer.phone, "address.name": buyer.address.name, "address.phone": buyer.address.phone, "address.region": buyer.address.region, "address.line": buyer.address.line });
  });

  describe("what may be added for less", () => {
    test("has its price while the rest earns it, and goes back to its own with a word", async () => {
      const tea = await ware({ title: "换购茶", price: 10000, stock: 50 });
      const tote = await ware({ title: "换购袋", price: 7900, stock: 50 });
      const addon = await runs({ kind: "addon", ...only(tea), by: "sum", given: [{ sku: tote.sku, pieces: 1, price: cny(990) }], steps: [{ from: cny(20000) }] });
      assert.equal(addon.text, "满 ¥200 可换购 换购袋 ¥9.90");
      const buyer = shop.visitor();
      assert.deepEqual((await buyer.puts(tea)).addons, []);
      const open = await buyer.puts(tea);
      assert.deepEqual([open.addons[0].product_title, open.addons[0].price, open.addons[0].most], ["换购袋", cny(990), 1]);
      let { cart } = expect(await inCart(buyer, "/cart/lines", { variant_id: tote.variant_id, quantity: 1, promotion_id: addon.id }), 200);
      assert.deepEqual(cart.total, cny(20990));
      assert.equal(cart.lines[1].addon, addon.name);
      cart = await buyer.puts(tote);
      assert.deepEqual(cart.total, cny(20990 + 7900));
      ({ cart } = expect(await inCart(buyer, `/cart/lines/${tea.variant_id}`, { quantity: 1 }), 200));
      assert.deepEqual(cart.total, cny(10000 + 2 * 7900));
      assert.deepEqual([cart.lines[1].addon, cart.lines[1].is_addon_over], [null, true]);
      assert.match((await buyer.browser.get(`/cart?cart=${buyer.cart}`)).text, /换购条件不再满足/);
      expect(await inCart(buyer, `/cart/lines/${tea.variant_id}`, { quantity: 2 }), 200);
      expect(await inCart(buyer, `/cart/lines/${tote.variant_id}`, { quantity: 1 }), 200);
      const order = await buyer.checksOut();
      assert.deepEqual(order.total, cny(20990));
      assert.deepEqual(order.lines.map(({ role }) => role), [null, "addon"]);
      assert.deepEqual(order.lines[1].total, cny(990));
      await ends(addon);
    });
  });

  describe("a voucher", () => {
    test("gets its goods for nothing, so often and no more", async () => {
      const cup = await ware({ title: "兑换杯", price: 5900, stock: 20 });
      const tea = await ware({ title: "兑换茶", price: 10000, stock: 20 });
      const code = unique("FREE").toUpperCase().slice(0, 30);
      await runs({ kind: "voucher", code, given: [{ sku: cup.sku }], uses_most: 1 });
      const buyer = shop.visitor();
      await buyer.puts(tea);
      let { cart } = expect(await inCart(buyer, "/cart/coupon", { code }), 200);
      assert.equal(cart.coupon.problem, "no-goods");
      assert.equal(cart.coupon.goods[0].variant_id, cup.variant_id);
      assert.match((await buyer.browser.get(`/cart?cart=${buyer.cart}`)).text, /把「兑换杯」放进购物车/);
      cart = await buyer.puts(cup);
      assert.deepEqual([cart.coupon.applies, cart.total], [true, cny(10000)]);
      const rivals = await Promise.all(Array.from({ length: 6 }, async () => {
        const rival = shop.visitor();
        await rival.puts(cup);
        expect(await inCart(rival, "/cart/coupon", { code }), 200);
        return rival;
      }));
      assert.deepEqual((await cartOf(rivals[0])).total, cny(0));
      const answers = await Promise.all(rivals.map((rival) => rival.triesToCheckOut({ order: rival.order({ shown_total: cny(0) }) })));
      assert.equal(answers.filter(({ status }) => status < 300).length, 1, JSON.stringify(answers.map(({ status, body }) => [status, body?.type])));
      assert.equal(answers.find(({ status }) => status < 300).body.order.payment_status, "paid");
      cart = await cartOf(buyer);
      assert.deepEqual([cart.coupon.problem, cart.total], ["used-up", cny(15900)]);
    });
  });

  test("what makes no sense is refused at its field", async () => {
    const [cup, tea] = [await ware({ price: 5900, stock: 5 }), await ware({ price: 10000, stock: 5 })];
    const two = [{ sku: cup.sku }, { sku: tea.sku }];
    const refusals = [
      ["no goods", { kind: "bundle", steps: [{ price: cny(100) }] }, "given.0.sku", "required"],
      ["a bundle of one piece", { kind: "bundle", given: [{ sku: cup.sku }], steps: [{ price: cny(100) }] }, "given.1.sku", "one-good"],
      ["the same goods twice", { kind: "bundle", given: [two[0], two[0]], steps: [{ price: cny(100) }] }, "given.1.sku", "twice"],
      ["an unknown SKU", { kind: "gift", given: [two[0], { sku: "NO-SUCH" }], steps: [{ from: cny(100) }] }, "given.1.sku", "no-such-sku"],
      ["a bundle without a price", { kind: "bundle", given: two }, "steps.0.price", "one-effect"],
      ["a bundle that saves nothing", { kind: "bundle", given: two, steps: [{ price: cny(15900) }] }, "steps.0.price", "above-price"],
      ["a bundle that gives all of it", { kind: "bundle", given: two, steps: [{ off: cny(15900) }] }, "steps.0.off", "above-price"],
      ["a gift from nothing on", { kind: "gift", given: two, steps: [{ gives: 1 }] }, "steps.0.from", "required"],
      ["a gift without a step", { kind: "gift", given: two, by: "pieces", steps: [] }, "steps.0.pieces", "required"],
      ["a higher step that gives less", { kind: "gift", given: two, steps: [{ from: cny(100), gives: 2 }, { from: cny(200), gives: 1 }] }, "steps.1.gives", "smaller-step"],
      ["an add-on for nothing", { kind: "addon", given: [two[0]], steps: [{ from: cny(100) }] }, "given.0.price", "required"],
      ["an add-on that is dearer", { kind: "addon", given: [{ ...two[0], price: cny(5900) }], steps: [{ from: cny(100) }] }, "given.0.price", "above-price"],
      ["an add-on from nothing on", { kind: "addon", given: [{ ...two[0], price: cny(590) }], steps: [] }, "steps.0.from", "required"],
      ["a voucher that is dearer", { kind: "voucher", given: [{ ...two[0], price: cny(5900) }] }, "given.0.price", "above-price"],
    ];
    for (const [what, more, field, code] of refusals) {
      const { status, body } = await tries(more);
      assert.equal(status, 422, `${what}: ${JSON.stringify(body)}`);
      assert.ok(body.errors.some((one) => one.field === field && one.code === code), `${what}: ${JSON.stringify(body.errors)}`);
    }
  });

  test("is tried on past orders, and each version stays", async () => {
    const tea = await ware({ price: 30000, stock: 9 });
    await shop.visitor().buys(tea);
    const made = wish({ kind: "gift", ...only(tea), given: [{ sku: tea.sku }], steps: [{ from: cny(30000), gives: 1 }] });
    const seen = (await staff.does("/admin/promotions/preview", { ...made, trial: true })).body;
    assert.equal(seen.trial.reached, 1);
    assert.equal(seen.trial.gifts, 1);
    const { promotion } = (await staff.does("/admin/promotions", made)).body;
    assert.equal((await staff.does(`/admin/promotions/${promotion.id}`, { ...made, version: 1, steps: [{ from: cny(20000), gives: 2 }] })).status, 200);
    const { versions } = await staff.reads(`/admin/promotions/${promotion.id}`);
    assert.deepEqual(versions.map(({ version }) => version), [2, 1]);
    assert.match(versions[1].text, /满 ¥300 送/);
  });

  test("the books are right", async () => {
    assert.match(await server.tool("check"), /^ok/m);
  });
});
