// Ready-made attributes for a category, and what a parent's page offers of its children.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

describe("kits of attributes", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const category = async (name, parent) => expect(await staff.does("/admin/categories", { name, handle: unique("c"), parent }), 201).category;
  const kitsOf = async ({ id }) => (await staff.reads(`/admin/categories/${id}/kits`)).kits;
  const adds = (of, kit) => staff.does(`/admin/categories/${of.id}/kits`, { kit });
  const takes = (of, kit) => staff.does(`/admin/categories/${of.id}/kits/remove`, { kit });
  const attributes = async () => (await staff.reads("/admin/attributes")).attributes;
  const named = async (name) => (await attributes()).find((one) => one.name === name);
  const tags = async () => (await staff.reads("/admin/tags")).tags.map(({ name }) => name);
  const seen = async (handle, filter = "") => expect(await shop.client().api(`/categories/${handle}?filter=${encodeURIComponent(filter)}`), 200);


  test("one click makes the clothing example, again changes nothing, and it can be taken back", async () => {
    const clothes = await category("服饰");
    const [first] = await kitsOf(clothes);
    assert.deepEqual([first.key, first.is_fit, first.is_added], ["clothing", true, false]);
    const added = expect(await adds(clothes, "clothing"), 200);
    assert.deepEqual(added, { ...added, brought: 9, kept: 0 });
    for (const name of ["性别", "年龄段", "季节", "风格"]) {
      const one = await named(name);
      assert.deepEqual([one.is_facet, one.category_ids], [true, [clothes.id]], name);
    }
    assert.deepEqual((await tags()).sort(), ["时尚潮流", "舒适休闲", "适合夏季穿着"].sort());
    const again = expect(await adds(clothes, "clothing"), 200);
    assert.deepEqual(again, { ...again, brought: 0, kept: 9 });
    const back = expect(await takes(clothes, "clothing"), 200);
    assert.deepEqual(back, { ...back, brought: 9, kept: 0 });
    assert.deepEqual([await attributes(), await tags()], [[], []]);
    expectProblem(await takes(clothes, "clothing"), 404, "not-found");
  });

  test("what the shop has is not overwritten, and what products use stays", async () => {
    const shoes = await category("鞋靴");
    const make = async (body) => expect(await staff.does("/admin/attributes", { categories: [], position: 3, ...body }), 201).attribute;
    await make({ name: "季节", kind: "choice", choices: "旱季,雨季" });
    await make({ name: "闭合方式", kind: "text" });
    const added = expect(await adds(shoes, "shoes"), 200);
    assert.deepEqual([added.brought, added.kept], [7, 1]);
    assert.deepEqual((await named("季节")).choices, ["旱季", "雨季"]);
    assert.deepEqual((await named("季节")).category_ids, [shoes.id]);
    assert.deepEqual([(await named("闭合方式")).kind, (await named("闭合方式")).category_ids], ["text", []]);
    assert.equal((await kitsOf(shoes))[0].attributes.find(({ name }) => name === "闭合方式").is_other, true);
    const product = await shop.product({ category_id: shoes.id, attributes: [{ id: (await named("性别")).id, value: "女" }] });
    expect(await staff.does("/admin/products/acts", { action: "tag", tag: "舒适好走", products: [{ id: product.id }] }), 200);
    const back = expect(await takes(shoes, "shoes"), 200);
    assert.deepEqual([back.brought, back.kept], [5, 2]);
    assert.deepEqual((await attributes()).map(({ name }) => name).sort(), ["季节", "性别", "闭合方式"].sort());
    assert.deepEqual((await named("季节")).category_ids, []);
    assert.ok((await tags()).includes("舒适好走"));
    assert.equal((await kitsOf(shoes))[0].is_added, false);
  });

  test("a refused kit says so, and a foreign category is not found", async () => {
    const one = await category("别的");
    const refused = await adds(one, "ships");
    expectProblem(refused, 422, "invalid");
    assert.deepEqual(refused.body.errors.map(({ field }) => field), ["kit"]);
    expectProblem(await adds({ id: "1" }, "food"), 404, "not-found");
    const page = await staff.client.get(`/admin/categories/${one.id}/kits`);
    assert.match(page.text, /属性模板/);
  });

  test("a parent offers what its children ask and their products answer, a child what its parent asks", async () => {
    const top = await category("全部衣着");
    const women = await category("女装", top.id);
    const asked = async (name, of, choices) => expect(await staff.does("/admin/attributes", { name, kind: "choice", choices, is_facet: true, position: 9, categories: [{ id: of.id }] }), 201).attribute;
    const fit = await asked("版型", women, "修身,宽松");
    await asked("领型", women, "圆领,翻领");
    const origin = await asked("产地款", top, "国产,进口");
    await shop.product({ category_id: women.id, attributes: [{ id: fit.id, value: "修身" }, { id: origin.id, value: "国产" }] });
    await shop.product({ category_id: women.id, attributes: [{ id: fit.id, value: "宽松" }] });
    const keys = (view) => view.filter.facets.filter(({ kind }) => kind === "attribute").map(({ key }) => key);
    const fits = (view) => view.filter.facets.find(({ key }) => key === "版型")?.values.map(({ label, count }) => [label, count]);
    await until(async () => fits(await seen(top.handle))?.length === 2, "both products to be counted on the parent");
    const above = await seen(top.handle);
    assert.deepEqual(keys(above), ["产地款", "版型"]);
    assert.deepEqual(fits(above), [["修身", 1], ["宽松", 1]]);
    assert.equal((await seen(top.handle, "版型:修身")).total, 1);
    assert.deepEqual(keys(await seen(women.handle)).sort(), ["产地款", "版型"].sort());
  });

  test("tags stand in groups, each a facet of its own; old addresses, merging and removing keep working", async () => {
    const look = await category("分组");
    await shop.product({ category_id: look.id, tags: "复古风, 约会, 露营, 散的" });
    await shop.product({ category_id: look.id, tags: "复古风, 约会日" });
    const all = async () => (await staff.reads("/admin/tags")).tags;
    const ids = async (...names) => (await all()).filter(({ name }) => names.includes(name)).map(({ id }) => ({ id }));
    const groups = (group, rows) => staff.does("/admin/tags/group", { group, tags: rows });
    for (const { id } of await ids("复古风", "约会", "露营", "散的")) expect(await staff.does(`/admin/tags/${id}/facet`, { is_facet: true }), 200);
    expect(await groups(" 场合 ", await ids("约会", "露营")), 200);
    expect(await groups("感觉", await ids("复古风")), 200);
    assert.deepEqual((await staff.reads("/admin/tags")).groups, ["感觉", "场合"].sort());
    assert.deepEqual((await staff.reads(`/admin/tags?group=${encodeURIComponent("场合")}`)).tags.map(({ name }) => name).sort(), ["约会", "露营"].sort());
    const facets = (view) => Object.fromEntries(view.filter.facets.filter(({ kind }) => kind === "tag").map(({ key, name, values }) => [key, [name, values.map(({ label, count }) => `${label} ${count}`).sort()]]));
    const wanted = { tag: [null, ["散的 1"]], "tag.场合": ["场合", ["约会 1", "露营 1"].sort()], "tag.感觉": ["感觉", ["复古风 2"]] };
    await until(async () => JSON.stringify(Object.entries(facets(await seen(look.handle))).sort()) === JSON.stringify(Object.entries(wanted).sort()), "a facet for each group");
    const narrowed = await seen(look.handle, "tag:约会");
    assert.deepEqual([narrowed.total, decodeURIComponent(narrowed.filter.query)], [1, "filter=tag.场合:约会"]);
    assert.equal((await seen(look.handle, "tag.感觉:复古风;tag.场合:露营")).total, 1);
    assert.match((await shop.client().get(`/categories/${look.handle}`)).text, />场合</);
    // The tag that is swallowed gives its group to one that is in none.
    const [{ id }] = await ids("约会");
    expect(await staff.does(`/admin/tags/${id}`, { name: "约会日" }), 200);
    assert.equal((await all()).find(({ name }) => name === "约会日").group, "场合");
    const [camp] = await ids("露营");
    expect(await staff.does(`/admin/tags/${camp.id}/remove`, {}), 200);
    const table = (await staff.client.get(`/admin/tags/export?format=csv&group=${encodeURIComponent("场合")}`)).text;
    assert.match(table, /约会日,2,场合/);
    assert.doesNotMatch(table, /复古风/);
    expect(await groups("", await ids("复古风")), 200);
    assert.deepEqual((await staff.reads("/admin/tags")).groups, ["场合"]);
    expectProblem(await groups("空", []), 422, "invalid");
    expectProblem(await groups("很".repeat(21), await ids("散的")), 422, "invalid");
  });

  test("the tables agree with each other", async () => {
    await until(async () => (await server.tries("check")).code === 0, "a clean check", { within: 8000 });
  });
});
