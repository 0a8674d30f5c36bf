// Barcodes by camera, by a scanner that types, and by hand: at a stock take and in packing, on a phone.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { video } from "../lib/barcodes.mjs";
import { cny, expect, startServer, unique, until } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

const CODE = "6901234567892";
const PHONE = { width: 375, height: 812 };

describe("scanning on a phone", () => {
  let server, shop, staff, browser, mug;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    const film = path.join(server.data, "camera.y4m");
    fs.writeFileSync(film, video(CODE));
    browser = await openBrowser({ more: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${film}`] });
    mug = await shop.product({ title: "能扫的马克杯", variants: [{ options: "", sku: unique("SCAN"), price: cny(100), is_active: true, stock: 7, barcode: CODE }] });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function opens(address, { chooses, ...options } = {}) {
    const page = await openTab(browser, server, { ...PHONE, ...options });
    await page.context().addCookies([...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base })));
    if (chooses) await page.addInitScript(chooses);
    await page.goto(address);
    return page;
  }
  const begins = async () => expect(await staff.does("/admin/stock-takes", { name: unique("盘") }), 201).take;
  const counted = async (take) => (await staff.reads(`/admin/stock-takes/${take.id}`)).lines.map(({ variant_id, counted: pieces }) => [variant_id, pieces]);

  test("the camera reads the code, finds the goods, and the library comes only then", async () => {
    const take = await begins();
    const page = await opens(`/admin/stock-takes/${take.id}`);
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    assert.equal(await page.evaluate(() => Boolean(window.Quagga)), false);
    await page.locator('[data-scan="#find"]').click();
    await page.locator(".take-count").waitFor({ timeout: 60000 });
    assert.match(page.url(), new RegExp(`find=${CODE}`));
    assert.match(await page.locator(".take-what").innerText(), /能扫的马克杯/);
    assert.equal(await page.evaluate(() => "BarcodeDetector" in window), !asked.some((url) => /quagga/.test(url)));
    await page.fill("#f-counted", "6");
    await page.keyboard.press("Enter");
    await until(async () => (await counted(take)).length === 1, "it is noted");
    assert.deepEqual(await counted(take), [[mug.variant_id, 6]]);
    await closeTab(page);
  });

  // Pages may be on their way to the next one.
  const hasFocus = (page, id) => page.waitForFunction((wanted) => document.activeElement?.id === wanted, id);

  test("a scanner that types needs no camera: the field has the focus, Enter finds", async () => {
    const take = await begins();
    const page = await opens(`/admin/stock-takes/${take.id}`);
    await hasFocus(page, "find");
    await page.keyboard.type(`${CODE}\n`);
    await page.locator(".take-count").waitFor();
    await hasFocus(page, "f-counted");
    await page.keyboard.type("5\n");
    await until(async () => (await counted(take)).length === 1, "it is noted");
    await hasFocus(page, "find"); // on to the next
    await closeTab(page);
  });

  test("without a camera in reach a word says so, and the rest works", async () => {
    const take = await begins();
    const none = await opens(`/admin/stock-takes/${take.id}`, { chooses: () => Object.defineProperty(Navigator.prototype, "mediaDevices", { get: () => undefined }) });
    assert.equal(await none.locator('[data-scan="#find"]').isVisible(), false);
    assert.match(await none.locator('[data-scan-note="#find"]').innerText(), /不能用摄像头扫码，请用扫码枪或输入/);
    await closeTab(none);
    const refused = await opens(`/admin/stock-takes/${take.id}`, { chooses: () => (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"))) });
    await refused.locator('[data-scan="#find"]').click();
    await refused.locator('[data-scan-say="refused"]').waitFor();
    await refused.keyboard.press("Escape");
    await refused.fill("#find", CODE);
    await refused.keyboard.press("Enter");
    await refused.locator(".take-count").waitFor();
    await closeTab(refused);
    const bare = await opens(`/admin/stock-takes/${take.id}`, { javaScriptEnabled: false });
    assert.equal(await bare.locator('[data-scan="#find"]').isVisible(), false);
    await closeTab(bare);
  });

  test("in packing the camera reads the number of the parcel into its field and sends nothing", async () => {
    const order = await shop.visitor().buys(mug);
    const page = await opens(`/admin/orders/${order.number}/pack`);
    await page.locator('[data-scan="#f-tracking_number"]').click();
    await until(async () => (await page.inputValue("#f-tracking_number")) === CODE, "the number is there", { within: 60000 });
    assert.equal(await page.locator("[data-scan-dialog]").evaluate((dialog) => dialog.open), false);
    assert.equal((await staff.reads(`/admin/orders/${order.number}`)).order.stage, "to_ship");
    await closeTab(page);
  });
});
