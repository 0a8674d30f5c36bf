// Questions to the buyer, in a browser: with and without JavaScript, on a phone and at a desk.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { expect, startServer } from "../lib/shop.mjs";
import { buysCart, closeTab, openBrowser, openTab, pressFor, visible } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const REFUSED = /422/;

describe("a product that asks its buyers, in a browser", () => {
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

  async function opens(path, options) {
    const page = await openTab(browser, server, options);
    await page.context().addCookies([...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base })));
    await page.goto(path);
    return page;
  }
  async function hasNoBarriers(page) {
    const session = await page.context().newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: AXE });
    const violations = await page.evaluate(async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.filter(({ impact }) => impact === "serious" || impact === "critical"));
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
  }
  const fits = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page is as wide as the window");
  const saves = (page) => pressFor(page, page.locator("#buying button.is-large"), /notice=saved/);

  for (const javaScriptEnabled of [false, true])
    test(`asked in the back office, answered in the shop, seen with the order; JavaScript ${javaScriptEnabled ? "on" : "off"}`, async () => {
      const game = await staff.creates({ title: "星海钻石", price: 1000, stock: 50 });
      const admin = await opens(`/admin/products/${game.id}`, { javaScriptEnabled, width: 375, height: 812 });
      await admin.locator(`a[href$="/${game.id}/buying"]`).click();
      await admin.waitForURL(/buying$/);
      await admin.fill('[name="tiers.0.from"]', "3");
      await admin.fill('[name="tiers.0.price"]', "12.00");
      await admin.locator(".ask summary").first().click();
      await admin.fill('[name="questions.0.label"]', "游戏账号");
      await admin.fill('[name="questions.0.shortest"]', "4");
      await admin.check('[name="questions.0.is_required"]');
      await admin.locator("#buying button.is-large").click();
      await admin.locator("#tier-0-d").waitFor();
      assert.equal(await admin.inputValue('[name="questions.0.label"]'), "游戏账号");
      await admin.fill('[name="tiers.0.price"]', "8.00");
      await saves(admin);
      await fits(admin);
      if (javaScriptEnabled) await hasNoBarriers(admin);
      // Another one before it.
      await admin.locator(".ask.is-new summary").first().click();
      await admin.fill('[name="questions.1.label"]', "区服");
      await admin.selectOption('[name="questions.1.kind"]', "choice");
      await admin.fill('[name="questions.1.choices"]', "一区，二区");
      await admin.fill('[name="questions.1.position"]', "0");
      await saves(admin);
      const product = expect(await shop.client().api(`/products/${game.handle}`), 200).product;
      assert.deepEqual(product.questions.map(({ label }) => label), ["区服", "游戏账号"]);

      const page = await openTab(browser, server, { javaScriptEnabled, width: 375, height: 812 });
      await page.goto(`/products/${game.handle}`);
      await fits(page);
      if (javaScriptEnabled) await hasNoBarriers(page);
      await page.fill('[name="answers.1.value"]', "abc");
      await page.fill('[name="quantity"]', "3");
      await visible(page, "#buy .btn-ink").click();
      await page.locator("#answers-1-value-problem").waitFor();
      assert.equal(await page.inputValue('[name="answers.1.value"]'), "abc");
      assert.equal(await page.inputValue('[name="quantity"]'), "3");
      await page.selectOption('[name="answers.0.value"]', "二区");
      await page.fill('[name="answers.1.value"]', "飞鱼八八");
      await visible(page, "#buy .btn-ink").click();
      await page.waitForURL(/\/cart/);
      assert.match(await page.locator(".lines").innerText(), /区服\s*二区\s*游戏账号\s*飞鱼八八/);
      assert.match(await page.locator(".sum-total .price").first().innerText(), /24\.00/);
      // The same goods for somebody else are another line, and change alone.
      await page.goto(`/products/${game.handle}`);
      await page.fill('[name="answers.1.value"]', "山猫山猫");
      await visible(page, "#buy .btn-ink").click();
      await page.waitForURL(/\/cart/);
      assert.match(await page.locator(".sum-total .price").first().innerText(), /32\.00/);
      await page.locator('[id^="more-"]').last().click();
      await page.locator("[data-cart][data-count='5']").waitFor();
      assert.deepEqual((await page.locator(".lines output").allInnerTexts()).sort(), ["2", "3"]);
      const order = await buysCart(page);
      const seen = await shop.visitor().seesPaid(order);
      assert.equal(seen.total.amount, 4000);
      assert.match(await page.locator("main").innerText(), /飞鱼八八/);
      await admin.goto(`/admin/orders/${order.number}`);
      const text = await admin.locator("main").innerText();
      assert.match(text, /飞鱼八八/);
      assert.match(text, /山猫山猫/);
      // What is asked no more.
      await admin.goto(`/admin/products/${game.id}/buying`);
      await admin.locator(".ask summary").first().click();
      await admin.check('[name="questions.0.remove"]');
      await saves(admin);
      assert.deepEqual(expect(await shop.client().api(`/products/${game.handle}`), 200).product.questions.map(({ label }) => label), ["游戏账号"]);
      await closeTab(admin, { expected: REFUSED });
      await closeTab(page, { expected: REFUSED });
    });
});
