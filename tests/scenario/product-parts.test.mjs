// The product page taken apart: staff order its parts and hide some, buyers see it so; what a shop cannot sell without stays.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, startServer, until } from "../lib/shop.mjs";

describe("parts of the product page", () => {
  let server, shop, staff, cup;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    cup = await shop.product({ title: "粗陶茶碗", description: "<p>一只一只拉坯。</p>" });
    await shop.product({ title: "另一只碗" });
  });
  after(() => server?.stop());

  const editor = async () => (await staff.reads("/admin/design?page=product")).editor;
  const does = async (path, fields = {}) => staff.does(`/admin/design/${path}`, { edit: (await editor()).edit, ...fields });
  const acts = (block, act, more = {}) => does("sections/product:main/acts", { act, block, ...more });
  const page = async () => (await shop.client().get(`/products/${cup.handle}`)).text;
  const NAMES = ["title", "price", "offers", "buy", "bundles", "facts", "promises", "about", "specs", "reviews", "related", "seen"];

  test("before anybody changes them the editor lists all parts, and the page has them", async () => {
    const { chosen, sections, edit } = await editor();
    assert.deepEqual(sections.map(({ id, is_main }) => [id, is_main]), [["product:main", true]]);
    assert.deepEqual(chosen.blocks.map(({ type }) => type), NAMES);
    assert.deepEqual(chosen.blocks.filter(({ stays }) => stays).map(({ type }) => type), ["title", "price", "buy", "promises"]);
    assert.ok(chosen.blocks.every(({ is_once }) => is_once));
    assert.equal((await editor()).edit, edit, "looking changes nothing");
    const html = await page();
    for (const mark of ["<h1>粗陶茶碗</h1>", 'class="buy-price"', 'id="buy"', 'class="facts"', 'id="about"', 'id="reviews"', 'id="related"']) assert.ok(html.includes(mark), mark);
  });

  test("what is moved and hidden is so for buyers once it is published; the rest stands as it was", async () => {
    expect(await acts("related-1", "toggle"), 200);
    expect(await acts("reviews-1", "place", { place: 7 }), 200);
    expect(await acts("price-1", "up"), 200);
    expect(await does("sections/product:main", { settings: [{ id: "gallery", value: "right" }] }), 200);
    assert.ok((await page()).includes('id="related"'), "buyers see the draft only when it is published");
    expect(await does("publish"), 200);
    const html = await until(async () => { const now = await page(); return !now.includes('id="related"') && now; }, "the parts are as staff have them");
    const at = (mark) => { assert.ok(html.includes(mark), mark); return html.indexOf(mark); };
    assert.ok(at('class="buy-price"') < at("<h1>粗陶茶碗</h1>"));
    assert.ok(at('id="reviews"') < at('id="about"'));
    assert.ok(at('class="product is-turned"') > 0 && at('id="buy"') > 0);
    const { chosen } = await editor();
    assert.deepEqual(chosen.blocks.map(({ type }) => type), ["price", "title", "offers", "buy", "bundles", "facts", "promises", "reviews", "about", "specs", "related", "seen"]);
    assert.equal(chosen.blocks.find(({ type }) => type === "related").is_hidden, true);
    assert.equal((await shop.visitor().buys(cup)).total.amount > 0, true);
  });

  test("title, price, buying and promises stay; a part that was taken out comes back once", async () => {
    for (const block of ["title-1", "price-1", "buy-1", "promises-1"]) for (const act of ["toggle", "remove", "copy"]) expectProblem(await acts(block, act), 422, "invalid");
    expect(await acts("specs-1", "remove"), 200);
    expect(await does("sections/product:main/blocks", { type: "specs" }), 200);
    expectProblem(await does("sections/product:main/blocks", { type: "specs" }), 422, "invalid");
    expectProblem(await does("sections/product:main/blocks", { type: "nobody" }), 404, "not-found");
    expectProblem(await acts("about-1", "copy"), 422, "invalid");
  });
});
