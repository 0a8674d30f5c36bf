// Lists of the back office: what narrows and sorts them, pages that stay right, views that are kept, acts over several orders.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, startServer, unique } from "../lib/shop.mjs";

describe("lists of the back office", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const chipsOf = ({ list }) => list.chips.map(({ filter, value }) => `${filter}=${value}`);

  test("every order of the products is kept over pages while products come", async () => {
    const made = [];
    for (let i = 0; i < 55; i++) made.push(await staff.creates({ title: `排序${String((i * 37) % 55).padStart(2, "0")}`, price: 1000 + ((i * 13) % 7) * 100 }));
    const keys = {
      newest: (a, b) => (BigInt(a.id) > BigInt(b.id) ? -1 : 1),
      "price-up": (a, b) => a.price_min.amount - b.price_min.amount,
      "price-down": (a, b) => b.price_min.amount - a.price_min.amount,
      title: (a, b) => Buffer.compare(Buffer.from(a.title), Buffer.from(b.title)),
      updated: (a, b) => b.updated_at.localeCompare(a.updated_at),
    };
    for (const [sort, compare] of Object.entries(keys))
      for (const narrow of ["", "&status=active", `&category=${made[0].category_id}`, `&status=active&category=${made[0].category_id}`]) {
        if (narrow.includes("category") && ["title", "updated"].includes(sort)) continue;
        const seen = [];
        let url = `/admin/products?sort=${sort}${narrow}`;
        while (url) {
          const page = await staff.reads(url);
          assert.equal(page.list.sort, sort);
          seen.push(...page.products);
          if (page.next_url && seen.length < 60) await staff.creates({ title: `中途${unique("t")}`, price: 1250 });
          url = page.next_url;
        }
        const ids = new Set(seen.map(({ id }) => id));
        assert.equal(ids.size, seen.length, `${sort}${narrow}: nothing twice`);
        for (const { id } of made) assert.ok(ids.has(id), `${sort}${narrow}: nothing is left out`);
        for (let i = 1; i < seen.length; i++) assert.ok(compare(seen[i - 1], seen[i]) <= 0, `${sort}${narrow}: in order`);
      }
  });

  test("chips say what narrows the list, and each can be taken off", async () => {
    const page = await staff.reads(`/admin/products?status=active&q=${encodeURIComponent("排序0")}&sort=price-up`);
    assert.deepEqual(chipsOf(page), ["status=active", "q=排序0"]);
    assert.equal(page.list.sort, "title", "what begins so is read by title");
    assert.deepEqual(page.list.sorts.map(({ name }) => name), ["title"], "orders without an index are not offered");
    assert.equal(page.products.length, 10);
    const without = await staff.reads(page.list.chips[1].url);
    assert.deepEqual(chipsOf(without), ["status=active"]);
    const { products, list } = await staff.reads(`/admin/products?category=${page.products[0].category_id}&sort=title`);
    assert.ok(products.length > 0);
    assert.equal(list.sort, "newest");
    const html = await staff.client.get(`/admin/products?status=active`);
    assert.match(html.text, /状态：在售/);
    expectProblem(await staff.client.api("/admin/products?sort=banana"), 422, "invalid");
    expectProblem(await staff.client.api("/admin/products?sort=title&cursor=zz.1"), 400, "bad-request");
  });

  test("a view keeps filter, order and columns, for oneself or for everybody; removing it can be undone", async () => {
    expect(await staff.does("/admin/lists/columns", { list: "products", columns: [{ name: "brand" }, { name: "price" }, { name: "nonsense" }] }), 200);
    const query = "status=active&sort=price-down";
    const { view } = expect(await staff.does("/admin/views", { list: "products", name: "贵的", query }), 201);
    const seen = await staff.reads(`/admin/products?${query}`);
    assert.equal(seen.list.current.id, view.id);
    assert.deepEqual(Object.entries(seen.list.shown).filter(([, on]) => on).map(([name]) => name), ["title", "brand", "price"]);
    await staff.does("/admin/lists/columns", { list: "products", reset: true });
    assert.equal((await staff.reads("/admin/products")).list.shown.stock, true);
    assert.equal((await staff.reads(`/admin/products?${query}`)).list.shown.stock, false, "the view has its own columns");

    await staff.does("/admin/settings/staff", { login: "mei@lists.example", name: "小梅", role: "manager", password: "kettle on tea" });
    const mei = await server.at("main", { login: "mei@lists.example", password: "kettle on tea" }).staff();
    assert.deepEqual((await mei.reads("/admin/products")).list.views, [], "one's own");
    const { view: shared } = expect(await staff.does("/admin/views", { list: "products", name: "全店", query: "status=draft", shared: true }), 201);
    assert.deepEqual((await mei.reads("/admin/products")).list.views.map(({ name }) => name), ["全店"]);
    expectProblem(await mei.does(`/admin/views/${view.id}`, { name: "x" }), 404, "not-found");
    expect(await mei.does(`/admin/views/${shared.id}`, { name: "草稿" }), 200);
    expect(await mei.does(`/admin/views/${shared.id}/remove`), 200);
    assert.deepEqual((await mei.reads("/admin/products")).list.views, []);
    const page = await mei.client.open(`/admin/products?removed=${shared.id}`);
    assert.match(page.text, /视图已删除/);
    expect(await mei.does(`/admin/views/${shared.id}/restore`), 200);
    assert.deepEqual((await mei.reads("/admin/products")).list.views.map(({ name }) => name), ["草稿"]);
    for (const bad of [{ name: " ", query: "" }, { name: "x".repeat(31), query: "" }, { name: "x", query: "a=1 b" }, { name: "x", query: "#" }])
      expectProblem(await staff.does("/admin/views", { list: "products", ...bad }), 422, "invalid");
  });

  test("orders are found by day, by the end of their number, by who waits longest", async () => {
    const cup = await shop.product({ price: 500, stock: 50 });
    const first = await shop.visitor().buys(cup);
    const second = await shop.visitor().buys(cup, 3);
    const today = await staff.reads("/admin/orders?from=2020-01-01&to=2099-01-01&sort=waiting");
    const numbers = today.orders.map(({ number }) => number);
    assert.ok(numbers.indexOf(first.number) < numbers.indexOf(second.number));
    assert.deepEqual((await staff.reads("/admin/orders?to=2020-01-01")).orders, []);
    const dear = await staff.reads("/admin/orders?sort=total");
    for (let i = 1; i < dear.orders.length; i++) assert.ok(dear.orders[i - 1].total.amount >= dear.orders[i].total.amount);
    const { orders } = await staff.reads(`/admin/orders?q=${first.number.slice(-6)}`);
    assert.ok(orders.some(({ number }) => number === first.number));
    assert.equal((await staff.reads("/admin/orders?stage=to_ship&sort=total")).list.sort, "newest", "has no index, so it is not offered");
    expectProblem(await staff.client.api("/admin/orders?from=yesterday"), 422, "invalid");
  });

  test("several orders are shipped or cancelled in one go, each for itself", async () => {
    const cup = await shop.product({ price: 500, stock: 50 });
    const paid = [await shop.visitor().buys(cup), await shop.visitor().buys(cup)];
    const unpaid = await shop.visitor().orders(cup);
    const rows = [...paid, unpaid].map(({ number }) => ({ number }));
    const packing = expect(await staff.does("/admin/orders/packing", { orders: rows }), 200);
    assert.deepEqual(packing.orders.map(({ can_ship }) => can_ship), [true, true, false]);
    const wrong = expect(await staff.does("/admin/orders/ship", { carrier: "pigeon", orders: [{ number: paid[0].number, tracking_number: "P1" }] }), 200);
    assert.equal(wrong.orders[0].failure.code, "unknown-carrier");
    const shipped = expect(await staff.does("/admin/orders/ship", { carrier: "sf", orders: [{ number: paid[0].number, tracking_number: "SF1" }, { number: paid[1].number, tracking_number: "" }, { number: unpaid.number, tracking_number: "SF2" }] }), 200);
    assert.deepEqual([shipped.done, shipped.failed], [1, 1]);
    assert.deepEqual(shipped.orders.map(({ stage }) => stage), ["shipped", "to_ship", "pending_payment"]);
    assert.equal(shipped.orders[2].failure.slug, "invalid-transition");
    const cancelled = expect(await staff.does("/admin/orders/cancel-unpaid", { orders: rows }), 200);
    assert.deepEqual(cancelled.orders.map(({ is_done }) => is_done), [false, false, true]);
    assert.equal(cancelled.orders[2].stage, "closed");
    assert.equal((await staff.reads(`/admin/orders/${paid[1].number}`)).order.stage, "to_ship", "a paid order is left alone");
    expectProblem(await staff.does("/admin/orders/packing", { orders: [] }), 422, "invalid");
    expectProblem(await staff.does("/admin/orders/packing", { orders: Array.from({ length: 31 }, (_, i) => ({ number: `${i}` })) }), 422, "limit");
  });

  test("one order after the other is packed", async () => {
    const cup = await shop.product({ price: 500, stock: 50 });
    const waiting = [await shop.visitor().buys(cup), await shop.visitor().buys(cup)];
    const page = await staff.client.open(`/admin/orders/${waiting[0].number}/pack`);
    assert.match(page.text, /× 1/);
    const { next_number } = expect(await staff.does(`/admin/orders/${waiting[0].number}/pack`, { carrier: "sf", tracking_number: "SF100" }), 200);
    assert.equal(next_number, waiting[1].number);
    expectProblem(await staff.does(`/admin/orders/${waiting[0].number}/pack`, { carrier: "sf", tracking_number: "SF101" }), 409, "invalid-transition");
    expectProblem(await staff.does(`/admin/orders/${next_number}/pack`, { carrier: "sf", tracking_number: "" }), 422, "invalid");
  });
});
