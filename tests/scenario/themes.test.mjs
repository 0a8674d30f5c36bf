// How a shop looks: home made of sections, themes that staff look at before buyers do, files that are broken.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { png, upload } from "../lib/pictures.mjs";
import { expect, startServer } from "../lib/shop.mjs";
import { copyShare, documentOf, schemas } from "../lib/themes.mjs";

describe("a theme", () => {
  let server, shop, share;
  before(async () => {
    share = copyShare();
    const home = documentOf("digital", ["announcement", "custom-liquid", "product-grid"], { announcement: { text: { "zh-CN": "今日包邮", en: "Free today" }, url: "javascript:alert(1)" }, "custom-liquid": { liquid: "{{ shop.name }}{% for i in (1..99999) %}{{ i }}{% endfor %}" }, "product-grid": { limit: 999, source: "nowhere", columns: 1 } });
    home.templates.home.order.push("gone");
    home.templates.home.sections.gone = { type: "gone", settings: {} };
    share.write("config/theme-digital.json", JSON.stringify(home));
    server = await startServer({ args: ["--share", share.folder] });
    shop = server.shop;
    for (let i = 0; i < 30; i++) await shop.product({ title: `商品 ${i}`, price: 1000 + i, stock: 3 });
  });
  after(async () => {
    await server?.stop({ complaints: true }); // a section that is left out is written down
    share?.drop();
  });

  test("buyers see the home of the theme, every product once", async () => {
    const { text } = await shop.client().get("/");
    assert.match(text, /<body class="theme-general page-home/);
    const handles = [...text.matchAll(/class="card-link" href="\/products\/([^"]+)"/g)].map(([, handle]) => handle);
    assert.equal(handles.length, 20);
    assert.equal(new Set(handles).size, 20);
  });

  test("the first thing to be seen is a product that has a picture, though newer ones have none", async () => {
    const staff = await shop.staff();
    const shown = await shop.product({ title: "有图的", stock: 3 });
    const { payload, headers } = upload("pictures", [["one.png", png("shown", 400, 400)]]);
    expect(await staff.client.send("POST", `/api/v1/admin/products/${shown.id}/pictures`, { payload, headers: { ...headers, origin: staff.client.origin } }), 200);
    await shop.product({ title: "没有图的", stock: 3 });
    const { text } = await staff.client.get("/?design=fashion");
    assert.match(text.slice(text.indexOf('class="hero-art"')).slice(0, 800), /<img[^>]+\/media\//);
  });

  test("staff look at a theme before anybody else does, and nobody keeps what they saw", async () => {
    const staff = await shop.staff();
    const seen = await staff.client.get("/?design=fashion");
    assert.match(seen.text, /<body class="theme-fashion/);
    assert.match(seen.text, /fashion\.[0-9a-f]+\.css/);
    assert.match(seen.headers["content-security-policy"], /frame-ancestors 'self'/);
    assert.equal(seen.headers["x-robots-tag"], "noindex");
    for (const path of ["/?design=fashion", "/?design=draft", "/?design=nothing"]) {
      const stranger = await shop.client().get(path);
      assert.match(stranger.text, /<body class="theme-general/);
      assert.match(stranger.headers["content-security-policy"], /frame-ancestors 'none'/);
    }
    assert.match((await staff.client.get("/products?design=digital")).text, /<body class="theme-digital/);
    assert.match((await staff.client.get("/")).text, /<body class="theme-general/);
    const other = await (await server.opens("other")).staff();
    assert.doesNotMatch((await shop.client({ cookies: other.client.cookies }).get("/?design=fashion")).text, /theme-fashion/);
  });

  test("what a document says is taken as far as the schema allows, and what takes too long is left out and told", async () => {
    const staff = await shop.staff();
    const { text } = await staff.client.get("/?design=digital");
    assert.match(text, /今日包邮/);
    assert.doesNotMatch(text, /javascript:/);
    assert.match((await staff.client.get("/en?design=digital")).text, /Free today/);
    assert.match(text, /custom-liquid:1:\d+: more than 10000 loop rounds/);
    assert.equal([...text.matchAll(/class="card-link"/g)].length, 24);
    assert.match(text, /grid-of-2/);
  });

  test("who wishes large type gets it on every page, and nobody else does", async () => {
    const elder = shop.client();
    const wished = await elder.send("POST", "/elder", { form: { on: "1", next: "/products" }, headers: { accept: "text/html", origin: elder.origin } });
    assert.equal(wished.status, 303, wished.text);
    assert.match(wished.headers.location, /\/products$/);
    assert.match((await elder.get("/")).text, /<html[^>]* is-elder"/);
    assert.match((await elder.get("/products")).text, /<html[^>]* is-elder"/);
    assert.doesNotMatch((await shop.client().get("/")).text, /is-elder"/);
  });

  test("a file that is broken is named with its line, and the program does not start with it", async () => {
    const all = schemas();
    assert.ok(Object.keys(all).length >= 13);
    const broken = copyShare();
    broken.write("sections/quote.liquid", `<p>\n{{ section.settings.text | nosuchfilter }}\n</p>\n{% schema %}{}{% endschema %}`);
    const first = await server.tries("serve", "--share", broken.folder, "--listen", "127.0.0.1:0");
    assert.notEqual(first.code, 0);
    assert.match(first.stderr, /sections\/quote\.liquid:2:\d+: .*nosuchfilter/);
    broken.write("sections/quote.liquid", `<p></p>\n{% schema %}\n{"name": {}\n "settings": []}\n{% endschema %}`);
    const second = await server.tries("serve", "--share", broken.folder, "--listen", "127.0.0.1:0");
    assert.match(second.stderr, /sections\/quote\.liquid: .*line 4/);
    broken.drop();
  });
});
