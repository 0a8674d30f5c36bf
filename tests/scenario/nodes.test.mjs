// Several programs on one PostgreSQL: what one of them changes, all of them show.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { listen } from "../lib/events.mjs";
import { startServer, until } from "../lib/shop.mjs";

const isPostgres = process.env.YUNDIAN_ENGINE === "postgres";

describe("two programs on one database", { skip: !isPostgres && "SQLite belongs to one program" }, () => {
  let first, second, staff;
  before(async () => {
    first = await startServer();
    second = await first.joined();
    staff = await second.shop.staff();
  });
  after(async () => {
    if (second?.child) await second.ends();
    await first?.stop();
  });

  const page = async (server, product) => {
    const { text } = await server.shop.client().get(`/products/${product.handle}`);
    return text;
  };

  /** Both keep the page before the change, so that they must hear of it. */
  async function bothShow(product, text, what) {
    for (const server of [first, second])
      await until(async () => (await page(server, product)).includes(text), `${what} at ${server === first ? "the first" : "the second"}`, { within: 5000 });
  }

  test("a changed price is on the pages of both", async () => {
    const cup = await staff.creates({ price: 1234, stock: 5 });
    await bothShow(cup, "¥12<", "the price");
    await staff.changesPrice(cup, 5678);
    await bothShow(cup, "¥56<", "the new price");
  });

  test("an order's page hears of the payment wherever it is open and wherever it is paid", async () => {
    const cup = await staff.creates({ price: 900, stock: 5 });
    for (const [here, there] of [[first, second], [second, first]]) {
      const buyer = here.shop.visitor();
      const order = await buyer.orders(cup);
      const stream = await listen(there.base, `/orders/${order.number}/events?token=${order.token}`, { host: there.shop.host });
      await buyer.pays(order);
      await stream.next(({ data }) => data.includes("paid"), "the other program's page hears of it");
      stream.close();
    }
  });

  test("when the one that tells the others dies, the other goes on, and a third one joins", async () => {
    const cup = await staff.creates({ price: 1100, stock: 5 });
    await bothShow(cup, "¥11<", "the price");
    await first.dies();
    await staff.changesPrice(cup, 2200);
    await until(async () => (await page(second, cup)).includes("¥22<"), "the survivor drops its page", { within: 20000 });
    await first.start();
    await bothShow(cup, "¥22<", "the price");
    await staff.changesPrice(cup, 3300);
    await bothShow(cup, "¥33<", "the new price");
  });
});
