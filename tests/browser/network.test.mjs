// Without network: pages that were seen stay readable, the cart is written down on two devices, and comes together.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

const lost = /ERR_INTERNET_DISCONNECTED|Failed to load resource|ERR_FAILED/;

describe("a bad network, in a browser", () => {
  let server, browser, tea, cup;
  before(async () => {
    server = await startServer();
    tea = await server.shop.product({ title: "断网也在的茶", price: 8800, stock: 20 });
    cup = await server.shop.product({ title: "没看过的杯", price: 1200, stock: 20 });
    browser = await openBrowser({ isWhole: true });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function opensPhone(options = {}) {
    const page = await openTab(browser, server, { width: 375, height: 812, ...options });
    await page.goto("/");
    await page.evaluate(() => navigator.serviceWorker.ready);
    return page;
  }
  const keeps = (page, path) => page.waitForFunction(async (url) => Boolean(await caches.match(new URL(url, location.href).href)), path);
  const ops = (page) => page.evaluate(() => JSON.parse(localStorage.getItem("cart-ops") || "[]").length);

  test("what was seen is read without network, and says so; the rest leads back", async () => {
    const page = await opensPhone();
    await page.goto(`/products/${tea.handle}`);
    await keeps(page, `/products/${tea.handle}`);
    await page.context().setOffline(true);
    await page.goto(`/products/${tea.handle}`);
    assert.equal((await page.locator("h1").textContent()).trim(), "断网也在的茶");
    assert.match(await page.locator("[data-network]").textContent(), /保存的页面/);
    await page.goto(`/products/${cup.handle}`);
    assert.equal((await page.locator("h1").textContent()).trim(), "没有网络");
    await page.locator("[data-kept-list] a", { hasText: "断网也在的茶" }).waitFor();
    await page.context().setOffline(false);
    await page.goto(`/products/${cup.handle}`);
    assert.equal((await page.locator("h1").textContent()).trim(), "没看过的杯");
    assert.equal(await page.locator("[data-network]").isVisible(), false);
    await closeTab(page, { expected: lost });
  });

  test("two devices change one cart without network, and agree afterwards", async () => {
    const phone = await opensPhone();
    await phone.goto(`/products/${tea.handle}`);
    await phone.locator("[data-in-place]").filter({ visible: true }).first().click();
    await phone.locator(".toast.is-on").waitFor();
    const token = (await phone.context().cookies()).find(({ name }) => name === "yd_cart");
    const pad = await openTab(browser, server, { width: 1440 });
    await pad.context().addCookies([token]);
    await pad.goto(`/products/${tea.handle}`);
    await pad.evaluate(() => navigator.serviceWorker.ready);
    await pad.goto("/cart");
    await keeps(pad, "/cart");
    await phone.goto(`/products/${tea.handle}`);
    await keeps(phone, `/products/${tea.handle}`);
    for (const one of [phone, pad]) await one.context().setOffline(true);
    await phone.goto(`/products/${tea.handle}`);
    await phone.locator("[data-in-place]").filter({ visible: true }).first().click();
    await phone.locator(".toast", { hasText: "已记下" }).waitFor();
    await pad.locator('[id^="more-"]').click();
    await pad.locator("[data-pending] li", { hasText: "断网也在的茶" }).waitFor();
    assert.deepEqual([await ops(phone), await ops(pad)], [1, 1]);
    for (const one of [pad, phone]) {
      await one.context().setOffline(false);
      await one.waitForFunction(() => JSON.parse(localStorage.getItem("cart-ops")).length === 0);
    }
    const seen = [];
    for (const one of [phone, pad]) {
      await one.goto("/cart");
      seen.push(await one.locator(".stepper output").textContent());
    }
    assert.equal(seen[0], seen[1]);
    assert.ok(Number(seen[0]) >= 2, seen[0]);
    for (const one of [phone, pad]) await closeTab(one, { expected: lost });
  });
});
