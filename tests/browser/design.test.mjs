// The editor of a design: as plain forms, with a script, on a phone and on a desk; nothing that keeps somebody out.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";
import { zip } from "../lib/zip.mjs";
import { openBrowser, openTab, pressFor } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env.YUNDIAN_SCREENSHOTS || fileURLToPath(new URL("../../build/screenshots/", import.meta.url));

describe("the editor of a design", () => {
  let server, browser, session;
  before(async () => {
    server = await startServer({ demo: true });
    const staff = await server.shop.staff();
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    browser = await openBrowser();
    fs.mkdirSync(SHOTS, { recursive: true });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  test("a merchant changes, publishes and goes back, with plain forms", async () => {
    const page = await openTab(browser, server, { javaScriptEnabled: false });
    await page.context().addCookies(session);
    await page.goto("/admin/design?section=hero", { waitUntil: "domcontentloaded" });
    await page.locator("#f-hero-heading").fill("写好的大字");
    await page.locator("#settings button.is-main").click();
    assert.match(await page.locator("#toasts").innerText(), /草稿已保存/);
    assert.equal(await page.frameLocator(".design-frame iframe").locator("h1").first().innerText(), "写好的大字");
    await page.locator(".design-add summary").click();
    await page.locator(".design-kind[value='faq']").click();
    assert.match(await page.locator("[aria-labelledby=h-sections] .design-list > li").last().innerText(), /常见问题/);
    await page.locator(".design-list form").nth(1).locator('[value="up"]').click();
    await page.locator("#f-note").fill("第一次");
    await page.locator(".design-publish button").click();
    assert.match(await page.locator("#toasts").innerText(), /已发布/);
    await page.goto("/admin/design/history");
    assert.match(await page.locator(".design-list").innerText(), /第 1 版[^]*第一次/);
    await page.context().close();
  });

  test("a section is drawn to another place with a pointer, and the step is taken back; Escape leaves all as it was", async () => {
    const page = await openTab(browser, server);
    await page.context().addCookies(session);
    const names = () => page.locator("[aria-labelledby=h-sections] .design-list > li > a").evaluateAll((links) => links.map((link) => new URL(link.href).searchParams.get("section")));
    const grip = (index) => page.locator("[aria-labelledby=h-sections] [data-grip]").nth(index);
    const center = async (locator) => {
      const { x, y, width, height } = await locator.boundingBox();
      return [x + width / 2, y + height / 2];
    };
    const draws = async (from, to) => {
      await grip(from).scrollIntoViewIfNeeded();
      await page.mouse.move(...(await center(grip(from))));
      await page.mouse.down();
      const line = await page.locator("[aria-labelledby=h-sections] .design-list > li").nth(to).boundingBox();
      await page.mouse.move(line.x + line.width / 2, line.y + line.height - 6, { steps: 4 });
      assert.equal(await page.locator(".drop-before, .drop-after").count(), 1, "where it would come is marked");
    };
    for (const width of [1440, 375]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto("/admin/design");
      const first = await names();
      await draws(0, 1);
      await page.keyboard.press("Escape");
      await page.mouse.up();
      assert.equal(await page.locator(".is-dragged, .drop-before, .drop-after").count(), 0);
      await draws(0, 1);
      await Promise.all([page.waitForResponse((answer) => /\/acts$/.test(answer.url())), page.mouse.up()]);
      await page.locator("#toasts .toast").first().waitFor();
      assert.deepEqual(await names(), [first[1], first[0], ...first.slice(2)]);
      await pressFor(page, page.locator("form[action$='/design/undo'] button"), /notice=undone/);
      assert.deepEqual(await names(), first);
    }
    await page.context().close();
  });

  test("a picture is chosen from the library with plain forms, and what was typed before stays", async () => {
    const page = await openTab(browser, server, { javaScriptEnabled: false, width: 375 });
    await page.context().addCookies(session);
    await page.goto("/admin/design?section=hero", { waitUntil: "domcontentloaded" });
    await page.locator("#f-hero-heading").fill("先写后选");
    await page.locator("[name=pick][value='.picture']").click();
    await page.waitForURL(/\/admin\/design\/pick/);
    await page.locator(".cover-choice").first().click();
    await page.waitForURL(/section=hero/);
    assert.equal(await page.locator("#f-hero-heading").inputValue(), "先写后选");
    assert.match(await page.locator("#f-hero-picture").inputValue(), /^[0-9a-f]{32}$/);
    await page.context().close();
  });

  test("the preview shows the section that is edited, and leaves the page where it is", async () => {
    const page = await openTab(browser, server);
    await page.context().addCookies(session);
    for (const width of [1440, 375]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto("/admin/design?section=promises", { waitUntil: "load" });
      const at = page.frameLocator(".design-frame iframe").locator("#section-promises + *");
      await at.waitFor();
      await page.frameLocator(".design-frame iframe").locator("#section-promises.is-edited").waitFor({ state: "attached" });
      assert.equal(await at.evaluate((one) => getComputedStyle(one).outlineStyle), "solid");
      const { top, height } = await at.evaluate((one) => ({ top: one.getBoundingClientRect().top, height: innerHeight }));
      assert.ok(top >= 0 && top < height, `it is seen: ${top} of ${height}`);
      assert.equal(await page.evaluate(() => scrollY), 0);
    }
    await page.context().close();
  });

  test("a merchant uploads a theme, reads what is wrong with it, mends it, publishes it and goes back", async () => {
    const page = await openTab(browser, server, { javaScriptEnabled: false });
    await page.context().addCookies(session);
    await page.goto("/admin/design/themes", { waitUntil: "domcontentloaded" });
    assert.match(await page.locator(".empty").innerText(), /还没有自己的主题/);
    const send = async (text) => {
      await page.locator("#f-zip").setInputFiles({ name: "mine.zip", mimeType: "application/zip", buffer: zip([["templates/products.liquid", Buffer.from(text)]]) });
      await page.locator("form[enctype] button").click();
    };
    await page.setViewportSize({ width: 375, height: 900 });
    await send("<p>\n{{ 1 | nosuchfilter }}</p>");
    assert.match(await page.locator("[data-failure]").innerText(), /templates\/products\.liquid 第 2 行第 \d+ 列[^]*nosuchfilter/);
    await page.screenshot({ path: `${SHOTS}design-themes-wrong-375.png`, fullPage: true });
    await send("<h1>自己的列表</h1>");
    assert.match(await page.locator("#toasts").innerText(), /主题检查通过/);
    await page.locator('form[action$="/themes/1/publish"] button').click();
    assert.match(await page.locator("#toasts").innerText(), /已发布/);
    await page.goto("/products");
    assert.equal(await page.locator("h1").innerText(), "自己的列表");
    await page.goto("/admin/design/themes");
    await page.locator('form[action$="/themes/0/publish"] button').click();
    await page.goto("/products");
    assert.notEqual(await page.locator("h1").first().innerText(), "自己的列表");
    await page.context().close();
  });

  test("at two widths nothing scrolls sideways and nobody is kept out; the preview has two widths of its own", async () => {
    const page = await openTab(browser, server);
    await page.context().addCookies(session);
    await page.goto("/admin/design?section=hero");
    const block = (await page.locator("[name=pick][value$='.url']").first().getAttribute("value")).split(".")[0];
    for (const [name, path] of [["design", "/admin/design?section=hero"], ["design-look", "/admin/design/look"], ["design-pick", "/admin/design/pick?section=hero&setting=picture"], ["design-pick-url", `/admin/design/pick?section=hero&block=${block}&setting=url`], ["design-history", "/admin/design/history"], ["design-themes", "/admin/design/themes"]])
      for (const width of [375, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(path, { waitUntil: "load" });
        await page.evaluate(() => document.querySelector(".design-add")?.setAttribute("open", ""));
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${name} ${width}`);
        await page.evaluate(AXE);
        const violations = await page.evaluate(async () => (await axe.run(document, { resultTypes: ["violations"], iframes: false })).violations.map(({ id, nodes }) => `${id} ${nodes[0].html.slice(0, 120)}`));
        assert.deepEqual(violations, [], `${name} ${width}`);
        await page.screenshot({ path: `${SHOTS}${name}-${width}.png`, fullPage: true, animations: "disabled" });
      }
    await page.goto("/admin/design");
    await page.locator('[data-design-width][value="wide"]').check();
    assert.equal(await page.locator(".design-frame.is-wide").count(), 1);
    await page.context().close();
  });

  test("a section is put below the content of every product, and moved above it", async () => {
    const page = await openTab(browser, server);
    await page.context().addCookies(session);
    await page.goto("/admin/design");
    await page.locator(".design-pages a", { hasText: "商品页" }).click();
    await page.locator(".design-add summary").click();
    await pressFor(page, page.locator(".design-kind[value='faq']"), /notice=added/);
    const list = page.locator("[aria-labelledby=h-sections] .design-list > li");
    assert.deepEqual(await list.locator("> a").allInnerTexts(), ["页面内容", "常见问题"]);
    assert.equal(await list.first().locator("[value=remove]").count(), 0);
    const frame = page.frameLocator(".design-frame iframe");
    const tops = async () => Promise.all([".product", "#section-faq-1"].map((part) => frame.locator(part).evaluate((node) => node.getBoundingClientRect().top)));
    const [own, below] = await tops();
    assert.ok(below > own);
    await pressFor(page, list.last().locator("[value=up]"), /notice=draft_saved/);
    const [later, above] = await tops();
    assert.ok(above < later);
    await page.evaluate(AXE);
    const violations = await page.evaluate(async () => (await axe.run(document, { resultTypes: ["violations"], iframes: false })).violations.map(({ id, nodes }) => `${id} ${nodes[0].html.slice(0, 120)}`));
    assert.deepEqual(violations, []);
    await page.setViewportSize({ width: 375, height: 800 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
    await page.context().close();
  });

  test("a theme is looked at in a frame, page by page, while the shop around it stays as it is", async () => {
    const page = await openTab(browser, server);
    await page.context().addCookies(session);
    await page.goto("/admin/design/themes");
    const files = [["templates/products.liquid", Buffer.from("<div class='wrap page'><h1>新的列表</h1></div>")]];
    await page.locator("#f-zip").setInputFiles({ name: "new.zip", mimeType: "application/zip", buffer: zip(files) });
    await pressFor(page, page.locator("form[enctype] button"), /notice=theme_added/);
    await page.locator('a[href$="/preview"]').first().click();
    const frame = page.frameLocator(".design-frame iframe");
    await frame.locator("a[href='/products']:visible").first().click();
    await frame.locator("h1", { hasText: "新的列表" }).waitFor();
    const shop = await page.context().newPage();
    await shop.goto("/products");
    assert.notEqual(await shop.locator("h1").innerText(), "新的列表");
    await page.context().close();
  });
});
