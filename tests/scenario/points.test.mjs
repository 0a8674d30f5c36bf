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
    const [trial] = (await staff.reads("/admin/money/ledger")).trials;
    const of = (name) => trial.accounts.find(({ account }) => account === name)?.balance.amount;
    assert.deepEqual([of("points"), trial.is_balanced], [30, true], "the books owe what they are worth");
    await server.adds_up();
    const tries = await Promise.all(Array.from({ length: 8 }, () => adjusts(-10, "同时")));
    assert.equal(tries.filter(({ status }) => status === 200).length, 3);
    assert.equal((await mine()).balance, 0);
    const { entries } = await staff.reads("/admin/audit?kind=customer.points");
    assert.equal(entries.length, 5);
    expectProblem(await shop.client().post(`/admin/customers/${id}/points`, { points: 5, reason: "x" }), 401, "unauthenticated");
  });

  test("points pay a part of an order, and come back with it", async () => {
    const { earned, months } = (await staff.reads("/admin/settings/points")).points;
    const sets = (pay) => staff.does("/admin/settings/points", { is_on: true, earned, months, ...pay });
    expectProblem(await sets({ pay_rate: 10, pay_percent: 101 }), 422, "invalid");
    await alice.puts(cup, 2);
    expectProblem(await alice.client.post("/cart/points", { cart: alice.cart, points: 10 }), 422, "invalid");
    assert.equal((await alice.client.api(`/cart?cart=${alice.cart}`)).body.cart.points, null);
    expect(await sets({ pay_rate: 10, pay_percent: 50, pay_least: 20 }), 200);
    expect(await adjusts(500), 200);
    const cart = await until(async () => { const { points } = expect(await alice.client.api(`/cart?cart=${alice.cart}`), 200).cart; return points; }, "points pay");
    assert.deepEqual([cart.balance, cart.most, cart.most_off.amount, cart.used], [500, 500, 5000, 0]);
    expectProblem(await alice.client.post("/cart/points", { cart: alice.cart, points: 501 }), 422, "invalid");
    expectProblem(await alice.client.post("/cart/points", { cart: alice.cart, points: 19 }), 422, "invalid");
    const used = expect(await alice.client.post("/cart/points", { cart: alice.cart, points: 333 }), 200).cart;
    assert.deepEqual([used.points.used, used.points.off.amount, used.total.amount], [333, 3330, 20100 - 3330]);
    const order = await alice.checksOut();
    assert.deepEqual([order.points.used, order.points.off.amount, order.total.amount], [333, 3330, 16770]);
    assert.equal((await mine()).balance, 167);
    const { proof } = await staff.reads(`/admin/orders/${order.number}/price-proof`);
    assert.deepEqual([proof.points.used, proof.points.off.amount, proof.replay.is_same], [333, 3330, true]);
    expect(await alice.client.post(`/orders/${order.number}/cancel`, { token: order.token }), 200);
    assert.equal((await mine()).balance, 500);
    await alice.puts(cup, 2);
    expect(await alice.client.post("/cart/points", { cart: alice.cart, points_do: "all" }), 200);
    const paid = await alice.checksOut();
    await alice.pays(paid);
    await alice.seesPaid(paid);
    const preview = await staff.client.submit({ method: "POST", action: `/admin/orders/${paid.number}/refund`, fields: [] }, { step: "preview", "lines.0.line_no": 1, "lines.0.quantity": 1, reason: "退一件" });
    assert.match(preview.text, /同时退回 250 积分/);
    expect(await staff.triesTo("refund", paid, { lines: [{ line_no: 1, quantity: 1 }], reason: "退一件" }), 200, 201);
    assert.equal((await mine()).balance, 250);
    assert.equal((await staff.reads(`/admin/orders/${paid.number}`)).order.points.back, 250);
    await until(async () => expect(await alice.triesToSee(paid), 200).order.payment_status === "partially_refunded", "half of the money went back");
    assert.match((await alice.browser.open(`/orders/${paid.number}?token=${paid.token}`)).text, /积分抵扣（500 分）<span>已退回 250 分/);
    assert.match((await staff.client.open(`/admin/orders/${paid.number}`)).text, /积分抵扣（500 分）[^]*已退回 250 分/);
    assert.match((await staff.client.open(`/admin/orders/${paid.number}/price-proof`)).text, /500 积分抵 ¥50\.00/);
    assert.match((await alice.browser.open("/account/points")).text, /10 积分抵 1 元，每单最多抵货款的 50%/);
    await server.adds_up();
  });

  test("many tabs never use a point twice", async () => {
    const carts = [];
    for (let i = 0; i < 20; i++) {
      const guest = shop.visitor(); // an account has one cart: these were filled before anybody logged in
      await guest.puts(cup);
      expect(await alice.client.post("/cart/points", { cart: guest.cart, points: 50 }), 200);
      carts.push(alice.order({ cart: guest.cart, shown_total: { amount: 10050 - 500, currency: "CNY" } }));
    }
    alice.cart = undefined;
    const answers = await Promise.all(carts.map((order) => alice.triesToCheckOut({ order })));
    assert.equal(answers.filter(({ status }) => status < 300).length, 5);
    for (const { status, body } of answers) assert.ok(status < 300 || ["/problems/price-changed", "/problems/points-gone"].includes(body.type), JSON.stringify(body));
    assert.equal((await mine()).balance, 0);
    await server.adds_up();
  });

  test("points that pay a whole order settle it at once, and come back with its pieces", async () => {
    const { earned, months } = (await staff.reads("/admin/settings/points")).points;
    const sets = (pay) => staff.does("/admin/settings/points", { is_on: true, earned, months, pay_rate: 10, ...pay });
    const mug = await shop.product({ price: 500, stock: 20 });
    expect(await sets({ pay_percent: 100 }), 200);
    expect(await adjusts(100), 200);
    alice.cart = undefined;
    alice.client.cookies.delete("yd_cart");
    await alice.puts(mug, 2);
    await until(async () => expect(await alice.client.api(`/cart?cart=${alice.cart}`), 200).cart.points.percent === 100, "points pay all");
    const { cart } = expect(await alice.client.post("/cart/points", { cart: alice.cart, points_do: "all" }), 200);
    assert.deepEqual([cart.total.amount, cart.points.used], [0, 100]);
    const order = await alice.checksOut();
    assert.deepEqual([order.total.amount, order.payment_status, order.can_pay], [0, "paid", false]);
    assert.equal((await mine()).balance, 0);
    assert.match((await staff.client.open(`/admin/orders/${order.number}`)).text, new RegExp(`/admin/orders/${order.number}/refund`));
    await staff.ships(order);
    const back = { lines: [{ line_no: 1, quantity: 1 }], reason: "退一件", request: "half" };
    for (let i = 0; i < 2; i++) expect(await staff.triesTo("refund", order, back), 200, 201);
    assert.equal((await mine()).balance, 50);
    assert.equal((await staff.reads(`/admin/orders/${order.number}`)).order.points.back, 50);
    expect(await adjusts(-50, "收尾"), 200);
    expect(await sets({ pay_percent: 50, pay_least: 20 }), 200);
    await server.adds_up();
  });

  test("the checkout works without JavaScript and keeps what was typed", async () => {
    expect(await adjusts(300), 200);
    alice.client.cookies.delete("yd_cart");
    const posts = (action, fields) => alice.client.submit({ method: "POST", action, fields: [] }, fields);
    await posts("/cart/lines", { variant_id: cup.variant_id, quantity: 1 });
    const typed = { "contact.phone": "13800000000", "address.name": "爱丽丝", "address.phone": "13800000000", "address.region": "浙江省 杭州市 西湖区", "address.line": "一号", note: "轻放", idempotency_key: "points-typed" };
    const wrong = await posts("/checkout/edit", { ...typed, points: "301", points_do: "typed" });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /最多能用 300 积分/);
    assert.match(wrong.text, /name="points"[^>]*value="301"/);
    assert.match(wrong.text, /爱丽丝/);
    const review = await posts("/checkout/review", { ...typed, points: "200" });
    assert.match(review.text, /积分抵扣（200 分）/);
    assert.match(review.text, /name="shown_total" value="80.50"/);
  });

  test("pages work without JavaScript", async () => {
    const page = await alice.browser.open("/account/points");
    assert.match(page.text, /我的积分/);
    assert.match(page.text, /换了杯垫/);
    assert.match((await alice.browser.open("/account")).text, /\/account\/points/);
    assert.match((await staff.client.open(`/admin/customers/${id}`)).text, new RegExp(`/admin/customers/${id}/points`));
    assert.match((await staff.client.open(`/admin/customers/${id}/points`)).text, /调整积分/);
    await server.tampers("UPDATE point_accounts SET debt = 30");
    assert.match((await alice.browser.open("/account/points")).text, /少退了 30 分/);
    assert.match((await staff.client.open(`/admin/customers/${id}/points`)).text, /欠积分[^]*30/);
    await server.tampers("UPDATE point_accounts SET debt = 0");
  });
});
