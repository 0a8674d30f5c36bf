// The design of a shop: a draft that only staff see, published at once, gone back to; two people at it; what is broken changes nothing.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { png, upload } from "../lib/pictures.mjs";
import { expect, expectProblem, startServer, until } from "../lib/shop.mjs";

describe("the design of a shop", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    await shop.product({ title: "装修杯", price: 3000, stock: 5 });
  });
  after(() => server?.stop());

  const editor = async (path = "/admin/design") => (await staff.reads(path)).editor;
  const does = async (path, fields = {}) => staff.does(`/admin/design/${path}`, { edit: (await editor()).edit, ...fields });
  const sets = (section, ...settings) => does(`sections/${section}`, { settings });
  const home = async () => (await shop.client().get("/")).text;
  const draft = async () => (await staff.client.get("/?design=draft")).text;

  test("buyers see a change when it is published, not before, and the former one when it is gone back to", async () => {
    assert.doesNotMatch(await home(), /design\/\d+\.css/);
    expect(await sets("hero", { id: "heading", value: "开张大吉", en: "Now open" }), 200);
    assert.match(await draft(), /开张大吉/);
    assert.doesNotMatch(await home(), /开张大吉/);
    expect(await does("publish", { note: "开张" }), 200);
    await until(async () => /开张大吉/.test(await home()), "buyers see what was published");
    assert.match((await shop.client().get("/en")).text, /Now open/);
    expect(await does("sections", { type: "rich-text" }), 200);
    expect(await does("sections/hero/acts", { act: "toggle" }), 200);
    expect(await does("publish"), 200);
    await until(async () => /在这里写店铺想说的话/.test(await home()), "the second version is seen");
    assert.doesNotMatch(await home(), /开张大吉/);
    expect(await staff.does("/admin/design/versions/1/restore"), 200);
    await until(async () => /开张大吉/.test(await home()), "the first version is back");
    const { versions } = await staff.reads("/admin/design/history");
    assert.deepEqual(versions.map(({ version, is_live }) => [version, is_live]), [[3, true], [2, false], [1, false]]);
    const { entries } = await staff.reads("/admin/audit?kind=design.published");
    assert.equal(entries.length, 2);
    expectProblem(await staff.does("/admin/design/versions/99/restore"), 404, "not-found");
  });

  test("sections stand above and below the content of a page, on every page of its kind and nowhere else", async () => {
    const cup = (await shop.client().api("/products")).body.products[0];
    const page = async (path = cup.url) => (await shop.client().get(path)).text;
    const before = await page();
    expect(await does("sections", { page: "product", type: "rich-text" }), 200);
    const { page: name, sections, chosen, example } = await editor("/admin/design?page=product");
    assert.deepEqual([name, sections.map(({ id, is_main }) => [id, is_main]), example.startsWith("/products/")], ["product", [["product:main", true], ["product:rich-text-1", false]], true]);
    assert.equal(chosen.is_main, true);
    expect(await sets("product:rich-text-1", { id: "text", value: "<p>这家店的每件东西</p>", en: "<p>All our things</p>" }), 200);
    expect(await does("sections", { page: "product", type: "product-grid" }), 200);
    expect(await does("sections/product:product-grid-1/acts", { act: "place", place: 0 }), 200);
    assert.equal(await page(), before);
    expect(await does("publish"), 200);
    const shown = await until(async () => (await page()).match(/[^]*这家店的每件东西[^]*/)?.[0], "buyers see what stands below");
    const main = shown.indexOf("<main"), own = shown.indexOf('class="product"');
    assert.ok(shown.indexOf("这家店的每件东西") > own && own > main);
    assert.ok(shown.slice(main, own).includes(cup.url), "the grid above shows the product");
    assert.match(await page(`/en${cup.url}`), /All our things/);
    for (const other of ["/", "/products", "/cart"]) assert.doesNotMatch(await page(other), /这家店的每件东西/);
    const later = await shop.product({ title: "后来的杯子", price: 100, stock: 1 });
    await until(async () => (await page()).includes(later.url), "the grid above a kept page changes with the shelf");
    expectProblem(await does("sections/product:main/acts", { act: "remove" }), 422, "invalid");
    expectProblem(await does("sections", { page: "checkout", type: "rich-text" }), 422, "invalid");
    expect(await staff.does("/admin/design/versions/1/restore"), 200);
    await until(async () => !/这家店的每件东西/.test(await page()), "the version before is back");
  });

  test("two people at one draft do not overwrite each other", async () => {
    const { edit } = await editor();
    expect(await staff.does("/admin/design/sections/hero", { edit, settings: [{ id: "heading", value: "甲" }] }), 200);
    expectProblem(await staff.does("/admin/design/sections/hero", { edit, settings: [{ id: "heading", value: "乙" }] }), 409, "conflict");
    expectProblem(await staff.does("/admin/design/publish", { edit }), 409, "conflict");
    assert.match(await draft(), /甲/);
    const form = { edit, "settings.0.id": "heading", "settings.0.block": "", "settings.0.value": "乙的话", "settings.0.en": "" };
    const page = await staff.client.send("POST", "/admin/design/sections/hero", { form, headers: { origin: staff.client.origin, accept: "text/html" } });
    assert.equal(page.status, 409);
    assert.match(page.text, /乙的话/);
    expect(await does("undo"), 200);
    expect(await does("discard"), 200);
    assert.equal((await editor()).is_draft, false);
  });

  test("sections move, are copied and removed, and what was removed comes back", async () => {
    const names = async () => (await editor()).sections.map(({ id }) => id);
    const first = await names();
    expect(await does(`sections/${first[1]}/acts`, { act: "up" }), 200);
    assert.deepEqual((await names()).slice(0, 2), [first[1], first[0]]);
    expect(await does(`sections/${first[1]}/acts`, { act: "place", place: 1 }), 200);
    assert.deepEqual(await names(), first);
    expect(await does("sections/promises/acts", { act: "remove" }), 200);
    assert.ok(!(await names()).includes("promises"));
    expect(await does("undo"), 200);
    assert.deepEqual(await names(), first);
    expect(await does("sections/hero/blocks", { type: "button" }), 200);
    assert.equal((await editor("/admin/design?section=hero")).chosen.blocks.length, 3);
    expectProblem(await does("sections/hero/blocks", { type: "button" }), 422, "invalid");
    expectProblem(await does("sections", { type: "nothing" }), 404, "not-found");
    expect(await does("discard"), 200);
  });

  test("all that is wrong is said at its field, and nothing is kept", async () => {
    const refused = expectProblem(await sets("newest", { id: "limit", value: "999" }, { id: "source", value: "'; --" }), 422, "invalid");
    assert.deepEqual(refused.errors.map(({ field }) => field).sort(), ["newest.limit", "newest.source"]);
    expect(await does("sections", { type: "custom-liquid" }), 200);
    const broken = expectProblem(await sets("custom-liquid-1", { id: "liquid", value: "<p>\n{{ shop.name | nosuchfilter }}" }), 422, "invalid");
    assert.equal(broken.errors[0].field, "custom-liquid-1.liquid");
    assert.match(broken.errors[0].message, /2:\d+: .*nosuchfilter/);
    expect(await sets("custom-liquid-1", { id: "liquid", value: "<p>{{ shop.name }} 你好</p>" }), 200);
    assert.match(await draft(), /你好/);
    expectProblem(await staff.does("/admin/design/look", { edit: (await editor()).edit, settings: [{ id: "color_ink", value: "red}body{display:none" }] }), 422, "invalid");
    expect(await does("discard"), 200);
  });

  test("colours become a style sheet in which everything can be read", async () => {
    const { edit } = await editor();
    expect(await staff.does("/admin/design/look", { edit, settings: [{ id: "color_ground", value: "#ffffff" }, { id: "color_ink", value: "#fefefe" }, { id: "radius", value: "none" }] }), 200);
    assert.equal((await editor()).is_mended, true);
    expect(await does("publish"), 200);
    const sheet = await until(async () => (await home()).match(/\/design\/(\d+)\.css/)?.[0], "home has the style sheet");
    const { text, headers } = await shop.client().get(sheet);
    assert.match(headers["content-type"], /text\/css/);
    assert.match(text, /--paper:#ffffff/);
    assert.doesNotMatch(text, /--ink:#fefefe/);
    assert.match(text, /--r-1:0/);
    expect(await does("theme", { theme: "fashion" }), 200);
    expect(await does("publish"), 200);
    await until(async () => /theme-fashion/.test(await home()), "the other theme is seen");
  });

  const pick = async (setting, more = "") => (await staff.reads(`/admin/design/pick?${new URLSearchParams(setting)}${more}`)).pick;

  test("what a section shows is chosen from a list that can be searched; a draft that somebody changed keeps what it has", async () => {
    await staff.does("/admin/collections", { kind: "hand", name: "新茶", name_en: "New tea", handle: "new-tea" });
    await staff.does("/admin/collections", { kind: "hand", name: "旧壶", name_en: "Old pots", handle: "old-pots" });
    expect(await staff.does("/admin/settings/policies/returns", { version: 0, text: "# 退货", text_en: "" }), 200);
    expect(await does("theme", { theme: "general" }), 200);
    expect(await does("sections", { type: "product-grid" }), 200);
    expect(await does("sections", { type: "spotlight" }), 200);
    const values = async (...of) => (await pick(...of)).items.map(({ value }) => value);
    const grid = { section: "product-grid-1", setting: "collection" };
    assert.deepEqual((await values(grid)).toSorted(), ["new-tea", "old-pots"]);
    assert.deepEqual(await values({ ...grid, q: "新" }), ["new-tea"]);
    assert.deepEqual(await values({ ...grid, q: "POTS" }), ["old-pots"]);
    const { edit } = await pick(grid);
    expect(await staff.does("/admin/design/pick", { ...grid, edit, value: "new-tea" }), 200);
    assert.equal((await pick(grid)).items.find(({ is_chosen }) => is_chosen).value, "new-tea");
    expectProblem(await staff.does("/admin/design/pick", { ...grid, edit, value: "old-pots" }), 409, "conflict");
    assert.equal((await pick(grid)).value, "new-tea");
    const { items: [product] } = await pick({ section: "spotlight-1", setting: "product", q: "装修" });
    assert.equal(product.title, "装修杯");
    const button = { section: "hero", block: (await editor("/admin/design?section=hero")).chosen.blocks[0].id, setting: "url" };
    const addresses = await values(button);
    for (const address of ["/", "/products", "/policies/returns", "/collections/new-tea"]) assert.ok(addresses.includes(address), address);
    assert.deepEqual(await values({ ...button, q: "装修" }), [`/products/${product.value}`]);
    expectProblem(await staff.client.get("/api/v1/admin/design/pick?section=hero&setting=heading"), 404, "not-found");
    const typed = { edit: (await editor()).edit, "settings.0.id": "heading", "settings.0.block": "", "settings.0.value": "先写好", "settings.0.en": "", pick: ".picture" };
    const sent = await staff.client.send("POST", "/admin/design/sections/hero", { form: typed, headers: { origin: staff.client.origin, accept: "text/html" } });
    assert.match(sent.headers.location, /design\/pick\?section=hero&block=&setting=picture$/);
    assert.match(await draft(), /先写好/, "what was typed is in the draft before one goes to choose");
    expect(await does("discard"), 200);
  });

  test("a picture is uploaded in place; the library knows that the design shows it; the logo is seen when it is published", async () => {
    const { payload, headers } = upload("picture", [["logo.png", png("logo", 400, 160)]], { setting: "logo", edit: (await editor()).edit });
    expect(await staff.client.send("POST", "/api/v1/admin/design/pick/upload", { payload, headers: { ...headers, origin: staff.client.origin } }), 200);
    const { value: id } = await pick({ setting: "logo" });
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.deepEqual((await staff.reads(`/admin/media/${id}`)).uses.map(({ kind, url }) => [kind, url]), [["design", "/admin/design"]]);
    expectProblem(await staff.does(`/admin/media/${id}/remove`), 409, "conflict");
    expect(await staff.does("/admin/design/pick", { setting: "favicon", edit: (await editor()).edit, value: id }), 200);
    assert.match(await draft(), /id="section-hero"/);
    expect(await does("look", { settings: [{ id: "logo_width", value: "120" }] }), 200);
    expect(await does("publish"), 200);
    const page = await until(async () => (await home()).includes(`/media/${id}/320.webp`) && home(), "buyers see the logo");
    assert.match(page, new RegExp(`rel="icon"[^>]*/media/${id}/160.webp`));
    assert.doesNotMatch(page, /design-anchor/);
    assert.match((await shop.client().get(page.match(/\/design\/\d+\.css/)[0])).text, /\.brand \.logo\{width:120px/);
  });

  test("strangers and clerks of other shops have no part in it", async () => {
    expectProblem(await shop.client().post("/admin/design/publish", { edit: "1" }), 401, "unauthenticated");
    const other = await (await server.opens("other")).staff();
    assert.equal((await other.reads("/admin/design")).editor.version, 0);
  });
});
