// The demo has a shop in each theme: each at its own host, with its own goods, people and design, and a sale goes through.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../lib/shop.mjs";

const OWNER = { login: "owner@demo.yundian", password: "yundian-demo" };
const SHOPS = { "demo-fashion": ["fashion", "半山衣作", "wool-coat"], "demo-digital": ["digital", "像素码头", "harbour-credits"] };

describe("shops of the demo", () => {
  let server;
  before(async () => {
    server = await startServer({ demo: true });
  });
  after(() => server?.stop());

  for (const [handle, [theme, name, handleOfOne]] of Object.entries(SHOPS))
    test(`${handle} wears ${theme}, and has goods of its own`, async () => {
      const shop = server.at(handle, OWNER);
      const home = await shop.client().get("/");
      assert.equal(home.status, 200);
      assert.ok(home.text.includes(`class="theme-${theme}`) && home.text.includes(name));
      assert.match((await shop.client().get("/en")).text, /hero-kicker">(Autumn Winter 2026|Instant delivery, day and night)</);
      const { products } = (await shop.client().api("/products")).body;
      assert.ok(products.length >= 12 && products.some((one) => one.handle === handleOfOne));
      assert.equal((await server.shop.client().get(`/products/${handleOfOne}`)).status, 404, "the general store does not sell it");
      const staff = await shop.staff();
      const { versions } = await staff.reads("/admin/design/history");
      assert.deepEqual(versions.map((one) => [one.theme, one.is_live]), [[theme, true]]);
      assert.equal((await staff.reads("/admin/design")).editor.is_draft, false);
      const { product } = (await shop.client().api(`/products/${handleOfOne}`)).body;
      const buyer = shop.visitor();
      const order = await buyer.buys({ variant_id: product.variants[0].id });
      if (theme === "digital") await buyer.getsCodes(order, 1);
    });

  test("the first shop of the machine stays the general store; a second seeding changes nothing", async () => {
    const home = (await server.shop.client().get("/")).text;
    assert.ok(home.includes('class="theme-general') && home.includes("云间杂货"));
    assert.match(await server.tool("seed", "--demo"), /there already; nothing was changed/);
  });
});
