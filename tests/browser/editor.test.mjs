// The editor of a product in a browser: a table of 2,048 variants, rich text, and the page on which two saves are merged.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { png } from "../lib/pictures.mjs";
import { cny, expect, startServer, unique, until } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab, pressFor } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = new URL("../../build/screenshots/", import.meta.url).pathname;

describe("the editor of a product, in a browser", () => {
  let server, shop, staff, browser;
  before(async () => {
    fs.mkdirSync(SHOTS, { recursive: true });
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
    const page = await openTab(browser, server, { width: 1440, ...options });
    await page.context().addCookies([...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base })));
    await page.goto(path);
    return page;
  }
  // The page's own policy forbids added scripts, so axe is evaluated by the debugger.
  async function hasNoBarriers(page) {
    const session = await page.context().newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: AXE });
    const violations = await page.evaluate(async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.filter(({ impact }) => impact === "serious" || impact === "critical"));
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
  }
  const shoots = (page, name) => page.screenshot({ path: `${SHOTS}editor-${name}.png` });
  const numbers = (prefix, count) => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);
  async function grid(colours, sizes) {
    const sku = unique("MX");
    const variants = colours.flatMap((colour, i) => sizes.map((size, j) => ({ options: `${colour}, ${size}`, sku: `${sku}-${i}-${j}`, price: cny(1000), is_active: true, stock: 2 })));
    return staff.creates({ title: "很多规格的衬衫", options: [{ name: "颜色", values: colours.join(",") }, { name: "尺码", values: sizes.join(",") }], variants });
  }
  const paste = (page, text) => page.evaluate((data) => {
    const transfer = new DataTransfer();
    transfer.setData("text/plain", data);
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
  }, text);
  const saves = async (page) => {
    await pressFor(page, page.locator("button.btn.is-main[form=edit]").first(), /notice=saved/);
    await page.locator(".toast").waitFor();
  };

  test("2,048 variants in a table: pasted, filled, raised by percent, saved; never more than a page in the document", async () => {
    const product = await grid(numbers("色", 32), numbers("码", 64));
    const page = await opens(`/admin/products/${product.id}`);
    await page.locator(".mx-table [data-i]").first().waitFor();
    assert.ok((await page.locator(".mx-table tr").count()) <= 101);
    await page.locator('[data-i="0"] [data-name=price]').click();
    await paste(page, "12.5\t8\n13\t9\n14.75\t10\n");
    assert.deepEqual(await page.locator("[data-name=price]").evaluateAll((all) => all.slice(0, 4).map((input) => input.value)), ["12.50", "13.00", "14.75", "10.00"]);
    assert.deepEqual(await page.locator("[data-name=cost]").evaluateAll((all) => all.slice(0, 3).map((input) => input.value)), ["8.00", "9.00", "10.00"]);
    // An area by Shift and click, filled down from its first row.
    await page.locator('[data-i="2"] [data-name=weight]').fill("250");
    await page.locator('[data-i="2"] [data-name=weight]').click();
    await page.locator('[data-i="5"] [data-name=weight]').click({ modifiers: ["Shift"] });
    await page.keyboard.press("Control+d");
    assert.deepEqual(await page.locator("[data-name=weight]").evaluateAll((all) => all.slice(2, 7).map((input) => input.value)), ["250", "250", "250", "250", "0"]);
    // All of one value, ten percent up; then everything one yuan less.
    await page.locator(".mx-pickchip", { hasText: /^码1$/ }).click();
    await page.locator(".mx-bulk select").nth(1).selectOption("up");
    await page.fill(".mx-amount", "10");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator('[data-i="0"] [data-name=price]').inputValue(), "13.75");
    await page.locator(".mx-pickchip", { hasText: "全选" }).click();
    await page.locator(".mx-bulk select").nth(1).selectOption("subtract");
    await page.fill(".mx-amount", "1");
    await page.keyboard.press("Enter");
    await until(async () => (await page.locator('[data-i="0"] [data-name=price]').inputValue()) === "12.75", "the first price is lower");
    await page.locator(".mx-region").evaluate((region) => region.scrollIntoView({ block: "center" }));
    await shoots(page, "matrix-1440");
    await hasNoBarriers(page);
    await saves(page);
    const kept = await staff.product(product.id);
    assert.deepEqual(kept.variants.slice(0, 4).map(({ price }) => price.amount), [1275, 1200, 1375, 900]);
    assert.equal(kept.variants[64].price.amount, 1000, "10.00 up by ten percent, less one");
    assert.equal(kept.variants[2047].price.amount, 900);
    assert.equal(kept.variants[3].weight, 250);
    assert.ok(kept.variants.every(({ is_active, on_hand }) => is_active && on_hand === 2));
    await closeTab(page);
  });

  test("what the server refuses is shown at its cell, also on another page; SKUs that stand twice are marked at once", async () => {
    const product = await grid(numbers("色", 8), numbers("码", 20));
    const page = await opens(`/admin/products/${product.id}`);
    await page.locator(".mx-table [data-i]").first().waitFor();
    await page.locator('[data-i="1"] [data-name=barcode]').fill("123");
    await page.locator('[data-i="3"] [data-name=sku]').fill(product.variants[0].sku);
    await page.keyboard.press("Tab");
    await page.locator('[data-i="0"] .has-problem [data-name=sku]').waitFor();
    await page.locator('[data-i="3"] [data-name=sku]').fill(unique("OTHER"));
    await page.keyboard.press("Tab");
    await page.locator(".mx-pager button", { hasText: "下一页" }).click();
    await page.locator("button.btn.is-main[form=edit]").first().click();
    await page.locator('[data-i="1"] .has-problem [data-name=barcode]').waitFor();
    assert.match(await page.locator('[data-i="1"] .has-problem .problem').innerText(), /8、12、13 或 14 位/);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.name), "barcode");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("6901234567892");
    await saves(page);
    assert.equal((await staff.product(product.id)).variants[1].barcode, "6901234567892");
    await closeTab(page, { expected: /422/ });
  });

  test("options as chips: a value is added, renamed, moved and removed by keyboard", async () => {
    const product = await grid(["红", "蓝", "绿"], numbers("码", 5));
    const page = await opens(`/admin/products/${product.id}`);
    const add = page.locator('[data-option="0"] .mx-add');
    await add.fill("黑, 白");
    await add.press("Enter");
    await until(async () => (await page.locator(".mx-toggle").count()) === 5, "five groups");
    await page.locator('[data-option="0"] .mx-value', { hasText: "白" }).press("Alt+ArrowLeft");
    await page.locator('[data-option="0"] .mx-value', { hasText: "红" }).click();
    await page.keyboard.type("朱红");
    await page.keyboard.press("Enter");
    await page.locator('[data-option="0"] [aria-label="删除「绿」"]').click();
    await page.locator(".mx-bulk button", { hasText: "生成 SKU" }).click();
    await hasNoBarriers(page);
    await saves(page);
    const kept = await staff.product(product.id);
    assert.deepEqual(kept.options[0].values, ["朱红", "蓝", "白", "黑"]);
    const on = kept.variants.filter(({ is_active }) => is_active);
    assert.equal(on.length, 20);
    assert.ok(on.some(({ title, price }) => title === "白 / 码5" && price.amount === 1000));
    assert.deepEqual(on.filter(({ title }) => title === "朱红 / 码1").map(({ id }) => id), [product.variants[0].id], "a value with another name is the same variant");
    await closeTab(page);
  });

  test("a new product: combinations are generated into the table, with the price of the first row", async () => {
    const page = await opens("/admin/products/new");
    const sku = unique("NEW");
    await page.fill("#f-title", "新衬衫");
    await page.fill("#f-handle", sku.toLowerCase());
    await page.locator("#variants details.more").evaluate((details) => (details.open = true));
    await page.fill('[name="options.0.name"]', "颜色");
    await page.fill('[name="options.0.values"]', numbers("色", 20).join("，"));
    await page.fill('[name="variants.0.sku"]', sku);
    await page.fill('[name="variants.0.price"]', "39.9");
    await page.click("[data-generate]");
    await page.locator(".mx-table [data-i]").nth(19).waitFor();
    await page.locator(".mx-bulk button", { hasText: "生成 SKU" }).click();
    await Promise.all([page.waitForURL(/\/admin\/products\/\d+/), page.locator("button.btn.is-main[form=edit]").first().click()]);
    const { variants } = await staff.product(/products\/(\d+)/.exec(page.url())[1]);
    assert.equal(variants.length, 20);
    assert.ok(variants.every(({ price, sku: own }) => price.amount === 3990 && own.startsWith(`${sku.toUpperCase()}-色`)), JSON.stringify(variants[0]));
    await closeTab(page);
  });

  test("the same on a phone: cards, nothing wider than the window", async () => {
    const product = await grid(["红", "蓝", "绿"], numbers("码", 5));
    const page = await opens(`/admin/products/${product.id}`, { width: 375, height: 800 });
    await page.locator(".mx-table [data-i]").first().scrollIntoViewIfNeeded();
    await shoots(page, "matrix-375");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
    await page.locator('[data-i="0"] [data-name=price]').fill("66");
    await hasNoBarriers(page);
    await saves(page);
    assert.equal((await staff.product(product.id)).variants[0].price.amount, 6600);
    await closeTab(page);
  });

  test("rich text: typed, formatted, pasted from Word, with a picture of the library", async () => {
    const product = await staff.creates({ title: "青瓷茶杯" });
    const page = await opens("/admin/media");
    await page.setInputFiles("#f-pictures", [{ name: "杯.png", mimeType: "image/png", buffer: png("cup") }]);
    await page.locator(".shelf-name").waitFor();
    await page.goto(`/admin/products/${product.id}`);
    const text = page.locator(".rich-text");
    await text.click();
    await page.keyboard.type("手工拉坯");
    await page.locator(".rich-style").selectOption("H2");
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.locator('.rich-button[aria-label="加粗"]').click();
    await page.keyboard.type("一次");
    await page.locator('.rich-button[aria-label="加粗"]').click();
    await page.keyboard.type("只烧十只。");
    await page.keyboard.press("Enter");
    await page.evaluate(() => {
      const transfer = new DataTransfer();
      transfer.setData("text/html", "<p class=MsoNormal style='color:red'><b>口径</b><span lang=EN-US> 8 cm<o:p></o:p></span></p><script>alert(1)</script>");
      transfer.setData("text/plain", "口径 8 cm");
      document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
    });
    await page.locator(".rich-text b", { hasText: "口径" }).waitFor();
    await page.locator('.rich-button[aria-label="插入图片"]').click();
    await page.locator(".rich-pictures label").first().click();
    await page.fill("#rich-alt", "一只茶杯");
    await page.locator("dialog[open] .btn.is-main").click();
    await page.locator(".rich-text img").waitFor();
    await text.scrollIntoViewIfNeeded();
    await shoots(page, "rich-1440");
    await hasNoBarriers(page);
    await saves(page);
    const { description } = await staff.product(product.id);
    assert.match(description, /<h2>手工拉坯<\/h2><p><strong>一次<\/strong>只烧十只。<\/p>/);
    assert.match(description, /<strong>口径<\/strong> 8 cm/);
    assert.match(description, /<img src="\/media\/[0-9a-f]+\/960\.webp" alt="一只茶杯"/);
    assert.ok(!/style|class|script|Mso/.test(description), description);
    // What was not touched is not sent as a change.
    await page.goto(`/admin/products/${product.id}`);
    await page.locator(".rich-text h2").waitFor();
    assert.equal(await page.locator(".save-bar.is-dirty").count(), 0);
    await page.goto(`/products/${product.handle}`);
    await page.locator(".prose img").scrollIntoViewIfNeeded();
    await shoots(page, "prose-1440");
    await closeTab(page);
  });

  test("two people at once: the second chooses field by field", async () => {
    const product = await grid(["红", "蓝"], ["S", "M"]);
    const page = await opens(`/admin/products/${product.id}`);
    await page.fill("#f-title", "我起的名字");
    await page.fill("#f-subtitle", "我写的卖点");
    await page.fill('[name="variants.0.price"]', "30");
    expect(await staff.triesToSave(product, { title: "同事起的名字", brand: "新牌子" }, { price: cny(4000) }), 200);
    await page.locator("button.btn.is-main[form=edit]").first().click();
    await page.locator("#merge").waitFor();
    assert.equal(await page.locator(".merge-row").count(), 2);
    await shoots(page, "merge-1440");
    await hasNoBarriers(page);
    await page.setViewportSize({ width: 375, height: 800 });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
    await shoots(page, "merge-375");
    await page.locator(".merge-row", { hasText: "价格" }).locator(".merge-side", { hasText: "对方" }).click();
    await pressFor(page, page.locator("#merge .save-bar .is-main"), /notice=saved/);
    await page.locator("#f-title").waitFor();
    const kept = await staff.product(product.id);
    assert.deepEqual([kept.title, kept.subtitle, kept.brand, kept.variants[0].price.amount], ["我起的名字", "我写的卖点", "新牌子", 4000]);
    await closeTab(page, { expected: /409/ });
  });
});
