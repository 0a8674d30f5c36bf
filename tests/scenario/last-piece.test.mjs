// The last piece, and more buyers than pieces.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expectProblem, startServer, unique } from "../lib/shop.mjs";

describe("the last piece", () => {
  let server, shop;
  before(async () => {
    server = await startServer();
    shop = server.shop;
  });
  after(() => server?.stop());

  const isSold = (answer) => answer.status < 300;

  test("the last mug cannot be sold twice", async () => {
    const mug = await shop.product({ sku: unique("MUG"), price: 500, stock: 1 });
    await shop.visitor().buys(mug);
    expectProblem(await shop.visitor().triesToBuy(mug), 409, "out-of-stock");
  });

  test("two buyers of the last piece: one order, one clear refusal, nothing left over (40 rounds)", async () => {
    const staff = await shop.staff();
    const mug = await shop.product({ stock: 0 });
    for (let round = 0; round < 40; round++) {
      await staff.counts(mug, 1, { expected: 0 });
      const rivals = [shop.visitor(), shop.visitor()];
      for (const rival of rivals) await rival.puts(mug);
      const answers = await Promise.all(rivals.map((rival) => rival.triesToCheckOut()));
      const refused = answers.filter((answer) => !isSold(answer));
      assert.equal(refused.length, 1, `round ${round}: ${answers.map(({ status }) => status)}`);
      expectProblem(refused[0], 409, "out-of-stock");
      const held = await shop.stock(mug);
      assert.deepEqual([held.on_hand, held.reserved, held.available], [1, 1, 0], `round ${round}`);
      const winner = answers.find(isSold).body.order;
      await rivals[0].cancels(winner);
      await staff.counts(mug, 0, { expected: 1 });
    }
  });

  test("fifty buyers of seven pieces: seven orders", async () => {
    const mug = await shop.product({ stock: 7 });
    const answers = await Promise.all(Array.from({ length: 50 }, async () => {
      const buyer = shop.visitor();
      await buyer.puts(mug);
      return buyer.triesToCheckOut();
    }));
    assert.equal(answers.filter(isSold).length, 7);
    for (const answer of answers.filter((one) => !isSold(one))) expectProblem(answer, 409, "out-of-stock");
    assert.equal((await shop.stock(mug)).available, 0);
  });

  test("carts that want the same two things in opposite order never block each other", async () => {
    const [cup, bowl] = [await shop.product({ stock: 60 }), await shop.product({ stock: 60 })];
    const answers = await Promise.all(Array.from({ length: 40 }, async (_, index) => {
      const buyer = shop.visitor();
      for (const thing of index % 2 ? [cup, bowl] : [bowl, cup]) await buyer.puts(thing, 1);
      return buyer.triesToCheckOut();
    }));
    assert.deepEqual(answers.map(({ status }) => status).filter((status) => status >= 300), []);
    assert.equal((await shop.stock(cup)).available, 20);
    assert.equal((await shop.stock(bowl)).available, 20);
  });

  test("one line too many refuses the whole order and reserves nothing", async () => {
    const [plenty, scarce] = [await shop.product({ stock: 10 }), await shop.product({ stock: 2 })];
    const buyer = shop.visitor();
    await buyer.puts(plenty, 5);
    await buyer.puts(scarce, 2);
    const rival = shop.visitor();
    await rival.orders(scarce, 1);
    expectProblem(await buyer.triesToCheckOut(), 409, "out-of-stock");
    assert.equal((await shop.stock(plenty)).available, 10);
    assert.equal((await shop.stock(scarce)).available, 1);
    await buyer.client.post(`/cart/lines/${scarce.variant_id}`, { cart: buyer.cart, quantity: 1 });
    await buyer.checksOut();
    assert.equal((await shop.stock(plenty)).available, 5);
    assert.equal((await shop.stock(scarce)).available, 0);
  });

  test("the last code goes to one of two who want it", async () => {
    for (let round = 0; round < 10; round++) {
      const game = await shop.product({ codes: [unique("LAST")] });
      const rivals = [shop.visitor(), shop.visitor()];
      for (const rival of rivals) await rival.puts(game);
      const answers = await Promise.all(rivals.map((rival) => rival.triesToCheckOut()));
      assert.equal(answers.filter(isSold).length, 1, `round ${round}`);
      expectProblem(answers.find((answer) => !isSold(answer)), 409, "out-of-stock");
    }
  });

  test("staff who count while somebody buys are told", async () => {
    const staff = await shop.staff();
    const mug = await shop.product({ stock: 5 });
    const stale = await staff.does(`/admin/variants/${mug.variant_id}/stock`, { on_hand: 9, expected: 4, reason: "counted" });
    expectProblem(stale, 409, "stale-stock");
    await shop.visitor().orders(mug, 3);
    const below = await staff.does(`/admin/variants/${mug.variant_id}/stock`, { on_hand: 2, expected: 5, reason: "counted" });
    assert.ok([409, 422].includes(below.status), "not fewer than are promised");
    assert.equal((await shop.stock(mug)).available, 2);
  });
});
