// Reviews: proved by an order, written once, answered by the shop, hidden by the platform alone and on a ground of the law.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { plain } from "../lib/html.mjs";
import { expect, expectProblem, formTo, routesOf, startServer, Staff, unique, until } from "../lib/shop.mjs";

describe("reviews", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  /** A buyer whose order left the shop. */
  async function gets(product) {
    const buyer = shop.visitor();
    const order = await buyer.buys(product);
    await staff.ships(order);
    return { buyer, order };
  }
  const writes = ({ buyer, order }, wish = {}, token = order.token) =>
    buyer.client.post(`/orders/${order.number}/reviews`, { token, line_no: 1, stars: 5, text: "好用", ...wish });
  const follows = ({ buyer, order }, text) => buyer.client.post(`/orders/${order.number}/reviews/1/follow`, { token: order.token, text });
  const reads = async (product, query = "") => expect(await shop.client().api(`/products/${product.handle}/reviews${query}`), 200);
  const page = (path) => shop.client().open(path);
  const inShop = async (product) => (await staff.reads(`/admin/reviews?product=${product.id}`)).reviews;
  const hides = (id, reason = "privacy") => server.tool("review hide", "--shop", shop.handle, "--review", id, "--reason", reason, "--by", "审核员", "--note", "公开了他人电话");

  test("only the buyer of what was paid and sent may write", async () => {
    const cup = await shop.product();
    const other = await server.opens(unique("other"));
    const buyer = shop.visitor();
    const unpaid = await buyer.orders(cup);
    expectProblem(await writes({ buyer, order: unpaid }), 409, "invalid-transition");
    const paid = { buyer, order: await buyer.buys(cup) };
    expectProblem(await writes(paid), 409, "invalid-transition");
    await staff.ships(paid.order);
    expectProblem(await writes(paid, {}, "0".repeat(paid.order.token.length)), 404, "not-found");
    expectProblem(await writes(paid, { line_no: 2 }), 404, "not-found");
    const elsewhere = { buyer: other.visitor(), order: paid.order };
    expectProblem(await writes(elsewhere), 404, "not-found");
    assert.equal((await reads(cup)).reviews.count, 0);
    expect(await writes(paid), 201);
    assert.equal((await reads(cup)).reviews.count, 1);
    expectProblem(await other.client().api(`/products/${cup.handle}/reviews`), 404, "not-found");
  });

  test("what is wrong stands at its field", async () => {
    const mine = await gets(await shop.product());
    const refused = async (wish, field, code) => {
      const { errors } = expectProblem(await writes(mine, wish), 422, "invalid");
      assert.deepEqual(errors.map((one) => [one.field, one.code]), [[field, code]]);
    };
    await refused({ stars: 0 }, "stars", "too-small");
    await refused({ stars: 6 }, "stars", "too-large");
    await refused({ stars: undefined }, "stars", "required");
    await refused({ text: "字".repeat(1001) }, "text", "too-long");
    await refused({ text: "a\u0007b" }, "text", "bad-characters");
    expect(await writes(mine, { text: "字".repeat(1000) }), 201);
  });

  test("a line has one review, sent twice or from two tabs", async () => {
    const cup = await shop.product();
    const mine = await gets(cup);
    const same = await Promise.all([writes(mine), writes(mine), writes(mine)]);
    for (const answer of same) expect(answer, 201);
    expectProblem(await writes(mine, { stars: 1, text: "改主意了" }), 409, "duplicate");
    const theirs = await gets(cup);
    const tabs = await Promise.all([1, 2, 3, 4].map((stars) => writes(theirs, { stars, text: `${stars}` })));
    assert.deepEqual(tabs.map(({ status }) => status).toSorted(), [201, 409, 409, 409]);
    const { reviews } = await reads(cup);
    assert.equal(reviews.count, 2);
    assert.equal(reviews.items.length, 2);
  });

  test("figures are true, the list is narrowed and goes on behind its cursor", async () => {
    const cup = await shop.product({ stock: 30 });
    const sayings = [[5, ""], [5, "好"], [4, "写得很长的一条，超过三十个字，讲讲用下来的感受，所以排在最前面，对别人更有用一些。"], [1, "碎了"], ...Array.from({ length: 8 }, () => [5, ""])];
    for (const [stars, text] of sayings) expect(await writes(await gets(cup), { stars, text }), 201);
    const first = await reads(cup);
    assert.equal(first.reviews.count, 12);
    assert.equal(first.reviews.average, "4.6"); // 55 / 12
    assert.deepEqual(first.reviews.stars.map(({ stars, count, percent }) => [stars, count, percent]), [[5, 10, 83], [4, 1, 8], [3, 0, 0], [2, 0, 0], [1, 1, 8]]);
    assert.equal(first.reviews.worded, 3);
    assert.equal(first.reviews.items.length, 10);
    assert.match(first.reviews.items[0].text, /^写得很长/);
    const second = await reads(cup, `?cursor=${first.next_cursor}`);
    assert.equal(second.reviews.items.length, 2);
    assert.equal(second.next_cursor, null);
    const seen = [...first.reviews.items, ...second.reviews.items].map(({ id }) => id);
    assert.equal(new Set(seen).size, 12);
    assert.deepEqual((await reads(cup, "?show=text&sort=newest")).reviews.items.map(({ text }) => text.slice(0, 2)), ["碎了", "写得", "好"]);
    assert.deepEqual((await reads(cup, "?show=1")).reviews.items.map(({ stars }) => stars), [1]);
    expectProblem(await shop.client().api(`/products/${cup.handle}/reviews?cursor=x`), 400, "bad-request");
    const { product, reviews } = expect(await shop.client().api(`/products/${cup.handle}`), 200);
    assert.equal(reviews.average, "4.6");
    assert.equal(reviews.items.length, 4);
    assert.equal((await staff.product(product.id)).reviews.count, 12);
    const card = expect(await shop.client().api("/products"), 200).products.find(({ handle }) => handle === cup.handle);
    assert.deepEqual(card.rating, { count: 12, average_tenths: 46, average: "4.6" });
  });

  test("pages are new within a second, say it escaped, and tell machines of the figures", async () => {
    const cup = await shop.product();
    const address = `/products/${cup.handle}`;
    const before = await page(address);
    assert.match(plain(before.text), /还没有评价/);
    assert.ok(!before.text.includes("aggregateRating"), "no figures without reviews");
    assert.match(plain((await page(`${address}/reviews`)).text), /还没有评价/);
    expect(await writes(await gets(cup), { stars: 4, text: "<script>alert(1)</script> & <b>粗</b>\n第二行", is_named: true }), 201);
    const after = await until(async () => {
      const now = await page(address);
      return now.text.includes("aggregateRating") && now;
    }, "the product page shows the review", { within: 1000 });
    assert.match(after.text, /&lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; &lt;b&gt;粗/);
    assert.ok(!after.text.includes("<script>alert"));
    assert.match(after.text, /张\*\*/);
    assert.ok(!after.text.includes("张三"));
    const data = JSON.parse(after.text.match(/<script type="application\/ld\+json">(\{"@context":"https:\/\/schema.org","@type":"Product".*?)<\/script>/)[1]);
    assert.deepEqual(data.aggregateRating, { "@type": "AggregateRating", ratingValue: "4.0", reviewCount: 1, bestRating: 5, worstRating: 1 });
    assert.match(plain((await page(`/en${address}/reviews`)).text), /Every review comes from a real order/);
  });

  test("without JavaScript: from the order page, what was typed stays, then once more", async () => {
    const cup = await shop.product({ title: "写评价的杯子" });
    const { buyer, order } = await gets(cup);
    const seen = await buyer.browser.open(`/orders/${order.number}?token=${order.token}`);
    const way = seen.text.match(/href="(\/orders\/[^"]+\/reviews\?token=[^"]+)"/);
    assert.ok(way, "the order page leads to the reviews");
    const empty = await buyer.browser.open(way[1]);
    const refused = await buyer.browser.submit(formTo(empty, /\/reviews$/), { text: "没选星星，字还在 <3" });
    assert.equal(refused.status, 422);
    assert.match(plain(refused.text), /请选择 1 到 5 星/);
    const again = formTo(refused, /\/reviews$/);
    assert.equal(new Map(again.fields).get("text"), "没选星星，字还在 <3");
    const done = await buyer.browser.submit(again, { stars: 5 });
    assert.equal(done.status, 200);
    assert.match(plain(done.text), /谢谢，评价已发布/);
    assert.match(plain(done.text), /匿名买家/);
    const twice = await buyer.browser.submit(again, { stars: 2 });
    assert.equal(twice.status, 409);
    assert.match(plain(twice.text), /已经评价过了/);
    const blank = await buyer.browser.submit(formTo(done, /\/follow$/), { text: " " });
    assert.equal(blank.status, 422);
    assert.match(plain(blank.text), /写几句再提交/);
    const more = await buyer.browser.submit(formTo(blank, /\/follow$/), { text: "用了几天，还是好" });
    assert.match(plain(more.text), /追评已发布/);
    expect(await follows({ buyer, order }, "用了几天，还是好"), 200);
    expectProblem(await follows({ buyer, order }, "第三次"), 409, "duplicate");
    const [item] = (await reads(cup)).reviews.items;
    assert.equal(item.follow.text, "用了几天，还是好");
    const early = shop.visitor();
    const waiting = await early.buys(cup);
    const not_yet = await early.browser.open(`/orders/${waiting.number}/reviews?token=${waiting.token}`);
    assert.match(plain(not_yet.text), /发货后就可以评价/);
    assert.equal(not_yet.forms.filter(({ action }) => action.includes("/reviews")).length, 0);
    assert.equal((await early.browser.open(`/orders/${waiting.number}/reviews?token=wrong`)).status, 404);
  });

  test("the shop answers and reports, and can neither change nor delete", async () => {
    const cup = await shop.product();
    expect(await writes(await gets(cup), { stars: 1, text: "不好用" }), 201);
    const [{ id }] = await inShop(cup);
    expectProblem(await staff.does(`/admin/reviews/${id}/reply`, { text: "" }), 422, "invalid");
    expect(await staff.does(`/admin/reviews/${id}/reply`, { text: "抱歉" }), 200);
    expectProblem(await staff.does(`/admin/reviews/${id}/reply`, { text: "又一条" }), 409, "conflict");
    const { review } = expect(await staff.does(`/admin/reviews/${id}/reply`, { text: "抱歉，已退款", expected: 1 }), 200);
    assert.deepEqual(review.replies.map(({ text }) => text), ["抱歉，已退款", "抱歉"]);
    assert.equal((await reads(cup)).reviews.items[0].reply.text, "抱歉，已退款");
    expectProblem(await staff.does(`/admin/reviews/${id}/report`, { note: "没有理由" }), 422, "invalid");
    expect(await staff.does(`/admin/reviews/${id}/report`, { reason: "defamation", note: "请看" }), 200);
    expectProblem(await staff.does(`/admin/reviews/${id}/report`, { reason: "defamation", note: "请看" }), 409, "duplicate");
    assert.equal((await reads(cup)).reviews.items[0].text, "不好用", "a report hides nothing");
    const gone = /\/(remove|delete|hide|edit|restore)$/;
    const doors = (await routesOf(server)).filter(({ method, path }) => path.includes("review") && method !== "GET").map(({ path }) => path);
    assert.ok(doors.length >= 4);
    assert.deepEqual(doors.filter((path) => gone.test(path)), []);
    for (const [method, path] of [["DELETE", `/admin/reviews/${id}`], ["POST", `/admin/reviews/${id}`], ["PUT", `/admin/reviews/${id}`], ["POST", `/admin/reviews/${id}/remove`], ["POST", `/admin/reviews/${id}/hide`]]) {
      const answer = await staff.client.send(method, `/api/v1${path}`, { json: { text: "好用", stars: 5 }, headers: { origin: staff.client.origin } });
      assert.ok([404, 405].includes(answer.status), `${method} ${path}: ${answer.status}`);
    }
    const [kept] = (await reads(cup)).reviews.items;
    assert.deepEqual([kept.stars, kept.text], [1, "不好用"]);
    const { entries } = await staff.reads("/admin/audit?kind=review.replied");
    assert.ok(entries.some(({ url, after }) => url.endsWith(id) && after === "抱歉，已退款"));
    const list = await staff.reads(`/admin/reviews?product=${cup.id}&state=unanswered`);
    assert.equal(list.reviews.length, 0);
    assert.equal((await staff.reads(`/admin/reviews?product=${cup.id}&stars=1&state=reported`)).reviews.length, 1);
  });

  test("only the platform hides, on a ground of the law, and the log stays", async () => {
    const cup = await shop.product();
    expect(await writes(await gets(cup), { stars: 2, text: "王小明 13800000000" }), 201);
    expect(await writes(await gets(cup), { stars: 4, text: "还行" }), 201);
    const id = (await inShop(cup)).find(({ stars }) => stars === 2).id;
    expect(await staff.does(`/admin/reviews/${id}/report`, { reason: "privacy", note: "有电话" }), 200);
    assert.match(await server.tool("review reported", "--shop", shop.handle), new RegExp(`^${id} `, "m"));
    assert.notEqual((await server.tries("review hide", "--shop", shop.handle, "--review", id, "--reason", "bad-rating", "--by", "审核员", "--note", "差评")).code, 0);
    assert.notEqual((await server.tries("review hide", "--shop", shop.handle, "--review", id, "--reason", "privacy", "--by", "审核员", "--note", "")).code, 0);
    await page(`/products/${cup.handle}/reviews`);
    await hides(id);
    await until(async () => !(await page(`/products/${cup.handle}/reviews`)).text.includes("王小明"), "the page is new", { within: 3000 });
    const shown = await page(`/products/${cup.handle}/reviews`);
    assert.match(plain(shown.text), /该评价因涉及他人隐私或个人信息，文字已隐藏/);
    assert.match(plain(shown.text), /其中 1 条的文字由平台依法隐藏/);
    const { reviews } = await reads(cup);
    assert.equal(reviews.average, "3.0", "the stars stay");
    assert.deepEqual(reviews.items.find((one) => one.id === id).text, null);
    expectProblem(await staff.does(`/admin/reviews/${id}/reply`, { text: "那是谁" }), 409, "conflict");
    await server.tool("review show", "--shop", shop.handle, "--review", id, "--by", "审核员", "--note", "本人同意公开");
    assert.equal((await reads(cup)).reviews.items.find((one) => one.id === id).text, "王小明 13800000000");
    await hides(id, "fabricated");
    const last = (await reads(cup)).reviews;
    assert.deepEqual([last.average, last.count, last.hidden], ["4.0", 1, 1]);
    const { review } = await staff.reads(`/admin/reviews/${id}`);
    assert.deepEqual(review.acts.map(({ kind, reason }) => [kind, reason]), [["hidden", "fabricated"], ["shown", null], ["hidden", "privacy"], ["reported", "privacy"]]);
    await server.adds_up();
    await server.tampers(`UPDATE product_reviews SET stars_5 = stars_5 + 40`);
    assert.match((await server.tries("check")).stdout, /its figures are not those of its reviews/);
    await server.tampers(`UPDATE product_reviews SET stars_5 = stars_5 - 40`);
  });

  test("useful reviews are voted for once by each reader, come first, and nobody is named", async () => {
    const cup = await shop.product();
    const says = [];
    for (const text of ["短", "长".repeat(60), "也短"]) says.push(expect(await writes(await gets(cup), { text }), 201));
    expect(await writes(await gets(cup), { text: "" }), 201);
    const list = async () => (await reads(cup)).reviews.items;
    const by = async (text) => (await list()).find((one) => (one.text ?? "").startsWith(text));
    const short = await by("短"), silent = (await list()).find(({ text }) => text === null);
    assert.deepEqual((await list()).map(({ votes }) => votes), [0, 0, 0, 0]);
    assert.equal((await list())[0].text.length, 60, "without votes what has most to read comes first");
    const votes = (client, id) => client.post(`/products/${cup.handle}/reviews/${id}/useful`, {});
    const reader = shop.client(), other = shop.client();
    assert.equal(expect(await votes(reader, short.id), 200).review.votes, 1);
    assert.equal(expect(await votes(reader, short.id), 200).review.votes, 1, "the same reader counts once");
    assert.equal(expect(await votes(other, short.id), 200).review.votes, 2);
    const also = await by("也短");
    expect(await votes(other, also.id), 200);
    assert.deepEqual((await list()).map(({ text, votes: count }) => [(text ?? "").slice(0, 2), count]), [["短", 2], ["也短", 1], ["长长", 0], ["", 0]]);
    assert.deepEqual((await reads(cup, "?show=text")).reviews.items.map(({ votes: count }) => count), [2, 1, 0]);
    expectProblem(await votes(reader, silent.id), 409, "conflict");
    expectProblem(await votes(reader, "1"), 404, "not-found");
    const lamp = await shop.product();
    expectProblem(await reader.post(`/products/${lamp.handle}/reviews/${short.id}/useful`, {}), 404, "not-found");
    const elsewhere = await server.opens(unique("votes").toLowerCase());
    expectProblem(await votes(elsewhere.client(), short.id), 404, "not-found");
    // hidden: nothing to vote for; shown again: as it was
    await hides(short.id);
    assert.equal((await list()).at(-1).is_hidden || (await list()).at(-2).is_hidden, true, "what is hidden does not stand first");
    expectProblem(await votes(shop.client(), short.id), 409, "conflict");
    await server.tool("review show", "--shop", shop.handle, "--review", short.id, "--by", "审核员", "--note", "申诉成立");
    assert.equal((await by("短")).votes, 2);
    await server.tool("check");
    await server.tampers(`UPDATE reviews SET votes = votes + 1 WHERE id = ${short.id}`);
    await assert.rejects(() => server.tool("check"), /votes are not counted/);
    await server.tampers(`UPDATE reviews SET votes = votes - 1 WHERE id = ${short.id}`);
  });

  test("without JavaScript a vote is a form; many new readers from one network are slowed down", async () => {
    const cup = await shop.product();
    expect(await writes(await gets(cup), { text: "可以" }), 201);
    const [{ id }] = (await reads(cup)).reviews.items;
    const client = shop.client();
    const html = await until(async () => {
      const seen = await client.open(`/products/${cup.handle}/reviews`);
      return seen.text.includes(`/reviews/${id}/useful`) && seen;
    }, "the page has the button");
    const sent = await client.submit(formTo(html, `/products/${cup.handle}/reviews/${id}/useful`));
    assert.match(plain(sent.text), /现在有 1 人觉得这条评价有用/);
    assert.ok(!/yd_voter/.test(sent.text));
    const statuses = [];
    for (let i = 0; i < 12; i++) statuses.push((await shop.client().post(`/products/${cup.handle}/reviews/${id}/useful`, {})).status);
    assert.ok(statuses.includes(429), `${statuses}`);
    assert.ok((await reads(cup)).reviews.items[0].votes < 12);
  });

  test("who packs sees no reviews, who supports buyers answers them", async () => {
    const cup = await shop.product();
    expect(await writes(await gets(cup)), 201);
    const [{ id }] = await inShop(cup);
    for (const [role, status] of [["packer", 403], ["support", 200]]) {
      const login = `${unique(role)}@main.example`;
      expect(await staff.does("/admin/settings/staff", { login, name: "小周", role, password: "kettle on tea" }), 201);
      const person = await new Staff(shop).logsIn({ login, password: "kettle on tea" });
      assert.equal((await person.client.api("/admin/reviews")).status, status);
      assert.equal((await person.does(`/admin/reviews/${id}/reply`, { text: "谢谢" })).status, status);
    }
  });
});
