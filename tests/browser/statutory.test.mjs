// What the law wants on show (电商法 10, 12, 15, 16): the door before a licence, the footer, goods that need a licence, the end of business.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { png } from "../lib/pictures.mjs";
import { expect, startServer, until } from "../lib/shop.mjs";
import { closeTab, openBrowser, openTab, pressFor } from "./browser.mjs";

describe("what the law wants on show, in a browser", () => {
  let server, browser, young, folder, stranger, owner;
  const base = () => server.base.replace("127.0.0.1", "young.localhost");
  before(async () => {
    server = await startServer();
    young = await server.opens("young", { isDeclared: false });
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "licence-"));
    browser = await openBrowser();
    stranger = await openTab(browser, { base: base() }, { width: 375, height: 812 });
    owner = await openTab(browser, { base: base() });
    await owner.goto("/admin/login");
    await owner.fill("#f-login", young.account.login);
    await owner.fill("#f-password", young.account.password);
    await owner.press("#f-password", "Enter");
    await owner.waitForURL(/\/admin$/);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });
  const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
  const opens = (status, at = "/") => until(async () => (await stranger.goto(at)).status() === status, `${at} answers ${status}`);
  const footer = () => stranger.locator("footer .statutory");

  test("a shop without licence and without declaration is closed to strangers, and the licence opens it", async () => {
    await opens(503);
    assert.equal(await stranger.locator("h1").textContent(), "即将开业");
    await opens(503, "/products");
    await owner.goto("/admin/settings/licence");
    await owner.fill("#f-legal_name", "云间商贸有限公司");
    await owner.fill("#f-credit_code", "91350100M000100Y43");
    await owner.fill("#f-icp_number", "京ICP备12345678号-1");
    await owner.fill("#f-psb_number", "京公网安备 11010502030143号");
    await owner.locator('form[action="/admin/settings/licence"] .btn.is-main').click();
    await owner.locator(".toast").first().waitFor();
    await opens(503);
    const file = path.join(folder, "licence.png");
    fs.writeFileSync(file, png("licence"));
    await owner.setInputFiles("#f-picture", file);
    await pressFor(owner, owner.locator('form[action="/admin/settings/licence/picture"] .btn'), /licence\?notice=/);
    await opens(200);
  });

  test("every page has the licence, the records and their links at its foot", async () => {
    for (const at of ["/", "/products", "/cart", "/orders"]) {
      await stranger.goto(at);
      await footer().getByRole("link", { name: /营业执照|证照/ }).first().waitFor();
      assert.equal(await footer().getByRole("link", { name: "京ICP备12345678号-1" }).getAttribute("href"), "https://beian.miit.gov.cn/");
      assert.match(await footer().getByRole("link", { name: "京公网安备11010502030143号" }).getAttribute("href"), /^https:\/\/beian\.mps\.gov\.cn\/.*code=11010502030143$/);
      assert.match(await footer().textContent(), /云间商贸有限公司/);
    }
    await footer().getByRole("link", { name: /营业执照|证照/ }).first().click();
    await stranger.waitForURL(/\/licence$/);
    assert.match(await stranger.locator("main").textContent(), /91350100M000100Y43/);
    assert.ok(await stranger.locator("main img").first().evaluate((image) => image.complete && image.naturalWidth > 0), "the picture of the licence");
  });

  test("goods that need a licence wait for it, and the page leads there", async () => {
    const staff = await young.staff();
    expect(await staff.does("/admin/categories", { name: "图书", name_en: "books", handle: "books", position: 1 }), 201);
    await owner.goto("/admin/categories");
    await owner.locator(".category-row", { hasText: "图书" }).click();
    await owner.locator(".category-edit select[name=need]").first().selectOption("publications");
    await owner.locator(".category-edit .btn.is-main").first().click();
    await owner.locator(".category-row .chip", { hasText: "缺许可证" }).waitFor();
    const category = (await staff.reads("/admin/categories")).categories[0];
    const book = await staff.creates({ title: "一本书", status: "draft", category_id: category.id });
    await owner.goto(`/admin/products/${book.id}`);
    assert.match(await owner.locator("[data-need]").textContent(), /出版物经营许可证/);
    await owner.locator('.choice:has(input[name=status][value="active"])').click();
    await owner.locator(".page-head .btn.is-main").click();
    await owner.locator("#f-status .problem", { hasText: "所在分类需要许可证" }).waitFor();
    await owner.locator("#f-status a").click();
    await owner.waitForURL(/\/admin\/settings\/licence/);
    await owner.locator("details.more > summary", { hasText: "添加" }).click();
    await owner.fill("#f-kind", "出版物经营许可证");
    await owner.fill("#f-number", "新出发京零字第 0001 号");
    await pressFor(owner, owner.locator('form[action="/admin/settings/licences"] .btn.is-main'), /notice=/);
    await until(async () => {
      await owner.goto(`/admin/products/${book.id}`);
      return (await owner.locator("[data-need]").count()) === 0;
    }, "nothing is missing any more");
    await owner.locator('.choice:has(input[name=status][value="active"])').click();
    await owner.locator(".page-head .btn.is-main").click();
    await owner.locator(".page-head .chip", { hasText: "在售" }).waitFor();
    await opens(200, `/products/${book.handle}`);
    await until(async () => (await stranger.goto("/"), /出版物经营许可证/.test(await footer().textContent())), "the licence stands at the foot");
    assert.match(await footer().textContent(), /新出发京零字第 0001 号/);
    // The platform takes it away: the shop reads why, and there is nothing to press.
    await server.tool("product block", "--shop", "young", "--product", book.id, "--reason", "authority", "--by", "王审核", "--note", "依行政决定停止销售");
    await opens(404, `/products/${book.handle}`);
    await owner.goto(`/admin/products/${book.id}`);
    assert.match(await owner.locator("[data-block]").textContent(), /司法机关或行政机关要求.*依行政决定停止销售/s);
    assert.ok(await owner.locator('input[name=status][value="active"]').isDisabled());
    await server.tool("product unblock", "--shop", "young", "--product", book.id, "--by", "王审核", "--note", "决定已撤销");
    await opens(200, `/products/${book.handle}`);
  });

  test("the end of business is announced 30 days ahead, on every page, and not nearer", async () => {
    await owner.goto("/admin/settings/closing");
    await owner.fill("#f-day", day(20));
    await owner.locator('form[action="/admin/settings/closing"] .btn').click();
    await owner.locator("#f-day[aria-invalid=true]").waitFor();
    await stranger.goto("/");
    assert.equal(await stranger.locator(".notice-strip.is-end").count(), 0);
    await owner.fill("#f-day", day(35));
    await pressFor(owner, owner.locator('form[action="/admin/settings/closing"] .btn'), /closing\?notice=/);
    for (const at of ["/", "/products", "/cart"])
      await until(async () => {
        await stranger.goto(at);
        const strip = stranger.locator(".notice-strip.is-end");
        return (await strip.count()) === 1 && (await strip.textContent()).includes(day(35));
      }, `${at} tells of the end`);
    await owner.fill("#f-day", day(10));
    await owner.locator('form[action="/admin/settings/closing"] .btn.is-main').click();
    await owner.locator("#f-day[aria-invalid=true]").waitFor();
    await stranger.goto("/");
    assert.ok((await stranger.locator(".notice-strip.is-end").textContent()).includes(day(35)), "the announced day stands");
  });

  test("nobody's page complained", async () => {
    await closeTab(stranger, { expected: /\b(503|404)\b/ });
    await closeTab(owner, { expected: /\b422\b/ });
  });
});
