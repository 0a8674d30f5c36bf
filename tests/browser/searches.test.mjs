// What people search, on a phone and a desk: the pages of the back office, and the words of the field in the shop.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, describe, test } from "node:test";
import { startServer, until } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

const SHOTS = new URL("../../build/screenshots/searches/", import.meta.url).pathname;
const WIDTHS = [320, 375, 768, 1024, 1440];

describe("searches in a browser", () => {
  let server, shop, staff, browser, session;
  before(async () => {
    fs.mkdirSync(SHOTS, { recursive: true });
    server = await startServer({ demo: true });
    shop = server.shop;
    staff = await shop.staff();
    browser = await openBrowser();
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    const types = async (text, times) => { for (let i = 0; i < times; i++) await shop.visitor().client.api(`/search?q=${encodeURIComponent(text)}`); };
    for (const [text, times] of [["帆布包", 31], ["茶杯", 26], ["杯子吧台", 6], ["紫砂壶", 12], ["登山包", 9], ["蓝芽耳机", 7], ["送女朋友的生日礼物", 5], ["iphone 手机壳 透明 防摔", 3], ["游戏", 22]]) await types(text, times);
    await staff.does("/admin/searches/words", { kind: "synonym", word: "双肩包", words: "帆布包" });
    await staff.does("/admin/searches/words", { kind: "redirect", word: "全部", target: "/products" });
    await types("双肩包", 4);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function looks(page, path, name) {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 700 ? 812 : 900 });
      await page.goto(path, { waitUntil: "load" });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${path} at ${width}: ${over} px too wide`);
      if (width === 375 || width === 1440) await page.screenshot({ path: `${SHOTS}${name}-${width}.png`, fullPage: true });
    }
  }

  test("the pages of the back office fit every screen", async () => {
    const page = await openTab(browser, server, {});
    await page.context().addCookies(session);
    await staff.does("/admin/searches/pass", { word: "iphone 手机壳 透明 防摔" });
    for (const tab of ["todo", "popular", "nothing", "unclicked", "words"]) await looks(page, `/admin/searches?tab=${tab}`, tab);
    await looks(page, `/admin/searches/word?q=${encodeURIComponent("紫砂壶")}&find=${encodeURIComponent("杯")}`, "word");
    await looks(page, "/admin/searches/word", "new");
    await looks(page, "/admin", "dashboard");
    await looks(page, `/admin/search?q=${encodeURIComponent("帆布")}`, "find");
    await looks(page, "/admin/search", "find-empty");
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`/admin/searches/word?q=${encodeURIComponent("登山包")}`);
    await page.fill("#f-words", "帆布包");
    await page.click("section[aria-labelledby=h-synonym] button[formaction]");
    await page.waitForSelector("#trial");
    await page.screenshot({ path: `${SHOTS}trial-1440.png`, fullPage: true });
    await page.click("section[aria-labelledby=h-synonym] button.is-main");
    await page.waitForSelector(".said-word");
    await page.fill("#f-words", "背包");
    await page.click("section[aria-labelledby=h-synonym] button.is-main");
    await page.waitForSelector("[data-failure]");
    assert.equal(await page.inputValue("#f-word"), "登山包", "what was typed is kept");
    await closeTab(page, { expected: /422/ });
  });

  test("the field of the shop knows one's own words and popular ones; what is opened is counted", async () => {
    await until(async () => (await shop.client().api("/search/own")).body.popular.length > 0, "words are popular");
    const page = await openTab(browser, server, { width: 1280 });
    await page.goto(`/search?q=${encodeURIComponent("帆布包")}`);
    await page.click(".card-link >> nth=0");
    await page.waitForURL(/\/products\//);
    await until(async () => (await staff.reads(`/admin/searches/word?q=${encodeURIComponent("帆布包")}`)).counts.clicks === 1, "the click is counted");
    await page.goto("/search?q=");
    await page.screenshot({ path: `${SHOTS}own-1440.png` });
    await page.setViewportSize({ width: 375, height: 812 });
    await page.screenshot({ path: `${SHOTS}own-375.png` });
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.click("#search");
    await page.waitForSelector("#search-list [role=option]");
    const texts = await page.locator("#search-list [role=option] a").allTextContents();
    assert.ok(texts.some((text) => text.includes("帆布包")) && texts.some((text) => text.includes("茶杯")), texts.join());
    await page.screenshot({ path: `${SHOTS}field-1440.png` });
    await page.click(".suggest-forget");
    await until(async () => (await page.context().cookies()).every(({ name }) => name !== "seeker"), "they are forgotten");
    await closeTab(page);
  });
});
