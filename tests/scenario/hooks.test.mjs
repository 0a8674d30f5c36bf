// A merchant's own program delivers: asked after payment, signed, asked again when it fails, delivered exactly once.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import crypto from "node:crypto";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, startServer, until } from "../lib/shop.mjs";

describe("delivery by a hook", () => {
  let server, shop, staff, merchant, port;
  /** What the merchant's program does with a call: (call, response) => …; a call is {key, headers, raw, body}. */
  let does;
  const calls = [];
  const answers = (value, status = 200) => (_, response) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  before(async () => {
    merchant = http.createServer(async (request, response) => {
      const raw = Buffer.concat(await request.toArray()).toString();
      const call = { key: request.headers["idempotency-key"], headers: request.headers, raw, body: JSON.parse(raw) };
      calls.push(call);
      does(call, response);
    });
    await new Promise((resolve) => merchant.listen(0, "127.0.0.1", resolve));
    port = merchant.address().port;
    server = await startServer({ args: ["--outbound-allow", `127.0.0.1:${port}`] });
    shop = server.shop;
    staff = await shop.staff();
  });
  after(async () => {
    await server?.stop();
    merchant?.closeAllConnections();
    merchant?.close();
  });

  const acts = (game, verb, fields = {}) => staff.does(`/admin/codes/${game.variant_id}/${verb}`, fields);
  const deck = (game) => staff.reads(`/admin/codes/${game.variant_id}`);
  async function hooked(wish = {}) {
    const game = await staff.creates({ kind: "digital", price: 500, ...wish });
    expect(await acts(game, "mode", { mode: "hand" }), 200);
    expect(await acts(game, "quantity", { quantity: 50 }), 200);
    const set = expect(await acts(game, "hook", { url: `http://127.0.0.1:${port}/deliver` }), 200);
    return { ...game, secret: set.secret };
  }
  const callsOf = (order) => calls.filter(({ body }) => body.order === order.number);
  const has = async (order, kind) => (await staff.alarms()).some((alarm) => alarm.kind === kind && alarm.subject === order.number);
  const again = async (order) => expect(await staff.does(`/admin/orders/${order.number}/hook`), 200);

  test("is asked once after payment, signed, and the buyer has the codes", async () => {
    const game = await hooked();
    assert.match(game.secret, /^ydhk_/);
    does = answers({ codes: ["HOOK-A", "HOOK-B"] });
    const buyer = shop.visitor();
    const order = await buyer.buys(game, 2);
    const [text] = await buyer.getsCodes(order, 1);
    assert.equal(text, "HOOK-A\nHOOK-B");
    assert.equal((await buyer.sees(order)).stage, "completed");
    const [call, ...others] = callsOf(order);
    assert.deepEqual(others, []);
    assert.deepEqual({ ...call.body, sent_at: 0, title: 0 }, { idempotency_key: `${order.number}-1`, is_test: false, order: order.number, line: 1, sku: game.sku, title: 0, quantity: 2, sent_at: 0 });
    assert.equal(call.key, call.body.idempotency_key);
    const stamp = call.headers["yundian-timestamp"];
    assert.ok(Math.abs(Date.now() / 1000 - Number(stamp)) < 60);
    const mac = crypto.createHmac("sha256", game.secret).update(`${stamp}.${call.raw}`).digest("hex");
    assert.equal(call.headers["yundian-signature"], `v1=${mac}`);
    const { hook } = await deck(game);
    assert.deepEqual(hook.calls.map(({ order, outcome, status }) => [order, outcome, status]), [[order.number, "delivered", 200]]);
    await server.adds_up();
  });

  test("the secret is told once, and a new one takes its place when asked for", async () => {
    const game = await hooked();
    const page = await deck(game);
    assert.equal(page.secret, undefined);
    assert.doesNotMatch(JSON.stringify(page), /ydhk_/);
    const kept = expect(await acts(game, "hook", { url: `http://127.0.0.1:${port}/other` }), 200);
    assert.equal(kept.secret ?? null, null);
    const turned = expect(await acts(game, "hook", { url: `http://127.0.0.1:${port}/other`, rotate: true }), 200);
    assert.match(turned.secret, /^ydhk_/);
    assert.notEqual(turned.secret, game.secret);
    does = answers({ text: "sample" });
    expect(await acts(game, "hook/test"), 200);
    const call = calls.at(-1);
    assert.equal(call.body.is_test, true);
    const mac = crypto.createHmac("sha256", turned.secret).update(`${call.headers["yundian-timestamp"]}.${call.raw}`).digest("hex");
    assert.equal(call.headers["yundian-signature"], `v1=${mac}`);
    const { hook } = await deck(game);
    assert.deepEqual(hook.calls.map(({ order, outcome }) => [order, outcome]), [[null, "delivered"]]);
  });

  test("addresses inside, or without https, are not taken", async () => {
    const game = await staff.creates({ kind: "digital", price: 500 });
    const url = "https://shop.example/hook";
    expectProblem(await acts(game, "hook", { url }), 409, "invalid-transition");
    expect(await acts(game, "mode", { mode: "hand" }), 200);
    for (const [bad, code] of [["http://shop.example/hook", "outbound-not-https"], ["https://127.0.0.1/hook", "outbound-forbidden"], ["https://10.0.0.1/", "outbound-forbidden"], ["nowhere", "outbound-bad-url"]]) {
      const refused = await acts(game, "hook", { url: bad });
      assert.deepEqual([refused.status, refused.body.errors?.[0]?.code], [422, code], bad);
    }
    expect(await acts(game, "hook", { url }), 200);
    assert.equal((await deck(game)).hook.url, url);
    expect(await acts(game, "hook/remove"), 200);
    assert.equal((await deck(game)).hook.url ?? null, null);
  });

  test("what fails is told with its reason, raises an alarm, and is delivered when it is asked again", async () => {
    const game = await hooked();
    const buyer = shop.visitor();
    const tries = [
      [answers({}, 500), "http-status"], [answers({ codes: ["only one"] }), "hook-wrong-count"], [answers({ codes: [1, 2] }), "hook-bad-answer"],
      [(_, response) => response.writeHead(200).end("no json"), "hook-bad-answer"], [answers({}, 202), "pending"],
      [(_, response) => response.socket.destroy(), "outbound-no-connect"],
      [(_, response) => response.writeHead(302, { location: "/deliver" }).end(), "http-status"],
      [(_, response) => response.writeHead(200).end("x".repeat(70000)), "outbound-too-big"],
    ];
    does = tries[0][0];
    const order = await buyer.buys(game, 2);
    const outcomes = async () => (await deck(game)).hook.calls.map(({ outcome }) => outcome).reverse();
    await until(async () => (await outcomes()).length === 1, "it was asked");
    for (const [index, [next]] of tries.entries()) {
      if (index === 0) continue;
      does = next;
      await again(order);
      await until(async () => (await outcomes()).length === index + 1, `it was asked ${index + 1} times`);
    }
    assert.deepEqual(await outcomes(), tries.map(([, outcome]) => outcome));
    assert.equal(new Set(callsOf(order).map(({ key }) => key)).size, 1, "always the same key");
    assert.equal((await buyer.sees(order)).stage, "to_ship");
    assert.match((await staff.client.get(`/admin/orders/${order.number}`)).text, /立即再次请求/);
    does = answers({ codes: ["X-1", "X-2"] });
    await again(order);
    const [text] = await buyer.getsCodes(order, 1);
    assert.equal(text, "X-1\nX-2");
    expectProblem(await staff.does(`/admin/orders/${order.number}/hook`), 409, "invalid-transition");
    await server.adds_up();
  });

  test("a second failure in a row raises an alarm that delivery by hand settles", async () => {
    const game = await hooked();
    const buyer = shop.visitor();
    does = answers({}, 500);
    const order = await buyer.buys(game);
    await until(() => callsOf(order).length === 1, "it was asked");
    await server.tampers(`UPDATE jobs SET due_at = 0 WHERE kind = 'payment.hook' AND attempt = 1`);
    await until(async () => has(order, "hook-failed"), "staff hear of it", { within: 20000 });
    const seen = await staff.sees(order);
    expect(await staff.triesTo("type", order, { texts: [{ line_no: seen.owed[0].line_no, text: "by hand" }] }), 200, 201);
    assert.deepEqual(await buyer.getsCodes(order, 1), ["by hand"]);
    assert.equal(await has(order, "hook-failed"), false);
    does = answers({ text: "too late" });
    assert.deepEqual(await buyer.getsCodes(order, 1), ["by hand"]);
    await server.adds_up();
  });

  test("one that hangs holds up no other sale", async () => {
    const slow = await hooked();
    does = () => {};
    const waiting = await Promise.all([1, 2, 3].map(() => shop.visitor().buys(slow)));
    await until(() => waiting.some((order) => callsOf(order).length > 0), "it hangs");
    const quick = await staff.creates({ kind: "digital", price: 500, codes: ["QUICK-1"] });
    const buyer = shop.visitor();
    assert.deepEqual(await buyer.getsCodes(await buyer.buys(quick), 1), ["QUICK-1"]);
    does = answers({ text: "at last" });
    merchant.closeAllConnections();
    for (const order of waiting) await staff.does(`/admin/orders/${order.number}/hook`);
    for (const order of waiting) await until(async () => (await staff.sees(order)).stage === "completed", "each is delivered", { within: 30000 });
    await server.adds_up();
  });

  test("killed between the answer and the delivery, it delivers exactly once", async () => {
    const game = await hooked();
    let number = 0;
    for (const delay of [0, 1, 3, 8]) {
      const given = new Map();
      const buyer = shop.visitor();
      let isKilled;
      const killed = new Promise((resolve) => (isKilled = resolve));
      does = (call, response) => {
        if (!given.has(call.key)) given.set(call.key, `ONCE-${++number}`);
        const isFirst = callsOf({ number: call.body.order }).length === 1;
        response.writeHead(200).end(JSON.stringify({ codes: [given.get(call.key)] }), () => {
          if (isFirst) setTimeout(() => isKilled(server.dies()), delay);
        });
      };
      const order = await buyer.orders(game);
      await buyer.pays(order).catch(() => {});
      await killed;
      await server.tampers("UPDATE jobs SET lease_until = 0"); // else another node would take the job over after its lease
      await server.start();
      await until(async () => (await staff.sees(order)).stage === "completed", "it is delivered", { within: 90000 });
      assert.deepEqual(await buyer.getsCodes(order, 1), [given.get(`${order.number}-1`)]);
      await server.adds_up();
    }
  });
});
