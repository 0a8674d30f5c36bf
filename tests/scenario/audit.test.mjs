// The audit list: what people of a shop did is noted with what they did, and nobody can take it away.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, startServer } from "../lib/shop.mjs";

describe("the audit list", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const entries = async (query = "") => (await staff.reads(`/admin/audit${query}`)).entries;

  test("each product that goes on or off the shelf is in it, also when many do", async () => {
    const made = [];
    for (let i = 0; i < 3; i++) made.push(await staff.creates({ title: `上架 ${i}` }));
    const rows = made.map(({ id }) => ({ id }));
    const { act } = expect(await staff.does("/admin/products/acts", { action: "draft", products: rows }), 200);
    expect(await staff.does(`/admin/products/acts/${act.id}/undo`), 200);
    expect(await staff.does(`/admin/products/${made[0].id}/status`, { status: "archived" }), 200);
    expect(await staff.does(`/admin/products/${made[0].id}/status`, { status: "draft" }), 200);
    const off = await entries("?kind=product.off");
    const on = await entries("?kind=product.on");
    assert.equal(off.length, 4, "three at once and one by itself; from archived to draft it stays off");
    assert.equal(on.length, 6, "three made on the shelf, three put back");
    assert.deepEqual([off[0].title, off[0].before, off[0].after, off[0].url], ["上架 0", "active", "archived", `/admin/products/${made[0].id}`]);
  });

  test("prices, orders, logins, people, settings", async () => {
    const cup = await staff.creates({ title: "记价杯", price: 500, stock: 5 });
    await staff.saves(cup, {}, { price: { amount: 650, currency: "CNY" } });
    const [price] = await entries("?kind=product.price");
    assert.match(price.title, /记价杯/);
    assert.deepEqual([price.before, price.after], ["5.00", "6.50"]);
    const order = await shop.visitor().buys(cup);
    await staff.ships(order);
    assert.equal((await entries("?kind=order.shipped"))[0].title, order.number);
    const other = await shop.visitor().buys(cup);
    await staff.cancels(other);
    assert.equal((await entries("?kind=order.cancelled"))[0].title, other.number);

    expect(await staff.does("/admin/settings/staff", { login: "audit@shop.example", name: "小周", role: "packer", password: "kettle on tea" }), 201);
    const stranger = shop.client();
    for (const login of ["audit@shop.example", "a password typed here"])
      expectProblem(await stranger.post("/admin/login", { login, password: "wrong one here" }, { headers: { origin: stranger.origin } }), 401, "unauthenticated");
    const packer = await server.at("main", { login: "audit@shop.example", password: "kettle on tea" }).staff();
    const failed = await entries("?kind=login.failed");
    assert.deepEqual(failed.map(({ name }) => name), ["小周"], "of an unknown login nothing is kept");
    assert.equal((await entries("?kind=login"))[0].name, "小周");
    assert.equal((await entries("?kind=staff.created"))[0].after, "packer");
    expect(await staff.does("/admin/settings/policies/returns", { version: 0, text: "# 退货", text_en: "" }), 200);
    assert.equal((await entries("?kind=settings.changed"))[0].url, "/admin/settings/policies/returns");
    expectProblem(await packer.client.api("/admin/audit"), 403, "forbidden");
  });

  test("it is narrowed by who, what and when, page by page", async () => {
    const everything = [];
    let url = "/admin/audit";
    for (let i = 0; i < 45; i++) await staff.creates({ title: `页 ${i}` });
    while (url) {
      const page = await staff.reads(url);
      everything.push(...page.entries);
      url = page.next_url;
    }
    assert.ok(everything.length > 50);
    assert.equal(new Set(everything.map(({ id }) => id)).size, everything.length);
    const { people } = await staff.reads("/admin/audit");
    const zhou = people.find(({ name }) => name === "小周");
    const theirs = await entries(`?who=${zhou.id}&kind=login`);
    assert.ok(theirs.length >= 1 && theirs.every(({ name, kind }) => name === "小周" && kind === "login"));
    assert.deepEqual(await entries("?to=2020-01-01"), []);
    assert.ok((await entries("?from=2020-01-01")).length > 0);
    const page = await staff.client.open("/admin/audit?kind=product.on");
    assert.match(page.text, /操作：商品上架/);
  });
});
