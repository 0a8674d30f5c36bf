// Long work: it goes on by itself, survives a kill, and leaves a result. And what is removed can be brought back.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, formTo, startServer, until, unique } from "../lib/shop.mjs";

describe("long work and the trash", () => {
  const MANY = 520;
  let server, shop, staff;
  const made = [];
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    const category = await staff.category();
    for (let start = 0; start < MANY; start += 20)
      made.push(...(await Promise.all(Array.from({ length: 20 }, (_, i) => staff.creates({ title: `批量 ${start + i}`, category_id: category.id })))));
  });
  after(() => server?.stop());

  const ends = (work) =>
    until(async () => {
      const { work: now } = await staff.reads(`/admin/works/${work.id}`);
      return now.state !== "running" && now;
    }, "the work is over", { within: 60000 });
  const tagged = async (name) => (await staff.reads("/admin/tags")).tags.find((tag) => tag.name === name)?.product_count ?? 0;

  test("an act over many products is a work that goes on after kill -9, does nothing twice, and is undone as one", async () => {
    const { work } = expect(await staff.does("/admin/products/acts", { action: "tag", tag: "大促", all: true }), 202);
    assert.deepEqual([work.kind, work.state, work.total, work.title], ["work.products", "running", MANY, "大促"]);
    await server.dies();
    await server.start();
    const done = await ends(work);
    assert.deepEqual([done.state, done.done, done.changed, done.percent], ["done", MANY, MANY, 100]);
    assert.equal(await tagged("大促"), MANY);
    const act = (await staff.reads("/admin/products/acts")).acts[0];
    assert.deepEqual([act.kind, act.value, act.count], ["tag", "大促", MANY]);
    for (const { id, version } of [made[0], made.at(-1)]) assert.equal((await staff.product(id)).version, version + 1, "changed once");

    const { work: undo } = expect(await staff.does(`/admin/products/acts/${act.id}/undo`), 202);
    assert.equal(undo.kind, "work.products-undo");
    assert.equal((await ends(undo)).changed, MANY);
    assert.equal(await tagged("大促"), 0);
    expectProblem(await staff.does(`/admin/products/acts/${act.id}/undo`), 409, "conflict");
    const [noted] = (await staff.reads("/admin/audit?kind=products.tag")).entries;
    assert.equal(noted.title, "大促");
  });

  test("few products are done at once", async () => {
    const { act } = expect(await staff.does("/admin/products/acts", { action: "tag", tag: "几件", products: made.slice(0, 3).map(({ id }) => ({ id })) }), 200);
    assert.equal(act.count, 3);
  });

  test("a tag with many products becomes one with another in parts; the pages show how far", async () => {
    const { work: first } = expect(await staff.does("/admin/products/acts", { action: "tag", tag: "旧名", all: true }), 202);
    await ends(first);
    const tags = (await staff.reads("/admin/tags")).tags;
    const old = tags.find(({ name }) => name === "旧名");
    const { work } = expect(await staff.does(`/admin/tags/${old.id}`, { name: "几件" }), 202);
    assert.equal(work.total, MANY);
    const done = await ends(work);
    assert.deepEqual([done.state, done.changed], ["done", MANY]);
    assert.equal(await tagged("几件"), MANY);
    assert.equal(await tagged("旧名"), 0);
    assert.equal((await staff.reads("/admin/works")).works[0].id, work.id);
    const page = await staff.client.open(`/admin/works/${work.id}`);
    assert.match(page.text, /标签合并到「几件」/);
    assert.match(page.text, /已完成/);
    assert.match((await staff.client.open("/admin/works")).text, /批量打标签或移除标签：大促/);
    const { id } = (await staff.reads(encodeURI("/admin/tags?q=几"))).tags[0];
    const { work: removing } = expect(await staff.does(`/admin/tags/${id}/remove`), 202);
    await ends(removing);
    assert.equal(await tagged("几件"), 0);
    expectProblem(await staff.does(`/admin/works/${work.id}/stop`), 409, "conflict");
    expectProblem(await staff.does(`/admin/works/${work.id}/retry`), 409, "conflict");
    expectProblem(await staff.client.api("/admin/works/1"), 404, "not-found");
  });

  test("products are narrowed by their stock, pages go on where they ended, and an act takes what is shown", async () => {
    const out = await staff.creates({ title: "没货了", stock: 0 });
    const low = await staff.creates({ title: "快没了", stock: 3 });
    const titles = async (query) => (await staff.reads(`/admin/products?${query}`)).products.map(({ title }) => title);
    assert.deepEqual(await titles("stock=out"), ["没货了"]);
    assert.deepEqual(await titles("stock=low"), ["快没了"]);
    assert.deepEqual(await titles("stock=out&status=draft"), []);
    await shop.visitor().buys(low, 3);
    assert.deepEqual(await titles("stock=low"), []);
    assert.deepEqual(await titles("stock=out"), ["快没了", "没货了"]);
    const seen = [];
    let url = "/admin/products?stock=in&status=active";
    while (url) {
      const page = await staff.reads(url);
      assert.deepEqual(page.list.sorts.map(({ name }) => name), ["newest"], "no other order has an index then");
      seen.push(...page.products.map(({ id }) => id));
      if (page.next_url && seen.length < 200) await staff.creates({ title: `中途 ${unique("t")}` });
      url = page.next_url;
    }
    assert.equal(new Set(seen).size, seen.length, "nothing twice");
    for (const { id } of made) assert.ok(seen.includes(id), "nothing is left out");
    const { act } = expect(await staff.does("/admin/products/acts", { action: "draft", all: true, stock: "out" }), 200);
    assert.equal(act.count, 2);
    assert.equal((await staff.product(out.id)).status, "draft");
    const table = await staff.client.get("/admin/products/export?format=csv&stock=out");
    assert.match(table.text, /没货了/);
    assert.doesNotMatch(table.text, /批量/);
    expectProblem(await staff.client.api("/admin/products?stock=in&cursor=x"), 400, "bad-request");
  });

  test("orders are narrowed by payment, goods and amount, in every order, while orders come in", async () => {
    const cup = await staff.creates({ title: "杯", price: 500, stock: 1000 });
    const code = await staff.creates({ title: "点卡", price: 9900, codes: ["A", "B"] });
    const card = await shop.visitor().buys(code);
    const wanted = [];
    for (let i = 0; i < 60; i++) wanted.push(await shop.visitor().orders(cup, 1 + (i % 3)));
    await shop.visitor().buys(cup);
    const numbers = async (query) => (await staff.reads(`/admin/orders?${query}`)).orders.map(({ number }) => number);
    assert.deepEqual(await numbers("kind=digital"), [card.number]);
    assert.deepEqual(await numbers("payment=paid&min=99"), [card.number]);
    assert.deepEqual(await numbers("min=99.01"), []);
    assert.deepEqual(await numbers("kind=digital&max=98.99"), []);
    for (const sort of ["newest", "waiting", "total"]) {
      const seen = [];
      let url = `/admin/orders?payment=unpaid&kind=physical&sort=${sort}`;
      while (url) {
        const page = await staff.reads(url);
        assert.equal(page.list.sort, sort);
        seen.push(...page.orders);
        if (seen.length < 55) await shop.visitor().orders(cup);
        url = page.next_url;
      }
      const got = seen.map(({ number }) => number);
      assert.equal(new Set(got).size, got.length, `${sort}: nothing twice`);
      for (const { number } of wanted) assert.ok(got.includes(number), `${sort}: nothing is left out`);
      assert.ok(seen.every(({ payment_status }) => payment_status === "unpaid"));
    }
    const page = await staff.reads("/admin/orders?payment=unpaid&min=5&max=10");
    assert.deepEqual(page.list.chips.map(({ filter, value }) => `${filter}=${value}`), ["payment=unpaid", "min=5.00", "max=10.00"]);
    assert.ok(page.orders.every(({ total }) => total.amount >= 500 && total.amount <= 1000));
    assert.match((await staff.client.open("/admin/orders?payment=unpaid")).text, /付款：未付款/);
    const table = await staff.client.get("/admin/orders/export?format=csv&kind=digital");
    assert.equal(table.text.trim().split("\n").length, 2, "the head and the one order");
    expectProblem(await staff.client.api("/admin/orders?min=much"), 422, "invalid");
    expectProblem(await staff.does("/admin/orders/cancel-found", { payment: "paid" }), 422, "invalid");

    const { work } = expect(await staff.does("/admin/orders/cancel-found", { min: { amount: 1500, currency: "CNY" } }), 202);
    assert.equal(work.total, 20);
    const done = await ends(work);
    assert.deepEqual([done.state, done.changed, done.failed], ["done", 20, 0]);
    assert.deepEqual(await numbers("payment=unpaid&stage=pending_payment&min=15"), []);
    assert.ok((await numbers("stage=pending_payment")).length >= 40, "the others wait on");
  });

  test("tags, categories, collections and pictures that were removed come back as they were, without JavaScript too", async () => {
    const two = made.slice(5, 7);
    expect(await staff.does("/admin/products/acts", { action: "tag", tag: "误删", products: two.map(({ id }) => ({ id })) }), 200);
    const tag = (await staff.reads(encodeURI("/admin/tags?q=误"))).tags[0];
    expect(await staff.does(`/admin/tags/${tag.id}/remove`), 200);
    assert.deepEqual((await staff.reads(encodeURI("/admin/tags?q=误"))).tags, []);
    const page = await staff.client.open("/admin/orders");
    assert.match(page.text, /已删除「误删」/, "every page offers it back for a while");
    const { removed } = await staff.reads("/admin/trash");
    assert.deepEqual([removed[0].kind, removed[0].title], ["tag", "误删"]);
    const back = await staff.client.submit(formTo(page, `/admin/trash/${removed[0].id}/restore`));
    assert.equal(back.status, 200);
    assert.deepEqual((await staff.reads(encodeURI("/admin/tags?q=误"))).tags.map(({ id, product_count }) => [id, product_count]), [[tag.id, 2]]);
    expectProblem(await staff.does(`/admin/trash/${removed[0].id}/restore`), 404, "not-found");
    assert.deepEqual((await staff.reads("/admin/audit?about=trash")).entries.slice(0, 2).map(({ kind, title }) => [kind, title]), [["trash.restored", "误删"], ["trash.removed", "误删"]]);

    expect(await staff.does("/admin/categories", { name: "空架子", name_en: "Empty", handle: "empty-shelf", summary: "先空着", position: 7 }), 200, 201);
    const find = async () => (await staff.reads("/admin/categories")).categories.find(({ handle }) => handle === "empty-shelf");
    const category = await find();
    expect(await staff.does(`/admin/categories/${category.id}/remove`), 200);
    assert.equal(await find(), undefined);
    expect(await staff.does(`/admin/trash/${(await staff.reads("/admin/trash")).removed[0].id}/restore`), 200);
    assert.deepEqual(await find(), category);

    const { collection } = expect(await staff.does("/admin/collections", { kind: "hand", name: "手选", handle: "chosen-ones", position: 1 }), 200, 201);
    for (const { sku } of two) expect(await staff.does(`/admin/collections/${collection.id}/products`, { product: sku }), 200, 201);
    const before = await staff.reads(`/admin/collections/${collection.id}`);
    expect(await staff.does(`/admin/collections/${collection.id}/remove`), 200);
    expectProblem(await staff.client.api(`/admin/collections/${collection.id}`), 404, "not-found");
    const gone = (await staff.reads("/admin/trash")).removed[0];
    expect(await staff.does(`/admin/trash/${gone.id}/restore`), 200);
    const again = await staff.reads(`/admin/collections/${collection.id}`);
    assert.deepEqual(again.products.map(({ id }) => id), before.products.map(({ id }) => id), "in their order");

    expect(await staff.does(`/admin/collections/${collection.id}/remove`), 200);
    expect(await staff.does("/admin/collections", { kind: "hand", name: "占了名", handle: "chosen-ones", position: 1 }), 200, 201);
    expectProblem(await staff.does(`/admin/trash/${(await staff.reads("/admin/trash")).removed[0].id}/restore`), 409, "duplicate");
    assert.equal((await staff.reads("/admin/trash")).removed.length, 1, "what could not come back stays");
  });

  test("the audit list of one thing, from its page, and as a table", async () => {
    const cup = await staff.creates({ title: "有账的杯", price: 500, stock: 5 });
    await staff.shelves(cup, "draft");
    await staff.shelves(cup, "active");
    const about = `about=products/${cup.id}`;
    const page = await staff.reads(`/admin/audit?${about}`);
    assert.deepEqual(page.entries.map(({ kind }) => kind), ["product.on", "product.off", "product.on"]);
    assert.deepEqual((await staff.reads(`/admin/audit?${about}&kind=product.off`)).entries.length, 1);
    assert.equal(page.list.chips[0].label, "有账的杯");
    assert.match((await staff.client.open(`/admin/products/${cup.id}`)).text, new RegExp(`/admin/audit\\?about=products/${cup.id}`));
    const table = await staff.client.get(`/admin/audit/export?format=csv&${about}`);
    assert.equal(table.text.trim().split("\n").length, 4);
    expect(await staff.does("/admin/settings/staff", { login: "pack@works.example", name: "小周", role: "packer", password: "kettle on tea" }), 201);
    const packer = await server.at("main", { login: "pack@works.example", password: "kettle on tea" }).staff();
    expectProblem(await packer.client.api("/admin/audit/export?format=csv"), 403, "forbidden");
    expectProblem(await packer.client.api("/admin/trash"), 403, "forbidden");
  });

  test("more lists keep views and chips: tags, codes, pictures, the audit list", async () => {
    for (const [list, path, query] of [["tags", "/admin/tags", "q=a"], ["codes", "/admin/codes", "filter=low"], ["media", "/admin/media", "show=unused"], ["audit", "/admin/audit", "kind=login"]]) {
      const { view } = expect(await staff.does("/admin/views", { list, name: "常看", query }), 201);
      const page = await staff.reads(`${path}?${query}`);
      assert.equal(page.list.current.id, view.id, list);
      assert.equal(page.list.chips.length, 1, list);
      assert.equal((await staff.reads(page.list.chips[0].url)).list.chips.length, 0, list);
      expect(await staff.does(`/admin/views/${view.id}/remove`), 200);
      assert.match((await staff.client.open(`${path}?removed=${view.id}`)).text, /视图已删除/, list);
    }
    const names = [];
    for (let i = 0; i < 105; i++) names.push(`页${String(i).padStart(3, "0")}`);
    for (let start = 0; start < names.length; start += 35)
      await staff.saves(await staff.product(made[start].id), { tags: names.slice(start, start + 35).join(", ") });
    const first = await staff.reads(encodeURI("/admin/tags?q=页"));
    assert.equal(first.tags.length, 100);
    await staff.saves(await staff.product(made[1].id), { tags: "页000a" });
    const rest = await staff.reads(first.next_url);
    assert.deepEqual([...first.tags, ...rest.tags].map(({ name }) => name), names, "one that came before the place is not seen, none is doubled");
  });
});
