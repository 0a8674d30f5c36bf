// Telling people: mails to buyers and robots for the shop, through a real mail server and vendors that check signatures.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import crypto from "node:crypto";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { openMailbox } from "../lib/mailbox.mjs";
import { expect, freshKey, startServer, unique, until } from "../lib/shop.mjs";

const notify = "/admin/settings/notify";
const everything = { paid: true, by_hand: true, alarm: true, codes_low: true, imported: true, refunded: true, hook_failed: true };

/** A purchase with a mail address, in a language: {buyer, order, email}. */
async function buysWithMail(shop, product, { quantity = 1, language = "zh-CN", email = `${unique("buyer")}@example.com`, pays = true } = {}) {
  const buyer = shop.visitor();
  await buyer.puts(product, quantity);
  const order = expect(await buyer.client.post("/checkout", buyer.order({ contact: { phone: buyer.phone, email } }),
    { headers: { "idempotency-key": freshKey(), "accept-language": language } }), 200, 201).order;
  if (pays) {
    await buyer.pays(order);
    await buyer.seesPaid(order);
  }
  return { buyer, order, email };
}

describe("mails to buyers", () => {
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

  const mailTo = (email, condition = () => true) => post.gets((mail) => mail.to.includes(email) && condition(mail), `${email} gets a mail`);
  const messages = async (order) => (await staff.sees(order)).messages;
  const last = async (order, state, occasion) => until(async () => (await messages(order)).find((message) => message.state === state && (!occasion || message.occasion === occasion)), `a message about ${order.number} is ${state}`);

  test("a paid order is confirmed once, whole and safe, with a link to its page", async () => {
    const cup = await staff.creates({ title: "青花“瓷”杯 <b>&特别长的名字一二三四五六七八九十一二三四五六七八九十</b>", price: 5900 });
    const { order, email } = await buysWithMail(shop, cup, { quantity: 2 });
    const mail = await mailTo(email);
    assert.deepEqual(mail.defects, [], "Python's parser finds nothing wrong");
    assert.equal(mail.type, "multipart/alternative");
    assert.deepEqual(mail.types, ["multipart/alternative", "text/plain", "text/html"]);
    assert.deepEqual(mail.charsets, ["utf-8", "utf-8"]);
    assert.ok(mail.is_ascii && mail.bare === 0 && mail.longest <= 78, `lines as RFC 5322 wants them: ${mail.longest}`);
    assert.equal(mail.from, "no-reply@platform.example");
    assert.equal(mail.sender, "Shop main");
    assert.equal(mail.subject, `Shop main：订单 ${order.number} 已付款`);
    assert.match(post.header(mail, "message-id"), /^<yundian-[0-9a-f]+\.[0-9a-f]+@platform\.example>$/);
    assert.match(post.header(mail, "date"), /^\w{3}, \d{2} \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/);
    assert.equal(post.header(mail, "auto-submitted"), "auto-generated");
    assert.match(mail.plain, /× 2/);
    assert.match(mail.plain, /¥118\.00/);
    assert.match(mail.plain, new RegExp(`/orders/${order.number}\\?token=${order.token}`));
    assert.match(mail.html, /青花“瓷”杯 &lt;b&gt;&amp;/);
    assert.doesNotMatch(mail.html, /<b>|<script/);
    const sent = await last(order, "sent");
    assert.equal(sent.occasion, "buyer-paid");
    assert.match(sent.recipient, /^b\*\*\*@example\.com$/);
    assert.equal(post.to(email).length, 1);
    assert.ok(!server.log().includes(email), "the address is in no log");
  });

  test("who orders in English is told in English; parcel, refund and end are told too", async () => {
    const cup = await staff.creates({ price: 1000 });
    const { order, email } = await buysWithMail(shop, cup, { language: "en" });
    const paid = await mailTo(email);
    assert.equal(paid.subject, `Shop main: order ${order.number} is paid`);
    assert.equal(post.header(paid, "content-language"), "en");
    assert.match(paid.plain, new RegExp(`/en/orders/${order.number}`));
    await staff.ships(order, { tracking_number: "SF0001112223" });
    const shipped = await mailTo(email, ({ subject }) => subject.includes("on its way"));
    assert.match(shipped.plain, /SF0001112223/);
    expect(await staff.triesTo("refund", order, { amount: { amount: 400, currency: "CNY" }, reason: "scratch" }), 200, 201);
    const refunded = await mailTo(email, ({ subject }) => subject.startsWith("Shop main: refund"));
    assert.match(refunded.plain, /Refunded: ¥4\.00/);
    const other = await buysWithMail(shop, cup, { pays: false });
    await staff.cancels(other.order);
    const cancelled = await mailTo(other.email);
    assert.match(cancelled.subject, /已取消/);
    assert.match(cancelled.plain, /不需要再付款/);
    const broken = await buysWithMail(shop, cup);
    await staff.cancels(broken.order, "cannot_deliver", "");
    const told = await mailTo(broken.email, ({ subject }) => subject.includes("已取消"));
    assert.match(told.plain, /原路退回/);
    assert.match(told.plain, /取消原因.{0,3}地址无法送达/);
  });

  test("codes are not in the mail unless the shop chose so, and one mail tells of payment and delivery", async () => {
    const game = await staff.creates({ kind: "digital", price: 500, codes: ["MAIL-CODE-1", "MAIL-CODE-2"] });
    const first = await buysWithMail(shop, game);
    const delivered = await mailTo(first.email);
    assert.match(delivered.subject, /已交付/);
    assert.doesNotMatch(delivered.plain + delivered.html, /MAIL-CODE/);
    const all = { buyer_paid: true, buyer_shipped: true, buyer_delivered: true, buyer_refunded: true, buyer_cancelled: true };
    expect(await staff.does(`${notify}/buyers`, { ...all, has_codes: true }), 200);
    const second = await buysWithMail(shop, game);
    assert.match((await mailTo(second.email)).plain, /MAIL-CODE-2/);
    expect(await staff.does(`${notify}/buyers`, all), 200);
    await last(first.order, "sent");
    assert.deepEqual([post.to(first.email).length, post.to(second.email).length], [1, 1]);
    assert.doesNotMatch(JSON.stringify(await messages(second.order)), /MAIL-CODE/);
  });

  test("what is switched off is not told, and an order without an address leaves no trace", async () => {
    const cup = await staff.creates({ price: 100 });
    expect(await staff.does(`${notify}/buyers`, { buyer_shipped: true, buyer_delivered: true, buyer_refunded: true, buyer_cancelled: true }), 200);
    const { order, email } = await buysWithMail(shop, cup);
    const silent = await shop.visitor().buys(cup);
    await staff.ships(silent);
    await staff.ships(order);
    await mailTo(email, ({ subject }) => subject.includes("已发货"));
    assert.equal(post.to(email).length, 1);
    assert.deepEqual(await messages(silent), []);
    expect(await staff.does(`${notify}/buyers`, { buyer_paid: true, buyer_shipped: true, buyer_delivered: true, buyer_refunded: true, buyer_cancelled: true }), 200);
  });

  test("a mail server that says later is asked again with the same Message-ID; one that says never is not", async () => {
    const cup = await staff.creates({ price: 100 });
    await post.does({ data: ["451 4.3.0 try later"] });
    const { order, email } = await buysWithMail(shop, cup);
    const failed = await last(order, "failed");
    assert.deepEqual([failed.problem, failed.attempts], ["mail-later", 1]);
    assert.match(failed.detail, /451 4\.3\.0 try later/);
    await server.tampers("UPDATE jobs SET due_at = 0 WHERE kind = 'notify.send'");
    await last(order, "sent");
    const [one, two, ...more] = post.to(email);
    assert.deepEqual(more, []);
    assert.equal(post.header(one, "message-id"), post.header(two, "message-id"));
    await post.does({ rcpt: ["550 5.1.1 <nobody@example.com> unknown"] });
    const gone = await buysWithMail(shop, cup);
    const given = await last(gone.order, "given-up");
    assert.deepEqual([given.problem, given.attempts], ["mail-bad-recipient", 1]);
    assert.match(given.detail, /^550 5\.1\.1 <\*+> unknown$/);
    assert.equal(post.to(gone.email).length, 0);
    const page = await staff.client.get(`/admin/orders/${gone.order.number}`);
    assert.match(page.text, /对方的邮箱不存在或拒收/);
    const listed = await staff.reads("/admin/messages?state=given-up");
    assert.ok(listed.messages.some((message) => message.order === gone.order.number));
    // The buyer corrected the mailbox: the same message goes, once for each key.
    expect(await staff.does(`/admin/messages/${given.id}/again`, { key: "click-of-a-story" }), 200);
    await mailTo(gone.email);
    await last(gone.order, "sent");
    expect(await staff.does(`/admin/messages/${given.id}/again`, { key: "click-of-a-story" }), 200);
    await server.restarts();
    assert.equal((await messages(gone.order)).length, 1);
    assert.equal(post.to(gone.email).length, 1);
  });

  test("two clicks on send again are one mail, noted in the audit list", async () => {
    const game = await staff.creates({ kind: "digital", price: 500, codes: ["AGAIN-1"] });
    const { order, email } = await buysWithMail(shop, game);
    await last(order, "sent", "buyer-delivered");
    const { tell_key, tellable } = await staff.sees(order);
    assert.deepEqual(tellable, ["buyer-paid", "buyer-delivered"]);
    const click = { occasion: "buyer-delivered", key: tell_key };
    await Promise.all([1, 2, 3].map(async () => expect(await staff.triesTo("tell", order, click), 200)));
    await until(() => post.to(email).length === 2, "the copy arrives");
    expect(await staff.triesTo("tell", order, click), 200);
    await until(async () => (await messages(order)).every(({ state }) => state === "sent"), "all are sent");
    assert.equal(post.to(email).length, 2);
    assert.notEqual(post.header(post.to(email)[0], "message-id"), post.header(post.to(email)[1], "message-id"));
    const { entries } = await staff.reads("/admin/audit?kind=message.again");
    assert.equal(entries.filter(({ title }) => title === order.number).length, 1);
    const refused = await staff.triesTo("tell", order, { occasion: "buyer-shipped", key: freshKey() });
    assert.deepEqual([refused.status, refused.body.errors?.[0]?.code], [422, "unknown-choice"]);
    const [sent] = await messages(order);
    for (const key of ["twice-the-same", "twice-the-same"]) expect(await staff.does(`/admin/messages/${sent.id}/again`, { key }), 200);
    await until(() => post.to(email).length === 3, "a copy of the copy arrives");
  });

  test("killed between the queue and the server, it is sent after all", async () => {
    const cup = await staff.creates({ price: 100 });
    await post.does({ rcpt: Array(20).fill("451 4.3.0 busy") });
    const { order, email } = await buysWithMail(shop, cup);
    await last(order, "failed");
    await server.dies();
    await post.does({ rcpt: [] });
    await server.tampers("UPDATE jobs SET due_at = 0, lease_until = 0 WHERE kind = 'notify.send'");
    await server.start();
    await mailTo(email);
    await last(order, "sent");
    // Killed while the server has taken it but we have not noted it: a copy with the same Message-ID.
    await post.does({ data: ["451 4.3.0 taken, but the answer says no"] });
    const copied = await buysWithMail(shop, cup);
    await mailTo(copied.email);
    await server.dies();
    await server.tampers("UPDATE jobs SET due_at = 0, lease_until = 0 WHERE kind = 'notify.send'");
    await server.start();
    await last(copied.order, "sent");
    assert.equal(new Set(post.to(copied.email).map((mail) => post.header(mail, "message-id"))).size, 1);
    await server.adds_up();
  });

  test("a shop sends by its own server, with a sealed password that no page tells", async () => {
    const own = await server.opens(unique("own"));
    const owner = await own.staff();
    const mail = { server: "127.0.0.1", port: post.port, tls: "none", login: "me@own.example", password: "geheim-42", from_name: "小店\r\nBcc: evil@example.com", from_address: "me@own.example" };
    const refused = await owner.does(`${notify}/mail`, mail);
    assert.equal(refused.status, 422, "no line break gets in");
    mail.from_name = "小店";
    expect(await owner.does(`${notify}/mail`, mail), 200);
    await post.does({ login: ["me@own.example", "wrong"] });
    let { test: tried } = expect(await owner.does(`${notify}/mail/test`, { address: "owner@own.example" }), 200);
    assert.deepEqual([tried.is_fine, tried.problem], [false, "mail-login"]);
    await post.does({ login: ["me@own.example", "geheim-42"] });
    ({ test: tried } = expect(await owner.does(`${notify}/mail/test`, { address: "owner@own.example" }), 200));
    assert.equal(tried.is_fine, true);
    const [sample] = post.to("owner@own.example");
    assert.deepEqual([sample.from, sample.sender, sample.defects], ["me@own.example", "小店", []]);
    const page = await owner.reads(notify);
    assert.equal(page.mail.has_password, true);
    assert.doesNotMatch(JSON.stringify(page), /geheim/);
    // Blank keeps it for this server, and never gives it to another.
    expect(await owner.does(`${notify}/mail`, { ...mail, password: "", from_name: "新名字" }), 200);
    ({ test: tried } = expect(await owner.does(`${notify}/mail/test`, { address: "owner@own.example" }), 200));
    assert.equal(tried.is_fine, true);
    const moved = await owner.does(`${notify}/mail`, { ...mail, server: "smtp.elsewhere.example", password: "" });
    assert.deepEqual([moved.status, moved.body.errors?.[0]?.field], [422, "password"]);
    await post.does({ login: null });
    expect(await owner.does(`${notify}/mail`, { ...mail, server: "10.1.2.3" }), 200);
    ({ test: tried } = expect(await owner.does(`${notify}/mail/test`, { address: "owner@own.example" }), 200));
    assert.deepEqual([tried.is_fine, tried.problem], [false, "mail-forbidden"]);
  });
});

