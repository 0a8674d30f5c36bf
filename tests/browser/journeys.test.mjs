// Journeys of people with a real browser.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import zlib from "node:zlib";
import { after, before, describe, test } from "node:test";
import { startServer, unique, until } from "../lib/shop.mjs";
import { buysCart, closeTab, fillCheckout, openBrowser, openTab, orderOf, press, visible } from "./browser.mjs";

describe("journeys", () => {
  let server, shop, browser;
  before(async () => {
    server = await startServer({ demo: true });
    shop = server.shop;
    browser = await openBrowser({ isWhole: true });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const onShelf = (product) => until(async () => (await shop.client().get(`/products/${product.handle}`, { headers: { accept: "text/html" } })).status === 200, "the page is there");
  async function product(wish) {
    const made = await shop.product(wish);
    await onShelf(made);
    return made;
  }

  test("a phone buys something from the home page on", async () => {
    const page = await openTab(browser, server, { width: 375, height: 812, isMobile: true, hasTouch: true });
    await page.goto("/");
    await page.locator('main a[href^="/categories/"]').first().tap();
    await page.waitForURL(/\/categories\//);
    await page.locator('main a[href^="/products/"]').first().tap();
    await page.waitForURL(/\/products\//);
    await visible(page, '[data-add] button[data-in-place]').tap();
    await page.locator("[data-badge]").filter({ visible: true, hasText: "1" }).first().waitFor();
    await page.goto("/cart");
    await visible(page, 'a[href="/checkout"]').tap();
    await page.waitForURL(/\/checkout$/);
    const order = await buysCart(page);
    const seen = await shop.visitor().seesPaid(order);
    assert.ok(["to_ship", "completed"].includes(seen.stage));
    await closeTab(page);
  });

  test("the whole purchase works with JavaScript off", async () => {
    const cup = await product({ title: "不用脚本的杯子", price: 8800, stock: 5 });
    const page = await openTab(browser, server, { javaScriptEnabled: false });
    await page.goto(`/products/${cup.handle}`);
    await page.fill('[name="quantity"]', "2");
    await page.click('[data-add] button:not([type=button]) >> nth=0');
    await page.waitForURL(/\/cart/);
    await page.locator(`#more-${cup.variant_id}`).click();
    await page.waitForURL(/\/cart/);
    assert.match(await page.locator(".sum-total .price").first().innerText(), /264\.00/);
    const order = await buysCart(page);
    const seen = await shop.visitor().seesPaid(order);
    assert.equal(seen.total.amount, 26400);
    await page.goto(page.url());
    assert.match(await page.locator("main").innerText(), new RegExp(order.number));
    await closeTab(page);
  });

  test("buying at once goes straight to the checkout", async () => {
    const cup = await product({ title: "马上买的杯子", price: 100, stock: 5 });
    const page = await openTab(browser, server);
    await page.goto(`/products/${cup.handle}`);
    await visible(page, 'button[name="next"][value="checkout"]').click();
    await page.waitForURL(/\/checkout/);
    assert.match(await page.locator("main").innerText(), /马上买的杯子/);
    await closeTab(page);
  });

  test("the order page hears of the payment and shows the code by itself", async () => {
    const code = unique("LIVE-CODE");
    const game = await product({ title: "自己出现的码", price: 100, codes: [code] });
    const buyer = shop.visitor();
    const order = await buyer.orders(game);
    const page = await openTab(browser, server);
    await page.goto(`/orders/${order.number}?token=${order.token}`);
    const before = await page.locator("[data-order]").getAttribute("data-stage");
    assert.equal(before, "pending_payment");
    await buyer.pays(order);
    await page.locator("code", { hasText: code }).waitFor();
    assert.equal(await page.locator("[data-order]").getAttribute("data-stage"), "completed");
    await closeTab(page);
  });

  test("the order page hears of the parcel", async () => {
    const buyer = shop.visitor();
    const order = await buyer.buys(await product({ stock: 3 }));
    const page = await openTab(browser, server);
    await page.goto(`/orders/${order.number}?token=${order.token}`);
    await (await shop.staff()).ships(order, { tracking_number: "SF5566778899001" });
    await page.locator("code", { hasText: "SF5566778899001" }).waitFor();
    await closeTab(page);
  });

  test("choosing an option changes price and address in place", async () => {
    const staff = await shop.staff();
    const sku = unique("OPT");
    const shirt = await staff.creates({
      sku, title: "两种颜色的衬衫", options: [{ name: "颜色", values: "白,黑" }],
      variants: [{ options: "白", sku: `${sku}-W`, price: { amount: 11100, currency: "CNY" }, is_active: true, stock: 3 }, { options: "黑", sku: `${sku}-B`, price: { amount: 22200, currency: "CNY" }, is_active: true, stock: 3 }],
    });
    await onShelf(shirt);
    const page = await openTab(browser, server);
    await page.goto(`/products/${shirt.handle}`);
    const loads = [];
    page.on("load", () => loads.push(page.url()));
    await page.locator("[data-option]", { hasText: "黑" }).click();
    await page.locator(".buy-price", { hasText: "222.00" }).waitFor();
    assert.match(page.url(), new RegExp(`sku=${sku}-B`));
    assert.deepEqual(loads, [], "without loading the page again");
    await visible(page, "[data-add] button[data-in-place]").click();
    await page.locator("[data-toast].is-on").waitFor();
    await page.goto("/cart");
    assert.match(await page.locator("main").innerText(), /222\.00/);
    await closeTab(page);
  });

  test("the cart changes in place and tells what it costs", async () => {
    const cup = await product({ title: "数量会变的杯子", price: 1000, stock: 3 });
    const page = await openTab(browser, server);
    await page.goto(`/products/${cup.handle}`);
    await visible(page, "[data-add] button[data-in-place]").click();
    await page.locator("[data-toast].is-on").waitFor();
    await page.goto("/cart");
    const loads = [];
    page.on("load", () => loads.push(page.url()));
    for (const sum of ["20.00", "30.00"]) {
      await page.locator(`#more-${cup.variant_id}`).click();
      await page.locator(".sum-total .price", { hasText: sum }).first().waitFor();
    }
    assert.equal(await page.locator(`#more-${cup.variant_id}`).isDisabled(), true, "no more than there are");
    await page.locator(`#remove-${cup.variant_id}`).click();
    await page.locator("[data-cart][data-count='0']").waitFor();
    assert.deepEqual(loads, []);
    await closeTab(page);
  });

  test("a mistake at the checkout is shown beside its field, with everything kept", async () => {
    const cup = await product({ stock: 3 });
    const page = await openTab(browser, server);
    await page.goto(`/products/${cup.handle}`);
    await visible(page, 'button[name="next"][value="checkout"]').click();
    await page.waitForURL(/\/checkout/);
    await fillCheckout(page, { phone: "12", line: "记得住的地址" });
    await press(page, "checkout");
    const wrong = page.locator('[name="contact.phone"][aria-invalid="true"]');
    await wrong.waitFor();
    const note = await wrong.getAttribute("aria-describedby");
    assert.ok((await page.locator(`#${note}`).innerText()).length > 1);
    assert.equal(await page.inputValue('[name="address.line"]'), "记得住的地址");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-invalid")), "true", "the focus is where the mistake is");
    await page.fill('[name="contact.phone"]', "13812345678");
    await page.fill('[name="address.phone"]', "13812345678");
    await press(page, "checkout");
    await page.waitForURL(/\/checkout\/review/);
    await visible(page, 'button[form="edit"], #edit button').click();
    await page.waitForURL(/\/checkout\/edit/);
    assert.equal(await page.inputValue('[name="address.line"]'), "记得住的地址");
    await closeTab(page, { expected: /422/ });
  });

  test("an impatient double click places one order", async () => {
    const cup = await product({ stock: 9 });
    const page = await openTab(browser, server);
    await page.goto(`/products/${cup.handle}`);
    await visible(page, 'button[name="next"][value="checkout"]').click();
    await page.waitForURL(/\/checkout/);
    await fillCheckout(page);
    await press(page, "checkout");
    await page.waitForURL(/\/checkout\/review/);
    await visible(page, '#place button, button[form="place"]').dblclick();
    await page.waitForURL(/\/orders\/[^/]+\/pay/);
    assert.equal((await shop.stock(cup)).available, 8);
    await page.goBack();
    await page.goBack();
    await page.goForward();
    assert.equal((await shop.stock(cup)).available, 8, "also after going back and forth");
    await closeTab(page);
  });

  test("a buyer without the link finds the order again", async () => {
    const buyer = shop.visitor();
    const order = await buyer.orders(await product({ stock: 3 }));
    const page = await openTab(browser, server);
    await page.goto("/orders");
    await page.fill('[name="number"]', order.number);
    await page.fill('[name="contact"]', "13900000000");
    await visible(page, "main form button").click();
    await page.locator('[role="alert"]').first().waitFor();
    await page.fill('[name="contact"]', buyer.phone);
    await visible(page, "main form button").click();
    await page.waitForURL(/token=/);
    assert.equal(orderOf(page).token, order.token);
    await closeTab(page, { expected: /404|422/ });
  });

  test("the keyboard alone buys", async () => {
    const cup = await product({ stock: 3 });
    const page = await openTab(browser, server);
    await page.goto(`/products/${cup.handle}`);
    const reach = async (selector) => {
      for (let steps = 0; steps < 120; steps++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
      }
      assert.fail(`Tab never reaches ${selector}`);
    };
    await reach('button[name="next"][value="checkout"]');
    const outline = await page.evaluate(() => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
      return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
    });
    assert.ok(outline, "the focus is seen");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/checkout/);
    await fillCheckout(page);
    await page.locator('[name="contact.phone"]').press("Enter");
    await page.waitForURL(/\/checkout\/review/);
    await closeTab(page);
  });

  test("English from the first page to the order", async () => {
    const page = await openTab(browser, server, { locale: "en-US" });
    await page.goto("/");
    await visible(page, 'a[hreflang="en"]').click();
    await page.waitForURL(/\/en/);
    await page.locator('main a[href^="/en/products/"]').first().click();
    await page.waitForURL(/\/en\/products\//);
    await visible(page, 'button[name="next"][value="checkout"]').click();
    await page.waitForURL(/\/en\/checkout/);
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    await fillCheckout(page);
    await press(page, "checkout");
    await page.waitForURL(/\/en\/checkout\/review/);
    await press(page, "place");
    await page.waitForURL(/\/en\/orders\/[^/]+\/pay/);
    await closeTab(page);
  });

  async function logIn(page) {
    await page.goto("/admin");
    await page.fill('[name="login"]', shop.account.login);
    await page.fill('[name="password"]', shop.account.password);
    await page.click('form[action="/admin/login"] button:not([type=button])');
    await page.waitForURL((url) => url.pathname === "/admin");
  }

  test("the owner creates a product with a picture and sees it in the shop", async () => {
    const page = await openTab(browser, server, { width: 1440 });
    await logIn(page);
    await page.goto("/admin/products/new");
    const sku = unique("PIC");
    await page.fill('[name="title"]', "带图片的新杯子");
    await page.fill('[name="handle"]', sku.toLowerCase());
    await page.fill('[name="variants.0.sku"]', sku);
    await page.fill('[name="variants.0.price"]', "66.60");
    await page.fill('[name="variants.0.stock"]', "7");
    await page.check('[name="status"][value="active"]', { force: true });
    await visible(page, 'button.is-main[form="edit"]').click();
    await page.waitForURL(/\/admin\/products\/\d+/);
    await page.setInputFiles('input[type="file"][name="pictures"]', [{ name: "杯子.png", mimeType: "image/png", buffer: picture(900, 700) }, { name: "b.png", mimeType: "image/png", buffer: picture(640, 640) }]);
    const upload = page.locator('form[data-upload] button').filter({ visible: true });
    if (await upload.count()) await upload.first().click();
    await page.locator("#pictures img[src*='/media/']").nth(1).waitFor();

    const buyer = await openTab(browser, server);
    await until(async () => {
      await buyer.goto(`/products/${sku.toLowerCase()}`);
      return (await buyer.locator(".gallery img[src*='/media/'], .gallery source[srcset*='/media/']").count()) > 0;
    }, "the picture is in the shop", { every: 100 });
    // All but the first are lazy: a buyer who swipes to a picture sees it.
    const strip = buyer.locator(".gallery-strip img");
    assert.equal(await strip.count(), 2, "both pictures are in the strip");
    for (const image of await strip.all()) {
      await image.scrollIntoViewIfNeeded();
      await until(() => image.evaluate((one) => one.complete && one.naturalWidth > 0), `the picture ${await image.getAttribute("src")} is seen`);
    }
    assert.match(await buyer.locator(".buy-price").innerText(), /66\.60/);
    await closeTab(buyer);
    await closeTab(page);
  });

  test("the owner ships one order and refunds another", async () => {
    const cup = await product({ price: 5000, stock: 9 });
    const [first, second] = [shop.visitor(), shop.visitor()];
    const [toShip, toRefund] = [await first.buys(cup), await second.buys(cup)];
    const page = await openTab(browser, server, { width: 1440 });
    await logIn(page);
    await page.goto("/admin/orders");
    await page.locator(`a[href*="${toShip.number}"]`).first().click();
    await page.waitForURL(/\/admin\/orders\//);
    await page.fill('[name="tracking_number"]', "SF0011223344556");
    await visible(page, 'form[action$="/ship"] button:not([type=button])').click();
    await first.seesUntil(toShip, ({ fulfillment_status }) => fulfillment_status === "shipped", "is shipped");

    await page.goto(`/admin/orders/${toRefund.number}`);
    await page.locator('a[href$="/refund"]').click();
    await page.fill('[name="amount"]', "20.00");
    await page.fill('[name="reason"]', "杯口有小缺口");
    await page.getByRole("button", { name: "算一算" }).click();
    await page.getByRole("button", { name: "确认退款 ¥20.00" }).click();
    await page.waitForURL(/\/admin\/orders\/[^/]+$|notice=refunded/);
    await second.seesUntil(toRefund, ({ payment_status }) => payment_status === "partially_refunded", "is partly refunded");
    await closeTab(page);
  });

  test("the owner edits variants on a phone: cards, room for a thumb, two SKUs exchanged in one save", async () => {
    const [light, dark] = [unique("LIGHT"), unique("DARK")].map((sku) => sku.toUpperCase());
    const variant = (options, sku) => ({ options, sku, price: { amount: 3900, currency: "CNY" }, is_active: true, stock: 5 });
    const lamp = await shop.product({ options: [{ name: "颜色", values: "浅, 深" }], variants: [variant("浅", light), variant("深", dark)] });
    const page = await openTab(browser, server, { width: 375, height: 812, isMobile: true, hasTouch: true });
    await logIn(page);
    await page.goto(`/admin/products/${lamp.id}`);
    await page.click("[data-add-variant]");
    const found = await page.evaluate(() => {
      const box = (element) => element.getBoundingClientRect();
      const targets = [...document.querySelectorAll("#variants :is(a, button, input:not([type=hidden]), summary), #stock :is(a, button, input:not([type=hidden]))")]
        .filter((one) => one.checkVisibility() && box(one).width > 0)
        .map((one) => [one, box(one.type === "checkbox" ? one.closest("label") : one)]);
      const cards = [...document.querySelectorAll("[data-variant]:not(.is-spare)")];
      return {
        small: targets.filter(([, { width, height }]) => width < 43.5 || height < 43.5).map(([one]) => one.outerHTML.slice(0, 90)),
        sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        nameless: cards.flatMap((card) => [...card.querySelectorAll("label, .cell-label")]).filter((label) => label.checkVisibility() && box(label).height < 5).map((label) => label.textContent),
        tops: cards.map((card) => box(card).top),
      };
    });
    assert.deepEqual(found.small, []);
    assert.equal(found.sideways, 0);
    assert.deepEqual(found.nameless, [], "every field shows its name");
    assert.equal(new Set(found.tops).size, 3, "one card below the other");
    await page.locator("[data-variant]:not(.is-spare) [data-remove-row]").last().click();
    await page.fill('[name="variants.0.sku"]', dark);
    await page.fill('[name="variants.1.sku"]', light);
    await visible(page, 'button[form="edit"]').click();
    await page.locator("#toasts .toast").first().waitFor();
    const { variants } = await (await shop.staff()).product(lamp.id);
    assert.deepEqual(variants.map(({ sku }) => sku), [dark, light]);
    await closeTab(page);
  });

  test("a page on a phone never needs a second hand: every touch target is large enough", async () => {
    const page = await openTab(browser, server, { width: 375, height: 812, isMobile: true, hasTouch: true });
    for (const path of ["/", "/products", "/cart", "/orders"]) {
      await page.goto(path);
      const small = await page.evaluate(() => [...document.querySelectorAll("button, .btn, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), .tabs a")]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 0)
        .map((one) => ({ what: one.outerHTML.slice(0, 90), ...one.getBoundingClientRect().toJSON() }))
        .filter(({ width, height }) => height < 32 || width < 24)
        .map(({ what, width, height }) => `${what} ${Math.round(width)}×${Math.round(height)}`));
      assert.deepEqual(small, [], path);
    }
    await closeTab(page);
  });
});

/** A PNG of our own making: a soft gradient. */
function picture(width, height) {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows.set([(x * 255) / width, (y * 255) / height, 160], y * (width * 3 + 1) + 1 + x * 3);
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", head), chunk("IDAT", zlib.deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (value ^ 0xffffffff) >>> 0;
}
