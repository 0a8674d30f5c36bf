// The three themes and every section in each of them: nothing to scroll sideways, nothing that keeps somebody out, light enough.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { copyShare, documentOf, schemas } from "../lib/themes.mjs";
import { openBrowser, openTab } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env.YUNDIAN_SCREENSHOTS || fileURLToPath(new URL("../../build/screenshots/", import.meta.url));
const THEMES = ["general", "fashion", "digital"];
const LIQUID = { "custom-liquid": { liquid: '<div class="wrap"><p>{{ shop.name }} & {{ "<b>" }}</p></div>' } };
const TEXTS = { announcement: { url: "/products" }, "picture-text": { button: "看看", url: "/products" }, "rich-text": { heading: "写在前面" }, quote: { author: "店主" } };

describe("themes", () => {
  let server, browser, share, session, cart;

  before(async () => {
    share = copyShare();
    server = await startServer({ demo: true, args: ["--share", share.folder] });
    const staff = await server.shop.staff();
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    const products = (await server.shop.client().api("/products")).body.products.filter(({ available }) => available > 1).slice(0, 2);
    const buyer = server.shop.visitor();
    for (const { handle } of products) {
      const { product } = (await server.shop.client().api(`/products/${handle}`)).body;
      await buyer.puts({ variant_id: product.variants.find(({ available }) => available > 1).id });
    }
    cart = [{ name: "yd_cart", value: buyer.cart, url: server.base }];
    browser = await openBrowser();
    fs.mkdirSync(SHOTS, { recursive: true });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    share?.drop();
  });

  async function look(page, name, widths = [375, 1440]) {
    await page.evaluate(AXE);
    for (const width of widths) {
      await page.setViewportSize({ width, height: width < 500 ? 812 : 900 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${name} scrolls sideways at ${width} by ${over} px`);
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        const violations = await page.evaluate(async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.filter(({ impact }) => /serious|critical/.test(impact)).map(({ id, nodes }) => `${id} ${nodes[0].html.slice(0, 120)} ${nodes[0].any[0]?.message ?? ""}`));
        assert.deepEqual(violations, [], `${name} ${width} ${colorScheme}`);
      }
      await page.emulateMedia({ colorScheme: "light" });
      await page.screenshot({ path: `${SHOTS}${name}-${width}.png`, fullPage: true, animations: "disabled" });
    }
  }

  for (const theme of THEMES)
    test(`${theme}: home, list, product, cart and checkout are of one piece`, async () => {
      const page = await openTab(browser, server);
      await page.context().addCookies([...session, ...cart]);
      const product = (await server.shop.client().api("/products?category=apparel")).body.products[0];
      for (const [name, path] of [["home", "/"], ["category", "/categories/apparel"], ["product", product.url], ["cart", "/cart"], ["checkout", "/checkout"]]) {
        await page.goto(`${path}?design=${theme}`, { waitUntil: "load" });
        assert.equal(await page.locator(`body.theme-${theme}`).count(), 1, name);
        await look(page, `theme-${theme}-${name}`);
      }
      await page.context().close();
    });

  test("what a page carries in style and script stays under 60 KB, a product page under 30 KB", async () => {
    const staff = await server.shop.staff();
    const product = (await server.shop.client().api("/products?category=apparel")).body.products[0];
    for (const theme of THEMES) {
      const { text } = await staff.client.get(`${product.url}?design=${theme}`);
      assert.ok(zlib.gzipSync(text).length < 30 * 1024, `${theme}: HTML of ${zlib.gzipSync(text).length} bytes`);
      const files = [...text.matchAll(/(?:href|src)="(\/(?:assets|design)\/[^"]+\.(?:css|js)[^"]*)"/g)].map(([, url]) => url);
      assert.ok(files.length >= 4);
      let bytes = 0;
      for (const url of new Set(files)) bytes += zlib.gzipSync((await staff.client.get(url)).text).length;
      assert.ok(bytes < 60 * 1024, `${theme}: ${bytes} bytes`);
    }
  });

  test("every section can be shown in every theme", async () => {
    for (const theme of THEMES) share.write(`config/theme-${theme}.json`, JSON.stringify(documentOf(theme, Object.keys(schemas()), { ...TEXTS, ...LIQUID })));
    await server.restarts();
    const page = await openTab(browser, server);
    await page.context().addCookies(session);
    for (const theme of THEMES) {
      await page.goto(`/?design=${theme}`, { waitUntil: "load" });
      assert.equal(await page.locator(".announce, .hero, .slides, .doors, .themes, .tickets, .spot, .duo, .words, .said-loud, .faq, .promises").count(), 12, theme);
      assert.match(await page.locator("main").textContent(), /云间杂货 & <b>/);
      await look(page, `sections-${theme}`);
    }
    await page.context().close();
  });
});
