// Currencies: the shop's own with none, two or three decimals, and others that buyers see beside it.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formTo, plain } from "../lib/html.mjs";
import { expect, expectProblem, startServer, until } from "../lib/shop.mjs";

describe("currencies", () => {
  let server, shop, staff, mug;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    mug = await staff.creates({ title: "汇率杯", price: 10000, stock: 9 });
  });
  after(() => server?.stop());

  const shows = (currency, rate, rounding = "exact", who = staff) => who.does("/admin/settings/currencies", { currency, rate, rounding });
  const sees = async (client, path, words) => until(async () => {
    const { text } = await client.get(path, { headers: { accept: "text/html" } });
    return words.test(plain(text)) && text;
  }, `${path} says ${words}`);

  test("a rate is refused at its field, and what was typed stays", async () => {
    const page = await staff.client.open("/admin/settings/region");
    const again = await staff.client.submit(formTo(page, "/admin/settings/currencies"), { currency: "USD", rate: "7,2" });
    assert.equal(again.status, 422);
    assert.match(again.text, /value="7,2"/);
    assert.match(plain(again.text), /请填大于 0 的数字/);
    for (const [currency, rate] of [["CNY", "1"], ["XXX", "1"], ["USD", "0"], ["USD", "-7"], ["USD", "1e9"]]) expectProblem(await shows(currency, rate), 422, "invalid");
  });

  test("a buyer chooses one without JavaScript and sees it beside every price, and strangers do not", async () => {
    expect(await shows("USD", "7.2"), 200);
    expect(await shows("JPY", "0.048"), 200);
    expect(await shows("KWD", "23.5", "whole"), 200);
    const stranger = shop.client(), buyer = shop.client();
    const path = `/products/${mug.handle}`;
    await sees(stranger, path, /JPY KWD USD/);
    const chooses = async (currency) => {
      const page = await buyer.open(path);
      return buyer.submit(formTo(page, "/currency"), { currency });
    };
    await chooses("USD");
    await sees(buyer, path, /¥100 ?\.00 ≈ US\$13\.89/);
    await sees(buyer, "/products", /≈ US\$13\.89/);
    for (let i = 0; i < 3; i++) assert.doesNotMatch((await stranger.get(path, { headers: { accept: "text/html" } })).text, /≈/, "pages kept for all are without");
    const own = await buyer.get(path, { headers: { accept: "text/html" } });
    assert.match(own.headers["cache-control"], /private|no-store/);
    await chooses("JPY");
    await sees(buyer, path, /≈ JP¥2,083/);
    await chooses("KWD");
    await sees(buyer, path, /≈ KWD 4\.000/);
    const visitor = shop.visitor();
    visitor.client.cookies.set("yd_currency", "USD");
    await visitor.puts(mug, 2);
    await sees(visitor.client, "/cart", /¥200 ?\.00 ≈ US\$27\.78/);
    await sees(visitor.client, "/cart", /USD 只是参考价，付款以 CNY 结算/);
    await sees(visitor.client, "/checkout", /USD 只是参考价，付款以 CNY 结算/);
    const json = await visitor.client.api(`/products/${mug.handle}`);
    assert.deepEqual(json.body.product.variants[0].price, { amount: 10000, currency: "CNY" });
    await chooses("");
    assert.doesNotMatch((await buyer.get(path, { headers: { accept: "text/html" } })).text, /≈/);
    buyer.cookies.set("yd_currency", "EUR");
    assert.doesNotMatch((await buyer.get(path, { headers: { accept: "text/html" } })).text, /≈/, "a currency that the shop does not show is none");
  });

  test("choosing leads back into the shop only", async () => {
    const client = shop.client();
    for (const next of ["//evil.example/", "https://evil.example/", "/\\evil.example"]) {
      const answer = await client.send("POST", "/currency", { form: { currency: "USD", next }, headers: { accept: "text/html", origin: client.origin } });
      assert.equal(answer.status, 303);
      assert.equal(answer.headers.location, "/", next);
    }
  });

  test("one that is shown no more is gone from every page", async () => {
    expect(await staff.does("/admin/settings/currencies/remove", { currency: "USD" }), 200);
    expectProblem(await staff.does("/admin/settings/currencies/remove", { currency: "USD" }), 404, "not-found");
    await sees(shop.client(), `/products/${mug.handle}`, /JPY KWD(?! USD)/);
    const { entries } = await staff.reads("/admin/audit?kind=settings.changed");
    assert.equal(entries[0].before, "USD");
    assert.match(plain((await staff.client.open("/admin/audit")).text), /币种与时区/, "settings have words in the audit list");
  });

  for (const [currency, typed, minor, shown] of [["JPY", "1200", 1200, /JP¥1,200/], ["KWD", "1.234", 1234, /KWD 1 ?\.234/], ["KRW", "15000", 15000, /₩15,000/]])
    test(`a shop in ${currency} has its decimals in forms, pages and orders`, async () => {
      const other = await server.opens(currency.toLowerCase());
      const owner = await other.staff();
      expect(await owner.does("/admin/settings/region", { currency, locale: "zh-CN", zone: "UTC+08:00" }), 200);
      await until(async () => (await owner.reads("/admin/settings/region")).region.currency === currency, "the shop has the currency");
      const sku = `${currency}-1`;
      const thing = await owner.creates({ sku, variants: [{ options: "", sku, price: { amount: minor, currency }, is_active: true, stock: 3 }] });
      const editor = (await owner.client.open(`/admin/products/${thing.id}`)).text;
      assert.ok(editor.includes(`value="${typed}"`), `${typed} stands in the editor`);
      await sees(other.client(), `/products/${thing.handle}`, shown);
      const order = await other.visitor().buys(thing);
      const page = await owner.client.open(`/admin/orders/${order.number}`);
      assert.match(plain(page.text), shown);
      const refused = expectProblem(await owner.does("/admin/settings/region", { currency: "CNY", locale: "zh-CN", zone: "UTC+08:00" }), 422, "invalid");
      assert.equal(refused.errors[0].code, "currency-fixed");
    });
});
