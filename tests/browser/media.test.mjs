// The library and the pictures of a product, by mouse and by keyboard.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { mp4, png } from "../lib/pictures.mjs";
import { startServer, until } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

const file = (name, buffer, mimeType = "image/png") => ({ name, mimeType, buffer });

describe("pictures in the back office", () => {
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
    const page = await openTab(browser, server, { width: 1440, ...options });
    await page.context().addCookies([...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base })));
    await page.goto(path);
    return page;
  }

  test("several are uploaded at once; what is refused is named and stays to be read", async () => {
    const page = await opens("/admin/media");
    await page.setInputFiles("#f-pictures", [file("一.png", png("1")), file("假.png", Buffer.from("nothing")), file("二.png", png("2"))]);
    await page.locator(".upload.is-bad").waitFor();
    assert.match(await page.locator(".upload.is-bad").innerText(), /假\.png 不是图片/);
    await page.locator(".shelf-name").nth(1).waitFor();
    assert.deepEqual(await page.locator(".shelf-name").allInnerTexts(), ["二.png", "一.png"]);
    await closeTab(page, { expected: /422/ });
  });

  test("a click sets the focus, the keyboard the order, and the open form can still be saved", async () => {
    const product = await staff.creates({ title: "长颈瓶" });
    const page = await opens(`/admin/products/${product.id}`);
    await page.fill("#f-subtitle", "没有保存的一句话");
    await page.setInputFiles("#f-pictures", [file("a.png", png("tall", 300, 600)), file("b.png", png("wide", 600, 300))]);
    await page.locator("#pictures .tile").nth(1).waitFor();
    const first = await page.locator("#pictures .tile img").first().getAttribute("src");
    await page.locator("#pictures .tile > a").first().focus();
    await page.keyboard.press("Alt+ArrowRight");
    await until(async () => (await page.locator("#pictures .tile img").last().getAttribute("src")) === first, "the first is the second");

    await page.locator("#pictures .tile > a").last().click();
    const area = page.locator("dialog [data-focus]");
    await until(() => area.locator("img").evaluate((image) => image.complete && image.naturalWidth > 0), "the picture is shown");
    const { width, height } = await area.boundingBox();
    await area.click({ position: { x: width * 0.5, y: height * 0.9 } });
    assert.deepEqual([await page.inputValue("dialog #f-focus_x"), await page.inputValue("dialog #f-focus_y")].map((text) => Math.round(Number(text) / 10)), [5, 9]);
    await page.fill("dialog #f-alt", "细长的瓶颈");
    await page.locator("dialog button.is-main").click();
    const image = page.locator('#pictures img[alt="细长的瓶颈"]');
    await image.waitFor();
    assert.match(await image.getAttribute("class"), /^fx-50 fy-90$/);
    assert.equal(await image.evaluate((one) => getComputedStyle(one).objectPosition), "50% 90%");

    assert.equal(await page.inputValue("#f-subtitle"), "没有保存的一句话");
    await page.locator('button.is-main[form="edit"]').filter({ visible: true }).first().click();
    await page.waitForURL(/\/admin\/products\/\d+/);
    await until(async () => (await staff.product(product.id)).subtitle === "没有保存的一句话", "the form is saved");
    await closeTab(page);
  });

  test("pictures are chosen from the library on a phone, and a video is the last slide", async () => {
    const product = await staff.creates({ title: "风铃" });
    const page = await opens(`/admin/products/${product.id}`, { width: 375, height: 812 });
    await page.locator('a[href*="/admin/media?for="]').click();
    await page.locator(".shelf-choice").nth(0).click();
    await page.locator(".shelf-choice").nth(2).click();
    await page.locator(".save-bar button.is-main").click();
    await page.waitForURL(/\/admin\/products\/\d+/);
    assert.equal(await page.locator("#pictures .tile").count(), 2);
    await page.setInputFiles("#f-video", file("铃声.mp4", mp4(), "video/mp4"));
    await page.locator("#pictures .film-screen").waitFor();
    await closeTab(page);

    const buyer = await openTab(browser, server);
    await until(async () => {
      await buyer.goto(`/products/${product.handle}`);
      return (await buyer.locator(".gallery-strip video").count()) > 0;
    }, "the video is in the shop", { every: 100 });
    assert.equal(await buyer.locator(".gallery-strip > :last-child video").count(), 1);
    const picture = buyer.locator(".gallery-strip img").first();
    await until(() => picture.evaluate((one) => one.complete && one.naturalWidth > 0 && /\.(avif|webp)$/.test(one.currentSrc)), "the first picture is seen");
    await closeTab(buyer);
  });
});
