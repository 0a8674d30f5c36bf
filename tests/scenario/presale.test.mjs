// Presales: a deposit and a balance in their windows, or all at once, and a promised day.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openMailbox } from "../lib/mailbox.mjs";
import { cny, expect, expectProblem, freshKey, startServer, unique, until } from "../lib/shop.mjs";

const HOUR = 3600_000, DAY = 24 * HOUR;
/** A moment as the form of the shop says it (UTC+8). */
const local = (at) => new Date(at + 8 * HOUR).toISOString().slice(0, 16);
const day = (at) => local(at).slice(0, 10);

const presaleOf = (entries, more = {}) => ({
  name: "秋茶预售", kind: "deposit", starts_at: local(Date.now() - 60_000), ends_at: local(Date.now() + 2 * DAY),
  balance_from: local(Date.now() + 3 * DAY), balance_until: local(Date.now() + 6 * DAY), ships_on: day(Date.now() + 20 * DAY), ahead_days: 3, entries, ...more,
});
const wholeOf = (entries, more = {}) => presaleOf(entries, { kind: "whole", balance_from: "", balance_until: "", ...more });
/** 90.00 with a deposit of 10.00 that counts 20.00: 80.00 in all, 70.00 of it later. */
const entryOf = (product, more = {}) => ({ variant_id: product.variant_id, price: cny(9000), deposit: cny(1000), worth: cny(2000), stock: 5, ...more });
const pieceOf = (product, more = {}) => ({ variant_id: product.variant_id, stock: 5, ...more });

