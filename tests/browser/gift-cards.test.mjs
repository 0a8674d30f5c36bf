// Staff issue gift cards by clicking; a buyer on a phone pays a part of an order with one, without scripts too.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

describe("gift cards in a browser", () => {
  let server, browser, session, staff, tea, codes;
  const phone = { width: 375, height: 812 }, desk = { width: 1440, height: 900 };
  before(async () => {
    server = await startServer();
    staff = await server.shop.staff();
    tea = await server.shop.product({ title: "武夷山秋茶礼盒", price: 29800, stock: 60 });
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
  async function shoot(page, name) {
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing sticks out of ${name}`);
    await page.screenshot({ path: `build/screenshots/gift-card-${name}.png`, fullPage: true });
  }

  test("staff issue a batch, are refused beyond the law, and see its codes once", async () => {
    const page = await opens(phone, true);
    await page.goto("/admin/money/ledger");
    await page.getByRole("link", { name: "礼品卡" }).click();
    await shoot(page, "empty-375");
    await page.getByRole("link", { name: "发行礼品卡" }).click();
    for (const [name, value] of [["value", "1001"], ["count", "2"], ["years", "3"], ["note", "中秋福利"]]) await page.fill(`#f-${name}`, value);
    await page.getByRole("button", { name: "发行" }).click();
    await page.locator(".problem", { hasText: "第十八条" }).waitFor();
    await shoot(page, "refused-375");
    assert.equal(await page.inputValue("#f-note"), "中秋福利", "what was typed stays");
    await page.fill("#f-value", "100");
    await page.getByRole("button", { name: "发行" }).click();
    await page.waitForURL(/batch=/);
    await shoot(page, "batch-375");
    await page.setViewportSize(desk);
    await shoot(page, "batch-1440");
    await page.getByRole("button", { name: "显示卡号" }).click();
    codes = (await page.inputValue("#f-codes")).trim().split("\n");
    assert.equal(codes.length, 2);
    await shoot(page, "codes-1440");
    await page.goBack();
    await page.reload();
    assert.equal(await page.getByRole("button", { name: "显示卡号" }).count(), 0, "codes are shown once");
    await page.goto(`/admin/gift-cards?last4=${codes[0].slice(-4)}`);
    await page.locator(".row-link").first().click();
    await page.getByText("余额明细").waitFor();
    await shoot(page, "one-1440");
    await page.setViewportSize(phone);
    await shoot(page, "one-375");
    await closeTab(page, { expected: /422/ });
  });

  for (const javaScriptEnabled of [false, true])
    test(`a buyer pays a part with a card ${javaScriptEnabled ? "with" : "without"} scripts`, async () => {
      const code = codes[javaScriptEnabled ? 1 : 0];
      const one = server.shop.visitor();
      const order = await one.orders(tea);
      const page = await opens({ ...phone, javaScriptEnabled });
      await page.goto(`/orders/${order.number}/pay?token=${order.token}`);
      await page.locator(".gift-box summary").click();
      await page.fill(".gift-box [name=code]", "AAAA");
      await page.getByRole("button", { name: "用这张卡支付" }).click();
      await page.locator(".gift-box").getByText("没有这张礼品卡").waitFor();
      await shoot(page, `refused-${javaScriptEnabled}-375`);
      await page.fill(".gift-box [name=code]", code);
      await page.getByRole("button", { name: "用这张卡支付" }).click();
      await page.getByText("还需支付").first().waitFor();
      await shoot(page, `pay-${javaScriptEnabled}-375`);
      await page.goto(`/orders/${order.number}?token=${order.token}`);
      await page.getByText(`礼品卡 ${code.slice(-4)} 已占用`).waitFor();
      await shoot(page, `order-${javaScriptEnabled}-375`);
      await page.goto("/gift-card");
      await page.fill("[name=code]", code);
      await page.getByRole("button", { name: "查询" }).click();
      await page.getByText("这张卡没有余额了").waitFor();
      await shoot(page, `query-${javaScriptEnabled}-375`);
      await closeTab(page, { expected: /422/ });
    });

  test("staff make a product a gift card; a buyer gets its code and pays with it at the checkout, without scripts", async () => {
    const goods = await server.shop.product({ kind: "digital", title: "店铺礼品卡", price: 10000 });
    const page = await opens(phone, true);
    await page.goto(`/admin/codes/${goods.variant_id}`);
    await page.locator("#f-mode [value=cards]").check();
    await page.getByRole("button", { name: "更改方式" }).click();
    await page.locator("#card #f-value").waitFor();
    assert.equal(await page.inputValue("#f-years"), "3", "the law's least is proposed");
    await page.fill("#f-value", "1001");
    await page.fill("#f-quantity", "5");
    await page.locator("#card button").click();
    await page.locator("#card .problem", { hasText: "第十八条" }).waitFor();
    await shoot(page, "deck-refused-375");
    await page.fill("#f-value", "100");
    await page.locator("#card button").click();
    await page.locator("#card .problem").waitFor({ state: "detached" });
    await shoot(page, "deck-375");
    await page.setViewportSize(desk);
    await shoot(page, "deck-1440");
    const one = server.shop.visitor();
    const order = await one.buys(goods);
    const [code] = await one.getsCodes(order, 1);
    const buyer = await opens({ ...phone, javaScriptEnabled: false });
    await buyer.goto(`/orders/${order.number}?token=${order.token}`);
    await buyer.getByText(code).waitFor();
    await shoot(buyer, "bought-375");
    await buyer.goto(tea.url ?? `/products/${tea.handle}`);
    await buyer.getByRole("button", { name: "立即购买" }).first().click();
    await buyer.fill("[name='contact.phone']", one.phone);
    for (const [name, value] of Object.entries(one.address)) await buyer.fill(`[name='address.${name}']`, value);
    await buyer.fill("[name=gift_card]", code);
    await shoot(buyer, "checkout-375");
    await buyer.setViewportSize(desk);
    await shoot(buyer, "checkout-1440");
    await buyer.locator("button[form=checkout]:visible").first().click();
    await buyer.getByText(`由礼品卡 ${code.slice(-4)} 支付`).waitFor();
    await shoot(buyer, "review-1440");
    await buyer.setViewportSize(phone);
    await shoot(buyer, "review-375");
    assert.match(await buyer.locator(".paybar").innerText(), /还需支付[^]*198/, "the bar says what is left");
    await buyer.locator("button[form=place]:visible").first().click();
    await buyer.getByText("还需支付").first().waitFor();
    await shoot(buyer, "rest-375");
    await closeTab(buyer);
    const { id } = (await staff.reads(`/admin/gift-cards?last4=${code.slice(-4)}`)).cards[0];
    await page.goto(`/admin/gift-cards/${id}`);
    await shoot(page, "sold-1440");
    await closeTab(page, { expected: /422/ });
  });
});
