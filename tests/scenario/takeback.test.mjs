// What was done on a thing's own page can be taken back there, by a plain form.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, formTo, startServer, unique } from "../lib/shop.mjs";

describe("taking back", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  test("a product archived in its editor is offered back, once, and says so only to people", async () => {
    const { id, title } = await staff.creates({ title: unique("归档") });
    const page = await staff.client.open(`/admin/products/${id}`);
    const done = await staff.client.submit(formTo(page, `/admin/products/${id}`), { status: "archived" });
    assert.match(done.path, /notice=saved&was=active/);
    assert.ok(done.text.includes(`「${title}」已归档`));
    assert.equal((await staff.reads(`/admin/products/${id}`)).product.status, "archived");
    const undo = formTo(done, `/admin/products/${id}/status`);
    const back = await staff.client.submit(undo, { status: undo.buttons[0].value });
    assert.equal((await staff.reads(`/admin/products/${id}`)).product.status, "active");
    assert.ok(back.text.includes(`「${title}」已上架`));
    assert.ok(!(await staff.client.open(`/admin/products/${id}?was=active`)).forms.some(({ action }) => action.endsWith("/status")), "nothing to take back");
    const plain = await staff.client.submit(formTo(await staff.client.open(`/admin/products/${id}`), `/admin/products/${id}`), { subtitle: "一句话" });
    assert.doesNotMatch(plain.path, /was=/, "a save that leaves the shelf alone offers nothing");
    expect(await staff.does(`/admin/products/${id}/status`, { status: "draft" }), 200);
    assert.equal((await staff.client.open(`/admin/products/${id}?was=gone`)).status, 422);
  });

  test("a product taken out of a collection is offered back", async () => {
    const { id, handle, title } = await staff.creates({ title: unique("精选") });
    const { collection } = expect(await staff.does("/admin/collections", { kind: "hand", name: unique("店主"), handle: unique("chosen") }), 200, 201);
    const home = `/admin/collections/${collection.id}`;
    expect(await staff.does(`${home}/products`, { product: handle }), 200);
    const seen = async () => (await staff.reads(home)).products.map((one) => one.id);
    const taken = await staff.client.submit(formTo(await staff.client.open(home), `${home}/products/${id}/remove`));
    assert.ok(taken.text.includes(`「${title}」已移出`));
    assert.deepEqual(await seen(), []);
    const undo = taken.forms.find(({ action, fields }) => action === `${home}/products` && fields.some(([name, value]) => name === "product" && value === handle));
    await staff.client.submit(undo);
    assert.deepEqual(await seen(), [id]);
  });
});
