// Money back, line by line: it always adds up, goods go where staff say, and nobody refunds twice.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formTo } from "../lib/html.mjs";
import { cny, expect, expectProblem, freshKey, startServer, unique, until } from "../lib/shop.mjs";

const DAY = 86400000;
/** A local time of a shop in Shanghai. */
const local = (at) => new Date(at + 8 * 3600000).toISOString().slice(0, 16);

describe("refunds by lines", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const reason = "协商退款";
  const tries = (order, fields) => staff.triesTo("refund", order, { reason, ...fields });
  const refunds = async (order, fields) => (await expect(await tries(order, fields), 200)).order;
  const line = (quantity, back, line_no = 1) => ({ line_no, quantity, ...(back ? { back } : {}) });
  const stockOf = async (thing) => (await staff.reads(`/admin/variants/${thing.variant_id}/stock`)).total;
  const isDone = (order, count) => until(async () => {
    const now = await staff.sees(order);
    return now.refunds.length === count && now.refunds.every(({ status }) => status === "done") && now;
  }, `${count} refunds are done`);

  /** Three mugs for 100.00 together: a third of it is not a whole number. */
  async function threeMugs() {
    const mug = await shop.product({ sku: unique("MUG"), price: 3340, stock: 10 });
    const offer = { kind: "sum", name: unique("满减"), starts_at: local(Date.now() - DAY), ends_at: local(Date.now() + DAY), steps: [{ from: cny(3340 * 3), off: cny(20) }], scope: "all" };
    const promotion = expect(await staff.does("/admin/promotions", offer), 201).promotion;
    expect(await staff.does(`/admin/promotions/${promotion.id}/status`, { status: "active" }), 200);
    return mug;
  }

  test("three pieces for 100.00, refunded one by one, give back exactly 100.00", async () => {
    const mug = await threeMugs();
    const order = await shop.visitor().buys(mug, 3);
    assert.equal(order.total.amount, 10000);
    await staff.ships(order);
    const page = (await staff.reads(`/admin/orders/${order.number}/refund`)).refund;
    assert.deepEqual([page.refundable.amount, page.lines[0].left, page.lines[0].worth.amount, page.lines[0].can_return], [10000, 3, 10000, true]);
    const amounts = [];
    for (const back of ["sellable", "damaged", "qc"]) {
      const said = expect(await tries(order, { lines: [line(1, back)], step: "preview" }), 200).refund;
      const now = await refunds(order, { lines: [line(1, back)] });
      const last = now.refunds.at(-1);
      assert.equal(said.quote.total.amount, last.amount.amount, "what was shown is what goes back");
      assert.deepEqual([last.lines[0].quantity, last.lines[0].returned, last.lines[0].back, last.free.amount], [1, 1, back, 0]);
      amounts.push(last.amount.amount);
    }
    assert.deepEqual(amounts, [3333, 3333, 3334]);
    const now = await isDone(order, 3);
    assert.deepEqual([now.payment_status, now.lines[0].refunded, now.lines[0].returned], ["refunded", 3, 3]);
    const total = await stockOf(mug);
    assert.deepEqual([total.on_hand, total.damaged, total.qc, total.available], [10, 1, 1, 8]);
    await server.adds_up();
  });

  test("pieces that have not left will not leave, and are for sale again", async () => {
    const mug = await shop.product({ sku: unique("MUG"), price: 1000, stock: 5 });
    const cup = await shop.product({ sku: unique("CUP"), price: 700, stock: 5 });
    const buyer = shop.visitor();
    await buyer.puts(mug, 3);
    await buyer.puts(cup, 1);
    const order = await buyer.checksOut();
    await buyer.pays(order);
    await buyer.seesPaid(order);
    const mugs = (await staff.sees(order)).lines.find(({ sku }) => sku === mug.sku).line_no;
    await refunds(order, { lines: [line(2, undefined, mugs)] });
    const now = await isDone(order, 1);
    assert.deepEqual([now.refunded.amount, now.payment_status, now.can_ship], [2000, "partially_refunded", true]);
    assert.equal((await stockOf(mug)).available, 4);
    assert.ok(now.events.some(({ kind }) => kind === "withdrawn"));
    await staff.ships(order);
    assert.deepEqual([(await stockOf(mug)).on_hand, (await stockOf(cup)).on_hand], [4, 4]);
    const shipped = await staff.sees(order);
    assert.deepEqual(shipped.lines.map(({ fulfilled, withdrawn }) => fulfilled + withdrawn), shipped.lines.map(({ quantity }) => quantity));
    await server.adds_up();
  });

  test("the last piece that had not left ends the order; with money kept it is completed", async () => {
    const mug = await shop.product({ sku: unique("MUG"), price: 1000, stock: 2 });
    const all = await shop.visitor().buys(mug, 1);
    await refunds(all, { lines: [line(1)] });
    const ended = await isDone(all, 1);
    assert.deepEqual([ended.order_status, ended.payment_status], ["closed", "refunded"]);
    assert.equal((await stockOf(mug)).available, 2);
    await server.adds_up();
  });

  test("more than is left is refused at its field; goodwill counts against it", async () => {
    const mug = await shop.product({ sku: unique("MUG"), price: 1000, stock: 5 });
    const order = await shop.visitor().buys(mug, 2);
    const fields = async (wish) => expectProblem(await tries(order, wish), 422, "invalid").errors.map(({ field, code }) => `${field} ${code}`);
    assert.deepEqual(await fields({}), ["amount nothing-chosen"]);
    assert.deepEqual(await fields({ lines: [line(3)] }), ["lines.0.quantity fewer-there"]);
    assert.deepEqual(await fields({ lines: [line(1, "sellable")] }), ["lines.0.back nothing-left"], "nothing has left yet");
    assert.deepEqual(await fields({ lines: [line(1), line(1)] }), ["lines.1.line_no unknown-choice"]);
    assert.deepEqual(await fields({ lines: [line(1)], amount: cny(1001) }), ["amount too-large"]);
    await refunds(order, { amount: cny(500) });
    assert.deepEqual(await fields({ lines: [line(2)] }), ["lines worth-more"]);
    const now = await refunds(order, { lines: [line(1)], amount: cny(100) });
    const last = now.refunds.at(-1);
    assert.deepEqual([last.amount.amount, last.free.amount, last.lines[0].amount.amount], [1100, 100, 1000]);
    await isDone(order, 2);
    await server.adds_up();
  });

  test("one request is one refund; a page that is old is refused; two at once are one", async () => {
    const mug = await shop.product({ sku: unique("MUG"), price: 1000, stock: 9 });
    const order = await shop.visitor().buys(mug, 4);
    const request = freshKey();
    await refunds(order, { lines: [line(1)], request });
    const again = await refunds(order, { lines: [line(1)], request });
    assert.equal(again.refunds.length, 1);
    expectProblem(await tries(order, { lines: [line(1)], seen: 4000 }), 409, "conflict");
    const same = freshKey();
    const both = await Promise.all([1, 2, 3].map(() => tries(order, { lines: [line(1)], request: same })));
    for (const answer of both) expect(answer, 200);
    const two = await Promise.all([1, 2].map(() => tries(order, { lines: [line(2)], seen: 2000 })));
    assert.deepEqual(two.map(({ status }) => status).sort(), [200, 409]);
    const now = await isDone(order, 3);
    assert.deepEqual([now.lines[0].refunded, now.refunded.amount], [4, 4000]);
    await server.adds_up();
  });

  test("a parcel does not leave when all its money is promised back", async () => {
    const mug = await shop.product({ sku: unique("MUG"), price: 1000, stock: 5 });
    const order = await shop.visitor().buys(mug, 1);
    const race = await Promise.all([tries(order, { lines: [line(1)] }), staff.triesTo("ship", order, { carrier: "sf", tracking_number: "SF1" })]);
    const now = await staff.sees(order);
    assert.ok(race.filter(({ status }) => status < 300).length >= 1);
    assert.equal(now.lines[0].withdrawn + now.lines[0].fulfilled, 1, "it left, or it stayed");
    if (now.lines[0].withdrawn) assert.ok(race[1].status === 409);
    await server.adds_up();
  });

  test("codes that were delivered are refunded and do not come back; those that are owed are owed no longer", async () => {
    const game = await shop.product({ sku: unique("GAME"), price: 500, codes: ["A-1", "A-2", "A-3"] });
    const order = await shop.visitor().buys(game, 2);
    await until(async () => (await staff.sees(order)).lines[0].fulfilled === 2, "is delivered");
    assert.equal(expectProblem(await tries(order, { lines: [line(1, "sellable")] }), 422, "invalid").errors[0].field, "lines.0.back");
    await refunds(order, { lines: [line(1)] });
    const now = await isDone(order, 1);
    assert.deepEqual([now.order_status, now.lines[0].refunded, now.lines[0].returned], ["completed", 1, 0]);
    await server.adds_up();
  });

  test("the page shows the sum before anything goes, and works without JavaScript", async () => {
    const mug = await shop.product({ sku: unique("MUG"), price: 1990, stock: 5 });
    const order = await shop.visitor().buys(mug, 2);
    await staff.ships(order);
    const path = `/admin/orders/${order.number}/refund`;
    const first = await staff.client.open(path);
    assert.match(first.text, /退哪些商品/);
    const preview = await staff.client.submit(formTo(first, path), { "lines.0.quantity": "1", "lines.0.back": "qc", reason: "少了一个盖子" });
    assert.equal(preview.status, 200);
    assert.match(preview.text, /确认退款 ¥19\.90/);
    assert.equal((await staff.sees(order)).refunds.length, 0, "nothing was done");
    const page = await staff.client.submit(formTo(preview, path));
    assert.match(page.text, /已退款 1 件/);
    assert.match(page.text, /1 件退回，待检查/);
    const wrong = await staff.client.submit(formTo(first, path), { "lines.0.quantity": "9", reason: "少了一个盖子" });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /最多还能退 1 件/);
    assert.match(wrong.text, /value="少了一个盖子"/);
    await server.adds_up();
  });

  test("all pieces go back before they left and the freight stays: the order is completed, and holds nothing", async () => {
    expect(await staff.does("/admin/freight", { way: "pieces", name: unique("快递"), rates: [{ first: 1, first_price: cny(600), next: 1, next_price: cny(0) }] }), 201);
    const mug = await shop.product({ sku: unique("MUG"), price: 1000, stock: 3 });
    const order = await shop.visitor().buys(mug, 2);
    assert.equal(order.total.amount, 2600);
    await refunds(order, { lines: [line(2)] });
    let now = await isDone(order, 1);
    assert.deepEqual([now.order_status, now.payment_status, now.stage, now.can_ship, now.refundable.amount], ["completed", "partially_refunded", "completed", false, 600]);
    assert.ok(now.events.some(({ kind }) => kind === "all_withdrawn"));
    assert.equal((await stockOf(mug)).available, 3);
    await server.adds_up();
    await refunds(order, { amount: cny(600) });
    now = await isDone(order, 2);
    assert.deepEqual([now.payment_status, now.refunded.amount], ["refunded", 2600]);
    const { trials } = await staff.reads("/admin/money/ledger");
    assert.equal(trials[0].accounts.find(({ account }) => account === "freight").balance.amount, 0);
    await server.adds_up();
  });
});
