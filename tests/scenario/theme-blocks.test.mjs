// Theme blocks: files of blocks/ that sections of a merchant's theme take, or have at a place of their text.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, describe, test } from "node:test";
import { upload } from "../lib/pictures.mjs";
import { startServer, until } from "../lib/shop.mjs";
import { zip } from "../lib/zip.mjs";

const schema = (tree) => `\n{% schema %}${JSON.stringify(tree)}{% endschema %}`;
const text = (id, usual) => ({ type: "text", id, label: id, default: usual });
const CARD = "<article class=\"card-block\">{{ block.settings.words }}|{{ section.settings.title }}|{{ colour }}</article>" + schema({ name: { "zh-CN": "卡片", en: "Card" }, settings: [text("words", "平常的话")] });
const NOTE = "<aside>{{ block.settings.words }}</aside>" + schema({ name: "注", settings: [text("words", "小注")] });
const HIDDEN = "<b class=\"badge\">{{ block.settings.words }}/{{ colour }}</b>" + schema({ name: "角标", settings: [text("words", "新")] });
const STACK = "<section class=\"stack\">{% content_for 'block', type: '_badge', id: 'badge-1', colour: 'red' %}<div>{% content_for 'blocks' %}</div></section>" +
  schema({ name: "堆叠", settings: [text("title", "标题")], blocks: [{ type: "@theme" }, { type: "@app" }], presets: [{ name: "堆叠", blocks: [{ type: "card" }] }] });
const ONLY = "{%- liquid\n  content_for 'blocks'\n-%}" + schema({ name: "只要注", blocks: [{ type: "note", limit: 1 }], presets: [{ name: "只要注" }] });
const files = { "sections/stack.liquid": STACK, "sections/only.liquid": ONLY, "blocks/card.liquid": CARD, "blocks/note.liquid": NOTE, "blocks/_badge.liquid": HIDDEN };
const home = (blocks, block_order) => ({ "templates/home.json": JSON.stringify({ sections: { s: { type: "stack", settings: { title: "顶" }, blocks, block_order } }, order: ["s"] }) });

