// What carrying costs: templates and regions in the back office, the cart before and after it is known where it goes, the order, offers on
// the freight, and its way back.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, freshKey, startServer, unique, until } from "../lib/shop.mjs";

const DAY = 86400000;
const ZHEJIANG = 33, SICHUAN = 51, TIBET = 54;
const local = (at) => new Date(at + 8 * 3600000).toISOString().slice(0, 16);
const inRegion = (visitor, region) => (visitor.address = { ...visitor.address, region });

describe("freight", () => {
  let server, shop, staff, cup, pot, key;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    cup = await shop.product({ title: "茶杯", price: 3000, stock: 500 });
    pot = await shop.product({ title: "茶壶", price: 5000, stock: 500 });
    key = await shop.product({ title: "兑换码", price: 1000, codes: ["A-1", "A-2", "A-3"] });
  });
  after(() => server?.stop());

  const usual = (more = {}) => ({
    way: "pieces", name: unique("快递"), free_sum: cny(9900), unfree: "西藏",
    rates: [
      { first: 1, first_price: cny(1000), next: 1, next_price: cny(200) },
      { regions: "浙江, 江苏，上海", first: 1, first_price: cny(600), next: 1, next_price: cny(100) },
    ],
    refused: "台湾，香港", ...more,
  });
  const triesToMake = (wish) => staff.does("/admin/freight", usual(wish));
  const make = async (wish) => expect(await triesToMake(wish), 201).template;
  const offer = async (wish) => {
    const { promotion } = expect(await staff.does("/admin/promotions", {
      kind: "shipping", name: unique("包邮"), starts_at: local(Date.now() - DAY), ends_at: local(Date.now() + 7 * DAY), scope: "all",
      steps: [{ free: true }], ...wish,
    }), 201);
    expect(await staff.does(`/admin/promotions/${promotion.id}/status`, { status: "active" }), 200);
    return promotion;
  };
  const ends = async ({ id }) => expect(await staff.does(`/admin/promotions/${id}/status`, { status: "ended" }), 200);
  const goesTo = async (visitor, region) => expect(await visitor.client.post("/cart/region", { cart: visitor.cart, region }), 200).cart;
  const withCoupon = (visitor, code) => visitor.client.post("/cart/coupon", { cart: visitor.cart, code });
  let template;

  test("without a template everything is carried for nothing, and nobody asks where to", async () => {
    const buyer = shop.visitor();
    inRegion(buyer, "杭州市西湖区");
    const cart = await buyer.puts(cup);
    assert.equal(cart.freight.state, "none");
    assert.deepEqual(cart.freight.regions, []);
    const order = await buyer.checksOut();
    assert.equal(order.total.amount, 3000);
    assert.equal(order.freight.amount.amount, 0);
  });

  test("a template that cannot be is refused at its fields", async () => {
    const wrong = async (wish, field, code) => {
      const { errors } = expectProblem(await triesToMake(wish), 422, "invalid");
      assert.ok(errors.some((one) => one.field === field && one.code === code), `${field} ${code}: ${JSON.stringify(errors)}`);
    };
    const [base, near] = usual().rates;
    await wrong({ name: " " }, "name", "required");
    await wrong({ rates: [{ first: 0, first_price: cny(100) }] }, "rates.0.first", "freight-units");
    await wrong({ rates: [{ first: 1 }] }, "rates.0.first_price", "freight-price");
    await wrong({ rates: [base, { ...near, regions: "" }] }, "rates.1.regions", "freight-regions");
    await wrong({ rates: [base, near, { ...near, regions: "上海" }] }, "rates.2.regions", "freight-twice");
    await wrong({ refused: "浙江" }, "rates.1.regions", "freight-twice");
    await wrong({ refused: "火星" }, "refused", "unknown-region");
    await wrong({ free_sum: cny(0) }, "free_sum", "freight-unfree");
    assert.equal((await staff.reads("/admin/freight")).templates.length, 0);
  });

  test("the first template is the shop's, and two people do not overwrite each other", async () => {
    template = await make();
    assert.equal(template.is_default, true);
    assert.equal(template.rates[1].where, "上海、江苏、浙江");
    assert.equal(template.rates[0].text, "首 1 件 ¥10，每多 1 件 ¥2");
    assert.equal(template.free_text, "满 ¥99 包邮（西藏除外）");
    assert.equal(template.refused_text, "台湾、香港");
    const changed = await staff.does(`/admin/freight/${template.id}`, usual({ name: "快递", version: template.version, is_default: true }));
    template = expect(changed, 200).template;
    expectProblem(await staff.does(`/admin/freight/${template.id}`, usual({ version: 1 })), 409, "conflict");
  });

  test("the cart says that it depends, then what it costs, and remembers where to", async () => {
    const buyer = shop.visitor();
    let cart = await buyer.puts(cup);
    assert.equal(cart.freight.state, "open");
    assert.equal(cart.total.amount, 3000);
    assert.equal(cart.freight.regions.length, 34);
    assert.match(cart.freight.hint, /69\.00/);
    cart = await goesTo(buyer, SICHUAN);
    assert.deepEqual([cart.freight.amount.amount, cart.total.amount], [1000, 4000]);
    cart = await buyer.puts(pot);
    assert.deepEqual([cart.freight.region, cart.freight.amount.amount, cart.total.amount], [SICHUAN, 1200, 9200]);
    cart = await buyer.puts(pot);
    assert.deepEqual([cart.freight.state, cart.freight.amount.amount, cart.total.amount], ["known", 0, 13000]);
    assert.equal((await goesTo(buyer, TIBET)).freight.amount.amount, 1400);
    expectProblem(await buyer.client.post("/cart/region", { cart: buyer.cart, region: 98 }), 422, "invalid");
  });

  test("the order costs what its address costs, whatever the cart or a program said", async () => {
    const buyer = shop.visitor();
    await buyer.puts(cup);
    await goesTo(buyer, SICHUAN);
    const tried = await buyer.triesToCheckOut({ order: buyer.order({ shown_total: cny(4000) }) });
    expectProblem(tried, 409, "price-changed");
    const idempotency = freshKey();
    const asked = buyer.order({ shown_total: cny(3600) });
    const forged = await buyer.triesToCheckOut({ key: idempotency, order: { ...asked, freight: cny(0) } });
    const order = expect(forged.status < 300 ? forged : await buyer.triesToCheckOut({ key: idempotency, order: asked }), 200, 201).order;
    assert.deepEqual([order.total.amount, order.freight.amount.amount, order.goods.amount], [3600, 600, 3000]);
    const again = expect(await buyer.triesToCheckOut({ key: idempotency, order: asked }), 200, 201).order;
    assert.equal(again.number, order.number);
    await buyer.pays(order);
    assert.equal((await buyer.seesPaid(order)).paid.amount, 3600);
    const { proof } = await staff.reads(`/admin/orders/${order.number}/price-proof`);
    assert.deepEqual([proof.freight.amount.amount, proof.freight.region_name, proof.replay.is_same], [600, "浙江", true]);
  });

  test("where nothing is delivered nothing is sold, and an address begins with its province", async () => {
    const buyer = shop.visitor();
    await buyer.puts(cup);
    const cart = await goesTo(buyer, 71);
    assert.equal(cart.freight.state, "refused");
    for (const [region, code] of [["台湾省 台北市", "not-delivered"], ["西湖区文三路", "no-province"]]) {
      inRegion(buyer, region);
      const { errors } = expectProblem(await buyer.triesToCheckOut(), 422, "invalid");
      assert.deepEqual(errors.map((one) => [one.field, one.code]), [["address.region", code]]);
    }
    const page = await buyer.client.get(`/cart?cart=${buyer.cart}`);
    assert.match(page.text, /不配送到台湾/);
  });

  test("templates of one cart are added up, a product may have its own, and codes are not carried", async () => {
    const heavy = await make({
      way: "weight", name: "大件", free_sum: cny(0), unfree: "", refused: "",
      rates: [{ first: 1000, first_price: cny(800), next: 1000, next_price: cny(300) }],
    });
    assert.equal(heavy.is_default, false);
    await staff.saves(pot, {}, { weight: 1500 });
    expect(await staff.does(`/admin/products/${pot.id}/freight`, { template: heavy.id }), 200);
    const buyer = shop.visitor();
    await buyer.puts(pot, 2);
    assert.equal((await goesTo(buyer, ZHEJIANG)).freight.amount.amount, 800 + 2 * 300);
    await buyer.puts(key);
    const cart = await buyer.puts(cup);
    assert.equal(cart.freight.amount.amount, 1400 + 600);
    const order = await buyer.checksOut();
    assert.equal(order.total.amount, 10000 + 1000 + 3000 + 2000);
    const only = shop.visitor();
    assert.equal((await only.puts(key)).freight.state, "none");
    expect(await staff.does(`/admin/freight/${heavy.id}/remove`), 200);
    const fresh = shop.visitor();
    await fresh.puts(pot);
    assert.equal((await goesTo(fresh, ZHEJIANG)).freight.amount.amount, 600);
  });

  test("a free delivery from a sum on says what is missing, and takes off the freight and no more", async () => {
    const rule = await offer({ steps: [{ from: cny(5000), off: cny(5000) }] });
    assert.equal(rule.text, "满 ¥50 运费减 ¥50");
    const buyer = shop.visitor();
    await buyer.puts(cup);
    let cart = await goesTo(buyer, SICHUAN);
    assert.equal(cart.hints.find((one) => one.name === rule.name).missing, 2000);
    cart = await buyer.puts(cup);
    assert.deepEqual([cart.freight.amount.amount, cart.freight.discount.amount, cart.total.amount], [1200, 1200, 6000]);
    inRegion(buyer, "四川省成都市");
    const order = await buyer.checksOut();
    assert.deepEqual([order.total.amount, order.freight.amount.amount, order.freight.total.amount], [6000, 1200, 0]);
    assert.equal((await staff.sees(order)).offers[0].amount.amount, 1200);
    await ends(rule);
  });

  test("a coupon on freight says why it does not count, goes with every offer, and is used up exactly", async () => {
    const coupon = await offer({ code: "BAOYOU", steps: [{ free: true }], uses_most: 1, regions: [{ code: SICHUAN }] });
    const sum = await offer({ kind: "sum", steps: [{ from: cny(6000), off: cny(1000) }] });
    assert.equal(coupon.text, "包邮（限四川）");
    const buyer = shop.visitor();
    const says = async () => expect(await buyer.client.api(`/cart?cart=${buyer.cart}`), 200).cart.coupon.problem;
    await buyer.puts(key);
    expect(await withCoupon(buyer, "BAOYOU"), 200);
    assert.equal(await says(), "no-freight");
    await buyer.puts(cup, 2);
    assert.equal(await says(), "no-region");
    await goesTo(buyer, ZHEJIANG);
    assert.equal(await says(), "other-region");
    const cart = await goesTo(buyer, SICHUAN);
    assert.equal(cart.coupon.applies, true);
    assert.deepEqual(cart.discounts.map(({ kind, amount }) => [kind, amount.amount]).sort(), [["shipping", 1200], ["sum", 1000]]);
    assert.equal(cart.total.amount, 7000 - 1000);
    const second = shop.visitor();
    await second.puts(cup);
    expect(await withCoupon(second, "BAOYOU"), 200);
    inRegion(buyer, "四川省成都市");
    inRegion(second, "四川省成都市");
    const [one, two] = await Promise.all([buyer.triesToCheckOut(), second.triesToCheckOut()]);
    const orders = [one, two].filter((answer) => answer.status < 300).map(({ body }) => body.order);
    assert.equal(orders.filter((order) => order.freight.discount.amount > 0).length, 1);
    await ends(sum);
    await ends(coupon);
  });

  test("an order that came to nothing gives the use of its free delivery back", async () => {
    const coupon = await offer({ code: "BAOYOU-2", steps: [{ free: true }], uses_most: 1 });
    const free = async () => {
      const buyer = shop.visitor();
      await buyer.puts(cup);
      expect(await withCoupon(buyer, "BAOYOU-2"), 200);
      return [buyer, await buyer.checksOut()];
    };
    const [buyer, order] = await free();
    assert.deepEqual([order.discount.amount, order.freight.discount.amount], [0, 600]);
    assert.equal((await staff.reads(`/admin/promotions/${coupon.id}`)).promotion.uses, 1);
    await buyer.cancels(order);
    assert.equal((await staff.reads(`/admin/promotions/${coupon.id}`)).promotion.uses, 0);
    const [next, second] = await free();
    await next.pays(second);
    await next.seesPaid(second);
    await staff.cancels(second);
    await until(async () => (await staff.reads(`/admin/promotions/${coupon.id}`)).promotion.uses === 0, "the use came back");
    await ends(coupon);
  });

  test("freight goes back last, to the account that it came from, and never more than was paid", async () => {
    const buyer = shop.visitor();
    inRegion(buyer, "四川省成都市");
    await buyer.puts(cup);
    const order = await buyer.checksOut();
    assert.equal(order.total.amount, 4000);
    await buyer.pays(order);
    await buyer.seesPaid(order);
    const form = await staff.client.open(`/admin/orders/${order.number}/refund`);
    assert.match(form.text, /商品 ¥30\.00、运费 ¥10\.00/);
    await staff.refunds(order, 3500);
    await staff.refunds(order, 500);
    await until(async () => (await buyer.sees(order)).refunded.amount === 4000, "all of it went back");
    const { entries } = await staff.reads("/admin/money/ledger");
    const book = entries.filter((one) => one.order === order.number).map(({ kind, debit, credit, amount }) => `${kind} ${debit} ${credit} ${amount.amount}`);
    for (const line of ["sale clearing sales 3000", "sale clearing freight 1000", "refund refunds refunds-payable 3000",
      "refund freight refunds-payable 500"])
      assert.ok(book.includes(line), `${line}: ${book.join("; ")}`);
    assert.equal(book.filter((line) => line === "refund freight refunds-payable 500").length, 2);
    const more = await staff.triesTo("refund", order, { amount: cny(1), reason: "破损" });
    assert.ok(more.status >= 400 && more.status < 500, `${more.status}`);
  });

  test("the books are right, and a freight that was tampered with is found", async () => {
    await server.adds_up();
    const buyer = shop.visitor();
    await buyer.puts(cup);
    const order = await buyer.checksOut();
    await server.tampers(`UPDATE orders SET freight = freight + 100, total = total + 100 WHERE number = '${order.number}'`);
    const said = await server.tries("check");
    assert.match(said.stdout + said.stderr, /price does not follow from its proof/);
    await server.tampers(`UPDATE orders SET freight = freight - 100, total = total - 100 WHERE number = '${order.number}'`);
  });
});
