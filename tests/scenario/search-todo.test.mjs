// The week's to-do of words: what was searched most and helped nobody, dealt with in one click each, and ticked.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formTo } from "../lib/html.mjs";
import { expect, expectProblem, startServer, until } from "../lib/shop.mjs";

describe("the week's to-do of searches", () => {
  let server, shop, staff, tent;
  const q = encodeURIComponent;
  const types = async (text, times) => { for (let i = 0; i < times; i++) expect(await shop.client().api(`/search?q=${q(text)}`), 200); };
  const todo = (who = staff) => who.reads("/admin/searches");
  const words = async () => (await todo()).lines.map(({ word, why }) => `${word} ${why}`);
  const open = async (who = staff) => (await who.reads("/admin")).search_todo;
  const page = async (path, pattern) => assert.match((await staff.client.open(path)).text, pattern);

  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    tent = await staff.creates({ title: "双人帐篷 防雨", sku: "TENT-1" });
    await staff.creates({ title: "移动电源 迷你", sku: "PB-2" });
    await until(async () => (await staff.reads(`/admin/searches/word?q=${q("帐篷")}`)).found.total === 1, "the products are found");
  });
  after(() => server?.stop());

  test("before anybody searches the page says what it is for, and the dashboard says nothing", async () => {
    assert.deepEqual(await words(), []);
    assert.equal(await open(), 0);
    await page("/admin/searches", /还没有人搜索[^]*搜过 3 次以上[^]*充电宝[^]*无需处理/);
    assert.doesNotMatch((await staff.client.open("/admin")).text, /个搜索词没帮买家找到东西/);
  });

  test("what was searched most and found nothing, or was not opened, stands there; what helped, and what one typed twice, does not", async () => {
    await types("充电宝", 6);
    await types("双人", 5);
    await types("防雨", 5);
    await types("紫砂壶", 4);
    await types("错字", 2);
    expect(await shop.client().post("/search/clicks", { q: "防雨", product: tent.handle }), 200);
    assert.deepEqual(await words(), ["充电宝 nothing", "双人 unclicked", "紫砂壶 nothing"]);
    assert.deepEqual((await todo()).lines.map(({ searches, missed, clicks, meant, category }) => [searches, missed, clicks, meant, category?.name]),
      [[6, 6, 0, null, undefined], [5, 0, 0, null, "杂货"], [4, 4, 0, null, undefined]]);
    assert.equal(await open(), 3);
    await page("/admin", /<b class="num">3<\/b> 个搜索词没帮买家找到东西/);
  });

  test("a synonym in one click takes a word off, ticked with its figures before and since", async () => {
    expect(await staff.does("/admin/searches/words", { kind: "synonym", word: "充电宝", words: "移动电源", back: "todo" }), 201);
    assert.deepEqual(await words(), ["双人 unclicked", "紫砂壶 nothing"]);
    await types("充电宝", 2);
    const [one] = (await todo()).done;
    assert.deepEqual([one.word, one.kind, one.before.searches, one.before.found_share, one.after.searches, one.after.found_share], ["充电宝", "synonym", 6, 0, 2, 100]);
    await page("/admin/searches", /本周已处理[^]*充电宝[^]*6 → 2[^]*0% → 100%/);
  });

  test("a word that has a category is led there in one click", async () => {
    expect(await staff.does("/admin/categories", { name: "双人用品", name_en: "For two", handle: "for-two", summary: "", position: 2 }), 200, 201);
    const line = (await todo()).lines.find(({ word }) => word === "双人");
    assert.deepEqual(line.category, { handle: "for-two", name: "双人用品" });
    const before = await staff.client.open("/admin/searches");
    const form = before.forms.find(({ action, fields }) => action.endsWith("/admin/searches/words") && fields.some(([, value]) => value === "for-two"));
    assert.match((await staff.client.submit(form)).path, /tab=todo&notice=search_said$/);
    assert.deepEqual(await words(), ["紫砂壶 nothing"]);
  });

  test("what needs nothing stays away until it is searched twice as often, and can be put back", async () => {
    expect(await staff.does("/admin/searches/pass", { word: "紫砂壶" }), 200);
    assert.deepEqual(await words(), []);
    assert.equal(await open(), 0);
    await page("/admin/searches", /本周待办都处理完了[^]*紫砂壶[^]*当时 7 天 4 次，现在 7 天 4 次/);
    await types("紫砂壶", 3);
    assert.deepEqual(await words(), [], "seven are less than twice four");
    await types("紫砂壶", 1);
    assert.deepEqual(await words(), ["紫砂壶 nothing"]);
    expect(await staff.does("/admin/searches/pass", { word: "紫砂壶" }), 200);
    expect(await staff.does("/admin/searches/pass", { word: " 紫砂壶 " }), 200);
    assert.deepEqual((await todo()).passes.map(({ word, then }) => [word, then]), [["紫砂壶", 8]]);
    expect(await staff.does("/admin/searches/pass/undo", { word: "紫砂壶" }), 200);
    expectProblem(await staff.does("/admin/searches/pass/undo", { word: "紫砂壶" }), 404, "not-found");
    assert.deepEqual(await words(), ["紫砂壶 nothing"]);
    const passed = await staff.client.submit(formTo(await staff.client.open("/admin/searches"), "/admin/searches/pass"));
    assert.match(passed.path, /tab=todo&notice=search_passed$/);
    assert.deepEqual(await words(), []);
    await staff.client.submit(formTo(passed, "/admin/searches/pass/undo"));
    assert.deepEqual(await words(), ["紫砂壶 nothing"]);
  });

  test("last week's words are no part of it", async () => {
    await types("露营灯", 5);
    assert.ok((await words()).includes("露营灯 nothing"));
    await server.tampers("UPDATE search_days SET day = day - 7 WHERE word = '露营灯'; UPDATE search_totals SET searches = searches - 5, missed = missed - 5;"
      + " INSERT INTO search_totals (shop_id, day, searches, missed, clicks) SELECT shop_id, day, searches, missed, clicks FROM search_days WHERE word = '露营灯'");
    assert.ok(!(await words()).includes("露营灯 nothing"));
  });

  test("who may not write sees no acts; who may not read products sees nothing; other shops have their own", async () => {
    await staff.does("/admin/settings/staff", { login: "pack@todo.example", name: "小李", role: "packer", password: "kettle on tea" });
    const packer = await server.at("main", { login: "pack@todo.example", password: "kettle on tea" }).staff();
    await types("睡袋", 3);
    assert.equal(await open(packer), 0);
    assert.ok((await open()) > 0);
    expectProblem(await packer.does("/admin/searches/pass", { word: "睡袋" }), 403, "forbidden");
    expectProblem(await staff.does("/admin/searches/pass", { word: "13812345678" }), 422, "invalid");
    const other = await (await server.opens("other")).staff();
    assert.deepEqual((await todo(other)).lines, []);
    expectProblem(await other.does("/admin/searches/pass/undo", { word: "睡袋" }), 404, "not-found");
  });
});
