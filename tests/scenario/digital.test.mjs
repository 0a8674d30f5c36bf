// Key codes in a merchant's day: batches, reports, expiry, alarms, shared texts, delivery by hand, and who looked.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

const codes = (count) => Array.from({ length: count }, () => unique("CODE"));
const today = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);

describe("key codes", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const digital = (wish) => staff.creates({ kind: "digital", price: 500, ...wish });
  const deck = (game, query = "") => staff.reads(`/admin/codes/${game.variant_id}${query}`);
  const acts = (game, verb, fields) => staff.does(`/admin/codes/${game.variant_id}/${verb}`, fields);
  const hasAlarm = async (kind, sku) => (await staff.alarms()).some((alarm) => alarm.kind === kind && alarm.subject.startsWith(sku));

  /** A multipart form, as a browser sends it. */
  async function uploads(game, fields, file) {
    const edge = unique("edge");
    const parts = Object.entries(fields).map(([name, value]) => `--${edge}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
    parts.push(`--${edge}\r\nContent-Disposition: form-data; name="file"; filename="${file?.name ?? ""}"\r\nContent-Type: application/octet-stream\r\n\r\n`);
    const payload = Buffer.concat([Buffer.from(parts.join("")), Buffer.from(file?.bytes ?? ""), Buffer.from(`\r\n--${edge}--\r\n`)]);
    return staff.client.send("POST", `/admin/codes/${game.variant_id}/load`, {
      payload, headers: { "content-type": `multipart/form-data; boundary=${edge}`, accept: "text/html", origin: staff.client.origin },
    });
  }

  test("every digital variant has a deck in the list, found by SKU and by title", async () => {
    const game = await digital({ title: unique("星际月卡") });
    const other = await digital({ codes: codes(3) });
    const all = await staff.reads("/admin/codes");
    assert.deepEqual(all.decks.slice(0, 2).map(({ sku, left }) => [sku, left]), [[other.sku, 3], [game.sku, 0]]);
    assert.deepEqual((await staff.reads(`/admin/codes?q=${game.sku}`)).decks.map(({ sku }) => sku), [game.sku]);
    assert.deepEqual((await staff.reads(`/admin/codes?q=${encodeURIComponent(game.title.slice(0, 10))}`)).decks.map(({ sku }) => sku), [game.sku]);
    assert.deepEqual((await staff.reads("/admin/codes?q=nothing")).decks, []);
    const mug = await staff.creates({ stock: 1 });
    expectProblem(await staff.client.api(`/admin/codes/${mug.variant_id}`), 404, "not-found");
  });

  test("the list goes on by cursor", async () => {
    const elsewhere = await server.opens("many");
    const clerk = await elsewhere.staff();
    const variants = Array.from({ length: 60 }, (_, at) => ({ options: `${at}`, sku: unique("M"), price: cny(1), is_active: true }));
    const options = [{ name: "号", values: variants.map(({ options }) => options).join(",") }];
    expect(await clerk.triesToCreate({ kind: "digital", options, variants }), 200, 201);
    const first = await clerk.reads("/admin/codes");
    assert.equal(first.decks.length, 50);
    assert.equal(first.counts.all, 60);
    const second = await clerk.reads(first.next_url);
    assert.equal(second.decks.length, 10);
    assert.equal(second.next_url, null);
    assert.equal(new Set([...first.decks, ...second.decks].map(({ sku }) => sku)).size, 60);
  });

  test("a load is a batch with a report for each line, from a text and from a file", async () => {
    const game = await digital({});
    const { batch } = expect(await acts(game, "load", { codes: `AAA-1\n\n${"x".repeat(2001)}\nAAA-1\nAAA-2`, note: "供货商甲" }), 200);
    assert.deepEqual([batch.number, batch.added, batch.duplicates, batch.too_long, batch.note], [1, 2, 1, 1, "供货商甲"]);
    const report = await staff.client.get(`/admin/codes/${game.variant_id}/batches/1/report`);
    assert.equal(report.status, 200);
    assert.match(report.headers["content-type"], /^text\/csv/);
    assert.deepEqual(report.text.trim().split("\r\n"), ["line,result", "1,added", "2,empty", "3,too-long", "4,duplicate", "5,added"]);

    const csv = await uploads(game, { codes: "", note: "表格", expires_on: today(60) }, { name: "codes.csv", bytes: '\ufeff"BBB-1"\r\n"B ""B"" 2"\r\nAAA-2\r\n' });
    assert.equal(csv.status, 303, csv.text);
    assert.match(csv.headers.location, /\?loaded=2$/);
    const page = await staff.client.get(csv.headers.location);
    assert.match(page.text, /第 2 批：新增 2 条/);
    assert.match(page.text, /第 3 行<\/span> 重复，已跳过/);
    const shown = await deck(game);
    assert.equal(shown.deck.left, 4);
    assert.deepEqual(shown.batches.map(({ number, left, expires_on }) => [number, left, expires_on]), [[2, 2, today(60)], [1, 2, null]]);
    assert.deepEqual((await shop.stock(game)).on_hand, 4);

    // The old form still works, and so does an empty file beside a text.
    assert.equal((await staff.loads(game, ["CCC-1", "AAA-1"])).duplicates, 1);
    assert.equal((await uploads(game, { codes: "DDD-1" })).status, 303);
    assert.equal((await deck(game)).deck.left, 6);
  });

  test("a refused load says what is wrong and keeps what was typed", async () => {
    const game = await digital({});
    for (const [fields, field, code] of [
      [{ codes: " \n " }, "codes", "required"],
      [{ codes: "A", expires_on: "2031-02-30" }, "expires_on", "not-a-day"],
      [{ codes: "A", expires_on: today(-2) }, "expires_on", "past-day"],
      [{ codes: Array.from({ length: 10001 }, (_, at) => at).join("\n") }, "codes", "too-many"],
    ]) {
      const problem = expectProblem(await acts(game, "load", fields), 422, "invalid");
      assert.deepEqual(problem.errors.map(({ field: name, code: why }) => [name, why]), [[field, code]]);
    }
    const gbk = await uploads(game, { codes: "", note: "保留我" }, { name: "codes.txt", bytes: Buffer.from([0xbf, 0xa8, 0xc3, 0xdc, 0x0a]) });
    assert.equal(gbk.status, 422);
    assert.match(gbk.text, /UTF-8 编码/);
    assert.match(gbk.text, /value="保留我"/);
    const both = await uploads(game, { codes: "A-1" }, { name: "codes.txt", bytes: "A-2\n" });
    assert.equal(both.status, 422);
    assert.match(both.text, /请只用一种/);
    assert.equal((await deck(game)).deck.left, 0);
  });

  test("a withdrawn batch is not sold and comes back", async () => {
    const game = await digital({ codes: codes(3) });
    const second = codes(2);
    await staff.loads(game, second);
    expect(await acts(game, "batches/1/withdraw"), 200);
    assert.equal((await shop.stock(game)).on_hand, 2);
    expectProblem(await acts(game, "batches/1/withdraw"), 409, "invalid-transition");
    const buyer = shop.visitor();
    const order = await buyer.buys(game, 2);
    assert.deepEqual((await buyer.getsCodes(order, 2)).sort(), [...second].sort());
    expectProblem(await acts(game, "batches/9/withdraw"), 409, "invalid-transition");
    expect(await acts(game, "batches/1/restore"), 200);
    assert.equal((await shop.stock(game)).on_hand, 3);
    await server.adds_up();
  });

  test("expired codes are put aside by themselves", async () => {
    const game = await digital({});
    expect(await acts(game, "load", { codes: codes(2).join("\n"), expires_on: today(30) }), 200);
    const good = codes(1);
    expect(await acts(game, "load", { codes: good.join("\n") }), 200);
    // Time passes: only behind the back of the program.
    await server.tampers(`UPDATE code_batches SET expires_at = 1000 WHERE variant_id = ${game.variant_id} AND batch_no = 1;
      UPDATE code_decks SET expires_at = 1000 WHERE variant_id = ${game.variant_id};
      UPDATE jobs SET due_at = 0 WHERE kind = 'digital.expiry' AND subject_id = ${game.variant_id}`);
    await until(async () => (await deck(game)).deck.expired === 2, "two codes are put aside");
    assert.equal((await shop.stock(game)).on_hand, 1);
    assert.ok((await staff.reads("/admin/codes?filter=expired")).decks.some(({ sku }) => sku === game.sku));
    const buyer = shop.visitor();
    assert.deepEqual(await buyer.getsCodes(await buyer.buys(game), 1), good);
    await server.adds_up();
  });

  test("staff hear of codes that expire within a week", async () => {
    const game = await digital({});
    expect(await acts(game, "load", { codes: codes(2).join("\n"), expires_on: today(30) }), 200);
    const soon = Date.now() + 3 * 86400000;
    await server.tampers(`UPDATE code_batches SET expires_at = ${soon} WHERE variant_id = ${game.variant_id};
      UPDATE jobs SET due_at = 0 WHERE kind = 'digital.expiry' AND subject_id = ${game.variant_id}`);
    await until(() => hasAlarm("codes-expiring", game.sku), "the alarm about the expiry");
    const page = await staff.client.get("/admin/alarms");
    assert.match(page.text, new RegExp(`href="/admin/codes\\?q=${game.sku}"`));
    expect(await acts(game, "batches/1/withdraw"), 200);
    assert.equal(await hasAlarm("codes-expiring", game.sku), false);
  });

  test("a low deck raises an alarm once and is settled by loading", async () => {
    const game = await digital({ codes: codes(4) });
    expect(await acts(game, "low", { low_at: 2 }), 200);
    const buyer = shop.visitor();
    await buyer.getsCodes(await buyer.buys(game, 2), 2);
    await until(() => hasAlarm("codes-low", game.sku), "the alarm about the low deck");
    assert.ok((await staff.reads("/admin/codes?filter=low")).decks.some(({ sku }) => sku === game.sku));
    await staff.loads(game, codes(3));
    assert.equal(await hasAlarm("codes-low", game.sku), false);
    assert.equal((await staff.reads("/admin/codes?filter=low")).decks.some(({ sku }) => sku === game.sku), false);
    expectProblem(await acts(game, "low", { low_at: -1 }), 422, "invalid");
  });

  test("a shared code goes to everybody and is sold out at its quantity", async () => {
    const course = await digital({});
    expectProblem(await acts(course, "quantity", { quantity: 5 }), 422, "invalid");
    expect(await acts(course, "mode", { mode: "shared" }), 200);
    const missing = expectProblem(await acts(course, "quantity", { quantity: 5 }), 422, "invalid");
    assert.equal(missing.errors[0].field, "text");
    expect(await acts(course, "quantity", { quantity: 3, text: "https://pan.example/s/abc\n提取码 8848" }), 200);
    const first = shop.visitor();
    const order = await first.buys(course, 2);
    assert.deepEqual(await first.getsCodes(order, 1), ["https://pan.example/s/abc\n提取码 8848"]);
    const second = shop.visitor();
    assert.deepEqual(await second.getsCodes(await second.buys(course), 1), ["https://pan.example/s/abc\n提取码 8848"]);
    expectProblem(await shop.visitor().triesToBuy(course), 409, "out-of-stock");
    const page = await staff.client.get(`/admin/codes/${course.variant_id}`);
    assert.doesNotMatch(page.text, /8848/);
    assert.equal((await acts(course, "load", { codes: "X" })).status, 422);
    await server.adds_up();
  });

  test("an order by hand waits, is typed once, and the buyer reads it", async () => {
    const top_up = await digital({});
    expect(await acts(top_up, "mode", { mode: "hand" }), 200);
    expect(await acts(top_up, "quantity", { quantity: 5 }), 200);
    const buyer = shop.visitor();
    const order = await buyer.buys(top_up, 2);
    const waiting = await buyer.sees(order);
    // What can be sold is set besides what is promised.
    assert.match((await staff.client.get(`/admin/codes/${top_up.variant_id}`)).text, /name="quantity" type="text" value="3"/);
    expect(await acts(top_up, "quantity", { quantity: 3 }), 200);
    assert.deepEqual([(await deck(top_up)).deck.left, (await deck(top_up)).deck.promised], [5, 2]);
    assert.deepEqual([waiting.stage, waiting.waits_for_hand, waiting.deliveries], ["to_ship", true, []]);
    assert.match((await buyer.browser.get(`/orders/${order.number}?token=${order.token}`)).text, /正在为你人工发货/);
    assert.ok((await staff.reads("/admin/codes/by-hand")).orders.some(({ number }) => number === order.number));
    assert.equal((await staff.alarms()).some(({ subject }) => subject === order.number), false);
    expectProblem(await staff.triesToDeliver(order), 409, "out-of-stock");
    const seen = await staff.sees(order);
    assert.equal(seen.can_type, true);
    const { line_no } = seen.owed[0];
    expectProblem(await staff.triesTo("type", order, { texts: [{ line_no: 7, text: "x" }] }), 422, "invalid");
    expectProblem(await staff.triesTo("type", order, { texts: [] }), 409, "out-of-stock");
    expectProblem(await staff.triesTo("type", order, { texts: [{ line_no, text: "" }] }), 422, "invalid");
    // As the page's form does it, and everybody at once.
    const page = await staff.client.open(`/admin/orders/${order.number}`);
    const form = page.forms.find(({ action }) => action.endsWith("/type"));
    const answers = await Promise.all([1, 2, 3, 4].map((who) => staff.client.submit(form, { "texts.0.text": `账号 ${who}\n密码 9527` })));
    assert.equal(answers.filter(({ status, path }) => status === 200 && /notice=typed/.test(path)).length, 1, answers.map(({ status, path }) => `${status} ${path}`).join());
    const [text] = await buyer.getsCodes(order, 1);
    assert.match(text, /^账号 [1-4]\n密码 9527$/);
    assert.equal((await buyer.sees(order)).stage, "completed");
    expectProblem(await staff.triesTo("type", order, { texts: [{ line_no, text: "again" }] }), 409, "invalid-transition");
    assert.equal((await staff.reads("/admin/codes/by-hand")).orders.some(({ number }) => number === order.number), false);
    assert.equal((await shop.stock(top_up)).on_hand, 3);
    await server.adds_up();
  });

  test("a cancelled order by hand gets its money and leaves the list", async () => {
    const top_up = await digital({});
    expect(await acts(top_up, "mode", { mode: "hand" }), 200);
    expect(await acts(top_up, "quantity", { quantity: 2 }), 200);
    const buyer = shop.visitor();
    const order = await buyer.buys(top_up);
    const { owed: [{ line_no }] } = await staff.sees(order);
    await staff.cancels(order);
    await buyer.seesUntil(order, ({ payment_status }) => payment_status === "refunded", "is refunded");
    await until(async () => !(await staff.reads("/admin/codes/by-hand")).orders.some(({ number }) => number === order.number), "the order leaves the list");
    expectProblem(await staff.triesTo("type", order, { texts: [{ line_no, text: "late" }] }), 409, "invalid-transition");
    assert.deepEqual((await buyer.sees(order)).deliveries, []);
  });

  test("whoever opens codes is noted once an hour, without a secret", async () => {
    const secret = unique("SECRET");
    const game = await digital({ codes: [secret, ...codes(2)] });
    const buyer = shop.visitor();
    const order = await buyer.buys(game);
    await buyer.getsCodes(order, 1);
    for (let looks = 0; looks < 3; looks++) await buyer.browser.get(`/orders/${order.number}?token=${order.token}`);
    const before = await staff.sees(order);
    assert.ok(before.views.length >= 1 && before.views.length <= 2, "one for each hour");
    assert.deepEqual([before.views[0].actor, before.views[0].network], ["buyer", "127.0.0.0"]);
    assert.equal(before.deliveries[0].code, `${secret.slice(0, 2)}••••${secret.slice(-2)}`);
    const whole = expect(await staff.triesTo("codes", order, {}), 200).order;
    assert.equal(whole.deliveries[0].code, secret);
    assert.ok((await staff.sees(order)).views.some(({ actor, who }) => actor === "staff" && who));

    // One code of the deck.
    const { codes: [, listed], views } = await deck(game);
    assert.deepEqual(views, []);
    assert.match(listed.code, /^CO••••/);
    const shown = expect(await acts(game, "show", { seq: listed.seq }), 200);
    assert.match(shown.codes[1].code, /^CODE-/);
    assert.equal(shown.views.length, 1);
    expectProblem(await acts(game, "show", { seq: "999" }), 404, "not-found");
    assert.doesNotMatch(server.log(), /SECRET|CODE-/);
  });

  test("another shop sees none of it", async () => {
    const game = await digital({ codes: codes(1) });
    const other = await (await server.opens("stranger")).staff();
    expectProblem(await other.client.api(`/admin/codes/${game.variant_id}`), 404, "not-found");
    for (const verb of ["load", "low", "mode", "quantity", "show", "batches/1/withdraw"])
      expectProblem(await other.does(`/admin/codes/${game.variant_id}/${verb}`, { codes: "X", low_at: 1, mode: "hand", quantity: 1, seq: "1" }), 404, "not-found");
    assert.deepEqual((await other.reads("/admin/codes")).decks, []);
    expectProblem(await shop.visitor().client.api("/admin/codes"), 401, "unauthenticated");
  });
});
