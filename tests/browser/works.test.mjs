// Long work in the browser: the bar moves by itself and survives a reload; what was deleted comes back; keys of a list.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("long work and the trash in the browser", () => {
  let server, shop, staff, browser;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    const category = await staff.category();
    for (let start = 0; start < 520; start += 20)
      await Promise.all(Array.from({ length: 20 }, (_, i) => staff.creates({ title: `批量 ${start + i}`, category_id: category.id })));
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  // The page's own policy forbids added scripts, so axe is evaluated by the debugger.
  async function isOpenToAll(page, path) {
    const session = await page.context().newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: AXE });
    const violations = await page.evaluate(async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.filter(({ impact }) => impact === "serious" || impact === "critical"));
    assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes[0].html]), [], path);
  }

  async function opens(width, height = 800) {
    const page = await openTab(browser, server, { width, height });
    await page.goto("/admin/login");
    await page.fill("#f-login", shop.account.login);
    await page.fill("#f-password", shop.account.password);
    await page.press("#f-password", "Enter");
    await page.waitForURL(/\/admin\/?$/);
    return page;
  }

  test("all that a list finds is tagged as a work whose page ends by itself", async () => {
    const page = await opens(1440);
    await page.goto("/admin/products");
    await page.getByLabel("全部符合条件的").check();
    await page.locator(".bulk-tag input").fill("秋季");
    await page.locator(".bulk-tag").getByRole("button").first().click();
    await page.waitForURL(/\/admin\/works\/\d+/);
    await page.getByText("已完成").waitFor({ timeout: 60000 });
    await page.getByRole("link", { name: "查看结果，或撤销" }).click();
    await page.locator(".act-note").getByRole("button", { name: "撤销" }).waitFor();
    await page.goto("/admin/works");
    await page.getByText("批量打标签或移除标签：秋季").waitFor();
    for (const path of ["/admin/works", "/admin/products?stock=in", "/admin/orders", "/admin/tags", "/admin/trash"]) {
      await page.goto(path);
      await isOpenToAll(page, path);
    }
    await closeTab(page);
  });

  test("a deleted tag is offered back, and comes back with one press", async () => {
    const [one] = (await staff.reads("/admin/products")).products;
    await staff.does("/admin/products/acts", { action: "tag", tag: "误删", products: [{ id: one.id }] });
    const page = await opens(375);
    await page.goto("/admin/tags?q=" + encodeURIComponent("误"));
    await page.locator("summary.category-row").first().click();
    await page.locator(".category-edit [data-confirm] > summary").first().click();
    await page.locator("#ask").getByRole("button", { name: "去掉标签" }).click();
    await page.getByText("已删除「误删」").waitFor();
    await page.keyboard.press("u");
    await page.keyboard.press("Enter");
    await page.locator("summary.category-row", { hasText: "误删" }).waitFor();
    await closeTab(page);
  });

  test("rows are chosen and edited by keys", async () => {
    const page = await opens(1280);
    await page.goto("/admin/products");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    assert.equal(await page.locator("[data-pick]:checked").count(), 1);
    await page.keyboard.press("x");
    assert.equal(await page.locator("[data-pick]:checked").count(), 0);
    await page.keyboard.press("e");
    await page.locator("#ask[open]").waitFor();
    await closeTab(page);
  });
});
