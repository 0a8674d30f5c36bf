// `yundian check` is quiet about a shop as it is, and names what somebody changed behind its back.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";

describe("yundian check", () => {
  let server;
  before(async () => {
    server = await startServer({ demo: true });
  });
  after(() => server?.stop());

  // What is changed, how it is changed back, and what is said of it.
  const changes = [
    ["the kind of an event", "UPDATE order_events SET kind = 'shipped!' WHERE kind = 'shipped'", "UPDATE order_events SET kind = 'shipped' WHERE kind = 'shipped!'", /its event shipped! does not follow/],
    ["the states of a middle event", "UPDATE order_events SET order_status = 4 WHERE kind = 'paid'", "UPDATE order_events SET order_status = 2 WHERE kind = 'paid'", /its event paid does not follow/],
    ["a deck", "UPDATE code_decks SET owed = owed + 3", "UPDATE code_decks SET owed = owed - 3", /deck of variant \d+: holds \d+ and owes 3/],
    ["the stock", "UPDATE stock SET on_hand = on_hand + 2", "UPDATE stock SET on_hand = on_hand - 2", /movements say/],
    ["the shelf of products", "UPDATE shelf_products SET shelf_id = 1 WHERE shelf_id = 0", "UPDATE shelf_products SET shelf_id = 0 WHERE shelf_id = 1", /is missing on shelf 0\n[^]*stands wrongly on shelf 1\n/],
    ["a price on shelves", "UPDATE shelf_products SET price_min = price_min + 1", "UPDATE shelf_products SET price_min = price_min - 1", /has another status or price on shelf 0/],
    ["what orders hold", "UPDATE stock_movements SET reserved = reserved + 1", "UPDATE stock_movements SET reserved = reserved - 1", /open orders hold another number than is reserved/],
    ["how many stand on a shelf", "UPDATE shelf_counts SET count = count + 1", "UPDATE shelf_counts SET count = count - 1", /shelf \d+: says \d+ products, has \d+/],
    ["what was sold", "UPDATE product_sales SET sold = sold + 1", "UPDATE product_sales SET sold = sold - 1", /its sales are not what its deals add up to/],
    ["the price of a deal", "UPDATE deals SET price = price + 1", "UPDATE deals SET price = price - 1", /its deals are not what order/],
  ];

  for (const [what, change, back, said] of changes)
    test(`finds ${what} that was changed`, async () => {
      await server.adds_up();
      await server.tampers(change);
      const done = await server.tries("check");
      await server.tampers(back);
      assert.equal(done.code, 1);
      assert.match(done.stdout, said);
      assert.match(done.stderr, /findings/);
      await server.adds_up();
    });
});
