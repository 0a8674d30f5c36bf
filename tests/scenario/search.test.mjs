// The one field that finds everything: products, orders, pages; and only what one may see.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, startServer, until } from "../lib/shop.mjs";

describe("the search of the back office", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const finds = (who, q) => who.reads(`/admin/search?q=${encodeURIComponent(q)}`);
  const names = (found) => (found.places ?? []).map(({ name }) => name);
  const titles = (found) => (found.products ?? []).map(({ title }) => title);

  test("pages by their Chinese name, the initials of their pinyin, or English", async () => {
    assert.ok(names(await finds(staff, "新建")).includes("new_product"));
    assert.ok(names(await finds(staff, "dfh")).includes("to_ship"));
    assert.ok(names(await finds(staff, "DPXX")).includes("identity"));
    assert.ok(names(await finds(staff, "curren")).includes("region"));
    assert.deepEqual(names(await finds(staff, "p")).length <= 8, true);
    assert.deepEqual(names(await finds(staff, "rders")), [], "a Latin word is found by its beginning");
  });

  test("products by SKU, handle, the beginning and the middle of a title", async () => {
    const lamp = await staff.creates({ title: "山月 100% 纸灯 Lamp_X", sku: "LAMP-7" });
    const other = await staff.creates({ title: "纸灯罩" });
    for (const q of ["LAMP-7", lamp.handle, "山月", "lamp_x", "100%"]) assert.deepEqual(titles(await finds(staff, q)), [lamp.title], q);
    assert.deepEqual(titles(await finds(staff, "纸灯")), [other.title, lamp.title], "what begins so comes first");
    assert.deepEqual(titles(await finds(staff, "100_")), [], "no wildcards");
    for (let i = 0; i < 10; i++) await staff.creates({ title: `很多 ${i}` });
    assert.equal(titles(await finds(staff, "很多")).length, 8);
    assert.deepEqual(titles(await finds(staff, "这里没有")), []);
  });

  test("products by pinyin and initials", async () => {
    const pot = await staff.creates({ title: "手冲咖啡壶" });
    for (const q of ["shouchong", "kafeihu", "sckfh", "KFH"]) await until(async () => titles(await finds(staff, q)).includes(pot.title), q);
    assert.deepEqual(titles(await finds(staff, "zzzz")), []);
  });

  test("orders by number, its end, and the buyer's phone", async () => {
    const cup = await shop.product({ price: 500, stock: 5 });
    const order = await shop.visitor().buys(cup);
    const { contact } = (await staff.reads(`/admin/orders/${order.number}`)).order;
    for (const q of [order.number, order.number.slice(-5), contact.phone]) assert.ok((await finds(staff, q)).orders.some(({ number }) => number === order.number), q);
    assert.deepEqual((await finds(staff, "000")).orders, [], "three digits say too little");
  });

  test("orders by whom they are for, by a phone's end and by the parcel; buyers by name", async () => {
    const cup = await shop.product({ price: 500, stock: 5 });
    const phone = "13900137913";
    const buyer = shop.visitor();
    Object.assign(buyer, { phone, address: { ...buyer.address, name: "欧阳青竹", phone } });
    const order = await buyer.buys(cup);
    const numbers = async (q, who = staff) => (await finds(who, q)).orders.map(({ number }) => number);
    for (const q of ["欧阳青竹", "ouyangqingzhu", "OYQZ", "ouyang qingzhu"]) assert.deepEqual(await numbers(q), [order.number], q);
    assert.ok((await numbers("7913")).includes(order.number));
    for (const q of ["欧", "欧阳", "青竹", "ouyang", "qingzhu", "Qing Zhu"]) assert.deepEqual(await numbers(q), [order.number], q);
    for (const q of ["竹", "ouyangqingzh"]) assert.deepEqual(await numbers(q), [], q);
    const found = await finds(staff, "oyqz");
    assert.equal(JSON.stringify(found).includes(phone), false, "a phone number is masked");
    assert.deepEqual(found.customers, [], "a guest has no account");
    await staff.ships(order, { tracking_number: "SF7913024680" });
    for (const q of ["SF7913024680", "sf7913024680"]) assert.deepEqual(await numbers(q), [order.number], q);
    // the list of orders and its export find the same
    const listed = async (q, who = staff) => (await who.reads(`/admin/orders?q=${encodeURIComponent(q)}`)).orders.map(({ number }) => number);
    for (const q of ["欧阳青竹", "OYQZ", "青竹", "qingzhu", "sf7913024680", order.number, phone]) assert.deepEqual(await listed(q), [order.number], q);
    assert.ok((await listed("7913")).includes(order.number));
    for (const q of ["竹", "没有这人"]) assert.deepEqual(await listed(q), [], q);
    const rows = (await staff.client.get(`/admin/orders/export?format=csv&q=${encodeURIComponent("欧阳")}`)).text.trim().split("\r\n");
    assert.deepEqual([rows.length, rows[1].startsWith(order.number)], [2, true]);
    assert.match((await staff.client.open(`/admin/orders?q=${encodeURIComponent("没有这人")}`)).text, /收货人姓名或其中两个字/);
    const page = await staff.client.open(`/admin/search?q=${encodeURIComponent("欧阳青竹")}`);
    assert.match(page.text, new RegExp(`${order.number}.*139\\*\\*\\*\\*7913`));
    const other = await server.opens("other");
    assert.deepEqual(await numbers("oyqz", await other.staff()), []);
    assert.deepEqual(await listed("oyqz", await other.staff()), []);
  });

  test("orders by what is in them: words of a title, or the SKU of one variant; newest first", async () => {
    const options = [{ name: "颜色", values: "白,黑" }];
    const variants = ["白", "黑"].map((color, i) => ({ options: color, sku: `YG-${i}`, price: { amount: 9900, currency: "CNY" }, is_active: true, stock: 20 }));
    const shirt = await staff.creates({ title: "云感纯棉 T恤", sku: "YUNGAN", options, variants });
    const cup = await staff.creates({ title: "青瓷品茗杯", sku: "QCPMB" });
    const [white, black] = shirt.variants.map(({ id }) => ({ ...shirt, variant_id: id }));
    const holding = async (q, who = staff) => (await finds(who, q)).holding.map(({ number }) => number);
    assert.deepEqual(await holding("YG-0"), [], "nobody bought it yet");
    const first = await shop.visitor().buys(white);
    const buyer = shop.visitor();
    await buyer.puts(cup);
    await buyer.puts(black, 2);
    const second = await buyer.checksOut();
    await until(async () => (await finds(staff, "云感 T恤")).products.length === 1, "the words are found apart from each other");
    for (const q of ["云感 T恤", "云感", "yungan", "YUNGAN"]) assert.deepEqual(await holding(q), [second.number, first.number], q);
    assert.deepEqual(await holding("YG-0"), [first.number], "only orders with this variant");
    assert.deepEqual(await holding("YG-1"), [second.number], "unpaid ones too");
    const [{ held }] = (await finds(staff, "YG-1")).holding;
    assert.deepEqual([held.title, held.variant, held.quantity], ["云感纯棉 T恤", "黑", 2], "the line that it was found by");
    await buyer.cancels(second);
    assert.deepEqual(await holding("青瓷品茗杯"), [second.number], "closed ones too");
    const page = await staff.client.open(`/admin/search?q=${encodeURIComponent("YG-1")}`);
    assert.match(page.text, new RegExp(`含这些商品的订单[^]*${second.number}[^]*云感纯棉 T恤 · 黑 × 2`));
    for (let i = 0; i < 8; i++) await shop.visitor().orders(white);
    const found = await holding("云感");
    assert.equal(found.length, 8);
    assert.equal(found.includes(first.number), false, "the newest ones");
    const other = await server.opens("other-goods");
    assert.deepEqual(await holding("云感", await other.staff()), []);
  });

  test("who packs finds orders by their goods, but no products", async () => {
    await staff.does("/admin/settings/staff", { login: "pack2@search.example", name: "小包", role: "packer", password: "kettle on tea" });
    const packer = await server.at("main", { login: "pack2@search.example", password: "kettle on tea" }).staff();
    const found = await finds(packer, "青瓷品茗杯");
    assert.deepEqual([found.products.length, found.holding.length], [0, 1]);
  });

  test("who may not see it does not find it", async () => {
    await staff.does("/admin/settings/staff", { login: "pack@search.example", name: "小李", role: "packer", password: "kettle on tea" });
    const packer = await server.at("main", { login: "pack@search.example", password: "kettle on tea" }).staff();
    assert.deepEqual(titles(await finds(packer, "LAMP-7")), []);
    assert.deepEqual(names(await finds(packer, "新建")), []);
    assert.ok(names(await finds(packer, "打包")).includes("to_ship"));
    expectProblem(await shop.client().api("/admin/search?q=x"), 401, "unauthenticated");
  });
});
