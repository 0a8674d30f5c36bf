// What buyers type finds what the shop sells: at once, with mistakes, counted right, and with a way on.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, startServer, until } from "../lib/shop.mjs";

describe("the search of the storefront", () => {
  let server, shop, staff, client;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    client = shop.client();
    await staff.creates({ title: "鹭鸣蓝牙耳机 降噪", brand: "鹭鸣", sku: "LM-2034", price: 19900 });
    await staff.creates({ title: "鹭鸣蓝牙音箱", brand: "鹭鸣", sku: "LM-3001", price: 29900 });
    await staff.creates({ title: "山系保溫壶 1.5L", brand: "山系", sku: "SX-1500", price: 12900 });
    await until(async () => (await finds("鹭鸣")).total === 2, "the new products are found");
  });
  after(() => server?.stop());

  const reads = async (url) => expect(await client.api(url), 200);
  const finds = (q, more = "") => reads(`/search?q=${encodeURIComponent(q)}${more}`);
  const titles = (found) => found.products.map(({ title }) => title);
  const page = async (path) => (await fetch(server.base + path, { headers: { Accept: "text/html" } })).text();

  test("words, other writings, numbers, and in any order", async () => {
    for (const q of ["蓝牙耳机", "藍牙耳機", "耳机蓝牙", "LM-2034", "lm2034", "鹭鸣 耳机"]) {
      const found = await finds(q);
      assert.deepEqual(titles(found), ["鹭鸣蓝牙耳机 降噪"], q);
      assert.equal(found.search.lane, "exact");
    }
    assert.deepEqual(titles(await finds("1500ml")), ["山系保溫壶 1.5L"], "another measure");
    assert.deepEqual(titles(await finds("鹭鸣 -耳机")), ["鹭鸣蓝牙音箱"]);
  });

  test("mistakes, pinyin and initials, and the page says what it shows", async () => {
    for (const q of ["蓝牙尔机", "蓝牙耳几", "lanyaerji", "lyej", "lanya耳机", "蓝耳牙机"]) {
      const found = await finds(q);
      assert.equal(titles(found)[0], "鹭鸣蓝牙耳机 降噪", q);
      assert.equal(found.search.lane, "corrected", q);
    }
    const html = await page(`/search?q=${encodeURIComponent("蓝牙尔机")}`);
    assert.match(html, /没有找到“蓝牙尔机”，已为您显示“蓝牙耳机”的结果/);
    assert.match(html, /<mark>蓝牙耳机<\/mark>/);
  });

  test("what finds nothing is relaxed, or shows a way on", async () => {
    const found = await finds("保温壶 火箭筒");
    assert.deepEqual(titles(found), ["山系保溫壶 1.5L"]);
    assert.equal(found.search.lane, "related");
    assert.deepEqual(found.search.dropped, ["火箭筒"]);
    const html = await page(`/search?q=${encodeURIComponent("鲲鹏齑粉")}`);
    assert.match(html, /没有找到“鲲鹏齑粉”/);
    assert.match(html, /class="chip" href="\/products"/);
  });

  test("a product that was renamed is found by its new name within a moment", async () => {
    const made = await staff.creates({ title: "旧名木勺" });
    await until(async () => titles(await finds("旧名木勺")).includes("旧名木勺"), "it is found");
    await staff.saves(made, { title: "竹韵汤匙" });
    const begun = Date.now();
    await until(async () => titles(await finds("竹韵")).includes("竹韵汤匙"), "it is found by its new name");
    assert.ok(Date.now() - begun < 2000 * Number(process.env.YUNDIAN_PATIENCE || 1));
    assert.notEqual((await finds("旧名")).search.lane, "exact");
  });

  test("facets add up and narrow; sorts sort; pages end", async () => {
    const found = await finds("");
    const brands = found.filter.facets.find(({ kind }) => kind === "brand");
    const one = brands.values.find(({ value }) => value === "鹭鸣");
    assert.equal(one.count, 2);
    assert.equal((await reads(one.url)).total, 2);
    const prices = found.filter.facets.find(({ kind }) => kind === "price");
    assert.equal(prices.values.reduce((sum, { count }) => sum + count, 0), found.total);
    for (const value of prices.values) assert.equal((await reads(value.url)).total, value.count);
    const up = (await finds("鹭鸣", "&sort=price-up")).products.map(({ price_min }) => price_min.amount);
    assert.deepEqual(up, [19900, 29900]);
    const seen = new Set();
    for (let url = "/search?q="; url; ) {
      const part = await reads(url);
      for (const { id } of part.products) seen.add(id);
      url = part.next_url;
    }
    assert.equal(seen.size, found.total);
    const behind = await finds("鹭鸣", "&page=999");
    assert.deepEqual(behind.products, []);
    assert.ok(behind.first_url);
  });

  test("what is typed is completed, with goods and categories", async () => {
    const { suggestions, products } = await reads(`/search/suggest?q=${encodeURIComponent("lany")}`);
    assert.ok(suggestions.some(({ text }) => text.startsWith("蓝牙")), JSON.stringify(suggestions));
    assert.ok(products.length > 0);
    assert.match(await page(`/search/suggest?q=${encodeURIComponent("蓝牙")}`), /data-suggestions/);
  });

  test("explain tells why; odd queries are answered", async () => {
    assert.match((await finds("蓝牙", "&explain=1")).products[0].why, /lane=exact/);
    for (const q of ["😀", "!!!", "'; DROP TABLE products", "%", "杯".repeat(200), "\"", "-"])
      assert.equal((await fetch(`${server.base}/search?q=${encodeURIComponent(q)}`)).status, 200, q);
    assert.equal((await fetch(`${server.base}/search?q=${encodeURIComponent("杯".repeat(2000))}`)).status, 414);
    assert.equal((await fetch(`${server.base}/search?q=%ff%fe`)).status < 500, true);
    assert.equal((await fetch(`${server.base}/search?q=a&sort=sideways`)).status, 422);
  });

  test("another shop finds nothing of this one", async () => {
    const other = await server.opens("other");
    const found = expect(await other.client().api(`/search?q=${encodeURIComponent("鹭鸣")}`), 200);
    assert.equal(found.total, 0);
  });
});
