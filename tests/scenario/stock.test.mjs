// Goods in one place and in several: what happens to them, where orders come from, and what adds up.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formTo } from "../lib/html.mjs";
import { expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

describe("stock by location and state", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const stockOf = (mug) => staff.reads(`/admin/variants/${mug.variant_id}/stock`);
  const tries = (mug, act, quantity, more = {}) => staff.does(`/admin/variants/${mug.variant_id}/stock/acts`, { act, quantity, reason: "记录", ...more });
  const does = async (mug, act, quantity, more) => expect(await tries(mug, act, quantity, more), 200);
  const movements = async (mug, query = "") => (await staff.reads(`/admin/variants/${mug.variant_id}/movements${query}`)).movements;
  const at = (view, id) => view.levels.find((one) => one.location_id === id) ?? { on_hand: 0, reserved: 0, available: 0 };

  test("acts change states, and nobody sells what is aside", async () => {
    const mug = await shop.product({ stock: 10 });
    await does(mug, "damage", 2, { reason: "摔了" });
    await does(mug, "check", 3);
    await does(mug, "keep", 1);
    await does(mug, "expect", 20);
    let { total } = await stockOf(mug);
    assert.deepEqual([total.on_hand, total.damaged, total.qc, total.safety, total.incoming, total.available], [10, 2, 3, 1, 20, 4]);
    const buyer = shop.visitor();
    const refused = await buyer.triesToPut(mug, 5);
    assert.notEqual(refused.status, 201, "five of four cannot be ordered");
    const order = await shop.visitor().orders(mug, 4);
    ({ total } = await stockOf(mug));
    assert.deepEqual([total.reserved, total.committed, total.available], [4, 0, 0]);
    await does(mug, "arrive", 5);
    await does(mug, "pass", 2);
    await does(mug, "reject", 1);
    await does(mug, "discard", 3);
    ({ total } = await stockOf(mug));
    assert.deepEqual([total.on_hand, total.damaged, total.qc, total.safety, total.incoming, total.available], [12, 0, 0, 1, 15, 7]);
    assert.equal(total.parts.reduce((sum, part) => sum + part.count, 0), 12, "the picture shows what is on hand");
    assert.equal(total.parts.at(-1).x + total.parts.at(-1).width, 1000);
    const buying = await movements(mug, "?kind=damage");
    assert.deepEqual(buying.map((one) => [one.kind, one.on_hand, one.damaged, one.reason, one.actor]), [["damage", -3, -3, "记录", "staff"], ["damage", 0, 2, "摔了", "staff"]]);
    const [reserve] = await movements(mug, "?kind=reserve");
    assert.deepEqual([reserve.reserved, reserve.order, reserve.actor], [4, order.number, "buyer"]);
    await server.adds_up();
  });

  test("more than there is is refused at its field, with how many there are", async () => {
    const mug = await shop.product({ stock: 3 });
    for (const [act, most] of [["lose", 3], ["damage", 3], ["mend", 0], ["free", 0], ["arrive", 0], ["pass", 0]]) {
      const problem = expectProblem(await tries(mug, act, 4), 422, "invalid");
      assert.deepEqual([problem.errors[0].field, problem.errors[0].max], ["quantity", most], act);
    }
    const unsaid = expectProblem(await tries(mug, "receive", 1, { reason: "" }), 422, "invalid");
    assert.equal(unsaid.errors[0].field, "reason");
    const alone = expectProblem(await tries(mug, "transfer", 1, { to: "1" }), 422, "invalid");
    assert.equal(alone.errors[0].field, "to");
    const game = await shop.product({ kind: "digital", codes: ["A-1", "A-2"] });
    expectProblem(await tries(game, "receive", 1), 422, "invalid");
    assert.equal((await movements(mug)).length, 1, "only the first receipt is written");
  });

  test("a shop with one place never hears of places; with a second, orders choose", async () => {
    const quiet = await startServer();
    try {
      const owner = await quiet.shop.staff();
      const mug = await quiet.shop.product({ stock: 5 });
      const page = await owner.client.open(`/admin/variants/${mug.variant_id}/stock`);
      assert.equal(page.status, 200);
      assert.ok(!page.text.includes("仓库"), "no word of it");
    } finally { await quiet.stop(); }
    const mug = await shop.product({ stock: 6 }), cup = await shop.product({ stock: 2 });
    const blank = expectProblem(await staff.does("/admin/locations", { name: "门店", priority: 2 }), 422, "invalid");
    assert.equal(blank.errors[0].field, "home_name");
    const same = expectProblem(await staff.does("/admin/locations", { name: "门店", priority: 2, home_name: "门店" }), 422, "invalid");
    assert.equal(same.errors[0].field, "home_name");
    const { location } = expect(await staff.does("/admin/locations", { name: "门店", address: "南京路 1 号", priority: 2, home_name: "总仓" }), 201);
    const store = location.id;
    const send = (goods, quantity, from, to) => until(async () => {
      const sent = await tries(goods, "transfer", quantity, { location: from, to });
      if (sent.status === 422 && sent.body.errors[0].code === "just-made") return null;
      return expect(sent, 200);
    }, "the new location is known everywhere");
    await send(mug, 4, "1", store);
    await send(cup, 2, "1", store);
    let view = await stockOf(mug);
    assert.deepEqual([view.total.on_hand, at(view, "1").on_hand, at(view, store).on_hand], [6, 2, 4]);
    assert.deepEqual(view.levels.map((one) => one.location), ["总仓", "门店"]);
    // one place has all of it, though it comes second
    const order = await shop.visitor().orders(mug, 3);
    view = await stockOf(mug);
    assert.deepEqual([at(view, "1").reserved, at(view, store).reserved], [0, 3]);
    // no place has five: both give
    expectProblem(await shop.visitor().triesToBuy(mug, 4), 409, "out-of-stock");
    const both = shop.visitor(), split = await both.orders(mug, 3);
    view = await stockOf(mug);
    assert.deepEqual([at(view, "1").reserved, at(view, store).reserved, view.total.available], [2, 4, 0]);
    await both.cancels(split);
    view = await stockOf(mug);
    assert.deepEqual([at(view, "1").reserved, at(view, store).reserved, view.total.available], [0, 3, 3]);
    assert.ok(order.number);
    // paid and unpaid, place by place
    const payer = shop.visitor(), paid = await payer.buys(mug, 3);
    view = await stockOf(mug);
    const states = (id) => at(view, id).parts.filter(({ state }) => state !== "available").map(({ state, count }) => [state, count]);
    assert.deepEqual([view.total.committed, at(view, "1").committed, at(view, store).committed], [3, 2, 1]);
    assert.deepEqual([states("1"), states(store)], [[["paid", 2]], [["unpaid", 3], ["paid", 1]]]);
    expect(await staff.does(`/admin/orders/${paid.number}/ship`, { carrier: "sf", tracking_number: unique("SF") }), 200);
    view = await stockOf(mug);
    assert.deepEqual([view.total.committed, at(view, "1").committed, at(view, store).committed, at(view, store).reserved], [0, 0, 0, 3]);
    assert.deepEqual([states("1"), states(store)], [[], [["unpaid", 3]]]);
    // a place that holds goods stays
    const held = expectProblem(await staff.does(`/admin/locations/${store}`, { name: "门店", priority: 2, is_active: false }), 422, "invalid");
    assert.equal(held.errors[0].field, "is_active");
    const { locations } = await staff.reads("/admin/locations");
    assert.deepEqual(locations.map((one) => [one.name, one.is_home, one.is_active]), [["总仓", true, true], ["门店", false, true]]);
    await server.adds_up();
  });

  test("what is paid is told apart from what is only promised, and leaves from where it was promised", async () => {
    const mug = await shop.product({ stock: 5 });
    await shop.visitor().orders(mug, 1);
    const buyer = shop.visitor(), order = await buyer.orders(mug, 2);
    await buyer.pays(order);
    await buyer.seesPaid(order);
    const { total } = await stockOf(mug);
    assert.deepEqual([total.reserved, total.committed], [3, 2]);
    assert.deepEqual(total.parts.map((part) => [part.state, part.count]), [["available", 2], ["unpaid", 1], ["paid", 2]]);
    expect(await staff.does(`/admin/orders/${order.number}/ship`, { carrier: "sf", tracking_number: unique("SF") }), 200);
    const after = await stockOf(mug);
    assert.deepEqual([after.total.on_hand, after.total.reserved, after.total.committed], [3, 1, 0]);
    assert.deepEqual((await movements(mug)).map((one) => one.kind), ["sale", "reserve", "reserve", "receipt"]);
    await server.adds_up();
  });

  test("what may be ordered ahead says so, up to its limit, and is served when goods come", async () => {
    const mug = await shop.product({ stock: 1 });
    expect(await staff.does(`/admin/variants/${mug.variant_id}/stock/ahead`, { backorder: 3, restock: "12 月 5 日" }), 200);
    await shop.visitor().orders(mug, 1);
    const page = await until(async () => {
      const seen = await shop.client().open(`/products/${mug.handle}`);
      return seen.text.includes("可预订，约 12 月 5 日 发货") && seen;
    }, "the page says that it is ordered ahead");
    assert.ok(page.text.includes("BackOrder"));
    const buyer = shop.visitor();
    await buyer.puts(mug, 2);
    const cart = expect(await buyer.client.api("/cart"), 200).cart;
    assert.deepEqual([cart.lines[0].is_ahead, cart.lines[0].restock, cart.lines[0].problem], [true, "12 月 5 日", null]);
    const early = await buyer.checksOut();
    await buyer.pays(early);
    await buyer.seesPaid(early);
    const ships = () => staff.does(`/admin/orders/${early.number}/ship`, { carrier: "sf", tracking_number: unique("SF") });
    expectProblem(await ships(), 409, "out-of-stock");
    expectProblem(await shop.visitor().triesToBuy(mug, 2), 409, "out-of-stock");
    let { total } = await stockOf(mug);
    assert.deepEqual([total.on_hand, total.reserved, total.available], [1, 3, -2]);
    // no more of it: what was ordered stays
    expect(await staff.does(`/admin/variants/${mug.variant_id}/stock/ahead`, { backorder: 0 }), 200);
    expectProblem(await shop.visitor().triesToBuy(mug, 1), 409, "out-of-stock");
    await does(mug, "receive", 5);
    ({ total } = await stockOf(mug));
    assert.deepEqual([total.on_hand, total.reserved, total.available], [6, 3, 3]);
    expect(await ships(), 200);
    ({ total } = await stockOf(mug));
    assert.deepEqual([total.on_hand, total.reserved, total.available], [4, 1, 3]);
    await until(async () => !(await shop.client().open(`/products/${mug.handle}`)).text.includes("可预订"), "the page sells what is there");
    await shop.visitor().orders(mug, 3);
    await server.adds_up();
  });

  test("who watches a variant is told once when little is left, and it settles by itself", async () => {
    const mug = await shop.product({ stock: 9 });
    const alarms = async (state = "open") => (await staff.reads(`/admin/alarms?state=${state}&kind=stock-low`)).alarms.filter((one) => one.subject === mug.sku);
    const watch = (low_at) => staff.does(`/admin/variants/${mug.variant_id}/stock/watch`, { low_at });
    assert.equal(expectProblem(await watch(21), 422, "invalid").errors[0].field, "low_at");
    expect(await watch(4), 200);
    assert.equal((await stockOf(mug)).low_at, 4);
    const buyer = shop.visitor(), order = await buyer.orders(mug, 5);
    await until(async () => (await alarms()).length === 1, "the alarm stands");
    // one or two more do not make it flicker: enough is half as much more
    await does(mug, "receive", 2);
    await does(mug, "lose", 2);
    await buyer.cancels(order);
    await until(async () => (await alarms()).length === 0, "it settled by itself");
    assert.equal((await alarms("settled")).length, 1, "it did not flicker");
    await shop.visitor().orders(mug, 5);
    await until(async () => (await alarms()).length === 1, "it stands again");
    expect(await watch(0), 200);
    await until(async () => (await alarms()).length === 0, "nobody watches any more");
  });

  test("a number for the whole shop is used where a variant has none of its own", async () => {
    const low = await shop.product({ stock: 2 }), many = await shop.product({ stock: 30 });
    const own = await shop.product({ stock: 3 }), never = await shop.product({ stock: 1 });
    const names = [low, many, own, never].map(({ sku }) => sku);
    const alarms = async () => (await staff.reads("/admin/alarms?state=open&kind=stock-low")).alarms.map(({ subject }) => subject).filter((sku) => names.includes(sku)).sort();
    const stands = (...goods) => until(async () => JSON.stringify(await alarms()) === JSON.stringify(goods.map(({ sku }) => sku).sort()), `alarms of ${goods.length}`);
    expect(await staff.does(`/admin/variants/${own.variant_id}/stock/watch`, { low_at: 1 }), 200);
    expect(await staff.does(`/admin/variants/${never.variant_id}/stock/watch`, { low_at: 0, is_never: true }), 200);
    assert.equal(expectProblem(await staff.does("/admin/settings/stock", { low_at: 21 }), 422, "invalid").errors[0].field, "low_at");
    const refused = await staff.client.submit({ action: "/admin/settings/stock", method: "POST", fields: [["low_at", "99"]] });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /value="99"/);
    const saved = await staff.client.submit({ action: "/admin/settings/stock", method: "POST", fields: [["low_at", "4"]] });
    assert.match(saved.text, /value="4"/);
    await stands(low);
    await does(many, "lose", 27);
    await stands(low, many);
    await does(low, "receive", 5);
    await does(many, "receive", 4);
    await stands();
    assert.match((await staff.client.get(`/admin/variants/${low.variant_id}/stock`)).text, /全店默认：4/);
    assert.match((await staff.client.get("/admin/settings")).text, /可售降到 4 时提醒/);
    await does(many, "lose", 7);
    expect(await staff.does("/admin/settings/stock", { low_at: 0 }), 200);
    await stands();
    assert.match((await staff.client.get("/admin/audit?kind=settings.changed")).text, /库存提醒/);
  });

  test("a set is sold as its parts, and shows what can be put together of them", async () => {
    const cup = await shop.product({ stock: 5 }), pot = await shop.product({ stock: 9 }), set = await shop.product({ stock: 0 });
    const saves = (rows) => staff.does(`/admin/variants/${set.variant_id}/stock/parts`, { parts: rows });
    const wrong = expectProblem(await saves([{ sku: set.sku, pieces: 1 }]), 422, "invalid");
    assert.deepEqual([wrong.errors[0].field, wrong.errors[0].code], ["parts.0.sku", "part-of-itself"]);
    expect(await saves([{ sku: cup.sku, pieces: 2 }, { sku: "" }, { sku: pot.sku, pieces: 1 }]), 200);
    await until(async () => (await shop.client().open(`/products/${set.handle}`)).text.includes("InStock"), "the page sells the set");
    const can = async () => (await stockOf(set)).total.available;
    assert.equal(await can(), 2);
    expectProblem(await tries(set, "receive", 1), 422, "invalid");
    const buyer = shop.visitor();
    const order = await buyer.buys(set, 1);
    assert.equal(await can(), 1);
    assert.deepEqual((await movements(cup)).map((one) => [one.kind, one.reserved]), [["reserve", 2], ["receipt", 0]]);
    expect(await saves([{ sku: pot.sku, pieces: 3 }]), 200);
    const slip = await staff.client.open(`/admin/orders/${order.number}/pack`);
    assert.ok(slip.text.includes(cup.sku) && slip.text.includes(pot.sku), "the slip names the parts");
    expect(await staff.does(`/admin/orders/${order.number}/ship`, { carrier: "sf", tracking_number: unique("SF") }), 200);
    assert.deepEqual([(await stockOf(cup)).total.on_hand, (await stockOf(pot)).total.on_hand], [3, 8]);
    await does(pot, "lose", 6);
    await until(async () => (await shop.client().open(`/products/${set.handle}`)).text.includes("OutOfStock"), "the page says that it is sold out");
    assert.match((await staff.client.get("/admin/audit?kind=product.parts")).text, /× 3/);
    await server.adds_up();
  });

  test("movements are a table too, and a form that was refused keeps what was typed", async () => {
    const mug = await shop.product({ stock: 2 });
    await does(mug, "receive", 7, { reason: "采购单 88" });
    const file = await staff.client.get(`/admin/variants/${mug.variant_id}/movements/export?format=csv`);
    assert.equal(file.status, 200);
    assert.ok(file.text.includes("采购单 88") && file.text.includes("receipt"), file.text);
    const page = await staff.client.open(`/admin/variants/${mug.variant_id}/stock`);
    const again = await staff.client.submit(formTo(page, `/admin/variants/${mug.variant_id}/stock/acts`), { act: "damage", quantity: 99, reason: "漏水" });
    assert.equal(again.status, 422);
    assert.ok(again.text.includes("这里只有 9 件") && again.text.includes('value="漏水"'));
    const days = await movements(mug, "?from=2001-01-01&to=2001-01-02");
    assert.deepEqual(days, []);
    expect(await staff.does(`/admin/variants/${mug.variant_id}/stock`, { on_hand: 5, expected: 9, reason: "盘点" }), 200);
    const stale = expectProblem(await staff.does(`/admin/variants/${mug.variant_id}/stock`, { on_hand: 4, expected: 9, reason: "盘点" }), 409, "stale-stock");
    assert.deepEqual([stale.on_hand, stale.reserved, stale.sku], [5, 0, mug.sku]);
    await server.adds_up();
  });
});
