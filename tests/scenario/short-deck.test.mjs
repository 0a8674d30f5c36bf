// An order was paid, but its codes were not there: it waits, and gets them once, when they come.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { listen } from "../lib/events.mjs";
import { expectProblem, startServer, unique, until } from "../lib/shop.mjs";

const codes = (count) => Array.from({ length: count }, () => unique("CODE"));

describe("a short deck", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  /** A game whose stock says more than its deck holds. No door of the shop makes such a thing. */
  async function promised(loaded, missing) {
    const game = await shop.product({ price: 500, ...(loaded ? { codes: codes(loaded) } : { kind: "digital", stock: 0 }) });
    await server.tampers(`UPDATE stock SET on_hand = on_hand + ${missing} WHERE variant_id = ${game.variant_id};
      INSERT INTO stock_movements (shop_id, id, variant_id, kind, on_hand, reserved, reason, actor, at)
      SELECT shop_id, ${Date.now()}, variant_id, 5, ${missing}, 0, 'tampered', 1, 0 FROM stock WHERE variant_id = ${game.variant_id}`);
    return game;
  }

  async function paysAndWaits(game, quantity) {
    const buyer = shop.visitor();
    const order = await buyer.orders(game, quantity);
    await buyer.pays(order);
    const now = await buyer.seesPaid(order);
    await staff.seesAlarm("delivery-short", order);
    assert.deepEqual(now.deliveries, []);
    assert.equal(now.waits_for_codes, true);
    return { buyer, order };
  }

  const alarmIsGone = (order) => until(async () => !(await staff.alarms()).some(({ subject }) => subject === order.number), "the alarm is settled");

  test("the order gets its codes by itself as soon as they are loaded, and its page hears of it", async () => {
    const game = await promised(1, 4);
    const { buyer, order } = await paysAndWaits(game, 3);
    await server.adds_up();
    const page = await buyer.browser.get(`/orders/${order.number}?token=${order.token}`);
    assert.match(page.text, /卡密正在补货/);
    const stream = await listen(server.base, `/orders/${order.number}/events?token=${order.token}`, { host: shop.host });
    await staff.loads(game, codes(2));
    const dealt = await buyer.getsCodes(order, 3);
    assert.equal(new Set(dealt).size, 3);
    await stream.next(({ data }) => data.includes("completed"), "the page hears of the delivery");
    stream.close();
    assert.equal((await buyer.sees(order)).stage, "completed");
    assert.match((await buyer.browser.get(`/orders/${order.number}?token=${order.token}`)).text, new RegExp(dealt[0]));
    await alarmIsGone(order);
    const left = await shop.stock(game);
    assert.deepEqual([left.on_hand, left.reserved, left.codes.left], [0, 0, 0], "nothing is left, and nothing more is sold");
    await server.adds_up();
  });

  test("staff deliver by hand, and hear clearly when there are still too few", async () => {
    const game = await promised(2, 3);
    const { buyer, order } = await paysAndWaits(game, 4);
    const page = await staff.client.get(`/admin/orders/${order.number}`);
    assert.match(page.text, new RegExp(`action="/admin/orders/${order.number}/deliver"`));
    assert.match(page.text, /需要 4 个，库里有 2 个/);
    const refused = expectProblem(await staff.triesToDeliver(order), 409, "out-of-stock");
    assert.match(refused.detail, /2 of 4/);
    const again = await staff.client.submit({ action: `/admin/orders/${order.number}/deliver`, method: "POST", fields: [] });
    assert.equal(again.status, 409);
    assert.match(again.text, /卡密还是不够/);
    // By hand or by itself, whoever is first.
    await staff.loads(game, codes(2));
    const answers = await Promise.all(Array.from({ length: 4 }, () => staff.triesToDeliver(order)));
    for (const { status, text } of answers) assert.ok([200, 409].includes(status), text);
    assert.equal((await buyer.getsCodes(order, 4)).length, 4);
    await alarmIsGone(order);
    expectProblem(await staff.triesToDeliver(order), 409, "invalid-transition");
    assert.doesNotMatch((await staff.client.get(`/admin/orders/${order.number}`)).text, /\/deliver"/);
    await server.adds_up();
  });

  test("many wait: the oldest first, each once, and kill -9 loses nothing", async () => {
    const game = await promised(0, 6);
    const buyers = [];
    for (let place = 0; place < 3; place++) {
      const buyer = shop.visitor();
      buyers.push({ buyer, order: await buyer.orders(game, 2) });
    }
    for (const { buyer, order } of buyers) {
      await buyer.pays(order);
      await buyer.seesPaid(order);
    }
    await staff.loads(game, codes(4));
    await server.dies();
    await server.start();
    const dealt = (await Promise.all(buyers.slice(0, 2).map(({ buyer, order }) => buyer.getsCodes(order, 2, { within: 45000 })))).flat();
    const last = buyers[2];
    assert.deepEqual((await last.buyer.sees(last.order)).deliveries, []);
    await server.adds_up();
    await staff.loads(game, codes(2));
    dealt.push(...(await last.buyer.getsCodes(last.order, 2)));
    assert.equal(new Set(dealt).size, 6);
  });

  test("a waiting order that staff cancel gets its money, not the codes", async () => {
    const game = await promised(0, 2);
    const { buyer, order } = await paysAndWaits(game, 2);
    await staff.cancels(order);
    await buyer.seesUntil(order, ({ payment_status }) => payment_status === "refunded", "is refunded");
    await alarmIsGone(order);
    await staff.loads(game, codes(2));
    const next = shop.visitor();
    await next.getsCodes(await next.buys(game, 2), 2);
    assert.deepEqual((await buyer.sees(order)).deliveries, []);
  });
});
