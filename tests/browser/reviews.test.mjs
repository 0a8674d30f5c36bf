// Reviews in the browser: written on a phone by keyboard and finger, read by everybody, answered by the shop; nothing keeps anybody out.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { closeTab, goesTo, openBrowser, openTab } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("reviews in the browser", () => {
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

  // The page's own policy forbids added scripts, so axe is evaluated by the debugger.
  async function hasNoBarriers(page) {
    const session = await page.context().newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: AXE });
    const violations = await page.evaluate(async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.filter(({ impact }) => impact === "serious" || impact === "critical"));
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing to scroll sideways");
  }

  for (const width of [375, 1440])
    test(`a buyer writes, adds, and everybody reads it, at ${width} px`, async () => {
      const cup = await staff.creates({ title: `评价杯 ${width}`, price: 4500 });
      const buyer = shop.visitor();
      const order = await buyer.buys(cup);
      await staff.ships(order);
      const page = await openTab(browser, server, { width, height: 800 });
      await page.goto(`/orders/${order.number}?token=${order.token}`);
      await page.getByRole("link", { name: "写评价" }).click();
      await page.waitForURL(/\/reviews\?token=/);
      await hasNoBarriers(page);

      // A refused form keeps what was typed and says what to do beside the stars.
      await page.getByLabel("说说用下来的感受").fill("杯口薄，喝茶不烫嘴。");
      await page.getByRole("button", { name: "提交评价" }).click();
      await page.getByText("请选择 1 到 5 星").waitFor();
      assert.equal(await page.getByLabel("说说用下来的感受").inputValue(), "杯口薄，喝茶不烫嘴。");
      await hasNoBarriers(page);

      // Stars by keyboard: all up to the chosen one are full.
      await page.getByRole("radio").first().focus();
      for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
      const colours = await page.evaluate(() => [...document.querySelectorAll(".star-pick .star")].map((star) => getComputedStyle(star).fill));
      assert.equal(new Set(colours.slice(0, 4)).size, 1);
      assert.notEqual(colours[4], colours[3]);
      await page.getByRole("button", { name: "提交评价" }).click();
      await page.getByText("谢谢，评价已发布。").waitFor();
      await page.getByText("追加评价").click();
      await page.getByLabel("用了一段时间，有什么要补充的？").fill("一周后还是喜欢。");
      await page.getByRole("button", { name: "提交追评" }).click();
      await page.getByText("追评已发布。").waitFor();
      await hasNoBarriers(page);

      await page.goto(`/products/${cup.handle}`);
      await page.locator(".buy-rating").click();
      const review = page.locator("#reviews .review");
      await review.getByText("杯口薄，喝茶不烫嘴。").waitFor();
      await review.getByRole("img", { name: "4 星，满分 5 星" }).waitFor();
      await hasNoBarriers(page);
      await page.locator("a.figures-row").click();
      await page.waitForURL(/\/reviews\?show=4$/);
      await page.getByText("一周后还是喜欢。").waitFor();
      await hasNoBarriers(page);
      await closeTab(page, { expected: /status of 422/ });
    });

  for (const width of [375, 1440])
    test(`the shop finds what waits and answers it, at ${width} px`, async () => {
      const cup = await staff.creates({ title: `回复杯 ${width}`, price: 4500 });
      const buyer = shop.visitor();
      const order = await buyer.buys(cup);
      await staff.ships(order);
      await buyer.client.post(`/orders/${order.number}/reviews`, { token: order.token, line_no: 1, stars: 1, text: `缺了一角 ${width}` });
      const page = await openTab(browser, server, { width, height: 800 });
      await page.context().addCookies([...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base })));
      await page.goto("/admin");
      await goesTo(page, "/admin/reviews");
      const waiting = page.getByRole("link", { name: /待回复/ });
      const address = await waiting.evaluate((link) => link.href);
      await waiting.click();
      await page.waitForURL(address); // else the choice below may still meet the list before
      await page.getByLabel("按星级筛选").selectOption("1");
      await page.waitForURL(/stars=1/);
      await hasNoBarriers(page);
      await page.getByRole("link", { name: `缺了一角 ${width}` }).click();
      await page.getByLabel("回复内容").fill("抱歉，已补发一只。");
      await page.getByRole("button", { name: "发布回复" }).click();
      await page.locator(".toast", { hasText: "回复已发布" }).waitFor();
      await page.getByLabel("回复内容").fill("抱歉，已补发一只，明天送到。");
      await page.getByRole("button", { name: "修改回复" }).click();
      await page.getByText("回复记录（2 次）").click();
      await page.getByText("抱歉，已补发一只。", { exact: true }).waitFor();
      await page.locator("summary", { hasText: "举报这条评价" }).click();
      await hasNoBarriers(page);
      await page.getByRole("button", { name: "提交举报" }).click();
      assert.match(page.url(), /\/admin\/reviews\/\d+/, "a report without a ground goes nowhere");
      assert.equal(await page.getByRole("button", { name: /删除|编辑评价/ }).count(), 0);
      await page.goto(`/admin/products/${cup.id}`);
      await page.locator("#reviews").getByRole("link", { name: "看评价" }).click();
      await page.waitForURL(new RegExp(`product=${cup.id}`));
      await page.getByText("已回复").first().waitFor();
      await hasNoBarriers(page);
      await closeTab(page);
    });
});
