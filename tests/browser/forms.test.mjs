// Every form of the back office: nothing typed is lost, nothing is sent twice, what is wrong is said at its field. Which pages there are is
// read from the program's own routes and links, so that a new form is asked the same.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { upload } from "../lib/pictures.mjs";
import { startServer, unique } from "../lib/shop.mjs";
import { zip } from "../lib/zip.mjs";
import { closeTab, openBrowser, openTab } from "./browser.mjs";

// Answers that are no pages, and those that strangers see.
const NO_PAGES = /\/export$|\/imports\/template$|\/problems$|\/report$|\/zip$|^\/admin\/login/;
// What may be left alone: [pattern of the action, pattern of the field, why].
const ALLOWED = [
  [/^\/admin\/settings\/staff /, /: password is not kept$/, "a password is never sent back"],
  [/^\/admin\/design\/look /, /: settings\.\d+\.value /, "programs name a setting, and are answered with its name"],
];

const patterns = execFileSync(process.env.YUNDIAN_BINARY, ["routes"], { encoding: "utf8" }).split("\n")
  .map((line) => line.trim().split(/\s+/)).filter(([method, path]) => method === "GET" && /^\/admin(\/|$)/.test(path)).map(([, path]) => path)
  .filter((path) => !NO_PAGES.test(path));
const matches = (pattern, path) => {
  const [wanted, given] = [pattern, path].map((one) => one.split("/"));
  return wanted.length === given.length && wanted.every((part, i) => part === given[i] || (part.startsWith(":") && given[i]));
};
/* The row a path belongs to: the one with the fewest places for anything. */
const patternOf = (path) => patterns.filter((one) => matches(one, path)).toSorted((a, b) => a.split(":").length - b.split(":").length)[0];

