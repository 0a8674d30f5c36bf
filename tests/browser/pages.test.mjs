// Every page at every width: nothing to scroll sideways, nothing that keeps somebody out, a picture for people to look at.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { Staff, startServer, unique } from "../lib/shop.mjs";
import { totp } from "../lib/totp.mjs";
import { openBrowser, openTab } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// A folder for a picture of every page at 375 and 1440 px, for people to look at; without a word none are taken.
const SHOTS = process.env.YUNDIAN_SCREENSHOTS;
const WIDTHS = [320, 375, 768, 1024, 1440];

describe("every page", () => {
  let server, shop, browser, pages;
  // What was found on the one visit to each page: a list of sentences for every question.
  const found = { missing: [], wide: [], barriers: [], broken: [] };

  before(async () => {
    server = await startServer({ demo: true });
    shop = server.shop;
    browser = await openBrowser();
    if (SHOTS) fs.mkdirSync(SHOTS, { recursive: true });
    pages = await allPages();
    const queue = Object.entries(pages).filter(([, one]) => one);
    // Each of two tabs goes through many pages, so that scripts and styles are read once; the shop's worker stays outside.
    await Promise.all([1, 2].map(async () => {
      const page = await openTab(browser, server, { width: 1440, serviceWorkers: "block" });
      while (queue.length > 0) await inspect(page, ...queue.shift());
      await page.context().close();
    }));
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  // {name: {path, cookies}} of every page in a state worth looking at.
  async function allPages() {
    const staff = await shop.staff();
    const list = (await shop.client().api("/products")).body.products;
    const details = await Promise.all(list.map(async ({ handle }) => (await shop.client().api(`/products/${handle}`)).body.product));
    const withOptions = details.find(({ options }) => options.length > 0) ?? details[0];
    const digital = details.find(({ kind }) => kind === "digital");
    const soldOut = details.find(({ available }) => available === 0);
    const { product: full } = (await shop.client().api(`/products/${withOptions.handle}`)).body;
    const category = full.category?.handle ?? list[0].category;

    const buyer = shop.visitor();
    for (const { variants } of details.slice(0, 3)) await buyer.puts({ variant_id: variants.find(({ available }) => available > 1)?.id ?? variants[0].id });
    const cart = [{ name: "yd_cart", value: buyer.cart, url: server.base }];
    const codeBuyer = shop.visitor();
    const game = await shop.product({ title: "示例兑换码", price: 3000, codes: [unique("DEMO-CODE")] });
    const delivered = await codeBuyer.buys(game);
    await codeBuyer.getsCodes(delivered, 1);
    const thing = await shop.product({ title: "示例马克杯", price: 5900, stock: 20 });
    const unpaid = await shop.visitor().orders(thing);
    const paying = await shop.visitor().startsPaying(unpaid);
    const paid = await shop.visitor().buys(thing);
    const shipped = await shop.visitor().buys(thing);
    await staff.ships(shipped);
    const receiver = shop.visitor();
    const received = await receiver.buys(thing);
    await staff.ships(received);
    await receiver.triesToReceive(received);
    await shop.visitor().client.post(`/orders/${shipped.number}/reviews`, { token: shipped.token, line_no: 1, stars: 2, text: "杯沿有个小缺口。" });
    const unreviewed = await shop.visitor().buys(thing);
    await staff.ships(unreviewed);
    const said = (await staff.reads("/admin/reviews")).reviews[0];
    await staff.does(`/admin/reviews/${said.id}/reply`, { text: "抱歉，已补发。" });
    const refunded = await shop.visitor().buys(thing);
    await staff.cancels(refunded);
    const closed = await shop.visitor().orders(thing);
    await shop.visitor().cancels(closed);
    const suspicious = await shop.visitor().orders(thing);
    await shop.visitor().pays(suspicious, { notify: "wrong-amount" });
    await staff.seesAlarm("payment-amount-mismatch", suspicious);
    const top_up = await staff.creates({ kind: "digital", price: 500 });
    await staff.does(`/admin/codes/${top_up.variant_id}/mode`, { mode: "hand" });
    await staff.does(`/admin/codes/${top_up.variant_id}/quantity`, { quantity: 5 });
    const waiting = await shop.visitor().buys(top_up);
    const young = await server.opens("young", { isDeclared: false });
    assert.equal((await young.client().get("/")).status, 503);
    await staff.does("/admin/settings/licence", { way: "licence", legal_name: "云间商贸有限公司", credit_code: "91350100M000100Y43", licence_url: "https://gsxt.example/1", icp_number: "浙ICP备12345678号-1", psb_number: "浙公网安备33010502030143号" });
    await staff.does("/admin/settings/licences", { kind: "食品经营许可证", number: "JY13301050000001" });
    await staff.does("/admin/settings/domains", { host: "shop.yunjian.example" });
    await staff.does("/admin/settings/notify/channels", { kind: "wecom", name: "客服群", url: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0000-9f3e", is_on: true, paid: true, alarm: true });
    await staff.does("/admin/settings/notify/channels", { kind: "mail", name: "店主邮箱", to: "owner@yunjian.example", is_on: true, paid: true, refunded: true });
    await staff.does("/admin/settings/staff", { login: "lin@yunjian.example", name: "小林", role: "packer", password: "kettle on tea" });
    const [careful, entering] = await carefulPeople(staff);
    for (const version of [0, 1]) await staff.does("/admin/settings/policies/returns", { version, text: "# 七天无理由\n- 完好就能退", text_en: "# Seven days\n- As good as new" });
    await (await young.staff()).does("/admin/settings/closing", { day: "2029-03-01" });
    const dressed = details.find(({ specs }) => specs.some(({ name }) => name === "季节"));
    const { product: clothes } = await staff.reads(`/admin/products/${dressed.id}`);
    const answers = clothes.attributes.map(({ id, value }) => ({ id, value }));
    await staff.does(`/admin/products/${dressed.id}`, {
      ...Object.fromEntries(["title", "handle", "kind", "status", "category_id", "version", "brand"].map((name) => [name, clothes[name]])), subtitle: "最好的一件", origin: "江苏 南通", tags: "适合夏季穿着, 新品", specs: clothes.specs, attributes: answers,
      options: clothes.options.map(({ name, values }) => ({ name, values: values.join(", ") })),
      variants: clothes.variants.map(({ id, sku, options, price, weight, is_active }, i) => ({ id, sku, options: options.join(", "), price: { ...price, amount: price.amount + 100 * (i === 0) }, weight, is_active, barcode: i === 0 ? "6901234567892" : "", cost: "31.50" })),
    });
    const { groups: [level] } = (await staff.does("/admin/customers/groups", { name: "金卡会员", spend_from: { amount: 100000, currency: "CNY" }, spend_days: 365 })).body;
    await staff.does("/admin/price-lists", { name: "金卡会员价", starts_at: "2026-01-01T00:00", ends_at: "2029-01-01T00:00", audience: "groups", groups: [{ id: level.id }], is_shown: true, steps: [{ fold: "9" }] });
    const acted = (await staff.does("/admin/products/acts", { action: "tag", tag: "示例", products: [{ id: thing.id }] })).body;
    const rule = { match: "all", conditions: [{ field: "tag", test: "is", value: "适合夏季穿着" }] };
    await staff.does("/admin/products/rules", { name: "夏装卖完下架", action: "off", ...rule });
    const { collections } = await staff.reads("/admin/collections");
    const [smart, hand] = ["smart", "hand"].map((kind) => collections.find((one) => one.kind === kind));
    const { promotion: ticket } = (await staff.does("/admin/promotions", { kind: "coupon", name: "满百减十", starts_at: "2026-01-01T00:00", ends_at: "2029-01-01T00:00", scope: "all", steps: [{ from: { amount: 10000, currency: "CNY" }, off: { amount: 1000, currency: "CNY" } }] })).body;
    await staff.does(`/admin/promotions/${ticket.id}/status`, { status: "active" });
    await staff.does(`/admin/promotions/${ticket.id}/issue`, { holder_most: 1, issue_most: 100, audience: "all" });
    await staff.does("/admin/redirects", { source: "/product-1024.html", target: "/products" });
    const { take } = (await staff.does("/admin/stock-takes", { name: "十一月盘点" })).body;
    await staff.does(`/admin/stock-takes/${take.id}/counts`, { variant_id: thing.variant_id, counted: 4 });
    const session = [...staff.client.cookies].map(([name, value]) => ({ name, value, url: server.base }));
    const order = ({ number, token }) => ({ path: `/orders/${number}?token=${token}` });
    const sandbox = new URL(paying.url, server.base);
    return {
      // First: who stands between password and code is forgotten after some minutes.
      "admin-login-code": { path: "/admin/login/code", cookies: entering, then: async (page) => { await page.fill("#f-code", "000 00"); await page.click("form button"); await page.waitForSelector(".problem"); } },
      home: { path: "/" },
      "home-en": { path: "/en" },
      products: { path: "/products" },
      category: { path: `/categories/${category}` },
      "category-tree": { path: "/categories/apparel" },
      "category-below": { path: "/categories/summer-wear" },
      collection: { path: `/collections/${smart.handle}` },
      "collection-by-hand": { path: `/collections/${hand.handle}` },
      "admin-collections": { path: "/admin/collections", cookies: session },
      "admin-collection-new": { path: "/admin/collections/new?kind=smart", cookies: session },
      "admin-collection-smart": { path: `/admin/collections/${smart.id}`, cookies: session },
      "admin-collection-hand": { path: `/admin/collections/${hand.id}`, cookies: session },
      "admin-tags-by-rule": { path: "/admin/tags/by-rule", cookies: session },
      "admin-stock-rules": { path: "/admin/products/rules", cookies: session },
      product: { path: `/products/${withOptions.handle}` },
      "product-digital": digital && { path: `/products/${digital.handle}` },
      "product-sold-out": soldOut && { path: `/products/${soldOut.handle}` },
      cart: { path: "/cart", cookies: cart },
      "cart-empty": { path: "/cart" },
      checkout: { path: "/checkout", cookies: cart },
      "checkout-refused": { path: "/checkout", cookies: cart, then: async (page) => submitted(page, "#checkout") },
      review: { path: "/checkout", cookies: cart, then: async (page) => reviewed(page) },
      pay: { path: `/orders/${unpaid.number}/pay?token=${unpaid.token}` },
      sandbox: { path: sandbox.pathname + sandbox.search },
      "order-unpaid": order(unpaid),
      "order-paid": order(paid),
      "order-shipped": order(shipped),
      "order-received": order(received),
      "order-receive": { ...order(shipped), then: (page) => page.locator(".ask summary").click() },
      "order-delivered": order(delivered),
      "order-by-hand": order(waiting),
      "order-refunded": order(refunded),
      "order-closed": order(closed),
      "order-reviews": { path: `/orders/${unreviewed.number}/reviews?token=${unreviewed.token}` },
      "order-reviewed": { path: `/orders/${shipped.number}/reviews?token=${shipped.token}`, then: (page) => page.locator(".review-open summary").click() },
      coupons: { path: "/coupons" },
      "admin-coupon-issue": { path: `/admin/promotions/${ticket.id}/issue`, cookies: session },
      reviews: { path: `/products/${thing.handle}/reviews` },
      "reviews-none": { path: `/products/${game.handle}/reviews` },
      "account-login-none": { path: "/account/login" },
      "account-favourites-none": { path: "/account/favourites" },
      "admin-customers-none": { path: "/admin/customers", cookies: session },
      "admin-customer-groups": { path: "/admin/customers/groups", cookies: session, then: (page) => page.locator("li.category summary").first().click() },
      "admin-price-lists": { path: "/admin/price-lists", cookies: session },
      "admin-price-list-new": { path: "/admin/price-lists/new", cookies: session },
      "admin-reviews": { path: "/admin/reviews", cookies: session },
      "admin-reviews-narrow": { path: `/admin/reviews?product=${thing.id}&stars=2`, cookies: session },
      "admin-review": { path: `/admin/reviews/${said.id}`, cookies: session, then: (page) => page.locator(".review-report summary").click() },
      "order-find": { path: "/orders" },
      "not-found": { path: "/nothing-here" },
      "admin-login": { path: "/admin/login" },
      "admin-today": { path: "/admin", cookies: session },
      "admin-products": { path: "/admin/products", cookies: session },
      "admin-product-new": { path: "/admin/products/new", cookies: session },
      "admin-product": { path: `/admin/products/${thing.id}`, cookies: session },
      "admin-product-digital": { path: `/admin/products/${game.id}`, cookies: session },
      "admin-products-chosen": { path: "/admin/products", cookies: session, then: async (page) => { for (const pick of (await page.locator("[data-pick]").all()).slice(0, 3)) await pick.check(); } },
      "admin-products-acted": { path: `/admin/products?act=${acted.act.id}`, cookies: session },
      "admin-acts": { path: "/admin/products/acts", cookies: session },
      "admin-product-facts": { path: `/admin/products/${dressed.id}`, cookies: session, then: (page) => page.click("[data-trade]") },
      "admin-product-prices": { path: `/admin/products/${dressed.id}/prices`, cookies: session },
      "admin-product-history": { path: `/admin/products/${dressed.id}/history`, cookies: session },
      "admin-attributes": { path: "/admin/attributes", cookies: session, then: (page) => page.locator("li.category summary").first().click() },
      "admin-redirects": { path: "/admin/redirects", cookies: session, then: async (page) => { await page.locator(".redirect-many > summary").click(); await page.locator("li.category summary").first().click(); } },
      "admin-tags": { path: "/admin/tags", cookies: session, then: (page) => page.locator("li.category summary").first().click() },
      "product-facts": { path: `/products/${dressed.handle}` },
      "admin-media": { path: "/admin/media", cookies: session },
      "admin-media-choose": { path: `/admin/media?for=${thing.id}`, cookies: session },
      "admin-media-unused": { path: "/admin/media?show=unused", cookies: session },
      "admin-media-picture": { path: `/admin/media/${full.pictures[0].id}`, cookies: session },
      "admin-product-picture": { path: `/admin/products/${full.id}/pictures/0`, cookies: session },
      "admin-categories": { path: "/admin/categories", cookies: session },
      "admin-orders": { path: "/admin/orders", cookies: session },
      "admin-orders-narrow": { path: "/admin/orders?stage=to_ship&from=2026-01-01&sort=waiting", cookies: session, then: (page) => page.locator(".list-menus summary").first().click() },
      "admin-order-pack": { path: `/admin/orders/${paid.number}/pack`, cookies: session },
      "admin-orders-packing": { path: "/admin/orders?stage=to_ship", cookies: session, then: async (page) => { for (const pick of (await page.locator("[data-pick]").all()).slice(0, 3)) await pick.check(); await page.click("#bulk button.is-main"); await page.locator(".pack-order").first().waitFor(); } },
      "admin-search": { path: "/admin/search?q=" + encodeURIComponent("示例"), cookies: session },
      "admin-search-people": { path: "/admin/search?q=zhangsan", cookies: session },
      "admin-search-dialog": { path: "/admin/orders", cookies: session, then: async (page) => { await page.keyboard.press("/"); await page.keyboard.type("sp"); await page.locator("[role=option]").first().waitFor(); } },
      "admin-audit": { path: "/admin/audit", cookies: session },
      "admin-ledger": { path: "/admin/money/ledger", cookies: session },
      "admin-gift-cards": { path: "/admin/gift-cards", cookies: session },
      "admin-gift-card-new": { path: "/admin/gift-cards/new", cookies: session },
      "gift-card": { path: "/gift-card" },
      "admin-order-unpaid": { path: `/admin/orders/${unpaid.number}`, cookies: session },
      "admin-order-paid": { path: `/admin/orders/${paid.number}`, cookies: session },
      "admin-order-shipped": { path: `/admin/orders/${shipped.number}`, cookies: session },
      "admin-order-refunded": { path: `/admin/orders/${refunded.number}`, cookies: session },
      "admin-order-delivered": { path: `/admin/orders/${delivered.number}`, cookies: session },
      "admin-order-by-hand": { path: `/admin/orders/${waiting.number}`, cookies: session },
      "admin-codes": { path: "/admin/codes", cookies: session },
      "admin-codes-none": { path: "/admin/codes?filter=short", cookies: session },
      "admin-codes-deck": { path: `/admin/codes/${game.variant_id}`, cookies: session, then: async (page) => page.locator("#load summary").click() },
      "admin-codes-quantity": { path: `/admin/codes/${top_up.variant_id}`, cookies: session },
      "admin-codes-by-hand": { path: "/admin/codes/by-hand", cookies: session },
      "admin-stock-alerts": { path: "/admin/stock-alerts", cookies: session },
      "admin-alarms": { path: "/admin/alarms", cookies: session },
      "admin-alarms-settled": { path: "/admin/alarms?state=settled", cookies: session },
      "admin-alarms-jobs": { path: "/admin/alarms?state=jobs", cookies: session },
      "admin-works-done": { path: "/admin/works?state=done", cookies: session },
      "admin-trash-video": { path: "/admin/trash?kind=video", cookies: session },
      "admin-settings": { path: "/admin/settings", cookies: session },
      "admin-settings-identity": { path: "/admin/settings/identity", cookies: session },
      "admin-settings-licence": { path: "/admin/settings/licence", cookies: session },
      "admin-settings-orders": { path: "/admin/settings/orders", cookies: session },
      "admin-design": { path: "/admin/design", cookies: session },
      "admin-design-look": { path: "/admin/design/look", cookies: session },
      "admin-design-pick": { path: "/admin/design/pick?setting=logo", cookies: session },
      "admin-design-history": { path: "/admin/design/history", cookies: session },
      "admin-design-themes": { path: "/admin/design/themes", cookies: session },
      "admin-settings-points": { path: "/admin/settings/points", cookies: session },
      "admin-stock-takes": { path: "/admin/stock-takes", cookies: session },
      "admin-stock-take": { path: `/admin/stock-takes/${take.id}`, cookies: session },
      "admin-stock-take-count": { path: `/admin/stock-takes/${take.id}?variant_id=${thing.variant_id}`, cookies: session },
      "admin-settings-rounding": { path: "/admin/settings/rounding", cookies: session },
      "admin-settings-region": { path: "/admin/settings/region", cookies: session },
      "admin-settings-domains": { path: "/admin/settings/domains", cookies: session },
      "admin-settings-staff": { path: "/admin/settings/staff", cookies: session, then: (page) => page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = !one.closest(".side, .confirm")))) },
      "admin-settings-notify": { path: "/admin/settings/notify?new=feishu", cookies: session, then: (page) => page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = !one.closest(".side, .confirm")))) },
      "admin-messages": { path: "/admin/messages", cookies: session },
      "admin-settings-policies": { path: "/admin/settings/policies", cookies: session },
      "admin-settings-policy": { path: "/admin/settings/policies/returns?version=1", cookies: session },
      "admin-settings-closing": { path: "/admin/settings/closing", cookies: session },
      "admin-account": { path: "/admin/account", cookies: session },
      "admin-factor-none": { path: "/admin/account/factor", cookies: session },
      "admin-factor": { path: "/admin/account/factor", cookies: careful },
      "admin-factor-setup": { path: "/admin/account/factor", cookies: careful, then: (page) => Promise.all([page.waitForSelector(".qr svg"), page.click("form[action$='/begin'] button")]) },
      licence: { path: "/licence" },
      offline: { path: "/offline" },
      policy: { path: "/policies/returns" },
      "policy-en": { path: "/en/policies/returns" },
      opening: { path: new URL("/", server.base.replace("127.0.0.1", "young.localhost")).href },
      "admin-today-en": { path: "/en/admin", cookies: session },
    };
  }

  // Cookies of a person with a second step, and of one between the password and the code.
  async function carefulPeople(staff) {
    const account = { login: "mei@yunjian.example", password: "kettle on tea" };
    await staff.does("/admin/settings/staff", { ...account, name: "小梅", role: "manager" });
    const [mei, again] = await Promise.all([0, 1].map(() => new Staff(shop).logsIn(account)));
    await mei.does("/admin/account/factor/begin");
    const { factor } = await mei.reads("/admin/account/factor");
    await mei.does("/admin/account/factor/confirm", { code: totp(factor.secret) });
    await again.triesToLogIn(account.login, account.password);
    return [mei, again].map(({ client }) => [...client.cookies].map(([name, value]) => ({ name, value, url: server.base })));
  }

  async function submitted(page, form) {
    await Promise.all([page.waitForURL(/\/checkout\/review/), page.locator(form).evaluate((one) => one.requestSubmit())]);
  }
  async function reviewed(page) {
    await page.fill('[name="contact.phone"]', "13812345678");
    if (await page.locator('[name="address.name"]').count())
      for (const [name, value] of Object.entries({ "address.name": "张三", "address.phone": "13812345678", "address.region": "浙江省 杭州市 西湖区", "address.line": "文三路 100 号" })) await page.fill(`[name="${name}"]`, value);
    await submitted(page, "#checkout");
  }

  async function inspect(page, name, { path, cookies, then }) {
    await visit(page, path, cookies);
    await then?.(page);
    if ((await page.title()).length < 2) found.missing.push(`${name} has no title`);
    if ((await page.locator("h1").count()) === 0) found.missing.push(`${name} has no h1`);
    // The page's own policy forbids added scripts, so axe is evaluated by the debugger.
    await page.evaluate(AXE);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 500 ? 812 : 900 });
      await lookForScrolling(page, name, width);
      if (width !== 375 && width !== 1440) continue;
      await lookForBarriers(page, `${name} ${width}`);
      await lookForBrokenPictures(page, name, width);
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${width}.png`, fullPage: true });
    }
    await page.emulateMedia({ colorScheme: "dark" });
    await lookForBarriers(page, `${name} dark`, { runOnly: ["color-contrast"] });
    found.missing.push(...page.complaints.filter((text) => !(name === "opening" ? /\b503\b/ : /\b(404|422)\b/).test(text)).map((text) => `${name}: ${text}`));
  }

  /** As somebody who was never here, but for the given cookies. */
  async function visit(page, path, cookies) {
    await page.evaluate(() => location.origin !== "null" && localStorage.clear());
    await page.context().clearCookies();
    if (cookies) await page.context().addCookies(cookies);
    page.complaints.length = 0;
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(path, { waitUntil: "load" });
  }

  async function lookForScrolling(page, name, width) {
    const over = await page.evaluate(() => {
      const limit = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= limit) return null;
      const guilty = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > limit + 1).slice(0, 3);
      return `${document.documentElement.scrollWidth} px: ${guilty.map((element) => element.outerHTML.slice(0, 80)).join(" | ")}`;
    });
    if (over) found.wide.push(`${name} at ${width}: ${over}`);
  }

  async function lookForBarriers(page, where, only = {}) {
    const violations = await page.evaluate(async (rules) => (await axe.run(document, { resultTypes: ["violations"], ...rules })).violations, only);
    for (const { id, impact, nodes } of violations)
      if (impact === "serious" || impact === "critical") {
        const { html, any } = nodes[0];
        found.barriers.push(`${where}: ${id} (${impact}) ${html.slice(0, 110)} ${any[0]?.message?.slice(0, 120) ?? ""}`);
      }
  }

  async function lookForBrokenPictures(page, name, width) {
    // Lazy pictures load when they are scrolled to.
    const broken = await page.evaluate(async () => {
      for (const image of document.images) image.loading = "eager";
      await Promise.all([...document.images].filter((image) => !image.complete).map((image) => new Promise((done) => ((image.onload = done), (image.onerror = done)))));
      return [...document.images].filter((image) => image.naturalWidth === 0 && image.checkVisibility()).map(({ src }) => src);
    });
    found.broken.push(...broken.map((src) => `${name} ${width}: ${src}`));
  }

  test("is there, with a title and a heading, and does not complain", () => {
    assert.ok(pages["product-digital"], "the demo has a digital product on its first page");
    assert.deepEqual(found.missing, []);
  });

  test("needs no sideways scrolling at 320, 375, 768, 1024 and 1440 px", () => assert.deepEqual(found.wide, []));

  test("keeps nobody out (axe, light and dark)", () => assert.deepEqual(found.barriers, []));

  test("shows all its pictures", () => assert.deepEqual(found.broken, []));
});
