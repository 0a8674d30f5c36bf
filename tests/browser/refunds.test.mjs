// Staff refund a piece on a phone: they see the sum first, and where the piece goes.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

describe("refunds in a browser", () => {
  let server, browser, session, order;
  before(async () => {
    server = await startServer();
    const staff = await server.shop.staff();
    const cup = await server.shop.product({ title: "龙泉青瓷斗笠杯", price: 6800, stock: 9 });
    const game = await server.shop.product({ title: "游戏点卡", price: 500, codes: ["A-1", "A-2"] });
    const buyer = server.shop.visitor();
    await buyer.puts(cup, 3);
    await buyer.puts(game, 1);
    order = await buyer.checksOut();
    await buyer.pays(order);
    await buyer.seesPaid(order);
    await staff.ships(order);
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  const isWithin = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  const picture = (page, name) => page.screenshot({ path: `build/screenshots/${name}.png`, fullPage: true });

  for (const [width, javaScriptEnabled] of [[375, true], [1440, false]])
    test(`a piece comes back, at ${width} px ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
      const page = await openTab(browser, server, { width, height: 812, javaScriptEnabled });
      await page.context().addCookies(session);
      await page.goto(`/admin/orders/${order.number}`);
      await page.locator('a[href$="/refund"]').click();
      assert.ok(await isWithin(page), "nothing sticks out of the form");
      await picture(page, `refund-form-${width}`);
      await page.fill("#f-reason", "运输途中磕了一个口");
      await page.locator(".refund-form .btn.is-main").click();
      await page.getByText("选要退的件数，或者填一个金额").first().waitFor();
      await page.fill("#f-lines-0-quantity", "1");
      await page.selectOption("#f-lines-0-back", "damaged");
      await page.fill("#f-amount", "5");
      await page.locator(".refund-form .btn.is-main").click();
      await page.getByRole("button", { name: "确认退款 ¥73.00" }).waitFor();
      assert.ok(await isWithin(page), "nothing sticks out of the sum");
      await picture(page, `refund-sum-${width}`);
      await page.getByRole("button", { name: "确认退款 ¥73.00" }).click();
      await page.getByText("1 件退回，已损坏").first().waitFor();
      assert.ok(await isWithin(page), "nothing sticks out of the order");
      await picture(page, `refund-order-${width}`);
      await closeTab(page, { expected: /422/ });
    });
});
