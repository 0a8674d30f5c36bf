// Group buying: the last seat is given once, a full group goes on, one that is not full gives everything back.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { openMailbox } from "../lib/mailbox.mjs";
import { cny, expect, expectProblem, freshKey, startServer, unique, until } from "../lib/shop.mjs";

const HOUR = 3600_000;
/** A moment as the form of the shop says it (UTC+8). */
const local = (at) => new Date(at + 8 * HOUR).toISOString().slice(0, 16);
const buyOf = (entries, more = {}) => ({ name: "三人拼", starts_at: local(Date.now() - 60_000), ends_at: local(Date.now() + 48 * HOUR), size: 3, hours: 24, is_listed: true, entries, ...more });
const draft = async (staff, buy) => expect(await staff.does("/admin/groups", buy), 201).buy;
const start = async (staff, buy) => expect(await staff.does(`/admin/groups/${buy.id}/status`, { status: "active" }), 200).buy;
const starts = async (staff, ...of) => start(staff, await draft(staff, buyOf(...of)));
const looks = async (staff, buy) => (await staff.reads(`/admin/groups/${buy.id}`)).buy;
const entryOf = (product, more = {}) => ({ variant_id: product.variant_id, price: cny(4900), stock: 10, ...more });

/** A cart for a new group, or (token) for one that is there; gives the answer. */
async function triesToOpen(buyer, product, token = "", quantity = 1) {
  const answer = await buyer.client.post("/cart/groups", { variant_id: product.variant_id, group: token, quantity });
  if (answer.status < 300) buyer.cart = answer.body.cart.token;
  return answer;
}
/** The order of somebody who begins a group, or joins one, unpaid. */
async function orders(buyer, product, token, quantity) {
  expect(await triesToOpen(buyer, product, token, quantity), 201);
  return buyer.checksOut();
}
async function buys(buyer, product, token) {
  const order = await orders(buyer, product, token);
  await buyer.pays(order);
  return buyer.seesPaid(order);
}
const groupOf = async (shop, token) => expect(await shop.client().api(`/groups/${token}`), 200).group;
/** A group of a new buyer: {first, order, token}. */
async function opens(shop, product) {
  const first = shop.visitor();
  const order = await buys(first, product);
  return { first, order, token: order.group.token };
}
/** The time of a group is over, with the server down. */
const timeIsOver = (server) => server.tampers("UPDATE buy_groups SET ends_at = 1000 WHERE state = 2; UPDATE jobs SET due_at = 1000 WHERE kind = 'group.end'");