describe("theme blocks", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop({ complaints: true })); // what fails before buyers is written down

  const send = async (entries) => {
    const { payload, headers } = upload("zip", [["mine.zip", zip(Object.entries(entries).map(([name, bytes]) => [name, Buffer.from(bytes)]))]]);
    return staff.client.send("POST", "/api/v1/admin/design/themes", { payload, headers: { ...headers, origin: staff.client.origin } });
  };
  const faults = async (entries) => {
    const answer = await send(entries);
    assert.equal(answer.status, 422, answer.text);
    return JSON.parse(answer.text).errors.map(({ field, message }) => `${field} ${message}`).join("\n");
  };
  const takes = async (entries) => {
    const answer = await send(entries);
    assert.equal(answer.status, 201, answer.text);
    const { versions, live } = await staff.reads("/admin/design/themes");
    assert.equal((await staff.does(`/admin/design/themes/${versions[0].version}/publish`, { from: live })).status, 200);
  };
  const page = async () => (await shop.client().get("/")).text;

  test("a section shows the blocks of its document in their order, each with its settings and what it was given, and one that stands in its text", async () => {
    const blocks = { b: { type: "note", settings: { words: "<乙>" } }, a: { type: "card", settings: {} }, c: { type: "card", settings: { words: "丙" } }, d: { type: "card", disabled: true } };
    await takes({ ...files, ...home({ ...blocks, "badge-1": { type: "_badge", static: true, settings: { words: "热" } } }, ["a", "b", "c", "d"]) });
    const seen = await until(async () => (await page()).match(/<section class="stack">([^]*?)<\/section>/)?.[1], "the theme is there");
    assert.equal(seen.replace(/\s+/g, ""), '<bclass="badge">热/red</b><div><articleclass="card-block">平常的话|顶|</article><aside>&lt;乙&gt;</aside><articleclass="card-block">丙|顶|</article></div>');
  });

  test("without a word of the document a block of the text has its defaults; the editor adds blocks, moves them and changes both kinds", async () => {
    await takes({ ...files, ...home({}, []) });
    await until(async () => /badge">新\/red<\/b>\s*<div><\/div>/.test(await page()), "the theme is there");
    const editor = async (path = "") => (await staff.reads("/admin/design" + path)).editor;
    let { edit } = await editor();
    const does = async (path, fields) => {
      const answer = await staff.does("/admin/design" + path, { edit, ...fields });
      assert.ok(answer.status < 300, answer.text);
      ({ edit } = await editor());
    };
    let { chosen } = await editor("?section=s");
    assert.deepEqual(chosen.kinds.map(({ type, name }) => [type, name]), [["card", "卡片"], ["note", "注"]], "blocks with _ are no choice");
    assert.deepEqual(chosen.blocks.map(({ id, name, is_fixed: fixed }) => [id, name, fixed]), [["badge-1", "角标", true]]);
    await does("/sections/s/blocks", { type: "card" });
    await does("/sections/s/blocks", { type: "note" });
    ({ chosen } = await editor("?section=s"));
    const [card, note] = chosen.blocks;
    assert.deepEqual(chosen.blocks.map(({ name }) => name), ["卡片", "注", "角标"]);
    await does("/sections/s", { settings: [{ id: "words", block: card.id, value: "写过的卡", en: "card" }, { id: "words", block: "badge-1", value: "写过的标", en: "badge" }] });
    await does("/sections/s/acts", { act: "up", block: note.id });
    const answer = await staff.does("/admin/design/publish", { edit });
    assert.ok(answer.status < 300, answer.text);
    const seen = await until(async () => (await page()).match(/<b class="badge">写过的标[^]*?<\/section>/)?.[0], "it is published");
    assert.match(seen, /<aside>小注<\/aside>[^]*写过的卡\|顶/);
    assert.match((await shop.client().get("/en")).text, /badge">badge\//);
    const refused = await staff.does("/admin/design/sections/s/blocks", { edit: (await editor()).edit, type: "_badge" });
    assert.equal(refused.status, 404);
  });

  const GROUP = "<div class=\"group\">{{ block.settings.title }}{% content_for 'blocks' %}</div>" + schema({ name: "组", settings: [text("title", "组")], blocks: [{ type: "@theme" }] });
  const nested = { ...files, "blocks/group.liquid": GROUP };
  const group = (blocks, more = {}) => ({ type: "group", ...more, blocks, block_order: Object.keys(blocks) });
  /** Takes a theme, and begins anew as it has it: something was published before. */
  const wears = async (entries) => {
    await takes(entries);
    for (const [path, fields] of [["theme", { theme: "general" }], ["publish", {}]]) {
      const answer = await staff.does(`/admin/design/${path}`, { edit: (await staff.reads("/admin/design")).editor.edit, ...fields });
      assert.ok(answer.status < 300, answer.text);
    }
  };
  const stack = async () => (await page()).match(/<section class="stack">([^]*?)<\/section>/)?.[1].replace(/\s+/g, "");

  test("a block holds blocks in their order, three deep and no deeper; a hidden one takes what it holds with it", async () => {
    const held = { h: group({ n: { type: "note" } }, { settings: { title: "内" } }), a: { type: "card" }, gone: group({ x: { type: "card", settings: { words: "看不见" } } }, { disabled: true }) };
    await wears({ ...nested, ...home({ g: group(held) }, ["g"]) });
    const seen = await until(async () => { const now = await stack(); return /group/.test(now) && now; }, "the theme is there");
    assert.equal(seen.replace(/<b.*?<\/b>/, ""), '<div><divclass="group">组<divclass="group">内<aside>小注</aside></div><articleclass="card-block">平常的话|顶|</article></div></div>');
    const deep = { ...nested, ...home({ g: group({ h: group({ i: group({ j: { type: "note" } }) }) }) }, ["g"]) };
    assert.match(await faults(deep), /templates\/home\.json 1:1: s\.g\/h\/i: blocks are nested too deeply/);
    assert.match(await faults({ ...nested, ...home({ g: group({ c: { type: "card", blocks: { n: { type: "note" } }, block_order: ["n"] } }) }, ["g"]) }), /s\.g\/c\/n: this section has no such block/);
    assert.match(await faults({ ...nested, ...home({ g: { ...group({ n: { type: "note" } }), block_order: [] } }, ["g"]) }), /s\.g: the order names each once/);
  });

  test("the editor adds to a block, sets, moves and hides what it holds", async () => {
    await wears({ ...nested, ...home({ g: group({}) }, ["g"]) });
    await until(async () => /<divclass="group">组<\/div>/.test(await stack()), "the theme is there");
    const reads = async () => (await staff.reads("/admin/design?section=s")).editor;
    const does = async (path, fields) => { const answer = await staff.does("/admin/design/sections/s" + path, { edit: (await reads()).edit, ...fields }); return answer.status; };
    assert.equal(await does("/blocks", { block: "g", type: "card" }), 200);
    assert.equal(await does("/blocks", { block: "g", type: "group" }), 200);
    assert.equal(await does("/blocks", { block: "g/group-1", type: "note" }), 200);
    const [{ blocks, kinds }] = (await reads()).chosen.blocks;
    assert.deepEqual([blocks.map(({ id }) => id), blocks[1].blocks.map(({ id }) => id), kinds.map(({ type }) => type)], [["g/card-1", "g/group-1"], ["g/group-1/note-1"], ["card", "group", "note"]]);
    assert.equal(await does("", { settings: [{ block: "g/group-1/note-1", id: "words", value: "写在里面", en: "within" }] }), 200);
    assert.equal(await does("/acts", { block: "g/group-1", act: "up" }), 200);
    assert.equal(await does("/acts", { block: "g/card-1", act: "copy" }), 200);
    assert.equal(await does("/acts", { block: "g/card-1", act: "toggle" }), 200);
    assert.equal(await does("/acts", { block: "g/nobody/note-1", act: "up" }), 404);
    assert.equal(await does("/blocks", { block: "g/card-1", type: "note" }), 404, "a card holds no blocks");
    assert.equal((await staff.does("/admin/design/publish", { edit: (await reads()).edit })).status, 200);
    const seen = await until(async () => (await stack())?.match(/<divclass="group">.*写在里面.*/)?.[0], "it is published");
    assert.equal(seen, '<divclass="group">组<divclass="group">组<aside>写在里面</aside></div><articleclass="card-block">平常的话|顶|</article></div></div>');
    const html = (await staff.client.get("/admin/design?section=s")).text;
    for (const mark of ['value="g/group-1/note-1"', 'id="f-block-g-group-1"']) assert.ok(html.includes(mark), mark);
  });

  test("what is wrong is said with file and line", async () => {
    const more = (entries) => faults({ ...files, ...entries });
    assert.match(await more({ "blocks/card.liquid": "<p>\n{{ 'a' | nosuch }}</p>" + schema({ name: "x" }) }), /blocks\/card\.liquid 2:\d+: .*nosuch/);
    assert.match(await more({ "blocks/card.liquid": "<p></p>" }), /blocks\/card\.liquid 1:1: there is no schema/);
    assert.match(await more({ "blocks/card.liquid": "\n\n{% schema %}{\"settings\": [{\"type\": \"wheel\", \"id\": \"a\"}], \"blocks\": [{\"type\": \"own\", \"name\": \"Own\"}]}{% endschema %}" }), /blocks\/card\.liquid 3:1: "name" is missing[^]*blocks\/card\.liquid 3:1: .*wheel[^]*blocks\/card\.liquid 3:1: a block holds theme blocks only/);
    assert.match(await more({ "blocks/card.liquid": "\n{% content_for 'block', type: 'note', id: 'a' %}" + schema({ name: "x" }) }), /blocks\/card\.liquid 2:1: content_for 'block' stands in sections only/);
    assert.match(await more({ "snippets/mine.liquid": "\n{% content_for 'blocks' %}" }), /snippets\/mine\.liquid 2:1: content_for stands in sections and blocks only/);
    assert.match(await more({ "sections/only.liquid": "<p>" + schema({ name: "x", blocks: [{ type: "nobody" }] }) }), /sections\/only\.liquid 2:1: a block has neither a name nor a file in blocks\/: nobody/);
    assert.match(await more({ "sections/only.liquid": "<p>" + schema({ name: "x", blocks: [{ type: "own", name: "Own" }, { type: "@theme" }] }) }), /sections\/only\.liquid 2:1: blocks of its own and theme blocks/);
    const tags = (lines) => more({ "sections/only.liquid": lines.join("\n") + schema({ name: "x", blocks: [{ type: "@theme" }] }) });
    assert.match(await tags(["", "{%- content_for 'block', type: 'nobody', id: 'a' -%}"]), /sections\/only\.liquid 2:1: there is no file of this block in blocks\/: nobody/);
    assert.match(await tags(["{% content_for 'block', type: 'card', id: 'a' %}", "{% content_for 'block', type: 'note', id: 'a' %}"]), /only\.liquid 2:1: two blocks in this section have the id a/);
    assert.match(await tags(["{% content_for 'blocks' %}", "{% content_for 'blocks' %}"]), /only\.liquid 2:1: content_for 'blocks' stands in a file once/);
    assert.match(await tags(["{% content_for 'block', type: which, id: 'a' %}"]), /only\.liquid 1:1: content_for 'block' needs type and id in quotes/);
    assert.match(await tags(["{% content_for blocks %}"]), /only\.liquid 1:\d+: content_for needs/);
    assert.match(await more({ "blocks/card.json": "{}" }), /blocks\/card\.json/);
    assert.match(await more(home({ a: { type: "_badge" } }, ["a"])), /templates\/home\.json 1:1: s\.a: this section has no such block/);
    assert.match(await more(home({ other: { type: "card", static: true } }, [])), /templates\/home\.json 1:1: s\.other: this section has no such block/);
    const only = { "templates/home.json": JSON.stringify({ sections: { o: { type: "only", blocks: { a: { type: "note" }, b: { type: "note" } }, block_order: ["a", "b"] } }, order: ["o"] }) };
    assert.match(await more(only), /home\.json 1:1: o\.[ab]: there are too many of this kind/);
  });

  test("the example of docs/themes.md is true", async () => {
    const [, block, section] = fs.readFileSync(new URL("../../docs/themes.md", import.meta.url), "utf8").match(/```liquid\n[^]*?```[^]*?```liquid\n([^]*?)```[^]*?```liquid\n([^]*?)```/);
    const answer = await send({ "blocks/step.liquid": block, "sections/steps.liquid": section, "templates/home.json": JSON.stringify({ sections: { s: { type: "steps", blocks: { one: { type: "step", settings: { text: "先洗手" } } }, block_order: ["one"] } }, order: ["s"] }) });
    assert.equal(answer.status, 201, answer.text);
  });

  test("a block that fails is told of with its own file, and the page stays", async () => {
    await takes({ ...files, "blocks/card.liquid": "\n{% for i in (1..9999999) %}x{% endfor %}" + schema({ name: "x" }), ...home({ a: { type: "card" } }, ["a"]) });
    const chosen = await staff.does("/admin/design/theme", { theme: "general", edit: (await staff.reads("/admin/design")).editor.edit });
    assert.ok(chosen.status < 300, chosen.text);
    await staff.does("/admin/design/publish", { edit: (await staff.reads("/admin/design")).editor.edit });
    const broken = await until(async () => { assert.equal((await shop.client().get("/")).status, 200); return (await staff.reads("/admin/design/themes")).broken[0]; }, "staff are told");
    assert.match(broken.detail, /blocks\/card\.liquid:2:\d+: /);
  });
});
