// Lists, changes that show at once, and products from a file.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { plain } from "../lib/html.mjs";
import { cny, expect, startServer, unique, until } from "../lib/shop.mjs";

const REAL_PRODUCTS = fileURLToPath(new URL("../../../shared/data/products.csv", import.meta.url));

describe("the catalogue", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  /** Reads a list page after page; calls between(page) in between. */
  async function all(path, between = () => {}) {
    const found = [];
    let cursor = "";
    for (let page = 0; page < 100; page++) {
      const join = path.includes("?") ? "&" : "?";
      const view = expect(await shop.client().api(cursor ? `${path}${join}cursor=${encodeURIComponent(cursor)}` : path), 200);
      found.push(...view.products);
      if (!view.next_cursor) return found;
      cursor = view.next_cursor;
      await between(page);
    }
    throw new Error("the list does not end");
  }

  test("paging shows every product once while products come in", async () => {
    const made = [];
    for (let index = 0; index < 60; index++) made.push(await shop.product({ sku: unique(`P${index}`), price: 100 + (index % 7) * 100, stock: 1 }));
    for (const sort of ["", "?sort=newest", "?sort=price-up", "?sort=price-down"]) {
      const found = await all(`/products${sort}`, () => shop.product({ sku: unique("NEW"), price: 350 }));
      const handles = found.map(({ handle }) => handle);
      assert.equal(new Set(handles).size, handles.length, `${sort}: none twice`);
      for (const { handle } of made) assert.ok(handles.includes(handle), `${sort}: ${handle} is missing`);
      const prices = found.map(({ price_min }) => price_min.amount);
      if (sort.endsWith("price-up")) assert.deepEqual(prices, prices.toSorted((a, b) => a - b));
      if (sort.endsWith("price-down")) assert.deepEqual(prices, prices.toSorted((a, b) => b - a));
    }
  });

  test("paging survives that the product at the cursor goes", async () => {
    const found = await all("/products", async (page) => {
      if (page === 0) {
        const { products } = expect(await shop.client().api("/products"), 200);
        const { products: listed } = await staff.reads(`/admin/products?status=active`);
        const last = listed.find(({ handle }) => handle === products.at(-1).handle);
        if (last) await staff.shelves(last, "archived");
      }
    });
    const handles = found.map(({ handle }) => handle);
    assert.equal(new Set(handles).size, handles.length);
  });

  test("a broken cursor is refused or starts again, never a failure", async () => {
    for (const cursor of ["x", "0", "-1", "9".repeat(40), "%00", "AAAA", "' OR 1=1 --", "💥"]) {
      const answer = await shop.client().api(`/products?cursor=${encodeURIComponent(cursor)}`);
      assert.ok([200, 400, 422].includes(answer.status), `${cursor}: ${answer.status}`);
    }
  });

  test("a changed price is on the page within a second", async () => {
    const vase = await shop.product({ title: "会变价的花瓶", price: 11100 });
    const page = async () => plain((await shop.client().get(`/products/${vase.handle}`, { headers: { accept: "text/html" } })).text);
    await until(async () => (await page()).includes("111.00"), "the page shows the first price");
    for (let warm = 0; warm < 5; warm++) await page();
    for (const price of [22200, 33300, 44400]) {
      await staff.changesPrice(vase, price);
      await until(async () => (await page()).includes(`${price / 100}.00`), `the page shows ${price}`, { within: 1000, every: 10 });
      assert.ok(!(await page()).includes(`${(price - 11100) / 100}.00`));
    }
  });

  test("a sold out product says so within a second, in its page and in lists", async () => {
    const vase = await shop.product({ title: "最后一个花瓶", stock: 1 });
    const seen = async () => expect(await shop.client().api(`/products/${vase.handle}`), 200).product.available;
    const button = async () => (await shop.client().open(`/products/${vase.handle}`)).forms.find((form) => form.action.endsWith("/cart/lines"))?.buttons ?? [];
    await until(async () => (await seen()) === 1, "it is there");
    assert.ok((await button()).length > 0, "and can be bought");
    await shop.visitor().orders(vase);
    await until(async () => (await seen()) === 0, "it is sold out", { within: 1000 });
    await until(async () => (await button()).length === 0, "the page has no button to buy it", { within: 1000 });
  });

  test("the price in the cart is today's", async () => {
    const vase = await shop.product({ price: 100 });
    const buyer = shop.visitor();
    await buyer.puts(vase);
    await staff.changesPrice(vase, 250);
    const answer = await buyer.triesToCheckOut();
    if (answer.status < 300) assert.equal(answer.body.order.total.amount, 250);
    else assert.equal(answer.body.type, "/problems/price-changed");
  });

  test("an old order keeps its price and title", async () => {
    const vase = await shop.product({ title: "旧题目", price: 100 });
    const buyer = shop.visitor();
    const order = await buyer.orders(vase);
    await staff.saves(vase, { title: "新题目" }, { price: cny(999) });
    const now = await buyer.sees(order);
    assert.equal(now.total.amount, 100);
    assert.equal(now.lines[0].product_title, "旧题目");
  });

  const importFile = async (name, text) => {
    const file = path.join(server.data, name);
    fs.writeFileSync(file, text);
    return server.tries("import", "--shop", "main", file);
  };
  const HEAD = "source,name,category,brand,price,spec,sales\n";
  const numbers = (text) => [...text.matchAll(/\d+/g)].map(Number);

  test("a file of products: good rows are taken, bad ones are named with their line", async () => {
    const good = unique("好杯子");
    const rows = [
      `x,${good} 甲,茶器,云店,12.50,"带逗号, 和""引号""",10`,
      `x,,茶器,,9.90,没有名字,1`,
      `x,${good} 乙,茶器,,abc,价格不是数,1`,
      `x,${good} 丙,茶器,,-5,价格是负的,1`,
      `x,${good} 丁,茶器,,1.999,价格太细,1`,
      `x,${good} 戊,餐具,,0.01,"两行
说明",1`,
      `x,${good} 己,餐具`,
    ];
    const done = await importFile("small.csv", HEAD + rows.join("\n") + "\n");
    const said = done.stdout + done.stderr;
    assert.equal(done.code, 0, "bad rows do not stop the good ones");
    assert.match((await server.tries("help import")).stdout, /3 all were refused/);
    assert.ok(numbers(said).includes(2), `two rows are taken: ${said}`);
    assert.ok(numbers(said).includes(5), `five are refused: ${said}`);
    for (const line of [3, 4, 5, 6]) assert.ok(numbers(said).includes(line), `line ${line} is named: ${said}`);
    const { products } = await until(async () => {
      const list = await staff.reads(`/admin/products?q=${encodeURIComponent(good)}`);
      return list.products.length === 2 && list;
    }, "staff see both products");
    assert.deepEqual(products.map(({ price_min }) => price_min.amount).sort((a, b) => a - b), [1, 1250]);
    await server.adds_up();
  });

  test("the same file twice makes nothing twice", async () => {
    const name = unique("不重复");
    const text = HEAD + `x,${name},茶器,,12.50,,1\n`;
    assert.equal((await importFile("again.csv", text)).code, 0);
    assert.equal((await importFile("again.csv", text)).code, 0, "known rows are not refused");
    assert.equal((await staff.reads(`/admin/products?q=${encodeURIComponent(name)}`)).products.length, 1);
  });

  test("who has a former address is led to the one of today, as long as nothing else lives there", async () => {
    const [first, second, third] = [unique("cup"), unique("cup"), unique("cup")];
    const cup = await shop.product({ title: "换过名字的杯子", handle: first });
    await staff.saves(cup, { handle: second });
    await staff.saves(await staff.product(cup.id), { handle: third });
    for (const former of [first, second]) {
      const led = await shop.client().get(`/en/products/${former}?sku=${cup.sku}`);
      assert.equal(led.status, 301);
      assert.equal(led.headers.location, `/en/products/${third}?sku=${cup.sku}`);
      assert.equal((await shop.client().api(`/products/${former}`)).headers.location, `/api/v1/products/${third}`);
    }
    await shop.product({ title: "新来的杯子", handle: first });
    assert.match((await shop.client().get(`/products/${first}`)).text, /新来的杯子/);
    await staff.saves(await staff.product(cup.id), { handle: second });
    assert.equal((await shop.client().get(`/products/${second}`)).status, 200);
    assert.equal((await shop.client().get(`/products/${third}`)).headers.location, `/products/${second}`);
    assert.equal((await shop.client().get(`/products/${unique("nobody")}`)).status, 404);
  });

  test("what is off the shelf for good says so and shows what is like it", async () => {
    const [old, like] = [await shop.product({ title: "卖完不做的杯子" }), await shop.product({ title: "相像的杯子" })];
    assert.equal(old.category_id, like.category_id);
    await staff.shelves(old, "archived");
    const page = await shop.client().get(`/products/${old.handle}`, { headers: { accept: "text/html" } });
    assert.equal(page.status, 410);
    assert.match(page.text, /这件商品已经下架[^]*卖完不做的杯子[^]*class="card-link" href="\/products\//);
    assert.equal((await shop.client().api(`/products/${old.handle}`)).status, 410);
  });

  test("search machines are told what to read, and find every product on the shelf and no other", async () => {
    const shown = await shop.product({ title: "看得见的" });
    const hidden = await staff.creates({ title: "看不见的", status: "draft" });
    const client = shop.client();
    const robots = await client.get("/robots.txt");
    assert.match(robots.headers["content-type"], /^text\/plain/);
    assert.match(robots.text, /^Disallow: \/cart$/m);
    const [, index] = robots.text.match(/^Sitemap: http:\/\/[^/]+(\/\S+)$/m);
    const locations = (text) => [...text.matchAll(/<loc>http:\/\/[^/]+([^<]*)<\/loc>/g)].map(([, path]) => path);
    const parts = locations((await client.get(index)).text);
    const found = [];
    for (const part of parts) {
      const { status, text, headers } = await client.get(part);
      assert.equal(status, 200, part);
      assert.match(headers["content-type"], /xml/);
      found.push(...locations(text));
    }
    assert.ok(found.includes("/") && found.includes(`/products/${shown.handle}`));
    assert.ok(!found.includes(`/products/${hidden.handle}`));
    const total = (await client.api("/products")).body.total;
    assert.equal(found.filter((path) => path.startsWith("/products/")).length, total);
    for (const path of found) assert.equal((await client.get(path)).status, 200, path);
    for (const wrong of ["x.xml", "12", "-1.xml"]) assert.equal((await client.get(`/sitemap/products/${wrong}`)).status, 404);
    const home = (await client.get("/")).text;
    assert.match(home, /hreflang="x-default"/);
    const [, data] = home.match(/<script type="application\/ld\+json">(\{"@context":"https:\/\/schema.org","@graph".*?)<\/script>/);
    assert.deepEqual(JSON.parse(data)["@graph"].map((one) => one["@type"]), ["Organization", "WebSite"]);
  });

  test("a product has a picture to send to others, with what a stranger pays now", async () => {
    const staff = await shop.staff();
    const cup = await shop.product({ title: "会分享的杯子 & <盘>", price: 5900 });
    const hidden = await staff.creates({ title: "不给看的", status: "draft" });
    const client = shop.client();
    const first = await client.get(`/products/${cup.handle}/card`);
    assert.equal(first.status, 200);
    assert.equal(first.headers["content-type"], "image/jpeg");
    assert.equal((await client.get(`/products/${cup.handle}/card`)).headers.etag, first.headers.etag);
    const english = await client.get(`/en/products/${cup.handle}/card`);
    assert.notEqual(english.headers.etag, first.headers.etag);
    await staff.changesPrice(cup, 4900);
    await until(async () => (await client.get(`/products/${cup.handle}/card`)).headers.etag !== first.headers.etag, "the card has the new price");
    assert.equal((await client.get(`/products/${hidden.handle}/card`)).status, 404);
    assert.equal((await client.get("/products/nothing/card")).status, 404);
    assert.match((await client.get("/robots.txt")).text, /^Disallow: \/products\/\*\/card$/m);
    const page = (await client.get(`/products/${cup.handle}`)).text;
    assert.ok(page.includes(`/products/${cup.handle}/card`));
  });

  test("files that are no product lists are refused in words", async () => {
    for (const [name, text] of [["empty.csv", ""], ["head.csv", "a,b,c\n1,2,3\n"], ["binary.csv", "\u0000\u0001\u0002"], ["quote.csv", HEAD + 'x,"open\n'], ["gbk.csv", Buffer.from([0xc4, 0xe3, 0xba, 0xc3, 0x0a])]]) {
      const done = await importFile(name, text);
      // A file that breaks off may be read as far as it goes, but it says so.
      if (name === "quote.csv") assert.match(done.stdout + done.stderr, /line 2.*quote/);
      assert.equal(done.code, name === "quote.csv" ? 3 : 1, `${name}: ${done.stdout}`);
      assert.ok(typeof done.code === "number" && done.code < 100, `${name}: ended with ${done.code}`);
      assert.ok((done.stdout + done.stderr).length > 10, `${name}: nothing said`);
    }
    const missing = await server.tries("import", "--shop", "main", "/nowhere.csv");
    assert.equal(missing.code, 1);
    assert.notEqual((await server.tries("import", "--shop", "nobody", "/dev/null")).code, 0);
  });

  test("264 real products", { skip: fs.existsSync(REAL_PRODUCTS) ? false : "the real products are not here" }, async () => {
    const said = await server.tool("import", "--shop", "main", REAL_PRODUCTS);
    assert.ok(numbers(said).some((count) => count >= 250 && count <= 264), said);
    const total = expect(await shop.client().api("/products"), 200).total;
    assert.ok(total >= 250, `${total} products`);
    await server.adds_up();
  });
});
