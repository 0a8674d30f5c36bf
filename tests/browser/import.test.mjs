// From an empty shop to 264 products on sale, in a browser.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

const SHOTS = process.env.YUNDIAN_SCREENSHOTS || fileURLToPath(new URL("../../build/screenshots/", import.meta.url));
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const ROWS = 264;
const table = ["名称,分类,品牌,售价,卖点", ...Array.from({ length: ROWS }, (_, i) => `茶杯 ${i + 1} 号,家居/杯壶,山止,${10 + i}.50,一句话`)].join("\r\n");

/** Keeps a picture of the page; it keeps nobody out and does not scroll sideways. */
async function looks(page, name) {
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => (await axe.run(document, { resultTypes: ["violations"] })).violations);
  assert.deepEqual(violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, nodes }) => [id, nodes[0].html]), [], name);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways`);
}

describe("importing products in a browser", () => {
  let server, staff, browser;
  before(async () => {
    fs.mkdirSync(SHOTS, { recursive: true });
    server = await startServer();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const width of [1440, 375])
    test(`from a table to the shelf at ${width} px`, async () => {
      const shop = await server.opens(`import-${width}`);
      staff = await shop.staff();
      const base = `http://${shop.host}`;
      const page = await openTab(browser, server, { width });
      await page.context().addCookies([...staff.client.cookies].map(([name, value]) => ({ name, value, url: base })));
      await page.goto(`${base}/admin/products`);
      await page.getByRole("link", { name: "导入商品" }).click();
      await looks(page, `imports-${width}`);
      await page.setInputFiles("#f-file", { name: "商品.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
      await page.locator("#columns-title").waitFor();
      assert.equal(await page.inputValue("#f-columns-3-key"), "price");
      await page.selectOption("#f-status", "active");
      await page.fill("#f-default_stock", "20");
      await looks(page, `import-columns-${width}`);
      await page.getByRole("button", { name: "检查", exact: true }).click();
      await page.locator(".import-counts").waitFor();
      assert.equal(await page.locator(".import-counts dd").first().innerText(), String(ROWS));
      await looks(page, `import-checked-${width}`);
      await page.getByRole("button", { name: "应用到店铺" }).click();
      await page.locator(".import-done").waitFor();
      await looks(page, `import-applied-${width}`);
      await page.goto(`${base}/products`);
      assert.match(await page.locator("main").innerText(), /茶杯 264 号/);
      await closeTab(page);
    });
});
