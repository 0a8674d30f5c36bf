// Narrowing lists: by attributes, tags, brand, price and stock; counts, pages and addresses.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, startServer, unique, until } from "../lib/shop.mjs";

describe("narrowing a list", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer({ demo: true });
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const list = async (path, filter = "", more = "") => expect(await shop.client().api(`${path}?filter=${encodeURIComponent(filter)}${more}`), 200);
  const values = (view, key) => Object.fromEntries(view.filter.facets.find((facet) => facet.key === key).values.map(({ label, count }) => [label, count]));

  test("the clothing example works out of the box", async () => {
    const all = await list("/categories/apparel");
    assert.deepEqual(all.filter.facets.map(({ key }) => key), ["tag", "性别", "年龄段", "季节", "风格", "brand", "price", "stock"]);
    assert.deepEqual(Object.keys(values(all, "tag")).sort(), ["时尚潮流", "舒适休闲", "适合夏季穿着"].sort());
    const summer = await list("/categories/apparel", "季节:夏");
    assert.equal(summer.total, values(all, "季节")["夏"]);
    assert.equal(summer.products.length, summer.total);
    // Its own facet is counted without it, the others with it.
    assert.deepEqual(values(summer, "季节"), values(all, "季节"));
    const style = await list("/categories/apparel", "季节:夏;风格:舒适休闲");
    assert.equal(style.total, values(summer, "风格")["舒适休闲"]);
    const either = await list("/categories/apparel", "季节:夏;风格:舒适休闲,时尚潮流");
    assert.equal(either.total, values(summer, "风格")["舒适休闲"] + values(summer, "风格")["时尚潮流"]);
    const same = await list("/products", "季节:夏", "&category=apparel");
    assert.deepEqual(same.products.map(({ id }) => id), summer.products.map(({ id }) => id));
    assert.equal((await shop.client().api("/products?category=none")).status, 404);
  });

  test("one choice has one address, and what means nothing is left out", async () => {
    const wild = await list("/categories/apparel", "风格:时尚潮流;没有:x;季节:夏;季节:夏;stock:no;price:9-1;tag:没有");
    assert.equal(decodeURIComponent(wild.filter.query), "filter=季节:夏;风格:时尚潮流");
    for (const filter of [":", ";;;", ",,", "\\", "price:-", "price:a-b", "brand:", "季节", "季节:夏".repeat(50)]) await list("/categories/apparel", filter);
    assert.equal((await shop.client().api(`/categories/apparel?filter=${"a".repeat(500)}`)).status, 422);
    assert.equal((await shop.client().api(`/categories/apparel?filter=stock:in&cursor=x`)).status, 400);
  });

  test("a number attribute with many answers is offered in ranges that add up", async () => {
    const handle = unique("phones");
    expect(await staff.does("/admin/categories", { name: "手机", name_en: handle, handle, position: 90 }), 201);
    const category = (await staff.reads("/admin/categories")).categories.find((one) => one.handle === handle);
    expect(await staff.does("/admin/attributes", { name: "屏幕", name_en: "Screen", kind: "number", unit: "英寸", is_facet: true, categories: [{ id: category.id }], position: 9 }), 200, 201);
    const { attributes } = await staff.reads("/admin/attributes");
    const screen = attributes.find(({ name }) => name === "屏幕");
    const sizes = ["4.7", "5.4", "5.8", "6.1", "6.1", "6.1", "6.3", "6.36", "6.5", "6.7", "6.7", "6.78", "6.9", "7.6", "10.2"];
    for (const [i, value] of sizes.entries())
      await staff.creates({ title: `手机 ${value}`, category_id: category.id, brand: i % 2 ? "甲" : "乙", attributes: [{ id: screen.id, value }] });
    const at = `/categories/${handle}`;
    const all = await until(async () => {
      const seen = await list(at);
      return seen.filter.facets.find(({ key }) => key === "屏幕")?.values.reduce((sum, { count }) => sum + count, 0) === sizes.length && seen;
    }, "all of them are counted", { within: 6000 });
    const ranges = (view) => view.filter.facets.find(({ key }) => key === "屏幕").values;
    const fits = ({ from, to }) => sizes.filter((size) => Number(size) >= Number(from) && (to === "" || Number(size) < Number(to))).length;
    assert.ok(ranges(all).length >= 3 && ranges(all).length <= 5, JSON.stringify(ranges(all)));
    assert.equal(ranges(all)[0].from, "4.7");
    assert.equal(ranges(all).at(-1).to, "");
    for (const [i, range] of ranges(all).entries()) {
      assert.equal(range.count, fits(range), range.value);
      if (i) assert.equal(range.from, ranges(all)[i - 1].to, "they stand side by side");
      const narrowed = await list(at, `屏幕:${range.value}`);
      assert.equal(narrowed.total, range.count);
      // Its own group is counted without it, the others with it.
      assert.deepEqual(ranges(narrowed).map(({ value, count }) => [value, count]), ranges(all).map(({ value, count }) => [value, count]));
      assert.equal(Object.values(values(narrowed, "brand")).reduce((sum, count) => sum + count, 0), range.count);
    }
    const two = await list(at, `屏幕:${ranges(all)[0].value},${ranges(all)[1].value}`);
    assert.equal(two.total, ranges(all)[0].count + ranges(all)[1].count);
    const branded = await list(at, "brand:甲");
    assert.equal(ranges(branded).reduce((sum, { count }) => sum + count, 0), branded.total);
    // An address of our own making, and one that means nothing.
    assert.equal((await list(at, "屏幕:6.1..6.7")).total, sizes.filter((size) => Number(size) >= 6.1 && Number(size) < 6.7).length);
    assert.equal((await list(at, "屏幕:6.7..")).total, sizes.filter((size) => Number(size) >= 6.7).length);
    for (const odd of ["..", "6..", "a..b", "7..6", "6.1..x", "..6"]) await list(at, `屏幕:${odd}`);
    const page = (await shop.client().get(`${at}?filter=${encodeURIComponent("屏幕:6.1..6.7")}`)).text;
    assert.match(page, /6\.1–6\.7 英寸/);
    assert.match(page, /英寸及以上/);
    assert.match((await shop.client().get(`/en${at}`)).text, /英寸 and up/);
  });

  test("a narrowed page stays away from search engines, names its list, and says how to go back", async () => {
    const page = (await shop.client().get(`/categories/apparel?filter=${encodeURIComponent("性别:女;brand:革间")}`)).text;
    assert.match(page, /<meta name="robots" content="noindex, follow">/);
    assert.match(page, /<link rel="canonical" href="[^"]*\/categories\/apparel">/);
    assert.match(page, /没有同时符合的商品/);
    assert.match(page, /清除全部/);
    assert.doesNotMatch((await shop.client().get("/categories/apparel")).text, /noindex/);
  });

  test("pages of a narrowed list neither repeat nor skip, in every order", async () => {
    const brand = unique("牌");
    const made = [];
    for (let i = 0; i < 27; i++) made.push(await shop.product({ brand, price: 1000 + (i % 5) * 100, stock: 3 }));
    await until(async () => (await list("/products", `brand:${brand}`)).total === 27, "the products to be counted", { within: 4000 });
    for (const sort of ["newest", "price-up", "price-down"]) {
      const seen = [];
      for (let cursor = ""; cursor !== null; ) {
        const page = await list("/products", `brand:${brand}`, `&sort=${sort}${cursor && `&cursor=${cursor}`}`);
        seen.push(...page.products);
        cursor = page.next_cursor;
      }
      assert.equal(new Set(seen.map(({ id }) => id)).size, 27, sort);
      const prices = seen.map(({ price_min }) => price_min.amount);
      if (sort === "price-up") assert.deepEqual(prices, [...prices].sort((a, b) => a - b));
      if (sort === "price-down") assert.deepEqual(prices, [...prices].sort((a, b) => b - a));
    }
  });

  test("what is sold out leaves the facet of stock, and what leaves the shelf leaves all", async () => {
    const brand = unique("独");
    const product = await shop.product({ brand, price: 500, stock: 1 });
    const total = async (filter) => (await list("/products", filter)).total;
    await until(async () => (await total(`brand:${brand};stock:in`)) === 1, "the product in stock", { within: 4000 });
    await shop.visitor().buys(product);
    await until(async () => (await total(`brand:${brand};stock:in`)) === 0, "the product to be sold out", { within: 4000 });
    assert.equal(await total(`brand:${brand}`), 1);
    await staff.shelves(product, "draft");
    await until(async () => (await total(`brand:${brand}`)) === 0, "the product to leave", { within: 4000 });
  });

  test("the merchant chooses which attributes and tags narrow lists", async () => {
    const { attributes } = await staff.reads("/admin/attributes");
    const style = attributes.find(({ name }) => name === "风格");
    const body = { name: style.name, name_en: style.name_en, kind: style.kind, choices: style.choices.join(","), position: style.position, categories: style.category_ids.map((id) => ({ id })) };
    expect(await staff.does(`/admin/attributes/${style.id}`, { ...body, is_facet: false }), 200);
    const keys = async () => (await list("/categories/apparel")).filter.facets.map(({ key }) => key);
    assert.ok(!(await keys()).includes("风格"));
    expect(await staff.does(`/admin/attributes/${style.id}`, { ...body, is_facet: true }), 200);
    assert.ok((await keys()).includes("风格"));
    const { tags } = await staff.reads("/admin/tags");
    const gift = tags.find(({ name }) => name === "适合送礼");
    expect(await staff.does(`/admin/tags/${gift.id}/facet`, { is_facet: true }), 200);
    assert.ok(Object.keys(values(await list("/categories/apparel"), "tag")).includes("适合送礼"));
  });

  test("the tables agree with each other", async () => {
    await until(async () => (await server.tries("check")).code === 0, "a clean check", { within: 8000 });
  });
});
