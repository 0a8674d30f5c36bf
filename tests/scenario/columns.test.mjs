// How a product is bought, its times and its names elsewhere: in files, in the history, and back.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { importsOf } from "../lib/imports.mjs";
import { cny, expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

describe("what the editor has, a file and the history have too", () => {
  let server, shop, staff, imports;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    imports = importsOf(staff);
  });
  after(() => server?.stop());

  const buying = async (product) => (await staff.reads(`/admin/products/${product.id}/buying`)).buying;
  const tiers = async (product) => (await buying(product)).tiers.map(({ sku, from, price }) => `${sku}/${from}/${price.amount}`);
  const asks = async (product) => (await buying(product)).questions.map((ask) => [ask.label, ask.kind, ask.is_required, ask.shortest, ask.longest, ask.hint, ask.choices.join()]);
  const versions = async (product) => (await staff.reads(`/admin/products/${product.id}/history`)).versions;
  const twoVariants = async (more = {}) => {
    const sku = unique("B");
    return staff.creates({
      sku, title: `杯 ${sku}`, options: [{ name: "颜色", values: "红,蓝" }],
      variants: ["红", "蓝"].map((options) => ({ sku: `${sku}-${options}`, options, price: { amount: 1000, currency: "CNY" }, is_active: true, stock: 9, weight: 10 })), ...more,
    });
  };

  test("bulk prices, questions, bounds and times are read, come back from an export unchanged, and are undone", async () => {
    const cup = await twoVariants();
    const sku = cup.variants[0].sku;
    const questions = "游戏账号* | 文字 4-20 | 在设置页\n区服* | 选项 一区, 二区\n折扣码\\*\\|x | 数字 -6";
    const table = `货号,批发价,规格批发价,起购件数,每单限购,每人限购,每人限购周期（天）,要填的信息,定时上架,定时下架\n${sku},10: 9.50; 50: 9.00,2：9.9；9:8,2,60,80,30,"${questions}",2031-05-01 10:00,2031/6/1\n`;
    const done = await imports.applies("买.csv", table);
    assert.deepEqual([done.import.counts.changed, done.import.counts.problems], [1, 0], JSON.stringify(done.row_problems));
    assert.deepEqual(await tiers(cup), ["/10/950", "/50/900", `${sku}/2/990`, `${sku}/9/800`]);
    const now = await buying(cup);
    assert.deepEqual([now.min_quantity, now.max_quantity, now.person_quantity, now.person_days], [2, 60, 80, 30]);
    assert.deepEqual(await asks(cup), [
      ["游戏账号", "text", true, 4, 20, "在设置页", ""], ["区服", "choice", true, 0, 0, "", "一区,二区"], ["折扣码*|x", "number", false, 0, 6, "", ""]]);
    const whole = await staff.product(cup.id);
    assert.deepEqual([whole.publish_at, whole.unpublish_at], ["2031-05-01T10:00", "2031-06-01T00:00"]);

    for (const [language, format] of [["", "csv"], ["/en", "csv"], ["", "xlsx"]]) {
      const file = await staff.client.get(`${language}/admin/products/export?format=${format}`);
      for (const match of ["sku", "handle"]) {
        const again = await imports.checks(`全部.${format}`, file.bytes, { match });
        assert.deepEqual([again.import.counts.new, again.import.counts.changed, again.import.counts.problems], [0, 0, 0], JSON.stringify([language, format, again.row_problems, (await imports.look(again.import.id, "?show=changed")).items]));
      }
    }
    const ids = now.questions.map(({ id }) => id);
    await imports.applies("问.csv", `货号,要填的信息\n${sku},"区服* | 选项 一区, 二区, 三区\n手机号 | 手机号"\n`);
    const later = (await buying(cup)).questions;
    assert.equal(later[0].id, ids[1], "a question that asks the same stays the same");
    assert.ok(!ids.includes(later[1].id));

    const fields = (await versions(cup))[1].changes.map(({ field, of, after: to }) => `${field}${of && ` ${of}`}=${to}`);
    assert.ok(fields.includes("price_tiers=10: 9.50; 50: 9.00") && fields.includes("price_tiers 红=2: 9.90; 9: 8.00") && fields.includes("publish_at=2031-05-01 10:00"), fields.join("\n"));
    await imports.applies("清.csv", `货号,批发价,规格批发价,起购件数,每单限购,每人限购,每人限购周期（天）,要填的信息,定时上架,定时下架\n${sku}${",<clear>".repeat(9)}\n`);
    assert.deepEqual([await tiers(cup), await asks(cup), (await buying(cup)).min_quantity, (await buying(cup)).person_quantity], [[], [], 1, 0]);
    assert.equal((await staff.product(cup.id)).publish_at, "");
  });

  test("undoing an import and restoring an old version bring bulk prices and questions back", async () => {
    const cup = await twoVariants();
    const sku = cup.variants[1].sku;
    expect(await staff.does(`/admin/products/${cup.id}/buying`, { min_quantity: 2, tiers: [{ from: 5, price: { amount: 900, currency: "CNY" } }, { sku, from: 3, price: { amount: 800, currency: "CNY" } }], questions: [{ label: "刻字", kind: "text", longest: 8 }] }), 200);
    const before = await buying(cup);
    const applied = await imports.applies("改.csv", `货号,批发价,规格批发价,起购件数,要填的信息\n${sku},20: 5,<clear>,<clear>,电话* | 手机号\n`);
    assert.deepEqual(await tiers(cup), ["/20/500"]);
    await imports.undoes(applied.import.id);
    const content = ({ version, ...rest }) => rest;
    assert.deepEqual(content(await buying(cup)), content(before), "also the ids of the questions");
    const old = (await versions(cup)).find(({ changes }) => changes.some(({ after: to }) => to === "20: 5.00")).version;
    expect(await staff.does(`/admin/products/${cup.id}/history/${old}/restore`, { expected: (await staff.product(cup.id)).version }), 200);
    assert.deepEqual(await tiers(cup), ["/20/500"]);
    assert.deepEqual((await asks(cup)).map(([label]) => label), ["电话"]);
    const restored = (await versions(cup))[0];
    assert.equal(restored.cause, "restored");
    assert.ok(restored.changes.some(({ field, after: to }) => field === "questions" && to.includes("电话*")), JSON.stringify(restored.changes));
    const page = (await staff.client.open(`/admin/products/${cup.id}/history`)).text;
    assert.match(page, /批发价/);
    assert.doesNotMatch(page, /field\.[a-z_]+/);
  });

  test("saving the product from its page leaves how it is bought alone, also when two change it at once", async () => {
    const cup = await twoVariants();
    expect(await staff.does(`/admin/products/${cup.id}/buying`, { tiers: [{ from: 5, price: { amount: 900, currency: "CNY" } }, { sku: cup.variants[0].sku, from: 2, price: { amount: 800, currency: "CNY" } }], questions: [{ label: "刻字" }], person_quantity: 3 }), 200);
    const seen = await staff.product(cup.id);
    await staff.saves(seen, { subtitle: "新" });
    assert.deepEqual([(await tiers(cup)).length, (await asks(cup)).length, (await buying(cup)).person_quantity], [2, 1, 3]);
    const stale = await staff.product(cup.id);
    expect(await staff.does(`/admin/products/${cup.id}/buying`, { tiers: [{ from: 7, price: { amount: 700, currency: "CNY" } }] }), 200);
    const answer = await staff.triesToSave(stale, { brand: "另一家" });
    if (answer.status >= 300) expect(await staff.triesToSave({ ...stale, version: undefined }, { brand: "另一家" }), 200, 409);
    assert.deepEqual(await tiers(cup), ["/7/700"]);
  });

  test("what is wrong stands at its cell, with what to do, in the reader's words", async () => {
    const cup = await twoVariants();
    const sku = cup.variants[0].sku;
    const wrong = async (column, cell) => {
      const checked = await imports.checks("错.csv", `货号,${column}\n${sku},"${cell}"\n`);
      const csv = (await staff.client.get(`/admin/products/imports/${checked.import.id}/problems`)).text.split("\r\n")[1] ?? "";
      assert.match(csv, /^2,"[^"]+","[^"]*(""[^"]*)*","[a-z-]+","[^"a-z]*[\u4e00-\u9fff][^"]*","[^"]*[\u4e00-\u9fff]/, `words for ${csv}`);
      return checked.row_problems.map((problem) => `${problem.line} ${problem.column} ${problem.code}`).join();
    };
    assert.equal(await wrong("批发价", "十件: 9"), "2 批发价 bad-tiers");
    assert.equal(await wrong("批发价", "10: 99"), "2 批发价 tier-below-price");
    assert.equal(await wrong("批发价", "10: 9; 5: 8"), "2 批发价 tier-rising");
    assert.equal(await wrong("批发价", "5: 8; 10: 9"), "2 批发价 tier-falling");
    assert.equal(await wrong("批发价", "1: 9"), "2 批发价 tier-from");
    assert.equal(await wrong("批发价", Array.from({ length: 9 }, (_, i) => `${i + 2}: ${9 - i * 0.1}`).join("; ")), "2 批发价 tier-limit");
    assert.equal(await wrong("规格批发价", "3: 12"), "2 规格批发价 tier-below-price");
    assert.equal(await wrong("每单限购", "1000"), "2 每单限购 bad-number");
    assert.equal(await wrong("每人限购周期（天）", "7"), "2 person_quantity person-days-alone");
    assert.equal(await wrong("要填的信息", "区服 | 选项 一个"), "2 要填的信息 question-choices");
    assert.equal(await wrong("要填的信息", "区服 | 星座"), "2 要填的信息 bad-questions");
    assert.equal(await wrong("要填的信息", "a | 文字 9-3"), "2 要填的信息 question-length-order");
    assert.equal(await wrong("要填的信息", Array.from({ length: 9 }, (_, i) => `第 ${i} 项`).join("\n")), "2 要填的信息 question-limit");
    assert.equal(await wrong("定时上架", "明天"), "2 定时上架 not-a-time");
    assert.equal(await wrong("定时下架", "2020-01-01 10:00"), "2 定时下架 past");
    assert.equal(await wrong("规格状态", "也许"), "2 规格状态 unknown-variant-status");
  });

  test("variants that are switched off are in the file, and a row can switch one on or off", async () => {
    const cup = await twoVariants();
    const [red, blue] = cup.variants.map(({ sku }) => sku);
    const state = async () => (await staff.product(cup.id)).variants.map((variant) => `${variant.title} ${variant.is_active}`).toSorted();
    const off = await imports.applies("停.csv", `货号,规格状态\n${blue},停售\n`);
    assert.deepEqual([off.import.counts.changed, await state()], [1, ["红 true", "蓝 false"]]);
    const file = await staff.client.get(`/admin/products/export?format=csv&q=${encodeURIComponent(red)}`);
    assert.equal(file.text.split("\r\n").filter((line) => line.includes(red) || line.includes(blue)).length, 2);
    const same = await imports.checks("同.csv", file.bytes);
    assert.deepEqual([same.import.counts.unchanged, same.import.counts.problems], [1, 0], JSON.stringify(same.row_problems));
    assert.equal((await imports.checks("不.csv", `货号,售价\n${blue},5\n`)).row_problems[0].code, "switched-off");
    const erp = unique("ERP");
    await imports.applies("号.csv", `货号,规格状态,外部编号\n${blue},停售,${erp}\n`);
    assert.deepEqual((await imports.checks("外.csv", `外部编号,售价\n${erp},5\n`, { match: "external_id" })).row_problems.map(({ code }) => code), ["switched-off"]);
    assert.equal((await imports.checks("外.csv", `外部编号,规格状态,售价\n${erp},on,5\n`, { match: "external_id" })).import.counts.changed, 1);
    const on = await imports.applies("开.csv", `货号,规格状态,售价\n${blue},在售,12\n`);
    assert.deepEqual([on.import.counts.changed, await state()], [1, ["红 true", "蓝 true"]]);
    await imports.undoes(on.import.id);
    assert.deepEqual(await state(), ["红 true", "蓝 false"]);
  });

  test("products are known again by SKU, barcode, handle or external id, in the back office and on the command line", async () => {
    const [a, b] = [unique("ERP"), unique("ERP")];
    const made = await imports.applies("新.csv", `名称,分类,货号,条码,外部编号,售价\n甲 ${a},百货,${a}-S,6901234567892,${a},10\n乙 ${b},百货,${b}-S,,${b},20\n`);
    assert.deepEqual([made.import.counts.new, made.import.counts.problems], [2, 0], JSON.stringify(made.row_problems));
    const priced = await imports.applies("价.csv", `external_id,price\n${a},11\n${b},<clear>\n`, { match: "external_id", mode: "partial" });
    assert.deepEqual([priced.import.counts.changed, priced.import.counts.refused, priced.row_problems[0].code], [1, 1, "not-clearable"]);
    assert.equal((await imports.whole(`${a}-S`)).variants[0].price.amount, 1100);
    const renamed = await imports.applies("码.csv", `外部编号,货号\n${a},${a}-T\n`, { match: "external_id" });
    assert.equal(renamed.import.counts.changed, 1, "a SKU can be changed by its external id");
    assert.equal((await imports.whole(`${a}-T`)).title, `甲 ${a}`);
    const gone = await imports.checks("空.csv", `外部编号,售价\n,5\n`, { match: "external_id" });
    assert.deepEqual(gone.row_problems.map(({ column, code }) => [column, code]), [["外部编号", "required"], ["title", "required"]]);
    const page = (await staff.client.open(`/admin/products/imports/${expect(await imports.send("页.csv", `外部编号,售价\n${a},5\n`), 201).import.id}`)).text;
    assert.match(page, /<option value="external_id"/);

    const file = path.join(server.data, "line.csv");
    fs.writeFileSync(file, `名称,分类,外部编号,售价\n甲 ${a},百货,${a},15\n`);
    assert.match(await server.tool("import", "--shop", shop.handle, "--match", "external_id", file), /1 updated/);
    assert.equal((await imports.whole(`${a}-T`)).variants[0].price.amount, 1500);
    fs.writeFileSync(file, `名称,分类,条码,售价\n甲 ${a},百货,6901234567892,16\n`);
    assert.match(await server.tool("import", "--shop", shop.handle, "--match", "barcode", file), /1 updated/);
    assert.match((await server.tries("import", "--shop", shop.handle, "--match", "smell", file)).stderr, /--match is one of sku, barcode, handle, external_id/);
  });

  test("empty keeps, <clear> clears, and a stock needs what it was, or what is added", async () => {
    const cup = await staff.creates({ sku: unique("E"), stock: 10, subtitle: "短", brand: "牌" });
    const codes = async (head, row, choices) => {
      const { import: { counts }, row_problems: problems } = await imports.applies("e.csv", `货号,${head}\n${cup.sku},${row}\n`, choices);
      return problems?.length ? problems.map(({ code }) => code).join() : `${counts.changed} ${counts.unchanged}`;
    };
    assert.equal(await codes("副标题,品牌", ",<clear>"), "1 0");
    const now = await staff.product(cup.id);
    assert.deepEqual([now.subtitle, now.brand], ["短", ""]);
    assert.equal(await codes("库存", "12"), "expected-needed");
    assert.equal(await codes("库存,原库存", "12,9"), "stock-moved");
    assert.equal(await codes("库存,原库存", "12,10"), "1 0");
    assert.equal(await codes("库存增减", "-2"), "1 0");
    assert.equal(await codes("库存,库存增减", "12,1"), "both-stocks");
    assert.equal((await staff.holds(cup)).on_hand, 10);
  });

  test("collections by hand come from a file, go into one, and undoing takes their products out again", async () => {
    const gathers = async (name, kind = "hand", more = {}) => {
      const handle = unique("col");
      expect(await staff.does("/admin/collections", { kind, name, name_en: handle, handle, ...more }), 201);
      return (await staff.reads("/admin/collections")).collections.find((one) => one.handle === handle);
    };
    const names = ["清仓", "新品, 首发"].map((name) => `${name} ${unique("n")}`);
    const [sale, fresh] = [await gathers(names[0]), await gathers(names[1])];
    const smart = await gathers(`智能 ${unique("n")}`, "smart", { conditions: [{ field: "price", test: "at-least", value: "1" }] });
    const inside = async ({ id }) => (await staff.reads(`/admin/collections/${id}`)).products.map((product) => product.title).toSorted();
    const [one, two] = [await twoVariants(), await twoVariants()];
    const rows = (cells) => `名称,货号,商品集合\n${cells.map(([product, cell]) => `${product.title},${product.variants[0].sku},"${cell}"`).join("\n")}\n`;
    const wrong = await imports.checks("错.csv", rows([[one, "没有这个"], [two, smart.name]]));
    assert.deepEqual(wrong.row_problems.map(({ column, code }) => [column, code]), [["商品集合", "unknown-collection"], ["商品集合", "smart-collection"]]);
    const done = await imports.applies("集合.csv", rows([[one, `${sale.name}; ${fresh.handle}`], [two, sale.handle]]));
    assert.deepEqual([done.import.counts.changed, done.import.counts.refused], [2, 0], JSON.stringify(done.import.counts));
    assert.deepEqual(await inside(sale), [one.title, two.title].toSorted());
    assert.deepEqual(await inside(fresh), [one.title]);
    // The same again changes nothing, and neither does what was exported.
    const again = await imports.checks("集合.csv", rows([[one, `${sale.name}; ${fresh.handle}`], [two, sale.handle]]));
    assert.equal(again.import.counts.unchanged, 2, JSON.stringify(again.import.counts));
    for (const product of [one, two]) {
      const table = (await staff.client.get(`/admin/products/export?format=csv&q=${encodeURIComponent(product.variants[0].sku)}`)).text;
      const cell = product === one ? `${sale.name}; ${fresh.handle}` : sale.name;
      assert.ok(table.includes(cell), `${cell} in ${table}`);
      const back = await imports.checks("出.csv", table);
      assert.deepEqual([back.import.counts.unchanged, back.import.counts.problems], [1, 0], JSON.stringify(back.import.counts));
    }
    await imports.undoes(done.import.id);
    assert.deepEqual(await inside(sale), []);
    assert.deepEqual(await inside(fresh), []);
    // A new product comes into one with its first save, and leaves it when the import is undone.
    const sku = unique("N");
    const made = await imports.applies("新.csv", `名称,分类,货号,售价,商品集合\n新的,百货,${sku},9,${sale.name}\n`);
    assert.deepEqual(await inside(sale), ["新的"]);
    await imports.undoes(made.import.id);
    assert.deepEqual(await inside(sale), []);
    assert.equal((await imports.whole(sku)).status, "archived");
  });

  test("a freight template comes by its name, and undoing gives back what the product had", async () => {
    const template = async (name) => expect(await staff.does("/admin/freight", { name, way: "weight", free_sum: cny(9900), rates: [{ first: 1000, first_price: cny(600), next: 1000, next_price: cny(200) }] }), 201).template;
    const [usual, heavy] = [await template(unique("快递")), await template(unique("重货"))];
    const [one, two] = [await twoVariants(), await twoVariants()];
    const has = async ({ id }) => (await staff.reads(`/admin/products/${id}/freight`)).chosen;
    const rows = (cells) => `名称,货号,运费模板\n${cells.map(([product, cell]) => `${product.title},${product.variants[0].sku},${cell}`).join("\n")}\n`;
    const wrong = await imports.checks("错.csv", rows([[one, "没有这个"]]));
    assert.deepEqual(wrong.row_problems.map(({ column, code }) => [column, code]), [["运费模板", "unknown-freight"]]);
    expect(await staff.does(`/admin/products/${two.id}/freight`, { template: usual.id }), 200);
    const done = await imports.applies("运费.csv", rows([[one, heavy.name], [two, heavy.name]]));
    assert.deepEqual([done.import.counts.changed, done.import.counts.refused], [2, 0], JSON.stringify(done.import.counts));
    assert.deepEqual([await has(one), await has(two)], [heavy.id, heavy.id]);
    assert.equal((await imports.checks("运费.csv", rows([[one, heavy.name], [two, heavy.name]]))).import.counts.unchanged, 2);
    const table = (await staff.client.get(`/admin/products/export?format=csv&q=${encodeURIComponent(one.variants[0].sku)}`)).text;
    assert.ok(table.includes(heavy.name), table);
    const back = await imports.checks("出.csv", table);
    assert.deepEqual([back.import.counts.unchanged, back.import.counts.problems], [1, 0], JSON.stringify(back));
    const cleared = await imports.applies("清.csv", rows([[one, "<clear>"]]));
    assert.equal(await has(one), null);
    await imports.undoes(cleared.import.id);
    assert.equal(await has(one), heavy.id);
    // Somebody chose another one since: that stays.
    expect(await staff.does(`/admin/products/${one.id}/freight`, { template: usual.id }), 200);
    await imports.undoes(done.import.id);
    assert.deepEqual([await has(one), await has(two)], [usual.id, usual.id]);
    const code = unique("D");
    const digital = await imports.checks("码.csv", `名称,分类,类型,货号,售价,运费模板\n码,百货,数字,${code},9,${heavy.name}\n`);
    assert.deepEqual(digital.row_problems.map(({ code: why }) => why), ["digital-freight"]);
    // A new product has it with its first save.
    const sku = unique("N");
    const made = await imports.applies("新.csv", `名称,分类,货号,售价,运费模板\n新的,百货,${sku},9,${heavy.name}\n`);
    assert.equal(await has(await imports.whole(sku)), heavy.id);
    await imports.undoes(made.import.id);
  });

  test("1 箱 = 12 瓶: said whole or not at all, shown to buyers with the price of one, in the table and back", async () => {
    const sku = unique("BOX");
    const row = (cells) => `名称,分类,货号,售价,状态,单位,每单位数量,基本单位\n整箱汽水 ${sku},百货,${sku},60.00,上架,${cells}\n`;
    for (const [cells, code] of [["箱,1,瓶", "base-count"], ["箱,12,", "base-unit-required"], [",12,瓶", "base-needs-unit"], ["箱,,瓶", "base-count"], ["箱,x,瓶", "bad-number"]])
      assert.deepEqual((await imports.checks("错.csv", row(cells))).row_problems.map(({ code: why }) => why), [code], cells);
    await imports.applies("箱.csv", row("箱,12,瓶"));
    const box = await imports.whole(sku);
    assert.deepEqual([box.unit, box.base_count, box.base_unit], ["箱", 12, "瓶"]);
    const shown = expect(await shop.client().api(`/products/${box.handle}`), 200);
    assert.deepEqual(shown.selected.unit_price, { price: cny(500), per: "", per_text: "瓶" });
    const page = (await shop.client().get(`/products/${box.handle}`)).text;
    assert.match(page, /1 箱 = 12 瓶/);
    assert.match(page, /¥5\.00\/瓶/);
    const table = (await staff.client.get(`/admin/products/export?format=csv&q=${encodeURIComponent(sku)}`)).text;
    const back = await imports.checks("出.csv", table);
    assert.deepEqual([back.import.counts.unchanged, back.import.counts.problems], [1, 0], JSON.stringify(back));
    // The editor's form, its refusal at the field, and the history.
    const whole = await staff.product(box.id);
    const saves = (more) => staff.triesToSave(whole, { unit: "箱", ...more });
    assert.equal(expectProblem(await saves({ base_count: 6 }), 422, "invalid").errors[0].field, "base_unit");
    expect(await saves({ base_count: 6, base_unit: "罐" }), 200);
    assert.match((await staff.client.get(`/admin/products/${box.id}/history`)).text, /一件里有几个/);
    assert.deepEqual((await imports.checks("箱.csv", row("箱,12,瓶"))).import.counts.changed, 1);
    await imports.applies("清.csv", row("箱,<clear>,<clear>"));
    assert.deepEqual((await imports.whole(sku)).base_count, 0);
  });
});

