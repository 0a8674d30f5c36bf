// An owner sets up each offer that gives goods by clicking; a buyer sees them and buys: bundle, gift, add-on, voucher.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { buysCart, closeTab, fillCheckout, openBrowser, openTab, press } from "./browser.mjs";

describe("offers that give goods, in a browser", () => {
  let server, browser, session, cup, tea, tote;
  before(async () => {
    server = await startServer();
    const staff = await server.shop.staff();
    cup = await server.shop.product({ title: "青瓷杯", sku: "CUP-1", price: 5900, stock: 50 });
    tea = await server.shop.product({ title: "高山茶", sku: "TEA-1", price: 12800, stock: 50 });
    tote = await server.shop.product({ title: "帆布袋", sku: "TOTE-1", price: 7900, stock: 2 });
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  const isWithin = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

  /** Fills the form of a kind, sees its sentence, saves and starts it: its page. */
  async function makes(page, kind, typed, sentence) {
    await page.goto("/admin/promotions/new");
    await page.locator(".offer-kind", { hasText: kind }).click();
    for (const [field, value] of Object.entries(typed)) {
      if (value === true) await page.locator(field).check();
      else await page.fill(field, value);
    }
    await page.locator("[data-offer-text]", { hasText: sentence }).waitFor();
    assert.ok(await isWithin(page), `nothing sticks out of the form of ${kind}`);
    await page.locator("#offer .btn.is-main").click();
    await page.waitForURL(/\/admin\/promotions\/\d+/);
    assert.equal(await page.locator(".offer-sentence").textContent(), sentence);
    await page.getByRole("button", { name: /^开始/ }).click();
    await page.locator(".page-head .chip", { hasText: "进行中" }).waitFor();
  }

  test("each is made by clicking, on a phone and at a desk", async () => {
    for (const size of [{ width: 375, height: 812 }, { width: 1440, height: 900 }]) {
      const page = await openTab(browser, server, size);
      await page.context().addCookies(session);
      if (size.width === 375) {
        await makes(page, "组合套餐", { "#f-name": "一人茶时", "#f-given-0-sku": "CUP-1", "#f-given-0-pieces": "2", "#f-given-1-sku": "TEA-1", "#f-steps-0-price": "168" }, "青瓷杯 ×2 + 高山茶 一起买 ¥168");
        await makes(page, "买赠", { "#f-name": "满百送袋", "#f-given-0-sku": "TOTE-1", "#f-steps-0-from": "100", "#f-steps-0-gives": "1" }, "满 ¥100 送 帆布袋 1 件");
      } else {
        await makes(page, "加价购", { "#f-name": "加价换杯", "[name=by][value=pieces]": true, "#f-given-0-sku": "CUP-1", "#f-given-0-price": "9.9", "#f-steps-0-pieces": "3", "[name=beside_goods]": true }, "满 3 件可换购 青瓷杯 ¥9.90");
        await makes(page, "兑换券", { "#f-name": "兑一只杯", "#f-given-0-sku": "CUP-1", "#f-code": "CUP-FREE" }, "凭码兑换 青瓷杯");
      }
      await closeTab(page);
    }
  });

  test("a form that cannot be saved keeps what was typed and says where", async () => {
    const page = await openTab(browser, server, { width: 375, height: 812 });
    await page.context().addCookies(session);
    await page.goto("/admin/promotions/new?kind=bundle");
    await page.fill("#f-name", "错的套餐");
    await page.fill("#f-given-0-sku", "NO-SUCH");
    await page.locator("#offer .btn.is-main").click();
    await page.locator("#f-given-0-sku-d", { hasText: "没有这个 SKU" }).waitFor();
    assert.equal(await page.inputValue("#f-given-0-sku"), "NO-SUCH");
    assert.ok(await isWithin(page));
    await closeTab(page, { expected: /422/ });
  });

  test("a bundle is bought with one press, its gift goes along, and the order says so", async () => {
    const page = await openTab(browser, server, { width: 375, height: 812 });
    await page.goto(`/products/${tea.handle}`);
    await page.locator(".bundle", { hasText: "立省 ¥78.00" }).waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the product page");
    await page.getByRole("button", { name: "整套加入购物车" }).click();
    await page.waitForURL(/\/cart/);
    await page.locator(".gifts", { hasText: "帆布袋" }).waitFor();
    await page.locator(".saving", { hasText: "一人茶时" }).waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the cart");
    await buysCart(page);
    await page.locator(".lines", { hasText: "赠品" }).waitFor();
    await page.getByText("原价 ¥79.00").waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the order");
    await closeTab(page);
  });

  test("a set is put together at its stock: what is wrong is said at its row, what can be made is shown", async () => {
    const set = await server.shop.product({ title: "茶席套装", sku: "SET-1", price: 19900, stock: 0 });
    const path = `/admin/variants/${set.variant_id}/stock`;
    const page = await openTab(browser, server, { width: 375, height: 812 });
    await page.context().addCookies(session);
    await page.goto(path);
    await page.locator("#parts summary").first().click();
    await page.fill("#f-parts-0-sku", "CUP-1");
    await page.fill("#f-parts-0-pieces", "2");
    await page.fill("#f-parts-1-sku", "SET-1");
    await page.locator("#parts .btn.is-main").click();
    await page.locator("#f-parts-1-sku-d", { hasText: "不能包含它自己" }).waitFor();
    assert.equal(await page.inputValue("#f-parts-0-pieces"), "2", "what was typed stays");
    await page.fill("#f-parts-1-sku", "TEA-1");
    await page.locator("#parts .btn.is-main").click();
    await page.locator(".part-lines", { hasText: "高山茶" }).waitFor();
    assert.equal(await page.locator("#act").count(), 0, "no stock of its own to change");
    for (const width of [375, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.ok(await isWithin(page), `nothing sticks out at ${width}`);
    }
    await page.goto("/products/" + set.handle);
    await page.getByText("茶席套装").first().waitFor();
    await closeTab(page, { expected: /422/ });
  });

  test("a gift that goes while the buyer looks is shown as gone before the order is placed", async () => {
    const page = await openTab(browser, server, { width: 1440, height: 900 });
    await page.goto(`/products/${tea.handle}`);
    await page.locator("[data-add] .btn-ink").click();
    await page.locator(".toast, [data-badge]:not([hidden])").first().waitFor();
    await page.goto("/checkout");
    await fillCheckout(page);
    await press(page, "checkout");
    await page.waitForURL(/\/checkout\/review/);
    await page.locator(".gifts", { hasText: "帆布袋" }).waitFor();
    for (let left = (await server.shop.stock(tote)).available; left > 0; left--) await server.shop.visitor().orders(tote);
    await press(page, "place");
    await page.getByText("赠品已送完").first().waitFor();
    await press(page, "place");
    await page.waitForURL(/\/orders\/[^/]+\/pay/);
    await closeTab(page, { expected: /409/ });
  });
});
