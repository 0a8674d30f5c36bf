// Prices that begin at a time: planned, changed, cancelled, undone; begun and ended by themselves; carts and checkouts see them.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, startServer, until } from "../lib/shop.mjs";

const HOUR = 3600000;

describe("planned prices", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const at = (product) => `/admin/products/${product.id}/price-plans`;
  // A time of the shop (UTC+8) as forms send it.
  const local = (ms) => new Date(ms + 8 * HOUR).toISOString().slice(0, 16);
  const soon = (hours) => local(Date.now() + hours * HOUR);
  const plans = (product, price, from, until_, more = {}) =>
    staff.does(at(product), { starts_at: from, ends_at: until_, prices: [{ variant: product.variant_id, price: cny(price), ...more.row }], ...more.plan });
  const made = async (...args) => expect(await plans(...args), 201).price_plan;
  const field = (answer) => expectProblem(answer, 422, "invalid").errors[0];
  const selected = async (product) => expect(await shop.client().api(`/products/${product.handle}`), 200).selected;
  const page = async (product) => (await shop.client().get(`/products/${product.handle}`)).text;
  const costs = (product, price) => until(async () => (await selected(product)).price.amount === price, `it costs ${price}`);
  const status = async (product, plan) => (await staff.reads(`${at(product)}/${plan.id}`)).price_plan.status;
  // Time moves: what was to come in some hours is due now.
  const comes = (plan, column) => server.tampers(`UPDATE price_plans SET ${column} = ${Date.now() - 1} ${column === "ends_at" ? `, starts_at = starts_at - ${100 * HOUR}` : ""} WHERE id = ${plan.id};
    UPDATE jobs SET due_at = ${Date.now() - 1} WHERE kind = 'price.turn' AND subject_id = (SELECT product_id FROM price_plans WHERE id = ${plan.id})`);

  test("a form plans a price; it begins by itself and comes back at the end, on cached pages too", async () => {
    const tea = await shop.product({ title: "定价茶", price: 5000 });
    assert.match(await page(tea), /"price":"50\.00"/);
    const shown = await staff.client.get(at(tea));
    assert.match(shown.text, /定时改价/);
    const answer = await staff.client.submit({ action: at(tea), method: "POST", fields: [["starts_at", soon(2)], ["ends_at", soon(4)], ["compare", "keep"], ["compare_note", ""], ["prices.0.variant", tea.variant_id], ["prices.0.price", "39.00"], ["prices.0.compare_price", ""]] });
    assert.equal(answer.status, 200, answer.text.slice(0, 300));
    assert.match(answer.text, /待生效/);
    assert.match(answer.text, /¥50\.00 → <b>¥39\.00/);
    assert.match((await staff.client.get(`/admin/products/${tea.id}`)).text, /plan-note[\s\S]*¥39\.00/);
    const { price_plans: [plan] } = await staff.reads(at(tea));
    assert.equal((await selected(tea)).price.amount, 5000);
    await comes(plan, "starts_at");
    await costs(tea, 3900);
    await until(async () => /"price":"39\.00"/.test(await page(tea)), "the page shows it");
    assert.equal(await status(tea, plan), "running");
    const { changes } = await staff.reads(`/admin/products/${tea.id}/prices?days=7`);
    assert.deepEqual(changes.map(({ price, actor }) => [price.amount, actor]), [[3900, "system"], [5000, "staff"]]);
    assert.match((await staff.client.get(`/admin/products/${tea.id}/history`)).text, /定时改价/);
    await comes(plan, "ends_at");
    await costs(tea, 5000);
    assert.equal(await status(tea, plan), "over");
    assert.match((await staff.client.get("/admin/audit")).text, /新建定时改价/);
    await server.adds_up();
  });

  test("what cannot be is refused at its field, and the page keeps what was typed", async () => {
    const mug = await shop.product({ price: 2000 });
    assert.deepEqual([field(await plans(mug, 1500, soon(-1))).field, field(await plans(mug, 1500, soon(-1))).code], ["starts_at", "past"]);
    assert.equal(field(await plans(mug, 1500, "")).field, "starts_at");
    assert.equal(field(await plans(mug, 1500, "next week")).code, "not-a-time");
    assert.deepEqual([field(await plans(mug, 1500, soon(3), soon(2))).field, field(await plans(mug, 1500, soon(3), soon(2))).code], ["ends_at", "before-start"]);
    assert.equal(field(await staff.does(at(mug), { starts_at: soon(2), prices: [] })).code, "plan-empty");
    const claimed = field(await plans(mug, 1500, soon(2), "", { row: { compare_price: cny(2000) }, plan: { compare: "own" } }));
    assert.deepEqual([claimed.field, claimed.code], ["prices.0.compare_price", "REF_PRICE_UNLAWFUL"]);
    const plan = await made(mug, 1500, soon(2), soon(6));
    for (const [from, to] of [[1, 3], [3, 4], [5, 0], [1, 9]]) assert.equal(field(await plans(mug, 1400, soon(from), to ? soon(to) : "")).code, "plan-overlaps");
    const refused = await staff.client.submit({ action: at(mug), method: "POST", fields: [["starts_at", soon(3)], ["ends_at", ""], ["compare", "explained"], ["compare_note", "吊牌价"], ["prices.0.variant", mug.variant_id], ["prices.0.price", "14.56"], ["prices.0.compare_price", "19.99"]] });
    assert.equal(refused.status, 422);
    for (const kept of [/value="14\.56"/, /value="19\.99"/, /value="吊牌价"/, /同一规格在这段时间已经有别的定时改价/]) assert.match(refused.text, kept);
    // Another product's variant, another product's plan, another shop's product.
    const other = await shop.product({ price: 100 });
    assert.equal(field(await staff.does(at(mug), { starts_at: soon(9), prices: [{ variant: other.variant_id, price: cny(90) }] })).code, "plan-variant");
    expectProblem(await staff.does(`${at(other)}/${plan.id}/cancel`), 404, "not-found");
    const foreign = await server.opens("elsewhere");
    expectProblem(await (await foreign.staff()).does(`${at(mug)}/${plan.id}/cancel`), 404, "not-found");
    const packer = shop.client();
    expect(await staff.does("/admin/settings/staff", { login: "packer@x.example", name: "包", role: "packer", password: "kettle on tea" }), 200, 201);
    await packer.post("/admin/login", { login: "packer@x.example", password: "kettle on tea" }, { headers: { origin: packer.origin } });
    expectProblem(await packer.post(at(mug), { starts_at: soon(30), prices: [{ variant: mug.variant_id, price: cny(1) }] }, { headers: { origin: packer.origin } }), 403, "forbidden");
  });

  test("cancelling and changing are undone by a button", async () => {
    const pot = await shop.product({ price: 8000 });
    const plan = await made(pot, 7000, soon(2));
    const cancelled = await staff.client.submit({ action: `${at(pot)}/${plan.id}/cancel`, method: "POST", fields: [] });
    assert.match(cancelled.text, /已取消这次定时改价/);
    assert.match(cancelled.text, new RegExp(`action="[^"]*/price-plans/${plan.id}/undo"`));
    await staff.client.submit({ action: `${at(pot)}/${plan.id}/undo`, method: "POST", fields: [] });
    assert.equal(await status(pot, plan), "to-come");
    const next = expect(await staff.does(`${at(pot)}/${plan.id}`, { starts_at: soon(3), prices: [{ variant: pot.variant_id, price: cny(6500) }] }), 200).price_plan;
    assert.equal(await status(pot, plan), "replaced");
    expectProblem(await staff.does(`${at(pot)}/${plan.id}`, { starts_at: soon(9), prices: [{ variant: pot.variant_id, price: cny(1) }] }), 409, "conflict");
    expect(await staff.does(`${at(pot)}/${next.id}/undo`), 200);
    assert.deepEqual([await status(pot, plan), await status(pot, next)], ["to-come", "cancelled"]);
    await comes(plan, "starts_at");
    await costs(pot, 7000);
    expectProblem(await staff.does(`${at(pot)}/${plan.id}/cancel`), 409, "conflict");
  });

  test("a price changed by hand meanwhile stays; a running plan ends by a button", async () => {
    const vase = await shop.product({ price: 3000 });
    const plan = await made(vase, 2500, soon(2), soon(5));
    await comes(plan, "starts_at");
    await costs(vase, 2500);
    await staff.changesPrice(vase, 2700);
    expect(await staff.does(`${at(vase)}/${plan.id}/end`), 200);
    assert.equal((await selected(vase)).price.amount, 2700);
    assert.match((await staff.client.get(at(vase))).text, /期间手动改过，没有恢复原价/);
    const again = await made(vase, 2000, soon(2), soon(5));
    await comes(again, "starts_at");
    await costs(vase, 2000);
    expect(await staff.does(`${at(vase)}/${again.id}/end`), 200);
    await costs(vase, 2700);
    expectProblem(await staff.does(`${at(vase)}/${again.id}/end`), 409, "conflict");
  });

  test("carts show old and new price, an unsubmitted checkout is agreed to again, an order keeps its price", async () => {
    const bowl = await shop.product({ price: 4000, stock: 20 });
    const early = shop.visitor();
    const order = await early.orders(bowl);
    const buyer = shop.visitor();
    await buyer.puts(bowl, 2);
    const plan = await made(bowl, 4600, soon(2));
    await comes(plan, "starts_at");
    await costs(bowl, 4600);
    const { cart } = expect(await buyer.client.api(`/cart?cart=${buyer.cart}`), 200);
    assert.deepEqual([cart.lines[0].was_price, cart.lines[0].unit_price, cart.has_new_prices], [cny(4000), cny(4600), true]);
    expectProblem(await buyer.triesToCheckOut({ order: buyer.order({ shown_total: cny(8000) }) }), 409, "price-changed");
    await buyer.checksOut({ order: buyer.order({ shown_total: cny(9200) }) });
    assert.equal((await early.sees(order)).total.amount, 4000);
    await early.pays(order);
    assert.equal((await early.seesPaid(order)).total.amount, 4000);
    await server.adds_up();
  });

  test("a time that passed while the program was down comes at once after it", async () => {
    const lamp = await shop.product({ price: 9000 });
    const gone = await made(lamp, 8000, soon(1), soon(2));
    const plan = await made(lamp, 7000, soon(3));
    await server.ends();
    await server.tampers(`UPDATE price_plans SET starts_at = ${Date.now() - 3000}, ends_at = ${Date.now() - 2000} WHERE id = ${gone.id};
      UPDATE price_plans SET starts_at = ${Date.now() - 1000} WHERE id = ${plan.id}; UPDATE jobs SET due_at = ${Date.now() - 3000} WHERE kind = 'price.turn' AND subject_id = ${lamp.id}`);
    await server.start();
    await costs(lamp, 7000);
    assert.deepEqual([await status(lamp, gone), await status(lamp, plan)], ["missed", "over"]);
  });

  test("one price for all variants, and pages of many", async () => {
    const sizes = Array.from({ length: 130 }, (_, i) => `${i + 1} 号`);
    const shoe = await staff.creates({ sku: "SHOE-PLAN", options: [{ name: "尺码", values: sizes.join(",") }], variants: sizes.map((size, i) => ({ options: size, sku: `SHOE-P${i}`, price: cny(10000 + i), is_active: true, stock: 1 })) });
    const first = await staff.client.get(at(shoe));
    assert.match(first.text, /name="price_all"/);
    assert.match((await staff.client.get(`${at(shoe)}?variants=2`)).text, /129 号/);
    const { price_plan: plan } = expect(await staff.does(at(shoe), { starts_at: soon(2), ends_at: soon(3), price_all: cny(7700), prices: [{ variant: shoe.variant_id, price: cny(6600) }] }), 201);
    assert.equal(plan.line_count, 130);
    await comes(plan, "starts_at");
    await costs(shoe, 6600);
    const { product } = await staff.reads(`/admin/products/${shoe.id}?variants=2`);
    assert.ok(product.variants.slice(1).every(({ price }) => price.amount === 7700));
    await comes(plan, "ends_at");
    await costs(shoe, 10000);
  });
});
