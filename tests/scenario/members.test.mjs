// Levels of members by what they spend, and the prices that members pay: on the card, the page, in cart, order and proof.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formTo } from "../lib/html.mjs";
import { openMailbox } from "../lib/mailbox.mjs";
import { cny, expect, startServer, unique, until } from "../lib/shop.mjs";

describe("members", () => {
  let server, shop, staff, post;
  before(async () => {
    post = await openMailbox();
    server = await startServer({ args: ["--smtp-url", post.url, "--mail-from", "no-reply@platform.example", "--smtp-plain", "on", "--outbound-allow", `127.0.0.1:${post.port}`, "--login-limit", "1000"] });
    shop = server.shop;
    staff = await shop.staff();
  });
  after(async () => {
    await server?.stop();
    post?.close();
  });

  async function member(email = `${unique("member")}@example.com`) {
    const visitor = shop.visitor();
    expect(await visitor.client.post("/account/login", { email }), 200);
    const mail = await post.gets(({ to }) => to.includes(email), `${email} gets a code`);
    expect(await visitor.client.post("/account/code", { email, code: mail.subject.match(/(\d{6})$/)[1] }), 200);
    const { customers } = await staff.reads(`/admin/customers?q=${encodeURIComponent(email)}`);
    assert.equal(customers.length, 1);
    return { visitor, email, id: customers[0].id };
  }
  const seen = async ({ id }) => (await staff.reads(`/admin/customers/${id}`)).customer;
  async function group(name, fields = {}) {
    const { groups } = expect(await staff.does("/admin/customers/groups", { name, ...fields }), 200);
    return groups.find((one) => one.name === name);
  }
  const local = (days) => new Date(Date.now() + days * 86400e3 + 8 * 3600e3).toISOString().slice(0, 16);
  const listOf = (fields) => ({ name: "金卡会员价", starts_at: local(-1), ends_at: local(30), scope: "all", audience: "all", steps: [{ fold: "9" }], ...fields });
  async function starts(fields) {
    const { price_list } = expect(await staff.does("/admin/price-lists", listOf(fields)), 201);
    assert.equal(price_list.phase, "draft");
    return expect(await staff.does(`/admin/price-lists/${price_list.id}/status`, { status: "active" }), 200).price_list;
  }
  const ends = (list) => staff.does(`/admin/price-lists/${list.id}/status`, { status: "ended" });
  const page = async (client, product) => expect(await client.api(`/products/${product.handle}`), 200);
  const priceOf = async (client, product) => (await page(client, product)).selected.price.amount;

  test("spending leads into a group, a refund out of it, and by hand it stays", async () => {
    const gold = await group("金卡会员", { spend_from: cny(10000), spend_days: 365 });
    const cup = await shop.product({ price: 6000, stock: 50 });
    const buyer = await member();
    const first = await buyer.visitor.buys(cup);
    assert.equal((await seen(buyer)).group, null);
    const second = await buyer.visitor.buys(cup);
    await until(async () => (await seen(buyer)).group === "金卡会员", "the second payment leads into the group");
    assert.deepEqual((await seen(buyer)).spent, cny(12000));
    assert.deepEqual((await seen(buyer)).orders.map(({ number }) => number), [second.number, first.number]);
    expect(await staff.triesTo("refund", second, { amount: cny(6000), reason: "broken" }), 200, 201);
    await until(async () => (await seen(buyer)).group === null, "the refund leads out of it");
    expect(await staff.does(`/admin/customers/${buyer.id}/group`, { group: gold.id }), 200);
    assert.equal((await seen(buyer)).is_group_by_hand, true);
    await buyer.visitor.buys(cup);
    assert.equal((await seen(buyer)).group, "金卡会员");
    expect(await staff.does(`/admin/customers/groups/${gold.id}/remove`), 200);
    assert.equal((await seen(buyer)).group, null);
  });

  test("a member pays the member price everywhere, and strangers read of it", async () => {
    const gold = await group("黑金会员");
    const tea = await shop.product({ price: 9990, stock: 50 });
    const buyer = await member();
    expect(await staff.does(`/admin/customers/${buyer.id}/group`, { group: gold.id }), 200);
    const list = await starts({ name: "黑金价", audience: "groups", groups: [{ id: gold.id }], is_shown: true });
    assert.match(list.text, /9 折/);
    const { client } = buyer.visitor;
    await until(async () => (await priceOf(client, tea)) === 8991, "the page shows the member price");
    const own = await page(client, tea);
    assert.equal(own.product.price_min.amount, 8991);
    assert.equal(own.selected.price_list.name, "黑金价");
    assert.equal(own.selected.price_list.full.amount, 9990);
    assert.equal(own.selected.member_price, null);
    const stranger = shop.visitor();
    const others = await page(stranger.client, tea);
    assert.equal(others.selected.price.amount, 9990);
    assert.equal(others.selected.member_price.price.amount, 8991);
    // Pages: a member's page never reaches a stranger, nor the other way round.
    for (let i = 0; i < 2; i++) {
      assert.match((await stranger.client.open(`/products/${tea.handle}`)).text, /会员登录后 ¥89\.91/);
      assert.doesNotMatch((await client.open(`/products/${tea.handle}`)).text, /会员登录后/);
    }
    const search = expect(await client.api("/products"), 200).products.find(({ handle }) => handle === tea.handle);
    assert.equal(search.price_min.amount, 8991, "the card says the same");
    const cart = await buyer.visitor.puts(tea, 2);
    assert.equal(cart.lines[0].unit_price.amount, 8991);
    assert.equal(cart.total.amount, 2 * 8991);
    const cheat = await buyer.visitor.triesToCheckOut({ order: buyer.visitor.order({ shown_total: cny(1), price: cny(1), total: cny(1) }) });
    assert.equal(cheat.status, 409, "a price of the buyer's own is refused");
    const order = await buyer.visitor.checksOut({ order: buyer.visitor.order({ shown_total: cny(2 * 8991) }) });
    assert.equal(order.total.amount, 2 * 8991);
    const { proof } = await staff.reads(`/admin/orders/${order.number}/price-proof`);
    assert.equal(proof.lines[0].price_list.id, list.id);
    assert.equal(proof.lines[0].price_list.version, 1);
    assert.equal(proof.lines[0].price_list.shelf_price.amount, 9990);
    assert.equal(proof.replay.is_same, true);
    const guest = await stranger.puts(tea);
    assert.equal(guest.total.amount, 9990);
    stranger.cart = undefined;
    const foreign = shop.visitor();
    foreign.cart = (await buyer.visitor.puts(tea)).token;
    const seenByOther = expect(await foreign.client.api(`/cart?cart=${foreign.cart}`), 200).cart;
    assert.equal(seenByOther.total.amount, 9990, "the price belongs to the person, not to the cart");
    buyer.visitor.cart = undefined;
    expect(await ends(list), 200);
    await until(async () => (await priceOf(client, tea)) === 9990, "the list has ended");
    await server.adds_up();
  });

  test("a list for everybody lowers the price; offers take off from it; the lowest list counts", async () => {
    const mug = await shop.product({ price: 10000, stock: 20 });
    const goods = mug.sku;
    const first = await starts({ name: "店庆价", scope: "some", goods, steps: [{ price: cny(8000) }] });
    const second = await starts({ name: "清仓价", scope: "some", goods, steps: [{ off: cny(3000) }] });
    const buyer = shop.visitor();
    await until(async () => (await priceOf(buyer.client, mug)) === 7000, "the lowest counts");
    const offer = expect(await staff.does("/admin/promotions", { kind: "sum", name: "满减", starts_at: local(-1), ends_at: local(3), scope: "some", goods, steps: [{ from: cny(7000), off: cny(500) }] }), 201).promotion;
    expect(await staff.does(`/admin/promotions/${offer.id}/status`, { status: "active" }), 200);
    const order = await buyer.orders(mug);
    assert.equal(order.total.amount, 6500);
    assert.equal(order.discount.amount, 500);
    for (const list of [first, second]) expect(await ends(list), 200);
    expect(await staff.does(`/admin/promotions/${offer.id}/status`, { status: "ended" }), 200);
    await server.adds_up();
  });

  test("a new buyer's price counts for one order, however many are placed at once", async () => {
    const mug = await shop.product({ price: 10000, stock: 50 });
    const list = await starts({ name: "新人价", audience: "new", is_shown: true, scope: "some", goods: mug.sku, steps: [{ price: cny(2000) }] });
    const stranger = shop.visitor();
    await until(async () => (await page(stranger.client, mug)).selected.member_price?.price.amount === 2000, "the page tells of it");
    assert.match((await stranger.client.open(`/products/${mug.handle}`)).text, /第一次下单，结算时 ¥20\.00/);
    assert.equal((await stranger.puts(mug)).total.amount, 10000, "nobody knows yet who it is");
    const tabs = await Promise.all(Array.from({ length: 6 }, async () => {
      const tab = shop.visitor();
      tab.phone = stranger.phone;
      await tab.puts(mug);
      return tab;
    }));
    const answers = await Promise.all(tabs.map((tab) => tab.triesToCheckOut()));
    const placed = answers.filter(({ status }) => status < 300).map(({ body }) => body.order);
    for (const { status, body } of answers) assert.ok(status < 300 || body.type === "/problems/promotion-over", JSON.stringify(body));
    assert.equal(placed.filter(({ total }) => total.amount === 2000).length, 1);
    const cheap = placed.find(({ total }) => total.amount === 2000);
    const payer = shop.visitor();
    await payer.pays(cheap);
    await payer.seesPaid(cheap);
    const again = shop.visitor();
    again.phone = `+86 ${stranger.phone}`;
    assert.equal((await again.orders(mug)).total.amount, 10000, "whoever paid once is new no more");
    expect(await ends(list), 200);
    await server.adds_up();
  });

  test("what contradicts itself is refused with field and reason", async () => {
    const codes = async (fields) => {
      const answer = await staff.does("/admin/price-lists", listOf(fields));
      assert.equal(answer.status, 422);
      return answer.body.errors.map(({ field, code }) => `${field} ${code}`);
    };
    const cup = await shop.product({ price: 500 });
    assert.deepEqual(await codes({ ends_at: local(-2) }), ["ends_at before-start"]);
    assert.deepEqual(await codes({ audience: "groups" }), ["groups groups-required"]);
    assert.deepEqual(await codes({ steps: [{ fold: "10" }] }), ["steps.0.fold fold-range"]);
    assert.deepEqual(await codes({ steps: [{ off: cny(10), price: cny(20) }] }), ["steps.0.off one-effect"]);
    assert.deepEqual(await codes({ scope: "some", goods: cup.sku, steps: [{ off: cny(500) }] }), ["steps.0.off above-price"]);
    assert.deepEqual((await staff.does("/admin/customers/groups", { name: "" })).body.errors.map(({ field }) => field), ["name"]);
  });

  test("the search of the back office finds members by name, pinyin, initials and phone, as long as they are there", async () => {
    const buyer = await member();
    const finds = async (q) => (await staff.reads(`/admin/search?q=${encodeURIComponent(q)}`)).customers;
    expect(await buyer.visitor.client.post("/account/profile", { name: "單于清荷", phone: "+86 139-2222-4681" }), 200);
    const words = ["單于清荷", "单于清荷", "shanyuqinghe", "SYQH", "4681", "13922224681", buyer.email];
    for (const q of words) assert.deepEqual((await finds(q)).map(({ name, url }) => [name, url]), [["單于清荷", `/admin/customers/${buyer.id}`]], q);
    const cup = await shop.product({ price: 500 });
    buyer.visitor.address = { ...buyer.visitor.address, name: "前台" };
    const order = await buyer.visitor.orders(cup);
    const orders = (await staff.reads(`/admin/search?q=${encodeURIComponent("清荷")}`)).orders;
    assert.ok(orders.some(({ number }) => number === order.number), "orders of the account, whoever they are for");
    const [hit] = await finds("syqh");
    assert.ok(!JSON.stringify(hit).includes(buyer.email) && !JSON.stringify(hit).includes("22224681"), "masked");
    expect(await buyer.visitor.client.post("/account/delete", { is_sure: true }), 200);
    for (const q of words) assert.deepEqual(await finds(q), [], q);
  });

  test("staff without the scope see no customers; search finds whole words only", async () => {
    const buyer = await member();
    expect(await buyer.visitor.client.post("/account/profile", { name: "赵小满", phone: "+86 139-2222-3333" }), 200);
    for (const q of [buyer.email.toUpperCase(), "赵小满", "13922223333"])
      assert.equal((await staff.reads(`/admin/customers?q=${encodeURIComponent(q)}`)).customers[0].id, buyer.id, q);
    assert.equal((await staff.reads(`/admin/customers?q=${encodeURIComponent(buyer.email.slice(0, 8))}`)).customers.length, 0);
    expect(await staff.does(`/admin/customers/${buyer.id}/note`, { note: "喜欢白茶" }), 200);
    assert.equal((await seen(buyer)).note, "喜欢白茶");
    assert.ok(!JSON.stringify(expect(await buyer.visitor.client.api("/account"), 200)).includes("喜欢白茶"));
    assert.equal((await shop.client().api("/admin/customers")).status, 401);
    const packer = await staff.hires?.("packer");
    if (packer) assert.equal((await packer.client.api("/admin/customers")).status, 403);
  });

  test("without JavaScript: make a level, then its prices, and start them", async () => {
    const { client } = staff;
    let html = await client.open("/admin/customers/groups");
    html = await client.submit(formTo(html, "/admin/customers/groups"), { name: "", spend_from: "abc" });
    assert.equal(html.status, 422);
    assert.match(html.text, /value="abc"/);
    html = await client.submit(formTo(html, "/admin/customers/groups"), { name: "银卡会员", spend_from: "500", spend_days: "90" });
    assert.match(html.text, /90 天内消费满 ¥500\.00/);
    html = await client.open("/admin/price-lists");
    assert.match(html.text, /会员价/);
    html = await client.open("/admin/price-lists/new");
    html = await client.submit(formTo(html, "/admin/price-lists"), { name: "银卡价", "steps.0.fold": "9.5" });
    assert.equal(html.status, 422, "no level was chosen");
    assert.match(html.text, /勾选至少一个会员等级/);
    const { groups } = await staff.reads("/admin/customers/groups");
    const silver = groups.find(({ name }) => name === "银卡会员");
    html = await client.submit(formTo(html, "/admin/price-lists"), { "groups.0.id": silver.id });
    assert.match(html.text, /还是草稿/);
    html = await client.submit(formTo(html, /status$/), { status: "active" });
    assert.match(html.text, /银卡会员 · 9\.5 折/);
    assert.match(html.text, /进行中/);
    const { price_lists } = await staff.reads("/admin/price-lists");
    expect(await ends(price_lists[0]), 200);
    for (const path of ["/admin/customers", "/admin/price-lists", `/admin/customers?group=${silver.id}`, "/en/admin/customers/groups"]) assert.equal((await client.open(path)).status, 200, path);
  });

  test("what a guest put in joins the cart of the account, which every device of the buyer sees", async () => {
    const cup = await shop.product({ price: 500, stock: 4 });
    const tea = await shop.product({ price: 300, stock: 50 });
    const puts = async (client, product, quantity) => expect(await client.post("/cart/lines", { variant_id: product.variant_id, quantity }), 200).cart;
    const pieces = (cart) => Object.fromEntries(cart.lines.map((line) => [line.variant_id, line.quantity]));
    const cartOf = async (client) => expect(await client.api("/cart"), 200).cart;

    const enters = async (client, email, nth) => {
      expect(await client.post("/account/login", { email }), 200);
      await post.gets(() => post.to(email).length >= nth, `code ${nth}`);
      expect(await client.post("/account/code", { email, code: post.to(email)[nth - 1].subject.match(/(\d{6})$/)[1] }), 200);
    };
    const phone = shop.visitor();
    await puts(phone.client, cup, 3);
    const email = `${unique("member")}@example.com`;
    await enters(phone.client, email, 1);
    assert.deepEqual(pieces(await cartOf(phone.client)), { [cup.variant_id]: 3 }, "logging in empties no cart");
    assert.deepEqual((await cartOf(phone.client)).news, []);

    const laptop = shop.visitor();
    await puts(laptop.client, cup, 3);
    await puts(laptop.client, tea, 2);
    await enters(laptop.client, email, 2);
    const joined = await cartOf(laptop.client);
    assert.deepEqual(pieces(joined), { [cup.variant_id]: 4, [tea.variant_id]: 2 });
    assert.deepEqual(joined.news.map(({ code, wanted, got }) => [code, wanted, got]), [["merged", 0, 5], ["quantity-clamped", 6, 4]]);
    assert.equal(joined.has_problems, false, "what was joined can be ordered");
    assert.deepEqual(pieces(await cartOf(phone.client)), pieces(joined));
    const page = (await laptop.client.open("/cart")).text;
    assert.match(page, /两边的购物车已合并/);
    assert.match(page, /想要 6 件，受库存或限购所限，现为 4 件/);
    assert.match((await laptop.client.open("/checkout")).text, /两边的购物车已合并/);
    assert.deepEqual(expect(await laptop.client.post("/cart/news", {}), 200).cart.news, []);

    // Logging out leaves the cart with the account; the same browser means the same tea when it comes back.
    expect(await laptop.client.post("/account/logout", {}), 200);
    assert.equal((await cartOf(laptop.client)).count, 0);
    await puts(laptop.client, tea, 2);
    await enters(laptop.client, email, 3);
    assert.equal(pieces(await cartOf(laptop.client))[tea.variant_id], 2);
  });
});
