// The order in the shop: a tree of categories, collections that fill themselves, tags by rule, goods that sell out.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

describe("order in the shop", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const creates = async (path, body) => expect(await staff.does(path, body), 201);
  const category = async (name, parent) => (await creates("/admin/categories", { name, handle: unique("c"), parent })).category;
  const seen = async (path) => expect(await shop.client().api(path), 200);
  const handles = (view) => view.products.map(({ handle }) => handle);
  const tag = (product, name) => staff.does("/admin/products/acts", { action: "tag", tag: name, products: [{ id: product.id }] });
  /** What a rule says, as people type it. */
  const rule = (...conditions) => ({ match: "all", conditions: conditions.map(([field, how, value]) => ({ field, test: how, value })) });

  test("a category shows what stands below it, and says where it stands", async () => {
    const clothes = await category("衣着");
    const summer = await category("夏装", clothes.id);
    const shirts = await category("短袖", summer.id);
    const product = await shop.product({ category_id: shirts.id });
    for (const { handle } of [clothes, summer, shirts]) assert.deepEqual(handles(await seen(`/categories/${handle}`)), [product.handle]);
    const view = await seen(`/categories/${summer.handle}`);
    assert.deepEqual(view.crumbs.map(({ name }) => name), ["衣着"]);
    assert.deepEqual(view.children.map(({ name, product_count }) => [name, product_count]), [["短袖", 1]]);
    assert.deepEqual((await seen(`/products/${product.handle}`)).product.crumbs.map(({ name }) => name), ["衣着", "夏装", "短袖"]);
    const page = (await shop.client().get(`/categories/${summer.handle}`)).text;
    assert.match(page, /BreadcrumbList/);
    const listed = (await staff.reads("/admin/categories")).categories.find(({ id }) => id === shirts.id);
    assert.deepEqual([listed.path, listed.depth], ["衣着 › 夏装 › 短袖", 3]);
  });

  test("a branch moves with its products, within a second, and pages follow", async () => {
    const from = await category("原处"), to = await category("新处");
    const branch = await category("一支", from.id);
    const product = await shop.product({ category_id: branch.id });
    assert.match((await shop.client().get(`/categories/${from.handle}`)).text, new RegExp(product.handle));
    expect(await staff.does(`/admin/categories/${branch.id}/move`, { parent: to.id }), 200);
    assert.deepEqual(handles(await seen(`/categories/${to.handle}`)), [product.handle]);
    assert.deepEqual(handles(await seen(`/categories/${from.handle}`)), []);
    await until(async () => !(await shop.client().get(`/categories/${from.handle}`)).text.includes(product.handle), "the page without the product");
  });

  test("circles and a seventh level are refused at the field", async () => {
    let parent;
    const levels = [];
    for (let level = 1; level <= 6; level++) levels.push((parent = await category(`第 ${level} 级`, parent?.id)));
    expectProblem(await staff.does("/admin/categories", { name: "第 7 级", handle: unique("c"), parent: parent.id }), 422, "invalid");
    const refused = await staff.does(`/admin/categories/${levels[0].id}/move`, { parent: levels[2].id });
    expectProblem(refused, 422, "invalid");
    assert.deepEqual(refused.body.errors.map(({ field }) => field), ["parent"]);
    expectProblem(await staff.does(`/admin/categories/${levels[1].id}/remove`, {}), 409, "conflict");
  });

  test("a new category takes away only the pages that show it", async () => {
    const clothes = await category("衣柜");
    const product = await shop.product({ category_id: clothes.id });
    const page = async (path) => (await shop.client().get(path)).text;
    const hits = async () => Number((await page("/metrics")).match(/^yundian_page_cache_hits_total (\d+)$/m)[1]);
    const path = `/products/${product.handle}`;
    await until(async () => { const before = await hits(); await page(path); return (await hits()) > before; }, "the page of the product stays");
    await category("围巾", clothes.id);
    await until(async () => (await page(`/categories/${clothes.handle}`)).includes("围巾"), "the category shows the new one");
    const before = await hits();
    await page(path);
    assert.equal(await hits(), before + 1, "the page of a product does not show what is below its category");
    await category("新的一栏");
    await until(async () => (await page(path)).includes("新的一栏"), "the navigation shows the new one");
  });

  test("siblings change places by one step", async () => {
    const top = await category("排序");
    const [first, second] = [await category("甲", top.id), await category("乙", top.id)];
    expect(await staff.does(`/admin/categories/${second.id}/step`, { direction: "up" }), 200);
    const order = (await staff.reads("/admin/categories")).categories.filter(({ parent_id }) => parent_id === top.id).map(({ id }) => id);
    assert.deepEqual(order, [second.id, first.id]);
  });

  test("a smart collection fills itself and follows every change", async () => {
    const word = unique("夏");
    const product = await shop.product({ price: 9900, stock: 3 });
    const other = await shop.product({ price: 200, stock: 30 });
    const body = { kind: "smart", name: "夏季上新", handle: unique("summer"), ...rule(["tag", "is", word], ["price", "at-least", "50"]) };
    const looked = expect(await staff.does("/admin/collections/preview", { ...body, ...rule(["price", "at-most", "2.00"]) }), 200);
    assert.ok(looked.preview.products.some(({ id }) => id === other.id) && !looked.preview.products.some(({ id }) => id === product.id));
    const { collection } = await creates("/admin/collections", body);
    const list = () => seen(`/collections/${collection.handle}`).then(handles);
    assert.deepEqual(await list(), []);
    for (const one of [product, other]) await tag(one, word);
    await until(async () => (await list()).join() === product.handle, "the tagged product", { within: 2000 });
    await staff.saves(product, { tags: word }, { price: cny(2000) });
    await until(async () => (await list()).length === 0, "the product that became cheap to leave", { within: 2000 });
    expect(await staff.does(`/admin/collections/${collection.id}`, { ...body, ...rule(["tag", "is", word], ["stock", "at-most", "1"]) }), 200);
    await shop.visitor().buys(product, 2);
    await until(async () => (await list()).join() === product.handle, "the product of which one is left", { within: 4000 });
    expectProblem(await staff.does("/admin/collections", { ...body, handle: unique("x"), ...rule(["category", "is", "没有的"]) }), 422, "invalid");
    expect(await staff.does(`/admin/collections/${collection.id}/remove`, {}), 200);
    assert.equal((await shop.client().api(`/collections/${collection.handle}`)).status, 404);
  });

  test("a collection by hand keeps the order that people gave it", async () => {
    const { collection } = await creates("/admin/collections", { kind: "hand", name: "店主精选", handle: unique("chosen") });
    const [a, b] = [await shop.product({}), await shop.product({})];
    for (const { handle } of [a, b]) expect(await staff.does(`/admin/collections/${collection.id}/products`, { product: handle }), 200);
    assert.deepEqual(handles(await seen(`/collections/${collection.handle}`)), [a.handle, b.handle]);
    expect(await staff.does(`/admin/collections/${collection.id}/products/${b.id}/step`, { direction: "up" }), 200);
    assert.deepEqual(handles(await seen(`/collections/${collection.handle}`)), [b.handle, a.handle]);
    assert.deepEqual(handles(await seen(`/collections/${collection.handle}?sort=newest`)), [b.handle, a.handle]);
    expectProblem(await staff.does(`/admin/collections/${collection.id}/products`, { product: "没有这件商品" }), 422, "invalid");
    expect(await staff.does(`/admin/collections/${collection.id}/products/${a.id}/remove`, {}), 200);
    assert.deepEqual(handles(await seen(`/collections/${collection.handle}`)), [b.handle]);
  });

  test("a tag by rule reaches what was shown before, and can be undone as one", async () => {
    const brand = unique("云窑"), word = unique("标签");
    const products = [await shop.product({ title: `${brand} 一` }), await shop.product({ title: `${brand} 二` })];
    const body = { tag: word, ...rule(["title", "has", brand]) };
    assert.equal(expect(await staff.does("/admin/tags/by-rule/preview", body), 200).preview.matched, 2);
    const { act } = expect(await staff.does("/admin/tags/by-rule", body), 200);
    assert.equal(act.count, 2);
    const tagged = async () => (await staff.reads(`/admin/products/${products[0].id}`)).product.tags.includes(word);
    assert.equal(await tagged(), true);
    expect(await staff.does(`/admin/products/acts/${act.id}/undo`, {}), 200);
    assert.equal(await tagged(), false);
    expectProblem(await staff.does("/admin/tags/by-rule", { tag: word, ...rule(["title", "has", unique("没有")]) }), 422, "invalid");
  });

  test("what sells out leaves the shelf and comes back with new stock, and the history says why", async () => {
    const product = await shop.product({ stock: 1 });
    const { id } = await creates("/admin/products/rules", { name: "卖完下架", action: "off", ...rule(["title", "has", product.title]) });
    const status = async () => (await staff.reads(`/admin/products/${product.id}`)).product.status;
    await shop.visitor().buys(product, 1);
    await until(async () => (await status()) === "draft", "the sold-out product off the shelf", { within: 4000 });
    assert.equal((await shop.client().api(`/products/${product.handle}`)).status, 404);
    await staff.counts(product, 8);
    await until(async () => (await status()) === "active", "the product back on the shelf", { within: 4000 });
    const { versions } = await staff.reads(`/admin/products/${product.id}/history`);
    assert.deepEqual(versions.slice(0, 2).map(({ cause }) => cause), ["restocked", "sold-out"]);
    expect(await staff.does(`/admin/products/rules/${id}/remove`, {}), 200);
  });

  test("the check finds everything on its shelf", async () => {
    await server.tool("check");
  });
});
