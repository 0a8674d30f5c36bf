// The further lists of the back office work like all others: alarms, messages, imports, works, the trash, prices, and orders by how they were paid.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { upload } from "../lib/pictures.mjs";
import { expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

/** An id as the program makes them, `ago` ms before now. */
const idOf = (ago = 0, at = 0) => (BigInt(Date.now() - ago - Date.UTC(2024, 0, 1)) << 22n) + BigInt(at);
const numbers = (count) => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
const MAIN = "(SELECT shop_id FROM shops WHERE handle = 'main')";

describe("more lists of the back office", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const chipsOf = ({ list }) => list.chips.map(({ filter, value }) => `${filter}=${value}`);
  /** All rows of a list over its pages; `meanwhile` happens between two of them. */
  async function pages(address, name, meanwhile) {
    const rows = [];
    for (let url = address; url;) {
      const page = await staff.reads(url);
      rows.push(...page[name]);
      url = page.next_url;
      if (url) await meanwhile?.(rows.length);
      assert.ok(rows.length < 2000, "the pages come to an end");
    }
    return rows;
  }
  const once = (rows) => assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, "nothing twice");
  const csv = async (address) => {
    const reply = await staff.client.get(address);
    assert.equal(reply.status, 200, reply.text.slice(0, 200));
    return reply.text.replace(/^\ufeff/, "").trimEnd().split("\r\n");
  };
  const raise = (count, kind, { ago = 60000, subject = kind } = {}) =>
    server.tampers(`${numbers(count)} INSERT INTO alarms (shop_id, id, kind, subject, detail, at) SELECT ${MAIN}, ${idOf(ago)} + i, '${kind}', '${subject} ' || i, '', ${Date.now() - ago} FROM n`);

  test("alarms come in pages that stay right, by kind and both ways; several are settled at once, and one is opened again", async () => {
    await raise(70, "late-payment", { ago: 120000 });
    await raise(45, "codes-low", { ago: 60000 });
    let came = 0;
    const newest = await pages("/admin/alarms", "alarms", () => raise(3, "hook-failed", { ago: 0, subject: `new ${came++}` }));
    once(newest);
    assert.equal(newest.length, 115, "what comes while one reads is not among the pages");
    for (let i = 1; i < newest.length; i++) assert.ok(BigInt(newest[i - 1].id) > BigInt(newest[i].id));
    const late = await pages("/admin/alarms?kind=late-payment&sort=oldest", "alarms");
    assert.equal(late.length, 70);
    assert.equal(late[0].subject, "late-payment 1");
    const seen = await staff.reads("/admin/alarms?kind=late-payment&sort=oldest");
    assert.deepEqual(chipsOf(seen), ["kind=late-payment"]);
    assert.equal(seen.list.query, "kind=late-payment&sort=oldest");
    assert.match((await staff.client.open("/admin/alarms?kind=late-payment")).text, /种类：/);
    assert.equal((await csv("/admin/alarms/export?kind=codes-low")).length, 46);

    const chosen = late.slice(0, 3);
    const few = expect(await staff.does("/admin/alarms/resolve", { alarms: [...chosen, chosen[0]].map(({ id }) => ({ id })) }), 200);
    assert.equal(few.settled, 3);
    const { before } = seen;
    await raise(1, "late-payment", { ago: -5000, subject: "after" });
    assert.equal(expect(await staff.does("/admin/alarms/resolve", { all: true, kind: "late-payment", before }), 200).settled, 67);
    const left = await pages("/admin/alarms?kind=late-payment", "alarms");
    assert.deepEqual(left.map(({ subject }) => subject), ["after 1"], "what the page did not show is left");
    const settled = await pages("/admin/alarms?state=settled&kind=late-payment", "alarms");
    once(settled);
    assert.equal(settled.length, 70);
    assert.ok(settled.every(({ resolved_at }) => resolved_at));
    expect(await staff.does(`/admin/alarms/${settled[0].id}/reopen`), 200);
    expectProblem(await staff.does(`/admin/alarms/${settled[0].id}/reopen`), 404, "not-found");
    assert.equal((await staff.reads("/admin/alarms?kind=late-payment")).alarms.length, 2);
    assert.equal((await csv("/admin/alarms/export?state=settled")).length, 70);
    expectProblem(await staff.does("/admin/alarms/resolve", { alarms: [] }), 422, "invalid");
    expectProblem(await staff.client.api("/admin/alarms?cursor=x"), 400, "bad-request");
    expectProblem(await staff.client.api("/admin/alarms?state=lost"), 422, "invalid");

    expect(await staff.does("/admin/views", { list: "alarms", name: "迟到的钱", query: "kind=late-payment" }), 201);
    assert.equal((await staff.reads("/admin/alarms?kind=late-payment")).list.current.name, "迟到的钱");
  });

  test("jobs that gave up are a list too", async () => {
    await server.tampers(`${numbers(57)} INSERT INTO jobs (shop_id, kind, subject_id, due_at, attempt, dead_at, error, payload) SELECT ${MAIN}, 'test.gone', i, 0, 3, 1000 + i / 10, 'why ' || i, '{}' FROM n`);
    const first = await staff.reads("/admin/alarms");
    assert.equal(first.dead_letters.length, 10);
    assert.equal(first.has_more_dead, true);
    const dead = await pages("/admin/alarms?state=jobs", "dead_letters");
    assert.equal(new Set(dead.map(({ subject }) => subject)).size, 57);
    assert.equal(dead.length, 57);
    assert.equal((await csv("/admin/alarms/export?state=jobs")).length, 58);
    expectProblem(await staff.client.api("/admin/alarms?state=jobs&cursor=1.2"), 400, "bad-request");
    assert.match((await staff.client.open("/admin/alarms?state=jobs")).text, /why 57/);
    await server.tampers("DELETE FROM jobs WHERE kind = 'test.gone'");
    assert.match((await staff.client.open("/admin/alarms?state=jobs")).text, /没有失败的任务/);
  });

  test("several failed jobs, or all of them, are tried again or dropped in one act", async () => {
    const fail = (from, to, kind = "stock.take") => server.tampers(`${numbers(to)} INSERT INTO jobs (shop_id, kind, subject_id, due_at, attempt, dead_at, error, payload) SELECT ${MAIN}, '${kind}', i, 0, 3, 1000 + i, 'why ' || i, '{}' FROM n WHERE i >= ${from}`);
    const left = async () => (await pages("/admin/alarms?state=jobs", "dead_letters")).map(({ subject }) => Number(subject)).toSorted((a, b) => a - b);
    await fail(1, 60, "test.gone");
    const page = (await staff.client.open("/admin/alarms?state=jobs")).text;
    assert.match(page, /name="jobs\.0\.id" value="60\.test\.gone"/);
    assert.match(page, /formaction="[^"]*\/admin\/jobs\/remove-several"/);
    const some = (...ids) => ids.map((id) => ({ id: `${id}.test.gone` }));
    assert.deepEqual(expect(await staff.does("/admin/jobs/remove-several", { jobs: some(1, 2, 3, 3, 99) }), 200), { dropped: 3 });
    assert.equal((await left()).length, 57);
    const codes = async (body) => expectProblem(await staff.does("/admin/jobs/retry-several", body), 422, "invalid").errors.map(({ field, code }) => `${field} ${code}`).join();
    assert.equal(await codes({ jobs: [] }), "jobs required");
    assert.equal(await codes({ jobs: [{ id: "test.gone" }] }), "jobs invalid");
    // what failed after the page was made is not dropped with it
    assert.deepEqual(expect(await staff.does("/admin/jobs/remove-several", { all: true, before: 1050 }), 200), { dropped: 47 });
    assert.deepEqual(await left(), [51, 52, 53, 54, 55, 56, 57, 58, 59, 60]);
    expect(await staff.does("/admin/jobs/remove-several", { all: true }), 200);
    // takes that are gone: such a job fails for good at once when it is tried again
    await fail(1, 4);
    assert.deepEqual(expect(await staff.does("/admin/jobs/retry-several", { jobs: [{ id: "1.stock.take" }, { id: "2.stock.take" }] }), 200), { retried: 2 });
    assert.deepEqual((await left()).filter((one) => one > 2), [3, 4]);
    assert.deepEqual(expect(await staff.does("/admin/jobs/retry-several", { all: true }), 200).retried >= 2, true);
    assert.match((await staff.client.open("/admin/alarms?state=jobs&retried=4")).text, /已重新排队 4 个任务/);
    await server.tampers("DELETE FROM jobs WHERE kind = 'stock.take'");
  });

  test("messages are found by state, day and order; many that did not arrive go again as a work", async () => {
    const order = await shop.visitor().buys(await staff.creates({ price: 100 }));
    const orderId = `(SELECT id FROM orders WHERE number = '${order.number}')`;
    const write = (count, state, { ago, order_id = "NULL", subject = "'x'" }) =>
      server.tampers(`${numbers(count)} INSERT INTO messages (shop_id, id, dedupe, channel_id, occasion, order_id, subject, facts, state) SELECT ${MAIN}, ${idOf(ago)} + i, '${unique("d")}:' || i, 77, 1, ${order_id}, ${subject}, '{}', ${state} FROM n`);
    const DAY = 86400000;
    await write(130, 4, { ago: 10 * DAY });
    await write(60, 2, { ago: 5 * DAY });
    await write(4, 4, { ago: 2 * DAY, order_id: orderId, subject: `'${order.number}'` });
    const all = await pages("/admin/messages", "messages");
    once(all);
    assert.equal(all.length, 194);
    const oldest = await pages("/admin/messages?state=given-up&sort=oldest", "messages");
    assert.deepEqual(oldest.map(({ id }) => id), all.filter(({ state }) => state === "given-up").map(({ id }) => id).reverse());
    assert.equal((await pages(`/admin/messages?q=${order.number}`, "messages")).length, 4);
    assert.equal((await pages(`/admin/messages?q=${order.number}&state=sent`, "messages")).length, 0);
    assert.deepEqual((await staff.reads("/admin/messages?q=4711")).messages, []);
    const day = (ago) => new Date(Date.now() - ago + 8 * 3600000).toISOString().slice(0, 10);
    const middle = `from=${day(6 * DAY)}&to=${day(4 * DAY)}`;
    assert.equal((await pages(`/admin/messages?${middle}`, "messages")).length, 60);
    assert.equal((await csv(`/admin/messages/export?${middle}`)).length, 61);
    assert.equal((await csv(`/admin/messages/export?q=${order.number}`)).length, 5);
    assert.equal((await csv("/admin/messages/export?q=4711")).length, 1);
    assert.deepEqual(chipsOf(await staff.reads(`/admin/messages?state=sent&${middle}`)), ["state=sent", `from=${day(6 * DAY)}`, `to=${day(4 * DAY)}`]);
    expectProblem(await staff.client.api("/admin/messages?from=tuesday"), 422, "invalid");

    const key = unique("click");
    const some = all.filter(({ order: about }) => about === order.number).slice(0, 2).map(({ id }) => ({ id }));
    assert.equal(some.length, 2);
    assert.equal(expect(await staff.does("/admin/messages/again", { messages: some, key }), 200).sent, 2);
    expectProblem(await staff.does("/admin/messages/again", { messages: [], key }), 422, "invalid");
    const refused = expectProblem(await staff.does("/admin/messages/again", { all: true, state: "sent", key }), 422, "invalid");
    assert.equal(refused.errors[0].code, "only-unsent");
    const { work } = expect(await staff.does("/admin/messages/again", { all: true, state: "given-up", to: day(8 * DAY), key: unique("click") }), 202);
    assert.deepEqual([work.kind, work.total], ["work.messages", 130]);
    const done = await until(async () => {
      const { work: now } = await staff.reads(`/admin/works/${work.id}`);
      return now.state !== "running" && now;
    }, "the work is over", { within: 60000 });
    assert.deepEqual([done.state, done.done, done.changed], ["done", 130, 130]);
    assert.equal((await staff.reads("/admin/audit?kind=message.again")).entries.length, 50, "each is noted");
  });

  const send = (name, text) => {
    const { payload, headers } = upload("file", [[name, Buffer.from(text)]]);
    return staff.client.send("POST", "/api/v1/admin/products/imports", { payload, headers: { ...headers, origin: staff.client.origin } });
  };
  const look = (id) => staff.reads(`/admin/products/imports/${id}`);
  const rests = (id) => until(async () => {
    const seen = await look(id);
    return !seen.import.is_running && seen;
  }, "the import rests", { within: 60000 });

  test("alarms and messages show the columns that somebody chose", async () => {
    await raise(1, "late-payment", { ago: 0, subject: "columns" });
    const chooses = async (list, ...names) => expect(await staff.does("/admin/lists/columns", { list, columns: names.map((name) => ({ name })) }), 200);
    const resets = async (list) => expect(await staff.does("/admin/lists/columns", { list, reset: true }), 200);
    const page = async (path) => (await staff.client.open(path)).text;
    assert.match(await page("/admin/alarms"), /class="what"/);
    await chooses("alarms", "raised");
    assert.deepEqual((await staff.reads("/admin/alarms")).list.shown, { alarm: true, raised: true, detail: false, advice: false });
    const narrow = await page("/admin/alarms");
    assert.doesNotMatch(narrow, /class="what"/);
    assert.match(narrow, /columns 1/);
    await resets("alarms");
    assert.match(await page("/admin/alarms"), /class="what"/);
    await chooses("messages", "reason");
    assert.deepEqual((await staff.reads("/admin/messages")).list.shown, { message: true, order: false, receiver: false, tried: false, reason: true });
    await resets("messages");
    assert.equal((await staff.reads("/admin/messages")).list.shown.receiver, true);
  });

  test("imports are a list like all, and among the works whatever becomes of them", async () => {
    const sku = unique("W");
    const text = `name,category,price,sku,stock\n${Array.from({ length: 400 }, (_, i) => `碗 ${i},碗,${i < 399 ? "9.9" : "abc"},${sku}-${i},3\n`).join("")}`;
    const made = [];
    for (let i = 0; i < 52; i++) made.push(expect(await send(`表 ${i}.csv`, text), 201).import);
    const listed = await pages("/admin/products/imports", "imports");
    once(listed);
    assert.deepEqual(listed.map(({ id }) => id), made.map(({ id }) => id).reverse());
    const [first] = made;
    const columns = (await look(first.id)).columns.map(({ key }) => ({ key }));
    expect(await staff.does(`/admin/products/imports/${first.id}/check`, { columns, match: "sku", mode: "partial", status: "active", default_stock: 5 }), 202);
    await rests(first.id);
    expect(await staff.does(`/admin/products/imports/${first.id}/apply`), 202);
    await rests(first.id);
    const oldest = await staff.reads("/admin/products/imports?sort=oldest");
    assert.equal(oldest.imports[0].id, first.id);
    const applied = await staff.reads("/admin/products/imports?state=applied");
    assert.deepEqual(applied.imports.map(({ id }) => id), [first.id]);
    assert.deepEqual(chipsOf(applied), ["state=applied"]);
    assert.equal((await pages("/admin/products/imports?state=uploaded&sort=oldest", "imports")).length, 51);
    assert.equal((await csv("/admin/products/imports/export?state=applied")).length, 2);
    assert.equal((await csv("/admin/products/imports/export?to=2020-01-01")).length, 1);
    expect(await staff.does("/admin/lists/columns", { list: "imports", columns: [{ name: "ended" }] }), 200);
    const shown = (await staff.reads("/admin/products/imports")).list.shown;
    assert.deepEqual([shown.title, shown.ended, shown.who], [true, true, false]);
    expect(await staff.does("/admin/lists/columns", { list: "imports", reset: true }), 200);

    expect(await staff.does(`/admin/products/imports/${first.id}/undo`), 202);
    assert.equal((await rests(first.id)).import.state, "undone");
    const works = (await staff.reads("/admin/works")).works.filter(({ kind }) => kind.startsWith("import."));
    assert.deepEqual(works.map(({ kind, state, title, done, changed, failed, may_change }) => ({ kind, state, title, done, changed, failed, may_change })), [
      { kind: "import.undo", state: "done", title: "表 0.csv", done: 399, changed: 399, failed: 0, may_change: false },
      { kind: "import.apply", state: "done", title: "表 0.csv", done: 400, changed: 399, failed: 1, may_change: false },
      { kind: "import.check", state: "done", title: "表 0.csv", done: 400, changed: 399, failed: 1, may_change: false },
    ]);
    assert.equal(works[0].result_url, `/admin/products/imports/${first.id}`);
    expectProblem(await staff.does(`/admin/works/${works[0].id}/stop`), 403, "forbidden");
    assert.match((await staff.client.open("/admin/works?state=done")).text, /导入商品「表 0\.csv」/);
    assert.deepEqual(chipsOf(await staff.reads("/admin/works?state=failed")), ["state=failed"]);
  });

  test("an import that goes on shows the bar of its work, also after a kill", async () => {
    const sku = unique("K");
    const text = `name,category,price,sku,stock\n${Array.from({ length: 6000 }, (_, i) => `盘 ${i},盘,9.9,${sku}-${i},3\n`).join("")}`;
    const { import: made } = expect(await send("大表.csv", text), 201);
    const columns = (await look(made.id)).columns.map(({ key }) => ({ key }));
    expect(await staff.does(`/admin/products/imports/${made.id}/check`, { columns, match: "sku", mode: "partial", status: "active", default_stock: 5 }), 202);
    await rests(made.id);
    expect(await staff.does(`/admin/products/imports/${made.id}/apply`), 202);
    const before = await look(made.id);
    assert.equal(before.import.state, "applying");
    assert.deepEqual([before.work.kind, before.work.state], ["import.apply", "running"]);
    await server.dies();
    await server.start();
    const { works } = await staff.reads("/admin/works?state=running");
    assert.ok(works.length === 0 || works[0].id === before.work.id, "it is the same work");
    assert.equal((await rests(made.id)).import.counts.new, 6000);
    const done = (await staff.reads(`/admin/works/${before.work.id}`)).work;
    assert.deepEqual([done.state, done.done, done.total, done.changed], ["done", 6000, 6000, 6000]);
  });

  test("orders are found by how they were paid, with what else narrows them, however many others there are", async () => {
    const cup = await staff.creates({ price: 500, stock: 200 });
    const ours = [];
    for (let i = 0; i < 56; i++) ours.push(await shop.visitor().buys(cup, 1 + (i % 3)));
    const unpaid = await shop.visitor().orders(cup);
    const some = ours.filter((_, i) => i % 2 === 0);
    await server.tampers(some.map(({ number }) => `UPDATE payment_facts SET gateway = 'alipay' WHERE attempt_number IN (SELECT number FROM payment_attempts WHERE order_id = (SELECT id FROM orders WHERE number = '${number}')); UPDATE payment_attempts SET gateway = 'alipay' WHERE order_id = (SELECT id FROM orders WHERE number = '${number}'); UPDATE ledger_entries SET gateway = 'alipay' WHERE order_id = (SELECT id FROM orders WHERE number = '${number}')`).join("; "));
    const found = async (query) => (await pages(`/admin/orders?${query}`, "orders")).map(({ number }) => number);
    const ask = async () => {
      assert.deepEqual(await found("gateway=alipay"), some.map(({ number }) => number).reverse());
      assert.deepEqual(await found("gateway=alipay&sort=waiting"), some.map(({ number }) => number));
      const others = await found("gateway=sandbox");
      assert.ok(others.includes(ours[1].number) && !others.includes(ours[0].number) && !others.includes(unpaid.number));
      assert.deepEqual(await found("gateway=unionpay"), []);
      assert.deepEqual(await found("gateway=alipay&stage=closed"), []);
      assert.deepEqual(await found("gateway=alipay&min=15"), some.filter((_, i) => (2 * i) % 3 === 2).map(({ number }) => number).reverse());
      assert.deepEqual(await found("gateway=alipay&to=2020-01-01"), []);
      assert.equal((await csv("/admin/orders/export?gateway=alipay")).length, 29);
    };
    await ask();
    // So many facts and attempts that they are not all looked at: the newest 10,100 orders have attempts of others, and none was paid.
    for (const gateway of ["alipay", "sandbox", "unionpay"])
      await server.tampers(`${numbers(5100)} INSERT INTO payment_facts (shop_id, id, gateway, provider_number, kind, attempt_number, currency, amount, at, received_at, verdict, raw) SELECT ${MAIN}, ${idOf(0, 7)} + i, '${gateway}', 'X' || i, 1, '', 'CNY', 0, 0, 0, 'unknown-attempt', '' FROM n`);
    await server.tampers(`${numbers(10100)} INSERT INTO payment_attempts (shop_id, id, number, order_id, gateway, currency, amount, status, created_at, expires_at) SELECT ${MAIN}, ${idOf(-60000)} + i, 'T' || i, ${idOf(-60000)} + i, 'unionpay', 'CNY', 1, 1, 0, 0 FROM n`);
    const page = await staff.reads("/admin/orders?gateway=alipay");
    assert.deepEqual([page.orders.length, page.is_cut], [0, true], "the newest are looked through");
    await ask();
    assert.match((await staff.client.open("/admin/orders?gateway=alipay")).text, /支付方式：支付宝/);
    assert.equal((await staff.reads("/admin/orders?gateway=alipay&sort=total")).list.sort, "newest");
  });

  test("how a price changed is a list of its product", async () => {
    const cup = await staff.creates({ price: 1000 });
    const product = await staff.product(cup.product_id ?? cup.id);
    const variant = product.variants[0];
    await server.tampers(`${numbers(70)} INSERT INTO price_changes (shop_id, product_id, variant_id, version, at, price, compare_price, compare_kind, actor, actor_id) SELECT ${MAIN}, ${product.id}, ${variant.id}, 100 + i, ${Date.now()} - 100000 + i, 1000 + i, 0, 1, 1, 0 FROM n`);
    const address = `/admin/products/${product.id}/prices`;
    const newest = await pages(address, "changes");
    assert.equal(newest.length, 71);
    assert.equal(newest[0].price.amount, 1070);
    const oldest = await pages(`${address}?sort=oldest&days=90`, "changes");
    assert.deepEqual(oldest.map(({ version }) => version), newest.map(({ version }) => version).reverse());
    const page = await staff.reads(`${address}?days=90`);
    assert.deepEqual(chipsOf(page), ["days=90"]);
    assert.equal(page.list.can_keep, false);
    assert.equal((await csv(`${address}/export`)).length, 72);
    expectProblem(await staff.does("/admin/views", { list: "prices", name: "x", query: "days=90" }), 422, "invalid");
    assert.match((await staff.client.open(address)).text, /¥10\.70/);
    expectProblem(await staff.client.api(`${address}/export?variant=1`), 404, "not-found");
  });
});
