// 收藏: members keep products in their account, guests in the browser; what it cost then stands beside what it costs now.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formTo } from "../lib/html.mjs";
import { openMailbox } from "../lib/mailbox.mjs";
import { cny, expect, expectProblem, startServer, unique } from "../lib/shop.mjs";

describe("favourites", () => {
  let server, shop, staff, post;
  before(async () => {
    post = await openMailbox();
    server = await startServer({ args: ["--smtp-url", post.url, "--mail-from", "no-reply@platform.example", "--smtp-plain", "on", "--outbound-allow", `127.0.0.1:${post.port}`] });
    shop = server.shop;
    staff = await shop.staff();
  });
  after(async () => {
    await server?.stop();
    post?.close();
  });

  async function member() {
    const { client } = shop.visitor();
    const email = `${unique("member")}@example.com`;
    expect(await client.post("/account/login", { email }), 200);
    const mail = await post.gets(({ to }) => to.includes(email), "a code");
    expect(await client.post("/account/code", { email, code: mail.subject.match(/(\d{6})$/)[1] }), 200);
    return client;
  }
  const kept = async (client) => expect(await client.api("/account/favourites"), 200).favourites;
  const brief = (list) => list.map(({ id, change, change_by, available, is_offered }) => [id, change, change_by.amount, available, is_offered]);

  test("a member keeps and lets go without JavaScript, and sees what became of the price", async () => {
    const client = await member();
    const cup = await staff.creates({ price: 5000, stock: 3 });
    const pot = await staff.creates({ price: 8000, stock: 1 });
    for (const one of [cup, pot]) {
      const page = await client.submit(formTo(await client.open(`/products/${one.handle}`), "/account/favourites"));
      assert.equal(page.path, `/products/${one.handle}`);
    }
    assert.deepEqual(brief(await kept(client)), [[pot.id, "same", 0, 1, true], [cup.id, "same", 0, 3, true]]);
    await staff.saves(cup, {}, { price: cny(4200) });
    await shop.visitor().orders(pot, 1);
    assert.deepEqual(brief(await kept(client)), [[pot.id, "same", 0, 0, true], [cup.id, "cheaper", 800, 3, true]]);
    let page = await client.open("/account/favourites");
    assert.match(page.text, /降了 ¥8\.00/);
    assert.match(page.text, /收藏时 ¥50\.00/);
    assert.match(page.text, /已售罄/);
    await staff.shelves(pot, "archived");
    assert.equal((await kept(client))[0].is_offered, false);
    page = await client.submit(formTo(page, `/account/favourites/${pot.id}/remove`));
    assert.deepEqual((await kept(client)).map(({ id }) => id), [cup.id]);
    assert.deepEqual(expect(await client.api("/account/favourites/ids"), 200).product_ids, [cup.id]);
    expect(await client.post("/account/delete", { is_sure: true }), 200);
    await server.adds_up();
  });

  test("a guest's list is only looked at; logging in takes it over with the prices of then", async () => {
    const cup = await staff.creates({ price: 5000, stock: 3 });
    const draft = await staff.creates({ price: 100, status: "draft" });
    const guest = shop.visitor().client;
    const items = [{ product_id: cup.id, price: 4000 }, { product_id: draft.id, price: 1 }, { product_id: "999", price: 1 }];
    const { favourites } = expect(await guest.post("/account/favourites/look", { items }), 200);
    assert.deepEqual(brief(favourites), [[cup.id, "dearer", 1000, 3, true]]);
    expectProblem(await guest.api("/account/favourites"), 401, "unauthenticated");
    expectProblem(await guest.post("/account/favourites/merge", { items }), 401, "unauthenticated");
    const page = await guest.open("/account/favourites");
    assert.match(page.text, /<noscript>/);
    const led = await guest.submit(formTo(await guest.open(`/products/${cup.handle}`), "/account/favourites"));
    assert.match(led.path, /^\/account\/login/);
    const client = await member();
    for (let turn = 0; turn < 2; turn++)
      assert.equal(expect(await client.post("/account/favourites/merge", { items }), 200).left_out, 0);
    assert.deepEqual(brief(await kept(client)), [[cup.id, "dearer", 1000, 3, true]]);
    expectProblem(await client.post("/account/favourites", { product_id: "999" }), 404, "not-found");
    const many = Array.from({ length: 201 }, (_, i) => ({ product_id: String(i + 1), price: 1 }));
    expectProblem(await client.post("/account/favourites/merge", { items: many }), 422, "invalid");
  });

  test("the pages of strangers are the same as before: nothing of anybody stands in them", async () => {
    const cup = await staff.creates({ price: 5000, stock: 3 });
    const client = await member();
    expect(await client.post("/account/favourites", { product_id: cup.id }), 201);
    const guest = shop.client();
    const one = await guest.open(`/products/${cup.handle}`);
    const two = await shop.client().open(`/products/${cup.handle}`);
    assert.equal(one.text, two.text);
    assert.doesNotMatch(one.text, /data-member|aria-pressed/);
    assert.match((await client.open(`/products/${cup.handle}`)).text, /data-member/);
  });
});
