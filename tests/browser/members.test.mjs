// A buyer logs in on a phone by a code from the mail, and sees and pays the price of members.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { openMailbox } from "../lib/mailbox.mjs";
import { expect, startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab, press, visible } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("members in a browser", () => {
  let server, browser, staff, post, tea, session;
  before(async () => {
    post = await openMailbox();
    server = await startServer({ args: ["--smtp-url", post.url, "--mail-from", "no-reply@platform.example", "--smtp-plain", "on", "--outbound-allow", `127.0.0.1:${post.port}`] });
    staff = await server.shop.staff();
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    tea = await server.shop.product({ title: "明前龙井", price: 25000, stock: 20 });
    browser = await openBrowser();
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

  test("the owner makes a level and its prices", async () => {
    for (const [width, height] of [[375, 812], [1440, 900]]) {
      const page = await openTab(browser, server, { width, height });
      await page.context().addCookies(session);
      await page.goto("/admin/customers");
      await page.getByText("还没有客户登录过").waitFor();
      assert.ok(await isWithin(page), "nothing sticks out of the empty list");
      await shot(page, `customers-empty-${width}`);
      await page.goto("/admin/customers/groups");
      if (width === 375) {
        await page.fill("#f-name", "金卡会员");
        await page.fill("#f-spend_from", "1000");
        await page.fill("#f-spend_days", "365");
        await page.getByRole("button", { name: "添加等级" }).click();
        await page.getByText("365 天内消费满 ¥1,000.00").or(page.getByText("365 天内消费满 ¥1000.00")).waitFor();
      }
      assert.ok(await isWithin(page), "nothing sticks out of the levels");
      await shot(page, `groups-${width}`);
      await page.goto("/admin/price-lists");
      await shot(page, `price-lists-${width}`);
      await page.goto("/admin/price-lists/new");
      assert.ok(await isWithin(page), "nothing sticks out of the form");
      await shot(page, `price-list-new-${width}`);
      if (width === 375) {
        await page.fill("#f-name", "金卡会员价");
        await page.fill("#f-steps-0-percent", "9");
        await page.locator(".price-list-groups .check", { hasText: "金卡会员" }).click();
        await page.getByRole("button", { name: "保存" }).click();
        await page.getByText("现在还是草稿").waitFor();
        await page.getByRole("button", { name: "开始" }).first().click();
        await page.locator(".chip", { hasText: "进行中" }).waitFor();
        assert.ok(await isWithin(page), "nothing sticks out of the list");
        await shot(page, `price-lists-running-${width}`);
      }
      await closeTab(page);
    }
  });

  test("a buyer logs in on a phone and pays the member price", async () => {
    const page = await openTab(browser, server, { width: 375, height: 812 });
    await page.goto(`/products/${tea.handle}`);
    await page.getByText("会员登录后 ¥225.00").waitFor();
    await shot(page, "product-stranger-375");
    await page.locator(".offers .link").click();
    await page.waitForURL(/\/account\/login/);
    assert.ok(await isWithin(page), "nothing sticks out of the login");
    await shot(page, "login-375");
    await page.fill("#email", "gold@example.com");
    await page.getByRole("button", { name: "发送验证码" }).click();
    const mail = await post.gets(({ to }) => to.includes("gold@example.com"), "the code comes");
    await page.locator("#code").waitFor();
    await shot(page, "code-375");
    await page.fill("#code", "000000".replace(/0/g, mail.subject.endsWith("0") ? "1" : "0"));
    await page.locator("form.panel button").click();
    await page.locator("#code-problem").waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the refusal");
    await page.fill("#code", mail.subject.match(/(\d{6})$/)[1]);
    await page.locator("form.panel button").click();
    await page.waitForURL(new RegExp(`/products/${tea.handle}`));
    const { customers } = await staff.reads("/admin/customers?q=gold@example.com");
    const { groups } = await staff.reads("/admin/customers/groups");
    expect(await staff.does(`/admin/customers/${customers[0].id}/group`, { group: groups[0].id }), 200);
    await page.reload();
    await page.locator(".buy-price", { hasText: "225" }).waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the product");
    await shot(page, "product-member-375");
    await page.goto("/account");
    await page.getByText("还没有订单").waitFor();
    await page.getByText("添加地址").click();
    await page.fill("#address-new-name", "张三");
    await page.fill("#address-new-phone", "13812345678");
    await page.fill("#address-new-region", "浙江省 杭州市 西湖区");
    await page.fill("#address-new-line", "文三路 100 号 2 单元");
    await page.locator(".account-new .btn-main").click();
    await page.locator(".saved-address", { hasText: "文三路" }).waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the account");
    await page.goto(`/products/${tea.handle}`);
    await visible(page, 'button[name="next"][value="checkout"]').click();
    await page.waitForURL(/\/checkout$/);
    assert.equal(await page.inputValue('[name="address.line"]'), "文三路 100 号 2 单元");
    assert.equal(await page.inputValue('[name="contact.email"]'), "gold@example.com");
    await shot(page, "checkout-member-375");
    await press(page, "checkout");
    await page.waitForURL(/\/checkout\/review/);
    await page.locator(".sum-total", { hasText: "225" }).waitFor();
    await press(page, "place");
    await page.waitForURL(/\/orders\/[^/]+\/pay\?token=/);
    await page.goto("/account");
    await page.locator(".account-order", { hasText: "明前龙井" }).waitFor();
    await shot(page, "account-375");
    await page.setViewportSize({ width: 1440, height: 900 });
    await shot(page, "account-1440");
    await page.goto(`/products/${tea.handle}`);
    await shot(page, "product-member-1440");
    await closeTab(page, { expected: /422/ });
    const owner = await openTab(browser, server, { width: 375, height: 812 });
    await owner.context().addCookies(session);
    for (const width of [375, 1440]) {
      await owner.setViewportSize({ width, height: 900 });
      await owner.goto("/admin/customers");
      await owner.locator(".row-link", { hasText: "gold@example.com" }).waitFor();
      assert.ok(await isWithin(owner), "nothing sticks out of the customers");
      await shot(owner, `customers-${width}`);
      await owner.locator(".row-link", { hasText: "gold@example.com" }).click();
      await owner.getByText("累计消费").waitFor();
      assert.ok(await isWithin(owner), "nothing sticks out of the customer");
      await shot(owner, `customer-${width}`);
    }
    await closeTab(owner);
  });

  test("what a second device brings joins the cart, and the cart says what was lost until it was read", async () => {
    const cup = await server.shop.product({ title: "青瓷盖碗", price: 8800, stock: 3 });
    const email = "both@example.com";
    let nth = 0;
    const logsIn = async (width) => {
      const page = await openTab(browser, server, { width, height: 812 });
      for (let i = 0; i < 2; i++) {
        await page.goto(`/products/${cup.handle}`);
        await page.evaluate(async (id) => fetch("/cart/lines", { method: "POST", headers: { accept: "application/json", "content-type": "application/json" }, body: JSON.stringify({ variant_id: id }) }), cup.variant_id);
      }
      await page.goto("/account/login?next=/cart");
      await page.fill("#email", email);
      await page.getByRole("button", { name: "发送验证码" }).click();
      await page.locator("#code").waitFor();
      nth += 1;
      await post.gets(() => post.to(email).length >= nth, "the code comes");
      await page.fill("#code", post.to(email)[nth - 1].subject.match(/(\d{6})$/)[1]);
      await page.locator("form.panel button").click();
      await page.waitForURL(/\/cart$/);
      return page;
    };
    const phone = await logsIn(375);
    assert.equal(await phone.locator(".cart-news").count(), 0);
    await closeTab(phone);
    const page = await logsIn(375);
    await page.locator(".cart-news li", { hasText: "想要 4 件" }).waitFor();
    await page.evaluate(AXE);
    const violations = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ["violations"] })).violations.map(({ id }) => id));
    assert.deepEqual(violations, []);
    for (const width of [375, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.ok(await isWithin(page), "nothing sticks out of the cart");
      await shot(page, `cart-news-${width}`);
    }
    await page.getByRole("button", { name: "知道了" }).click();
    await page.locator(".cart-news").waitFor({ state: "detached" });
    assert.equal(await page.locator(".stepper output").first().textContent(), "3");
    await closeTab(page);
  });
});
