// Corrections of the ledger by hand: balanced, with a reason, once, by whom may, and never changed.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formTo } from "../lib/html.mjs";
import { cny, expect, expectProblem, freshKey, startServer, unique } from "../lib/shop.mjs";

const PAGE = "/admin/money/ledger";
const CORRECT = "/admin/money/correct";

describe("corrections of the ledger", () => {
  let server, shop, staff, order;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    order = await shop.visitor().buys(await shop.product({ price: 10000, stock: 5 }));
  });
  after(() => server?.stop());

  const usual = (more = {}) => ({ credit: "clearing", debit: "fees", amount: cny(60), gateway: "sandbox", reason: "渠道扣的手续费", reference: "对账单 2026-11", ...more });
  const tries = (more) => staff.does(CORRECT, usual(more));
  const balance = async (account) => (await staff.reads(PAGE)).trials[0].accounts.find((row) => row.account === account)?.balance.amount ?? 0;

  test("a fee is posted: two accounts move, the books balance, and page and table say why", async () => {
    const before = await balance("clearing");
    expect(await tries({ order: order.number }), 201);
    assert.equal(await balance("clearing"), before - 60);
    assert.equal(await balance("fees"), 60);
    const view = await staff.reads(`${PAGE}?kind=correction`);
    const [entry] = view.entries;
    assert.deepEqual([entry.credit, entry.debit, entry.amount.amount, entry.reason, entry.reference, entry.order], ["clearing", "fees", 60, "渠道扣的手续费", "对账单 2026-11", order.number]);
    assert.match((await staff.client.open(`${PAGE}?kind=correction`)).text, /渠道扣的手续费/);
    const table = (await staff.client.api(`${PAGE}/export?kind=correction&format=csv`)).text;
    assert.match(table, /人工调整.*渠道扣的手续费,对账单 2026-11/);
    const { entries } = await staff.reads("/admin/audit?kind=money.corrected");
    assert.equal(entries.length, 1);
    await server.adds_up();
  });

  test("what does not say enough is refused at its field, and nothing is posted", async () => {
    const count = async () => (await staff.reads(`${PAGE}?kind=correction`)).entries.length;
    const had = await count();
    for (const [more, field] of [[{ debit: "clearing" }, "credit"], [{ debit: "all" }, "debit"], [{ credit: undefined }, "credit"], [{ amount: cny(0) }, "amount"], [{ amount: cny(-5) }, "amount"], [{ reason: "" }, "reason"], [{ reference: " " }, "reference"], [{ gateway: "nobody" }, "gateway"], [{ order: "123" }, "order"]]) {
      const problem = expectProblem(await tries(more), 422, "invalid");
      assert.equal(problem.errors[0].field, field, JSON.stringify(more));
    }
    assert.equal(await count(), had);
  });

  test("the same request twice, or five times at once, is one entry", async () => {
    const request = freshKey();
    const answers = await Promise.all(Array.from({ length: 5 }, () => tries({ request, reference: "五次" })));
    const ids = new Set(answers.map((answer) => expect(answer, 201).correction.id));
    assert.equal(ids.size, 1);
    const { entries } = await staff.reads(`${PAGE}?kind=correction`);
    assert.equal(entries.filter(({ reference }) => reference === "五次").length, 1);
    await server.adds_up();
  });

  test("the form works without JavaScript and keeps what was typed", async () => {
    const page = await staff.client.open(CORRECT);
    const wrong = await staff.client.submit(formTo(page, CORRECT), { credit: "fees", debit: "fees", amount: "1.50", reason: "记反了", reference: "更正 1" });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /两个科目不能一样/);
    assert.match(wrong.text, /value="记反了"/);
    const list = await staff.client.submit(formTo(wrong, CORRECT), { credit: "fees", debit: "clearing", amount: "1.50", reason: "记反了", reference: "更正 1" });
    assert.match(list.text, /更正 1/);
    await server.adds_up();
  });

  test("only who may write money posts", async () => {
    const login = `${unique("p")}@shop.example`.toLowerCase();
    expect(await staff.does("/admin/settings/staff", { login, name: "打包", role: "packer", password: "kettle on tea" }), 201);
    const other = await server.at("main", { login, password: "kettle on tea", isDefault: true }).staff();
    expectProblem(await other.does(CORRECT, usual()), 403, "forbidden");
  });

  test("the check finds a correction that was changed, lost, or never said why", async () => {
    await server.ends();
    for (const [spoil, mend] of [
      ["UPDATE ledger_entries SET amount = amount + 1 WHERE kind = 9", "UPDATE ledger_entries SET amount = amount - 1 WHERE kind = 9"],
      ["UPDATE ledger_corrections SET amount = amount + 7", "UPDATE ledger_corrections SET amount = amount - 7"],
      ["UPDATE ledger_corrections SET id = id + 1", "UPDATE ledger_corrections SET id = id - 1"],
    ]) {
      await server.tampers(spoil);
      assert.equal((await server.tries("check")).code, 1, spoil);
      await server.tampers(mend);
      await server.adds_up();
    }
    await server.start();
  });
});