describe("every form of the back office", () => {
  let server, shop, staff, browser, session;
  const visited = new Map(); // pattern → path
  const found = { dead: [], lost: [], unguarded: [], unsaid: [], unplaced: [], api: [] };

  before(async () => {
    server = await startServer({ demo: true });
    shop = server.shop;
    staff = await shop.staff();
    browser = await openBrowser();
    session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    await visitAll(await starts());
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /* Where the walk begins: the first page, and states that only some shops have. */
  async function starts() {
    const thing = await shop.product({ title: "表单杯", price: 5900, stock: 20 });
    const game = await shop.product({ title: "表单码", price: 3000, codes: [unique("FORM")] });
    const paid = await shop.visitor().buys(thing);
    const shipped = await shop.visitor().buys(thing);
    await staff.ships(shipped);
    await shop.visitor().client.post(`/orders/${shipped.number}/reviews`, { token: shipped.token, line_no: 1, stars: 2, text: "有个缺口。" });
    await staff.does("/admin/settings/staff", { login: unique("lin") + "@yunjian.example", name: "小林", role: "packer", password: "kettle on tea" });
    const pictured = (await staff.reads(`/admin/products?q=${encodeURIComponent("豆青釉")}`)).products[0];
    const coupon = await staff.does("/admin/promotions", { kind: "coupon", name: "表单券", starts_at: "2030-01-01T00:00", ends_at: "2031-01-01T00:00", steps: [{ off: { amount: 100, currency: "CNY" } }] });
    const flash = await staff.does("/admin/flash", { name: "表单秒杀", starts_at: "2030-01-01T00:00", ends_at: "2030-01-02T00:00", unpaid_minutes: 5, entries: [{ variant_id: thing.variant_id, price: { amount: 990, currency: "CNY" }, stock: 1 }] });
    const inDays = (days) => new Date(Date.now() + days * 24 * 3600_000).toISOString().slice(0, 16);
    const presale = await staff.does("/admin/presales", { name: "表单预售", kind: "deposit", starts_at: inDays(1), ends_at: inDays(2), balance_from: inDays(3), balance_until: inDays(4), ships_on: inDays(9).slice(0, 10), entries: [{ variant_id: thing.variant_id, price: { amount: 990, currency: "CNY" }, deposit: { amount: 100, currency: "CNY" }, stock: 1 }] });
    const group = await staff.does("/admin/groups", { name: "表单拼团", starts_at: "2031-01-01T00:00", ends_at: "2031-01-02T00:00", size: 3, hours: 24, entries: [{ variant_id: thing.variant_id, price: { amount: 990, currency: "CNY" }, stock: 1 }] });
    const theme = upload("zip", [["form.zip", zip([["templates/products.liquid", Buffer.from("<p>表单</p>")]])]]);
    await staff.client.send("POST", "/api/v1/admin/design/themes", { payload: theme.payload, headers: { ...theme.headers, origin: staff.client.origin } });
    const planned = await staff.does(`/admin/products/${thing.id}/price-plans`, { starts_at: "2027-06-01T00:00", prices: [{ variant: thing.variant_id, price: { amount: 4900, currency: "CNY" } }] });
    return ["/admin", "/admin/design/pick?section=hero&setting=picture", `/admin/products/${thing.id}/price-plans`, `/admin/products/${thing.id}/price-plans/${planned.body.price_plan.id}`, `/admin/groups/${group.body.buy.id}`, `/admin/presales/${presale.body.sale.id}`, `/admin/flash/${flash.body.sale.id}`, `/admin/promotions/${coupon.body.promotion.id}`, "/admin/promotions/new?kind=sum", `/admin/products/${thing.id}`, `/admin/products/${pictured.id}/pictures/1`, `/admin/orders/${paid.number}`, `/admin/orders/${paid.number}/pack`, "/admin/works", "/admin/trash", "/admin/search", "/admin/messages",
      "/admin/products/rules", "/admin/tags/by-rule", `/admin/codes/${game.variant_id}`, "/admin/codes/by-hand", "/admin/account/factor", "/admin/products/imports"];
  }

  async function visitAll(queue) {
    const page = await openTab(browser, server, { width: 1440 });
    await page.context().addCookies(session);
    page.on("dialog", (dialog) => dialog.accept());
    while (queue.length > 0) {
      const path = queue.shift();
      const { pathname } = new URL(path, server.base);
      const pattern = patternOf(pathname);
      if (!pattern || visited.has(pattern) || NO_PAGES.test(pathname)) continue;
      visited.set(pattern, path);
      const answer = await page.goto(path, { waitUntil: "load" });
      if (answer.status() >= 400) found.dead.push(`${path}: ${answer.status()}`);
      queue.push(...(await page.evaluate(() => [...document.querySelectorAll("a[href^='/admin']")].map((a) => a.getAttribute("href")))));
      for (const width of [1440, 375]) {
        await page.setViewportSize({ width, height: 812 });
        if ((await page.locator("[aria-current]:is(.side *)").filter({ visible: true }).count()) === 0) found.lost.push(`${pattern} at ${width}`);
      }
      await page.setViewportSize({ width: 1440, height: 900 });
      await askForms(page, pattern);
    }
    await closeTab(page, { expected: /\b(400|404|409|413|422)\b/ });
  }

  async function askForms(page, pattern) {
    const result = await page.evaluate(async () => {
      const unguarded = [], unsaid = [], unplaced = [], api = [];
      const TYPED = "textarea, select, input:not([type=hidden], [type=submit], [type=button], [type=search], [type=file])";
      const leaves = () => {
        const event = new Event("beforeunload", { cancelable: true });
        dispatchEvent(event);
        return !event.defaultPrevented;
      };
      const wrong = (field) => "错".repeat(Number(field.getAttribute("maxlength")) + 1);
      const post = async (form, data, accept) =>
        fetch(form.getAttribute("action"), { method: "POST", headers: { accept }, body: form.enctype === "multipart/form-data" ? data : new URLSearchParams(data) });
      for (const form of document.querySelectorAll("main form")) {
        if (form.getAttribute("method") !== "post" || form.closest(".drop-panel, .confirm-panel, [data-bulk], [data-upload], [data-import-upload]")) continue;
        const fields = [...form.elements].filter((one) => one.name && one.matches(TYPED) && !one.disabled);
        if (!fields.length) continue;
        const name = form.getAttribute("action");
        // Leaving: asked about when something was typed, and only then.
        const field = fields.find((one) => one.matches("input:not([type=checkbox], [type=radio], [type=date], [type=datetime-local], [type=color]), textarea"));
        if (field) {
          const before = field.value;
          if (!leaves()) unguarded.push(`${name}: asks though nothing was typed`);
          field.value = before + "1";
          field.dispatchEvent(new Event("input", { bubbles: true }));
          if (field.value !== before && leaves()) unguarded.push(`${name}: ${field.name} would be lost`);
          field.value = before;
          field.dispatchEvent(new Event("input", { bubbles: true }));
        } else if (!form.hasAttribute("data-guard")) unguarded.push(name);
        // Sending what is too long for every field that has a bound.
        const bounded = fields.filter((one) => one.matches("input[maxlength], textarea[maxlength]") && !one.closest("template, .is-spare"));
        if (!bounded.length) continue;
        const data = new FormData(form);
        for (const one of bounded) data.set(one.name, wrong(one));
        const answer = await post(form, data, "text/html");
        if (answer.status < 400 || answer.status >= 500) { unsaid.push(`${name}: ${answer.status} for ${bounded.map((one) => one.name)}`); continue; }
        const again = new DOMParser().parseFromString(await answer.text(), "text/html");
        const forms = [...again.querySelectorAll("form")].filter((one) => one.getAttribute("action") === name);
        for (const one of bounded) {
          const shown = forms.flatMap((copy) => [...copy.elements]).filter((other) => other.name === one.name);
          const marked = shown.find((other) => other.getAttribute("aria-invalid") === "true");
          const note = marked && (marked.getAttribute("aria-describedby") ?? "").split(" ").map((id) => again.getElementById(id)?.textContent.trim()).join("");
          if (!note) unplaced.push(`${name}: ${one.name} ${shown.length ? "is refused elsewhere" : "is not there"}`);
          else if (one.type !== "password" && !shown.some((other) => other.value === data.get(one.name))) unplaced.push(`${name}: ${one.name} is not kept`);
        }
        const told = await post(form, data, "application/json");
        const problem = told.headers.get("content-type")?.includes("application/problem+json") ? await told.json() : {};
        for (const one of bounded) if (!problem.errors?.some((error) => error.field === one.name)) api.push(`${name}: ${one.name} (${told.status})`);
      }
      return { unguarded, unsaid, unplaced, api };
    });
    for (const [kind, list] of Object.entries(result)) found[kind].push(...list.map((text) => `${pattern} ${text}`).filter((text) => !ALLOWED.some(([where, what]) => where.test(text) && what.test(text))));
  }

  test("is reached: every page of the routes was visited, and no link is dead", () => {
    // Nobody has an account here: points.test.mjs looks at the points of a member.
    const missing = patterns.filter((pattern) => !visited.has(pattern) && !/(:id|:id\/points)$/.test(pattern));
    assert.deepEqual(missing, []);
    assert.deepEqual(found.dead, []);
  });
  test("stands where the navigation says one is, on a desk and on a phone", () => assert.deepEqual(found.lost, []));
  test("asks before what was typed is lost", () => assert.deepEqual(found.unguarded, []));
  test("refuses what is wrong", () => assert.deepEqual(found.unsaid, []));
  test("says it at the field, and keeps what was typed", () => assert.deepEqual(found.unplaced, []));
  test("says it to programs by the field's name", () => assert.deepEqual(found.api, []));

  async function opens(width, path) {
    const page = await openTab(browser, server, { width, height: 812 });
    await page.context().addCookies(session);
    await page.goto(path);
    return page;
  }

  test("a form is sent once, however often it is pressed", async () => {
    const page = await opens(1280, "/admin/categories");
    const name = unique("按两次");
    let sent = 0;
    await page.route("**/admin/categories", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      sent++;
      await new Promise((done) => setTimeout(done, 300));
      await route.continue();
    });
    await page.evaluate((text) => {
      const form = document.querySelector("main form[action='/admin/categories']");
      form.closest("details")?.setAttribute("open", "");
      form.elements.name.value = text;
      form.elements.handle.value = "pressed-thrice";
      for (let i = 0; i < 3; i++) form.querySelector("button").click();
    }, name);
    await page.getByText(name).filter({ visible: true }).first().waitFor();
    assert.equal(sent, 1);
    await closeTab(page);
  });

  test("Ctrl+S saves the form one is in", async () => {
    const page = await opens(1280, "/admin/settings/identity");
    const slogan = unique("好茶");
    await page.fill("[name=name]", slogan);
    await Promise.all([page.waitForResponse((answer) => answer.request().method() === "POST"), page.keyboard.press("Control+s")]);
    await page.waitForLoadState("load");
    assert.equal((await staff.reads("/admin/settings/identity")).identity.name, slogan);
    await closeTab(page);
  });

  test("a product archived on its own page comes back by one press, also without JavaScript", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { id } = await staff.creates({ title: unique("归档") });
      const page = await openTab(browser, server, { width: 1280, javaScriptEnabled });
      await page.context().addCookies(session);
      await page.goto(`/admin/products/${id}`);
      await page.check("[name=status][value=archived]");
      await page.locator("button[form=edit].is-main").first().click();
      await page.getByText("已归档，店铺里看不到了").waitFor();
      assert.equal((await staff.reads(`/admin/products/${id}`)).product.status, "archived");
      await page.locator(".act-note button").click();
      await page.getByText("已上架，买家现在能买到").waitFor();
      assert.equal((await staff.reads(`/admin/products/${id}`)).product.status, "active");
      await closeTab(page);
    }
  });

  test("on a phone five places are at hand, the rest behind 更多, also without JavaScript", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await openTab(browser, server, { width: 375, height: 812, javaScriptEnabled });
      await page.context().addCookies(session);
      await page.goto("/admin");
      const bar = page.locator(".phone-nav > ul > li");
      assert.deepEqual((await bar.locator("> a > span, > details > summary > span").allInnerTexts()), ["今日", "待发货", "订单", "商品", "更多"]);
      for (const box of await bar.all()) assert.ok((await box.boundingBox()).width >= 60);
      await bar.nth(1).locator("a").click();
      await page.waitForURL(/stage=to_ship/);
      assert.equal(await page.locator(".phone-nav > ul > li > [aria-current] > span").innerText(), "待发货");
      await page.locator(".phone-more > summary").click();
      await page.locator(".phone-panel").getByText("设置").click();
      await page.waitForURL(/\/admin\/settings/);
      assert.ok(await page.locator(".phone-more > summary[aria-current]").isVisible());
      await closeTab(page);
    }
  });

  test("lists are walked by j and k, menus close by Escape and give the focus back", async () => {
    for (const path of ["/admin/products", "/admin/orders", "/admin/categories", "/admin/tags", "/admin/collections", "/admin/codes", "/admin/reviews", "/admin/audit", "/admin/settings/staff"]) {
      const page = await opens(1280, path);
      await page.keyboard.press("j");
      assert.ok(await page.locator("main .is-at").count(), `${path} is walked`);
      assert.ok(await page.evaluate(() => document.activeElement.closest("main .is-at")), `${path} gives the focus to the line`);
      await closeTab(page);
    }
    const page = await opens(1280, "/admin/products");
    await page.keyboard.press("?");
    await page.locator("#keys[open]").waitFor();
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press("Tab");
      assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("#keys")), "the focus stays in the dialog");
    }
    await page.keyboard.press("Escape");
    await page.locator("#keys").waitFor({ state: "hidden" });
    await page.locator(".staff > summary").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    assert.ok(await page.evaluate(() => document.activeElement.matches(".staff > summary")));
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await page.waitForURL(/\/admin\/settings/);
    await closeTab(page);
  });
});
