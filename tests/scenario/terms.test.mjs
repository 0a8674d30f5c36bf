// How a product is bought: questions to the buyer, bulk prices, how many in one order, and finding the order again.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { formTo } from "../lib/html.mjs";
import { cny, expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

const ACCOUNT = { label: "游戏账号", kind: "text", is_required: true, shortest: 4, longest: 12, hint: "在设置页能看到" };
const SERVER = { label: "区服", kind: "choice", is_required: true, choices: "一区，二区" };
const PHONE = { label: "手机号", kind: "phone" };

describe("how a product is bought", () => {
  let server, shop, staff, merchant, calls;
  before(async () => {
    calls = [];
    merchant = http.createServer(async (request, response) => {
      calls.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ text: "充好了" }));
    });
    await new Promise((resolve) => merchant.listen(0, "127.0.0.1", resolve));
    server = await startServer({ args: ["--outbound-allow", `127.0.0.1:${merchant.address().port}`] });
    shop = server.shop;
    staff = await shop.staff();
  });
  after(async () => {
    await server?.stop();
    merchant?.closeAllConnections();
    merchant?.close();
  });

  const triesToSet = (product, fields) => staff.does(`/admin/products/${product.id}/buying`, fields);
  const sets = async (product, fields) => expect(await triesToSet(product, fields), 200).buying;
  const has = async (product) => (await staff.reads(`/admin/products/${product.id}/buying`)).buying;
  const questionsOf = async (product) => expect(await shop.client().api(`/products/${product.handle}`), 200).product.questions;
  async function asks(product, ...questions) {
    await sets(product, { questions });
    return questionsOf(product);
  }
  const says = (questions, ...values) => questions.map(({ id }, i) => ({ id, value: values[i] ?? "" }));
  async function triesToAnswer(buyer, product, answers, quantity = 1) {
    const answer = await buyer.client.post("/cart/lines", { cart: buyer.cart, variant_id: product.variant_id, quantity, answers });
    if (answer.status < 300) buyer.cart = answer.body.cart.token;
    return answer;
  }
  const answers = async (...wish) => expect(await triesToAnswer(...wish), 200).cart;
  const said = (line) => line.answers.map(({ label, value }) => [label, value]);
  const codes = (answer) => answer.body.errors.map(({ field, code }) => [field, code]);

  test("questions keep their ids when they are put in another order, and are refused with their field", async () => {
    const game = await staff.creates({ price: 500 });
    assert.deepEqual(await questionsOf(game), []);
    const [account, area] = await asks(game, { ...ACCOUNT, position: 1 }, { ...SERVER, position: 2 });
    assert.deepEqual([account.label, account.kind, account.is_required, account.shortest, account.longest, account.hint], ["游戏账号", "text", true, 4, 12, "在设置页能看到"]);
    assert.deepEqual(area.choices, ["一区", "二区"]);
    const turned = await asks(game, { ...ACCOUNT, id: account.id, position: 3 }, { ...SERVER, id: area.id, position: 2 }, { ...PHONE, position: 1 });
    assert.deepEqual(turned.map(({ label }) => label), ["手机号", "区服", "游戏账号"]);
    assert.deepEqual(turned.slice(1).map(({ id }) => id), [area.id, account.id]);
    assert.ok(!turned.slice(1).some(({ id }) => id === turned[0].id));
    for (const [questions, wrong] of [
      [[{ kind: "choice", label: "x", choices: "一个" }], ["questions.0.choices", "question-choices"]],
      [[ACCOUNT, ACCOUNT], ["questions.1.label", "question-twice"]],
      [[{ label: "x", shortest: 9, longest: 3 }], ["questions.0.longest", "question-length-order"]],
      [[{ label: "" }, { label: "b", position: 1 }, { id: "9", label: " ", position: 0 }], ["questions.2.label", "question-label"]],
    ]) {
      const refused = await triesToSet(game, { questions });
      assert.equal(refused.status, 422);
      assert.deepEqual(codes(refused), [wrong]);
    }
    const nine = await triesToSet(game, { questions: Array.from({ length: 9 }, (_, i) => ({ label: `第 ${i} 项` })) });
    assert.equal(nine.status, 422);
    assert.equal((await has(game)).questions.length, 3);
    assert.equal((await triesToSet(game, { version: 1, questions: [] })).status, 409);
    const { versions } = await staff.reads(`/admin/products/${game.id}/history`);
    assert.equal(versions[0].cause, "buying");
  });

  test("answers are checked, keep lines apart, and go with the order to everybody who needs them", async () => {
    const game = await staff.creates({ price: 500, stock: 20 });
    const questions = await asks(game, ACCOUNT, SERVER, PHONE);
    const buyer = shop.visitor();
    assert.deepEqual(codes(await triesToAnswer(buyer, game, says(questions, "abc", "三区", "12"))),
      [["answers.0.value", "answer-short"], ["answers.1.value", "answer-choice"], ["answers.2.value", "bad-phone"]]);
    assert.deepEqual(codes(await triesToAnswer(buyer, game, undefined)), [["answers", "answer-required"], ["answers", "answer-required"]]);
    assert.equal(buyer.cart, undefined);
    await answers(buyer, game, says(questions, " 飞鱼88 ", "一区", "13800001111"));
    await answers(buyer, game, says(questions, "飞鱼88", "一区", "13800001111"), 2);
    const cart = await answers(buyer, game, says(questions, "<b>山猫</b>", "二区"));
    assert.deepEqual(cart.lines.map((line) => [line.quantity, said(line)]).sort(), [
      [1, [["游戏账号", "<b>山猫</b>"], ["区服", "二区"]]],
      [3, [["游戏账号", "飞鱼88"], ["区服", "一区"], ["手机号", "13800001111"]]],
    ]);
    const lynx = cart.lines.find(({ quantity }) => quantity === 1);
    const fewer = expect(await buyer.client.post(`/cart/lines/${game.variant_id}`, { cart: buyer.cart, quantity: 2, answers_key: lynx.answers_key }), 200).cart;
    assert.deepEqual(fewer.lines.map(({ quantity }) => quantity).sort(), [2, 3]);
    const order = await buyer.checksOut();
    await buyer.pays(order);
    const seen = await buyer.seesPaid(order);
    assert.deepEqual(seen.lines.map((line) => [line.quantity, said(line)[0][1]]).sort(), [[2, "<b>山猫</b>"], [3, "飞鱼88"]]);
    assert.deepEqual((await staff.sees(order)).lines.map((line) => said(line)[0][1]).sort(), ["<b>山猫</b>", "飞鱼88"]);
    for (const path of [`/orders/${order.number}?token=${order.token}`, `/admin/orders/${order.number}`, `/admin/orders/${order.number}/pack`]) {
      const page = await (path.startsWith("/admin") ? staff : buyer).client.open(path);
      assert.match(page.text, /&lt;b&gt;山猫&lt;\/b&gt;/, path);
      assert.doesNotMatch(page.text, /<b>山猫/, path);
    }
    assert.equal((await staff.holds(game)).available, 15);
    const table = (await staff.client.api("/admin/orders/export")).text;
    assert.match(table, /,买家填写/);
    assert.ok(table.split("\n").find((row) => row.includes(order.number)).includes("游戏账号: 飞鱼88; 区服: 一区; 手机号: 13800001111; 游戏账号: <b>山猫</b>; 区服: 二区"), table);
    await server.adds_up();
  });

  test("a product page shows a refused answer beside its question, with what was typed, without JavaScript", async () => {
    const game = await staff.creates({ price: 500 });
    await asks(game, ACCOUNT, SERVER);
    const buyer = shop.visitor();
    const page = await buyer.client.open(`/products/${game.handle}`);
    assert.match(page.text, /游戏账号/);
    const form = formTo(page, /\/products\/.*#buy$/);
    const refused = await buyer.client.submit(form, { "answers.0.value": "飞\"鱼", "answers.1.value": "二区", quantity: "2" });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /value="飞&quot;鱼"/);
    assert.match(refused.text, /<option selected>二区/);
    assert.match(refused.text, /id="answers-0-value-problem"/);
    assert.match(refused.text, /name="quantity"[^>]*value="2"/);
    const taken = await buyer.client.submit(formTo(refused, /\/products\/.*#buy$/), { "answers.0.value": "飞鱼八八", "answers.1.value": "二区" });
    assert.equal(taken.status, 200);
    assert.match(taken.text, /飞鱼八八/);
  });

  test("what was answered to older questions has to be answered anew before the order", async () => {
    const game = await staff.creates({ price: 500 });
    const questions = await asks(game, ACCOUNT);
    const buyer = shop.visitor();
    await answers(buyer, game, says(questions, "飞鱼八八"));
    await asks(game, { ...ACCOUNT, id: questions[0].id }, SERVER);
    const { cart } = expect(await buyer.client.api(`/cart?cart=${buyer.cart}`), 200);
    assert.equal(cart.lines[0].problem, "unanswered");
    expectProblem(await buyer.triesToCheckOut(), 409, "conflict");
    await sets(game, { questions: [] });
    await buyer.checksOut();
  });

  test("a hook hears the answers", async () => {
    const game = await staff.creates({ kind: "digital", price: 500 });
    for (const [verb, fields] of [["mode", { mode: "hand" }], ["quantity", { quantity: 5 }], ["hook", { url: `http://127.0.0.1:${merchant.address().port}/` }]])
      expect(await staff.does(`/admin/codes/${game.variant_id}/${verb}`, fields), 200);
    const questions = await asks(game, ACCOUNT);
    const buyer = shop.visitor();
    await answers(buyer, game, says(questions, "飞鱼八八"));
    await answers(buyer, game, says(questions, "山猫山猫"));
    const order = await buyer.checksOut();
    await buyer.pays(order);
    await buyer.getsCodes(order, 2);
    assert.deepEqual(calls.filter((call) => call.order === order.number).map((call) => call.answers[0].value).sort(), ["山猫山猫", "飞鱼八八"]);
  });

  test("answers are nowhere in the database as they were typed", async () => {
    const game = await staff.creates({ price: 500 });
    const questions = await asks(game, ACCOUNT);
    const buyer = shop.visitor();
    await answers(buyer, game, says(questions, "SEALED-XYZ"));
    await buyer.checksOut();
    const found = server.engine === "postgres" ? [] : (await import("node:fs")).readdirSync(server.data).filter((name) => name.startsWith("yundian.db"));
    for (const name of found) assert.ok(!(await import("node:fs")).readFileSync(`${server.data}/${name}`).includes("SEALED-XYZ"), name);
  });

  test("many pieces cost less, in product, cart and order alike, over all lines of a variant", async () => {
    const cup = await staff.creates({ price: 1000, stock: 500 });
    const tiers = [{ from: 10, price: cny(900) }, { from: 50, price: cny(800) }];
    await sets(cup, { tiers });
    const { selected } = expect(await shop.client().api(`/products/${cup.handle}`), 200);
    assert.deepEqual(selected.tiers.map(({ from, price }) => [from, price.amount]), [[10, 900], [50, 800]]);
    assert.match((await shop.client().open(`/products/${cup.handle}`)).text, /class="tiers"/);
    const buyer = shop.visitor();
    let cart = await buyer.puts(cup, 9);
    assert.deepEqual([cart.lines[0].unit_price.amount, cart.total.amount], [1000, 9000]);
    cart = await buyer.puts(cup, 1);
    assert.deepEqual([cart.lines[0].unit_price.amount, cart.lines[0].was_price, cart.total.amount, cart.has_new_prices], [900, null, 9000, false]);
    await sets(cup, { tiers: [{ from: 10, price: cny(700) }] });
    ({ cart } = expect(await buyer.client.api(`/cart?cart=${buyer.cart}`), 200));
    assert.deepEqual([cart.lines[0].unit_price.amount, cart.lines[0].was_price.amount, cart.has_new_prices], [700, 900, true]);
    const order = await buyer.checksOut();
    assert.deepEqual([order.lines[0].unit_price.amount, order.total.amount], [700, 7000]);
    await buyer.pays(order);
    await buyer.seesPaid(order);
    await until(async () => (await staff.reads(`/admin/products/${cup.id}/prices`)).deals?.[0]?.lowest.amount === 700, "the deal tells what was paid");
    // Lines with other answers are pieces of the same variant.
    const questions = await asks(cup, PHONE);
    await sets(cup, { questions: [{ ...PHONE, id: questions[0].id }], tiers });
    const other = shop.visitor();
    await answers(other, cup, says(questions, "13800001111"), 6);
    cart = await answers(other, cup, says(questions, "13800002222"), 6);
    assert.deepEqual([cart.lines.map(({ unit_price, was_price }) => [unit_price.amount, was_price]), cart.total.amount], [[[900, null], [900, null]], 10800]);
    cart = expect(await other.client.post(`/cart/lines/${cup.variant_id}`, { cart: other.cart, quantity: 0, answers_key: cart.lines[0].answers_key }), 200).cart;
    assert.deepEqual(cart.lines.map(({ unit_price, was_price }) => [unit_price.amount, was_price]), [[1000, null]]);
  });

  test("bulk prices rise in pieces and fall in price, or are refused with their field", async () => {
    const cup = await staff.creates({ price: 1000 });
    for (const [tiers, wrong] of [
      [[{ from: 1, price: cny(900) }], ["tiers.0.from", "tier-from"]],
      [[{ from: 10, price: cny(1000) }], ["tiers.0.price", "tier-below-price"]],
      [[{ from: 10, price: cny(900) }, { from: 10, price: cny(800) }], ["tiers.1.from", "tier-rising"]],
      [[{}, { from: 10, price: cny(900) }, { from: 20, price: cny(900) }], ["tiers.2.price", "tier-falling"]],
      [[{ sku: "nobody", from: 10, price: cny(900) }], ["tiers.0.sku", "tier-sku"]],
      [Array.from({ length: 9 }, (_, i) => ({ from: i + 2, price: cny(900 - i) })), ["tiers.8.from", "tier-limit"]],
    ]) {
      const refused = await triesToSet(cup, { tiers });
      assert.equal(refused.status, 422);
      assert.deepEqual(codes(refused), [wrong]);
    }
    const sku = unique("TWO");
    const two = await staff.creates({ options: [{ name: "色", values: "红,蓝" }], variants: ["红", "蓝"].map((options, i) => ({ options, sku: `${sku}-${i}`, price: cny(1000), is_active: true, stock: 99 })) });
    await sets(two, { tiers: [{ from: 10, price: cny(900) }, { sku: `${sku}-1`, from: 5, price: cny(600) }] });
    const { product } = expect(await shop.client().api(`/products/${two.handle}`), 200);
    assert.deepEqual(product.variants.map(({ tiers }) => tiers.map(({ from, price }) => [from, price.amount])), [[[10, 900]], [[5, 600]]]);
    // A price that falls below a bulk price takes its meaning away.
    await staff.saves(two, {}, { price: cny(850) });
    const now = expect(await shop.client().api(`/products/${two.handle}`), 200).product;
    assert.deepEqual(now.variants[0].tiers, []);
    assert.equal((await has(two)).tiers.length, 2);
  });

  test("so many at least and at most in one order, over all variants", async () => {
    const cup = await staff.creates({ price: 100, stock: 50 });
    await sets(cup, { min_quantity: 3, max_quantity: 5 });
    const buyer = shop.visitor();
    let cart = await buyer.puts(cup, 2);
    assert.deepEqual([cart.lines[0].problem, cart.lines[0].bound, cart.has_problems], ["below-least", 3, true]);
    expectProblem(await buyer.triesToCheckOut(), 422, "limit");
    cart = await buyer.puts(cup, 4);
    assert.deepEqual([cart.lines[0].problem, cart.lines[0].bound], ["above-most", 5]);
    expectProblem(await buyer.triesToCheckOut(), 422, "limit");
    cart = expect(await buyer.client.post(`/cart/lines/${cup.variant_id}`, { cart: buyer.cart, quantity: 5 }), 200).cart;
    assert.equal(cart.has_problems, false);
    await buyer.checksOut();
    const refused = await triesToSet(cup, { min_quantity: 6, max_quantity: 5 });
    assert.deepEqual(codes(refused), [["max_quantity", "quantity-below-least"]]);
  });

  test("a passcode finds the order, if the shop offers it; guessing is slow and says nothing", async () => {
    const game = await staff.creates({ kind: "digital", price: 500, codes: ["FOUND-1", "FOUND-2"] });
    const buys = async (passcode) => {
      const buyer = shop.visitor();
      await buyer.puts(game);
      const order = await buyer.checksOut({ order: buyer.order({ passcode }) });
      await buyer.pays(order);
      await buyer.getsCodes(order, 1);
      return { buyer, order };
    };
    const finds = (number, contact) => shop.client().post("/orders", { number, contact });
    const early = await buys("山水 2026");
    expectProblem(await finds(early.order.number, "山水 2026"), 404, "not-found");
    expect(await staff.does("/admin/settings/passcode", { is_offered: true }), 200);
    await until(async () => {
      const buyer = shop.visitor();
      await buyer.client.open(`/products/${game.handle}`);
      return /查询密码/.test((await buyer.client.open("/orders")).text);
    }, "the shop offers it");
    const buyer = shop.visitor();
    await buyer.puts(game);
    const short = await buyer.triesToCheckOut({ order: buyer.order({ passcode: "abc" }) });
    assert.deepEqual(codes(short), [["passcode", "passcode-length"]]);
    const { order } = await buys("山水 2026");
    const found = expect(await finds(order.number, "山水 2026"), 200).order;
    assert.equal(found.token, order.token);
    const wrong = await finds(order.number, "山水 2025"), nobody = await finds("26010112000012345678", "山水 2026");
    for (const answer of [wrong, nobody]) expectProblem(answer, 404, "not-found");
    const { instance: one, ...first } = wrong.body, { instance: other, ...second } = nobody.body;
    assert.notEqual(one, other);
    assert.deepEqual(first, second);
    assert.ok((await staff.sees(order)).views.length > 0, "who looked is noted");
    const statuses = [];
    for (let i = 0; i < 12; i++) statuses.push((await finds(order.number, `falsch ${i}`)).status);
    assert.ok(statuses.includes(429), statuses.join());
  });
});
