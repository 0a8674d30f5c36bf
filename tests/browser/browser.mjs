// browser.mjs - opens the system's Chromium and watches that pages do not complain.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { chromium } from "playwright-core";

/** Slow machines and two journeys at a time wait longer. */
const PATIENCE = Number(process.env.YUNDIAN_PATIENCE) || 1;

const WHOLE = "/usr/bin/chromium";
/** The same engine without windows, in two thirds of the time. */
const SHELL = "/usr/bin/chromium-headless-shell";

/** `isWhole` for what a buyer's own browser must do; everything else takes the shell where there is one. `more` are words for
 *  its command line. */
export async function openBrowser({ isWhole = false, more = [] } = {}) {
  const usual = !isWhole && fs.existsSync(SHELL) ? SHELL : WHOLE;
  return chromium.launch({ executablePath: process.env.CHROMIUM || usual, args: ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none", ...more] });
}

/** A tab of somebody new. What the page complains about (errors, refused scripts, failed files) is kept in
 *  `page.complaints`; `expected` lists those that belong to the story. */
export async function openTab(browser, server, { width = 1280, height = 900, ...options } = {}) {
  const context = await browser.newContext({ baseURL: server.base, locale: "zh-CN", timezoneId: "Asia/Shanghai", viewport: { width, height }, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(15000 * PATIENCE);
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (problem) => page.complaints.push(`error: ${problem.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || /Content Security Policy/i.test(message.text())) page.complaints.push(`console: ${message.text()}`);
  });
  page.on("response", (answer) => {
    if (answer.status() >= 500) page.complaints.push(`${answer.status()} ${answer.url()}`);
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    if (!/ERR_ABORTED/.test(reason)) page.complaints.push(`${reason} ${request.url()}`);
  });
  return page;
}

/** Closes a tab; it must not have complained. */
export async function closeTab(page, { expected } = {}) {
  const complaints = page.complaints.filter((text) => !expected?.test(text));
  await page.context().close();
  assert.deepEqual(complaints, []);
}

/** Fills the checkout form of this page as a buyer does. */
export async function fillCheckout(page, { phone = "13812345678", line = "文三路 100 号 2 单元" } = {}) {
  await page.fill('[name="contact.phone"]', phone);
  if (await page.locator('[name="address.name"]').count()) {
    await page.fill('[name="address.name"]', "张三");
    await page.fill('[name="address.phone"]', phone);
    await page.fill('[name="address.region"]', "浙江省 杭州市 西湖区");
    await page.fill('[name="address.line"]', line);
  }
}

/** The one of several buttons for the same that this window shows. */
export const visible = (page, selector) => page.locator(selector).filter({ visible: true }).first();

/** Presses the visible button of a form (it may stand outside of it). */
export async function press(page, formId) {
  await visible(page, `#${formId} button:not([type=button], .sr), button[form="${formId}"]:not([type=button]):not(.link)`).click();
}

/** Presses a button that leads to a page with this notice. The page takes the notice out of its address at once:
 *  so the answer is awaited, and that its page is there. */
export async function pressFor(page, button, notice) {
  await Promise.all([
    page.waitForResponse((answer) => answer.request().isNavigationRequest() && notice.test(answer.url())),
    page.waitForEvent("load"),
    button.click(),
  ]);
}

/** From the cart to the order page, paid at the sandbox cashier: {number, token}. */
export async function buysCart(page, { outcome = "paid" } = {}) {
  await page.goto("/checkout");
  await fillCheckout(page);
  await press(page, "checkout");
  await page.waitForURL(/\/checkout\/review/);
  await press(page, "place");
  await page.waitForURL(/\/orders\/[^/]+\/pay\?token=/);
  await page.check('input[name="method"][value="sandbox"]', { force: true });
  await visible(page, 'form[action$="/pay"] button, .paybar button').click();
  await page.waitForURL(/\/sandbox\/pay\//);
  await page.click(`button[name="outcome"][value="${outcome}"]`);
  await page.waitForURL(/\/orders\/[^/?]+\?token=/);
  return orderOf(page);
}

export function orderOf(page) {
  const url = new URL(page.url());
  return { number: url.pathname.match(/\/orders\/([^/]+)/)[1], token: url.searchParams.get("token") };
}

/** Follows a link of the back office's navigation; on a phone it may stand behind 更多. */
export async function goesTo(page, href) {
  const more = page.locator(".phone-more > summary");
  if (await more.isVisible()) await more.click();
  await page.locator(`.nav a[href="${href}"], .phone-nav a[href="${href}"]`).filter({ visible: true }).first().click();
}