describe("group buying", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  test("both prices stand on the page; three people fill a group, and it can be shipped only then", async () => {
    const tea = await shop.product({ title: "拼团龙井", price: 9900, stock: 60 });
    const buy = await starts(staff, [entryOf(tea, { person_most: 2 })]);
    const page = await until(async () => {
      const { product } = expect(await shop.client().api(`/products/${tea.handle}`), 200);
      return product.variants[0].group && product;
    }, "the page knows the group buy");
    assert.deepEqual([page.variants[0].price, page.variants[0].group.price, page.variants[0].group.size], [cny(9900), cny(4900), 3]);
    const html = (await shop.client().get(`/products/${tea.handle}`)).text;
    assert.match(html, /单独购买/);
    assert.match(html, /发起拼团 ¥49/);
    const { first, order, token } = await opens(shop, tea);
    assert.deepEqual([order.total, order.stage, order.group.missing, order.group.state], [cny(4900), "grouping", 2, "open"]);
    assert.match((await first.client.get(`/orders/${order.number}?token=${order.token}`)).text, /等待成团/);
    expectProblem(await staff.does(`/admin/orders/${order.number}/ship`, { carrier: "sf", tracking_number: "SF1234567890123" }), 409, "invalid-transition");
    const { orders: toShip } = await staff.reads("/admin/orders?stage=to_ship");
    assert.ok(!toShip.some(({ number }) => number === order.number), "it does not stand among those to pack");
    const share = (await shop.client().get(`/groups/${token}`)).text;
    assert.ok(share.includes(`/groups/${token}/card`));
    const card = await shop.client().get(`/groups/${token}/card`);
    assert.deepEqual([card.status, card.headers["content-type"]], [200, "image/jpeg"]);
    assert.equal((await shop.client().get("/groups/no-such-token/card")).status, 404);
    assert.match(share, /还差 2 人成团/);
    assert.match(share, /property="og:title" content="拼团龙井，还差 2 人成团/);
    assert.match(share, /张\*\*/);
    assert.doesNotMatch(share, /张三|138\d{8}/, "nobody is named");
    const listed = await until(async () => {
      const { product } = expect(await shop.client().api(`/products/${tea.handle}`), 200);
      return product.groups.length > 0 && product;
    }, "strangers see the group");
    assert.deepEqual(listed.groups.map((group) => [group.url, group.missing]), [[`/groups/${token}`, 2]]);
    const [second, third] = [shop.visitor(), shop.visitor()];
    await buys(second, tea, token);
    const last = await buys(third, tea, token);
    assert.equal(last.group.state, "full");
    const full = await first.seesUntil(order, ({ stage }) => stage === "to_ship", "goes on");
    assert.ok(full.events.some(({ kind }) => kind === "group_filled"));
    await staff.ships(full);
    const seen = await looks(staff, buy);
    assert.deepEqual([seen.figures.full, seen.figures.open, seen.figures.pieces, seen.figures.money, seen.sold], [1, 0, 3, cny(14700), 3]);
    expectProblem(await triesToOpen(shop.visitor(), tea, token), 409, "group-over");
    await until(async () => /拼团成功[^]*发起新团/.test((await shop.client().get(`/groups/${token}`)).text), "the page that was shared says so");
    await server.adds_up();
  });

  test("codes are delivered when the group is full, and not before", async () => {
    const key = await shop.product({ price: 3000, codes: ["AAA-1", "AAA-2", "AAA-3"] });
    await starts(staff, [entryOf(key, { price: cny(1000), stock: 3 })], { size: 2 });
    await until(async () => (await triesToOpen(shop.visitor(), key)).status === 201, "it runs");
    const { first, order, token } = await opens(shop, key);
    assert.equal((await first.sees(order)).deliveries.length, 0);
    await buys(shop.visitor(), key, token);
    assert.equal((await first.getsCodes(order, 1)).length, 1);
    await server.adds_up();
  });

  test("what is wrong with a group buy is said at its field", async () => {
    const [pot, jar] = [await shop.product({ price: 5000, stock: 3 }), await shop.product({ price: 5000, stock: 3 })];
    const wrong = async (buy, at = "/admin/groups") => expectProblem(await staff.does(at, buy), 422, "invalid").errors.map(({ field, code }) => `${field} ${code}`).sort();
    assert.deepEqual(await wrong(buyOf([entryOf(pot, { price: cny(5000), stock: 4 })])), ["entries.0.price group-price", "entries.0.stock group-stock"]);
    assert.deepEqual(await wrong(buyOf([], { size: 1, hours: 73, ends_at: local(Date.now() - 2 * HOUR), name: "" })), ["ends_at before-start", "entries group-goods", "hours group-hours", "name required", "size group-size"]);
    assert.deepEqual(await wrong(buyOf([{ sku: pot.sku, price: cny(100) }], { goods: "no-such-thing" })), ["entries.0.stock required", "goods no-such-goods"]);
    await starts(staff, [entryOf(pot, { stock: 2 })]);
    assert.deepEqual(await wrong(buyOf([entryOf(pot, { stock: 1 })])), ["entries.0.sku group-overlap"]);
    const flash = (product) => ({ name: "秒杀", starts_at: local(Date.now()), ends_at: local(Date.now() + HOUR), unpaid_minutes: 5, entries: [{ variant_id: product.variant_id, price: cny(100), stock: 1 }] });
    assert.deepEqual(await wrong(flash(pot), "/admin/flash"), ["entries.0.sku flash-overlap"]);
    const sale = expect(await staff.does("/admin/flash", flash(jar)), 201).sale;
    expect(await staff.does(`/admin/flash/${sale.id}/status`, { status: "active" }), 200);
    assert.deepEqual(await wrong(buyOf([entryOf(jar, { stock: 1 })])), ["entries.0.sku group-overlap"]);
    const again = await staff.does("/admin/groups", { ...buyOf([entryOf(jar)]), size: "many" });
    assert.equal(expectProblem(again, 422, "invalid").errors[0].field, "size");
  });

  test("20 people want the last seat at once: one has it, the others are told and may begin anew", async () => {
    const cup = await shop.product({ price: 9900, stock: 100 });
    await starts(staff, [entryOf(cup)], { size: 2 });
    await until(async () => (await triesToOpen(shop.visitor(), cup)).status === 201, "it runs");
    const { token } = await opens(shop, cup);
    const crowd = await Promise.all(Array.from({ length: 20 }, async () => {
      const buyer = shop.visitor();
      expect(await triesToOpen(buyer, cup, token), 201);
      return buyer;
    }));
    const answers = await Promise.all(crowd.map((buyer) => buyer.triesToCheckOut()));
    const won = answers.filter(({ status }) => status < 300);
    assert.equal(won.length, 1);
    for (const answer of answers.filter(({ status }) => status >= 300)) expectProblem(answer, 409, "group-over");
    const group = await until(async () => {
      const now = await groupOf(shop, token);
      return now.paying === 1 && now;
    }, "the page knows that the seat is taken");
    assert.deepEqual([group.paid, group.missing, group.can_join, group.can_begin], [1, 1, false, true]);
    const loser = crowd[answers.findIndex(({ status }) => status >= 300)];
    const form = await loser.client.get(`/checkout?cart=${loser.cart}`);
    assert.match(form.text, /慢了一步/);
    assert.match(form.text, new RegExp(`/products/${cup.handle}`));
    await buys(loser, cup);
    const winner = crowd[answers.indexOf(won[0])];
    await winner.cancels(won[0].body.order);
    assert.equal((await buys(shop.visitor(), cup, token)).group.state, "full");
    await server.adds_up();
  });

  test("one person sits once in a group, and has as many pieces as one may", async () => {
    const bowl = await shop.product({ price: 9900, stock: 20 });
    await starts(staff, [entryOf(bowl, { stock: 10, person_most: 2 })]);
    await until(async () => (await triesToOpen(shop.visitor(), bowl)).status === 201, "it runs");
    assert.equal(expectProblem(await triesToOpen(shop.visitor(), bowl, "", 3), 422, "invalid").errors[0].code, "group-most");
    const { first, token } = await opens(shop, bowl);
    const same = shop.visitor();
    same.phone = first.phone;
    expect(await triesToOpen(same, bowl, token), 201);
    assert.deepEqual(expectProblem(await same.triesToCheckOut(), 422, "invalid").errors.map(({ field, code }) => [field, code]), [["contact.phone", "group-person"]]);
    await orders(same, bowl, "", 1);
    expect(await triesToOpen(same, bowl, ""), 201);
    assert.equal(expectProblem(await same.triesToCheckOut(), 422, "invalid").errors[0].code, "group-most");
    expectProblem(await shop.client().api("/groups/no-such-token"), 404, "not-found");
    await server.adds_up();
  });

  test("a cart of a group takes nothing else, and the buyer's own cart stays as it is", async () => {
    const [vase, jar] = [await shop.product({ price: 9900, stock: 20 }), await shop.product({ price: 2000, stock: 20 })];
    await starts(staff, [entryOf(vase)]);
    await until(async () => (await triesToOpen(shop.visitor(), vase)).status === 201, "it runs");
    const buyer = shop.visitor();
    const own = (await buyer.puts(jar)).token;
    expect(await triesToOpen(buyer, vase), 201);
    expectProblem(await buyer.client.post("/cart/lines", { cart: buyer.cart, variant_id: jar.variant_id, quantity: 1 }), 409, "cart-checked-out");
    expectProblem(await buyer.client.post("/cart/coupon", { cart: buyer.cart, code: "" }), 409, "cart-checked-out");
    const [key, order] = [freshKey(), buyer.order()];
    const placed = expect(await buyer.triesToCheckOut({ key, order }), 201).order;
    assert.equal(expect(await buyer.triesToCheckOut({ key, order }), 200, 201).order.number, placed.number);
    const kept = expect(await buyer.client.api(`/cart?cart=${own}`), 200).cart;
    assert.deepEqual(kept.lines.map(({ variant_id }) => variant_id), [jar.variant_id]);
    await server.adds_up();
  });

  test("who cancels or is refunded while the group is open frees the seat", async () => {
    const fan = await shop.product({ price: 9900, stock: 20 });
    const buy = await starts(staff, [entryOf(fan)], { size: 2 });
    await until(async () => (await triesToOpen(shop.visitor(), fan)).status === 201, "it runs");
    const { first, order, token } = await opens(shop, fan);
    const waiting = shop.visitor();
    const unpaid = await orders(waiting, fan, token);
    expectProblem(await triesToOpen(shop.visitor(), fan, token), 409, "group-over");
    await waiting.cancels(unpaid);
    expect(await triesToOpen(shop.visitor(), fan, token), 201);
    await staff.cancels(order);
    await first.seesClosed(order);
    await until(async () => (await groupOf(shop, token)).state === "failed", "a group without anybody is over");
    assert.equal((await looks(staff, buy)).sold, 0);
    await server.adds_up();
  });
});

