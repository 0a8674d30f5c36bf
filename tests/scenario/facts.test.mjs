// What a merchant says of a product, what buyers see of it, and its history.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

describe("what is known of a product", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const answers = async (wish) => {
    const { id } = await staff.category();
    const name = unique("属性");
    const made = expect(await staff.does("/admin/attributes", { name, categories: [{ id }], ...wish }), 201);
    return { id: made.attribute.id, name };
  };
  const formOf = (product) => ({
    title: product.title, handle: product.handle, kind: product.kind, status: product.status, category_id: product.category_id, version: product.version,
    variants: product.variants.map(({ id, sku, price, is_active }) => ({ id, options: "", sku, price, is_active })),
  });
  const save = (product, changes) => staff.does(`/admin/products/${product.id}`, { ...formOf(product), ...changes });

  test("facts, attributes and tags are saved, and buyers see those that are for them", async () => {
    const season = await answers({ kind: "choices", choices: "春, 夏, 秋" });
    const size = await answers({ kind: "number", unit: "ml" });
    const product = await staff.creates();
    expect(await save(product, {
      origin: "景德镇", model: "M-2", tax_code: "1090511030000000000", shelf_life_days: 90, tags: "适合夏季穿着，保暖, 保暖",
      seo_title: "搜得到的标题", specs: [{ name: "材质", value: "瓷" }, { name: "", value: "" }],
      attributes: [{ id: season.id, value: "夏" }, { id: season.id, value: "春" }, { id: size.id, value: "180" }],
      variants: [{ id: product.variant_id, options: "", sku: product.sku, price: cny(100), is_active: true, barcode: "6901234567892", cost: "31.50", volume: 900 }],
    }), 200);
    const kept = await staff.product(product.id);
    assert.deepEqual(kept.tags.toSorted(), ["保暖", "适合夏季穿着"].toSorted());
    assert.equal(kept.variants[0].cost.amount, 3150);
    assert.equal(kept.variants[0].barcode, "6901234567892");
    const { product: shown } = await shop.client().api(`/products/${product.handle}`).then((answer) => expect(answer, 200));
    assert.deepEqual(shown.specs, [{ name: season.name, value: "春、夏" }, { name: size.name, value: "180 ml" }, { name: "材质", value: "瓷" }]);
    assert.equal(shown.origin, "景德镇");
    assert.ok(!JSON.stringify(shown).includes("3150"), "what the shop pays is nobody's business");
    const page = await shop.client().send("GET", `/products/${product.handle}`, { headers: { accept: "text/html" } });
    assert.match(page.text, /<title>搜得到的标题/);
    assert.match(page.text, /<dt>材质<\/dt><dd>瓷<\/dd>/);
  });

  test("a wrong barcode, tax code or answer is told at its field, and nothing is saved", async () => {
    const season = await answers({ kind: "choice", choices: "春, 夏" });
    const product = await staff.creates();
    const row = { id: product.variant_id, options: "", sku: product.sku, price: cny(100), is_active: true };
    const refused = async (changes, field) => {
      const answer = await save(product, { title: "不该保存", ...changes });
      expectProblem(answer, 422, "invalid");
      assert.ok(answer.body.errors.some((one) => one.field === field), JSON.stringify(answer.body.errors));
    };
    await refused({ variants: [{ ...row, barcode: "6901234567890" }] }, "variants.0.barcode");
    await refused({ variants: [{ ...row, cost: "很贵" }] }, "variants.0.cost");
    await refused({ tax_code: "12" }, "tax_code");
    await refused({ attributes: [{ id: season.id, value: "冬" }] }, `attribute.${season.id}`);
    await refused({ specs: [{ name: "材质", value: "" }] }, "specs.0.name");
    assert.equal((await staff.product(product.id)).title, product.title);
  });

  test("another shop's attribute is no attribute here", async () => {
    const season = await answers({ kind: "choice", choices: "春, 夏" });
    const other = await server.opens(unique("other"));
    const theirs = await other.staff();
    const product = await theirs.creates();
    expect(await theirs.does(`/admin/products/${product.id}`, { ...formOf(product), attributes: [{ id: season.id, value: "春" }] }), 200);
    assert.deepEqual((await theirs.product(product.id)).attributes, []);
    expectProblem(await theirs.does(`/admin/attributes/${season.id}`, { name: "x", kind: "choice", choices: "a" }), 404, "not-found");
    expectProblem(await theirs.does(`/admin/attributes/${season.id}/remove`), 404, "not-found");
  });

  test("the history says who changed what, and goes back to any version", async () => {
    const product = await staff.creates({ price: 5900 });
    const row = { id: product.variant_id, options: "", sku: product.sku, is_active: true };
    expect(await save(product, { title: "第二个名字", variants: [{ ...row, price: cny(6900) }] }), 200);
    const { versions, product: now } = await staff.reads(`/admin/products/${product.id}/history`);
    assert.deepEqual(versions.map(({ cause }) => cause), ["saved", "created"]);
    assert.ok(versions[0].name, "the person's name");
    assert.deepEqual(versions[0].changes.map(({ field, before, after }) => [field, before, after]), [["title", product.title, "第二个名字"], ["price", "59.00", "69.00"]]);
    const back = `/admin/products/${product.id}/history/${versions[1].version}/restore`;
    expectProblem(await staff.does(back, { expected: versions[1].version }), 409, "conflict");
    expect(await staff.does(back, { expected: now.version }), 200);
    const restored = await staff.product(product.id);
    assert.equal(restored.title, product.title);
    assert.equal(restored.price, 5900);
    expectProblem(await staff.does(`/admin/products/${product.id}/history/999/restore`, { expected: restored.version }), 404, "not-found");
  });

  test("a product of 2,048 variants is saved through its form, and again", async () => {
    const values = (prefix, count) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
    const [colours, sizes] = [values("色", 64), values("码", 32)];
    const options = [{ name: "颜色", values: colours.join(",") }, { name: "尺码", values: sizes.join(",") }];
    const sku = unique("M");
    const rows = colours.flatMap((colour) => sizes.map((size) => ({ options: `${colour},${size}`, sku: `${sku}-${colour.slice(1)}-${size.slice(1)}`, price: "19.90", weight: 200, barcode: "", cost: "9.90", volume: 0, is_active: "1", stock: 3 })));
    const form = (list, more) => {
      const data = new URLSearchParams({ title: "两千种", kind: "physical", status: "active", ...more });
      options.forEach((option, i) => Object.entries(option).forEach(([name, value]) => data.append(`options.${i}.${name}`, value)));
      list.forEach((row, i) => Object.entries(row).forEach(([name, value]) => data.append(`variants.${i}.${name}`, value)));
      return data.toString();
    };
    const { id: category_id } = await staff.category();
    const send = (path, body) => staff.client.send("POST", path, { payload: body, headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html", origin: staff.client.origin } });
    const made = await send("/admin/products", form(rows, { category_id }));
    assert.equal(made.status, 303, made.text.match(/class="problem">[^<]*|<h1>[^<]*|note is-bad[^]{0,600}/g)?.join());
    const id = made.headers.location.match(/products\/(\d+)/)[1];
    const product = await staff.product(id);
    assert.equal(product.variants.length, 2048);
    const again = await send(`/admin/products/${id}`, form(rows.map(({ stock, ...row }, i) => ({ ...row, id: product.variants[i].id, price: "29.90" })), { category_id, version: product.version, handle: product.handle }));
    assert.equal(again.status, 303, again.text.slice(0, 500));
    assert.equal((await staff.product(id)).variants[2047].price.amount, 2990);
  });

  test("one act takes many products off the shelf within a second, and its undo brings back those that nobody touched", async () => {
    const products = [];
    for (let i = 0; i < 5; i++) products.push(await staff.creates());
    const rows = products.map(({ id }) => ({ id }));
    const { act } = expect(await staff.does("/admin/products/acts", { action: "draft", products: rows }), 200);
    assert.equal(act.count, 5);
    const buyer = shop.client();
    await until(async () => (await buyer.api(`/products/${products[4].handle}`)).status === 410 || (await buyer.api(`/products/${products[4].handle}`)).status === 404, "the page is gone", { within: 1000 });
    expect(await staff.does(`/admin/products/${products[0].id}/status`, { status: "archived" }), 200);
    assert.equal(expect(await staff.does(`/admin/products/acts/${act.id}/undo`), 200).undone, 4);
    assert.equal((await staff.product(products[0].id)).status, "archived");
    assert.equal((await staff.product(products[4].id)).status, "active");
    expectProblem(await staff.does(`/admin/products/acts/${act.id}/undo`), 409, "conflict");
    const { acts } = await staff.reads("/admin/products/acts");
    assert.ok(acts.find(({ id }) => id === act.id).undone_at);
    const { versions } = await staff.reads(`/admin/products/${products[4].id}/history`);
    assert.deepEqual(versions.map(({ cause }) => cause), ["status", "status", "created"]);
  });

  test("an act over everything that a filter finds takes exactly that", async () => {
    const word = unique("批");
    for (let i = 0; i < 3; i++) await staff.creates({ title: `${word} ${i}` });
    const other = await staff.creates();
    const { act } = expect(await staff.does("/admin/products/acts", { action: "tag", tag: "整批", all: true, q: word }), 200);
    assert.equal(act.count, 3);
    assert.deepEqual((await staff.product(other.id)).tags, []);
    expectProblem(await staff.does("/admin/products/acts", { action: "tag", tag: " ", all: true, q: word }), 422, "invalid");
    expectProblem(await staff.does("/admin/products/acts", { action: "draft", products: [] }), 422, "invalid");
    expectProblem(await staff.does("/admin/products/acts", { action: "burn", products: [{ id: other.id }] }), 422, "invalid");
    const theirs = await (await server.opens(unique("third"))).staff();
    const { act: none } = expect(await theirs.does("/admin/products/acts", { action: "draft", products: [{ id: other.id }] }), 200);
    assert.equal(none.count, 0, "another shop's product is none");
    assert.equal((await staff.product(other.id)).status, "active");
    expectProblem(await theirs.does(`/admin/products/acts/${act.id}/undo`), 404, "not-found");
  });

  test("nobody but staff reads attributes or a history", async () => {
    const product = await staff.creates();
    for (const path of ["/admin/attributes", `/admin/products/${product.id}/history`]) expectProblem(await shop.client().api(path), 401, "unauthenticated");
  });
});
