// What the people of the shop do.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, formTo, Staff, startServer, unique, until } from "../lib/shop.mjs";
import { plain } from "../lib/html.mjs";

describe("the back office", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const refunded = (order, amount) => until(async () => {
    const now = await staff.sees(order);
    const sum = now.refunds.filter(({ status }) => status === "done" || status === "succeeded").reduce((total, refund) => total + refund.amount.amount, 0);
    return sum === amount && now;
  }, `${amount} fen of ${order.number} are refunded`);

  test("nobody gets in without the password", async () => {
    const stranger = shop.client();
    assert.equal((await stranger.api("/admin/orders")).status, 401);
    const page = await stranger.send("GET", "/admin/orders", { headers: { accept: "text/html" } });
    assert.equal(page.status, 303);
    assert.match(page.headers.location, /^\/admin\/login/);
    const wrong = await new Staff(shop).triesToLogIn(shop.account.login, "guess");
    assert.ok([401, 422].includes(wrong.status), `${wrong.status}`);
    const nobody = await new Staff(shop).triesToLogIn("nobody@main.example", "guess");
    assert.equal(nobody.status, wrong.status, "the answer does not tell who exists");
    assert.equal(nobody.body.detail, wrong.body.detail);
  });

  test("guessing passwords is slowed down, and the answer says so", async () => {
    const login = unique("guessed@example.com");
    const guess = () => new Staff(shop).triesToLogIn(login, "guess");
    const answers = [];
    for (let tries = 0; tries < 14; tries++) answers.push((await guess()).status);
    assert.ok(answers.includes(429), answers.join());
  });

  test("logging out ends the session, also for a copy of its cookie", async () => {
    const mine = await new Staff(shop).logsIn();
    const copy = new Map(mine.client.cookies);
    await mine.reads("/admin");
    await mine.does("/admin/logout");
    mine.client.cookies = copy;
    assert.equal((await mine.client.api("/admin")).status, 401);
  });

  test("a writing request from another site is refused", async () => {
    const product = await shop.product();
    for (const origin of ["http://evil.example", "null", undefined]) {
      const answer = await staff.client.post(`/admin/products/${product.id}/status`, { status: "archived" }, { headers: { origin } });
      assert.equal(answer.status, 403, `origin ${origin}: ${answer.text}`);
    }
    assert.equal((await staff.product(product.id)).status, "active");
  });

  test("cookies are HttpOnly and SameSite", async () => {
    const fresh = shop.client();
    const answer = await fresh.post("/admin/login", shop.account, { headers: { origin: fresh.origin } });
    const cookie = [answer.headers["set-cookie"]].flat().join();
    assert.match(cookie, /HttpOnly/i);
    assert.match(cookie, /SameSite=(Lax|Strict)/i);
    assert.match(cookie, /Path=\//i);
  });

  test("a product is created, changed and seen by buyers", async () => {
    const sku = unique("VASE");
    const vase = await staff.creates({ sku, title: "青瓷花瓶", price: 16800, stock: 3, subtitle: "手工拉坯", description: "<p>一段<strong>说明</strong></p><script>alert(1)</script>" });
    const seen = async () => expect(await shop.client().api(`/products/${vase.handle}`), 200).product;
    assert.equal((await seen()).title, "青瓷花瓶");
    assert.ok(!(await seen()).description.includes("<script"), "descriptions are cleaned");
    await staff.saves(vase, { title: "青瓷小花瓶" }, { price: cny(15800) });
    await until(async () => (await seen()).title === "青瓷小花瓶" && (await seen()).variants[0].price.amount === 15800, "buyers see the change");
    await staff.shelves(vase, "draft");
    await until(async () => (await shop.client().api(`/products/${vase.handle}`)).status === 404, "it is off the shelf");
    await staff.shelves(vase, "active");
    await until(async () => (await shop.client().api(`/products/${vase.handle}`)).status === 200, "it is back");
    const found = await staff.reads(`/admin/products?q=${encodeURIComponent(sku)}`);
    assert.deepEqual(found.products.map(({ id }) => id), [vase.id]);
  });

  test("two people who save the same product: the second is told", async () => {
    const vase = await shop.product();
    await staff.saves(vase, { title: "第一个人的题目" });
    expectProblem(await staff.triesToSave(vase, { title: "第二个人的题目", version: vase.version }), 409, "conflict");
    assert.equal((await staff.product(vase.id)).title, "第一个人的题目");
  });

  test("a SKU or handle exists once", async () => {
    const vase = await shop.product();
    const twin = await staff.triesToCreate({ sku: vase.sku, handle: unique("twin") });
    assert.ok([409, 422].includes(twin.status), `${twin.status} ${twin.text}`);
    const namesake = await staff.triesToCreate({ handle: vase.handle });
    assert.ok([409, 422].includes(namesake.status), `${namesake.status} ${namesake.text}`);
  });

  test("a product with mistakes names every field", async () => {
    const answer = await staff.triesToCreate({ title: "", variants: [{ options: "", sku: "", price: cny(-5), is_active: true, stock: -1 }] });
    const { errors } = expectProblem(answer, 422, "invalid");
    assert.ok(errors.some(({ field }) => field === "title"), JSON.stringify(errors));
    assert.ok(errors.some(({ field }) => /price/.test(field)), JSON.stringify(errors));
    assert.ok(errors.every(({ message }) => message.length > 0));
  });

  test("categories come and go, but not while something is in them", async () => {
    const handle = unique("tea");
    const made = expect(await staff.does("/admin/categories", { name: "茶器", name_en: "Tea", handle, summary: "喝茶用的", position: 3 }), 200, 201);
    const find = async () => (await staff.reads("/admin/categories")).categories.find((category) => category.handle === handle);
    const category = made.category ?? (await find());
    const cup = await shop.product({ category_id: category.id });
    assert.equal((await find()).product_count, 1);
    const page = expect(await shop.client().api(`/categories/${handle}`), 200);
    assert.deepEqual(page.products.map((card) => card.handle), [cup.handle]);
    const refused = await staff.does(`/admin/categories/${category.id}/remove`);
    assert.equal(refused.status, 409, refused.text);
    await staff.saves(cup, { category_id: (await staff.category()).id });
    expect(await staff.does(`/admin/categories/${category.id}/remove`), 200, 204);
    assert.equal(await find(), undefined);
  });

  test("codes are loaded once, duplicates are counted", async () => {
    const game = await shop.product({ codes: ["A-1", "A-2"] });
    const said = await staff.loads(game, ["A-2", "A-3", "A-3", "  A-4  ", ""]);
    assert.equal(said.added, 2);
    assert.equal(said.duplicates, 2);
    const { codes, available } = await staff.holds(game);
    assert.equal(available, 4);
    assert.equal(codes.left, 4);
    assert.equal(codes.dealt, 0);
  });

  test("orders are found by number, phone and stage", async () => {
    const cup = await shop.product();
    const buyer = shop.visitor();
    const order = await buyer.buys(cup);
    for (const q of [order.number, buyer.phone]) {
      const { orders } = await staff.reads(`/admin/orders?q=${encodeURIComponent(q)}`);
      assert.deepEqual(orders.map(({ number }) => number), [order.number], q);
    }
    const { orders } = await staff.reads("/admin/orders?stage=to_ship");
    assert.ok(orders.some(({ number }) => number === order.number));
    assert.ok(orders.every(({ stage }) => stage === "to_ship" || stage === "partially_shipped"));
  });

  test("today counts orders and money", async () => {
    const before = (await staff.dashboard()).today;
    const cup = await shop.product({ price: 12345 });
    await shop.visitor().buys(cup, 2);
    const after = await until(async () => {
      const { today } = await staff.dashboard();
      return today.paid_orders === before.paid_orders + 1 && today;
    }, "today counts the order");
    assert.equal(after.orders, before.orders + 1);
    assert.equal(after.revenue.amount, before.revenue.amount + 24690);
  });

  test("an unpaid order cancelled by staff gives its goods back", async () => {
    const cup = await shop.product({ stock: 5 });
    const buyer = shop.visitor();
    const order = await buyer.orders(cup, 5);
    await staff.cancels(order);
    const now = await buyer.sees(order);
    assert.equal(now.order_status, "closed");
    assert.deepEqual(now.refunds, []);
    assert.equal((await shop.stock(cup)).available, 5);
  });

  test("a paid order cancelled by staff is refunded in full and its goods are back", async () => {
    const cup = await shop.product({ price: 3300, stock: 5 });
    const buyer = shop.visitor();
    const order = await buyer.buys(cup, 2);
    await staff.cancels(order);
    await refunded(order, 6600);
    const now = await buyer.seesUntil(order, ({ payment_status }) => payment_status === "refunded", "is refunded");
    assert.equal(now.order_status, "closed");
    assert.equal(now.stage, "refunded");
    assert.equal((await shop.stock(cup)).available, 5);
    const again = await staff.triesTo("cancel", order, { reason: "out_of_stock" });
    assert.equal(again.status, 409);
    assert.equal((await shop.stock(cup)).available, 5);
  });

  test("refunds in parts never exceed what was paid", async () => {
    const cup = await shop.product({ price: 1000, stock: 5 });
    const buyer = shop.visitor();
    const order = await buyer.buys(cup);
    await staff.refunds(order, 333);
    await refunded(order, 333);
    assert.equal((await buyer.sees(order)).payment_status, "partially_refunded");
    assert.equal((await staff.sees(order)).refundable.amount, 667);
    const tooMuch = await staff.triesToRefund(order, 668);
    assert.ok([409, 422].includes(tooMuch.status), `${tooMuch.status} ${tooMuch.text}`);
    for (const nonsense of [0, -1]) assert.equal((await staff.triesToRefund(order, nonsense)).status, 422, `refund of ${nonsense}`);
    await staff.refunds(order, 667);
    await refunded(order, 1000);
    assert.equal((await buyer.sees(order)).payment_status, "refunded");
    assert.ok([409, 422].includes((await staff.triesToRefund(order, 1)).status));
  });

  test("two refunds at the same time never exceed what was paid", async () => {
    const cup = await shop.product({ price: 1000, stock: 9 });
    for (let round = 0; round < 8; round++) {
      const order = await shop.visitor().buys(cup);
      const answers = await Promise.all([600, 600, 600].map((amount) => staff.triesToRefund(order, amount)));
      assert.equal(answers.filter(({ status }) => status < 300).length, 1, answers.map(({ status }) => status).join());
      await refunded(order, 600);
    }
  });

  test("an unpaid order cannot be shipped or refunded; a shipped one not shipped again", async () => {
    const cup = await shop.product();
    const buyer = shop.visitor();
    const order = await buyer.orders(cup);
    const parcel = { carrier: (await staff.carriers(order))[0].id, tracking_number: "SF100" };
    assert.equal((await staff.triesTo("ship", order, parcel)).status, 409);
    assert.ok([409, 422].includes((await staff.triesToRefund(order, 1)).status));
    await buyer.pays(order);
    await buyer.seesPaid(order);
    assert.equal((await staff.triesTo("ship", order, { ...parcel, carrier: "pigeon" })).status, 422);
    await staff.ships(order);
    assert.equal((await staff.triesTo("ship", order, parcel)).status, 409);
  });

  test("a payment notification after shipping changes nothing", async () => {
    const cup = await shop.product();
    const buyer = shop.visitor();
    const order = await buyer.orders(cup);
    const payment = await buyer.pays(order);
    await buyer.seesPaid(order);
    await staff.ships(order);
    await buyer.triesAtCashier(payment, { notify: "duplicated" });
    const now = await buyer.sees(order);
    assert.equal(now.fulfillment_status, "shipped");
    assert.equal(now.payment_status, "paid");
  });

  test("the whole day's work is possible with plain forms", async () => {
    const browser = shop.client();
    const login = await browser.open("/admin");
    assert.match(login.path, /^\/admin\/login/);
    const today = await browser.submit(formTo(login, "/admin/login"), shop.account);
    assert.equal(today.status, 200);
    assert.match(today.path, /^\/admin/);

    const empty = await browser.open("/admin/products/new");
    const sku = unique("FORM");
    const form = formTo(empty, "/admin/products");
    const handle = sku.toLowerCase();
    const saved = await browser.submit(form, {
      title: "表单里的杯子", handle, kind: "physical", status: "active", category_id: (await staff.category()).id,
      "variants.0.options": "", "variants.0.sku": sku, "variants.0.price": "12.50", "variants.0.stock": "4", "variants.0.is_active": "1",
    });
    assert.equal(saved.status, 200, plain(saved.text).slice(0, 500));
    assert.match(saved.path, /^\/admin\/products\/\d+/);
    const bad = await browser.submit(formTo(saved, saved.path.split("?")[0]), { title: "", brand: "记得住的牌子" });
    assert.equal(bad.status, 422);
    assert.match(bad.text, /记得住的牌子/, "what was typed is kept");

    const buyer = shop.visitor();
    const { product } = expect(await until(async () => {
      const answer = await buyer.client.api(`/products/${handle}`);
      return answer.status === 200 && answer;
    }, "it is for sale"), 200);
    assert.equal(product.variants[0].price.amount, 1250);
    const order = await buyer.buys({ variant_id: product.variants[0].id });

    const list = await browser.open("/admin/orders");
    assert.match(list.text, new RegExp(order.number));
    const page = await browser.open(`/admin/orders/${order.number}`);
    const shipped = await browser.submit(formTo(page, `/admin/orders/${order.number}/ship`), { tracking_number: "SF998877" });
    assert.equal(shipped.status, 200);
    assert.match(shipped.text, /SF998877/);
    assert.equal((await buyer.sees(order)).fulfillment_status, "shipped");
  });
});