describe("who does not want to wait", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());
  const leaves = (buyer, order) => buyer.client.post(`/orders/${order.number}/leave`, { token: order.token });
  const asBrowser = ({ client }) => ({ accept: "text/html", origin: client.origin });
  /** A product in groups of two that can be begun. */
  async function runs(product) {
    const buy = await starts(staff, [entryOf(product, { stock: 20, person_most: 2 })], { size: 2 });
    await until(async () => (await triesToOpen(shop.visitor(), product)).status === 201, "it runs");
    return buy;
  }

  test("leaves on the page of the order, after being asked, and has the money back", async () => {
    const tea = await shop.product({ title: "退团龙井", price: 9900, stock: 10 });
    const buy = await starts(staff, [entryOf(tea, { person_most: 2 })]);
    await until(async () => (await triesToOpen(shop.visitor(), tea)).status === 201, "it runs");
    const { token } = await opens(shop, tea);
    const second = shop.visitor();
    const unpaid = await orders(second, tea, token);
    assert.equal((await second.sees(unpaid)).group.can_leave, false);
    expectProblem(await leaves(second, unpaid), 409, "invalid-transition");
    await second.pays(unpaid);
    assert.equal((await second.seesPaid(unpaid)).group.can_leave, true);
    const page = (await second.client.get(`/orders/${unpaid.number}?token=${unpaid.token}`)).text;
    assert.match(page, new RegExp(`<summary[^>]*>不想等了</summary>\\s*<form[^>]*action="/orders/${unpaid.number}/leave"[^]*退出并退款`));
    expectProblem(await shop.visitor().client.post(`/orders/${unpaid.number}/leave`, { token: "0".repeat(32) }), 404, "not-found");
    const form = await second.client.send("POST", `/orders/${unpaid.number}/leave`, { form: { token: unpaid.token }, headers: asBrowser(second) });
    assert.deepEqual([form.status, form.headers.location], [303, `/orders/${unpaid.number}?token=${unpaid.token}`]);
    const left = await second.seesUntil(unpaid, ({ stage }) => stage === "refunded", "is refunded");
    assert.deepEqual([left.order_status, left.refunded, left.refunds.length, left.group], ["closed", cny(4900), 1, null]);
    assert.equal(left.events.filter(({ kind }) => kind === "group_left").length, 1);
    assert.match((await second.client.get(`/orders/${unpaid.number}?token=${unpaid.token}`)).text, /你退出了拼团/);
    expectProblem(await leaves(second, unpaid), 409, "invalid-transition");
    assert.equal((await second.sees(unpaid)).refunds.length, 1);
    assert.deepEqual([(await groupOf(shop, token)).paid, (await looks(staff, buy)).sold], [1, 1]);
    assert.equal((await buys(second, tea, token)).group.missing, 1, "the same person may come back");
    await server.adds_up();
  });

  test("presses as the last seat is paid: the order is cancelled or the group is full, never both", async () => {
    const cup = await shop.product({ price: 9900, stock: 200 });
    await runs(cup);
    const seen = { left: 0, full: 0 };
    for (let round = 0; round < 8; round++) {
      const { first, order, token } = await opens(shop, cup);
      const last = shop.visitor();
      const joined = await orders(last, cup, token);
      const payment = await last.startsPaying(joined);
      const press = () => leaves(first, order);
      const pay = () => last.atCashier(payment);
      const together = round % 2 ? [pay(), press(), press()] : [press(), press(), pay()];
      const answers = (await Promise.all(together)).filter(({ path }) => path?.endsWith("/leave"));
      assert.equal(answers.length, 2);
      const won = answers.filter(({ status }) => status < 300).length;
      assert.ok(won <= 1, "the seat is given back once");
      const paid = await last.seesPaid(joined);
      seen[won ? "left" : "full"]++;
      if (won) {
        const now = await first.seesUntil(order, ({ stage }) => stage === "refunded", "is refunded");
        assert.deepEqual([now.refunds.length, paid.group.state, paid.group.missing], [1, "open", 1]);
      } else {
        const [one, other] = await Promise.all([[first, order], [last, joined]].map(([buyer, of]) => buyer.seesUntil(of, ({ stage }) => stage === "to_ship", "goes on")));
        assert.deepEqual([one.refunds.length, one.group.state, other.group.state], [0, "full", "full"]);
      }
      await server.adds_up();
    }
    assert.equal(seen.left + seen.full, 8);
  });

  test("is too late when the group is full", async () => {
    const pot = await shop.product({ price: 9900, stock: 20 });
    await runs(pot);
    const { first, order, token } = await opens(shop, pot);
    await buys(shop.visitor(), pot, token);
    const late = await leaves(first, order);
    expectProblem(late, 409, late.body.type.split("/").pop());
    assert.match(late.body.type, /group-over|invalid-transition/);
    const now = await first.seesUntil(order, ({ stage }) => stage === "to_ship", "goes on");
    assert.deepEqual([now.group.can_leave, now.refunds.length], [false, 0]);
    const page = await first.client.send("POST", `/orders/${order.number}/leave`, { form: { token: order.token }, headers: asBrowser(first) });
    assert.equal(page.status, 409);
    assert.match(page.text, /role="alert"[^]*订单的状态变了/);
    await server.adds_up();
  });
});

