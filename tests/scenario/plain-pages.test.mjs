// Everything a buyer does with plain pages and forms: no JavaScript, only cookies and redirects.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { elements, plain } from "../lib/html.mjs";
import { formTo, startServer, unique, until } from "../lib/shop.mjs";

describe("plain pages", () => {
  let server, shop;
  before(async () => {
    server = await startServer({ demo: true });
    shop = server.shop;
  });
  after(() => server?.stop());

  const links = (page) => elements(page.text, "a").map(({ attributes }) => attributes.href).filter((href) => href?.startsWith("/"));
  const typed = (visitor) => ({
    "contact.phone": visitor.phone, "contact.email": "", "address.name": visitor.address.name, "address.phone": visitor.phone,
    "address.region": visitor.address.region, "address.line": visitor.address.line, note: "请放在门口，谢谢 <3 & 再见",
  });

  test("from the home page to the delivered order", async () => {
    const visitor = shop.visitor();
    const browser = visitor.browser;
    const home = await browser.open("/");
    assert.equal(home.status, 200);
    const category = await browser.open(links(home).find((href) => href.startsWith("/categories/")));
    assert.equal(category.status, 200);
    const sku = unique("PLAIN");
    const cup = await shop.product({ sku, title: "无脚本杯子", price: 4550, stock: 6 });
    const product = await until(async () => {
      const page = await browser.open(`/products/${cup.handle}`);
      return page.status === 200 && page;
    }, "the product page is there");
    assert.match(product.text, /无脚本杯子/);
    assert.match(plain(product.text), /45\.50/);

    const cart = await browser.submit(formTo(product, "/cart/lines"), { quantity: 2 });
    assert.match(cart.path, /^\/cart/);
    assert.match(plain(cart.text), /91\.00/);
    const changed = await browser.submit(formTo(cart, `/cart/lines/${cup.variant_id}`), { quantity: 3 });
    assert.match(plain(changed.text), /136\.50/);

    const checkout = await browser.open("/checkout");
    const review = await browser.submit(formTo(checkout, "/checkout/review"), typed(visitor));
    assert.equal(review.status, 200, plain(review.text));
    assert.match(plain(review.text), /文三路 100 号 2 单元/);
    assert.match(plain(review.text), /<3 & 再见/, "shown as it was typed");

    const edit = await browser.submit(formTo(review, "/checkout/edit"));
    const again = formTo(edit, "/checkout/review");
    assert.equal(new Map(again.fields).get("address.line"), visitor.address.line, "what was typed is there again");
    const corrected = await browser.submit(again, { "address.line": "文三路 101 号" });
    assert.match(plain(corrected.text), /文三路 101 号/);

    const cashier = await browser.submit(formTo(corrected, "/checkout"));
    assert.match(cashier.path, /^\/orders\/[^/]+\/pay\?token=/);
    const sandbox = await browser.submit(formTo(cashier, /^\/orders\/[^/]+\/pay/), { method: "sandbox" });
    assert.match(sandbox.path, /^\/sandbox\/pay\//);
    const back = await browser.submit(sandbox.forms.find((form) => form.method === "POST"), { outcome: "paid" });
    assert.match(back.path, /^\/orders\//);
    const order = { number: back.path.match(/^\/orders\/([^/?]+)/)[1], token: new URL(back.path, "http://x").searchParams.get("token") };
    const now = await visitor.seesPaid(order);
    assert.equal(now.total.amount, 13650);
    assert.equal(now.note, "请放在门口，谢谢 <3 & 再见");
    const page = await browser.open(back.path);
    assert.match(page.text, new RegExp(order.number));
    assert.equal((await shop.stock(cup)).available, 3);
    const emptied = await browser.open("/cart");
    assert.ok(!emptied.text.includes("无脚本杯子"), "the cart is empty again");
  });

  test("a payment that failed is tried again, page by page", async () => {
    const visitor = shop.visitor();
    const order = await visitor.orders(await shop.product({ stock: 2 }));
    const pay = async (outcome) => {
      const cashier = await visitor.browser.open(`/orders/${order.number}/pay?token=${order.token}`);
      const sandbox = await visitor.browser.submit(formTo(cashier, /^\/orders\/[^/]+\/pay/), { method: "sandbox" });
      return visitor.browser.submit(formTo(sandbox, /sandbox/), { outcome });
    };
    for (const outcome of ["failed", "cancelled"]) {
      const back = await pay(outcome);
      assert.match(back.path, /^\/orders\//);
      assert.ok(links(back).some((href) => href.includes(`/orders/${order.number}/pay`)), "there is a way to pay again");
    }
    await pay("paid");
    await visitor.seesPaid(order);
  });

  test("a key code is read on the order page itself", async () => {
    const visitor = shop.visitor();
    const code = unique("READ-ME");
    const game = await shop.product({ title: "可读的码", price: 100, codes: [code] });
    const product = await until(async () => {
      const page = await visitor.browser.open(`/products/${game.handle}`);
      return page.status === 200 && page;
    }, "the product page is there");
    await visitor.browser.submit(formTo(product, "/cart/lines"));
    const checkout = await visitor.browser.open("/checkout");
    assert.ok(!formTo(checkout, "/checkout/review").fields.some(([name]) => name === "address.line"), "a digital thing needs no address");
    const review = await visitor.browser.submit(formTo(checkout, "/checkout/review"), { "contact.email": "me@example.com" });
    const cashier = await visitor.browser.submit(formTo(review, "/checkout"));
    const sandbox = await visitor.browser.submit(formTo(cashier, /^\/orders\/[^/]+\/pay/), { method: "sandbox" });
    const back = await visitor.browser.submit(sandbox.forms.find((form) => form.method === "POST"), { outcome: "paid" });
    await until(async () => (await visitor.browser.open(back.path)).text.includes(code), "the page shows the code");
  });

  test("a refused form keeps what was typed and says what is wrong beside it", async () => {
    const visitor = shop.visitor();
    const cup = await shop.product({ stock: 5 });
    await visitor.puts(cup);
    visitor.browser.cookies.set("yd_cart", visitor.cart);
    const checkout = await visitor.browser.open("/checkout");
    const refused = await visitor.browser.submit(formTo(checkout, "/checkout/review"), { ...typed(visitor), "contact.phone": "12", "address.line": "", note: "<b>\"留言\"</b>" });
    assert.equal(refused.status, 422);
    const kept = new Map(formTo(refused, "/checkout/review").fields);
    assert.equal(kept.get("contact.phone"), "12");
    assert.equal(kept.get("address.name"), visitor.address.name);
    assert.equal(kept.get("note"), "<b>\"留言\"</b>");
    assert.ok(!refused.text.includes("<b>\"留言\"</b>"), "escaped");
    assert.match(refused.text, /aria-invalid="?true|class="[^"]*(error|problem|invalid)/);
  });

  test("what sold out meanwhile is said in the cart, not as a failure", async () => {
    const visitor = shop.visitor();
    const cup = await shop.product({ stock: 1 });
    await visitor.puts(cup);
    visitor.browser.cookies.set("yd_cart", visitor.cart);
    const checkout = await visitor.browser.open("/checkout");
    const review = await visitor.browser.submit(formTo(checkout, "/checkout/review"), typed(visitor));
    await shop.visitor().orders(cup);
    const refused = await visitor.browser.submit(formTo(review, "/checkout"));
    assert.equal(refused.status < 500, true);
    assert.ok(!/^\/orders\//.test(refused.path), refused.path);
    const cart = await visitor.browser.open("/cart");
    assert.equal(cart.status, 200);
    assert.match(cart.text, new RegExp(cup.sku));
  });

  test("every link on every page leads somewhere", async () => {
    const browser = shop.client();
    const seen = new Map();
    const queue = ["/", "/products", "/cart", "/orders"];
    while (queue.length > 0 && seen.size < 300) {
      const path = queue.shift();
      if (seen.has(path)) continue;
      const page = await browser.open(path);
      seen.set(path, page.status);
      assert.ok(page.status < 400, `${path}: ${page.status}`);
      if (!/text\/html/.test(page.headers["content-type"])) continue;
      for (const href of links(page)) {
        const clean = href.split("#")[0];
        if (clean && !seen.has(clean) && !clean.startsWith("/admin")) queue.push(clean);
      }
    }
    assert.ok(seen.size > 80, `${seen.size} pages`);
  });

  test("every picture, style and script of a page is there and may be kept for a year", async () => {
    const browser = shop.client();
    const wanted = new Set();
    for (const path of ["/", "/products", links(await browser.open("/products")).find((href) => /^\/products\/[^?]+$/.test(href))]) {
      const page = await browser.open(path);
      for (const [, url] of page.text.matchAll(/\b(?:src|href)="(\/(?:assets|media|static)[^"]*)"/g)) wanted.add(url);
      for (const [, set] of page.text.matchAll(/\bsrcset="([^"]*)"/g)) for (const part of set.split(",")) wanted.add(part.trim().split(/\s+/)[0]);
    }
    assert.ok(wanted.size > 10, `${wanted.size} files`);
    for (const url of [...wanted].slice(0, 120)) {
      const answer = await browser.get(url.replace(/&amp;/g, "&"));
      assert.equal(answer.status, 200, url);
      assert.ok(answer.bytes.length > 0, url);
      assert.match(answer.headers["cache-control"] ?? "", /immutable/, url);
    }
  });

  test("pages forbid what they do not need", async () => {
    for (const path of ["/", "/cart", "/orders", "/admin/login", "/no-such-page"]) {
      const { headers, text } = await shop.client().get(path, { headers: { accept: "text/html" } });
      const policy = headers["content-security-policy"] ?? "";
      assert.match(policy, /default-src|script-src/, path);
      assert.ok(!/script-src[^;]*'unsafe-inline'/.test(policy), path);
      assert.equal(headers["x-content-type-options"], "nosniff", path);
      assert.match(`${headers["x-frame-options"] ?? ""} ${policy}`, /DENY|SAMEORIGIN|frame-ancestors/, path);
      assert.ok(!/<script(?![^>]*\b(src|type="application\/(ld\+)?json"|type="importmap"))[^>]*>/i.test(text), `${path} has an inline script`);
      assert.ok(!/\son\w+="/.test(text.replace(/<script[\s\S]*?<\/script>/g, "")), `${path} has an inline handler`);
      assert.ok(!/<style\b|\sstyle="/.test(text), `${path} has an inline style`);
    }
  });

  test("a page that is not there is a page, in both languages", async () => {
    for (const path of ["/no-such-page", "/en/no-such-page", "/products/no-such-product", "/en/products/no-such-product"]) {
      const page = await shop.client().open(path);
      assert.equal(page.status, 404);
      assert.match(page.headers["content-type"], /text\/html/);
      assert.match(page.text, /<html[^>]*lang="(zh|en)/i);
      assert.ok(page.forms.length + links(page).length > 0, "with a way on");
    }
  });

  test("English pages are English and stay so", async () => {
    const browser = shop.client();
    const home = await browser.open("/en");
    assert.equal(home.status, 200);
    assert.match(home.text, /<html[^>]*lang="en/);
    const onward = links(home).filter((href) => /^\/(en\/)?(products|categories|cart)/.test(href));
    assert.ok(onward.length > 3);
    for (const href of onward) assert.match(href, /^\/en\//, href);
  });

  test("an unchanged page is not sent again", async () => {
    const browser = shop.client();
    const first = await browser.get("/", { headers: { accept: "text/html" } });
    assert.ok(first.headers.etag, "an ETag");
    const again = await browser.get("/", { headers: { accept: "text/html", "if-none-match": first.headers.etag } });
    assert.equal(again.status, 304);
    assert.equal(again.bytes.length, 0);
    // Compressed forms are made when somebody asked for one.
    const zipped = await until(async () => {
      const answer = await browser.get("/", { headers: { accept: "text/html", "accept-encoding": "gzip" } });
      return answer.headers["content-encoding"] === "gzip" && answer;
    }, "the page comes compressed", { within: 2000 });
    assert.ok(zipped.bytes.length < first.bytes.length / 2);
    assert.match(zipped.headers.vary ?? "", /accept-encoding/i);
  });
});
