// An owner sets up a group buy by clicking; buyers on phones begin a group, share its page and fill it.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer, until } from "../lib/shop.mjs";
import { closeTab, fillCheckout, openBrowser, openTab, press, visible } from "./browser.mjs";

const local = (at) => new Date(at + 8 * 3600_000).toISOString().slice(0, 16);

describe("group buying in a browser", () => {
  let server, browser, session, tea, cup;
  before(async () => {
    server = await startServer();
    const staff = await server.shop.staff();
    tea = await server.shop.product({ title: "明前龙井", price: 25000, stock: 20 });
    cup = await server.shop.product({ title: "青瓷茶杯", price: 6800, stock: 20 });
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  async function opens(options, isStaff = false) {
    const page = await openTab(browser, server, options);
    if (isStaff) await page.context().addCookies(session);
    return page;
  }
  const isWithin = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  const shoot = (page, name) => page.screenshot({ path: `build/screenshots/group-${name}.png`, fullPage: true });

  test("set up on a phone by clicking, refused at the field, and started", async () => {
    const page = await opens({ width: 375, height: 812 }, true);
    await page.goto("/admin/promotions");
    await page.getByRole("link", { name: "拼团" }).first().click();
    await page.getByText("还没有拼团").waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the empty list");
    await shoot(page, "empty-375");
    await page.getByRole("link", { name: "新建拼团" }).click();
    await page.fill("#f-name", "三人拼好茶");
    await page.fill("#f-starts_at", local(Date.now() - 60_000));
    await page.fill("#f-size", "1");
    await page.fill("#f-goods", `${tea.handle}\n${cup.sku}`);
    await page.getByRole("button", { name: "列出规格" }).click();
    await page.locator(".flash-goods", { hasText: "青瓷茶杯" }).waitFor();
    const row = (title) => page.locator(".flash-entry", { hasText: title });
    for (const [title, price, stock, person] of [["明前龙井", "300", "9", "1"], ["青瓷茶杯", "39", "9", ""]]) {
      await row(title).locator("[name$='.price']").fill(price);
      await row(title).locator("[name$='.stock']").fill(stock);
      await row(title).locator("[name$='.person_most']").fill(person);
    }
    await page.getByRole("button", { name: "存为草稿" }).click();
    await row("明前龙井").getByText("拼团价要低于单独购买的价格").waitFor();
    await page.getByText("成团人数要 2 到 100 人").first().waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the form");
    await shoot(page, "refused-375");
    await row("明前龙井").locator("[name$='.price']").fill("199");
    await page.fill("#f-size", "2");
    await page.getByRole("button", { name: "存为草稿" }).click();
    await page.waitForURL(/\/admin\/groups\/\d+/);
    await page.getByRole("button", { name: /^开始/ }).click();
    await page.locator(".page-head .chip", { hasText: "进行中" }).waitFor();
    assert.ok(await isWithin(page), "nothing sticks out of the page");
    await shoot(page, "started-375");
    await closeTab(page, { expected: /422/ });
  });

  async function goesOn(page, phone, name) {
    await page.waitForURL(/\/checkout\?cart=/);
    if (name) await shoot(page, `${name}-checkout`);
    await fillCheckout(page, { phone });
    await press(page, "checkout");
    await page.waitForURL(/\/checkout\/review/);
    if (name) await shoot(page, `${name}-review`);
    await press(page, "place");
    await page.waitForURL(/\/orders\/[^/]+\/pay\?token=/);
    await page.check('input[name="method"][value="sandbox"]', { force: true });
    await visible(page, 'form[action$="/pay"] button, .paybar button').click();
    await page.waitForURL(/\/sandbox\/pay\//);
    await page.click('button[name="outcome"][value="paid"]');
    await page.waitForURL(/\/orders\/[^/?]+\?token=/);
  }

  test("both prices stand on the page; a friend joins by the shared page, and the group is full", async () => {
    await until(async () => (await server.shop.client().get(`/products/${tea.handle}`)).text.includes("发起拼团"), "the page knows");
    const first = await opens({ width: 375, height: 812 });
    await first.goto(`/products/${tea.handle}`);
    assert.ok(await isWithin(first), "nothing sticks out of the product page");
    await shoot(first, "product-375");
    await first.locator("[data-group-begin]").click();
    await goesOn(first, "13811112222", "begin-375");
    await first.getByText("等待成团").first().waitFor();
    assert.ok(await isWithin(first), "nothing sticks out of the order");
    await shoot(first, "order-375");
    const share = await first.getByRole("link", { name: "邀请好友" }).getAttribute("href");
    const wide = await opens({ width: 1440, height: 900, javaScriptEnabled: false });
    await until(async () => {
      await wide.goto(`/products/${tea.handle}`);
      return (await wide.getByText("可以直接参加的团").count()) > 0;
    }, "strangers see the group");
    await shoot(wide, "product-1440");
    await wide.goto(share);
    await wide.getByRole("heading", { name: "还差 1 人成团" }).waitFor();
    assert.match(await wide.locator(".group-clock").textContent(), /剩 23 小时 \d+ 分/);
    await shoot(wide, "page-1440");
    await closeTab(wide);
    const second = await opens({ width: 375, height: 812 });
    await second.goto(share);
    await second.locator("[data-group-clock]", { hasText: /\d\d:\d\d:\d\d/ }).waitFor();
    assert.ok(await isWithin(second), "nothing sticks out of the shared page");
    await shoot(second, "page-375");
    await second.getByRole("button", { name: /参团/ }).click();
    await goesOn(second, "13833334444");
    await second.goto(share);
    await second.getByRole("heading", { name: "拼团成功" }).waitFor();
    await shoot(second, "full-375");
    await closeTab(second);
    await closeTab(first);
  });

  test("who does not want to wait is asked, and has the money back, also without JavaScript", async () => {
    for (const [width, javaScriptEnabled] of [[375, true], [1440, false]]) {
      const buyer = server.shop.visitor();
      const begun = await buyer.client.post("/cart/groups", { variant_id: tea.variant_id, group: "", quantity: 1 });
      buyer.cart = begun.body.cart.token;
      const order = await buyer.checksOut();
      await buyer.pays(order);
      await buyer.seesPaid(order);
      const page = await opens({ width, height: 812, javaScriptEnabled });
      await page.goto(`/orders/${order.number}?token=${order.token}`);
      await page.getByText("不想等了").click();
      await page.getByText("付的钱原路全额退回").waitFor();
      assert.ok(await isWithin(page), "nothing sticks out of the question");
      await shoot(page, `leave-${width}`);
      await page.getByRole("button", { name: "退出并退款" }).click();
      await page.getByText("你退出了拼团").waitFor();
      assert.equal(await page.getByText("不想等了").count(), 0);
      await shoot(page, `left-${width}`);
      await closeTab(page);
    }
  });

  test("the figures are there, and ending asks first", async () => {
    const page = await opens({ width: 1440, height: 900 }, true);
    await page.goto("/admin/groups");
    await page.getByText("已成团 1").waitFor();
    await shoot(page, "list-1440");
    await page.getByRole("link", { name: "三人拼好茶" }).click();
    await page.getByText("最近结束的团").waitFor();
    await shoot(page, "figures-1440");
    await page.getByRole("link", { name: "修改" }).click();
    await page.locator(".flash-entry").nth(1).waitFor();
    await shoot(page, "edit-1440");
    await page.goBack();
    await page.locator(".page-head summary").click();
    await page.getByRole("button", { name: "结束拼团" }).click();
    await page.locator(".page-head .chip", { hasText: "已结束" }).waitFor();
    await closeTab(page);
  });
});
