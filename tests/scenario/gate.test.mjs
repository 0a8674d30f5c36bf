// What keeps a product off the shelf: the platform's block, a licence that the shop has not entered; names and numbers of other programs.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { plain } from "../lib/html.mjs";
import { importsOf } from "../lib/imports.mjs";
import { cny, expect, expectProblem, formTo, startServer, unique, until } from "../lib/shop.mjs";

let server, shop, staff, imports;
before(async () => {
  server = await startServer();
  shop = server.shop;
  staff = await shop.staff();
  imports = importsOf(staff);
});
after(() => server?.stop());

const blocks = (product, reason = "unsafe", note = "充电时发热，已有买家受伤") => server.tool("product block", "--shop", shop.handle, "--product", product.id, "--reason", reason, "--by", "王审核", "--note", note);
const lifts = (product) => server.tool("product unblock", "--shop", shop.handle, "--handle", product.handle, "--by", "王审核", "--note", "已整改");
const see = (path, client = shop.client()) => client.send("GET", path, { headers: { accept: "text/html" } });
const gone = (product) => until(async () => (await see(`/products/${product.handle}`)).status === 404, "its page is gone");
const formOf = (product) => ({
  title: product.title, handle: product.handle, kind: product.kind, status: product.status, category_id: product.category_id, version: product.version,
  variants: product.variants.map(({ id, sku, price, is_active, barcode }) => ({ id, options: "", sku, price, is_active, barcode })),
});
const save = (product, changes = {}) => staff.does(`/admin/products/${product.id}`, { ...formOf(product), ...changes });
const refusedAt = (answer, field, code) => {
  expectProblem(answer, 422, "invalid");
  assert.deepEqual(answer.body.errors.map((one) => `${one.field} ${one.code}`), [`${field} ${code}`]);
};

describe("a product that the platform blocks", () => {
  test("is off the shelf everywhere, the shop reads why and cannot put it back, and it comes back as it was", async () => {
    const product = await staff.creates({ title: "会发热的充电宝" });
    const buyer = shop.visitor();
    await buyer.puts?.(product, 1);
    assert.equal((await see(`/products/${product.handle}`)).status, 200);
    assert.match(await blocks(product), /blocked, off the shelf everywhere/);
    await gone(product);
    await until(async () => !expect(await shop.client().api("/products"), 200).products.some(({ id }) => id === product.id), "no list shows it");
    const page = await see(`/admin/products/${product.id}`, staff.client);
    assert.match(plain(page.text), /平台已屏蔽这件商品/);
    assert.match(plain(page.text), /可能危及人身、财产安全/);
    assert.match(plain(page.text), /充电时发热，已有买家受伤/);
    assert.doesNotMatch(page.text, /王审核/, "who decided is the platform's");
    const { product: kept } = await staff.reads(`/admin/products/${product.id}`);
    assert.equal(kept.status, "draft");
    assert.equal(kept.block.reason, "unsafe");
    refusedAt(await staff.does(`/admin/products/${product.id}/status`, { status: "active" }), "status", "product-blocked");
    refusedAt(await save(kept, { status: "active" }), "status", "product-blocked");
    expect(await save(kept, { title: "不发热的充电宝" }), 200);
    const { act } = expect(await staff.does("/admin/products/acts", { action: "active", products: [{ id: product.id }] }), 200);
    assert.deepEqual([act.count, act.refused], [0, 1]);
    const list = await see(`/admin/products?status=draft&act=${act.id}`, staff.client);
    assert.match(plain(list.text), /另有 1 件没有上架/);
    assert.match(plain(list.text), /平台屏蔽/);
    const { product: again } = await staff.reads(`/admin/products/${product.id}`);
    const report = await imports.checks("屏蔽.csv", `货号,状态\n${again.variants[0].sku},上架\n`);
    assert.deepEqual(report.row_problems.map(({ column, code, fix }) => [column, code, fix]), [["状态", "product-blocked", "draft"]]);
    assert.notEqual((await server.tries("product block", "--shop", shop.handle, "--product", product.id, "--reason", "unsafe", "--by", "王审核", "--note", "再来")).code, 0);
    assert.notEqual((await server.tries("product block", "--shop", shop.handle, "--product", product.id, "--reason", "ugly", "--by", "王审核", "--note", "丑")).code, 0);
    assert.match(await server.tool("product blocked", "--shop", shop.handle), /unsafe, by 王审核\n {4}充电时发热.*\n1 blocked/);
    const { versions } = await staff.reads(`/admin/products/${product.id}/history`);
    assert.ok(versions.some(({ cause, changes }) => cause === "blocked" && changes[0].before === "active" && changes[0].after === "blocked"), JSON.stringify(versions));
    const audit = await see(`/admin/audit?about=products/${product.id}`, staff.client);
    assert.match(plain(audit.text), /平台屏蔽/);
    assert.match(await lifts(product), /free again/);
    await until(async () => (await see(`/products/${product.handle}`)).status === 200, "it is sold again");
    const { product: free } = await staff.reads(`/admin/products/${product.id}`);
    assert.deepEqual([free.status, free.block], ["active", null]);
  });
});

