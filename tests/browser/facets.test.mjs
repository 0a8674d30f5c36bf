// Narrowing a list as people do it: at the side, in a sheet on a phone, with and without JavaScript.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("filters", () => {
  let server, browser;
  before(async () => {
    server = await startServer({ demo: true });
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const value = (page, word) => page.locator("a.facet-value", { has: page.locator(`.facet-word:text-is("${word}")`) }).first();

  for (const javaScriptEnabled of [false, true]) {
    const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

    test(`on a phone a sheet stays open while one chooses, ${how}`, async () => {
      const page = await openTab(browser, server, { width: 375, height: 800, javaScriptEnabled });
      await page.goto("/categories/apparel");
      await assert.rejects(page.waitForSelector(".filters", { state: "visible", timeout: 300 }));
      await page.click(".shelf-open");
      await page.waitForSelector(".filters", { state: "visible" });
      await value(page, "夏").click();
      await page.waitForURL(/filter=/);
      await page.waitForSelector(".filters", { state: "visible" });
      await value(page, "舒适休闲").click();
      await page.waitForURL(/%3B/);
      const words = await page.locator(".filters-foot .btn").innerText();
      await page.click(".filters-foot .btn");
      await page.waitForSelector(".filters", { state: "hidden" });
      assert.equal(await page.locator(".grid > li").count(), Number(words.match(/\d+/)[0]));
      assert.equal(await page.locator(".picked .chip").count(), 3);
      await page.click(".picked .chip-quiet");
      await page.waitForURL((url) => !url.search.includes("filter"));
      await closeTab(page);
    });

    test(`at the side of a wide page, and back by taking one away, ${how}`, async () => {
      const page = await openTab(browser, server, { width: 1440, height: 900, javaScriptEnabled });
      await page.goto("/categories/apparel");
      const all = await page.locator(".grid > li").count();
      await value(page, "冬").click();
      await page.waitForURL(/filter=/);
      assert.ok((await page.locator(".grid > li").count()) < all);
      await page.click('.sorts a[href*="price-up"]');
      await page.waitForURL(/sort=price-up&filter=/);
      await page.locator(".picked .chip").first().click();
      await page.waitForURL((url) => !url.search.includes("filter"));
      assert.equal(await page.locator(".grid > li").count(), all);
      await closeTab(page);
    });
  }

  for (const width of [375, 1440])
    test(`nothing keeps somebody out at ${width} px`, async () => {
      const page = await openTab(browser, server, { width, height: 900 });
      for (const path of [`?filter=${encodeURIComponent("季节:夏,秋;风格:舒适休闲")}`, `?filter=${encodeURIComponent("性别:女;brand:革间")}`, "#filters"]) {
        await page.goto(`/categories/apparel${path}`);
        await page.evaluate(AXE);
        const violations = await page.evaluate(async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`));
        assert.deepEqual(violations, []);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing to scroll sideways");
      }
      await closeTab(page);
    });
});
