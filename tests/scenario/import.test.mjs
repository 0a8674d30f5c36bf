// A table of products: its columns are understood, it is checked, applied as one act, and undone.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { upload } from "../lib/pictures.mjs";
import { expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

describe("products from a file", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const send = (name, text) => {
    const { payload, headers } = upload("file", [[name, Buffer.isBuffer(text) ? text : Buffer.from(text)]]);
    return staff.client.send("POST", "/api/v1/admin/products/imports", { payload, headers: { ...headers, origin: staff.client.origin } });
  };
  const look = async (id, query = "") => expect(await staff.client.api(`/admin/products/imports/${id}${query}`), 200);
  const settled = (id) => until(async () => {
    const seen = await look(id);
    return !seen.import.is_running && seen.import.state !== "uploaded" ? seen : null;
  }, "the import rests", { within: 60000 });
  const columnsOf = (seen) => seen.columns.map(({ key }) => ({ key }));
  /** Uploads and checks: what the report says. */
  async function checks(text, choices = {}, name = "表.csv") {
    const { import: made } = expect(await send(name, text), 201);
    const seen = await look(made.id);
    expect(await staff.does(`/admin/products/imports/${made.id}/check`, { columns: columnsOf(seen), match: "sku", mode: "partial", status: "active", default_stock: 5, ...choices }), 202);
    return settled(made.id);
  }
  async function applies(text, choices, name) {
    const checked = await checks(text, choices, name);
    assert.equal(checked.import.state, "checked", JSON.stringify(checked.import));
    expect(await staff.does(`/admin/products/imports/${checked.import.id}/apply`, {}), 202);
    return settled(checked.import.id);
  }
  const find = async (q) => expect(await staff.client.api(`/admin/products?q=${encodeURIComponent(q)}`), 200).products;
  const whole = async (sku) => {
    const [row] = await find(sku);
    assert.ok(row, `no product of ${sku}`);
    return staff.product(row.id);
  };

  test("a check changes nothing; applying makes products that buyers can order; undoing hides them again", async () => {
    const sku = unique("A");
    const text = `商品名称,分类,规格1名称,规格1,货号,售价,库存,标签,产地\n亚麻衬衫,服饰/女装,颜色,米白,${sku}-1,199.00,3,"夏装, 新品",杭州\n亚麻衬衫,,颜色,靛蓝,${sku}-2,209,,,\n`;
    const checked = await checks(text);
    assert.deepEqual([checked.import.counts.new, checked.import.counts.refused, checked.import.counts.rows], [1, 0, 2]);
    assert.deepEqual(await find(`${sku}-1`), []);
    expect(await staff.does(`/admin/products/imports/${checked.import.id}/apply`, {}), 202);
    const done = await settled(checked.import.id);
    assert.equal(done.import.state, "applied");
    const product = await whole(`${sku}-1`);
    assert.deepEqual(product.options, [{ name: "颜色", values: ["米白", "靛蓝"] }]);
    assert.deepEqual(product.variants.map((v) => [v.sku, v.price.amount, v.on_hand]), [[`${sku}-1`, 19900, 3], [`${sku}-2`, 20900, 5]]);
    assert.deepEqual([product.origin, product.tags.toSorted(), product.status], ["杭州", ["夏装", "新品"].toSorted(), "active"]);
    await shop.visitor().orders({ variant_id: product.variants[0].id });
    const again = await checks(text.replace(",3,", ",,"));
    assert.deepEqual([again.import.counts.new, again.import.counts.changed, again.import.counts.unchanged], [0, 0, 1]);
    assert.equal(again.import.can_apply, false);
    expect(await staff.does(`/admin/products/imports/${checked.import.id}/undo`, {}), 202);
    assert.equal((await settled(checked.import.id)).import.state, "undone");
    assert.equal((await staff.product(product.id)).status, "archived");
    expectProblem(await staff.does(`/admin/products/imports/${checked.import.id}/undo`, {}), 409, "conflict");
  });

  test("changes are told cell by cell, are one act, and undoing leaves alone what somebody changed since", async () => {
    const [a, b] = [await staff.creates({ sku: unique("B") }), await staff.creates({ sku: unique("B") })];
    const before = await staff.product(a.id);
    const text = `sku,title,price,brand,specs,stock_delta\n${a.sku},新名甲,88.50,山止,材质: 棉,\n${b.sku},新名乙,99,,,2\n`;
    const checked = await checks(text);
    assert.equal(checked.import.counts.changed, 2);
    const { items } = await look(checked.import.id, "?show=changed");
    const cells = Object.fromEntries(items.find((item) => item.title === "新名甲").changes.map(({ field, before: was, after: is }) => [field, [was, is]]));
    assert.deepEqual(cells.title, [before.title, "新名甲"]);
    assert.deepEqual(cells.price, [(before.variants[0].price.amount / 100).toFixed(2), "88.50"]);
    assert.deepEqual(cells.brand[1], "山止");
    assert.deepEqual(cells.specs, ["", "材质: 棉"]);
    const held = (await staff.product(b.id)).variants[0].on_hand;
    expect(await staff.does(`/admin/products/imports/${checked.import.id}/apply`, {}), 202);
    await settled(checked.import.id);
    assert.equal((await staff.product(b.id)).variants[0].on_hand, held + 2);
    const [act] = expect(await staff.client.api("/admin/products/acts"), 200).acts;
    assert.deepEqual([act.kind, act.count, act.value], ["import", 2, "表.csv"]);
    const { versions } = expect(await staff.client.api(`/admin/products/${a.id}/history`), 200);
    assert.equal(versions[0].cause, "imported");
    expect(await staff.does("/admin/products/acts", { action: "tag", tag: unique("后来"), products: [{ id: b.id }] }), 200);
    expect(await staff.does(`/admin/products/imports/${checked.import.id}/undo`, {}), 202);
    const undone = (await settled(checked.import.id)).import;
    assert.deepEqual([undone.state, undone.counts.undone, undone.counts.left], ["undone", 1, 1]);
    const back = await staff.product(a.id);
    assert.deepEqual([back.title, back.brand, back.specs, back.variants[0].price], [before.title, before.brand, [], before.variants[0].price]);
    assert.equal((await staff.product(b.id)).title, "新名乙");
    assert.equal((await staff.product(b.id)).variants[0].on_hand, held);
  });

  test("an empty cell keeps, <clear> clears, and a stock is only set by who knows what it was", async () => {
    const product = await staff.creates({ sku: unique("C"), stock: 9 });
    await applies(`sku,brand,origin\n${product.sku},山止,杭州\n`);
    await applies(`sku,brand,origin\n${product.sku},,<clear>\n`);
    const kept = await staff.product(product.id);
    assert.deepEqual([kept.brand, kept.origin], ["山止", ""]);
    const blind = await checks(`sku,stock\n${product.sku},4\n`);
    assert.deepEqual(blind.row_problems.map(({ code, line, column, fix }) => [code, line, column, fix]), [["expected-needed", 2, "stock", "9"]]);
    const moved = await checks(`sku,stock,stock_expected\n${product.sku},4,8\n`);
    assert.deepEqual(moved.row_problems.map(({ code }) => code), ["stock-moved"]);
    await applies(`sku,stock,stock_expected\n${product.sku},4,9\n`);
    assert.equal((await staff.product(product.id)).variants[0].on_hand, 4);
  });

  test("errors have line, column, code and a fix, are counted, filtered and downloaded; good rows go in", async () => {
    const [good, bad] = [unique("D"), unique("D")];
    const done = await applies(`名称,分类,货号,售价,条码\n好,百货,${good},1,\n坏,百货,${bad},一百,\n条码错,百货,${unique("D")},3,6901234567893\n公式,百货,=1+1,x,\n`);
    assert.deepEqual([done.import.counts.new, done.import.counts.refused, done.import.counts.problems], [1, 3, 3]);
    assert.equal((await find(good)).length, 1);
    const told = (await look(done.import.id, "?show=problems&code=check-digit")).row_problems;
    assert.deepEqual(told.map(({ line, column, code, value, fix }) => ({ line, column, code, value, fix })), [{ line: 4, column: "条码", code: "check-digit", value: "6901234567893", fix: "6901234567892" }]);
    const csv = await staff.client.get(`/admin/products/imports/${done.import.id}/problems`);
    assert.match(csv.text, /^\uFEFF?行,列,/);
    assert.equal(csv.text.trim().split("\r\n").length, 4);
  });

  test("all or nothing: one error keeps everything out", async () => {
    const sku = unique("E");
    const checked = await checks(`名称,分类,货号,售价\n好,百货,${sku},1\n坏,百货,,x\n`, { mode: "all" });
    assert.equal(checked.import.can_apply, false);
    expectProblem(await staff.does(`/admin/products/imports/${checked.import.id}/apply`, {}), 409, "conflict");
    assert.deepEqual(await find(sku), []);
  });

  test("what was said of columns is remembered for the same header", async () => {
    const { import: first } = expect(await send("我的.csv", `甲栏,乙栏,丙栏\n杯,百货,5\n`), 201);
    assert.deepEqual((await look(first.id)).columns.map(({ key }) => key), ["", "", ""]);
    const columns = [{ key: "title" }, { key: "category" }, { key: "price" }];
    expect(await staff.does(`/admin/products/imports/${first.id}/check`, { columns, match: "sku", mode: "all", status: "draft" }), 202);
    await settled(first.id);
    const { import: second } = expect(await send("又来.csv", `甲栏,乙栏,丙栏\n碗,百货,6\n`), 201);
    const seen = await look(second.id);
    assert.deepEqual([seen.columns.map(({ key }) => key), seen.import.mode], [["title", "category", "price"], "all"]);
    assert.deepEqual(seen.columns[0].samples, ["碗"]);
    const twice = await staff.does(`/admin/products/imports/${second.id}/check`, { columns: [{ key: "title" }, { key: "title" }, { key: "price" }] });
    assert.equal(expectProblem(twice, 422, "invalid").errors[0].field, "columns.1.key");
  });

  test("GBK, Shopify, 有赞 and 淘宝数据包 are understood", async () => {
    const gbk = Buffer.concat([Buffer.from("c3fbb3c6", "hex"), Buffer.from(","), Buffer.from("b7d6c0e0", "hex"), Buffer.from(","), Buffer.from("bcdbb8f1", "hex"), Buffer.from("\n"), Buffer.from("b1add7d3", "hex"), Buffer.from(","), Buffer.from("b0d9bbf5", "hex"), Buffer.from(",12\n")]);
    const chinese = await applies(gbk, {}, "excel.csv");
    assert.equal(chinese.import.counts.new, 1);
    assert.equal((await find("杯子")).length, 1);

    const handle = unique("shirt").toLowerCase();
    const shopify = `Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Price,Image Src\n${handle},Shirt,<p>Soft</p>,Mountain,Shirts,"a, b",true,Size,S,${handle}-s,200,19.90,\n${handle},,,,,,,,M,${handle}-m,210,21,\n${handle},,,,,,,,,,,,https://example.com/2.jpg\n`;
    assert.equal((await applies(shopify, { match: "handle" })).import.counts.new, 1);
    const shirt = await whole(`${handle}-s`);
    assert.deepEqual([shirt.handle, shirt.brand, shirt.variants.map((v) => [v.title, v.weight])], [handle, "Mountain", [["S", 200], ["M", 210]]]);
    const code = unique("YZ");
    assert.equal((await applies(`商品名称,商品分组,规格名1,规格值1,规格编码,价格,库存,商品重量(kg)\n茶,茶叶,净重,50g,${code}-1,30,7,0.05\n茶,茶叶,净重,100g,${code}-2,55,8,0.1\n`)).import.counts.new, 1);
    assert.deepEqual((await whole(`${code}-2`)).variants.map((v) => [v.weight, v.on_hand]), [[50, 7], [100, 8]]);
    const taobao = unique("TB");
    const pack = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`version 1.00\r\ntitle\tcid\tprice\tnum\touter_id\r\n宝贝名称\t宝贝类目\t宝贝价格\t宝贝数量\t商家编码\r\n手帕\t1512\t9.90\t40\t${taobao}\r\n`, "utf16le")]);
    const { id } = await staff.category();
    const done = await applies(pack, { category_id: id }, "数据包.csv");
    assert.deepEqual([done.import.counts.new, done.import.counts.refused], [1, 0], JSON.stringify(done.row_problems));
    assert.equal((await whole(taobao)).variants[0].on_hand, 40);
  });

  test("what was exported and is imported again changes nothing, as CSV and as XLSX", async () => {
    for (const format of ["csv", "xlsx"]) {
      const file = await staff.client.get(`/admin/products/export?format=${format}`);
      assert.equal(file.status, 200);
      const checked = await checks(file.bytes, { match: "handle" }, `商品.${format}`);
      const { new: fresh, changed, unchanged, refused } = checked.import.counts;
      const seen = JSON.stringify((await look(checked.import.id, "?show=changed")).items) + JSON.stringify(checked.row_problems ?? []);
      assert.deepEqual([fresh, changed, refused], [0, 0, 0], seen);
      assert.ok(unchanged > 8);
    }
  });

  test("kill -9 while it is applied: it goes on, and every row is done exactly once", async () => {
    const prefix = unique("K");
    const grown = await staff.creates({ sku: `${prefix}-grown`, stock: 100 });
    const rows = Array.from({ length: 3000 }, (_, i) => `货 ${i},百货,${prefix}-${i},1,`);
    rows.splice(10, 0, `,,${grown.sku},,7`);
    const checked = await checks(`名称,分类,货号,售价,库存增减\n${rows.join("\n")}\n`);
    assert.deepEqual([checked.import.counts.new, checked.import.counts.changed], [3000, 1]);
    expect(await staff.does(`/admin/products/imports/${checked.import.id}/apply`, {}), 202);
    await until(async () => (await look(checked.import.id)).import.counts.rows > 300, "some of it is done");
    await server.dies();
    await server.start();
    const interrupted = (await look(checked.import.id)).import;
    const done = (await settled(checked.import.id)).import;
    assert.equal(done.state, "applied", `it was ${interrupted.state} after the start`);
    assert.deepEqual([done.counts.new, done.counts.changed, done.counts.refused], [3000, 1, 0]);
    assert.equal((await staff.product(grown.id)).variants[0].on_hand, 107);
    const [act] = expect(await staff.client.api("/admin/products/acts"), 200).acts;
    assert.equal(act.count, 3000);
  });

  test("a file that is no table is refused with what to do", async () => {
    const refused = expectProblem(await send("bild.png", Buffer.from("89504e470d0a1a0a", "hex")), 422, "invalid");
    assert.equal(refused.errors[0].field, "file");
    assert.match((await staff.client.get("/admin/products/imports/template")).text, /商品名称/);
  });
});