describe("groups that are not full in time", () => {
  let server;
  afterEach(() => server?.stop());
  async function opened(options) {
    server = await startServer(options);
    const staff = await server.shop.staff();
    const lamp = await server.shop.product({ price: 9900, stock: 20 });
    const buy = await starts(staff, [entryOf(lamp)]);
    await until(async () => (await triesToOpen(server.shop.visitor(), lamp)).status === 201, "it runs");
    return { lamp, buy, ...(await opens(server.shop, lamp)) };
  }

  test("close their orders and refund them by themselves, once, also when the program dies between", async () => {
    const { lamp, first, order, token, buy } = await opened();
    const [second, third] = [server.shop.visitor(), server.shop.visitor()];
    const paid = await buys(second, lamp, token);
    const unpaid = await orders(third, lamp, token);
    await server.ends();
    await timeIsOver(server);
    await server.start();
    await until(async () => (await groupOf(server.shop, token)).state === "failed", "the group failed", { every: 2 });
    await server.dies();
    await server.adds_up();
    await server.start();
    for (const [buyer, one] of [[first, order], [second, paid]]) {
      const now = await buyer.seesUntil(one, ({ stage }) => stage === "refunded", "is refunded", { within: 60000 });
      assert.deepEqual([now.refunded, now.refunds.length, now.order_status], [cny(4900), 1, "closed"]);
      assert.ok(now.events.some(({ kind }) => kind === "group_failed"));
    }
    await third.seesClosed(unpaid);
    await until(async () => (await server.shop.client().get(`/groups/${token}`)).text.includes("拼团未成功"), "the page says so");
    const staff = await server.at("main", server.shop.account).staff();
    const seen = await looks(staff, buy);
    assert.deepEqual([seen.figures.failed, seen.figures.open, seen.sold], [1, 0, 0]);
    assert.equal((await server.shop.stock(lamp)).available, 20);
    await server.adds_up();
  });

  test("money that comes after the end goes back in full", async () => {
    const { lamp, token } = await opened();
    const late = server.shop.visitor();
    const order = await orders(late, lamp, token);
    const payment = await late.startsPaying(order);
    await server.ends();
    await timeIsOver(server);
    await server.start();
    await late.seesClosed(order);
    await late.atCashier(payment);
    const now = await late.seesUntil(order, ({ stage }) => stage === "refunded", "is refunded", { within: 60000 });
    assert.deepEqual([now.refunded, now.refunds.length], [cny(4900), 1]);
    await server.adds_up();
  });

  test("a counter that is wrong is found", async () => {
    await opened();
    await server.ends();
    await server.tampers("UPDATE buy_groups SET taken = 2 WHERE state = 2");
    assert.match((await server.tries("check")).stdout, /group \d+ of 3/);
    await server.tampers("UPDATE buy_groups SET taken = 1 WHERE state = 2");
    await server.start();
  });
});

