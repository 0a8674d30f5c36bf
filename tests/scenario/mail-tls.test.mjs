// Mail over TLS, against a real server with certificates of its own: what is trusted, what is refused, and that nothing
// is ever said in the clear instead. And the alarm about messages that do not arrive.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { openMailbox } from "../lib/mailbox.mjs";
import { expect, freshKey, startServer, unique, until } from "../lib/shop.mjs";

const notify = "/admin/settings/notify";

/** A certificate that signs itself, for 127.0.0.1 or for another name: {certificate, key}. */
function makeCertificate(folder, name, subject) {
  const certificate = path.join(folder, `${name}.pem`), key = path.join(folder, `${name}.key`);
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate,
    "-subj", "/CN=mail", "-addext", `subjectAltName=${subject}`], { stdio: "ignore" });
  return { certificate, key };
}

describe("mail over TLS", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "yundian-tls-"));
  const posts = {};
  let server, shop, staff;
  before(async () => {
    const right = makeCertificate(folder, "right", "IP:127.0.0.1");
    const other = makeCertificate(folder, "other", "DNS:mail.elsewhere.example");
    const stranger = makeCertificate(folder, "stranger", "IP:127.0.0.1");
    const trusted = path.join(folder, "trusted.pem");
    fs.writeFileSync(trusted, fs.readFileSync(right.certificate) + fs.readFileSync(other.certificate));
    posts.starttls = await openMailbox("starttls", right.certificate, right.key);
    posts.tls = await openMailbox("tls", right.certificate, right.key);
    posts.other = await openMailbox("tls", other.certificate, other.key);
    posts.stranger = await openMailbox("starttls", stranger.certificate, stranger.key);
    posts.plain = await openMailbox();
    const url = posts.starttls.url.replace("smtp://", "smtp://platform:secret-1@");
    await posts.starttls.does({ login: ["platform", "secret-1"] });
    server = await startServer({ args: ["--smtp-url", url, "--smtp-ca", trusted, "--mail-from", "no-reply@platform.example", "--outbound-allow",
      Object.values(posts).map(({ port }) => `127.0.0.1:${port}`).join(",")] });
    shop = server.shop;
    staff = await shop.staff();
  });
  after(async () => {
    await server?.stop();
    for (const post of Object.values(posts)) post.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const tries = async (owner, post, tls, more = {}) => {
    expect(await owner.does(`${notify}/mail`, { server: "127.0.0.1", port: post.port, tls, login: "me@own.example", password: "geheim-42", from_name: "小店", from_address: "me@own.example", ...more }), 200);
    return expect(await owner.does(`${notify}/mail/test`, { address: "owner@own.example" }), 200).test;
  };
  const buysWithMail = async (product) => {
    const buyer = shop.visitor();
    const email = `${unique("buyer")}@example.com`;
    await buyer.puts(product, 1);
    const order = expect(await buyer.client.post("/checkout", buyer.order({ contact: { phone: buyer.phone, email } }), { headers: { "idempotency-key": freshKey() } }), 200, 201).order;
    await buyer.pays(order);
    await buyer.seesPaid(order);
    return { order, email };
  };

  test("the platform's mail goes by STARTTLS, logged in, and never without", async () => {
    const { email } = await buysWithMail(await staff.creates({ price: 100 }));
    const mail = await posts.starttls.gets((mail) => mail.to.includes(email), "the buyer is told");
    assert.equal(mail.tls, true);
    assert.ok(posts.starttls.logins.length > 0 && posts.starttls.logins.every(Boolean));
  });

  test("a shop's own server is spoken to by STARTTLS and by TLS, and logged in to only then", async () => {
    const owner = await (await server.opens(unique("tls"))).staff();
    for (const [post, tls] of [[posts.starttls, "starttls"], [posts.tls, "tls"]]) {
      await post.does({ login: ["me@own.example", "geheim-42"] });
      const tried = await tries(owner, post, tls);
      assert.deepEqual([tried.is_fine, tried.problem ?? null], [true, null], tried.detail);
      assert.equal((await post.gets((mail) => mail.to.includes("owner@own.example"), "the sample arrives")).tls, true);
    }
    await posts.starttls.does({ login: ["platform", "secret-1"] });
  });

  test("a wrong certificate is refused, says why, and nothing is sent", async () => {
    const owner = await (await server.opens(unique("tls"))).staff();
    let tried = await tries(owner, posts.other, "tls");
    assert.deepEqual([tried.is_fine, tried.problem], [false, "mail-bad-tls"]);
    assert.match(tried.detail, /does not match|subject name/, "it is for another name");
    tried = await tries(owner, posts.stranger, "starttls");
    assert.deepEqual([tried.is_fine, tried.problem], [false, "mail-bad-tls"]);
    assert.match(tried.detail, /certificate/i, "nobody vouches for it");
    for (const post of [posts.other, posts.stranger]) assert.deepEqual([post.mails, post.logins], [[], []]);
    const page = await owner.client.send("POST", `${notify}/mail/test`, { payload: "address=owner%40own.example",
      headers: { accept: "text/html", origin: owner.client.origin, "content-type": "application/x-www-form-urlencoded" } });
    assert.match(page.text, /证书不被信任/);
  });

  test("a server without STARTTLS gets neither mail nor password; only who asks for plain text sends so", async () => {
    const owner = await (await server.opens(unique("tls"))).staff();
    const tried = await tries(owner, posts.plain, "starttls");
    assert.deepEqual([tried.is_fine, tried.problem], [false, "mail-no-tls"]);
    assert.deepEqual([posts.plain.mails, posts.plain.logins], [[], []]);
    assert.equal((await tries(owner, posts.plain, "none", { login: "" })).is_fine, true);
    assert.equal(posts.plain.mails.at(-1).tls, false);
  });

  test("the test mail tells the words of a server that refuses, without addresses", async () => {
    const owner = await (await server.opens(unique("tls"))).staff();
    await posts.tls.does({ login: null, rcpt: ["554 5.7.1 <owner@own.example> relaying denied, see policy 17"] });
    const tried = await tries(owner, posts.tls, "tls", { login: "" });
    assert.deepEqual([tried.is_fine, tried.problem], [false, "mail-bad-recipient"]);
    assert.match(tried.detail, /554 5\.7\.1 <\*+> relaying denied, see policy 17/);
  });

  test("refused mails raise one alarm for each cause, which says what to do and settles itself", async () => {
    const alarms = async () => (await staff.reads("/admin/alarms")).alarms.filter(({ kind }) => kind === "message-refused");
    const cup = await staff.creates({ price: 100 });
    const givenUp = async ({ order }) => until(async () => (await staff.sees(order)).messages.find(({ state }) => state === "given-up"), `a message about ${order.number} is given up`);
    await posts.starttls.does({ data: Array(3).fill("554 5.7.1 your domain is on a list") });
    for (let i = 0; i < 3; i++) await givenUp(await buysWithMail(cup));
    assert.deepEqual((await alarms()).map(({ subject }) => subject), ["buyers · mail-refused"]);
    assert.match((await alarms())[0].detail, /your domain is on a list/);
    await posts.starttls.does({ rcpt: ["550 5.1.1 no such mailbox"] });
    const gone = await buysWithMail(cup);
    const message = await givenUp(gone);
    assert.deepEqual((await alarms()).map(({ subject }) => subject).sort(), ["buyers · mail-bad-recipient", "buyers · mail-refused"]);
    const page = await staff.client.send("GET", "/admin/alarms", { headers: { accept: "text/html" } });
    assert.match(page.text, /通知发不出去/);
    assert.match(page.text, /给买家的邮件 · 对方的邮箱不存在或拒收/);
    assert.match(page.text, /\/admin\/messages\?state=given-up/);
    // One that goes through settles both; the next refusal is told anew.
    expect(await staff.does(`/admin/messages/${message.id}/again`, { key: freshKey() }), 200);
    await until(async () => (await alarms()).length === 0, "the alarms are settled");
    await posts.starttls.does({ data: ["554 5.7.1 on a list again"] });
    await givenUp(await buysWithMail(cup));
    assert.equal((await alarms()).length, 1);
    await server.adds_up();
  });
});
