// Pictures of categories and collections: uploaded or chosen, shown in the shop, known to the library, kept by the trash.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { png, upload } from "../lib/pictures.mjs";
import { expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

describe("pictures of categories and collections", () => {
  let server, shop, staff, cup;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    cup = await staff.creates({ title: "杯" });
  });
  after(() => server?.stop());

  const sends = (at, word) => {
    const { payload, headers } = upload("picture", [[`${word}.png`, png(word)]]);
    return staff.client.send("POST", `/api/v1${at}`, { payload, headers: { ...headers, origin: staff.client.origin } });
  };
  const covered = async (at) => (await staff.reads(`${at}/picture`)).cover.picture;
  const usesOf = async (id) => (await staff.reads(`/admin/media/${id}`)).uses.map(({ kind, title, url }) => `${kind} ${title} ${url}`);
  const page = async (path) => (await shop.client().send("GET", path, { headers: { accept: "text/html" } })).text;
  const category = () => staff.category();
  async function gathers(name) {
    const handle = unique("c");
    expect(await staff.does("/admin/collections", { kind: "hand", name, name_en: handle, handle }), 201);
    const one = (await staff.reads("/admin/collections")).collections.find((each) => each.handle === handle);
    expect(await staff.does(`/admin/collections/${one.id}/products`, { product: cup.handle }), 200);
    return { ...one, at: `/admin/collections/${one.id}` };
  }

  test("a category gets one by upload: its page and the entrance on the home page show it", async () => {
    const { id, handle } = await category();
    const at = `/admin/categories/${id}`;
    assert.equal(await covered(at), null);
    expectProblem(await sends(`/admin/categories/1/picture`, "nobody"), 404, "not-found");
    expect(await sends(`${at}/picture`, unique("tree")), 200);
    const picture = await covered(at);
    await until(async () => (await page("/")).includes(picture.id) && (await page(`/categories/${handle}`)).includes(picture.id), "the shop shows it");
    assert.deepEqual(await usesOf(picture.id), ["category 杂货 /admin/categories"]);
    assert.equal(expect(await shop.client().api(`/categories/${handle}`), 200).category.picture.id, picture.id);
    expectProblem(await staff.does(`/admin/media/${picture.id}/remove`), 409, "conflict");
    expect(await staff.does(`${at}/picture/choose`, { picture: "" }), 200);
    assert.equal(await covered(at), null);
    await until(async () => !(await page(`/categories/${handle}`)).includes(picture.id), "it is gone from the shop");
    assert.deepEqual(await usesOf(picture.id), []);
  });

  test("a collection gets one of the library; without one its first product stands for it", async () => {
    const { id: category_id } = await category();
    expect(await sends(`/admin/categories/${category_id}/picture`, unique("shared")), 200);
    const shared = await covered(`/admin/categories/${category_id}`);
    const one = await gathers("秋天的杯");
    expectProblem(await staff.does(`${one.at}/picture/choose`, { picture: "0".repeat(32) }), 422, "invalid");
    const { pictures } = await staff.reads(`${one.at}/picture`);
    assert.ok(pictures.some(({ id }) => id === shared.id), "the library is there to choose from");
    expect(await staff.does(`${one.at}/picture/choose`, { picture: shared.id }), 200);
    assert.equal((await covered(one.at)).id, shared.id);
    await until(async () => (await page(`/collections/${one.handle}`)).includes(shared.id), "its page shows it");
    await until(async () => (await page("/")).split(shared.id).length > 2, "the home page shows it");
    assert.deepEqual((await usesOf(shared.id)).toSorted(), ["category 杂货 /admin/categories", `collection 秋天的杯 ${one.at}`].toSorted());
    // Another picture in its place goes everywhere; the words of the collection leave it alone.
    const { payload, headers } = upload("pictures", [["new.png", png(unique("new"))]]);
    expect(await staff.client.send("POST", `/api/v1/admin/media/${shared.id}/replace`, { payload, headers: { ...headers, origin: staff.client.origin } }), 200);
    const fresh = await covered(one.at);
    assert.notEqual(fresh.id, shared.id);
    expect(await staff.does(one.at, { kind: "hand", name: "秋天的杯子", name_en: one.handle, handle: one.handle }), 200);
    assert.equal((await covered(one.at)).id, fresh.id);
    // Removed and brought back, it has it again.
    expect(await staff.does(`${one.at}/remove`), 200);
    assert.deepEqual(await usesOf(fresh.id), ["category 杂货 /admin/categories"]);
    const [gone] = (await staff.reads("/admin/trash")).removed;
    expect(await staff.does(`/admin/trash/${gone.id}/restore`), 200);
    assert.equal((await covered(one.at)).id, fresh.id);
    assert.ok((await usesOf(fresh.id)).includes(`collection 秋天的杯子 ${one.at}`));
  });
});
