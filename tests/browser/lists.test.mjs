// Lists in the browser: everything found by keyboard, columns and views kept, an order packed on a phone.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

describe("lists and search in the browser", () => {
  let server, shop, staff, browser;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function opens(width, height = 800) {
    const page = await openTab(browser, server, { width, height });
    await page.goto("/admin/login");
    await page.fill("#f-login", shop.account.login);
    await page.fill("#f-password", shop.account.password);
    await page.press("#f-password", "Enter");
    await page.waitForURL(/\/admin\/?$/);
    return page;
  }

  test("everything is found without a mouse", async () => {
    const kettle = await staff.creates({ title: "铸铁壶" });
    const page = await opens(1280);
    await page.goto("/admin/products");
    await page.keyboard.press("f");
    assert.ok(await page.evaluate(() => document.activeElement.matches("main [data-search]")), "f goes to the list's own field");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+k");
    await page.locator("#find").waitFor();
    await page.keyboard.type("铸铁");
    const option = page.locator("#find [role=option]", { hasText: "铸铁壶" });
    await option.waitFor();
    assert.equal(await page.getAttribute("#find-q", "aria-activedescendant"), await option.getAttribute("id"));
    await page.fill("#find-q", "sx");
    await page.locator("#find [role=option]").nth(1).waitFor();
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.locator("#find [role=option]").nth(1).getAttribute("aria-selected"), "true");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.equal(await page.locator("#find [role=option]").last().getAttribute("aria-selected"), "true");
    await page.fill("#find-q", "铸铁");
    await option.waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(`/admin/products/${kettle.id}`));
    await page.locator("h1").click();
    await page.keyboard.press("/");
    await page.fill("#find-q", "这里没有");
    await page.getByText("没有找到").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#find").waitFor({ state: "hidden" });
    await closeTab(page);
  });

  test("columns are chosen, a list is kept as a view and removed again", async () => {
    const page = await opens(1280);
    await page.goto("/admin/products?status=active");
    await page.getByText("显示列").click();
    await page.getByLabel("品牌").check();
    await page.getByRole("button", { name: "应用" }).click();
    await page.locator(".list-head .is-brand").waitFor();
    await page.locator(".list-head").getByRole("link", { name: "售价" }).click();
    await page.waitForURL(/sort=price-up/);
    await page.getByText("存为视图").click();
    await page.fill("#f-view-name", "便宜的");
    await page.getByRole("button", { name: "保存视图" }).click();
    await page.locator(".tabs [aria-current]", { hasText: "便宜的" }).waitFor();
    await page.getByText("管理视图").click();
    await page.getByRole("button", { name: "删除这个视图" }).click();
    await page.getByRole("button", { name: "撤销" }).click();
    await page.locator(".tabs a", { hasText: "便宜的" }).waitFor();
    await closeTab(page);
  });

  test("on a phone an order is tapped, ticked off, shipped, and the next one comes", async () => {
    const cup = await staff.creates({ title: "打包杯", price: 500, stock: 9 });
    const orders = [await shop.visitor().buys(cup), await shop.visitor().buys(cup)];
    const page = await opens(375, 720);
    await page.goto("/admin/orders?stage=to_ship&sort=waiting");
    await page.locator(".row-link").first().click();
    await page.waitForURL(new RegExp(`${orders[0].number}/pack`));
    await page.locator(".pack-ticks input").check();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing to scroll sideways");
    await page.selectOption("#f-carrier", "zto");
    await page.fill("#f-tracking_number", "ZTO1");
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(`${orders[1].number}/pack`));
    assert.equal(await page.inputValue("#f-carrier"), "zto", "the carrier used last");
    await page.fill("#f-tracking_number", "ZTO2");
    await page.getByRole("button", { name: "发货" }).click();
    await page.waitForURL(/stage=to_ship/);
    await page.locator(".empty").waitFor();
    await closeTab(page);
  });

  test("alarms are chosen and settled at once, and the lists fit a phone", async () => {
    const id = BigInt(Date.now() - 60000 - Date.UTC(2024, 0, 1)) << 22n;
    await server.tampers([1n, 2n, 3n].map((at) => `INSERT INTO alarms (shop_id, id, kind, subject, detail, at) SELECT shop_id, ${id + at}, 'codes-low', 'SKU-${at}', '', ${Date.now() - 60000} FROM shops WHERE handle = 'main'`).join("; "));
    const page = await opens(375);
    for (const path of ["/admin/alarms", "/admin/alarms?state=settled", "/admin/messages", "/admin/products/imports", "/admin/works", "/admin/trash", "/admin/products/acts"]) {
      await page.goto(path);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} fits`);
    }
    await page.goto("/admin/alarms?kind=codes-low");
    await page.locator(".list-chip", { hasText: "种类" }).waitFor();
    const button = page.getByRole("button", { name: "标为已处理" });
    assert.equal(await button.isVisible(), false, "acts show when something is chosen");
    await page.getByLabel("选择提醒 SKU-3").check();
    await page.getByLabel("选择提醒 SKU-2").check();
    await page.getByText("已选 2 条").waitFor();
    await button.click();
    await page.getByText("2 条提醒已标为处理完").waitFor();
    await page.locator("#alarm-" + (id + 1n)).waitFor();
    await page.getByRole("link", { name: "已处理", exact: true }).click();
    await page.getByRole("button", { name: "重新打开 SKU-3" }).click();
    await page.goto("/admin/alarms");
    await page.locator("#alarm-" + (id + 3n)).waitFor();
    await closeTab(page);
  });
});
