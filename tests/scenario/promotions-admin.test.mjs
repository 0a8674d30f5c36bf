// Offers in the back office: their life, what is refused and where, two people at once, copies, versions, what one would have done to
// past orders, and the proof of a price.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formTo, Staff, startServer, unique } from "../lib/shop.mjs";

const cny = (amount) => ({ amount, currency: "CNY" });
const DAY = 86400000;
const typedIn = (form, name) => form.fields.find(([one]) => one === name)?.[1];
/** A local time of a shop in Shanghai. */
const local = (at) => new Date(at + 8 * 3600000).toISOString().slice(0, 16);
const usual = (more = {}) => ({
  kind: "sum", name: unique("满减"), starts_at: local(Date.now() - DAY), ends_at: local(Date.now() + 7 * DAY),
  steps: [{ from: cny(20000), off: cny(2000) }, { from: cny(40000), off: cny(5000) }], scope: "all", ...more,
});

describe("offers in the back office", () => {
  let server, shop, staff, cup;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    cup = await shop.product({ title: "试算杯", price: 10000, stock: 500 });
  });
  after(() => server?.stop());

  const make = async (wish) => {
    const answer = await staff.does("/admin/promotions", usual(wish));
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.promotion;
  };
  const turn = (promotion, status) => staff.does(`/admin/promotions/${promotion.id}/status`, { status });
  const page = (promotion, query = "") => staff.reads(`/admin/promotions/${promotion.id}${query}`);
  const ends = async (promotion) => assert.equal((await turn(promotion, "ended")).status, 200);

  test("an offer lives: a draft, then active, paused, active again, and ended for good", async () => {
    const made = await make();
    assert.equal(made.text, "满 ¥200 减 ¥20，满 ¥400 减 ¥50");
    assert.equal(made.phase, "draft");
    for (const [status, phase] of [["active", "running"], ["paused", "paused"], ["active", "running"], ["ended", "ended"]]) {
      const answer = await turn(made, status);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(answer.body.promotion.phase, phase);
    }
    const late = await turn(made, "active");
    assert.equal(late.status, 409);
    assert.equal((await staff.does(`/admin/promotions/${made.id}`, usual({ version: 1 }))).status, 409);
    const { entries } = await staff.reads(`/admin/audit?about=promotions/${made.id}`);
    assert.deepEqual(entries.map((entry) => entry.kind).toReversed(),
      ["promotion.created", "promotion.started", "promotion.paused", "promotion.started", "promotion.ended"]);
    assert.equal(entries.at(-1).after, made.text);
  });

  test("the list shows them by state and kind, and exports what it shows", async () => {
    const running = await make({ name: unique("进行") });
    const later = await make({ name: unique("以后"), kind: "nth", steps: [{ pieces: 2, percent: 5000 }], starts_at: local(Date.now() + DAY) });
    await turn(running, "active");
    await turn(later, "active");
    const names = async (query) => (await staff.reads(`/admin/promotions?${query}`)).promotions.map((one) => one.id);
    assert.ok((await names("phase=running")).includes(running.id));
    assert.ok(!(await names("phase=running")).includes(later.id));
    assert.deepEqual(await names("phase=scheduled"), [later.id]);
    assert.deepEqual(await names("phase=scheduled&kind=sum"), []);
    assert.deepEqual(await names("phase=scheduled&kind=nth"), [later.id]);
    const sheet = await staff.client.get("/admin/promotions/export?format=csv&phase=scheduled");
    assert.equal(sheet.status, 200);
    assert.ok(sheet.text.includes(later.name) && !sheet.text.includes(running.name), sheet.text);
    assert.ok(sheet.text.includes("第 2 件 5 折"));
    await ends(running);
    await ends(later);
  });

  const refusals = [
    ["no name", { name: "" }, "name", "required"],
    ["a name that is too long", { name: "长".repeat(61) }, "name", "too-long"],
    ["an end before the start", { starts_at: "2030-05-02T10:00", ends_at: "2030-05-01T10:00" }, "ends_at", "before-start"],
    ["an end that has passed", { starts_at: "2020-05-01T10:00", ends_at: "2020-05-02T10:00" }, "ends_at", "is-over"],
    ["a time that is none", { starts_at: "soon" }, "starts_at", "not-a-time"],
    ["no steps", { steps: [] }, "steps.0.off", "required"],
    ["as much off as is bought", { steps: [{ from: cny(1000), off: cny(1000) }] }, "steps.0.off", "above-price"],
    ["a step without a sum", { steps: [{ off: cny(1000) }] }, "steps.0.from", "required"],
    ["both an amount and a part", { steps: [{ from: cny(10000), off: cny(1000), percent: 1000 }] }, "steps.0.off", "one-effect"],
    ["steps that do not rise", { steps: [{ from: cny(20000), off: cny(1000) }, { from: cny(10000), off: cny(2000) }] }, "steps.1.from", "not-rising"],
    ["a higher step that gives less", { steps: [{ from: cny(10000), off: cny(2000) }, { from: cny(20000), off: cny(1000) }] }, "steps.1.off", "smaller-step"],
    ["amounts and parts mixed", { steps: [{ from: cny(10000), off: cny(2000) }, { from: cny(20000), percent: 1000 }] }, "steps.1.percent", "mixed"],
    ["a part that repeats", { steps: [{ from: cny(10000), percent: 1000 }], times: 3 }, "times", "cannot-repeat"],
    ["too many repeats", { steps: [{ from: cny(10000), off: cny(1000) }], times: 1001 }, "times", "range-times"],
    ["too many pieces", { kind: "pieces", steps: [{ pieces: 1000, percent: 1000 }] }, "steps.0.pieces", "too-large"],
    ["pieces without a part", { kind: "pieces", steps: [{ pieces: 3 }] }, "steps.0.percent", "required"],
    ["the first of every one", { kind: "nth", steps: [{ pieces: 1, percent: 1000 }] }, "steps.0.pieces", "range-nth"],
    ["everything off", { kind: "sale", steps: [{ percent: 10000 }] }, "steps.0.percent", "above-price"],
    ["tenths that leave everything", { kind: "sale", steps: [{ fold: "10" }] }, "steps.0.fold", "fold-range"],
    ["tenths that are no number", { kind: "sale", steps: [{ fold: "八折" }] }, "steps.0.fold", "fold-range"],
    ["more than all percent", { kind: "sale", steps: [{ part: "100" }] }, "steps.0.part", "part-range"],
    ["a code that is none", { kind: "coupon", code: "a b" }, "code", "bad-code"],
    ["some goods, but none", { scope: "some" }, "scope", "goods-required"],
    ["goods that are not there", { scope: "some", goods: "NO-SUCH-SKU" }, "goods", "no-such-goods"],
    ["a tag that is not there", { scope: "some", tags: "没有这个标签" }, "tags", "no-such-tag"],
    ["less money than one order gets", { money_most: cny(100) }, "money_most", "never-counts"],
    ["more uses of one person than anybody has", { person_most: 1001 }, "person_most", "range-times"],
  ];
  for (const [what, wish, field, code] of refusals)
    test(`refuses ${what}, at its field`, async () => {
      const { status, body } = await staff.does("/admin/promotions", usual(wish));
      assert.equal(status, 422, JSON.stringify(body));
      assert.ok(body.errors.some((one) => one.field === field && one.code === code), JSON.stringify(body.errors));
    });

  test("refuses a sale that would give a product away, and a code that another coupon has", async () => {
    const gift = await staff.does("/admin/promotions", usual({ kind: "sale", steps: [{ price: cny(10000) }], scope: "some", goods: cup.sku }));
    assert.equal(gift.status, 422);
    assert.deepEqual(gift.body.errors.map(({ field, code }) => [field, code]), [["steps.0.price", "above-price"]]);
    const code = unique("CODE").toUpperCase().replaceAll("_", "-").slice(0, 30);
    const coupon = { kind: "coupon", code, steps: [{ off: cny(500) }] };
    assert.equal((await make(coupon)).code, code);
    const twice = await staff.does("/admin/promotions", usual({ ...coupon, code: code.toLowerCase() }));
    assert.equal(twice.status, 422);
    assert.deepEqual(twice.body.errors.map((one) => [one.field, one.code]), [["code", "taken"]]);
  });

  test("everything that is wrong is said at once, and a refused form keeps what was typed", async () => {
    const form = formTo(await staff.client.open("/admin/promotions/new?kind=pieces"), "/admin/promotions");
    const answer = await staff.client.submit(form, { name: "", "steps.0.pieces": 3, "steps.0.fold": "12.5", "steps.2.pieces": 2, "steps.2.fold": 7, ends_at: "2020-01-01T00:00" });
    assert.equal(answer.status, 422);
    for (const id of ["f-name", "f-steps-0-percent", "f-steps-2-pieces", "f-ends_at"])
      assert.match(answer.text, new RegExp(`id="${id}"[^>]*aria-invalid="true"`), id);
    const again = formTo(answer, "/admin/promotions");
    assert.equal(typedIn(again, "steps.0.fold"), "12.5");
    assert.equal(typedIn(again, "steps.2.pieces"), "2");
    assert.equal(typedIn(again, "ends_at"), "2020-01-01T00:00");
  });

  test("85 and 8.5 are the same to a merchant, a coupon without a code gets one, and goods are found by SKU", async () => {
    const one = await make({ kind: "pieces", steps: [{ pieces: 3, fold: "85" }], scope: "some", goods: `${cup.sku}\n${cup.handle}` });
    assert.equal(one.steps[0].percent, 1500);
    assert.deepEqual(one.products, [cup.id]);
    assert.equal((await make({ kind: "pieces", steps: [{ pieces: 3, fold: "8.5" }] })).steps[0].percent, 1500);
    assert.equal((await make({ kind: "pieces", steps: [{ pieces: 3, part: "12.5" }] })).steps[0].percent, 1250);
    const coupon = await make({ kind: "coupon", steps: [{ off: cny(500) }], beside_sum: true, beside_coupon: true });
    assert.match(coupon.code, /^[A-Z2-9]{10}$/);
    assert.equal(coupon.beside, 1 << 3, "an offer does not stand beside its own class");
  });

  test("who was slower hears of it, loses nothing, and may put it in place", async () => {
    const made = await make();
    const form = formTo(await staff.client.open(`/admin/promotions/${made.id}/edit`), `/admin/promotions/${made.id}`);
    const faster = await staff.does(`/admin/promotions/${made.id}`, usual({ version: 1, name: "别人改的", steps: [{ from: cny(10000), off: cny(1000) }] }));
    assert.equal(faster.status, 200, JSON.stringify(faster.body));
    const slow = await staff.client.submit(form, { name: "我改的", "steps.0.off": "25" });
    assert.equal(slow.status, 409);
    assert.ok(slow.text.includes("有人改过这个活动") && slow.text.includes("满 ¥100 减 ¥10"), "says what holds now");
    const again = formTo(slow, `/admin/promotions/${made.id}`);
    assert.equal(typedIn(again, "name"), "我改的");
    assert.equal(typedIn(again, "steps.0.off"), "25");
    assert.equal((await staff.client.submit(again)).path, `/admin/promotions/${made.id}?notice=saved`);
    const { promotion, versions } = await page(made);
    assert.equal(promotion.name, "我改的");
    assert.deepEqual(versions.map((one) => one.version), [3, 2, 1]);
    assert.equal(versions[1].text, "满 ¥100 减 ¥10");
    assert.equal(versions[2].text, made.text);
    assert.ok(versions.every((one) => one.name));
  });

  test("a copy is a draft of its own; one of an offer that is over begins now", async () => {
    const made = await make({ kind: "coupon", steps: [{ off: cny(500) }], name: "长".repeat(60) });
    await turn(made, "active");
    await ends(made);
    const copied = await staff.does(`/admin/promotions/${made.id}/copy`, {});
    assert.equal(copied.status, 201, JSON.stringify(copied.body));
    const { promotion } = copied.body;
    assert.equal(promotion.phase, "draft");
    assert.equal([...promotion.name].length, 60);
    assert.ok(promotion.name.endsWith("副本"));
    assert.notEqual(promotion.code, made.code);
    assert.equal(promotion.text, made.text);
    assert.deepEqual((await page(promotion)).versions.map((one) => one.version), [1]);
  });

  test("the sentence can be seen before anything is saved, also of half a form", async () => {
    const say = async (wish) => (await staff.does("/admin/promotions/preview", wish)).body.preview.text;
    const count = (await staff.reads("/admin/promotions")).promotions.length;
    assert.equal(await say({ kind: "sum", steps: [{ from: cny(10000), off: cny(1000) }], times: 5 }), "每满 ¥100 减 ¥10，最多减 5 次");
    assert.equal(await say({ kind: "sale", steps: [{ fold: "8.5" }] }), "限时 8.5 折");
    assert.equal(await say({ kind: "sale", steps: [{ fold: "" }] }), null);
    assert.equal((await staff.reads("/admin/promotions")).promotions.length, count);
    const form = formTo(await staff.client.open("/admin/promotions/new?kind=coupon"), "/admin/promotions");
    const shown = await staff.client.submit({ ...form, action: "/admin/promotions/preview" }, { name: "先看看", generate: 1 });
    assert.equal(shown.status, 200);
    const again = formTo(shown, "/admin/promotions");
    assert.equal(typedIn(again, "name"), "先看看");
    assert.match(typedIn(again, "code"), /^[A-Z2-9]{10}$/);
  });

  test("an offer is tried on past orders, by its goods, without changing them", async () => {
    const lid = await shop.product({ title: "试算盖", price: 1000, stock: 100 });
    const big = await shop.visitor().buys(cup, 5);
    await shop.visitor().buys(cup, 2);
    await shop.visitor().buys(lid, 1);
    const trial = async (wish) => (await staff.does("/admin/promotions/preview", usual({ trial: true, ...wish }))).body.trial;
    const all = await trial();
    assert.equal(all.reached, 2);
    assert.equal(all.given.amount, 7000);
    assert.equal(all.full.amount, 71000);
    assert.equal(all.orders, 3);
    assert.deepEqual(all.largest.map((row) => [row.number, row.amount.amount]).slice(0, 1), [[big.number, 5000]]);
    const some = await trial({ kind: "sale", steps: [{ percent: 1000 }], scope: "some", goods: lid.sku });
    assert.deepEqual([some.reached, some.given.amount], [1, 100]);
    const shelf = await trial({ kind: "sale", steps: [{ percent: 1000 }], scope: "some", shelves: [{ id: (await staff.category()).id }] });
    assert.deepEqual([shelf.reached, shelf.given.amount], [3, 7100]);
    const saved = await make();
    assert.equal((await page(saved, "?trial=1")).trial.given.amount, 7000);
    assert.equal((await page(saved)).trial, undefined);
  });

  test("what an offer gave stands on its page; the order shows it, and its price can be made again", async () => {
    const made = await make({ name: "凑单满减", uses_most: 5 });
    await turn(made, "active");
    const order = await shop.visitor().buys(cup, 3);
    const unused = await page(await make());
    assert.deepEqual([unused.promotion.figures.uses, unused.uses], [0, []]);
    const { promotion, uses } = await page(made);
    assert.deepEqual([promotion.figures.uses, promotion.figures.money.amount, promotion.figures.share], [1, 2000, 20]);
    assert.deepEqual(uses.map((row) => [row.number, row.amount.amount, row.is_live]), [[order.number, 2000, true]]);
    const { order: shown } = await staff.reads(`/admin/orders/${order.number}`);
    assert.deepEqual([shown.full.amount, shown.discount.amount, shown.total.amount], [30000, 2000, 28000]);
    assert.deepEqual(shown.offers.map((one) => [one.name, one.amount.amount]), [["凑单满减", 2000]]);
    const { proof } = await staff.reads(`/admin/orders/${order.number}/price-proof`);
    assert.equal(proof.replay.is_same, true);
    assert.equal(proof.replay.total.amount, 28000);
    assert.deepEqual(proof.lines.map((line) => [line.quantity, line.list_price.amount, line.discount.amount]), [[3, 10000, 2000]]);
    const rule = proof.rules.find((one) => one.id === made.id);
    assert.deepEqual([rule.name, rule.base.amount, rule.amount.amount, rule.by_line[0].amount.amount], ["凑单满减", 30000, 2000, 2000]);
    const html = await staff.client.open(`/admin/orders/${order.number}/price-proof`);
    assert.ok(html.text.includes("结果相同"));
    await ends(made);
  });

  test("an order without offers costs what its lines say", async () => {
    const plain = await shop.visitor().buys(cup, 1);
    const { proof } = await staff.reads(`/admin/orders/${plain.number}/price-proof`);
    assert.deepEqual([proof.has_rules, proof.replay, proof.total.amount], [false, null, 10000]);
    assert.deepEqual((await staff.reads(`/admin/orders/${plain.number}`)).order.offers, []);
  });

  test("who packs neither reads nor writes offers", async () => {
    const login = unique("packer") + "@shop.example";
    await staff.does("/admin/settings/staff", { login, name: "小林", role: "packer", password: "kettle on tea" });
    const packer = await new Staff(shop).logsIn({ login, password: "kettle on tea" });
    assert.equal((await packer.client.api("/admin/promotions")).status, 403);
    assert.equal((await packer.does("/admin/promotions", usual())).status, 403);
  });
});