describe("mails about a group", () => {
  let server, shop, staff, post;
  before(async () => {
    post = await openMailbox();
    server = await startServer({ args: ["--smtp-url", post.url, "--mail-from", "no-reply@platform.example", "--smtp-plain", "on", "--outbound-allow", `127.0.0.1:${post.port}`] });
    shop = server.shop;
    staff = await shop.staff();
  });
  after(async () => {
    await server?.stop();
    post?.close();
  });

  /** Somebody who leaves a mail address. */
  const buyer = () => {
    const one = shop.visitor();
    one.email = `${unique("member")}@example.com`;
    const plain = one.order.bind(one);
    one.order = (more = {}) => plain({ contact: { phone: one.phone, email: one.email }, ...more });
    return one;
  };
  const full = (one) => post.to(one.email).filter((mail) => /拼团成功/.test(mail.subject));

  test("each member with an address is told once that the group is full, unless the shop wants otherwise", async () => {
    const tea = await shop.product({ title: "拼团白茶", price: 9900, stock: 60 });
    await starts(staff, [entryOf(tea)], { size: 2 });
    const [first, second] = [buyer(), buyer()];
    await until(async () => (await triesToOpen(shop.visitor(), tea)).status === 201, "it runs");
    const begun = await buys(first, tea);
    assert.equal(full(first).length, 0);
    await buys(second, tea, begun.group.token);
    for (const one of [first, second]) {
      const mail = await post.gets((letter) => letter.to.includes(one.email) && /拼团成功/.test(letter.subject), "a member is told");
      assert.match(mail.plain, /人数凑齐了[^]*拼团白茶/);
      assert.match(mail.plain, /\/orders\//);
    }
    const settings = "/admin/settings/notify/buyers";
    const others = { buyer_paid: true, buyer_shipped: true, buyer_delivered: true, buyer_refunded: true, buyer_cancelled: true, buyer_presale: true, buyer_restock: true };
    expect(await staff.does(settings, others), 200);
    const [third, fourth] = [buyer(), buyer()];
    const other = await buys(third, tea);
    await buys(fourth, tea, other.group.token);
    await third.seesUntil(other, ({ stage }) => stage === "to_ship", "goes on");
    await staff.ships(other);
    await post.gets((letter) => letter.to.includes(third.email) && /已发货/.test(letter.subject), "what came later was sent");
    assert.deepEqual([full(first).length, full(second).length, full(third).length, full(fourth).length], [1, 1, 0, 0]);
    expect(await staff.does(settings, { ...others, buyer_group: true }), 200);
  });
});
