// A merchant's own theme: checked before it is kept, published, broken before a buyer, taken back; hostile ZIP files.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, describe, test } from "node:test";
import { upload } from "../lib/pictures.mjs";
import { expectProblem, startServer, until } from "../lib/shop.mjs";
import { zip } from "../lib/zip.mjs";

describe("a theme that a merchant brings", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    await shop.product({ title: "主题杯", price: 3000, stock: 5 });
  });
  after(() => server?.stop({ complaints: true })); // what fails before buyers is written down

  const send = async (entries) => {
    const { payload, headers } = upload("zip", [["mine.zip", Buffer.isBuffer(entries) ? entries : zip(Object.entries(entries).map(([name, bytes]) => [name, Buffer.from(bytes)]))]]);
    return staff.client.send("POST", "/api/v1/admin/design/themes", { payload, headers: { ...headers, origin: staff.client.origin } });
  };
  const page = async (path = "/") => (await shop.client().get(path)).text;
  const themes = async () => staff.reads("/admin/design/themes");
  const publish = async (version) => staff.does(`/admin/design/themes/${version}/publish`, { from: (await themes()).live, version });
  const faults = async (entries) => {
    const answer = await send(entries);
    assert.equal(answer.status, 422, answer.text);
    return JSON.parse(answer.text).errors.map(({ field, code, message }) => `${field} ${code} ${message}`).join("\n");
  };

  test("everything that is wrong is said with file and line, and nothing is kept", async () => {
    const said = await faults({
      "mine/templates/product.liquid": "<p>\n{{ product.title | nosuchfilter }}</p>",
      "mine/templates/index.liquid": "<p></p>",
      "mine/snippets/card.liquid": "\n\n{% if %}",
      "mine/sections/hero.liquid": "<p>{% render 'nobody' %}</p>\n{% schema %}{\"name\": \"H\", \"settings\": [{\"type\": \"wheel\", \"id\": \"a\"}]}{% endschema %}",
      "mine/locales/en.json": "{\n \"a\": }",
      "mine/assets/page.html": "<script>alert(1)</script>",
    });
    assert.match(said, /assets\/page\.html theme-ending/);
    const compiled = await faults({
      "templates/product.liquid": "<p>\n{{ product.title | nosuchfilter }}</p>",
      "templates/index.liquid": "<p></p>",
      "snippets/card.liquid": "\n\n{% if %}",
      "sections/hero.liquid": "<p>{% render 'nobody' %}</p>\n{% schema %}{\"name\": \"H\", \"settings\": [{\"type\": \"wheel\", \"id\": \"a\"}]}{% endschema %}",
      "locales/en.json": "{\n \"a\": }",
    });
    assert.match(compiled, /templates\/product\.liquid theme-file 2:\d+: .*nosuchfilter/);
    assert.match(compiled, /templates\/index\.liquid theme-file 1:1: no page/);
    assert.match(compiled, /snippets\/card\.liquid theme-file 3:/);
    assert.match(compiled, /sections\/hero\.liquid theme-schema 2:1: .*wheel/);
    assert.match(compiled, /sections\/hero\.liquid theme-file 1:1: there is no snippet nobody/);
    assert.match(compiled, /locales\/en\.json theme-file 2:/);
    assert.equal((await themes()).versions.length, 0);
  });

  test("ZIP files that mean harm are refused", async () => {
    assert.match(await faults({ "../../etc/templates/home.liquid": "x" }), /theme-place/);
    assert.match(await faults({ "templates/../../home.liquid": "x" }), /theme-name/);
    assert.match(await faults({ "assets/a/b.css": "x" }), /theme-name/);
    assert.match(await faults({ "snippets/big.liquid": "x".repeat(300 << 10) }), /theme-large/);
    assert.match(await faults({ "assets/bomb.css": Buffer.alloc(40 << 20) }), /theme-large/);
    assert.match(await faults(Object.fromEntries(Array.from({ length: 301 }, (_, i) => [`assets/a${i}.css`, "x"]))), /zip-too-many/);
    assert.match(await faults({ "snippets/bad.liquid": Buffer.from([0xff, 0xfe, 0x41]) }), /theme-letters/);
    assert.match(await faults({ "readme.md": "x" }), /theme-empty/);
  });

  test("one section and one asset are enough; the rest is the built-in theme; secrets are not seen, and texts are escaped", async () => {
    const answer = await send({
      "templates/policy.liquid": "x",
      "templates/products.liquid": "<link rel=stylesheet href=\"{{ 'own.css' | asset_url }}\"><p>own-list [{{ staff.login }}{{ config.secret }}] {{ '<b>' }}</p>",
      "assets/own.css": "p{color:red}",
      "assets/own.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
      "locales/zh-CN.json": "{}",
    });
    assert.equal(answer.status, 201, answer.text);
    assert.doesNotMatch(await page("/products"), /own-list/);
    assert.equal((await shop.client().get("/theme/1/own.css")).status, 404);
    assert.equal((await publish(1)).status, 200);
    const list = await until(async () => (await page("/products")).match(/[^]*own-list \[\] &lt;b&gt;[^]*/)?.[0], "buyers see the page");
    assert.match(list, /href="\/theme\/1\/own\.css"/);
    const css = await shop.client().get("/theme/1/own.css");
    assert.match(css.headers["cache-control"], /immutable/);
    assert.equal(css.headers["x-content-type-options"], "nosniff");
    assert.match((await shop.client().get("/theme/1/own.svg")).headers["content-security-policy"], /default-src 'none'/);
    assert.match(await page("/"), /主题杯/);
  });

  test("a file that fails before a buyer is stood in for, told to staff once, and not kept", async () => {
    assert.equal((await send({ "templates/products.liquid": "broken-list\n{% for i in (1..9999999) %}x{% endfor %}" })).status, 201);
    assert.equal((await publish(2)).status, 200);
    for (let i = 0; i < 3; i++) {
      const text = await until(async () => [await page("/products")].find((seen) => !seen.includes("own-list")), "the new theme is there");
      assert.doesNotMatch(text, /broken-list/);
      assert.match(text, /主题杯/);
    }
    const seen = await until(async () => [await themes()].find(({ broken }) => broken.length > 0), "staff are told");
    assert.equal(seen.broken.length, 1);
    assert.match(seen.broken[0].detail, /templates\/products\.liquid:2:\d+: /);
    expectProblem(await staff.does("/admin/design/themes/2/remove", {}), 409, "conflict");
    expectProblem(await staff.does("/admin/design/themes/1/publish", { from: 0 }), 409, "conflict");
    assert.equal((await publish(1)).status, 200);
    await until(async () => /own-list/.test(await page("/products")), "the version before is back");
    assert.equal((await staff.does("/admin/design/themes/2/remove", {})).status, 200);
    assert.deepEqual((await themes()).versions.map(({ version }) => version), [1]);
    assert.equal((await publish(0)).status, 200);
    await until(async () => !/own-list/.test(await page("/products")), "the built-in theme is back");
  });

  test("the example of docs/themes.md is true, and a section that fails is stood in for by its own kind", async () => {
    const example = fs.readFileSync(new URL("../../docs/themes.md", import.meta.url), "utf8").match(/```liquid\n([^]*?)```/)[1];
    const home = { sections: { q: { type: "quote", settings: { text: "慢慢来" } } }, order: ["q"] };
    const files = { "sections/quote.liquid": example, "assets/mine.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>", "templates/home.json": JSON.stringify(home) };
    const answer = await send(files);
    assert.equal(answer.status, 201, answer.text);
    assert.equal((await publish(3)).status, 200);
    await until(async () => /class="quote">\s*<img src="\/theme\/3\/mine\.svg"[^]*慢慢来/.test(await page()), "home is the example");
    assert.equal((await send({ ...files, "sections/quote.liquid": example.replace("<figure", "broken-quote {{ 'none.css' | asset_url }}<figure") })).status, 201);
    assert.equal((await publish(4)).status, 200);
    const text = await until(async () => [await page()].find((seen) => !seen.includes("/theme/3/")), "the next one is there");
    assert.doesNotMatch(text, /broken-quote/);
    await until(async () => (await themes()).broken.some(({ detail }) => /sections\/quote\.liquid:1:\d+: there is no asset none\.css/.test(detail)), "staff are told");
    assert.equal((await publish(0)).status, 200);
  });

  test("the built-in theme can be taken away, and brought back as it is", async () => {
    const cookie = [...staff.client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(`${server.base}/admin/design/themes/0/zip`, { headers: { cookie } });
    assert.equal(answer.headers.get("content-type"), "application/zip");
    const back = await send(Buffer.from(await answer.arrayBuffer()));
    assert.equal(back.status, 201, back.text);
    const { versions } = await themes();
    assert.deepEqual([versions[0].version, versions[0].files > 120], [5, true]);
    assert.equal((await publish(5)).status, 200);
    const home = await until(async () => (await page()).match(/[^]*\/theme\/5\/theme\.css[^]*/)?.[0], "the theme that came back is shown");
    assert.match(home, /主题杯/);
    assert.deepEqual((await themes()).broken.length, 2);
    const form = await staff.client.get("/admin/design/themes");
    assert.match(form.text, /design\/themes\/0\/zip/);
    expectProblem(await shop.client().post("/admin/design/themes/1/publish", { from: 0 }), 401, "unauthenticated");
    const other = await (await server.opens("other")).staff();
    assert.equal((await other.reads("/admin/design/themes")).versions.length, 0);
    assert.equal((await publish(0)).status, 200);
  });

  test("templates/product.json is what stands around the page of a product; what is wrong with it is said in that file", async () => {
    const around = { sections: { main: { type: "main" }, said: { type: "rich-text", settings: { text: "<p>主题里写的话</p>" } } }, order: ["main", "said"] };
    assert.match(await faults({ "templates/checkout.json": "{}" }), /templates\/checkout\.json theme-file 1:1: pages of sections/);
    assert.match(await faults({ "templates/product.json": JSON.stringify({ sections: {}, order: [] }) }), /templates\/product\.json theme-schema 1:1: product:main/);
    assert.match(await faults({ "templates/product.json": JSON.stringify({ sections: { main: { type: "main" } }, order: ["nobody"] }) }), /templates\/product\.json theme-schema 1:1: product:order/);
    const answer = await send({ "templates/product.json": JSON.stringify(around) });
    assert.equal(answer.status, 201, answer.text);
    assert.equal((await publish(Number(JSON.parse(answer.text).version))).status, 200);
    const { url } = (await shop.client().api("/products")).body.products[0];
    await until(async () => /主题里写的话/.test(await page(url)), "the page of the product has it");
    assert.doesNotMatch(await page("/"), /主题里写的话/);
    assert.match(await page("/"), /主题杯/);
    assert.equal((await publish(0)).status, 200);
  });

  test("staff look at a theme in a frame before buyers see it, with its assets and what fails in it", async () => {
    const answer = await send({
      "templates/products.liquid": "<link rel=stylesheet href=\"{{ 'seen.css' | asset_url }}\"><p>seen-list</p>",
      "templates/search.liquid": "\n{% for i in (1..9999999) %}x{% endfor %}",
      "assets/seen.css": "p{color:red}",
    });
    const version = Number(JSON.parse(answer.text).version);
    const told = (await themes()).broken.length;
    const cookies = () => [...staff.client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const framed = async (path, more) => {
      const seen = await fetch(server.base + path, { headers: { cookie: cookies(), "sec-fetch-dest": "iframe", ...more } });
      return { status: seen.status, headers: seen.headers, text: await seen.text() };
    };
    assert.doesNotMatch((await framed("/products")).text, /seen-list/);
    const around = await staff.client.get(`/admin/design/themes/${version}/preview`);
    assert.match(around.text, /<iframe src="\/"/);
    const list = await framed("/products");
    assert.match(list.text, /seen-list/);
    assert.match(list.headers.get("content-security-policy"), /frame-ancestors 'self'/);
    for (const place of ["document", "empty"]) assert.doesNotMatch((await framed("/products", { "sec-fetch-dest": place })).text, /seen-list/);
    assert.match((await framed("/products", { "sec-fetch-dest": "empty", "x-framed": "1" })).text, /seen-list/);
    assert.doesNotMatch(await page("/products"), /seen-list/);
    const forged = await fetch(`${server.base}/products`, { headers: { cookie: `yd_theme=${version}` } });
    assert.doesNotMatch(await forged.text(), /seen-list/);
    const css = await framed(`/theme/${version}/seen.css`, { "sec-fetch-dest": "style" });
    assert.deepEqual([css.status, css.headers.get("cache-control")], [200, "no-store"]);
    assert.equal((await shop.client().get(`/theme/${version}/seen.css`)).status, 404);
    assert.match((await framed("/search?q=杯")).text, /<pre>templates\/search\.liquid:2:\d+: /);
    assert.match((await framed("/")).text, /主题杯/);
    assert.equal((await themes()).broken.length, told);
    await staff.client.get("/admin/design/themes");
    assert.doesNotMatch((await framed("/products")).text, /seen-list/);
    assert.equal((await staff.does(`/admin/design/themes/${version}/remove`, {})).status, 200);
  });
});
