// An owner makes an offer on a phone, sees its sentence while typing, starts it and pauses it.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

describe("offers in a browser", () => {
  let server, browser, session;
  before(async () => {
    server = await startServer();
    const staff = await server.shop.staff();
    const tea = await server.shop.product({ title: "明前龙井", price: 25000, stock: 20 });
    await server.shop.visitor().buys(tea, 1);
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  async function opens(options) {
    const page = await openTab(browser, server, options);
    await page.context().addCookies(session);
    return page;
  }
  const isWithin = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

  test("made on a phone, started, and paused", async () => {
    const page = await opens({ width: 375, height: 812 });
    await page.goto("/admin/promotions");
    await page.getByText("还没有优惠活动").waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the empty list");
    await page.locator(".offer-kind", { hasText: "满减满折" }).click();
    await page.fill("#f-name", "秋茶满减");
    await page.fill("#f-steps-0-from", "200");
    await page.fill("#f-steps-0-off", "20");
    await page.locator("[data-offer-text]", { hasText: "满 ¥200 减 ¥20" }).waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the form");
    assert.equal(await page.locator("[data-offer-goods]").isVisible(), false);
    await page.locator("[data-offer-some]").check();
    await page.locator("[data-offer-goods]").waitFor();
    await page.locator("[name=scope][value=all]").check();
    await page.locator("[form=offer][name=trial]").click();
    await page.getByText("能享受的订单").waitFor();
    assert.equal(await page.inputValue("#f-name"), "秋茶满减");
    await page.locator("#offer .btn.is-main").click();
    await page.waitForURL(/\/admin\/promotions\/\d+/);
    assert.equal(await page.locator(".offer-sentence").textContent(), "满 ¥200 减 ¥20");
    await page.getByRole("button", { name: /^开始/ }).click();
    await page.locator(".page-head .chip", { hasText: "进行中" }).waitFor();
    await page.getByRole("button", { name: /^暂停/ }).click();
    await page.locator(".page-head .chip", { hasText: "已暂停" }).waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the page");
    await page.goto("/admin/promotions?phase=paused");
    await page.locator(".offer-text", { hasText: "满 ¥200 减 ¥20" }).waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the list");
    await closeTab(page);
  });

  test("ending asks first, and goes without JavaScript too", async () => {
    const page = await opens({ width: 1280, javaScriptEnabled: false });
    await page.goto("/admin/promotions");
    const row = page.locator(".offer-row").first();
    await row.locator("summary").click();
    await row.getByRole("button", { name: "结束活动" }).click();
    await page.locator(".page-head .chip", { hasText: "已结束" }).waitFor();
    await page.getByRole("button", { name: "复制一份" }).click();
    await page.waitForURL(/\/edit/);
    assert.equal(await page.inputValue("#f-name"), "秋茶满减 副本");
    await page.fill("#f-steps-0-off", "30");
    await page.getByRole("button", { name: "看看这句话" }).click();
    assert.equal(await page.locator(".offer-sentence").textContent(), "满 ¥200 减 ¥30");
    await closeTab(page);
  });
});
