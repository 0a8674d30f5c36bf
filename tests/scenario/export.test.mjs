// Lists as files: what stands in them, what is escaped and masked, and that no other shop's rows are there.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { rowsOf } from "../lib/imports.mjs";
import { cny, expect, expectProblem, Staff, startServer, unique } from "../lib/shop.mjs";

const THIRD_PARTY = fileURLToPath(new URL("../unit/sheet/thirdparty.py", import.meta.url));

/** The rows of a CSV as objects by the first line. */
function table(text) {
  assert.equal(text.charCodeAt(0), 0xfeff, "it begins with a BOM, so that Excel reads it");
  return rowsOf(text);
}

describe("lists as files", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const download = async (who, address) => {
    const reply = await who.client.get(address);
    assert.equal(reply.status, 200, reply.text.slice(0, 300));
    assert.match(reply.headers["content-disposition"], /^attachment; filename\*=UTF-8''main-/);
    return reply;
  };
  const csv = async (address, who = staff) => table((await download(who, address)).text);

  test("products, one row a variant, in the reader's language, and no cell is a formula", async () => {
    const options = [{ name: "颜色", values: "月白,豆青" }];
    const variants = ["月白", "豆青"].map((colour, at) => ({ options: colour, sku: unique("X"), price: cny(1250 + at), stock: 3 + at, is_active: true }));
    const title = unique("=HYPERLINK(1)");
    expect(await staff.triesToCreate({ title, subtitle: '+1, "二"', options, variants }), 200, 201);
    const rows = (await csv("/admin/products/export?q=" + encodeURIComponent(title)));
    assert.deepEqual(rows.map((row) => [row["商品名称"], row["规格1名称"], row["规格1"], row["货号"], row["价格"]]),
      variants.map(({ sku, options: colour }, at) => [`'${title}`, "颜色", colour, sku, `12.5${at}`]));
    assert.match(rows[0]["副标题"], /^'\+1, "二"/);
    const english = await csv("/en/admin/products/export?q=" + variants[1].sku);
    assert.equal(english.length, 2, "a SKU finds its product whole");
    assert.equal(english[0].title, `'${title}`);
  });

  test("the filter of the list is that of the file", async () => {
    const off = await staff.creates({ title: unique("下架的"), status: "draft", stock: 1 });
    const on = await staff.creates({ title: unique("在架的"), stock: 1 });
    const drafts = (await csv("/admin/products/export?status=draft")).map((row) => row["货号"]);
    assert.ok(drafts.includes(off.sku) && !drafts.includes(on.sku));
    const whole = (await csv("/admin/products/export")).map((row) => row["货号"]);
    assert.ok(whole.includes(off.sku) && whole.includes(on.sku));
    expectProblem(await staff.client.api("/admin/products/export?format=pdf"), 422, "invalid");
  });

  test("a list of more than a thousand comes out whole, each row once, and comes back unchanged", async () => {
    const names = Array.from({ length: 1030 }, (_, at) => `批量 ${at}`);
    const file = path.join(server.data, "many.csv");
    fs.writeFileSync(file, "name,category,price,sku,stock\n" + names.map((name, at) => `${name},批量,${at}.05,MANY-${at},7\n`).join(""));
    assert.equal((await server.tries("import", "--shop", "main", file)).code, 0);
    const reply = await download(staff, "/admin/products/export");
    const skus = table(reply.text).map((row) => row["货号"]).filter((sku) => sku.startsWith("MANY-"));
    assert.equal(skus.length, 1030);
    assert.equal(new Set(skus).size, 1030);
    fs.writeFileSync(file, reply.text.replaceAll(/^(?!\ufeff)(?!.*MANY-).*\r\n/gm, ""));
    const again = await server.tries("import", "--shop", "main", file);
    assert.equal(again.code, 0, again.stdout + again.stderr);
    assert.equal((await csv("/admin/products/export?q=MANY-7"))[0]["价格"], "7.05");
  });

  test("another shop's rows are not there", async () => {
    const elsewhere = await server.opens("elsewhere");
    const clerk = await elsewhere.staff();
    const cup = await clerk.creates({ title: unique("别人的"), stock: 1 });
    assert.ok(!(await csv("/admin/products/export")).some((row) => row["货号"] === cup.sku));
    const theirs = table((await clerk.client.get("/admin/products/export")).text);
    assert.deepEqual(theirs.map((row) => row["货号"]), [cup.sku]);
  });

  test("orders: buyers whole for who may see them, masked for the others", async () => {
    const cup = await shop.product({ price: 5900, stock: 9 });
    const visitor = shop.visitor();
    const order = await visitor.buys(cup, 2);
    const find = (rows) => rows.find((row) => row["订单号"] === order.number);
    const whole = find(await csv("/admin/orders/export"));
    assert.deepEqual([whole["金额"], whole["件数"], whole["收货手机"], whole["收货人"]], [(order.total.amount / 100).toFixed(2), "2", visitor.phone, "张三"]);
    assert.match(whole["下单时间"], /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    const login = unique("packer");
    expect(await staff.does("/admin/settings/staff", { login, name: "小林", role: "packer", password: "kettle on tea" }), 201);
    const packer = await new Staff(shop).logsIn({ login, password: "kettle on tea" });
    const masked = find(await csv("/admin/orders/export", packer));
    assert.equal(masked["收货人"], "张**");
    assert.ok(!Object.values(masked).some((cell) => cell.includes(visitor.phone) || cell.includes("文三路")), "neither phone nor door");
    assert.equal((await packer.client.api("/admin/products/export")).status, 403);
    assert.equal((await csv(`/admin/orders/export?q=${order.number}`)).length, 1);
    assert.equal((await shop.visitor().client.api("/admin/orders/export")).status, 401);
  });

  test("as a workbook that another program opens", async () => {
    const cup = await staff.creates({ title: unique("工作簿"), price: 1999, stock: 4 });
    const reply = await download(staff, `/admin/products/export?format=xlsx&q=${cup.sku}`);
    assert.match(reply.headers["content-type"], /spreadsheetml/);
    const file = path.join(server.data, "book.xlsx");
    fs.writeFileSync(file, reply.bytes);
    const seen = execFileSync("/usr/bin/python3", [THIRD_PARTY, "print", file], { encoding: "utf8" });
    assert.match(seen, new RegExp(`s:${cup.sku}\\|.*n:19\\.99`));
    const again = await server.tries("import", "--shop", "main", file);
    assert.equal(again.code, 0, again.stdout + again.stderr);
  });

  test("categories, tags and pictures", async () => {
    const category = unique("杯");
    expect(await staff.does("/admin/categories", { name: category, handle: unique("c").toLowerCase() }), 201);
    assert.ok((await csv("/admin/categories/export")).some((row) => row["名称"] === category));
    await csv("/admin/tags/export");
    await csv("/admin/media/export?show=all");
  });

  test("on the command line", async () => {
    const file = path.join(server.data, "out.csv");
    const done = await server.tries("export", "products", "--shop", "main", "--format", "csv", file);
    assert.equal(done.code, 0, done.stderr);
    assert.ok(table(fs.readFileSync(file, "utf8")).length > 0);
    assert.equal((await server.tries("export", "nothing", "--shop", "main", file)).code, 1);
  });

  test("reviews and messages are tables as well, narrowed as their pages are", async () => {
    const cup = await shop.product({ title: "=危险的杯", stock: 5 });
    const buyer = shop.visitor();
    const order = await buyer.buys(cup);
    await staff.ships(order);
    expect(await buyer.client.post(`/orders/${order.number}/reviews`, { token: order.token, line_no: 1, stars: 4, text: "+很好" }), 201);
    const rows = await csv("/admin/reviews/export?format=csv&stars=4");
    assert.deepEqual(rows.map((row) => [row.商品, row.星级, row.评价]), [["'=危险的杯", "4", "'+很好"]]);
    assert.deepEqual(await csv("/admin/reviews/export?format=csv&stars=1"), []);
    assert.deepEqual(await csv("/admin/messages/export?format=csv&state=failed"), []);
  });
});
