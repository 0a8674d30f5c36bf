// A member sees points on a phone; staff set the rules and adjust with a reason.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { openMailbox } from "../lib/mailbox.mjs";
import { expect, startServer, until } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = [[320, 700], [375, 812], [768, 900], [1024, 900], [1440, 900]];

describe("points in a browser", () => {
  let server, browser, staff, post, session, member, visitor, id;
  before(async () => {
    post = await openMailbox();
    server = await startServer({ args: ["--smtp-url", post.url, "--mail-from", "no-reply@platform.example", "--smtp-plain", "on", "--outbound-allow", `127.0.0.1:${post.port}`] });
    staff = await server.shop.staff();
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    browser = await openBrowser();
    visitor = server.shop.visitor();
    const email = "points@example.com";
    expect(await visitor.client.post("/account/login", { email }), 200);
    const mail = await post.gets(({ to }) => to.includes(email), "a code");
    expect(await visitor.client.post("/account/code", { email, code: mail.subject.match(/(\d{6})$/)[1] }), 200);
    member = [...visitor.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    id = (await staff.reads(`/admin/customers?q=${email}`)).customers[0].id;
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    post?.close();
  });
  async function looks(page, name) {
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing sticks out of ${name} at ${width}`);
      if (process.env.YUNDIAN_SHOTS) await page.screenshot({ path: `${process.env.YUNDIAN_SHOTS}/${name}-${width}.png`, fullPage: true });
    }
    await page.setViewportSize({ width: 375, height: 812 });
    await page.evaluate(AXE);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const violations = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ["violations"] })).violations);
      assert.deepEqual(violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id: rule, nodes }) => `${rule}: ${nodes[0].html.slice(0, 120)}`), [], `${name} in ${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: "light" });
  }

  test("staff turn points on, and give some with a reason", async () => {
    const page = await openTab(browser, server, { width: 375, height: 812 });
    await page.context().addCookies(session);
    await page.goto("/admin/settings/points");
    await page.locator("input[name=is_on]").check();
    await page.fill("#f-earned", "0");
    await page.getByRole("button", { name: "保存" }).click();
    await page.locator("[data-failure]").waitFor();
    assert.equal(await page.inputValue("#f-earned"), "0");
    assert.ok(await page.locator("input[name=is_on]").isChecked());
    await page.fill("#f-earned", "1");
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("已保存").first().waitFor();
    await looks(page, "points-settings");
    await until(async () => (await visitor.client.api("/account/points")).status === 200, "points are on");
    await page.goto(`/admin/customers/${id}`);
    await page.locator(`a[href$="/customers/${id}/points"]`).click();
    await page.fill("#f-points", "88");
    await page.fill("#f-reason", "生日快乐");
    await page.getByRole("button", { name: "调整" }).click();
    await page.getByText("生日快乐").waitFor();
    await looks(page, "points-member");
    await closeTab(page, { expected: /422/ });
  });

  test("the member pays a part with them, in the cart and at the checkout", async () => {
    const page = await openTab(browser, server, { width: 375, height: 812 });
    await page.context().addCookies(session);
    await page.goto("/admin/settings/points");
    await page.fill("#f-pay_rate", "10");
    await page.fill("#f-pay_percent", "0");
    await page.getByRole("button", { name: "保存" }).click();
    await page.locator("[data-failure]").waitFor();
    assert.equal(await page.inputValue("#f-pay_rate"), "10");
    await page.fill("#f-pay_percent", "50");
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("已保存").first().waitFor();
    await closeTab(page, { expected: /422/ });
    const cup = await server.shop.product({ title: "汝窑杯", price: 5000, stock: 20 });
    const buyer = await openTab(browser, server, { width: 375, height: 812 });
    await buyer.context().addCookies(member);
    await until(async () => (await visitor.client.api("/account/points")).body.points.pay !== null, "points pay");
    await buyer.goto("/account");
    await buyer.evaluate(async (variant_id) => fetch("/api/v1/cart/lines", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ variant_id, quantity: 1 }) }), cup.variant_id);
    await buyer.goto("/cart");
    await buyer.fill("#points-count", "89");
    await buyer.getByRole("button", { name: "抵扣" }).click();
    await buyer.getByText("这一单最多能用 88 积分").waitFor();
    assert.equal(await buyer.inputValue("#points-count"), "89");
    await buyer.getByRole("button", { name: "全部用上（88）" }).click();
    await buyer.getByText("已用 88 积分").waitFor();
    await looks(buyer, "points-cart");
    await buyer.goto("/checkout");
    await buyer.fill("[name='address.line']", "文三路 1 号");
    await buyer.getByRole("button", { name: "不用积分" }).click();
    await buyer.getByText("这一单最多用 88").waitFor();
    assert.equal(await buyer.inputValue("[name='address.line']"), "文三路 1 号");
    await buyer.fill("#points-count", "50");
    await looks(buyer, "points-checkout");
    for (const [name, value] of [["address.name", "爱丽丝"], ["address.phone", "13812345678"], ["address.region", "浙江省 杭州市 西湖区"]]) await buyer.fill(`[name='${name}']`, value);
    await buyer.locator("[name='address.name']").press("Enter");
    await buyer.getByText("积分抵扣（50 分）").waitFor();
    await buyer.locator("button[form=place]").click();
    await buyer.waitForURL(/\/pay/);
    await buyer.goto(buyer.url().replace("/pay", ""));
    await buyer.getByText("积分抵扣（50 分）").waitFor();
    await closeTab(buyer, { expected: /422/ });
  });

  test("the member sees them, and what is on its way", async () => {
    const tea = await server.shop.product({ title: "明前龙井", price: 25000, stock: 20 });
    await visitor.puts(tea);
    const order = await visitor.checksOut();
    await visitor.pays(order);
    await visitor.seesPaid(order);
    const page = await openTab(browser, server, { width: 375, height: 812 });
    await page.context().addCookies(member);
    await page.goto("/account");
    await page.getByRole("link", { name: "我的积分" }).click();
    await page.getByText("生日快乐").waitFor();
    await page.getByText("待入账 250 分").waitFor();
    await looks(page, "points-account");
    await page.goto(`/orders/${order.number}?token=${order.token}`);
    await page.getByText("积分待入账").waitFor();
    await looks(page, "points-order");
    await closeTab(page);
  });
});
