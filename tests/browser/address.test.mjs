// An address in one piece fills the checkout, with JavaScript and without.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab, visible } from "./browser.mjs";

const WHOLE = "收货人：李小明，138-1234-5678\n浙江杭州西湖区文三路 100 号 2 单元";

describe("a pasted address", () => {
  let server, browser, buyer;
  before(async () => {
    server = await startServer();
    const tea = await server.shop.product({ title: "寄出的茶", price: 8800, stock: 20 });
    buyer = server.shop.visitor();
    await buyer.puts(tea);
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function opensCheckout(options) {
    const page = await openTab(browser, server, { width: 375, height: 812, ...options });
    await page.context().addCookies([{ name: "yd_cart", value: buyer.cart, url: server.base }]);
    await page.goto("/checkout");
    await page.locator(".paste summary").click();
    await page.fill("[data-paste]", WHOLE);
    return page;
  }
  const reads = async (page) => Promise.all(["name", "phone", "region", "line"].map((name) => page.inputValue(`[name="address.${name}"]`)));
  const wanted = ["李小明", "13812345678", "浙江省 杭州市 西湖区", "文三路 100 号 2 单元"];

  test("fills the fields in place, and is not sent on", async () => {
    const page = await opensCheckout();
    await visible(page, "[data-paste-go]").click();
    await page.locator("[data-paste-said]", { hasText: "已填好" }).waitFor();
    assert.deepEqual(await reads(page), wanted);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.fill("[data-paste]", "没有地址的一句话");
    await visible(page, "[data-paste-go]").click();
    await page.locator("[data-paste-said]", { hasText: "没认出省市区" }).waitFor();
    await closeTab(page);
  });

  test("fills them without JavaScript too, and loses nothing that was typed", async () => {
    const page = await opensCheckout({ javaScriptEnabled: false });
    await page.fill('[name="contact.email"]', "li@example.com");
    await visible(page, "[data-paste-go]").click();
    await page.locator("[data-paste-said]", { hasText: "已填好" }).waitFor();
    assert.deepEqual(await reads(page), wanted);
    assert.equal(await page.inputValue('[name="contact.email"]'), "li@example.com");
    await closeTab(page);
  });

  test("is taken apart for programs; too long or empty is refused with its field", async () => {
    const client = server.shop.client();
    const { body } = await client.post("/addresses/parse", { text: WHOLE });
    assert.deepEqual(Object.values(body.address), wanted);
    for (const text of ["", "长".repeat(501)]) {
      const refused = await client.post("/addresses/parse", { text });
      assert.equal(refused.status, 422);
      assert.equal(refused.body.errors[0].field, "text");
    }
  });
});