describe("robots for the people of the shop", () => {
  let server, shop, staff, vendor, port;
  const calls = [];
  /** What the vendor answers next: [status, body]; then the yes of each path. */
  const next = [];
  const yes = { wecom: { errcode: 0, errmsg: "ok" }, ding: { errcode: 0, errmsg: "ok" }, feishu: { code: 0, msg: "success" }, bark: { code: 200, message: "success" }, "bot42:TOKEN": { ok: true, result: {} }, hook: {} };
  before(async () => {
    vendor = http.createServer(async (request, response) => {
      const raw = Buffer.concat(await request.toArray()).toString();
      const url = new URL(request.url, "http://vendor.example");
      const name = url.pathname.split("/")[1];
      calls.push({ name, path: url.pathname, query: url.searchParams, headers: request.headers, raw, body: JSON.parse(raw) });
      const [status, body] = next.shift() ?? [200, yes[name]];
      response.writeHead(status, { "content-type": "application/json" }).end(typeof body === "string" ? body : JSON.stringify(body));
    });
    await new Promise((resolve) => vendor.listen(0, "127.0.0.1", resolve));
    port = vendor.address().port;
    server = await startServer({ args: ["--outbound-allow", `127.0.0.1:${port}`] });
    shop = server.shop;
    staff = await shop.staff();
  });
  after(async () => {
    await server?.stop();
    vendor?.closeAllConnections();
    vendor?.close();
  });

  const at = (path) => `http://127.0.0.1:${port}/${path}`;
  const adds = async (channel) => {
    const { channels } = expect(await staff.does(`${notify}/channels`, { is_on: true, ...channel }), 200);
    return channels.at(-1);
  };
  const drops = async (channel) => expect(await staff.does(`${notify}/channels/${channel.id}/remove`), 200);
  const tries = async (channel) => expect(await staff.does(`${notify}/channels/${channel.id}/test`), 200).test;
  const shown = async (channel) => (await staff.reads(notify)).channels.find(({ id }) => id === channel.id);

  test("each is spoken to as its vendor wants it, and signed as its vendor checks it", async () => {
    const channels = {
      wecom: { kind: "wecom", url: at("wecom/send?key=secret-key-a1b2") },
      ding: { kind: "dingtalk", url: at("ding/send?access_token=abc"), secret: "SECabcdef" },
      feishu: { kind: "feishu", url: at("feishu/hook/xyz"), secret: "feishu-secret" },
      bark: { kind: "bark", url: at("bark") },
      "bot42:TOKEN": { kind: "telegram", url: at("").slice(0, -1), secret: "42:TOKEN", to: "-100123" },
      hook: { kind: "webhook", url: at("hook"), secret: "hook-secret" },
    };
    for (const [name, channel] of Object.entries(channels)) {
      const added = await adds({ name: `渠道 ${name}`, ...channel });
      assert.deepEqual(await tries(added), { is_fine: true, subject: added.id, problem: null, detail: null }, name);
      const call = calls.at(-1);
      assert.equal(call.name, name);
      assert.match(call.raw, /测试消息/);
      assert.match(call.headers["content-type"], /^application\/json/);
      assert.ok((await shown(added)).sent_at);
      await drops(added);
    }
    const of = (name) => calls.find((call) => call.name === name);
    assert.equal(of("wecom").body.msgtype, "text");
    assert.match(of("wecom").body.text.content, /^\[Shop main\] 测试消息\n收到这条消息，说明「渠道 wecom」已经接通/);
    const ding = of("ding");
    const stamp = ding.query.get("timestamp");
    assert.equal(ding.query.get("access_token"), "abc");
    assert.ok(Math.abs(Date.now() - Number(stamp)) < 60000, "in milliseconds");
    assert.equal(ding.query.get("sign"), crypto.createHmac("sha256", "SECabcdef").update(`${stamp}\nSECabcdef`).digest("base64"));
    const { timestamp, sign, msg_type, content } = of("feishu").body;
    assert.ok(Math.abs(Date.now() / 1000 - Number(timestamp)) < 60, "in seconds");
    assert.equal(sign, crypto.createHmac("sha256", `${timestamp}\nfeishu-secret`).update("").digest("base64"));
    assert.equal(msg_type, "text");
    assert.match(content.text, /测试消息/);
    assert.deepEqual(Object.keys(of("bark").body).sort(), ["body", "group", "title"]);
    assert.deepEqual([of("bot42:TOKEN").path, of("bot42:TOKEN").body.chat_id], ["/bot42:TOKEN/sendMessage", "-100123"]);
    const hook = of("hook");
    const mac = crypto.createHmac("sha256", "hook-secret").update(`${hook.headers["yundian-timestamp"]}.${hook.raw}`).digest("hex");
    assert.equal(hook.headers["yundian-signature"], `v1=${mac}`);
    assert.equal(hook.headers["idempotency-key"], hook.body.id);
  });

  test("secrets and addresses are never shown again, stay when left blank, and go to nobody else", async () => {
    const channel = await adds({ kind: "wecom", name: "群", url: at("wecom/send?key=very-secret-9z9z"), paid: true });
    const page = await staff.reads(notify);
    assert.doesNotMatch(JSON.stringify(page), /very-secret/);
    assert.match(channel.shown, /9z9z$/);
    expect(await staff.does(`${notify}/channels/${channel.id}`, { name: "改名", is_on: true, refunded: true }), 200);
    const now = await shown(channel);
    assert.deepEqual([now.name, now.occasions.filter(({ is_on }) => is_on).map(({ name }) => name)], ["改名", ["refunded"]]);
    assert.equal((await tries(channel)).is_fine, true);
    assert.equal(calls.at(-1).query.get("key"), "very-secret-9z9z");
    const bot = await adds({ kind: "telegram", name: "bot", url: at("").slice(0, -1), secret: "42:TOKEN", to: "@channel" });
    const moved = await staff.does(`${notify}/channels/${bot.id}`, { name: "bot", is_on: true, url: "https://evil.example" });
    assert.deepEqual([moved.status, moved.body.errors?.[0]?.field], [422, "secret"]);
    for (const [wish, field, code] of [
      [{ kind: "wecom", url: "https://10.0.0.1/x" }, "url", "outbound-forbidden"], [{ kind: "feishu", url: "http://open.feishu.example/" }, "url", "outbound-not-https"],
      [{ kind: "mail", to: "a@b.example, nonsense" }, "to", "bad-emails"], [{ kind: "telegram", secret: "no token", to: "1" }, "secret", "bad-bot-token"],
      [{ kind: "telegram", secret: "1:a", to: "me" }, "to", "bad-chat"], [{ kind: "bark" }, "url", "required"],
    ]) {
      const refused = await staff.does(`${notify}/channels`, { name: "x", ...wish });
      assert.deepEqual([refused.status, refused.body.errors?.[0]?.field, refused.body.errors?.[0]?.code], [422, field, code]);
    }
    await drops(channel);
    await drops(bot);
  });

  test("what fails is told in words that say what to do, and tried again only when that helps", async () => {
    const channel = await adds({ kind: "dingtalk", name: "钉", url: at("ding/send?access_token=abc"), secret: "SECx" });
    for (const [answer, problem] of [
      [[200, { errcode: 310000, errmsg: "sign not match" }], "robot-words"], [[200, { errcode: 130101, errmsg: "send too fast" }], "robot-busy"],
      [[200, "<html>"], "robot-bad-answer"], [[500, {}], "http-status"], [[200, { errcode: 300005, errmsg: "token is not exist" }], "robot-gone"],
    ]) {
      next.push(answer);
      const tried = await tries(channel);
      assert.deepEqual([tried.is_fine, tried.problem], [false, problem]);
    }
    const page = await staff.client.post(`${notify}/channels/${channel.id}/test`, {}, { headers: { origin: staff.client.origin, accept: "application/json" } });
    assert.equal(page.status, 200);
    const now = await shown(channel);
    assert.deepEqual([now.is_failing, now.problem, /token is not exist/.test(now.detail)], [false, "robot-gone", true]);
    await drops(channel);
  });

  test("a channel hears what it was told to hear, and nothing of the buyer", async () => {
    const all = await adds({ kind: "webhook", name: "all", url: at("hook"), secret: "s", ...everything });
    const some = await adds({ kind: "wecom", name: "some", url: at("wecom/send?key=k"), refunded: true });
    const off = await adds({ kind: "feishu", name: "off", url: at("feishu/off"), is_on: false, ...everything });
    const heard = (occasion, subject) => until(() => calls.find((call) => call.name === "hook" && call.body.occasion === occasion && call.raw.includes(subject)), `the webhook hears ${occasion}`);
    const cup = await staff.creates({ price: 700 });
    const buyer = shop.visitor();
    const order = await buyer.buys(cup);
    const paid = await heard("paid", order.number);
    assert.match(paid.body.text, /¥7\.00/);
    assert.match(paid.body.url, new RegExp(`/admin/orders/${order.number}$`));
    assert.ok(!paid.raw.includes(buyer.phone) && !paid.raw.includes("文三路"));
    expect(await staff.triesTo("refund", order, { amount: { amount: 700, currency: "CNY" }, reason: "back" }), 200, 201);
    await heard("refunded", order.number);
    await until(() => calls.some((call) => call.name === "wecom" && call.raw.includes(order.number)), "the group hears of the refund");
    assert.equal(calls.filter((call) => call.name === "wecom" && call.raw.includes(order.number)).length, 1);
    const handmade = await staff.creates({ kind: "digital", price: 500 });
    expect(await staff.does(`/admin/codes/${handmade.variant_id}/mode`, { mode: "hand" }), 200);
    expect(await staff.does(`/admin/codes/${handmade.variant_id}/quantity`, { quantity: 5 }), 200);
    const waiting = await shop.visitor().buys(handmade);
    await heard("by-hand", waiting.number);
    assert.ok(!calls.some((call) => call.name === "hook" && call.body.occasion === "paid" && call.raw.includes(waiting.number)), "told once, by what concerns it most");
    const low = await staff.creates({ kind: "digital", price: 500, codes: ["LOW-1", "LOW-2"] });
    expect(await staff.does(`/admin/codes/${low.variant_id}/low`, { low_at: 1 }), 200);
    await shop.visitor().buys(low);
    const run = await heard("codes-low", low.sku);
    assert.match(run.body.title, /卡密快卖完了/);
    await drops(off);
    assert.equal(calls.filter(({ path }) => path === "/feishu/off").length, 0);
    const { messages } = await staff.sees(order);
    assert.deepEqual(messages.map(({ occasion, channel, state }) => [occasion, channel, state]).sort(), [["paid", "all", "sent"], ["refunded", "all", "sent"], ["refunded", "some", "sent"]]);
    await drops(all);
    await drops(some);
    const quiet = await shop.visitor().buys(cup);
    await staff.ships(quiet);
    assert.deepEqual((await staff.sees(quiet)).messages, []);
  });

  test("after the last attempt it is given up, is a dead letter, and goes when it is tried again", async () => {
    const channel = await adds({ kind: "bark", name: "phone", url: at("bark"), paid: true });
    next.push([503, {}]);
    const order = await shop.visitor().buys(await staff.creates({ price: 100 }));
    const seen = async (state) => until(async () => (await staff.sees(order)).messages.find((message) => message.state === state), `the message is ${state}`);
    await seen("failed");
    next.push([503, {}]);
    await server.tampers("UPDATE messages SET attempts = 11 WHERE state = 3; UPDATE jobs SET attempt = 11, due_at = 0 WHERE kind = 'notify.send'");
    const given = await seen("given-up");
    assert.equal(given.attempts, 12);
    const dead = await until(async () => (await staff.reads("/admin/alarms")).dead_letters.find(({ kind }) => kind === "notify.send"), "the dead letter is seen");
    assert.match(dead.error, new RegExp(order.number));
    expect(await staff.does(`/admin/messages/${given.id}/again`, { key: freshKey() }), 200);
    await seen("sent");
    assert.ok(!(await staff.reads("/admin/alarms")).dead_letters.some(({ kind }) => kind === "notify.send"));
    await drops(channel);
  });

  test("there are at most twenty channels", async () => {
    const made = [];
    for (let index = 0; index < 20; index++) made.push(await adds({ kind: "mail", name: `m${index}`, to: `m${index}@example.com` }));
    const refused = await staff.does(`${notify}/channels`, { kind: "mail", name: "more", to: "more@example.com" });
    assert.deepEqual([refused.status, refused.body.type], [422, "/problems/limit"]);
    const { test: tried } = expect(await staff.does(`${notify}/channels/${made[0].id}/test`), 200);
    assert.equal(tried.problem, "mail-not-set-up");
    for (const channel of made) await drops(channel);
  });

  test("settings are for who may write them, and another shop's channels are not there", async () => {
    const channel = await adds({ kind: "bark", name: "mine", url: at("bark") });
    const other = await server.opens(unique("other"));
    const stranger = await other.staff();
    assert.equal((await stranger.does(`${notify}/channels/${channel.id}/test`)).status, 404);
    assert.equal((await stranger.does(`${notify}/channels/${channel.id}/remove`)).status, 404);
    assert.equal((await stranger.does(`${notify}/channels/${channel.id}`, { name: "x" })).status, 404);
    expect(await staff.does("/admin/settings/staff", { login: "packer@example.com", name: "P", role: "packer", password: "a long password 42" }), 200, 201);
    const packer = await new staff.constructor(shop).logsIn({ login: "packer@example.com", password: "a long password 42" });
    assert.equal((await packer.does(`${notify}/channels/${channel.id}/test`)).status, 403);
    await drops(channel);
  });
});
