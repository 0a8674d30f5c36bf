// Buyers' accounts: a code by mail, what the account shows and fills in, and how it is forgotten.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formTo } from "../lib/html.mjs";
import { openMailbox } from "../lib/mailbox.mjs";
import { expect, startServer, unique } from "../lib/shop.mjs";

describe("an account", () => {
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

  const codeOf = (mail) => mail.subject.match(/(\d{6})$/)[1];
  /** Asks for a code and reads it in the mail: the code. */
  async function asks(client, email, nth = 1) {
    const answer = expect(await client.post("/account/login", { email }), 200);
    assert.equal(answer.login.is_possible, true);
    const mail = await post.gets((_, __) => post.to(email.toLowerCase()).length >= nth, `${email} gets code ${nth}`);
    assert.ok(mail);
    return codeOf(post.to(email.toLowerCase())[nth - 1]);
  }
  async function member(email = `${unique("member")}@example.com`, visitor = shop.visitor()) {
    const code = await asks(visitor.client, email);
    expect(await visitor.client.post("/account/code", { email, code }), 200);
    return { visitor, email, code };
  }
  const account = async (visitor) => expect(await visitor.client.api("/account"), 200).account;
  const wrong = (code) => String((Number(code) + 1) % 1e6).padStart(6, "0");
  const problemOf = (answer) => answer.body.errors?.[0]?.code;

  test("a code from the mail logs in, once, whatever the case of the address", async () => {
    const buyer = shop.visitor();
    const email = `${unique("Alice").toUpperCase()}@Example.com`;
    assert.equal((await buyer.client.api("/account")).status, 401);
    const code = await asks(buyer.client, email);
    const answer = await buyer.client.post("/account/code", { email, code: `${code.slice(0, 3)} ${code.slice(3)}` });
    assert.equal(answer.status, 200);
    assert.match([answer.headers["set-cookie"]].flat().join(), /yd_buyer=[0-9a-z]{26};.*HttpOnly/i);
    assert.match([answer.headers["set-cookie"]].flat().join(), /SameSite=Lax/i);
    assert.equal((await account(buyer)).email, email.toLowerCase());
    const again = await shop.visitor().client.post("/account/code", { email, code });
    assert.equal(again.status, 422, "a code counts once");
    assert.equal(problemOf(again), "code-wrong");
    assert.ok(!server.log().toLowerCase().includes(email.toLowerCase()), "the address is in no log");
    assert.ok(!server.log().includes(code), "nor is the code");
  });

  test("guessing is refused and soon pointless; a known address is answered like an unknown one", async () => {
    const { email } = await member();
    const thief = shop.visitor().client;
    const code = await asks(thief, email, 2);
    const stranger = `${unique("nobody")}@example.com`;
    const known = await thief.post("/account/login", { email });
    const unknown = await thief.post("/account/login", { email: stranger });
    assert.equal(known.status, unknown.status);
    assert.deepEqual(Object.keys(known.body.login), Object.keys(unknown.body.login));
    const newest = codeOf((await post.gets(() => post.to(email).length >= 3 && post.to(email)[2], "the third mail")) && post.to(email)[2]);
    if (code !== newest) assert.equal((await thief.post("/account/code", { email, code })).status, 422, "only the newest code counts");
    for (let i = 0; i < 5; i++) {
      const refused = await thief.post("/account/code", { email, code: wrong(newest) });
      assert.equal(refused.status, 422);
      assert.equal(problemOf(refused), "code-wrong");
    }
    const late = await thief.post("/account/code", { email, code: newest });
    assert.equal(late.status, 422, "after five tries not even the right code opens");
    assert.equal(problemOf(late), "code-wrong");
    assert.equal(problemOf(await thief.post("/account/code", { email: "who@never.example", code: "123456" })), "code-wrong");
    assert.equal((await thief.api("/account")).status, 401);
  });

  test("one address is sent five codes within an hour", async () => {
    const email = `${unique("eager")}@example.com`;
    const client = shop.visitor().client;
    for (let i = 0; i < 5; i++) assert.equal((await client.post("/account/login", { email })).status, 200);
    assert.equal((await client.post("/account/login", { email })).status, 429);
    assert.equal((await client.post("/account/login", { email: "nobody" })).status, 422);
  });

  test("of many at once with one code, one gets in", async () => {
    const email = `${unique("rush")}@example.com`;
    const code = await asks(shop.visitor().client, email);
    const answers = await Promise.all(Array.from({ length: 4 }, () => shop.visitor().client.post("/account/code", { email, code })));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const { status } of answers) assert.ok(status === 200 || status === 422, String(status));
  });

  test("my orders: those of this address, and those placed while logged in; nobody else's", async () => {
    const cup = await shop.product({ price: 1200, stock: 50 });
    const email = `${unique("Bob")}@example.com`;
    const guest = shop.visitor();
    await guest.puts(cup);
    const before = await guest.checksOut({ order: guest.order({ contact: { phone: guest.phone, email: email.toUpperCase() } }) });
    const { visitor } = await member(email);
    const during = await visitor.orders(cup, 2);
    const other = await member();
    await other.visitor.orders(cup);
    const mine = (await account(visitor)).orders;
    assert.deepEqual(mine.map(({ number }) => number), [during.number, before.number]);
    assert.equal(mine[0].total.amount, 2400);
    const page = await visitor.client.get(mine[1].url);
    assert.equal(page.status, 200);
    assert.equal((await account(other.visitor)).orders.length, 1);
  });

  test("saved addresses fill the checkout; a guest's form stays empty", async () => {
    const cup = await shop.product({ price: 1000, stock: 50 });
    const { visitor, email } = await member();
    const { client } = visitor;
    const bad = await client.post("/account/addresses", { name: "", phone: "call me", region: "浙江省 杭州市", line: "文三路 1 号" });
    assert.equal(bad.status, 422);
    assert.deepEqual(bad.body.errors.map(({ field, code }) => `${field} ${code}`), ["name required", "phone bad-phone"]);
    const home = { name: "李四", phone: "13900000001", region: "浙江省 杭州市 西湖区", line: "文三路 1 号" };
    const work = { name: "李四", phone: "13900000002", region: "上海市 徐汇区", line: "漕溪路 2 号" };
    expect(await client.post("/account/addresses", home), 200);
    let list = expect(await client.post("/account/addresses", work), 200).account.addresses;
    assert.deepEqual(list.map(({ line, is_default }) => [line, is_default]), [[home.line, true], [work.line, false]]);
    const [, second] = list;
    list = expect(await client.post(`/account/addresses/${second.id}/default`), 200).account.addresses;
    assert.equal(list[0].id, second.id);
    expect(await client.post(`/account/addresses/${second.id}`, { ...work, line: "漕溪路 3 号" }), 200);
    const other = await member();
    assert.equal((await other.visitor.client.post(`/account/addresses/${second.id}`, work)).status, 404);
    assert.equal((await other.visitor.client.post(`/account/addresses/${second.id}/remove`)).status, 404);
    await visitor.puts(cup);
    client.cookies.set("yd_cart", visitor.cart);
    let page = (await client.open("/checkout")).text;
    assert.match(page, /value="13900000002"/);
    assert.match(page, /漕溪路 3 号/);
    assert.ok(page.includes(`value="${email}"`));
    page = (await client.open(`/checkout?address_id=${list[1].id}`)).text;
    assert.match(page, /value="13900000001"/);
    const guest = shop.visitor();
    await guest.puts(cup);
    guest.client.cookies.set("yd_cart", guest.cart);
    assert.doesNotMatch((await guest.client.open("/checkout")).text, /1390000000|李四/);
    list = expect(await client.post(`/account/addresses/${second.id}/remove`), 200).account.addresses;
    assert.equal(list.length, 1);
  });

  test("logging out ends one session, everywhere all; a dead cookie is taken away", async () => {
    const { visitor, email } = await member();
    const second = shop.visitor();
    expect(await second.client.post("/account/code", { email, code: await asks(second.client, email, 2) }), 200);
    const cookie = second.client.cookies.get("yd_buyer");
    expect(await visitor.client.post("/account/logout"), 200);
    assert.equal((await visitor.client.api("/account")).status, 401);
    assert.equal((await second.client.api("/account")).status, 200);
    expect(await second.client.post("/account/logout-all"), 200);
    second.client.cookies.set("yd_buyer", cookie);
    assert.equal((await second.client.api("/account")).status, 401);
    assert.equal(second.client.cookies.has("yd_buyer"), false);
  });

  test("who is logged in gets no page of strangers and makes none", async () => {
    const { visitor } = await member();
    const stranger = shop.visitor();
    const first = (await stranger.client.open("/")).headers;
    const own = await visitor.client.open("/");
    assert.doesNotMatch(own.headers["cache-control"] ?? "", /public|s-maxage/, "it belongs to one person");
    assert.match(first["cache-control"] ?? "", /s-maxage|public/);
  });

  test("a deleted account leaves nothing personal; its orders stay, and the address may begin anew", async () => {
    const cup = await shop.product({ price: 1000, stock: 50 });
    const { visitor, email } = await member();
    expect(await visitor.client.post("/account/profile", { name: "王五", phone: "+86 139-1111-2222" }), 200);
    expect(await visitor.client.post("/account/addresses", { name: "王五", phone: "13911112222", region: "北京市", line: "长安街 1 号" }), 200);
    const order = await visitor.orders(cup);
    assert.equal((await visitor.client.post("/account/delete", {})).status, 422, "only who is sure");
    expect(await visitor.client.post("/account/delete", { is_sure: true }), 200);
    assert.equal((await visitor.client.api("/account")).status, 401);
    assert.equal((await staff.sees(order)).number, order.number);
    assert.equal((await visitor.triesToSee(order)).status, 200, "its page is still found");
    const anew = shop.visitor();
    expect(await anew.client.post("/account/code", { email, code: await asks(anew.client, email, 2) }), 200);
    const now = await account(anew);
    assert.deepEqual([now.name, now.phone, now.addresses.length, now.orders.length], ["", "", 0, 0]);
  });

  test("without JavaScript: log in from the checkout, in both languages, and errors stand at the field", async () => {
    const cup = await shop.product({ price: 1000, stock: 50 });
    const email = `${unique("plain")}@example.com`;
    const visitor = shop.visitor();
    const { client } = visitor;
    await visitor.puts(cup);
    client.cookies.set("yd_cart", visitor.cart);
    assert.match((await client.open("/checkout")).text, /\/account\/login\?next=\/checkout/);
    let page = await client.open("/en/account/login?next=/checkout");
    page = await client.submit(formTo(page, "/en/account/login"), { email: "not one" });
    assert.equal(page.status, 422);
    assert.match(page.text, /value="not one"/);
    page = await client.submit(formTo(page, "/en/account/login"), { email });
    assert.match(page.text, new RegExp(email));
    const mail = await post.gets(({ to }) => to.includes(email), "the code comes");
    assert.match(mail.subject, /^Shop main: your login code \d{6}$/);
    page = await client.submit(formTo(page, "/en/account/code"), { code: wrong(codeOf(mail)) });
    assert.equal(page.status, 422);
    assert.match(page.text, /does not fit/);
    page = await client.submit(formTo(page, "/en/account/code"), { code: codeOf(mail) });
    assert.match(page.text, /name="contact\.email"/, "it goes on to the checkout");
    page = await client.open("/account");
    assert.match(page.text, /我的订单/);
    assert.match(page.text, /还没有订单/);
    page = await client.submit(formTo(page, "/account/addresses"), { name: "赵六", phone: "12", region: "北京市", line: "长安街" });
    assert.equal(page.status, 422);
    assert.match(page.text, /value="赵六"/);
    const away = await client.send("POST", "/account/login", { form: { email, next: "//evil.example/" }, headers: { accept: "text/html", origin: client.origin } });
    assert.doesNotMatch(away.text, /evil\.example/);
  });

  test("the account of one shop opens no other, and another site posts nothing", async () => {
    const { visitor, email, code } = await member();
    const other = await server.opens("second");
    const foreign = other.client();
    foreign.cookies.set("yd_buyer", visitor.client.cookies.get("yd_buyer"));
    assert.equal((await foreign.api("/account")).status, 401);
    assert.equal((await foreign.post("/account/code", { email, code })).status, 422);
    const cross = await visitor.client.send("POST", "/account/delete", { form: { is_sure: "1" }, headers: { accept: "text/html", origin: "https://evil.example" } });
    assert.equal(cross.status, 403);
    assert.equal((await visitor.client.api("/account")).status, 200);
  });
});

test("a shop that sends no mails says so, and guests buy as ever", async () => {
  const server = await startServer();
  try {
    const client = server.shop.client();
    assert.equal((await client.post("/account/login", { email: "a@b.example" })).status, 409);
    assert.match((await client.open("/account/login")).text, /还没有开通邮箱登录/);
    assert.doesNotMatch((await client.open("/")).text, /href="\/account"/);
    const cup = await server.shop.product({ price: 500, stock: 3 });
    await server.shop.visitor().buys(cup);
  } finally {
    await server.stop();
  }
});
