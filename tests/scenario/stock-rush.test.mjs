// A thousand buyers for a hundred pieces in two places, and a server that dies among them.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { expect, freshKey, PATIENCE, startServer, until } from "../lib/shop.mjs";

const BUYERS = 1000;
const PIECES = 100;
const AT_ONCE = 40;
const DEATH = 35; // orders that were answered before the server dies

describe("stock under fire", () => {
  let server;
  after(() => server?.stop());

  test("1,000 buyers, 100 pieces in two places, kill -9 in the middle: 100 orders, and everything adds up", async () => {
    server = await startServer();
    const shop = server.shop;
    let staff = await shop.staff();
    const mug = await shop.product({ stock: PIECES });
    const { location } = expect(await staff.does("/admin/locations", { name: "门店", priority: 2, home_name: "总仓" }), 201);
    const transfer = { act: "transfer", quantity: 40, reason: "补货", location: "1", to: location.id };
    await until(async () => (await staff.does(`/admin/variants/${mug.variant_id}/stock/acts`, transfer)).status === 200, "the store has its goods");

    const orders = new Set();
    let dying = null;
    let next = 0;
    /** Sends what one buyer wants until there is an answer: an order, or a clear no. The key makes it one order. */
    const wants = async () => {
      const key = freshKey();
      let cart, phone;
      for (;;) {
        const buyer = shop.visitor();
        if (phone) buyer.phone = phone;
        phone = buyer.phone;
        buyer.address.phone = phone;
        buyer.cart = cart;
        try {
          if (!cart) {
            const put = await buyer.triesToPut(mug);
            if (put.status === 409) return;
            expect(put, 200, 201);
            cart = buyer.cart;
          }
          const answer = await buyer.triesToCheckOut({ key });
          if (answer.status < 300) return orders.add(answer.body.order.number);
          assert.equal(answer.status, 409, answer.text);
          assert.equal(answer.body.type, "/problems/out-of-stock");
          return;
        } catch (problem) {
          if (problem instanceof assert.AssertionError) throw problem;
          assert.ok(dying, `an answer was lost: ${problem.message}`);
          await dying;
        }
      }
    };
    const line = async () => {
      while (next < BUYERS) {
        next++;
        await wants();
        if (orders.size >= DEATH && !dying)
          dying = (async () => {
            await server.dies();
            await server.adds_up();
            await server.start();
          })();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, line));
    assert.ok(dying, "the server died among them");
    assert.equal(orders.size, PIECES);
    staff = await server.at(shop.handle, shop.account).staff();
    const { total, levels } = await staff.reads(`/admin/variants/${mug.variant_id}/stock`);
    assert.deepEqual([total.on_hand, total.reserved, total.available], [PIECES, PIECES, 0]);
    assert.deepEqual(levels.map((one) => [one.on_hand, one.reserved]), [[60, 60], [40, 40]]);
    await server.adds_up();
  });

  test("a promise that nobody paid ends within five seconds of its time, also when the server died before", async () => {
    const brief = await startServer({ unpaidSeconds: 2 });
    try {
      const mug = await brief.shop.product({ stock: 1 });
      await brief.shop.visitor().orders(mug, 1);
      const due = Date.now() + 2000;
      await brief.dies();
      await until(() => Date.now() > due, "the time of the order is over", { within: 5000 });
      await brief.start();
      const up = Date.now();
      const staff = await brief.at(brief.shop.handle, brief.shop.account).staff();
      await until(async () => (await staff.reads(`/admin/variants/${mug.variant_id}/stock`)).total.available === 1, "the piece is free again", { within: 5000 });
      assert.ok(Date.now() - up <= 5000 * PATIENCE);
      await brief.adds_up();
    } finally { await brief.stop(); }
  });
});
