// An owner sets up a flash sale by clicking; a buyer on a phone sees it come, run and end, and buys.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer, until } from "../lib/shop.mjs";
import { buysCart, closeTab, openBrowser, openTab } from "./browser.mjs";

const local = (at) => new Date(at + 8 * 3600_000).toISOString().slice(0, 16);

describe("flash sales in a browser", () => {
  let server, browser, session, tea, cup;
  before(async () => {
    server = await startServer();
    const staff = await server.shop.staff();
    tea = await server.shop.product({ title: "明前龙井", price: 25000, stock: 20 });
    cup = await server.shop.product({ title: "青瓷茶杯", price: 6800, stock: 20 });
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  async function opens(options, isStaff = false) {
    const page = await openTab(browser, server, options);
    if (isStaff) await page.context().addCookies(session);
    return page;
  }
  const isWithin = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  const shoot = (page, name) => page.screenshot({ path: `build/screenshots/flash-${name}.png`, fullPage: true });

  test("set up on a phone by clicking, refused at the field, and started", async () => {
    const page = await opens({ width: 375, height: 812 }, true);
    await page.goto("/admin/promotions");
    await page.getByRole("link", { name: "限时秒杀" }).first().click();
    await page.getByText("还没有秒杀").waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the empty list");
    await shoot(page, "empty-375");
    await page.getByRole("link", { name: "新建秒杀" }).click();
    await page.fill("#f-name", "晚八点秒杀");
    await page.fill("#f-starts_at", local(Date.now() - 60_000));
    await page.fill("#f-ends_at", local(Date.now() + 2 * 3600_000));
    await page.fill("#f-goods", `${tea.handle}\n${cup.sku}`);
    await page.getByRole("button", { name: "列出规格" }).click();
    await page.locator(".flash-goods", { hasText: "青瓷茶杯" }).waitFor();
    assert.equal(await page.inputValue("#f-name"), "晚八点秒杀", "what was typed stays");
    assert.ok(await isWithin(page), "nothing sticks out of the form");
    const row = (title) => page.locator(".flash-entry", { hasText: title });
    for (const [title, price, stock, person] of [["明前龙井", "300", "3", "1"], ["青瓷茶杯", "9.9", "1", ""]]) {
      await row(title).locator("[name$='.price']").fill(price);
      await row(title).locator("[name$='.stock']").fill(stock);
      await row(title).locator("[name$='.person_most']").fill(person);
    }
    await page.getByRole("button", { name: "存为草稿" }).click();
    await row("明前龙井").getByText("秒杀价要低于原价").waitFor();
    await shoot(page, "refused-375");
    await row("明前龙井").locator("[name$='.price']").fill("99");
    await page.getByRole("button", { name: "存为草稿" }).click();
    await page.waitForURL(/\/admin\/flash\/\d+/);
    await shoot(page, "draft-375");
    await page.getByRole("button", { name: /^开始/ }).click();
    await page.locator(".page-head .chip", { hasText: "进行中" }).waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the page");
    await closeTab(page, { expected: /422/ });
  });

  test("home and product page count down; a buyer gets the price, and the last piece goes", async () => {
    await until(async () => (await server.shop.client().get("/")).text.includes("限时秒杀"), "home knows the sale");
    const page = await opens({ width: 375, height: 812 });
    await page.goto("/");
    await page.locator(".flash-home .flash-clock", { hasText: /距结束 \d\d:\d\d:\d\d/ }).waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of home");
    await shoot(page, "home-375");
    await page.locator(".flash-home .card", { hasText: "青瓷茶杯" }).locator("a").first().click();
    await page.locator(".flash.is-running", { hasText: "已抢 0%" }).waitFor();
    await page.locator(".buy-price .price", { hasText: "9" }).first().waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the product page");
    await shoot(page, "product-375");
    await page.locator("[name=next][value=checkout]").click();
    await page.waitForURL(/\/checkout/);
    await buysCart(page);
    await page.getByText("9.90").first().waitFor();
    await closeTab(page);
    const late = await opens({ width: 1440, height: 900, javaScriptEnabled: false });
    await until(async () => {
      await late.goto(`/products/${cup.handle}`);
      return (await late.locator(".flash.is-sold-out").count()) > 0;
    }, "the page says that all are taken");
    assert.ok(await late.getByRole("button", { name: "已抢光" }).isDisabled());
    await shoot(late, "sold-out-1440");
    await late.goto("/");
    await late.locator(".flash-home", { hasText: "已抢光" }).waitFor();
    await shoot(late, "home-1440");
    await late.goto(`/products/${tea.handle}`);
    await shoot(late, "running-1440");
    await closeTab(late);
  });

  test("the figures are there, and ending asks first", async () => {
    const page = await opens({ width: 1440, height: 900 }, true);
    await page.goto("/admin/flash");
    await page.locator(".flash-row", { hasText: "1 / 4" }).waitFor();
    await shoot(page, "list-1440");
    await page.getByRole("link", { name: "晚八点秒杀" }).click();
    await page.locator("td", { hasText: "1 / 1" }).waitFor();
    await shoot(page, "page-1440");
    await page.getByRole("link", { name: "修改" }).click();
    await page.locator(".flash-entry").nth(1).waitFor();
    await shoot(page, "edit-1440");
    await page.goBack();
    await page.locator(".page-head summary").click();
    await page.getByRole("button", { name: "结束秒杀" }).click();
    await page.locator(".page-head .chip", { hasText: "已结束" }).waitFor();
    await closeTab(page);
  });
});
