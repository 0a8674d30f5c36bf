// Offers that count in some hours of the week, and for some provinces: from the form to the order, and on pages that were kept.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, formTo, startServer, unique, until } from "../lib/shop.mjs";

const DAY = 86400000;
const ZHEJIANG = 33, TIBET = 54;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/** A local time of a shop in Shanghai. */
const local = (at) => new Date(at + 8 * 3600000).toISOString().slice(0, 16);
/** The day of the week there in so many days. */
const day = (ahead = 0) => DAYS[(new Date(Date.now() + 8 * 3600000 + ahead * DAY).getUTCDay() + 6) % 7];
/** All days but two from today on: never open now, whatever the hour. */
const OTHER_DAYS = { [day(3)]: true, [day(4)]: true, opens: "10:00", closes: "14:00" };
const EVERY_HOUR = { ...Object.fromEntries(DAYS.map((one) => [one, true])), opens: "00:00", closes: "00:00" };

describe("offers with hours and provinces", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const wish = (more) => ({ kind: "sum", name: unique("会员日"), starts_at: local(Date.now() - DAY), ends_at: local(Date.now() + 30 * DAY), scope: "all", steps: [{ from: cny(10000), off: cny(1000) }], ...more });
  const tries = (more) => staff.does("/admin/promotions", wish(more));
  async function runs(more) {
    const { promotion } = expect(await tries(more), 201);
    expect(await staff.does(`/admin/promotions/${promotion.id}/status`, { status: "active" }), 200);
    return promotion;
  }
  const ends = async (promotion) => expect(await staff.does(`/admin/promotions/${promotion.id}/status`, { status: "ended" }), 200);
  const only = (product) => ({ scope: "some", goods: product.sku });
  const ware = (price = 10000) => shop.product({ sku: unique("W"), price, stock: 50 });
  const said = async (product) => expect(await shop.client().api(`/products/${product.handle}`), 200);
  const cartOf = async (buyer) => expect(await buyer.client.api(`/cart?cart=${buyer.cart}`), 200).cart;
  const goesTo = async (buyer, region) => expect(await buyer.client.post("/cart/region", { cart: buyer.cart, region }), 200).cart;

  test("the sentence says when and where, in both languages", async () => {
    const texts = [
      [{ wed: true, sat: true, opens: "10:00", closes: "14:00" }, "满 ¥100 减 ¥10（限每周三、周六 10:00–14:00）"],
      [{ mon: true, tue: true, wed: true, thu: true, fri: true, opens: "9:30", closes: "18:00" }, "满 ¥100 减 ¥10（限每周一至周五 09:30–18:00）"],
      [{ sun: true, opens: "20:00", closes: "02:00" }, "满 ¥100 减 ¥10（限每周日 20:00–次日 02:00）"],
      [{ sat: true, sun: true, opens: "00:00", closes: "00:00" }, "满 ¥100 减 ¥10（限每周六、周日）"],
      [EVERY_HOUR, "满 ¥100 减 ¥10（限每天）"],
    ];
    for (const [window, text] of texts) assert.equal(expect(await tries({ windows: [window] }), 201).promotion.text, text);
    const { promotion } = expect(await tries({ windows: [texts[0][0], texts[2][0]], regions: [{ code: ZHEJIANG }, { code: TIBET }], reach: "some" }), 201);
    assert.equal(promotion.text, "满 ¥100 减 ¥10（限浙江、西藏）（限每周三、周六 10:00–14:00、每周日 20:00–次日 02:00）");
    assert.deepEqual(promotion.windows, [{ days: [3, 6], from: 600, until: 840 }, { days: [7], from: 1200, until: 120 }]);
    const english = await staff.client.send("GET", `/en/admin/promotions/${promotion.id}`, { headers: { accept: "text/html" } });
    assert.match(english.text, /Wed, Sat 10:00–14:00, Sun 20:00–the next day 02:00 only/);
  });

  const refusals = [
    ["hours without a day", { windows: [{ opens: "10:00", closes: "14:00" }] }, "windows.0.on", "no-day"],
    ["a day without hours", { windows: [{ mon: true }] }, "windows.0.opens", "bad-hour"],
    ["a time that is none", { windows: [{}, { mon: true, opens: "10:00", closes: "25:00" }] }, "windows.1.closes", "bad-hour"],
    ["hours that never come while it runs", { windows: [OTHER_DAYS], ends_at: local(Date.now() + DAY) }, "windows.0.on", "never-open"],
    ["some provinces, but none", { reach: "some" }, "regions", "regions-required"],
  ];
  for (const [what, more, field, code] of refusals)
    test(`refuses ${what}, at its field`, async () => {
      const { status, body } = await tries(more);
      assert.equal(status, 422, JSON.stringify(body));
      assert.ok(body.errors.some((one) => one.field === field && one.code === code), JSON.stringify(body.errors));
    });

  test("the form keeps what was typed, shows what was saved, and forgets provinces when all are chosen", async () => {
    const form = formTo(await staff.client.open("/admin/promotions/new?kind=sum"), "/admin/promotions");
    const typed = { name: "周末券", starts_at: local(Date.now() - DAY), ends_at: local(Date.now() + 30 * DAY), "steps.0.from": "100", "steps.0.off": "10", scope: "all" };
    const refused = await staff.client.submit(form, { ...typed, "windows.0.sat": "1", "windows.0.opens": "10:00", "windows.0.closes": "", reach: "some" });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /id="f-windows-0-closes"[^>]*aria-invalid="true"/);
    assert.match(refused.text, /name="windows\.0\.sat" value="1" checked/);
    assert.match(refused.text, /id="f-regions"[^]*请勾选至少一个地区/);
    const saved = await staff.client.submit(formTo(refused, "/admin/promotions"), { "windows.0.closes": "12:00", "regions.10.code": String(ZHEJIANG), reach: "all" });
    assert.equal(saved.status, 200, saved.text.slice(0, 400));
    assert.match(saved.text, /满 ¥100 减 ¥10（限每周六 10:00–12:00）/);
    const id = saved.text.match(/\/admin\/promotions\/(\d+)\/edit/)[1];
    const edit = await staff.client.get(`/admin/promotions/${id}/edit`);
    assert.match(edit.text, /id="f-windows-0-opens"[^>]*value="10:00"/);
    assert.match(edit.text, /name="reach" value="all" checked/);
  });

  test("out of its hours a page tells of it and takes nothing off; kept pages change when it opens and when it closes", async () => {
    const tea = await ware();
    const offer = await runs({ kind: "sale", steps: [{ percent: 1000 }], windows: [OTHER_DAYS], ...only(tea) });
    const page = async () => (await shop.client().get(`/products/${tea.handle}`)).text;
    const { product, selected } = await said(tea);
    assert.equal(selected.sale, null);
    assert.deepEqual(product.offers.map(({ name, is_open }) => [name, is_open]), [[offer.name, false]]);
    assert.match(await page(), /class="is-closed"[^]*限时 9 折（限每[^]*现在不在活动时段/);
    const buyer = shop.visitor();
    assert.deepEqual((await buyer.puts(tea)).total, cny(10000));
    // Time moves: the hours of the offer are turned so that an edge is now.
    const turns = (from, to) => server.tampers(`UPDATE promotions SET terms = replace(terms, '${from}', '${to}') WHERE id = ${offer.id};
      UPDATE jobs SET due_at = ${Date.now() - 1} WHERE kind = 'promotion.turn' AND subject_id = ${offer.id}`);
    const bits = (1 << DAYS.indexOf(day(3))) | (1 << DAYS.indexOf(day(4)));
    const closed = `"days":${bits},"from":600,"until":840`, open = `"days":127,"from":0,"until":0`;
    await turns(closed, open);
    await until(async () => /"price":"90\.00"/.test(await page()), "the page shows the sale");
    assert.doesNotMatch(await page(), /is-closed/);
    assert.deepEqual((await cartOf(buyer)).total, cny(9000));
    const order = await buyer.checksOut();
    assert.deepEqual(order.total, cny(9000));
    await turns(open, closed);
    await until(async () => /"price":"100\.00"/.test(await page()), "the page shows the price again");
    await buyer.pays(order);
    assert.deepEqual((await buyer.seesPaid(order)).total, cny(9000));
    const { proof } = await staff.reads(`/admin/orders/${order.number}/price-proof`);
    assert.equal(proof.replay.is_same, true);
    await ends(offer);
    await server.adds_up();
  });

  test("an offer for a province is a word in the cart until it is known where the goods go", async () => {
    const tea = await ware();
    const offer = await runs({ regions: [{ code: ZHEJIANG }], ...only(tea) });
    const buyer = shop.visitor();
    const cart = await buyer.puts(tea);
    assert.deepEqual(cart.total, cny(10000));
    assert.deepEqual(cart.hints, [{ name: offer.name, text: "选好收货地后计算：满 ¥100 减 ¥10（限浙江）", missing: 0 }]);
    const page = await buyer.client.get(`/cart?cart=${buyer.cart}`);
    assert.match(page.text, /选好收货地后计算：满 ¥100 减 ¥10（限浙江）/);
    assert.match(page.text, /<select id="region-code"/, "where it goes can be chosen, though carrying costs nothing here");
    assert.deepEqual((await goesTo(buyer, TIBET)).total, cny(10000));
    assert.deepEqual((await goesTo(buyer, TIBET)).hints, []);
    assert.deepEqual((await goesTo(buyer, ZHEJIANG)).total, cny(9000));
    assert.equal((await cartOf(buyer)).freight.region, ZHEJIANG);
    const order = await buyer.checksOut();
    assert.deepEqual(order.total, cny(9000));
    const far = shop.visitor();
    far.address = { ...far.address, region: "西藏自治区 拉萨市" };
    await far.puts(tea);
    await goesTo(far, ZHEJIANG);
    assert.deepEqual((await far.checksOut()).total, cny(10000), "what the cart said gives way to the address");
    await ends(offer);
    await server.adds_up();
  });

  test("a try on past orders counts those of its hours and provinces alone", async () => {
    const tea = await ware();
    for (const region of ["浙江省 杭州市", "西藏自治区 拉萨市"]) {
      const buyer = shop.visitor();
      buyer.address = { ...buyer.address, region };
      await buyer.puts(tea);
      const order = await buyer.checksOut();
      await buyer.pays(order);
      await buyer.seesPaid(order);
    }
    const reached = async (more) => expect(await staff.does("/admin/promotions/preview", wish({ ...only(tea), ...more, trial: true })), 200).trial.reached;
    assert.equal(await reached({}), 2);
    assert.equal(await reached({ regions: [{ code: ZHEJIANG }] }), 1);
    assert.equal(await reached({ windows: [EVERY_HOUR] }), 2);
    assert.equal(await reached({ windows: [OTHER_DAYS] }), 0);
  });
});
