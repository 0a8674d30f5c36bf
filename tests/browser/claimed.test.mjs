// A buyer claims coupons on a phone, sees the best one count, and chooses another at the checkout.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { openMailbox } from "../lib/mailbox.mjs";
import { cny, expect, startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DAY = 86400e3;
const SIZES = [[320, 700], [375, 812], [768, 900], [1024, 900], [1440, 900]];
const local = (at) => new Date(at + 8 * 3600e3).toISOString().slice(0, 16);

describe("claimed coupons in a browser", () => {
  let server, browser, staff, post, tea, session, member;
  const coupons = [];
  async function offers(wish, rules = {}) {
    const { promotion } = expect(await staff.does("/admin/promotions", { kind: "coupon", starts_at: local(Date.now() - DAY), ends_at: local(Date.now() + 30 * DAY), scope: "all", beside_sale: true, beside_sum: true, ...wish }), 201);
    expect(await staff.does(`/admin/promotions/${promotion.id}/status`, { status: "active" }), 200);
    expect(await staff.does(`/admin/promotions/${promotion.id}/issue`, { holder_most: 1, audience: "all", ...rules }), 200);
    coupons.push(promotion);
  }
  before(async () => {
    post = await openMailbox();
    server = await startServer({ args: ["--smtp-url", post.url, "--mail-from", "no-reply@platform.example", "--smtp-plain", "on", "--outbound-allow", `127.0.0.1:${post.port}`] });
    staff = await server.shop.staff();
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    tea = await server.shop.product({ title: "明前龙井", price: 25000, stock: 20 });
    await offers({ name: "新茶尝鲜券", steps: [{ from: cny(20000), off: cny(3000) }] }, { issue_most: 500 });
    await offers({ name: "全店九五折", steps: [{ from: cny(0), percent: 500 }] }, { days: 7 });
    await offers({ name: "大单券", steps: [{ from: cny(80000), off: cny(12000) }] }, { audience: "new" });
    browser = await openBrowser();
    const visitor = server.shop.visitor();
    const email = "ticket@example.com";
    expect(await visitor.client.post("/account/login", { email }), 200);
    const mail = await post.gets(({ to }) => to.includes(email), "a code");
    expect(await visitor.client.post("/account/code", { email, code: mail.subject.match(/(\d{6})$/)[1] }), 200);
    member = [...visitor.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    post?.close();
  });
  const isWithin = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  const shot = async (page, name) => {
    if (process.env.YUNDIAN_SHOTS) await page.screenshot({ path: `${process.env.YUNDIAN_SHOTS}/${name}.png`, fullPage: true });
  };
  async function keepsNobodyOut(page, name) {
    await page.evaluate(AXE);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const violations = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ["violations"] })).violations);
      const barriers = violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)} ${nodes[0].any[0]?.message ?? ""}`);
      assert.deepEqual(barriers, [], `${name} in ${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: "light" });
  }
  /** At each width: nothing sticks out, and what is pressed is large enough. */
  async function looks(page, name) {
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      assert.ok(await isWithin(page), `nothing sticks out of ${name} at ${width}`);
      await shot(page, `${name}-${width}`);
      if (width === 375 || width === 1440) await keepsNobodyOut(page, name);
    }
    await page.setViewportSize({ width: 375, height: 812 });
  }

  test("a stranger sees the tickets, and the button leads to the log-in", async () => {
    const page = await openTab(browser, server, { width: 375, height: 812 });
    await page.goto(`/products/${tea.handle}`);
    await page.getByRole("heading", { name: "领券" }).waitFor();
    await looks(page, "claimed-product");
    await page.getByRole("button", { name: "领取「新茶尝鲜券」" }).click();
    await page.waitForURL(/\/account\/login\?next=/);
    await page.goto("/coupons");
    await looks(page, "claimed-centre");
    await closeTab(page);
  });

  test("a member claims, the best one counts, and another is chosen", async () => {
    const page = await openTab(browser, server, { width: 375, height: 812 });
    await page.context().addCookies(member);
    await page.goto(`/products/${tea.handle}`);
    for (const { name } of coupons) {
      await page.getByRole("button", { name: `领取「${name}」` }).click();
      await page.waitForURL(/#coupons$/);
      await page.locator(".voucher", { hasText: name }).getByText("已领取").waitFor();
    }
    await looks(page, "claimed-product-own");
    await page.evaluate(async (variant_id) => fetch("/api/v1/cart/lines", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ variant_id, quantity: 1 }) }), tea.variant_id);
    await page.goto("/cart");
    await page.locator(".claimed .is-used", { hasText: "新茶尝鲜券" }).waitFor();
    await looks(page, "claimed-cart");
    await page.goto("/checkout");
    await page.fill("#contact-phone", "13812345678");
    await looks(page, "claimed-checkout");
    await page.getByRole("button", { name: "不用券" }).click();
    await page.getByRole("button", { name: "改用「全店九五折」" }).click();
    await page.locator(".claimed .is-used", { hasText: "全店九五折" }).waitFor();
    assert.equal(await page.inputValue("#contact-phone"), "13812345678");
    await page.goto("/account/coupons");
    await looks(page, "claimed-account");
    await page.goto("/account/coupons?state=used");
    await looks(page, "claimed-account-none");
    await page.goto("/account");
    await looks(page, "claimed-account-home");
    await closeTab(page);
  });

  test("staff see the figures and who has one", async () => {
    const page = await openTab(browser, server, { width: 375, height: 812 });
    await page.context().addCookies(session);
    await page.goto(`/admin/promotions/${coupons[0].id}`);
    await page.getByRole("link", { name: "领券发放" }).click();
    await page.getByText("发放总量").first().waitFor();
    await page.fill("#f-email", "ticket@example.com");
    await page.getByRole("button", { name: "赠送一张" }).click();
    await page.getByText("店员赠送").waitFor();
    await looks(page, "claimed-issue");
    await page.fill("#f-holder_most", "0");
    await page.getByRole("button", { name: "保存" }).click();
    await page.locator("[data-failure]").waitFor();
    assert.equal(await page.inputValue("#f-holder_most"), "0");
    await shot(page, "claimed-issue-refused");
    await page.goto("/admin/settings/rounding");
    await page.getByLabel("抹到元").check();
    await page.getByRole("button", { name: "保存" }).click();
    await page.locator("#toasts .toast").first().waitFor();
    await looks(page, "rounding-settings");
    await closeTab(page, { expected: /422/ });
  });
});
