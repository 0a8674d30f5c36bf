// The search field: suggestions by keyboard, with a name for every part, and a plain form without JavaScript.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("the search field", () => {
  let server, browser;
  before(async () => {
    server = await startServer({ demo: true });
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const options = (page) => page.locator("[role=option]");

  test("arrows choose a suggestion, Enter follows it, Escape closes", async () => {
    const page = await openTab(browser, server, { width: 1440, height: 900 });
    await page.goto("/");
    const field = page.locator("#head-search");
    await field.fill("maojin");
    await options(page).first().waitFor();
    assert.equal(await field.getAttribute("aria-expanded"), "true");
    await page.keyboard.press("ArrowDown");
    assert.equal(await field.getAttribute("aria-activedescendant"), await options(page).first().getAttribute("id"));
    assert.equal(await options(page).first().getAttribute("aria-selected"), "true");
    await page.keyboard.press("Escape");
    assert.equal(await field.getAttribute("aria-expanded"), "false");
    assert.ok(await page.locator(".suggest-box").isHidden());
    await field.fill("毛巾");
    await options(page).first().waitFor();
    const word = await options(page).first().locator("a").getAttribute("data-text");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/search\?q=/);
    assert.equal(await page.locator("#search").inputValue(), word);
    assert.ok((await page.locator(".grid > li").count()) > 0);
    await closeTab(page);
  });

  test("what one searched is offered again, and can be forgotten", async () => {
    const page = await openTab(browser, server, { width: 375, height: 800 });
    await page.goto("/");
    await page.click(".head-find");
    await page.waitForURL(/\/search/);
    await page.fill("#search", "杯");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=/);
    await page.fill("#search", "");
    await page.locator(".suggest-forget").waitFor();
    assert.match(await options(page).first().innerText(), /杯/);
    await page.click(".suggest-forget");
    await page.locator(".suggest-box").waitFor({ state: "hidden" });
    await closeTab(page);
  });

  test("without JavaScript the form asks, and the answer has a name for every part", async () => {
    const page = await openTab(browser, server, { width: 375, height: 800, javaScriptEnabled: false });
    await page.goto("/search");
    await page.fill("#search", "maojin");
    await page.click(".search-go");
    await page.waitForURL(/q=maojin/);
    assert.match(await page.locator(".search-note").innerText(), /毛巾/);
    assert.ok((await page.locator(".grid > li").count()) > 0);
    assert.ok((await page.locator("mark").count()) > 0);
    await closeTab(page);
  });

  for (const width of [375, 1440])
    test(`results, suggestions and nothing found have no serious fault at ${width}`, async () => {
      const page = await openTab(browser, server, { width, height: 900 });
      for (const path of ["/search", `/search?q=${encodeURIComponent("杯")}`, "/search?q=maojin", "/search?q=qqqqqq", `/search/suggest?q=${encodeURIComponent("杯")}`]) {
        await page.goto(path);
        await page.evaluate(AXE);
        const { violations } = await page.evaluate(() => window.axe.run());
        assert.deepEqual(violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, nodes }) => [id, nodes[0].html]), [], path);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${path} is ${overflow} px too wide`);
      }
      await closeTab(page);
    });
});
