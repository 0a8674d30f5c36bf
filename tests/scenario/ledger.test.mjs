// The ledger: every payment and refund stands in it once, debits are credits, and old shops get what they had.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

const PAGE = "/admin/money/ledger";
const OPENING = fs.readFileSync(new URL("../../migrations/0046_ledger.sql", import.meta.url), "utf8");

describe("the ledger", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const trialOf = async (query = "") => (await staff.reads(`${PAGE}${query}`)).trials[0];
  const balance = (trial, name) => trial?.accounts.find(({ account }) => account === name)?.balance.amount ?? 0;
  const csv = async (query) => {
    const answer = await staff.client.get(`${PAGE}/export?format=csv${query}`);
    assert.equal(answer.status, 200);
    return answer.text.trim().split(/\r?\n/);
  };

  test("a shop without payments is told what will be here", async () => {
    const page = await staff.client.open(PAGE);
    assert.match(page.text, /还没有账/);
    assert.match((await staff.client.open(`/en${PAGE}`)).text, /Nothing posted yet/);
    const view = await staff.reads(PAGE);
    assert.deepEqual([view.entries, view.trials], [[], []]);
  });

  test("a sale, a refund in part and the rest: where the money stands", async () => {
    const cup = await staff.creates({ price: 5900, stock: 20 });
    const order = await shop.visitor().buys(cup, 2);
    let trial = await trialOf();
    assert.deepEqual([balance(trial, "clearing"), balance(trial, "sales")], [11800, 11800]);
    await staff.refunds(order, 1800);
    trial = await until(async () => {
      const now = await trialOf();
      return balance(now, "clearing") === 10000 && now;
    }, "the refund is sent");
    assert.deepEqual([balance(trial, "sales"), balance(trial, "refunds"), balance(trial, "refunds-payable")], [11800, 1800, 0]);
    assert.ok(trial.is_balanced);
    assert.equal(trial.debits.amount, trial.credits.amount);
    const { entries, money, days } = await staff.reads(PAGE);
    assert.deepEqual(entries.map(({ kind, debit, credit, amount }) => [kind, debit, credit, amount.amount]), [
      ["refunded", "refunds-payable", "clearing", 1800],
      ["refund", "refunds", "refunds-payable", 1800],
      ["sale", "clearing", "sales", 11800],
    ]);
    for (const entry of entries) assert.deepEqual([entry.order, entry.url, entry.gateway], [order.number, `/admin/orders/${order.number}`, "sandbox"]);
    assert.deepEqual([money.in.amount, money.out.amount, money.net.amount], [11800, 1800, 10000]);
    assert.equal(days.length, 14);
    assert.deepEqual([days[13].in.amount, days[13].out.amount], [11800, 1800]);
    const page = await staff.client.open(PAGE);
    assert.match(page.text, /借方合计等于贷方合计，都是 ¥154\.00，账是平的。/);
    assert.match(page.text, new RegExp(`/admin/orders/${order.number}`));
    await server.adds_up();
  });

  test("a wrong amount is held, and is no income", async () => {
    const before = await trialOf();
    const cup = await staff.creates({ price: 10000, stock: 5 });
    const buyer = shop.visitor();
    await buyer.pays(await buyer.orders(cup), { notify: "wrong-amount" });
    const trial = await until(async () => {
      const now = await trialOf();
      return balance(now, "held") > 0 && now;
    }, "it is held");
    assert.equal(balance(trial, "clearing") - balance(before, "clearing"), balance(trial, "held"));
    assert.equal(balance(trial, "sales"), balance(before, "sales"));
    assert.ok(trial.is_balanced);
  });

  test("it is narrowed by account, kind, gateway and days, goes out as a table, and its views are kept", async () => {
    const kinds = async (query) => (await staff.reads(`${PAGE}?${query}`)).entries.map(({ kind }) => kind);
    assert.deepEqual(await kinds("account=refunds"), ["refund"]);
    assert.deepEqual(await kinds("kind=sale"), ["sale"]);
    assert.deepEqual(await kinds("gateway=alipay"), []);
    assert.deepEqual(await kinds("to=2020-01-01"), []);
    assert.equal((await kinds("from=2020-01-01")).length, 4);
    assert.deepEqual((await staff.reads(`${PAGE}?gateway=alipay`)).trials, []);
    assert.equal((await staff.reads(`${PAGE}?from=2020-01-01`)).days.length, 31);
    expectProblem(await staff.client.api(`${PAGE}?from=yesterday`), 422, "invalid");
    expectProblem(await staff.client.api(`${PAGE}?account=gold`), 422, "invalid");
    expectProblem(await staff.client.api(`${PAGE}?cursor=x`), 400, "bad-request");
    const rows = await csv("&kind=sale");
    assert.equal(rows.length, 2);
    assert.match(rows[0], /借方科目/);
    assert.match(rows[1], /订单收款,1012,支付渠道待结算,6001,销售收入,118\.00,CNY,sandbox,/);
    assert.equal((await csv("")).length, 5);
    const { list } = await staff.reads(`${PAGE}?account=held`);
    assert.deepEqual(list.chips.map(({ filter, value }) => [filter, value]), [["account", "held"]]);
    assert.match((await staff.client.open(`${PAGE}?account=held`)).text, /科目：暂收款/);
    expect(await staff.does("/admin/views", { list: "ledger", name: "暂收", query: "account=held" }), 201);
  });

  test("many entries come in pages, each once", async () => {
    const cup = await staff.creates({ price: 100, stock: 100 });
    for (let i = 0; i < 32; i++) await shop.visitor().buys(cup);
    const seen = [];
    for (let url = PAGE; url;) {
      const view = await staff.reads(url);
      seen.push(...view.entries.map(({ id, line_no }) => `${id}.${line_no}`));
      url = view.next_url;
      assert.ok(seen.length < 100);
    }
    assert.equal(seen.length, 36);
    assert.equal(new Set(seen).size, 36);
  });

  test("only who may see money sees it", async () => {
    for (const role of ["packer", "support"]) {
      const login = `${unique("p")}@shop.example`.toLowerCase();
      expect(await staff.does("/admin/settings/staff", { login, name: role, role, password: "kettle on tea" }), 201);
      const other = await server.at("main", { login, password: "kettle on tea", isDefault: true }).staff();
      expectProblem(await other.client.api(PAGE), 403, "forbidden");
      expectProblem(await other.client.api(`${PAGE}/export`), 403, "forbidden");
      assert.doesNotMatch((await other.client.open("/admin/orders")).text, /admin\/money/);
    }
  });

  test("what was paid before there was a ledger is posted when it comes", async () => {
    const before = await staff.reads(PAGE);
    await server.ends();
    const opening = OPENING.slice(OPENING.indexOf("UPDATE payment_attempts")).replace(/^--.*$/gm, "").trim().replace(/;$/, "");
    await server.tampers(`DELETE FROM ledger_entries; DELETE FROM ledger_days; DELETE FROM ledger_marks; UPDATE payment_attempts SET fact_id = NULL; UPDATE refunds SET fact_id = NULL`);
    assert.equal((await server.tries("check")).code, 1, "without it the books do not add up");
    await server.tampers(opening);
    await server.adds_up();
    await server.start();
    const after = await staff.reads(PAGE);
    assert.deepEqual(after.trials, before.trials);
    assert.deepEqual(after.entries, before.entries);
  });
});
