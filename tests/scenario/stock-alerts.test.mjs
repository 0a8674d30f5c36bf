// 到货通知: buyers leave an address at what is sold out, each gets one mail when it is back, and may stop it.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formTo } from "../lib/html.mjs";
import { openMailbox } from "../lib/mailbox.mjs";
import { expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";

describe("waiting for what is sold out", () => {
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

  const receive = async (cup, quantity = 5) => expect(await staff.does(`/admin/variants/${cup.variant_id}/stock/acts`, { act: "receive", quantity, reason: "到货" }), 200);
  const mailTo = (email, condition = () => true) => post.gets((mail) => mail.to.includes(email) && condition(mail), `${email} gets a mail`);
  const waits = async () => (await staff.reads("/admin/stock-alerts")).waits;
  const of = async (cup) => (await waits()).find((one) => one.variant_id === cup.variant_id)?.count ?? 0;
  const asks = (client, cup, email) => client.post("/stock-alerts", { variant_id: cup.variant_id, email });
  const back = (mail) => mail.subject.includes("到货了");

  test("a guest asks without JavaScript, gets one mail with a way to the product, and stops all by its link", async () => {
    const cup = await staff.creates({ title: "<b>青瓷杯", stock: 0 });
    const bowl = await staff.creates({ stock: 0 });
    const email = `${unique("waits")}@example.com`;
    const guest = shop.visitor();
    const page = await guest.client.open(`/products/${cup.handle}`);
    const wrong = await guest.browser.submit(formTo(page, /\/stock-alerts$/), { email: "nobody" });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /邮箱格式好像不对/);
    const done = await guest.browser.submit(formTo(wrong, /\/stock-alerts$/), { email });
    assert.equal(done.status, 201);
    assert.match(done.text, /&lt;b&gt;青瓷杯/);
    expect(await asks(guest.client, cup, email.toUpperCase()), 201);
    expect(await asks(guest.client, bowl, email), 201);
    assert.deepEqual([await of(cup), await of(bowl)], [1, 1]);
    const product = (await staff.reads(`/admin/products/${cup.id}`)).product;
    assert.equal(product.variants[0].waiting, 1);
    await receive(cup);
    const mail = await mailTo(email, back);
    assert.deepEqual(mail.defects, []);
    assert.match(mail.plain, new RegExp(`/products/${cup.handle}\\?sku=`));
    await until(async () => (await of(cup)) === 0, "nobody waits for the cup");
    assert.ok(!server.log().includes(email), "the address is in no log");
    const link = new URL(mail.plain.match(/https?:\S+\/stock-alerts\/\S+/)[0]);
    const stop = await guest.client.open(link.pathname + link.search);
    assert.equal(await of(bowl), 1, "looking stops nothing");
    const stopped = await guest.browser.submit(formTo(stop, /\/stop$/));
    assert.equal(stopped.status, 200);
    assert.equal(await of(bowl), 0);
    await receive(bowl);
    await receive(cup);
    const other = `${unique("waits")}@example.com`;
    const lamp = await staff.creates({ stock: 0 });
    expect(await asks(guest.client, lamp, other), 201);
    await receive(lamp);
    await mailTo(other, back);
    assert.equal(post.to(email).length, 1, "one mail in all");
    assert.equal((await guest.client.open(link.pathname + link.search.slice(0, -1) + "0")).status, 404);
  });

  test("a member presses a button, sees it, takes it back, and a deleted account waits for nothing", async () => {
    const cup = await staff.creates({ stock: 0 });
    const { client } = shop.visitor();
    const email = `${unique("member")}@example.com`;
    expect(await client.post("/account/login", { email }), 200);
    const code = (await mailTo(email)).subject.match(/(\d{6})$/)[1];
    expect(await client.post("/account/code", { email, code }), 200);
    const selected = async () => expect(await client.api(`/products/${cup.handle}`), 200).selected;
    assert.deepEqual((await selected()).wait, { is_asked: false, is_member: true, days: 90 });
    expect(await asks(client, cup), 201);
    assert.equal((await selected()).wait.is_asked, true);
    const leaving = formTo(await client.open(`/products/${cup.handle}`), /\/stock-alerts\/leave$/);
    assert.equal((await client.submit(leaving)).status, 200);
    assert.equal((await selected()).wait.is_asked, false);
    expect(await asks(client, cup), 201);
    assert.equal(await of(cup), 1);
    expect(await client.post("/account/delete", { is_sure: true }), 200);
    assert.equal(await of(cup), 0);
    expectProblem(await client.post("/stock-alerts/leave", { variant_id: cup.variant_id }), 401, "unauthenticated");
  });

  test("what can be bought is not waited for, and a shop that switched it off offers nothing", async () => {
    const cup = await staff.creates({ stock: 3 });
    const guest = shop.visitor();
    assert.equal(expect(await guest.client.api(`/products/${cup.handle}`), 200).selected.wait, null);
    assert.equal(expect(await asks(guest.client, cup, "x@example.com"), 200).alert.state, "here");
    assert.equal(await of(cup), 0);
    await guest.orders(cup, 3);
    assert.ok(expect(await guest.client.api(`/products/${cup.handle}`), 200).selected.wait);
    const all = { buyer_paid: true, buyer_shipped: true, buyer_delivered: true, buyer_refunded: true, buyer_cancelled: true, buyer_presale: true };
    expect(await staff.does("/admin/settings/notify/buyers", all), 200);
    assert.equal(expect(await guest.client.api(`/products/${cup.handle}`), 200).selected.wait, null);
    expectProblem(await asks(guest.client, cup, "x@example.com"), 409, "conflict");
    expect(await staff.does("/admin/settings/notify/buyers", { ...all, buyer_restock: true }), 200);
    // The unpaid order closes: its pieces are back, and who waited is told.
    const email = `${unique("waits")}@example.com`;
    expect(await asks(guest.client, cup, email), 201);
    const english = await guest.client.send("POST", "/api/v1/stock-alerts", { json: { variant_id: cup.variant_id, email: `en-${email}` }, headers: { "accept-language": "en" } });
    assert.equal(english.status, 201);
    await receive(cup, 1);
    await mailTo(email, back);
    assert.equal((await mailTo(`en-${email}`)).subject.endsWith("is back in stock"), true);
    // Codes are stock too.
    const game = await staff.creates({ kind: "digital" });
    assert.equal(expect(await asks(guest.client, game, email), 201).alert.state, "done");
    await staff.loads(game, ["WAITED-FOR-1"]);
    await mailTo(email, (mail) => back(mail) && mail.plain.includes(`/products/${game.handle}`));
    await server.adds_up();
  });
});
