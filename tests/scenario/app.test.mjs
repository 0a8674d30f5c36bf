// A shop on the home screen and without network: manifest, icon, worker, and a cart that two devices change.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";

describe("a shop with a bad network", () => {
  let server, shop;
  before(async () => {
    server = await startServer();
    shop = server.shop;
  });
  after(() => server?.stop());

  const device = () => {
    const device_id = randomUUID();
    let lamport = 0;
    return (type, product, quantity = 1, more = {}) => ({ op_id: randomUUID(), device_id, lamport: ++lamport, ts: Date.now(), type, variant_id: product.variant_id, quantity, ...more });
  };
  const tell = async (client, cart, ops) => {
    const answer = await client.post("/cart/sync", { cart, ops });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  const linesOf = (cart) => Object.fromEntries(cart.lines.map(({ variant_id, quantity }) => [variant_id, quantity]));

  test("it has a manifest, an icon and a worker that names the files of one build", async () => {
    const client = shop.client();
    const manifest = JSON.parse((await client.get("/manifest.webmanifest")).text);
    assert.equal(manifest.display, "standalone");
    assert.equal(manifest.start_url, "/");
    assert.ok(manifest.icons.some(({ purpose }) => purpose === "maskable"));
    assert.equal(JSON.parse((await client.get("/en/manifest.webmanifest")).text).start_url, "/en/");
    const picture = await client.get("/app-icon.jpg");
    assert.equal(picture.headers["content-type"], "image/jpeg");
    assert.match((await client.get("/")).text, /<link rel="apple-touch-icon" href="\/app-icon.jpg">/);
    const icon = await client.get("/app-icon.svg");
    assert.match(icon.headers["content-type"], /svg/);
    const worker = await client.get("/sw.js");
    assert.match(worker.headers["content-type"], /javascript/);
    assert.match(worker.headers["cache-control"], /no-cache/);
    const home = (await client.get("/")).text;
    const files = [...home.matchAll(/"(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, url]) => url);
    assert.ok(files.length >= 3);
    for (const url of files) assert.ok(worker.text.includes(`"${url}"`), `${url} is kept by the worker`);
    assert.equal((await client.get(worker.text.match(/importScripts\('([^']+)'\)/)[1])).status, 200);
  });

  test("two devices tell in either order, and again, and see one cart", async () => {
    const [tea, cup] = [await shop.product({ title: "离线茶", price: 1000, stock: 50 }), await shop.product({ title: "离线杯", price: 2000, stock: 50 })];
    const sums = [];
    const [phone, pad] = [device(), device()];
    const said = [[phone("add", tea, 2), phone("add", cup), phone("remove", cup, 0)], [pad("add", tea, 1), pad("set", tea, 5), pad("add", cup, 3)]];
    for (const order of [[0, 1], [1, 0], [0, 1, 0, 1]]) {
      const buyer = shop.visitor();
      await buyer.puts(tea, 1);
      let last;
      for (const at of order) last = await tell(buyer.client, buyer.cart, said[at]);
      assert.equal(last.lamport, 3);
      sums.push(linesOf(last.cart));
    }
    assert.deepEqual(sums[1], sums[0]);
    assert.deepEqual(sums[2], sums[0]);
  });

  test("what cannot be is adjusted and said; a client's price is only compared", async () => {
    const few = await shop.product({ title: "离线盘", price: 1500, stock: 3 });
    const buyer = shop.visitor();
    await buyer.puts(few, 1);
    const phone = device();
    const { cart, adjusted } = await tell(buyer.client, buyer.cart, [phone("set", few, 9, { price: 1 })]);
    assert.deepEqual(linesOf(cart), { [few.variant_id]: 3 });
    assert.equal(cart.total.amount, 4500);
    assert.deepEqual(adjusted.map(({ code, most }) => [code, most]), [["quantity-clamped", 3]]);
    const none = await tell(buyer.client, buyer.cart, []);
    assert.deepEqual(none.adjusted, []);
  });

  test("bad ops are refused with their field, and change nothing", async () => {
    const tea = await shop.product({ title: "离线碗", price: 1000, stock: 50 });
    const buyer = shop.visitor();
    await buyer.puts(tea, 1);
    const good = device()("add", tea);
    for (const [wish, field] of [[{ type: "steal" }, "ops.0.type"], [{ quantity: 1000 }, "ops.0.quantity"], [{ lamport: 0 }, "ops.0.lamport"], [{ op_id: "" }, "ops.0.op_id"], [{ variant_id: "x" }, "ops.0.variant_id"]]) {
      const answer = await buyer.client.post("/cart/sync", { cart: buyer.cart, ops: [{ ...good, ...wish }] });
      assert.equal(answer.status, 422);
      assert.deepEqual(answer.body.errors.map((one) => one.field), [field]);
    }
    const many = await buyer.client.post("/cart/sync", { cart: buyer.cart, ops: Array.from({ length: 501 }, () => ({ ...good, op_id: randomUUID() })) });
    assert.equal(many.status, 422);
    assert.deepEqual(linesOf((await buyer.client.api(`/cart?cart=${buyer.cart}`)).body.cart), { [tea.variant_id]: 1 });
  });

  test("ten batches at once lose nothing", async () => {
    const tea = await shop.product({ title: "离线壶", price: 1000, stock: 500 });
    const buyer = shop.visitor();
    await buyer.puts(tea, 1);
    await Promise.all(Array.from({ length: 10 }, () => tell(shop.visitor().client, buyer.cart, [device()("add", tea, 2)])));
    assert.deepEqual(linesOf((await buyer.client.api(`/cart?cart=${buyer.cart}`)).body.cart), { [tea.variant_id]: 21 });
  });
});
