// Coupons that are claimed: who may have one, how many there are, what the cart makes of them, and what comes back.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openMailbox } from "../lib/mailbox.mjs";
import { cny, expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

const DAY = 86400e3;
const local = (at) => new Date(at + 8 * 3600e3).toISOString().slice(0, 16);

describe("claimed coupons", () => {
  let server, shop, staff, post, cup;
  before(async () => {
    post = await openMailbox();
    server = await startServer({ args: ["--smtp-url", post.url, "--mail-from", "no-reply@platform.example", "--smtp-plain", "on", "--outbound-allow", `127.0.0.1:${post.port}`, "--login-limit", "1000"] });
    shop = server.shop;
    staff = await shop.staff();
    cup = await shop.product({ title: "领券杯", price: 10000, stock: 500 });
  });
  after(async () => {
    await server?.stop();
    post?.close();
  });

  const codeFor = async (email) => (await post.gets(({ to }) => to.includes(email), `${email} gets a code`)).subject.match(/(\d{6})$/)[1];
  async function member() {
    const email = `${unique("claims")}@example.com`;
    const visitor = shop.visitor();
    expect(await visitor.client.post("/account/login", { email }), 200);
    expect(await visitor.client.post("/account/code", { email, code: await codeFor(email) }), 200);
    return Object.assign(visitor, { email });
  }
  /** A coupon that runs, offered to be claimed by these rules; null = by its code. */
  async function coupon(rules = {}, wish = {}) {
    const fields = { kind: "coupon", name: unique("券"), starts_at: local(Date.now() - DAY), ends_at: local(Date.now() + 30 * DAY), scope: "all", steps: [{ from: cny(0), off: cny(1000) }], beside_sale: true, beside_goods: true, beside_sum: true, ...wish };
    const { promotion } = expect(await staff.does("/admin/promotions", fields), 201);
    expect(await staff.does(`/admin/promotions/${promotion.id}/status`, { status: "active" }), 200);
    if (rules) expect(await staff.does(`/admin/promotions/${promotion.id}/issue`, { holder_most: 1, audience: "all", ...rules }), 200);
    return promotion;
  }
  const issue = async ({ id }, query = "") => staff.reads(`/admin/promotions/${id}/issue${query}`);
  const ends = ({ id }) => staff.does(`/admin/promotions/${id}/status`, { status: "ended" });
  const claims = (visitor, { id }) => visitor.client.post(`/coupons/${id}/claim`);
  const refused = async (visitor, promotion) => expectProblem(await claims(visitor, promotion), 422, "invalid").errors[0].code;
  const mine = async (visitor, state = "usable") => expect(await visitor.client.api(`/account/coupons?state=${state}`), 200).coupons;
  const cartOf = async (visitor) => expect(await visitor.client.api(`/cart?cart=${visitor.cart}`), 200).cart;
  const wishes = async (visitor, code) => expect(await visitor.client.post("/cart/coupon", { cart: visitor.cart, code }), 200).cart;

  test("a stranger is sent to log in and comes back with it claimed, without JavaScript", async () => {
    const ten = await coupon({ issue_most: 5 });
    const { browser } = shop.visitor();
    const page = await browser.open(`/products/${cup.handle}`);
    assert.match(page.text, new RegExp(`/coupons/${ten.id}/claim`));
    const asked = await browser.send("POST", `/coupons/${ten.id}/claim`, { form: { next: `/products/${cup.handle}#coupons` }, headers: { accept: "text/html", origin: browser.origin } });
    assert.equal(asked.status, 303);
    assert.match(asked.headers.location, /^\/account\/login\?next=/);
    const email = `${unique("later")}@example.com`;
    await browser.open(asked.headers.location);
    const next = new URL(asked.headers.location, "http://x").searchParams.get("next");
    await browser.send("POST", "/account/login", { form: { email, next }, headers: { accept: "text/html", origin: browser.origin } });
    const back = await browser.send("POST", "/account/code", { form: { email, code: await codeFor(email), next }, headers: { accept: "text/html", origin: browser.origin } });
    assert.equal(back.status, 303);
    assert.equal(back.headers.location, `/products/${cup.handle}#coupons`);
    assert.equal(browser.cookies.has("yd_claim"), false);
    const { coupons } = expect(await browser.api("/account/coupons"), 200);
    assert.deepEqual(coupons.map(({ id }) => id), [ten.id]);
    const own = await browser.open(`/products/${cup.handle}`);
    assert.doesNotMatch(own.text, new RegExp(`/coupons/${ten.id}/claim`));
    assert.match(own.text, /已领取/);
    assert.equal((await issue(ten)).issue.issued, 1);
    expectProblem(await shop.client().post(`/coupons/${ten.id}/claim`), 401, "unauthenticated");
    expectProblem(await shop.client().api("/account/coupons"), 401, "unauthenticated");
    expectProblem(await browser.post("/coupons/4711/claim"), 404, "not-found");
    await ends(ten);
  });

  test("the best one counts by itself, another or none may be chosen, and a code is no key to it", async () => {
    const [small, large, far] = [await coupon({}), await coupon({}, { steps: [{ from: cny(10000), off: cny(3000) }] }), await coupon({}, { steps: [{ from: cny(50000), off: cny(9000) }] })];
    const buyer = await member();
    for (const one of [small, large, far]) expect(await claims(buyer, one), 201);
    let cart = await buyer.puts(cup);
    assert.equal(cart.total.amount, 7000);
    const row = (id) => cart.claimed.find((one) => one.id === id);
    assert.equal(row(large.id).is_used, true);
    assert.equal(row(far.id).problem, "too-little");
    assert.deepEqual(row(far.id).missing, cny(40000));
    assert.equal(row(small.id).problem, null, "it may be wished for");
    cart = await wishes(buyer, `#${small.id}`);
    assert.equal(cart.total.amount, 9000);
    assert.equal(cart.claimed_choice, "one");
    cart = await wishes(buyer, "#none");
    assert.equal(cart.total.amount, 10000);
    cart = await wishes(buyer, "");
    assert.equal(cart.total.amount, 7000);
    for (const code of ["#", "#4711x'", "# none"]) {
      const answer = await buyer.client.post("/cart/coupon", { cart: buyer.cart, code });
      assert.ok(answer.status === 200 || answer.status === 422, `${code}: ${answer.status}`);
    }
    await wishes(buyer, "");
    const { promotion } = await issue(small);
    const stranger = shop.visitor();
    await stranger.puts(cup);
    assert.equal(expectProblem(await stranger.client.post("/cart/coupon", { cart: stranger.cart, code: promotion.code }), 422, "invalid").errors[0].code, "unknown");
    const page = await buyer.browser.open("/cart");
    assert.match(page.text, /我的优惠券/);
    const checkout = await buyer.browser.send("POST", "/checkout/edit", { form: { coupon: "#none", cart: buyer.cart, "contact.phone": "13911112222" }, headers: { accept: "text/html", origin: buyer.browser.origin } });
    assert.equal(checkout.status, 200);
    assert.match(checkout.text, /13911112222/, "what was typed stays");
    assert.equal((await cartOf(buyer)).total.amount, 10000);
    await wishes(buyer, "");
    for (const one of [small, large, far]) await ends(one);
  });

  test("it is spent once, and comes back when the order is cancelled or all its money went back", async () => {
    const ten = await coupon({ issue_most: 10 });
    const buyer = await member();
    expect(await claims(buyer, ten), 201);
    const order = await buyer.orders(cup);
    assert.equal(order.total.amount, 9000);
    assert.deepEqual((await mine(buyer, "used")).map(({ id }) => id), [ten.id]);
    assert.equal((await buyer.puts(cup)).total.amount, 10000);
    await buyer.cancels(order);
    assert.equal((await cartOf(buyer)).total.amount, 9000);
    const paid = await buyer.checksOut();
    await buyer.pays(paid);
    await buyer.seesPaid(paid);
    assert.equal((await issue(ten)).issue.used, 1);
    await staff.ships(paid);
    expect(await staff.triesTo("refund", paid, { amount: cny(4000), reason: "part" }), 200, 201);
    assert.equal((await mine(buyer)).length, 0);
    expect(await staff.triesTo("refund", paid, { amount: cny(5000), reason: "rest" }), 200, 201);
    await until(async () => (await mine(buyer)).length === 1, "a full refund gives the coupon back");
    const { issue: figures } = await issue(ten);
    assert.deepEqual([figures.issued, figures.used, figures.left], [1, 0, 9]);
    await ends(ten);
    assert.deepEqual((await mine(buyer, "expired")).map(({ id }) => id), [ten.id]);
  });

  test("a rush claims exactly what there is, and nobody more than one", async () => {
    const five = await coupon({ issue_most: 5 });
    const buyers = [];
    for (let i = 0; i < 8; i++) buyers.push(await member());
    const answers = await Promise.all([...buyers, ...buyers, ...buyers, ...buyers, ...buyers].map((buyer) => claims(buyer, five)));
    assert.equal(answers.filter(({ status }) => status === 201).length, 5);
    for (const answer of answers.filter(({ status }) => status !== 201)) assert.ok(["gone", "had"].includes(answer.body.errors[0].code), JSON.stringify(answer.body));
    const held = await Promise.all(buyers.map(async (buyer) => (await mine(buyer)).length));
    assert.ok(held.every((count) => count <= 1) && held.reduce((a, b) => a + b) === 5, held.join());
    assert.equal((await issue(five)).issue.issued, 5);
    assert.equal(expect(await shop.client().api("/coupons"), 200).tickets.filter(({ id }) => id === five.id).length, 0);
    const holder = buyers[held.indexOf(1)];
    const carts = [];
    for (let i = 0; i < 6; i++) {
      const guest = shop.visitor(); // an account has one cart: these were filled before anybody logged in
      await guest.puts(cup);
      carts.push(guest.cart);
    }
    const orders = await Promise.all(carts.map((cart) => holder.client.post("/checkout", { ...holder.order(), cart }, { headers: { "idempotency-key": unique("k") } })));
    const placed = orders.filter(({ status }) => status === 201).map(({ body }) => body.order.total.amount);
    assert.equal(placed.filter((total) => total === 9000).length, 1, placed.join());
    await ends(five);
  });

  test("new customers, levels, and what is stopped", async () => {
    const fresh = await coupon({ audience: "new" });
    const buyer = await member();
    await buyer.buys(cup);
    assert.equal(await refused(buyer, fresh), "not-new");
    expect(await claims(await member(), fresh), 201);
    const { groups } = expect(await staff.does("/admin/customers/groups", { name: "券金卡" }), 200);
    const gold = groups.find(({ name }) => name === "券金卡");
    const level = await coupon({ audience: "group", group: gold.id });
    assert.equal(await refused(buyer, level), "not-level");
    const { customers } = await staff.reads(`/admin/customers?q=${encodeURIComponent(buyer.email)}`);
    expect(await staff.does(`/admin/customers/${customers[0].id}/group`, { group: gold.id }), 200);
    expect(await claims(buyer, level), 201);
    assert.equal(await refused(buyer, level), "had");
    expect(await staff.does(`/admin/promotions/${fresh.id}/issue/stop`), 200);
    assert.equal(await refused(await member(), fresh), "over");
    const refusal = await buyer.browser.send("POST", `/coupons/${fresh.id}/claim`, { form: { next: "/cart" }, headers: { accept: "text/html", origin: buyer.browser.origin } });
    assert.equal(refusal.status, 422);
    assert.match(refusal.text, /已停止领取/);
    await ends(fresh);
    await ends(level);
  });

  test("staff set the rules, see who has one, give one, and it is written down", async () => {
    const ten = await coupon(null);
    const { issue: none } = await issue(ten);
    assert.equal(none, null);
    const fields = async (body) => expectProblem(await staff.does(`/admin/promotions/${ten.id}/issue`, body), 422, "invalid").errors.map(({ field }) => field);
    assert.deepEqual(await fields({ holder_most: 0 }), ["holder_most"]);
    assert.deepEqual(await fields({ holder_most: 101, days: 366 }), ["holder_most", "days"]);
    assert.deepEqual(await fields({ audience: "group", holder_most: 1 }), ["group"]);
    expect(await staff.does(`/admin/promotions/${ten.id}/issue`, { holder_most: 1, issue_most: 2, days: 7 }), 200);
    const buyer = await member();
    const gives = (email) => staff.does(`/admin/promotions/${ten.id}/issue/give`, { email });
    assert.equal(expectProblem(await gives("nobody@example.com"), 422, "invalid").errors[0].code, "no-account");
    expect(await gives(buyer.email), 200);
    expect(await gives(buyer.email), 200);
    assert.equal(expectProblem(await gives(buyer.email), 422, "invalid").errors[0].code, "none-left");
    const seen = await issue(ten);
    assert.equal(seen.issue.issued, 2);
    assert.deepEqual(seen.claims.map(({ state, is_given }) => [state, is_given]), [["usable", true], ["usable", true]]);
    assert.deepEqual(await fields({ holder_most: 1, issue_most: 1 }), ["issue_most"]);
    const { entries } = await staff.reads(`/admin/audit?about=promotions/${ten.id}`);
    assert.deepEqual(entries.map(({ kind }) => kind).filter((kind) => kind.startsWith("coupon.")).toReversed(), ["coupon.offered", "coupon.given", "coupon.given"]);
    const held = await mine(buyer);
    assert.ok(Date.parse(held[0].ends_at) - Date.now() < 8 * DAY + 1000 && Date.parse(held[0].ends_at) - Date.now() > 7 * DAY - DAY);
    const sale = expect(await staff.does("/admin/promotions", { kind: "sum", name: "满减", starts_at: local(Date.now()), ends_at: local(Date.now() + DAY), scope: "all", steps: [{ from: cny(200), off: cny(20) }] }), 201).promotion;
    expectProblem(await staff.client.api(`/admin/promotions/${sale.id}/issue`), 404, "not-found");
    expectProblem(await shop.client().api(`/admin/promotions/${ten.id}/issue`), 401, "unauthenticated");
    const page = await staff.client.open(`/admin/promotions/${ten.id}/issue`);
    assert.match(page.text, /领取记录/);
    await ends(ten);
  });

  test("the books add up", () => server.adds_up());
});
