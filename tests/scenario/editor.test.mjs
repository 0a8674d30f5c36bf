// The editor of a product: safe text, many variants in parts, two people at once, promises after the sale, what was sold.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, formTo, startServer, unique, until } from "../lib/shop.mjs";

describe("the editor of a product", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const formOf = (product) => ({
    title: product.title, subtitle: product.subtitle, description: product.description, brand: product.brand, handle: product.handle, kind: product.kind, status: product.status,
    category_id: product.category_id, version: product.version, tags: product.tags.join(", "),
    options: product.options.map(({ name, values }) => ({ name, values: values.join(", ") })),
    variants: product.variants.map(({ id, options, sku, price, is_active }) => ({ id, options: options.join(", "), sku, price, is_active })),
  });
  const save = (product, changes = {}) => staff.does(`/admin/products/${product.id}`, { ...formOf(product), ...changes });
  const withSizes = async (colours, sizes) => {
    const sku = unique("MX");
    const variants = colours.flatMap((colour, i) => sizes.map((size, j) => ({ options: `${colour}, ${size}`, sku: `${sku}-${i}-${j}`, price: cny(1000 + i), is_active: true, stock: 2 })));
    return staff.creates({ options: [{ name: "颜色", values: colours.join(",") }, { name: "尺码", values: sizes.join(",") }], variants });
  };
  const numbers = (prefix, count) => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);

  test("what is pasted into a description is safe on the product page", async () => {
    const product = await staff.creates({ description: "<h2>茶</h2><p onclick=alert(1)>好<script>alert(1)</script><a href=javascript:alert(1)>坏</a> <a href=https://a.example>链</a></p><img src=https://evil.example/x.png>" });
    const page = await shop.client().send("GET", `/products/${product.handle}`, { headers: { accept: "text/html" } });
    assert.match(page.text, /<div class="prose"><h2>茶<\/h2><p>好坏 <a href="https:\/\/a.example" rel="nofollow noopener">链<\/a><\/p><\/div>/);
  });

  test("a part of the variants is saved, and the rest stays as it is", async () => {
    const product = await withSizes(["红", "蓝"], ["S", "M"]);
    const [first] = product.variants;
    expect(await save(product, { variants_mode: "part", variants: [{ id: first.id, options: first.options.join(","), sku: first.sku, price: cny(777), is_active: true }] }), 200);
    const kept = await staff.product(product.id);
    assert.deepEqual(kept.variants.map(({ price }) => price.amount), [777, 1000, 1001, 1001]);
    assert.ok(kept.variants.every(({ is_active }) => is_active));
    // A value with another name takes the variants that were not sent along; a new one comes with a new variant.
    expect(await save(kept, {
      variants_mode: "part", options: [{ name: "颜色", values: "朱红, 蓝" }, { name: "尺码", values: "S, M" }],
      variants: [],
    }), 200);
    assert.deepEqual((await staff.product(product.id)).variants.map(({ title, is_active }) => [title, is_active]), [["朱红 / S", true], ["朱红 / M", true], ["蓝 / S", true], ["蓝 / M", true]]);
    const again = await staff.product(product.id);
    expect(await save(again, {
      variants_mode: "part", options: [{ name: "颜色", values: "朱红, 蓝" }, { name: "尺码", values: "S, M, L" }],
      variants: [{ options: "蓝, L", sku: unique("L"), price: cny(5), is_active: true, stock: 9 }],
    }), 200);
    const grown = await staff.product(product.id);
    assert.equal(grown.variants.length, 5);
    assert.equal(grown.variants[4].on_hand, 9);
    // Left out of a whole save, variants go off.
    expect(await save(grown, { variants: formOf(grown).variants.slice(0, 1) }), 200);
    assert.equal((await staff.product(product.id)).variants.filter(({ is_active }) => is_active).length, 1);
  });

  test("all wrong rows are told at once, by the numbers they were sent with", async () => {
    const product = await withSizes(["红", "蓝"], ["S", "M"]);
    const rows = formOf(product).variants;
    const answer = await save(product, { variants_mode: "part", variants: [{ ...rows[3], barcode: "123" }, { ...rows[1], sku: rows[0].sku }] });
    expectProblem(answer, 422, "invalid");
    assert.deepEqual(answer.body.errors.map(({ field, code }) => `${field} ${code}`).toSorted(), ["variants.0.barcode bad-barcode", "variants.1.sku duplicate"]);
  });

  test("2,048 variants are shown page by page, and a page is saved without JavaScript", async () => {
    const product = await withSizes(numbers("色", 32), numbers("码", 64));
    assert.equal(product.variants.length, 2048);
    const page = await staff.client.open(`/admin/products/${product.id}?variants=21`);
    assert.match(page.text, /第 2001–2048 个规格，共 2048 个/);
    const form = formTo(page, `/admin/products/${product.id}`);
    assert.equal(form.fields.filter(([name]) => /^variants\.\d+\.id$/.test(name)).length, 51, "48 and three spare rows");
    const answer = await staff.client.submit(form, { "variants.47.price": "88.80" });
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.path, /variants=21/);
    const kept = await staff.product(product.id);
    assert.equal(kept.variants.at(-1).price.amount, 8880);
    assert.ok(kept.variants.every(({ is_active }) => is_active), "those of other pages stay on");
  });

  test("a program that saves an old version is told who wants what, and can merge", async () => {
    const product = await withSizes(["红", "蓝"], ["S"]);
    expect(await save(product, { title: "他的名字", brand: "他的牌子", variants: formOf(product).variants.map((row, i) => (i ? { ...row, price: cny(4000) } : row)) }), 200);
    const mine = { title: "我的名字", subtitle: "我的卖点", variants: formOf(product).variants.map((row, i) => (i ? { ...row, price: cny(3000) } : { ...row, price: cny(2000) })) };
    const refused = await save(product, mine);
    expectProblem(refused, 409, "conflict");
    const { conflicts, taken, version } = refused.body;
    assert.deepEqual(conflicts.map(({ field, of, base, theirs, yours }) => [field, of, base, theirs, yours]), [
      ["title", "", product.title, "他的名字", "我的名字"], ["price", "蓝 / S", "10.01", "40.00", "30.00"]]);
    assert.deepEqual(taken.map(({ field, theirs }) => [field, theirs]), [["brand", "他的牌子"]]);
    expect(await save(product, { ...mine, merge_with: version, merge: [{ key: conflicts[1].key, take: "theirs" }] }), 200);
    const kept = await staff.product(product.id);
    assert.deepEqual([kept.title, kept.subtitle, kept.brand], ["我的名字", "我的卖点", "他的牌子"]);
    assert.deepEqual(kept.variants.map(({ price }) => price.amount), [2000, 4000]);
    // Merged with a version that is no longer the newest: asked again.
    expectProblem(await save(product, { ...mine, merge_with: version }), 409, "conflict");
  });

  test("two forms at once are merged on a page that keeps everything typed", async () => {
    const product = await withSizes(["红", "蓝"], ["S"]);
    const form = formTo(await staff.client.open(`/admin/products/${product.id}`), `/admin/products/${product.id}`);
    expect(await save(product, { title: "他的名字", tags: "他的标签", variants: [...formOf(product).variants.slice(0, 1)] }), 200);
    const refused = await staff.client.submit(form, { title: "我的名字", origin: "景德镇", "variants.0.price": "12.34" });
    assert.equal(refused.status, 409);
    assert.match(refused.text, /你们都改了 1 处/);
    assert.match(refused.text, /他的名字/);
    assert.match(refused.text, /他的标签/);
    const merge = formTo(refused, `/admin/products/${product.id}`);
    const answer = await staff.client.submit(merge, { "merge.0.take": "theirs" });
    assert.equal(answer.status, 200, answer.text);
    const kept = await staff.product(product.id);
    assert.deepEqual([kept.title, kept.origin, kept.tags], ["他的名字", "景德镇", ["他的标签"]]);
    assert.deepEqual(kept.variants.map(({ price, is_active }) => [price.amount, is_active]), [[1234, true], [1001, false]]);
  });

  test("promises after the sale stand on the product page, within the law", async () => {
    const product = await staff.creates();
    const refused = async (changes, field) => assert.ok((await save(product, changes)).body.errors.some((one) => one.field === field));
    await refused({ return_rule: "seven_days", return_days: 3 }, "return_days");
    await refused({ return_rule: "perishable", return_days: 10 }, "return_days");
    await refused({ fake_multiple: 2 }, "fake_multiple");
    expect(await save(product, { return_rule: "seven_days", return_days: 15, warranty_months: 12, fake_multiple: 10 }), 200);
    const buyer = shop.client();
    const { product: shown } = await buyer.api(`/products/${product.handle}`).then((answer) => expect(answer, 200));
    assert.deepEqual(shown.after_sale, { return_rule: "seven_days", return_days: 15, exchange_days: 0, warranty_months: 12, fake_multiple: 10 });
    const html = async () => (await buyer.send("GET", `/products/${product.handle}`, { headers: { accept: "text/html" } })).text;
    assert.match(await html(), /15 天无理由退货[^]*保修 12 个月[^]*假一赔10/);
    const now = await staff.product(product.id);
    expect(await save(now, { return_rule: "custom_made" }), 200);
    const { versions } = await staff.reads(`/admin/products/${product.id}/history`);
    assert.deepEqual(versions[0].changes.map(({ field, before, after }) => [field, before, after]), [["return_rule", "seven_days", "custom_made"], ["return_days", "15", ""], ["warranty_months", "12", ""], ["fake_multiple", "10", ""]]);
    expect(await staff.does(`/admin/products/${product.id}/history/${versions[1].version}/restore`, { expected: versions[0].version }), 200);
    assert.equal((await staff.product(product.id)).after_sale.warranty_months, 12);
  });

  test("the editor knows what was sold", async () => {
    const product = await staff.creates({ price: 5000 });
    const none = (await staff.product(product.id)).sales;
    assert.deepEqual([none.sold, none.last_at], [0, null]);
    const order = await shop.visitor().buys(product, 2);
    const sales = await until(async () => { const now = (await staff.product(product.id)).sales; return now.last_at && now; }, "the sale is in the record");
    assert.deepEqual([sales.sold, sales.revenue.amount, sales.month_sold, sales.refunds], [2, 10000, 2, 0]);
    assert.ok(sales.last_at);
    assert.ok(order);
  });
});
