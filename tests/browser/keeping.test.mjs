// What a buyer keeps: a notice for what is sold out, on a phone and on a desk.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import readCode from "jsqr";
import { openMailbox } from "../lib/mailbox.mjs";
import { startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = [[375, 812], [1440, 900]];

describe("what a buyer keeps", () => {
  let server, browser, staff, post, session, cup;
  before(async () => {
    post = await openMailbox();
    server = await startServer({ args: ["--smtp-url", post.url, "--mail-from", "no-reply@platform.example", "--smtp-plain", "on", "--outbound-allow", `127.0.0.1:${post.port}`] });
    staff = await server.shop.staff();
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    cup = await server.shop.product({ title: "青瓷杯", price: 25000, stock: 0 });
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    post?.close();
  });

  /** No violation that axe knows, nothing wider than the screen. */
  async function isWell(page, what) {
    await page.evaluate(AXE);
    const violations = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ["violations"] })).violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`));
    assert.deepEqual(violations, [], what);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${what} is ${wide} px too wide`);
    if (process.env.YUNDIAN_SHOTS) await page.screenshot({ path: `${process.env.YUNDIAN_SHOTS}/${what}.png`, fullPage: true });
  }

  test("a product is sent to others: the code on its picture leads to its page", async () => {
    const jar = await server.shop.product({ title: "分享用的长名字茶叶罐 Celadon tea jar", price: 12800, stock: 3 });
    for (const [width, height] of SIZES) {
      const page = await openTab(browser, server, { width, height });
      await page.goto(jar.url);
      await page.locator(".share summary").click();
      const card = page.locator(".share-panel img");
      await card.evaluate((image) => image.decode());
      await isWell(page, `share-${width}`);
      const pixels = await card.evaluate((image) => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 540, height: 780 });
        const pen = canvas.getContext("2d");
        pen.drawImage(image, 0, 0, 540, 780);
        return [...pen.getImageData(360, 540, 170, 170).data]; // the corner of the code
      });
      assert.equal(readCode(Uint8ClampedArray.from(pixels), 170, 170)?.data, server.base + jar.url);
      const [saved] = await Promise.all([page.waitForEvent("download"), page.locator(".share-acts a").click()]);
      assert.match(saved.suggestedFilename(), /^分享用的长名字茶叶罐.*\.jpg$/);
      await page.keyboard.press("Escape");
      await card.waitFor({ state: "hidden" });
      await page.locator(".share summary").click();
      await page.mouse.click(60, 20);
      await card.waitFor({ state: "hidden" });
      await closeTab(page);
    }
  });

  test("a notice is asked for on the page of what is sold out, and staff see how many wait", async () => {
    for (const [width, height] of SIZES) {
      const page = await openTab(browser, server, { width, height });
      await page.goto(`/products/${cup.handle}`);
      await isWell(page, `wait-${width}`);
      await page.fill(".wait input[type=email]", `w${width}@example.com`);
      await page.click(".wait-form button");
      await page.getByRole("heading", { name: "记下了" }).waitFor();
      await isWell(page, `wait-done-${width}`);
      await closeTab(page);
      const desk = await openTab(browser, server, { width, height });
      await desk.context().addCookies(session);
      await desk.goto("/admin/stock-alerts");
      await desk.getByText("人在等").first().waitFor();
      await isWell(desk, `waits-${width}`);
      await desk.goto(`/admin/products/${cup.id}`);
      await desk.locator("#stock .tag", { hasText: "人在等" }).waitFor();
      await closeTab(desk);
    }
  });

  test("a guest's hearts stay in the browser and come into the account with the first log-in", async () => {
    const pot = await server.shop.product({ title: "紫砂壶", price: 32000, stock: 5 });
    const page = await openTab(browser, server, { width: 375, height: 812 });
    await page.goto("/products");
    const heart = page.getByRole("button", { name: "收藏 紫砂壶" });
    await heart.click();
    await page.locator("[data-toast].is-on", { hasText: "已收藏" }).waitFor();
    assert.equal(await heart.getAttribute("aria-pressed"), "true");
    await isWell(page, "hearts-375");
    await page.goto(`/products/${pot.handle}`);
    await page.locator('.keep-form .heart[aria-pressed="true"]').waitFor();
    await isWell(page, "heart-product-375");
    await staff.saves(pot, {}, { price: { amount: 30000, currency: "CNY" } });
    await page.goto("/account/favourites");
    await page.getByText("降了 ¥20.00").waitFor();
    await isWell(page, "favourites-guest-375");
    await page.goto("/account/login?next=/account/favourites");
    await page.fill("[name=email]", "hearts@example.com");
    await page.click("form[action='/account/login'] button");
    const mail = await post.gets(({ to }) => to.includes("hearts@example.com"), "a code");
    await page.fill("[name=code]", mail.subject.match(/(\d{6})$/)[1]);
    await page.locator("form[action='/account/code'] button").first().click();
    await page.getByRole("heading", { name: "收藏", exact: true }).waitFor();
    await page.waitForFunction(() => localStorage.getItem("favourites") === null);
    await page.getByText("降了 ¥20.00").waitFor();
    await page.setViewportSize({ width: 1440, height: 900 });
    await isWell(page, "favourites-member-1440");
    await page.goto("/products");
    await page.locator(`[data-product-id="${pot.id}"] .heart[aria-pressed="true"]`).click();
    await page.locator(`[data-product-id="${pot.id}"] .heart[aria-pressed="false"]`).waitFor();
    await page.goto("/account/favourites");
    await page.getByText("还没有收藏").waitFor();
    await closeTab(page);
  });

  test("what was looked at last stands on home, product and cart, of this browser alone, until it is cleared", async () => {
    const bowl = await server.shop.product({ title: "建盏", price: 9900, stock: 5 });
    const tray = await server.shop.product({ title: "茶盘 <i>", price: 19900, stock: 5 });
    const page = await openTab(browser, server, { width: 375, height: 812 });
    const told = [];
    page.on("request", (request) => { if (request.method() !== "GET") told.push(request.url()); });
    await page.goto("/");
    assert.equal(await page.locator("[data-seen]").isVisible(), false);
    for (const one of [bowl, tray, bowl]) {
      await page.goto(`/products/${one.handle}`);
      await page.waitForFunction((id) => JSON.parse(localStorage.getItem("seen") ?? "[]")[0]?.id === id, one.id);
    }
    assert.deepEqual(await page.locator(".seen-title").allTextContents(), ["茶盘 <i>"], "not the product itself");
    await isWell(page, "seen-product-375");
    for (const path of ["/cart", "/"]) {
      await page.goto(path);
      await page.locator("[data-seen]").waitFor();
      assert.deepEqual(await page.locator(".seen-title").allTextContents(), ["建盏", "茶盘 <i>"]);
      assert.equal(await page.locator(".seen-price").first().textContent(), "¥99.00");
    }
    await page.evaluate(() => {
      const [first] = JSON.parse(localStorage.getItem("seen"));
      localStorage.setItem("seen", JSON.stringify(Array.from({ length: 70 }, (_, i) => ({ ...first, id: String(i) }))));
    });
    await page.goto(`/products/${tray.handle}`);
    await page.waitForFunction(() => JSON.parse(localStorage.getItem("seen")).length === 50);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto("/");
    await page.locator("[data-seen]").waitFor();
    await isWell(page, "seen-home-1440");
    await page.getByRole("button", { name: "清空" }).click();
    await page.locator("[data-seen]").waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => localStorage.getItem("seen")), null);
    assert.deepEqual(told, [], "nothing was told to the shop");
    await closeTab(page);
  });
});
