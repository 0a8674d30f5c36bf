// An owner opens a shop, gets help, and takes the keys back.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { closeTab, goesTo, openBrowser, openTab } from "./browser.mjs";

describe("the settings in a browser", () => {
  let server, browser, young;
  before(async () => {
    server = await startServer();
    young = await server.opens("young", { isDeclared: false });
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const base = () => server.base.replace("127.0.0.1", "young.localhost");
  async function enters(page, { login, password }) {
    await page.goto("/admin/login");
    await page.fill("#f-login", login);
    await page.fill("#f-password", password);
    await page.press("#f-password", "Enter");
    await page.waitForURL(/\/admin$/);
  }

  test("an owner declares, and strangers come in", async () => {
    const stranger = await openTab(browser, { base: base() });
    assert.equal((await stranger.goto("/")).status(), 503);
    assert.equal(await stranger.locator("h1").textContent(), "即将开业");
    const owner = await openTab(browser, { base: base() }, { width: 375, height: 812 });
    await enters(owner, young.account);
    await goesTo(owner, "/admin/settings");
    await owner.getByRole("link", { name: "去填写证照" }).click();
    await owner.locator('input[name="credit_code"]').fill("91350100M000100Y44");
    await owner.locator('form[action="/admin/settings/licence"] .btn.is-main').click();
    await owner.locator("#f-credit_code[aria-invalid=true]").waitFor();
    await owner.locator('input[name="credit_code"]').fill("");
    await owner.locator('.choice:has(input[value="exempt"])').click();
    await owner.selectOption("#f-exemption", "farm-produce");
    await owner.locator('form[action="/admin/settings/licence"] .btn.is-main').click();
    await owner.waitForURL(/\/admin\/settings\/licence/);
    await owner.locator(".toast").first().waitFor();
    await assert.doesNotReject(async () => {
      for (let answer; (answer = await stranger.goto("/")).status() !== 200; ) assert.equal(answer.status(), 503);
    });
    assert.match(await stranger.locator(".statutory").textContent(), /自产农副产品/);
    await closeTab(stranger, { expected: /\b503\b/ });
    await closeTab(owner, { expected: /\b422\b/ });
  });

  test("a packer is let in, and out again", async () => {
    const owner = await openTab(browser, { base: base() });
    await enters(owner, young.account);
    await owner.goto("/admin/settings/staff");
    await owner.locator("details.is-new > summary").click();
    await owner.fill("#f-login", "lin");
    await owner.locator('.choice:has(input[value="packer"])').click();
    await owner.fill('details.is-new input[name="password"]', "kettle on tea");
    await owner.locator("details.is-new .btn.is-main").click();
    await owner.locator(".person-row", { hasText: "lin" }).waitFor();
    const packer = await openTab(browser, { base: base() });
    await enters(packer, { login: "lin", password: "kettle on tea" });
    assert.equal(await packer.locator('.nav a[href="/admin/products"]').count(), 0);
    await owner.locator(".person-row", { hasText: "lin" }).click();
    await owner.locator("li", { hasText: "lin" }).locator("[data-confirm] > summary").click();
    await owner.locator("#ask .btn.is-danger").click();
    await owner.locator(".chip", { hasText: "已停用" }).waitFor();
    await packer.goto("/admin/orders");
    assert.match(packer.url(), /\/admin\/login/);
    await closeTab(packer);
    await closeTab(owner);
  });
});