describe("presales", () => {
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

  const draft = async (presale) => expect(await staff.does("/admin/presales", presale), 201).sale;
  const starts = async (presale) => expect(await staff.does(`/admin/presales/${(await draft(presale)).id}/status`, { status: "active" }), 200).sale;
  const looks = async (sale) => (await staff.reads(`/admin/presales/${sale.id}`)).sale;
  const tea = (more = {}) => shop.product({ price: 10000, stock: 20, ...more });
  /** Somebody with a mail address, who agrees to a deposit. */
  const buyer = () => {
    const one = shop.visitor();
    one.email = `${unique("buyer")}@example.com`;
    one.address = { ...one.address, line: `独居路 ${unique("n")} 号` };
    const plain = one.order.bind(one);
    one.order = (more = {}) => plain({ contact: { phone: one.phone, email: one.email }, accepts_deposit: true, ...more });
    return one;
  };
  /** An order of a new presale whose deposit is there. */
  async function withDeposit(entry = {}) {
    const product = await tea();
    const sale = await starts(presaleOf([entryOf(product, entry)]));
    const one = buyer();
    const order = await one.orders(product);
    await one.pays(order);
    await one.seesUntil(order, ({ stage }) => stage === "pending_balance", "the deposit is there");
    return { product, sale, one, order };
  }
  const idOf = (order) => `(SELECT id FROM orders WHERE number = '${order.number}')`;
  /** The windows of an order are so far away from now. */
  async function moves(order, from, end, jobs) {
    const [balance_from, balance_until] = [Date.now() + from, Date.now() + end];
    await server.tampers(`UPDATE orders SET balance_from = ${balance_from}, balance_until = ${balance_until}, closes_at = ${balance_until} WHERE number = '${order.number}';
      UPDATE jobs SET due_at = 0 WHERE subject_id = ${idOf(order)} AND kind IN (${jobs.map((kind) => `'${kind}'`).join(", ")})`);
  }
  const opens = (order) => moves(order, -HOUR, 3 * DAY, ["order.balance_open"]);
  const mailTo = (one, words) => post.gets((mail) => mail.to.includes(one.email) && words.test(mail.subject), `${one.email} gets a mail: ${words}`);
  const sums = async () => Object.fromEntries((await staff.reads("/admin/money/ledger")).trials[0].accounts.map(({ account, balance }) => [account, balance.amount]));

  test("deposit, window, balance, promised day: page, cart, checkout, cashier, order and parcel say the same", async () => {
    const product = await tea();
    const sale = await starts(presaleOf([entryOf(product)]));
    const { product: page } = await until(async () => {
      const body = expect(await shop.client().api(`/products/${product.handle}`), 200);
      return body.product.variants[0].presale && body;
    }, "the page knows the presale");
    const { presale, sale: shown } = page.variants[0];
    assert.deepEqual([presale.kind, presale.phase, presale.price, presale.deposit, presale.worth, presale.swell, presale.balance, shown.price],
      ["deposit", "running", cny(9000), cny(1000), cny(2000), cny(1000), cny(7000), cny(9000)]);
    const html = (await shop.client().get(`/products/${product.handle}`)).text;
    assert.match(html, /付定金/);
    assert.match(html, /店铺取消订单，定金全额退回/);
    const one = buyer();
    const cart = await one.puts(product, 2);
    assert.deepEqual([cart.total, cart.presale.deposit, cart.presale.balance], [cny(16000), cny(2000), cny(14000)]);
    const refused = expectProblem(await one.triesToCheckOut({ order: one.order({ accepts_deposit: false }) }), 422, "invalid");
    assert.deepEqual(refused.errors.map(({ field, code }) => [field, code]), [["accepts_deposit", "required"]]);
    const order = await one.checksOut();
    assert.deepEqual([order.total, order.due, order.label, order.presale.waits_for], [cny(16000), cny(2000), "待付定金", "deposit"]);
    await one.pays(order);
    const deposited = await one.seesUntil(order, ({ stage }) => stage === "pending_balance", "the deposit is there");
    assert.deepEqual([deposited.payment_status, deposited.order_status, deposited.paid, deposited.due, deposited.label, deposited.can_pay],
      ["partially_paid", "pending_payment", cny(2000), cny(14000), "待付尾款", false]);
    assert.match((await mailTo(one, /定金已付/)).plain, /¥140\.00/);
    expectProblem(await one.triesToStartPaying(order), 409, "invalid-transition");
    await opens(order);
    await mailTo(one, /可以付尾款了/);
    const cashier = (await one.client.get(`/orders/${order.number}/pay?token=${order.token}`)).text;
    assert.match(cashier, /应付尾款/);
    assert.match(cashier, /140/);
    const before = (await staff.reads("/admin/orders?stage=to_ship")).counts.to_ship;
    await one.pays(order);
    const paid = await one.seesUntil(order, ({ stage }) => stage === "to_ship", "all is paid");
    assert.deepEqual([paid.paid, paid.due.amount], [cny(16000), 0]);
    const list = await staff.reads("/admin/orders?stage=to_ship");
    assert.equal(list.counts.to_ship, before, "it is not to be packed yet");
    assert.ok(list.early >= 1 && !list.orders.some(({ number }) => number === order.number));
    const proof = await staff.reads(`/admin/orders/${order.number}`);
    assert.deepEqual(proof.order.offers.map(({ name, amount }) => [name, amount.amount]).sort(), [["定金膨胀", 2000], ["秋茶预售", 2000]].sort());
    assert.deepEqual(proof.order.payments.map(({ part, amount }) => [part, amount.amount]), [["deposit", 2000], ["balance", 14000]]);
    await server.tampers(`UPDATE orders SET packs_from = 1 WHERE number = '${order.number}'`);
    assert.ok((await staff.reads("/admin/orders?stage=to_ship")).orders.some(({ number }) => number === order.number));
    const pack = (await staff.client.get(`/admin/orders/${order.number}/pack`)).text;
    assert.ok(pack.includes(`承诺 ${day(Date.now() + 20 * DAY)} 前发货`));
    await staff.ships(order);
    assert.equal((await looks(sale)).sold, 2);
    await server.adds_up();
  });

  test("nobody pays the balance: the order ends, the deposit stays, a late balance goes back whole and once", async () => {
    const { product, sale, one, order } = await withDeposit({ stock: 1 });
    expectProblem(await buyer().triesToBuy(product), 409, "presale-sold-out");
    const kept = (await sums())["kept-deposits"] ?? 0;
    await opens(order);
    const late = await one.startsPaying(order);
    await moves(order, -3 * DAY, HOUR, ["order.balance_ends"]);
    await mailTo(one, /快到期/);
    await moves(order, -3 * DAY, -1000, ["order.close"]);
    const closed = await one.seesUntil(order, ({ order_status }) => order_status === "closed", "it is closed");
    assert.deepEqual([closed.stage, closed.payment_status, closed.paid, closed.refunded.amount, closed.presale.is_kept], ["closed", "partially_paid", cny(1000), 0, true]);
    await mailTo(one, /已关闭/);
    assert.equal((await sums())["kept-deposits"] - kept, 1000);
    assert.equal((await looks(sale)).sold, 0);
    assert.equal((await staff.sees(order)).can_refund, false);
    await one.atCashier(late);
    await staff.seesAlarm("balance-late", order);
    const { refunds } = await one.seesUntil(order, ({ refunds }) => refunds.length === 1 && refunds[0].status === "done", "the balance goes back");
    assert.deepEqual(refunds[0].amount, cny(7000));
    await one.triesAtCashier(late);
    assert.deepEqual((await one.sees(order)).paid, cny(1000));
    assert.match((await one.client.get(`/orders/${order.number}?token=${order.token}`)).text, /定金按约定不退/);
    const next = buyer();
    expect(await next.triesToBuy(product), 200, 201);
    await server.adds_up();
  });

  test("a deposit that comes when its time is over goes back", async () => {
    const product = await tea();
    const sale = await starts(presaleOf([entryOf(product)]));
    const one = buyer();
    const order = await one.orders(product);
    const late = await one.startsPaying(order);
    await server.tampers(`UPDATE orders SET closes_at = ${Date.now() - 1000} WHERE number = '${order.number}'; UPDATE jobs SET due_at = 0 WHERE kind = 'order.close' AND subject_id = ${idOf(order)}`);
    await one.seesClosed(order);
    await one.atCashier(late);
    const back = await one.seesUntil(order, ({ stage }) => stage === "refunded", "the deposit goes back");
    assert.deepEqual([back.paid, back.refunded], [cny(1000), cny(1000)]);
    assert.equal((await looks(sale)).sold, 0);
    await server.adds_up();
  });

  test("the shop cancels: the deposit goes back whole; refunds of a paid order take both payments", async () => {
    const first = await withDeposit();
    expectProblem(await staff.triesTo("cancel", first.order, { note: "" }), 422, "invalid");
    await staff.cancels(first.order, "out_of_stock", "");
    const back = await first.one.seesUntil(first.order, ({ stage }) => stage === "refunded", "the deposit is back");
    assert.deepEqual(back.refunded, cny(1000));
    const second = await withDeposit();
    await opens(second.order);
    await second.one.pays(second.order);
    await second.one.seesUntil(second.order, ({ stage }) => stage === "to_ship", "it is paid");
    const { order } = await staff.reads(`/admin/orders/${second.order.number}`);
    assert.deepEqual(order.refundable, cny(8000));
    expect(await staff.triesToRefund(second.order, 7500), 200, 201);
    await second.one.seesUntil(second.order, ({ refunded }) => refunded.amount === 7500, "both payments gave back");
    expect(await staff.triesToRefund(second.order, 500), 200, 201);
    const ended = await second.one.seesUntil(second.order, ({ stage }) => stage === "refunded", "all is back");
    assert.deepEqual(ended.refunds.map(({ amount }) => amount.amount).sort((a, b) => a - b), [500, 500, 7000]);
    await server.adds_up();
  });

  test("paid whole at once: the usual price, a promised day, and not to be packed before it is time", async () => {
    const product = await tea();
    const sale = await starts(wholeOf([pieceOf(product, { stock: 2, person_most: 1 })]));
    const one = buyer();
    const cart = await one.puts(product);
    assert.deepEqual([cart.total, cart.presale.kind, cart.presale.deposit.amount], [cny(10000), "whole", 0]);
    const order = await one.checksOut({ order: one.order({ accepts_deposit: false }) });
    await one.pays(order);
    const paid = await one.seesUntil(order, ({ stage }) => stage === "to_ship", "it is paid");
    assert.ok(paid.presale.ships_by.startsWith(new Date(Date.parse(`${day(Date.now() + 20 * DAY)}T23:59:00+08:00`)).toISOString().slice(0, 16)));
    assert.match((await one.client.get(`/orders/${order.number}?token=${order.token}`)).text, /最晚 \d{4}-\d\d-\d\d 发货/);
    assert.ok(!(await staff.reads("/admin/orders?stage=to_ship")).orders.some(({ number }) => number === order.number));
    await one.puts(product);
    assert.equal(expectProblem(await one.triesToCheckOut(), 422, "invalid").errors[0].code, "presale-person");
    const two = buyer();
    await two.puts(product);
    await two.puts(await shop.product({ price: 100, stock: 5 }));
    expectProblem(await two.triesToCheckOut(), 409, "presale-alone");
    assert.equal((await looks(sale)).sold, 1);
    await server.adds_up();
  });

  test("3 pieces and 40 buyers at once: exactly 3 orders", async () => {
    const product = await tea({ stock: 30 });
    const sale = await starts(presaleOf([entryOf(product, { stock: 3, person_most: 1 })]));
    const answers = await Promise.all(Array.from({ length: 40 }, () => buyer().triesToBuy(product)));
    assert.equal(answers.filter(({ status }) => status < 300).length, 3);
    for (const answer of answers.filter(({ status }) => status >= 300)) expectProblem(answer, 409, "presale-sold-out");
    const seen = await looks(sale);
    assert.deepEqual([seen.phase, seen.sold, seen.left], ["used-up", 3, 0]);
    assert.equal((await shop.stock(product)).available, 27);
    await server.adds_up();
  });

  test("what is wrong with a presale is said at its field", async () => {
    const jar = await tea();
    const wrong = async (presale) => expectProblem(await staff.does("/admin/presales", presale), 422, "invalid").errors.map(({ field, code }) => `${field} ${code}`).sort();
    assert.deepEqual(await wrong(presaleOf([entryOf(jar, { deposit: cny(1601), worth: cny(0), price: cny(8000) })])), ["entries.0.deposit presale-deposit"]);
    assert.deepEqual(await wrong(presaleOf([entryOf(jar, { price: cny(10001) })])), ["entries.0.price presale-price"]);
    assert.deepEqual(await wrong(presaleOf([entryOf(jar, { worth: cny(999), stock: 21 })])), ["entries.0.stock presale-stock", "entries.0.worth presale-worth"]);
    assert.deepEqual(await wrong(presaleOf([], { name: "", ships_on: day(Date.now() + 4 * DAY), balance_from: local(Date.now() + DAY) })),
      ["balance_from presale-order", "entries presale-goods", "name required", "ships_on presale-order"]);
    assert.deepEqual(await wrong(presaleOf([entryOf(jar)], { ships_on: "soon", balance_until: "" })), ["balance_until required", "ships_on not-a-time"]);
    const code = await shop.product({ price: 10000, codes: ["A-1", "A-2"] });
    assert.deepEqual(await wrong(presaleOf([entryOf(code, { stock: 1 })])), ["entries.0.sku presale-kind"]);
    const first = await starts(presaleOf([entryOf(jar)]));
    assert.deepEqual(await wrong(wholeOf([pieceOf(jar)])), ["entries.0.sku presale-overlap"]);
    const flash = { name: "秒杀", starts_at: local(Date.now()), ends_at: local(Date.now() + HOUR), unpaid_minutes: 5, entries: [{ variant_id: jar.variant_id, price: cny(100), stock: 1 }] };
    assert.equal(expectProblem(await staff.does("/admin/flash", flash), 422, "invalid").errors[0].code, "flash-overlap");
    await buyer().orders(jar);
    const edit = (presale) => staff.does(`/admin/presales/${first.id}`, { ...presale, version: first.version });
    assert.deepEqual(expectProblem(await edit(wholeOf([pieceOf(jar)])), 422, "invalid").errors.map(({ field }) => field), ["kind"]);
    expect(await edit(presaleOf([entryOf(jar, { stock: 6 })])), 200);
    expectProblem(await edit(presaleOf([entryOf(jar, { stock: 7 })])), 409, "conflict");
  });

  test("a repetition of an order is that order, and a presale survives kill -9 between its two payments", async () => {
    const product = await tea();
    await starts(presaleOf([entryOf(product, { stock: 1 })]));
    const one = buyer();
    await one.puts(product);
    const [key, wish] = [freshKey(), one.order()];
    const won = expect(await one.triesToCheckOut({ key, order: wish }), 201).order;
    assert.equal(expect(await one.triesToCheckOut({ key, order: wish }), 200, 201).order.number, won.number);
    await one.pays(won);
    await one.seesUntil(won, ({ stage }) => stage === "pending_balance", "the deposit is there");
    await server.dies();
    await server.adds_up();
    await server.start();
    await opens(won);
    await one.pays(won);
    await one.seesUntil(won, ({ stage }) => stage === "to_ship", "all is paid");
    await server.adds_up();
  });
});
