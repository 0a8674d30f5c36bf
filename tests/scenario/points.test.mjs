// Points: off by default, on their way after a paid order, adjusted by staff with a reason, never below nothing.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openMailbox } from "../lib/mailbox.mjs";
import { expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

describe("points of members", () => {
  let server, shop, staff, post, cup, alice, id;
  before(async () => {
    post = await openMailbox();
    server = await startServer({ args: ["--smtp-url", post.url, "--mail-from", "no-reply@platform.example", "--smtp-plain", "on", "--outbound-allow", `127.0.0.1:${post.port}`, "--login-limit", "1000"] });
    shop = server.shop;
    staff = await shop.staff();
    cup = await shop.product({ title: "积分杯", price: 10050, stock: 500 });
    alice = await member();
    id = (await staff.reads(`/admin/customers?q=${encodeURIComponent(alice.email)}`)).customers[0].id;
  });
  after(async () => {
    await server?.stop();
    post?.close();
  });
  async function member() {
    const email = `${unique("points")}@example.com`;
    const visitor = shop.visitor();
    expect(await visitor.client.post("/account/login", { email }), 200);
    const code = (await post.gets(({ to }) => to.includes(email), `${email} gets a code`)).subject.match(/(\d{6})$/)[1];
    expect(await visitor.client.post("/account/code", { email, code }), 200);
    return Object.assign(visitor, { email });
  }
  const mine = async () => expect(await alice.client.api("/account/points"), 200).points;
  const adjusts = (points, reason = "生日") => staff.does(`/admin/customers/${id}/points`, { points, reason });

  test("a shop without points has no such page, and terms have bounds", async () => {
    expectProblem(await alice.client.api("/account/points"), 404, "not-found");
    for (const bad of [{ earned: 0 }, { earned: 10001 }, { earned: 1, months: 61 }]) expectProblem(await staff.does("/admin/settings/points", { is_on: true, ...bad }), 422, "invalid");
    expectProblem(await shop.client().post("/admin/settings/points", { is_on: true, earned: 1 }), 401, "unauthenticated");
    expect(await staff.does("/admin/settings/points", { is_on: true, earned: 2, months: 12 }), 200);
    await until(async () => (await alice.client.api("/account/points")).status === 200, "points are on");
    assert.deepEqual(await mine().then(({ balance, pending }) => [balance, pending]), [0, 0]);
    expectProblem(await shop.client().api("/account/points"), 401, "unauthenticated");
  });

  test("a paid order is on its way, a guest's is not, and what was refunded is not", async () => {
    await alice.puts(cup, 2);
    const order = await alice.checksOut();
    assert.equal((await mine()).pending, 0);
    await alice.pays(order);
    await alice.seesPaid(order);
    assert.equal((await mine()).pending, 402);
    const guest = shop.visitor();
    await guest.puts(cup);
    const other = await guest.checksOut();
    await guest.pays(other);
    await guest.seesPaid(other);
    assert.equal((await mine()).pending, 402);
    expect(await staff.triesTo("refund", order, { lines: [{ line_no: 1, quantity: 1 }], reason: "退一件" }), 200, 201);
    await until(async () => (await mine()).pending === 201, "the refund counts");
  });

  test("staff adjust with a reason, never below nothing, and it stands in the audit", async () => {
    expectProblem(await adjusts(-1), 409, "conflict");
    expectProblem(await adjusts(0), 422, "invalid");
    expectProblem(await adjusts(5, ""), 422, "invalid");
    expect(await adjusts(50), 200);
    expect(await adjusts(-20, "换了杯垫"), 200);
    const points = await mine();
    assert.equal(points.balance, 30);
    assert.deepEqual(points.movements.map((one) => [one.kind, one.points, one.reason]), [["adjusted", -20, "换了杯垫"], ["adjusted", 50, "生日"]]);
    assert.equal(points.lots[0].points, 30);
    const tries = await Promise.all(Array.from({ length: 8 }, () => adjusts(-10, "同时")));
    assert.equal(tries.filter(({ status }) => status === 200).length, 3);
    assert.equal((await mine()).balance, 0);
    const { entries } = await staff.reads("/admin/audit?kind=customer.points");
    assert.equal(entries.length, 5);
    expectProblem(await shop.client().post(`/admin/customers/${id}/points`, { points: 5, reason: "x" }), 401, "unauthenticated");
  });

  test("pages work without JavaScript", async () => {
    const page = await alice.browser.open("/account/points");
    assert.match(page.text, /我的积分/);
    assert.match(page.text, /换了杯垫/);
    assert.match((await alice.browser.open("/account")).text, /\/account\/points/);
    assert.match((await staff.client.open(`/admin/customers/${id}`)).text, new RegExp(`/admin/customers/${id}/points`));
    assert.match((await staff.client.open(`/admin/customers/${id}/points`)).text, /调整积分/);
  });
});
