// What buyers search is counted without naming anybody; the merchant makes a synonym, a redirect, a tag or a stop
// word of it, sees what that would do before and what it did after, and every page follows within a second.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, startServer, until } from "../lib/shop.mjs";

describe("words that people search", () => {
  let server, shop, staff, bank, tent;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    bank = await staff.creates({ title: "移动电源 20000 毫安", sku: "PB-1" });
    await staff.creates({ title: "移动电源 迷你", sku: "PB-2" });
    tent = await staff.creates({ title: "双人帐篷 防雨", sku: "TENT-1" });
    const found = async (text) => (await staff.reads(`/admin/searches/word?q=${q(text)}`)).found.total;
    await until(async () => (await found("移动电源")) === 2 && (await found("帐篷")) === 1, "the products are found");
  });
  after(() => server?.stop());

  const q = encodeURIComponent;
  const finds = async (visitor, text) => expect(await (visitor.client ?? visitor).api(`/search?q=${q(text)}`), 200);
  const report = async (tab, days = 28) => staff.reads(`/admin/searches?tab=${tab}&days=${days}`);
  const line = async (tab, word) => (await report(tab)).lines.find((one) => one.word === word);
  const word = async (text) => staff.reads(`/admin/searches/word?q=${q(text)}`);
  const says = (fields, path = "/admin/searches/words") => staff.does(path, fields);

  test("searches are counted by word, whatever writing, and what finds nothing stands apart", async () => {
    const buyer = shop.visitor();
    for (const text of ["充电宝", "充電寶", " 充电宝 "]) await finds(buyer, text);
    await finds(buyer, "帐篷");
    assert.equal((await line("popular", "充电宝")).searches, 3);
    assert.equal((await line("nothing", "充电宝")).missed, 3);
    assert.equal(await line("nothing", "帐篷"), undefined);
    await buyer.client.api(`/search?q=${q("帐篷")}&page=2`);
    await buyer.client.api(`/search?q=${q("帐篷")}&sort=sales`);
    assert.equal((await line("popular", "帐篷")).searches, 1, "another page or order is no new search");
  });

  test("numbers of phones and orders, and addresses of mail, are not kept", async () => {
    const buyer = shop.visitor();
    for (const text of ["13812345678", "138 1234 5678", "me@example.com", "帐篷 13812345678"]) await finds(buyer, text);
    const words = (await report("popular")).lines.map((one) => one.word);
    assert.deepEqual(words.filter((one) => /\d{4}|@/.test(one)), []);
  });

  test("what was opened is counted with the word", async () => {
    const buyer = shop.visitor();
    await finds(buyer, "防雨");
    expect(await buyer.client.post("/search/clicks", { q: "防雨", product: tent.handle }), 200);
    expectProblem(await buyer.client.post("/search/clicks", { q: "防雨", product: "no-such-thing" }), 404, "not-found");
    expectProblem(await buyer.client.post("/search/clicks", { product: tent.handle }), 422, "invalid");
    const shown = await word("防雨");
    assert.deepEqual([shown.counts.searches, shown.counts.clicks], [1, 1]);
    assert.deepEqual(shown.opened.map(({ title }) => title), [tent.title]);
  });

  test("found and not opened", async () => {
    for (let i = 0; i < 5; i++) await finds(shop.visitor(), "双人");
    assert.equal((await line("unclicked", "双人")).searches, 5);
    expect(await shop.visitor().client.post("/search/clicks", { q: "双人", product: tent.handle }), 200);
    assert.equal(await line("unclicked", "双人"), undefined);
  });

  test("others' words are shown only when twenty people typed them", async () => {
    const suggests = async (text) => expect(await shop.client().api(`/search/suggest?q=${q(text)}`), 200);
    const own = async (client) => expect(await client.api("/search/own"), 200);
    const same = shop.visitor();
    for (let i = 0; i < 25; i++) await finds(same, "移动电源 迷你");
    for (let i = 0; i < 19; i++) await finds(shop.visitor(), "移动电源");
    await report("popular");
    await new Promise((done) => setTimeout(done, 3500));
    assert.deepEqual((await own(shop.client())).popular, [], "nineteen, and one person twenty-five times");
    await finds(shop.visitor(), "移动电源");
    await until(async () => (await own(shop.client())).popular.some(({ text }) => text === "移动电源"), "the word of twenty is popular");
    assert.ok(!(await own(shop.client())).popular.some(({ text }) => text.includes("迷你")));
    for (const typed of ["移动", "yidong", "yddy"]) assert.ok((await suggests(typed)).suggestions.some(({ text }) => text === "移动电源"), typed);
    const page = await (await fetch(`${server.base}/search?q=`, { headers: { Accept: "text/html" } })).text();
    assert.match(page, /大家在搜/);
  });

  test("one's own words are one's own, and can be forgotten", async () => {
    const buyer = shop.visitor(), other = shop.visitor();
    for (const text of ["防雨", "帐篷 <b>", "秘密的词"]) await finds(buyer, text);
    const own = async (visitor) => expect(await visitor.client.api("/search/own"), 200).history.map(({ text }) => text);
    assert.deepEqual(await own(buyer), ["秘密的词", "帐篷 <b>", "防雨"]);
    assert.deepEqual(await own(other), []);
    assert.deepEqual(expect(await buyer.client.api(`/search/suggest?q=${q("秘密")}`), 200).history.map(({ text }) => text), ["秘密的词"]);
    const { text: html } = await buyer.browser.get("/search?q=");
    assert.match(html, /帐篷 &lt;b&gt;/);
    expect(await buyer.client.post("/search/forget", { q: "秘密的词" }), 200);
    assert.deepEqual(await own(buyer), ["帐篷 <b>", "防雨"]);
    expect(await buyer.client.post("/search/forget", {}), 200);
    assert.deepEqual(await own(buyer), []);
    const odd = shop.client();
    odd.cookies.set("seeker", "x!%00%ff!<script>");
    assert.deepEqual(expect(await odd.api("/search/own"), 200).history, []);
  });

  test("a synonym: tried, made, counted before and since, audited, taken back", async () => {
    const tried = expect(await says({ kind: "synonym", word: "充电宝", words: "移动电源" }, "/admin/searches/words/preview"), 200).trial;
    assert.deepEqual([tried.before, tried.after, tried.products.length], [0, 2, 2]);
    assert.notEqual((await finds(shop.visitor(), "充电宝")).search.lane, "exact", "a preview changes nothing");
    const { words } = expect(await says({ kind: "synonym", word: "充电宝", words: "移动电源" }), 201);
    assert.deepEqual(words[0].words, ["充电宝", "移动电源"]);
    const begun = Date.now();
    await until(async () => (await finds(shop.visitor(), "充电宝")).total === 2, "the synonym counts");
    assert.ok(Date.now() - begun < 1000 * Number(process.env.YUNDIAN_PATIENCE || 1), `${Date.now() - begun} ms`);
    assert.equal(await line("nothing", "充电宝"), undefined, "it was worked on");
    const { before: was, after: is } = (await word("充电宝")).words[0];
    assert.ok(was.searches >= 4 && was.found_share === 0, JSON.stringify(was));
    assert.ok(is.searches >= 1 && is.found_share > 0, JSON.stringify(is));
    expectProblem(await says({ kind: "synonym", word: "充电宝", words: "别的" }), 422, "invalid");
    expectProblem(await says({ kind: "synonym", word: "孤单", words: "孤单" }), 422, "invalid");
    expectProblem(await says({ kind: "synonym", word: "多", words: "甲,乙,丙,丁,戊,己,庚,辛" }), 422, "invalid");
    const { entries } = await staff.reads("/admin/audit?kind=search.word-made");
    assert.equal(entries[0].title, "充电宝");
    expect(await staff.does(`/admin/searches/words/${words[0].id}/remove`), 200);
    expectProblem(await staff.does(`/admin/searches/words/${words[0].id}/remove`), 404, "not-found");
    await until(async () => (await finds(shop.visitor(), "充电宝")).search.lane !== "exact", "it is taken back");
  });

  test("of many who say the same at once, one does", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => says({ kind: "stop", word: "正品", words: "" })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(422)]);
    await until(async () => (await finds(shop.visitor(), "帐篷 正品")).search.lane === "exact", "the stop word is left out");
  });

  test("a redirect leads to a category, a product or a page, and never outside", async () => {
    const category = await staff.category();
    expect(await says({ kind: "redirect", word: "露营", category: category.handle }), 201);
    expect(await says({ kind: "redirect", word: "小充电宝", product: "PB-2" }), 201);
    expect(await says({ kind: "redirect", word: "退货", target: "/policies/returns" }), 201);
    for (const target of ["//evil.example", "https://evil.example/", "/\\evil.example", "/admin", "", "/search?q=x", "javascript:alert(1)"])
      expectProblem(await says({ kind: "redirect", word: "坏", target }), 422, "invalid");
    expectProblem(await says({ kind: "redirect", word: "坏", product: "no-such" }), 422, "invalid");
    const leads = async (text, prefix = "") => (await fetch(`${server.base}${prefix}/search?q=${q(text)}`, { headers: { Accept: "text/html" }, redirect: "manual" })).headers.get("location");
    await until(async () => (await leads("露营")) === `/categories/${category.handle}`, "the word leads on");
    assert.match(await leads("小充電寶"), /^\/products\//);
    assert.equal(await leads("退货", "/en"), "/en/policies/returns");
    assert.equal(await leads("帐篷"), null);
    assert.equal(expect(await shop.client().api(`/search?q=${q("露营")}`), 200).redirect_url, `/categories/${category.handle}`);
  });

  test("a tag makes a word find products", async () => {
    await finds(shop.visitor(), "野营神器");
    const { candidates } = await staff.reads(`/admin/searches/word?q=${q("野营神器")}&find=${q("帐篷")}`);
    assert.deepEqual(candidates.map(({ id }) => id), [tent.id]);
    expectProblem(await says({ word: "野营神器", products: [] }, "/admin/searches/tag"), 422, "invalid");
    assert.equal(expect(await says({ word: "野营神器", products: [{ id: tent.id }] }, "/admin/searches/tag"), 201).tagged, 1);
    await until(async () => (await finds(shop.visitor(), "野营神器")).search.lane === "exact", "the tag is found");
    assert.equal((await word("野营神器")).words[0].kind, "tag");
  });

  test("only who may, and each shop its own", async () => {
    await staff.does("/admin/settings/staff", { login: "pack@words.example", name: "小李", role: "packer", password: "kettle on tea" });
    const packer = await server.at("main", { login: "pack@words.example", password: "kettle on tea" }).staff();
    expectProblem(await packer.client.api("/admin/searches"), 403, "forbidden");
    expectProblem(await packer.does("/admin/searches/words", { kind: "stop", word: "包邮" }), 403, "forbidden");
    const other = await server.opens("other");
    const otherStaff = await other.staff();
    assert.deepEqual((await otherStaff.reads("/admin/searches?tab=popular")).lines, []);
    assert.deepEqual((await otherStaff.reads("/admin/searches?tab=words")).words, []);
    assert.equal((await fetch(`${server.base}/search?q=${q("露营")}`, { headers: { Accept: "text/html", Host: other.host }, redirect: "manual" })).status < 500, true);
  });

  test("pages show it all without JavaScript, in both languages", async () => {
    for (const path of ["/admin/searches", "/admin/searches?tab=nothing", "/admin/searches?tab=unclicked", "/admin/searches?tab=words", `/admin/searches/word?q=${q("帐篷")}`, "/admin/searches/word", "/en/admin/searches?tab=words"]) {
      const { status, text } = await staff.client.get(path);
      assert.equal(status, 200, path);
      assert.ok(!/searches\.[a-z_]+\b/.test(text.replace(/href="[^"]*"/g, "")), `${path}: ${text.match(/searches\.[a-z_.]+/)?.[0]}`);
    }
  });

  test("what is carried for nothing can be picked, and the counts are right", async () => {
    const all = expect(await shop.client().api("/search?q="), 200).total;
    const rates = [{ first: 1, first_price: { amount: 800, currency: "CNY" }, next: 1, next_price: { amount: 100, currency: "CNY" } }];
    expect(await staff.does("/admin/freight", { way: "pieces", name: "普通", is_default: true, rates }), 200, 201);
    expect(await staff.does("/admin/freight", { way: "fixed", name: "包邮", rates: [{ first: 1, first_price: { amount: 0, currency: "CNY" } }] }), 200, 201);
    const { templates } = await staff.reads("/admin/freight");
    const free = templates.find(({ name }) => name === "包邮");
    expect(await staff.does(`/admin/products/${tent.id}/freight`, { template_id: free.id, template: free.id }), 200, 201);
    const picked = await until(async () => {
      const found = expect(await shop.client().api(`/search?q=&filter=${q("freight:free")}`), 200);
      return found.total === 1 && found;
    }, "only the tent is free");
    assert.deepEqual(picked.products.map(({ id }) => id ?? tent.id), [tent.id]);
    const facet = expect(await shop.client().api("/search?q="), 200).filter.facets.find(({ kind }) => kind === "freight");
    assert.deepEqual(facet.values.map(({ value, count }) => [value, count]), [["free", 1]]);
    assert.ok(all > 1);
  });

  test("kill -9 loses at most what a second held, and the books add up", async () => {
    await finds(shop.visitor(), "帐篷");
    await report("popular");
    const { searches } = await line("popular", "帐篷");
    await server.dies();
    await server.start();
    assert.equal((await line("popular", "帐篷")).searches, searches);
    await until(async () => (await finds(shop.visitor(), "野营神器")).search.lane === "exact", "the index is there again");
  });
});
