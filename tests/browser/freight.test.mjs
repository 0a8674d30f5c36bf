// An owner sets up what delivery costs on a phone; a buyer sees it in the cart, pays it and finds it in the order.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { buysCart, closeTab, openBrowser, openTab, press } from "./browser.mjs";

describe("freight in a browser", () => {
  let server, browser, session, cup;
  before(async () => {
    server = await startServer();
    const staff = await server.shop.staff();
    cup = await server.shop.product({ title: "青瓷杯", price: 3000, stock: 20 });
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  async function opens(options, cookies = session) {
    const page = await openTab(browser, server, options);
    await page.context().addCookies(cookies);
    return page;
  }
  const isWithin = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

  test("a template is made by clicking, refused where it contradicts itself, and kept as typed", async () => {
    const page = await opens({ width: 375, height: 812 });
    await page.goto("/admin/settings");
    await page.locator("a.setting", { hasText: "运费" }).click();
    await page.getByText("现在全部包邮").waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the empty list");
    await page.locator(".freight-way", { hasText: "按件数" }).click();
    await page.fill("#f-name", "全国快递");
    await page.fill("#f-rates-0-first_price", "10");
    await page.fill("#f-rates-0-next_price", "2");
    await page.locator(".freight-more > summary").click();
    const group = page.locator(".freight-more");
    for (const name of ["浙江", "江苏", "上海"]) await group.getByLabel(name, { exact: true }).check();
    await page.fill("#f-rates-1-first_price", "6");
    await page.fill("#f-rates-1-next_price", "1");
    await page.locator("#f-refused > summary").click();
    await page.locator("#f-refused").getByLabel("浙江", { exact: true }).check();
    assert.ok(await isWithin(page), "nothing sticks out of the form");
    await page.locator("#freight .btn.is-main").click();
    await page.getByText("每个地区只能选一次").first().waitFor();
    assert.equal(await page.inputValue("#f-rates-1-first_price"), "6");
    assert.equal(await page.locator("#f-rates-1-regions input:checked").count(), 3);
    assert.ok(await isWithin(page), "nothing sticks out of the refused form");
    const refused = page.locator("#f-refused").getByLabel("浙江", { exact: true });
    if (!(await refused.isVisible())) await page.locator("#f-refused > summary").click();
    await refused.uncheck();
    await page.locator("#f-refused").getByLabel("台湾", { exact: true }).check();
    await page.fill("#f-free_sum", "99");
    await page.locator("#freight .btn.is-main").click();
    await page.locator(".freight-card", { hasText: "上海、江苏、浙江" }).waitFor();
    await page.locator(".freight-card", { hasText: "满 ¥99 包邮" }).waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the list");
    await closeTab(page, { expected: /status of 422/ });
  });

  test("a buyer says where to, pays it, and finds it in the order, with and without JavaScript", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await opens({ width: 375, height: 812, javaScriptEnabled }, []);
      const buyer = server.shop.visitor();
      await buyer.puts(cup);
      await page.context().addCookies([{ name: "yd_cart", value: buyer.cart, url: server.base }]);
      await page.goto("/cart");
      await page.locator(".freight-row", { hasText: "按收货地计算" }).waitFor();
      await page.selectOption("#region-code", { label: "四川" });
      await press(page, "region");
      await page.locator(".freight-row", { hasText: "¥10.00" }).waitFor();
      assert.ok(await isWithin(page), "nothing sticks out of the cart");
      assert.match(await page.locator(".sum-total").first().textContent(), /40\.00/);
      await page.goto("/checkout");
      assert.equal(await page.inputValue('[name="address.region"]'), "四川");
      await buysCart(page);
      await page.locator(".freight-row", { hasText: "¥6.00" }).waitFor();
      assert.match(await page.locator(".sum-total").first().textContent(), /36\.00/);
      assert.ok(await isWithin(page), "nothing sticks out of the order");
      await closeTab(page);
    }
  });

  test("a product gets a template of its own", async () => {
    const page = await opens({ width: 375, height: 812 });
    await page.goto(`/admin/products/${cup.id}`);
    await page.locator(".actions a", { hasText: "运费" }).click();
    await page.getByLabel("全国快递").last().check();
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("已保存").first().waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the page");
    await page.reload();
    assert.ok(await page.getByLabel("全国快递").last().isChecked());
    await closeTab(page);
  });
});
