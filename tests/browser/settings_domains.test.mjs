// A merchant adds a domain, reads what to do, sees it proved, and removes it; and shows another currency.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer, until } from "../lib/shop.mjs";
import { startWorld } from "../lib/world.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

describe("domains and currencies in a browser", () => {
  let world, server, browser, page;
  before(async () => {
    world = await startWorld();
    server = await startServer({ args: [...world.args, "--platform-host", "shops.platform.example", "--platform-address", "203.0.113.7"] });
    browser = await openBrowser();
    page = await openTab(browser, server, { width: 375, height: 812 });
    await page.goto("/admin/login");
    await page.fill("#f-login", server.shop.account.login);
    await page.fill("#f-password", server.shop.account.password);
    await page.press("#f-password", "Enter");
    await page.waitForURL(/\/admin$/);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    world?.stop();
  });

  const isWide = (tab) => tab.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

  test("a domain is added, looked at, proved, removed and put back", async () => {
    await page.goto("/admin/settings/domains");
    await page.fill("#f-host", "茶铺.example");
    await page.locator('form[action="/admin/settings/domains"] .btn.is-main').click();
    const claim = page.locator(".domain-claim");
    await claim.getByText("未通过", { exact: true }).waitFor(); // the page comes by itself
    assert.match(await claim.textContent(), /shops\.platform\.example/);
    assert.equal(await isWide(page), false);
    await claim.locator(".more > summary").click();
    assert.match(await claim.locator(".record").last().textContent(), /_yundian\.xn--cl1av77a\.example/);
    world.leads("xn--cl1av77a.example", server.base);
    await claim.getByRole("button", { name: "立即检查" }).click();
    await page.getByText("已生效").waitFor();
    await page.locator(".domain-row .confirm > summary").first().click();
    await page.locator("dialog[open] .btn.is-danger").click();
    await page.getByRole("button", { name: "放回来" }).click();
    await page.getByText("已生效").waitFor();
  });

  test("another currency is shown beside the shop's", async () => {
    const staff = await server.shop.staff();
    const mug = await staff.creates({ title: "汇率杯", price: 10000 });
    await page.goto("/admin/settings/region");
    await page.locator('.more > summary:has-text("添加币种")').click();
    await page.selectOption("#f-shown-currency", "USD");
    await page.fill("#f-rate", "7.2");
    await page.locator('form[action="/admin/settings/currencies"] .btn.is-main').click();
    await page.locator(".shown-row").waitFor();
    assert.match(await page.locator(".shown-row").textContent(), /¥100\.00 ≈ USD 13\.89/);
    assert.equal(await isWide(page), false);
    const buyer = await openTab(browser, server, { width: 375, height: 812 });
    await until(async () => {
      await buyer.goto(`/products/${mug.handle}`);
      return await buyer.locator("#shown-currency").count();
    }, "the footer offers it");
    await buyer.selectOption("#shown-currency", "USD");
    await buyer.locator(".foot-currency .btn").click();
    await buyer.getByText("≈ US$13.89").first().waitFor();
    assert.equal(await isWide(buyer), false);
    await closeTab(buyer);
    await closeTab(page);
  });
});
