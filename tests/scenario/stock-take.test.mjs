// A stock take from its beginning to the books, over HTTP, with buyers between.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

describe("a stock take", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const begins = async (name) => expect(await staff.does("/admin/stock-takes", { name }), 201).take;
  const counts = async (take, mug, counted) => expect(await staff.does(`/admin/stock-takes/${take.id}/counts`, { variant_id: mug.variant_id, counted }), 200).take;
  const onHand = async (mug) => (await staff.reads(`/admin/variants/${mug.variant_id}/stock`)).total.on_hand;
  const books = async (take) => {
    expect(await staff.does(`/admin/stock-takes/${take.id}/book`), 202);
    return until(async () => {
      const { take: now } = await staff.reads(`/admin/stock-takes/${take.id}`);
      return now.status === "booked" && now;
    }, "the take is booked");
  };

  test("finds by SKU, notes, shows what differs, and books it while goods leave", async () => {
    const [mug, plate, cup] = [await shop.product({ stock: 10 }), await shop.product({ stock: 6 }), await shop.product({ stock: 3 })];
    const take = await begins("十一月盘点");
    const { product } = await staff.reads(`/admin/products/${mug.id}`);
    const found = await staff.reads(`/admin/stock-takes/${take.id}?find=${encodeURIComponent(product.variants[0].sku)}`);
    assert.equal(found.subject.variant_id, mug.variant_id);
    assert.equal((await staff.reads(`/admin/stock-takes/${take.id}?find=nothing-like-it`)).is_unknown, true);
    await counts(take, mug, 9);
    const counted = await counts(take, plate, 8);
    assert.deepEqual([counted.counted, counted.differing, counted.more, counted.fewer], [2, 2, 2, 1]);
    const left = await staff.reads(`/admin/stock-takes/${take.id}?show=uncounted`);
    assert.ok(left.lines.some(({ variant_id, book }) => variant_id === cup.variant_id && book === 3));
    const sold = await shop.visitor().buys(mug, 2);
    await staff.ships(sold);
    const booked = await books(take);
    assert.deepEqual([booked.booked, booked.stuck], [2, 0]);
    assert.deepEqual([await onHand(mug), await onHand(plate), await onHand(cup)], [7, 8, 3]);
    const { movements } = await staff.reads(`/admin/variants/${plate.variant_id}/movements?kind=count`);
    assert.deepEqual([movements[0].on_hand, movements[0].reason], [2, "十一月盘点"]);
    await server.adds_up();
  });

  test("what is promised by now stays behind, and nothing goes on after the end", async () => {
    const mug = await shop.product({ stock: 5 });
    const take = await begins("抽查");
    await counts(take, mug, 1);
    await shop.visitor().orders(mug, 4);
    assert.equal((await books(take)).stuck, 1);
    assert.equal(await onHand(mug), 5);
    assert.equal((await staff.reads(`/admin/stock-takes/${take.id}?show=stuck`)).lines[0].variant_id, mug.variant_id);
    expectProblem(await staff.does(`/admin/stock-takes/${take.id}/counts`, { variant_id: mug.variant_id, counted: 2 }), 409, "conflict");
    expectProblem(await staff.does(`/admin/stock-takes/${take.id}/cancel`), 409, "conflict");
    await server.adds_up();
  });

  test("a take of one category has what is in it and below it, and refuses the rest", async () => {
    const { category: above } = expect(await staff.does("/admin/categories", { name: "盘点器皿" }), 201);
    const { category: below } = expect(await staff.does("/admin/categories", { name: "盘点杯子", parent: above.id }), 201);
    const { category: other } = expect(await staff.does("/admin/categories", { name: "盘点别处" }), 201);
    const [bowl, cup, lamp] = [await shop.product({ stock: 4, category_id: above.id }), await shop.product({ stock: 2, category_id: below.id }), await shop.product({ stock: 9, category_id: other.id })];
    const { take } = expect(await staff.does("/admin/stock-takes", { name: "器皿", category: above.id }), 201);
    const uncounted = async () => (await staff.reads(`/admin/stock-takes/${take.id}?show=uncounted`)).lines.map(({ variant_id }) => variant_id);
    assert.deepEqual((await uncounted()).toSorted(), [bowl.variant_id, cup.variant_id].toSorted());
    await counts(take, cup, 2);
    assert.deepEqual(await uncounted(), [bowl.variant_id]);
    const refused = expectProblem(await staff.does(`/admin/stock-takes/${take.id}/counts`, { variant_id: lamp.variant_id, counted: 9 }), 422, "invalid");
    assert.deepEqual(refused.errors.map(({ field, code }) => [field, code]), [["variant_id", "other-category"]]);
    const seen = await staff.reads(`/admin/stock-takes/${take.id}?variant_id=${lamp.variant_id}`);
    assert.deepEqual([seen.subject.is_elsewhere, seen.category], [true, "盘点器皿"]);
    assert.match((await staff.client.open(`/admin/stock-takes/${take.id}?variant_id=${lamp.variant_id}`)).text, /这次盘点不包括这个分类/);
    const unknown = expectProblem(await staff.does("/admin/stock-takes", { name: "没有", category: "1" }), 422, "invalid");
    assert.equal(unknown.errors[0].field, "category");
  });

  test("what the differences cost is told by line and in sum, before and after they are booked, without what is stuck", async () => {
    const costing = (cost) => shop.product({ variants: [{ options: "", sku: unique("C"), price: cny(20000), is_active: true, stock: 5, cost }] });
    const [dear, cheap, unknown, stuck] = [await costing("12.50"), await costing("0.40"), await costing(""), await costing("100")];
    const take = await begins("金额");
    await counts(take, dear, 2);
    await counts(take, cheap, 15);
    await counts(take, unknown, 4);
    const open = await counts(take, stuck, 1);
    assert.deepEqual([open.worth_more.amount, open.worth_fewer.amount, open.worth.amount, open.worthless], [400, -43750, -43350, 1]);
    const worth = Object.fromEntries((await staff.reads(`/admin/stock-takes/${take.id}`)).lines.map((line) => [line.variant_id, line.worth?.amount ?? null]));
    assert.deepEqual([dear, cheap, unknown, stuck].map(({ variant_id }) => worth[variant_id]), [-3750, 400, null, -40000]);
    assert.match((await staff.client.open(`/admin/stock-takes/${take.id}`)).text, /差异金额（成本价）[\s\S]*433\.50/);
    await shop.visitor().orders(stuck, 4);
    const booked = await books(take);
    assert.deepEqual([booked.stuck, booked.worth_more.amount, booked.worth_fewer.amount, booked.worth.amount], [1, 400, -3750, -3350]);
    assert.match((await staff.client.open(`/admin/stock-takes/${take.id}`)).text, /已入账的差异金额[\s\S]*33\.50/);
    await server.adds_up();
  });

  test("wrong numbers, codes, strangers and the takes of others are refused", async () => {
    const mug = await shop.product({ stock: 5 });
    const code = await shop.product({ codes: ["TAKE-CODE-1"] });
    const take = await begins("核对");
    for (const counted of [-1, 1.5, "many", 10_000_000_000]) expectProblem(await staff.does(`/admin/stock-takes/${take.id}/counts`, { variant_id: mug.variant_id, counted }), 422, "invalid");
    const digital = expectProblem(await staff.does(`/admin/stock-takes/${take.id}/counts`, { variant_id: code.variant_id, counted: 1 }), 422, "invalid");
    assert.equal(digital.errors[0].code, "digital");
    expectProblem(await staff.does("/admin/stock-takes/1/counts", { variant_id: mug.variant_id, counted: 1 }), 404, "not-found");
    assert.equal((await shop.client().api(`/admin/stock-takes/${take.id}`)).status, 401);
    const other = await server.opens("other-take");
    assert.equal((await (await other.staff()).client.api(`/admin/stock-takes/${take.id}`)).status, 404);
    const [{ title }] = (await staff.reads("/admin/audit?kind=stock-take.created")).entries;
    assert.equal(title, "核对");
  });
});
