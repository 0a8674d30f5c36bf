// Logging in takes two: a password, and a code that only the person's own telephone knows.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { formTo, plain } from "../lib/html.mjs";
import { expect, expectProblem, Staff, startServer } from "../lib/shop.mjs";
import { totp } from "../lib/totp.mjs";

const FACTOR = "/admin/account/factor";

/** A telephone with an authenticator app. */
class Phone {
  constructor(secret) {
    this.secret = secret;
  }
  shows() {
    return totp(this.secret);
  }
  /** A code that was not used yet: that of the next step counts already. */
  showsNext() {
    return totp(this.secret, Date.now() + 30000);
  }
}

/** A person with a telephone: logs in, sets the second step up, and keeps what is shown. */
async function enrolled(staff) {
  expect(await staff.does(`${FACTOR}/begin`), 200);
  const { factor } = await staff.reads(FACTOR);
  const phone = new Phone(factor.secret);
  const { codes } = expect(await staff.does(`${FACTOR}/confirm`, { code: phone.shows() }), 200);
  return { phone, codes };
}
const person = async (shop, owner, login, role = "packer") => {
  const account = { login, password: "kettle on tea" };
  expect(await owner.does("/admin/settings/staff", { ...account, name: login, role }), 201);
  return account;
};

describe("a second step", () => {
  let server, shop, owner;
  before(async () => {
    server = await startServer();
    shop = await server.opens("careful");
    owner = await shop.staff();
  });
  after(() => server?.stop());

  test("is set up and asked for without any script, and the address asked for first is reached", async () => {
    const account = await person(shop, owner, "mei");
    const client = shop.client();
    let page = await client.open("/admin/login");
    page = await client.submit(formTo(page, "/admin/login"), account);
    page = await client.open(FACTOR);
    assert.match(plain(page.text), /还没有开启两步验证/);
    page = await client.submit(formTo(page, `${FACTOR}/begin`));
    assert.match(page.text, /<svg [^>]*viewBox/);
    const { factor } = expect(await client.api(FACTOR), 200);
    assert.match(factor.uri, new RegExp(`^otpauth://totp/.*:mei\\?secret=${factor.secret}&issuer=`));
    const phone = new Phone(factor.secret);
    page = await client.submit(formTo(page, `${FACTOR}/confirm`), { code: "000000" === phone.shows() ? "000001" : "000000" });
    assert.equal(page.status, 422);
    assert.match(plain(page.text), /验证码不对/);
    page = await client.submit(formTo(page, `${FACTOR}/confirm`), { code: phone.shows() });
    const codes = [...page.text.matchAll(/<li>([0-9a-z]{5}-[0-9a-z]{5})</g)].map(([, code]) => code);
    assert.equal(new Set(codes).size, 10);
    assert.equal((await client.open("/admin/account")).status, 200, "the same browser stays logged in");

    const other = shop.client();
    page = await other.open("/admin/orders?stage=shipped");
    page = await other.submit(formTo(page, "/admin/login"), account);
    assert.match(plain(page.text), /输入验证码/);
    assert.equal((await other.api("/admin/orders")).status, 401, "the password alone opens nothing");
    page = await other.submit(formTo(page, "/admin/login/code"), { code: "abc" });
    assert.equal(page.status, 422);
    page = await other.submit(formTo(page, "/admin/login/code"), { code: codes[0] });
    assert.equal(page.path, "/admin/orders?stage=shipped");
    assert.equal(page.status, 200);

    const english = shop.client();
    page = await english.open("/en/admin/login");
    page = await english.submit(formTo(page, "/en/admin/login"), account);
    assert.match(plain(page.text), /Type your code/);
    assert.doesNotMatch(page.text, /factor\.[a-z]/);
  });

  test("takes each code once, also from a program", async () => {
    const account = await person(shop, owner, "lin");
    const lin = await new Staff(shop).logsIn(account);
    const { phone } = await enrolled(lin);
    const [first, second] = [new Staff(shop), new Staff(shop)];
    for (const one of [first, second]) assert.equal(expect(await one.triesToLogIn(account.login, account.password), 200).session.step, "code");
    const used = phone.showsNext();
    expect(await first.does("/admin/login/code", { code: used }), 200);
    await first.reads("/admin/account");
    const refused = expectProblem(await second.does("/admin/login/code", { code: used }), 422, "invalid");
    assert.equal(refused.errors[0].code, "code-wrong");
    assert.equal((await second.client.api("/admin/account")).status, 401);
    expectProblem(await new Staff(shop).does("/admin/login/code", { code: used }), 401, "unauthenticated");
  });

  test("shows what an independent program shows", async (t) => {
    const account = await person(shop, owner, "qing");
    const qing = await new Staff(shop).logsIn(account);
    expect(await qing.does(`${FACTOR}/begin`), 200);
    const { factor } = await qing.reads(FACTOR);
    let code;
    try {
      code = execFileSync("oathtool", ["--totp", "--base32", factor.secret], { encoding: "utf8" }).trim();
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
      return t.skip("oathtool is not installed");
    }
    expect(await qing.does(`${FACTOR}/confirm`, { code }), 200);
  });

  test("cannot be replaced by who only knows the password", async () => {
    const account = await person(shop, owner, "hua");
    const hua = await new Staff(shop).logsIn(account);
    await enrolled(hua);
    expect(await hua.does(`${FACTOR}/begin`), 200);
    const { factor } = await hua.reads(FACTOR);
    const thief = new Staff(shop);
    expect(await thief.triesToLogIn(account.login, account.password), 200);
    expectProblem(await thief.client.api("/admin/login/factor"), 401, "unauthenticated");
    expectProblem(await thief.does("/admin/login/factor", { code: new Phone(factor.secret).shows() }), 401, "unauthenticated");
    assert.equal((await thief.client.api("/admin/account")).status, 401);
  });

  test("is asked of everybody when the owner says so, given back by the owner, and never turned off alone", async () => {
    const strict = await server.opens("strict");
    const boss = await strict.staff();
    const account = await person(strict, boss, "wei", "manager");
    const wei = await new Staff(strict).logsIn(account);
    const refused = expectProblem(await boss.does("/admin/settings/staff-factor", { is_required: true }), 422, "invalid");
    assert.equal(refused.errors[0].code, "factor-first");
    expectProblem(await wei.does("/admin/settings/staff-factor", { is_required: true }), 403, "forbidden");
    const { codes } = await enrolled(boss);
    expect(await boss.does("/admin/settings/staff-factor", { is_required: true }), 200);
    assert.equal((await wei.client.api("/admin/account")).status, 401, "who has none is logged out");
    expectProblem(await boss.does(`${FACTOR}/off`, { password: strict.account.password, code: codes[0] }), 422, "invalid");

    const client = strict.client();
    let page = await client.open("/admin/login");
    page = await client.submit(formTo(page, "/admin/login"), account);
    assert.match(plain(page.text), /请先开启两步验证/);
    assert.equal((await client.api("/admin/orders")).status, 401);
    const { factor } = expect(await client.api("/admin/login/factor"), 200);
    page = await client.submit(formTo(page, "/admin/login/factor"), { code: new Phone(factor.secret).shows() });
    assert.match(plain(page.text), /恢复码/);
    assert.equal((await client.api("/admin/account")).status, 200);

    const { people } = await boss.reads("/admin/settings/staff");
    const { id } = people.find(({ login }) => login === "wei");
    const own = people.find(({ is_self }) => is_self);
    assert.deepEqual(people.map(({ has_factor }) => has_factor), [true, true]);
    expectProblem(await boss.does(`/admin/settings/staff/${own.id}/factor/reset`), 422, "invalid");
    expect(await boss.does(`/admin/settings/staff/${id}/factor/reset`), 200);
    assert.equal((await client.api("/admin/account")).status, 401);
    assert.equal(expect(await new Staff(strict).triesToLogIn(account.login, account.password), 200).session.step, "enrol");
  });

  test("is turned off with password and code, and by whoever runs the machine", async () => {
    const account = await person(shop, owner, "yun");
    const yun = await new Staff(shop).logsIn(account);
    let { codes } = await enrolled(yun);
    expectProblem(await yun.does(`${FACTOR}/off`, { password: "wrong password", code: codes[0] }), 422, "invalid");
    expectProblem(await yun.does(`${FACTOR}/off`, { password: account.password, code: "000-000" }), 422, "invalid");
    expect(await yun.does(`${FACTOR}/off`, { password: account.password, code: codes[0] }), 200);
    const step = async () => expect(await new Staff(shop).triesToLogIn(account.login, account.password), 200).session.step;
    assert.equal(await step(), "open");
    ({ codes } = await enrolled(yun));
    assert.equal(await step(), "code");
    await server.tool("staff reset-factor", "--shop", "careful", "--login", account.login);
    assert.equal(await step(), "open");
  });

  test("says no more after too many codes", async () => {
    const account = await person(shop, owner, "tao");
    const tao = await new Staff(shop).logsIn(account);
    await enrolled(tao);
    const thief = new Staff(shop);
    expect(await thief.triesToLogIn(account.login, account.password), 200);
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push((await thief.does("/admin/login/code", { code: "aaaaa-aaaaa" })).status);
    assert.equal(answers.at(0), 422);
    assert.equal(answers.at(-1), 429);
  });
});