describe("a category that needs a licence", () => {
  test("keeps its goods off the shelf until the shop enters it", async () => {
    const handle = unique("food");
    expect(await staff.does("/admin/categories", { name: "零食", name_en: handle, handle, need: "food", position: 9 }), 201);
    const category = (await staff.reads("/admin/categories")).categories.find((one) => one.handle === handle);
    assert.deepEqual([category.need, category.need_is_met], ["food", false]);
    expect(await staff.does(`/admin/categories/${category.id}`, { name: "零食", name_en: handle, handle, position: 8 }), 200);
    assert.equal((await staff.reads("/admin/categories")).categories.find((one) => one.handle === handle).need, "food", "left out, it stays");
    const wish = { title: "曲奇", category_id: category.id };
    const refused = await staff.triesToCreate({ ...wish, status: "active" });
    refusedAt(refused, "status", "licence-missing");
    assert.match(refused.body.errors[0].message, /食品经营许可证/);
    const cookie = await staff.creates({ ...wish, status: "draft" });
    const page = await staff.client.open(`/admin/products/${cookie.id}`);
    assert.match(plain(page.text), /上架前需要：食品经营许可证/);
    assert.match(page.text, /href="\/admin\/settings\/licence#h-more"/);
    // A form without JavaScript is refused at the field and leads there, too.
    const again = await staff.client.submit(formTo(page, `/admin/products/${cookie.id}`), { status: "active" });
    assert.equal(again.status, 422);
    assert.match(plain(again.text), /所在分类需要许可证，店铺还没有填写/);
    refusedAt(await staff.does(`/admin/products/${cookie.id}/status`, { status: "active" }), "status", "licence-missing");
    // By import: into the category, into one that the file opens below it, and onto the shelf.
    const skus = [unique("C"), unique("C"), unique("C")];
    const report = await imports.checks("零食.csv", `名称,分类,货号,售价,状态\n甲,零食,${skus[0]},1,上架\n乙,零食/饼干,${skus[1]},1,上架\n丙,零食,${skus[2]},1,未上架\n`);
    assert.deepEqual(report.row_problems.map(({ line, column, code, fix }) => [line, column, code, fix]), [[2, "状态", "licence-missing", "draft"], [3, "状态", "licence-missing", "draft"]]);
    const other = await staff.creates({ title: "杯" });
    refusedAt(await save(other, { category_id: category.id }), "status", "licence-missing");
    expect(await staff.does("/admin/settings/licences", { kind: "食品经营许可证", number: "JY11105010000001" }), 200);
    await until(async () => (await staff.does(`/admin/products/${cookie.id}/status`, { status: "active" })).status === 200, "it goes on the shelf");
    expect(await staff.triesToCreate({ ...wish, status: "active" }), 201);
    const done = await imports.applies("零食.csv", `名称,分类,货号,售价,状态\n乙,零食/饼干,${skus[1]},1,上架\n`);
    assert.equal(done.import.counts?.created ?? done.import.created ?? 1, 1);
    assert.equal((await imports.whole(skus[1])).status, "active");
    expect(await staff.does("/admin/categories", { name: "坏", name_en: unique("bad"), need: "nonsense", position: 9 }), 422);
  });
});

describe("names and numbers of other programs", () => {
  test("a name has at most 120 characters; a longer one of earlier days stays until it is changed", async () => {
    refusedAt(await staff.triesToCreate({ title: "长".repeat(121) }), "title", "too-long");
    const product = await staff.creates({ title: "长".repeat(120) });
    await server.tampers(`UPDATE products SET title = '${"旧".repeat(150)}' WHERE id = ${product.id}`);
    const { product: old } = await staff.reads(`/admin/products/${product.id}`);
    assert.equal(old.title.length, 150);
    expect(await save(old, { brand: "老牌子" }), 200);
    const { product: kept } = await staff.reads(`/admin/products/${product.id}`);
    assert.deepEqual([kept.title.length, kept.brand], [150, "老牌子"]);
    refusedAt(await save(kept, { title: "旧".repeat(149) }), "title", "too-long");
    const same = await imports.checks("旧名.csv", `货号,名称,品牌\n${product.sku},${"旧".repeat(150)},新牌子\n`);
    assert.deepEqual(same.row_problems ?? [], []);
    const other = await imports.checks("新名.csv", `货号,名称\n${product.sku},${"新".repeat(130)}\n`);
    assert.deepEqual(other.row_problems.map(({ column, code, fix }) => [column, code, fix]), [["名称", "name-too-long", "新".repeat(120)]]);
    expect(await save(kept, { title: "新名字" }), 200);
  });

  test("the external id is a field of each variant; what does not send it leaves it", async () => {
    const product = await staff.creates({ title: "杯" });
    const [row] = formOf(product).variants;
    expect(await save(product, { variants: [{ ...row, external_id: "ERP-0071" }] }), 200);
    const { product: named } = await staff.reads(`/admin/products/${product.id}`);
    assert.equal(named.variants[0].external_id, "ERP-0071");
    expect(await save(named, { brand: "甲" }), 200);
    const { product: kept } = await staff.reads(`/admin/products/${product.id}`);
    assert.equal(kept.variants[0].external_id, "ERP-0071");
    const page = await staff.client.open(`/admin/products/${product.id}`);
    const form = formTo(page, `/admin/products/${product.id}`);
    assert.deepEqual(form.fields.find(([name]) => name === "variants.0.external_id"), ["variants.0.external_id", "ERP-0071"]);
    refusedAt(await save(kept, { variants: [{ ...row, external_id: "x".repeat(65) }] }), "variants.0.external_id", "too-long");
    assert.equal((await staff.client.submit(form, { "variants.0.external_id": "" })).status, 200);
    assert.equal((await staff.reads(`/admin/products/${product.id}`)).product.variants[0].external_id, "");
  });
});
