// An owner sets up a presale by clicking; a buyer pays the deposit on a phone, agrees to it, and later the balance.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer, until } from "../lib/shop.mjs";
import { closeTab, fillCheckout, openBrowser, openTab, orderOf, press, visible } from "./browser.mjs";

const DAY = 24 * 3600_000;
const local = (at) => new Date(at + 8 * 3600_000).toISOString().slice(0, 16);

describe("presales in a browser", () => {
  let server, browser, session, tea, cup, order;
  before(async () => {
    server = await startServer();
    const staff = await server.shop.staff();
    tea = await server.shop.product({ title: "武夷山秋茶礼盒", price: 29800, stock: 60 });
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
  async function shoot(page, name) {
    assert.ok(await isWithin(page), `nothing sticks out of ${name}`);
    await page.screenshot({ path: `build/screenshots/presale-${name}.png`, fullPage: true });
  }
  const phone = { width: 375, height: 812 }, desk = { width: 1440, height: 900 };

  test("set up on a phone by clicking, refused at the field with its reason, and started", async () => {
    const page = await opens(phone, true);
    await page.goto("/admin/promotions");
    await page.getByRole("link", { name: "预售" }).first().click();
    await page.getByText("还没有预售").waitFor();
    await shoot(page, "empty-375");
    await page.getByRole("link", { name: "新建预售" }).click();
    await page.fill("#f-name", "秋茶预售");
    await page.fill("#f-starts_at", local(Date.now() - 60_000));
    await page.fill("#f-goods", tea.handle);
    await page.getByRole("button", { name: "列出规格" }).click();
    const row = page.locator(".flash-entry", { hasText: "武夷山秋茶礼盒" });
    await row.waitFor();
    assert.equal(await page.inputValue("#f-name"), "秋茶预售", "what was typed stays");
    for (const [name, value] of [["price", "268"], ["deposit", "60"], ["worth", "60"], ["stock", "50"], ["person_most", "2"]]) await row.locator(`[name$='.${name}']`).fill(value);
    await page.getByRole("button", { name: "存为草稿" }).click();
    await row.getByText(/民法典/).waitFor();
    await shoot(page, "refused-375");
    await row.locator("[name$='.deposit']").fill("30");
    await page.getByRole("button", { name: "存为草稿" }).click();
    await page.waitForURL(/\/admin\/presales\/\d+/);
    await shoot(page, "draft-375");
    await page.getByRole("button", { name: /^开始/ }).click();
    await page.locator(".page-head .chip", { hasText: "进行中" }).waitFor();
    await page.goto("/admin/presales/new");
    await page.getByLabel("全款预售").check();
    assert.equal(await page.locator("#f-balance_from").isVisible(), false, "paid whole has no balance");
    await page.fill("#f-name", "茶杯预售");
    await page.fill("#f-starts_at", local(Date.now() - 60_000));
    await page.fill("#f-goods", cup.sku);
    await page.getByRole("button", { name: "列出规格" }).click();
    await page.locator(".flash-entry [name$='.stock']").fill("5");
    await shoot(page, "whole-375");
    await page.getByRole("button", { name: "存为草稿" }).click();
    await page.getByRole("button", { name: /^开始/ }).click();
    await page.locator(".page-head .chip", { hasText: "进行中" }).waitFor();
    await closeTab(page, { expected: /422/ });
  });

  test("a buyer sees what is paid when, agrees to the deposit, and pays it", async () => {
    await until(async () => (await server.shop.client().get(`/products/${tea.handle}`)).text.includes("秋茶预售"), "the page knows the presale");
    const page = await opens(phone);
    await page.goto(`/products/${tea.handle}`);
    await page.locator(".presale", { hasText: "付 ¥30.00 抵 ¥60.00" }).waitFor();
    await shoot(page, "product-375");
    await page.getByRole("button", { name: /付定金/ }).click();
    await page.waitForURL(/\/checkout/);
    await shoot(page, "checkout-375");
    await page.goto("/cart");
    await shoot(page, "cart-375");
    await page.goto("/checkout");
    await fillCheckout(page);
    await press(page, "checkout");
    await page.waitForURL(/\/checkout\/review/);
    assert.equal(await page.isChecked("#accepts_deposit"), false, "nobody agreed yet");
    await shoot(page, "review-375");
    await page.evaluate(() => document.querySelector("#accepts_deposit").removeAttribute("required"));
    await press(page, "place");
    await page.getByText("请先勾选").waitFor();
    await page.check("#accepts_deposit");
    await press(page, "place");
    await page.waitForURL(/\/orders\/[^/]+\/pay\?token=/);
    await page.getByText("应付定金").first().waitFor();
    await shoot(page, "cashier-375");
    await page.check('input[name="method"][value="sandbox"]', { force: true });
    await visible(page, 'form[action$="/pay"] button, .paybar button').click();
    await page.waitForURL(/\/sandbox\/pay\//);
    await page.click('button[name="outcome"][value="paid"]');
    await page.waitForURL(/\/orders\/[^/?]+\?token=/);
    order = orderOf(page);
    await page.getByRole("heading", { name: "定金已付，等待尾款" }).waitFor();
    await shoot(page, "deposit-paid-375");
    await page.goto(`/orders/${order.number}/pay?token=${order.token}`);
    await page.getByText(/起才能付尾款/).waitFor();
    await shoot(page, "too-early-375");
    await closeTab(page, { expected: /422/ });
  });

  test("the balance, the promised day, and what staff see", async () => {
    const desktop = await opens(desk, true);
    await desktop.goto(`/admin/orders/${order.number}`);
    await desktop.getByText(/定金已付，/).first().waitFor();
    await shoot(desktop, "order-1440");
    await server.tampers(`UPDATE orders SET balance_from = 1, closes_at = balance_until WHERE number = '${order.number}'`);
    const page = await opens(desk);
    await page.goto(`/products/${tea.handle}`);
    await shoot(page, "product-1440");
    await page.goto(`/products/${cup.handle}`);
    await page.getByText(/一次付清，最晚/).waitFor();
    await shoot(page, "whole-product-1440");
    await page.goto(`/orders/${order.number}?token=${order.token}`);
    await page.getByRole("link", { name: /应付尾款/ }).click();
    await shoot(page, "balance-1440");
    await page.check('input[name="method"][value="sandbox"]', { force: true });
    await visible(page, 'form[action$="/pay"] button, .paybar button').click();
    await page.waitForURL(/\/sandbox\/pay\//);
    await page.click('button[name="outcome"][value="paid"]');
    await page.waitForURL(/\/orders\/[^/?]+\?token=/);
    await page.getByText(/最晚 \d{4}-\d\d-\d\d 发货/).first().waitFor();
    await shoot(page, "paid-1440");
    await desktop.goto("/admin/orders?stage=to_ship");
    await desktop.getByText(/另有 1 笔预售订单/).waitFor();
    await shoot(desktop, "orders-1440");
    await desktop.goto("/admin/orders");
    await desktop.locator(".chip", { hasText: /预售 .* 前发/ }).first().waitFor();
    await desktop.setViewportSize(phone);
    await shoot(desktop, "orders-375");
    await desktop.goto(`/admin/orders/${order.number}/pack`);
    await shoot(desktop, "pack-375");
    await desktop.setViewportSize(desk);
    await desktop.goto("/admin/presales");
    await desktop.locator(".flash-row", { hasText: "1 / 50" }).waitFor();
    await shoot(desktop, "list-1440");
    await desktop.getByRole("link", { name: "秋茶预售" }).click();
    await shoot(desktop, "page-1440");
    await desktop.getByRole("link", { name: "修改" }).click();
    await desktop.locator(".flash-entry").nth(1).waitFor();
    await shoot(desktop, "edit-1440");
    await closeTab(page);
    await closeTab(desktop);
  });
});