describe("how many one person may have", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const limits = async (product, person_quantity, person_days = 0) => expect(await staff.does(`/admin/products/${product.id}/buying`, { person_quantity, person_days }), 200);
  /** The same person with another cart. */
  const tries = async (buyer, product, quantity, contact = { phone: buyer.phone }) => {
    const hand = shop.visitor();
    expect(await hand.triesToPut(product, quantity), 200, 201);
    return hand.triesToCheckOut({ order: hand.order({ contact }) });
  };
  const refusal = (answer) => expectProblem(answer, 422, "invalid").errors.map(({ field, code, message }) => `${field} ${code} ${message}`).join();

  test("over several orders, by phone and by e-mail, and given back when an order comes to nothing", async () => {
    const mug = await shop.product({ stock: 99, title: "限量杯" });
    await limits(mug, 3);
    const buyer = shop.visitor();
    const first = expect(await tries(buyer, mug, 2, { phone: buyer.phone, email: "A@x.example" }), 201).order;
    assert.match(refusal(await tries(buyer, mug, 2)), /^contact.phone person-limit 限量杯: you can still buy 1 of 3/);
    assert.match(refusal(await tries(shop.visitor(), mug, 2, { phone: `+86 ${buyer.phone.slice(0, 3)}-${buyer.phone.slice(3)}` })), /still buy 1/);
    assert.match(refusal(await tries(shop.visitor(), mug, 2, { email: "a@X.example" })), /^contact.email person-limit .*still buy 1/);
    expect(await tries(shop.visitor(), mug, 3), 201);
    await buyer.cancels(first);
    const second = expect(await tries(buyer, mug, 3), 201).order;
    await buyer.pays(second);
    await buyer.seesPaid(second);
    assert.match(refusal(await tries(buyer, mug, 1)), /still buy 0/);
    await staff.cancels(second);
    await buyer.seesClosed(second);
    expect(await tries(buyer, mug, 3), 201);
    await server.adds_up();
  });

  test("the cart and the pages say so before and after", async () => {
    const mug = await shop.product({ stock: 99, title: "一人一件" });
    await limits(mug, 2, 30);
    assert.match((await shop.visitor().browser.open(`/products/${mug.handle}`)).text, /每人 30 天内限购 2 件/);
    const buyer = shop.visitor();
    const cart = await buyer.puts(mug, 3);
    assert.deepEqual(cart.lines.map(({ problem, bound }) => [problem, bound]), [["above-person", 2]]);
    expectProblem(await buyer.triesToCheckOut(), 422, "limit");
    expect(await buyer.client.post(`/cart/lines/${mug.variant_id}`, { cart: buyer.cart, quantity: 1 }), 200);
    await buyer.checksOut();
    await buyer.puts(mug, 2);
    const form = new URLSearchParams({ cart: buyer.cart, "contact.phone": buyer.phone, "address.name": "张三", "address.phone": buyer.phone, "address.region": "浙江省", "address.line": "文三路 1 号" });
    const page = await buyer.browser.send("POST", "/checkout/review", { payload: form.toString(), headers: { "content-type": "application/x-www-form-urlencoded", origin: buyer.client.origin } });
    assert.equal(page.status, 422);
    assert.match(page.text, /一人一件[\s\S]*还可以买 1 件/);
    assert.match((await staff.client.open(`/admin/products/${mug.id}/buying`)).text, /name="person_quantity"[^>]*value="2"/);
  });

  test("two checkouts of one buyer at once: never one piece over, on either engine (30 rounds)", async () => {
    const mug = await shop.product({ stock: 9999 });
    await limits(mug, 3);
    for (let round = 0; round < 30; round++) {
      const buyer = shop.visitor(), other = shop.visitor();
      other.phone = buyer.phone;
      await Promise.all([buyer.puts(mug, 2), other.puts(mug, 2)]);
      const answers = await Promise.all([buyer, other].map((one) => one.triesToCheckOut()));
      const fine = answers.filter(({ status }) => status < 300);
      assert.equal(fine.length, 1, `round ${round}: ${answers.map(({ status, text }) => `${status} ${text}`)}`);
      assert.match(refusal(answers.find(({ status }) => status >= 300)), /still buy 1 of 3/);
    }
    const twins = Array.from({ length: 20 }, () => shop.visitor());
    await Promise.all(twins.map(async (one) => {
      one.phone = twins[0].phone;
      await one.puts(mug, 1);
    }));
    const answers = await Promise.all(twins.map((one) => one.triesToCheckOut({ order: one.order({ contact: { phone: one.phone, email: "twin@x.example" } }) })));
    assert.equal(answers.filter(({ status }) => status < 300).length, 3);
    await server.adds_up();
  });

  test("a period that is over begins anew; what was bought before there was a limit does not count", async () => {
    const mug = await shop.product({ stock: 99 });
    const buyer = shop.visitor();
    await buyer.orders(mug, 5);
    await limits(mug, 1, 7);
    const old = expect(await tries(buyer, mug, 1), 201).order;
    assert.match(refusal(await tries(buyer, mug, 1)), /still buy 0/);
    const week = 7 * 86400e3 + 1000;
    await server.tampers(`UPDATE buyer_rations SET since = since - ${week}; UPDATE order_rations SET at = at - ${week}`);
    expect(await tries(buyer, mug, 1), 201);
    await buyer.cancels(old);
    assert.match(refusal(await tries(buyer, mug, 1)), /still buy 0/, "an order of the period before gives nothing back");
    await server.adds_up();
  });

  test("money that comes after the order closed: taken when there is room, sent back when the buyer had others", async () => {
    const mug = await shop.product({ stock: 99 });
    await limits(mug, 1);
    const buyer = shop.visitor();
    const late = await buyer.orders(mug, 1);
    const payment = await buyer.startsPaying(late);
    await buyer.cancels(late);
    const next = await buyer.orders(mug, 1);
    await buyer.atCashier(payment);
    const seen = await buyer.seesUntil(late, ({ payment_status: paid }) => paid === "refunded", "is sent back");
    assert.equal(seen.order_status, "closed");
    await buyer.pays(next);
    await buyer.seesPaid(next);
    await server.adds_up();
  });
});
