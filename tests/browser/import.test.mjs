// From an empty shop to 264 products on sale, in a browser.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { png } from "../lib/pictures.mjs";
import { startServer } from "../lib/shop.mjs";
import { zip } from "../lib/zip.mjs";
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

  for (const width of [1440, 375])
    test(`a large ZIP with pictures shows how far it is, and its pictures arrive, at ${width} px`, async () => {
      const shop = await server.opens(`zip-${width}`);
      const base = `http://${shop.host}`;
      const page = await openTab(browser, server, { width });
      await page.context().addCookies([...(await shop.staff()).client.cookies].map(([name, value]) => ({ name, value, url: base })));
      await page.goto(`${base}/admin/products/imports`);
      const file = (name, buffer) => page.setInputFiles("#f-file", { name, mimeType: "application/zip", buffer });
      await file("图片.zip", zip([["a.png", png("a")]]));
      await page.locator(".import-drop .hint.is-bad", { hasText: "压缩包里没有表格" }).waitFor();
      assert.ok(await page.locator("[data-import-sending]").isHidden());
      await looks(page, `import-zip-refused-${width}`);
      await page.evaluate(() => (document.querySelector("[data-import-upload]").dataset.limit = "1000"));
      await file("太大.zip", Buffer.alloc(2000));
      await page.locator(".import-drop .hint.is-bad", { hasText: "没有上传" }).waitFor();
      await page.reload();
      const rows = ["商品名称,商品分类,货号,价格,划线价,图片", "油纸伞,家居,SAN-1,39,,正面.png;背面.png", "灯笼,家居,DENG-1,59,99,灯笼.png;没有这张.jpg"];
      // More than the limit of other uploads, and not to be made small by packing.
      const ballast = Buffer.from(Uint32Array.from({ length: 7_000_000 }, (_, i) => Math.imul(i ^ (i >>> 7), 2654435761)).buffer);
      const shares = await page.evaluateHandle(() => {
        const seen = [];
        new MutationObserver(() => seen.push(document.querySelector("[data-import-sending] .num").textContent)).observe(document.querySelector("[data-import-sending]"), { subtree: true, childList: true, characterData: true });
        return seen;
      });
      const started = shares.evaluate((seen) => new Promise((resolve) => {
        const look = () => (seen.length ? resolve(seen[0]) : requestAnimationFrame(look));
        look();
      }));
      const path = `${SHOTS}/../import-large-${width}.zip`;
      fs.writeFileSync(path, zip([["商品.csv", Buffer.from(rows.join("\n"))], ["正面.png", png("1")], ["背面.png", png("2")], ["灯笼.png", png("3")], ["说明.bin", ballast]]));
      assert.ok(fs.statSync(path).size > 26_214_400, `${fs.statSync(path).size} bytes`);
      await page.setInputFiles("#f-file", path);
      assert.match(await started, /^\d+%$/);
      await page.locator("#columns-title").waitFor();
      fs.rmSync(path);
      assert.match(await page.locator(".import-zip").innerText(), /商品\.csv.*另有 4/);
      await page.selectOption("#f-status", "active");
      await page.fill("#f-default_stock", "20");
      await looks(page, `import-zip-columns-${width}`);
      await page.getByRole("button", { name: "检查", exact: true }).click();
      await page.locator(".import-problems").waitFor();
      assert.match(await page.locator(".import-problems").innerText(), /没有找到这个图片文件[\s\S]*没有这张\.jpg/);
      assert.match(await page.locator(".import-problems").innerText(), /不能拿本店原价作划线价/);
      await looks(page, `import-zip-checked-${width}`);
      await page.getByRole("button", { name: "应用到店铺" }).click();
      await page.locator(".import-pictures").waitFor();
      assert.match(await page.locator(".import-pictures").innerText(), /2 张图片已放进商品/);
      await looks(page, `import-zip-applied-${width}`);
      await page.goto(`${base}/admin/products/imports`);
      await looks(page, `imports-listed-${width}`);
      await closeTab(page, { expected: /422/ });
    });
});
