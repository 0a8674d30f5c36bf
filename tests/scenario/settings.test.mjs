// What a shop says about itself, who may work in it, and how it begins and ends.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import zlib from "node:zlib";
import { after, before, describe, test } from "node:test";
import { elements, formTo, plain } from "../lib/html.mjs";
import { expect, expectProblem, Staff, startServer, unique, until } from "../lib/shop.mjs";

const CODE = "91350100M000100Y43";
const page = (shop, path, client = shop.client()) => client.send("GET", path, { headers: { accept: "text/html" } });
const untilPage = (shop, path, condition, what) => until(async () => {
  const answer = await page(shop, path);
  return condition(answer) && answer;
}, what);

/** A picture of one colour, as PNG. */
function png(size, shade) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length);
    frame.writeUInt32BE(zlib.crc32 ? zlib.crc32(body) : crc(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size);
  head.writeUInt32BE(size, 4);
  head[8] = 8;
  const rows = Buffer.alloc((size + 1) * size, shade);
  for (let row = 0; row < size; row++) rows[row * (size + 1)] = 0;
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", head), chunk("IDAT", zlib.deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
/** Sends a form with one file, as a browser does. */
function uploads(staff, path, name, bytes, fields = {}) {
  const line = "----picture";
  const parts = Object.entries(fields).map(([key, value]) => Buffer.from(`--${line}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`));
  const payload = Buffer.concat([...parts, Buffer.from(`--${line}\r\nContent-Disposition: form-data; name="${name}"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n`), bytes, Buffer.from(`\r\n--${line}--\r\n`)]);
  return staff.client.send("POST", path, { payload, headers: { accept: "text/html", origin: staff.client.origin, "content-type": `multipart/form-data; boundary=${line}` } });
}
const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);

describe("a shop that opens", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = await server.opens("young", { isDeclared: false });
    staff = await shop.staff();
  });
  after(() => server?.stop());

  test("shows strangers that it opens soon, in both languages, and staff the shop", async () => {
    for (const [path, words] of [["/", /即将开业/], ["/en", /Opening soon/], ["/products", /即将开业/], ["/cart", /即将开业/]]) {
      const answer = await page(shop, path);
      assert.equal(answer.status, 503, path);
      assert.match(answer.text, words);
      assert.ok(Number(answer.headers["retry-after"]) > 3600, "search engines come back another day");
      assert.doesNotMatch(answer.headers["cache-control"] ?? "", /max-age=[1-9]/);
    }
    expectProblem(await shop.client().api("/products"), 503, "shop-not-open");
    expectProblem(await shop.client().post("/cart/lines", { variant_id: "1", quantity: 1 }), 503, "shop-not-open");
    const own = await page(shop, "/", staff.client);
    assert.equal(own.status, 200);
    assert.match(plain(own.text), /店铺还没有开业，这一页只有你和店员看得到/);
    assert.match(plain((await page(shop, "/admin/settings", staff.client)).text), /店铺还没有对外开放/);
    assert.equal((await page(shop, "/")).status, 503, "what staff saw was kept for nobody");
  });

  test("opens at once with a declaration, which then stands on every page", async () => {
    expectProblem(await staff.does("/admin/settings/licence", { way: "exempt", exemption: "none" }), 422, "invalid");
    expect(await staff.does("/admin/settings/licence", { way: "exempt", exemption: "handicraft" }), 200);
    const home = await untilPage(shop, "/", ({ status }) => status === 200, "the shop is open");
    assert.match(plain(home.text), /个人销售家庭手工业产品，依法不需要办理市场主体登记/);
    assert.match(plain((await page(shop, "/en/products")).text), /handicraft made at home; no business registration/);
    assert.match(plain((await page(shop, "/cart")).text), /家庭手工业/);
  });

  test("shows licence, records and other licences, linked to the authorities", async () => {
    const form = { way: "licence", legal_name: "云间商贸有限公司", credit_code: CODE.toLowerCase(), licence_url: "https://gsxt.example/1", icp_number: "京icp备12345678号-1", psb_number: "京公网安备 11010502030143号" };
    expect(await staff.does("/admin/settings/licence", form), 200);
    expect(await staff.does("/admin/settings/licences", { kind: "食品经营许可证", number: "JY11105010000001" }), 200);
    assert.equal((await uploads(staff, "/admin/settings/licence/picture", "picture", png(40, 120))).status, 303);
    for (const path of ["/", "/en", "/orders"]) {
      const { text } = await untilPage(shop, path, ({ text }) => text.includes("JY11105010000001"), `${path} shows the licence`);
      assert.match(text, /云间商贸有限公司/);
      assert.match(text, /href="https:\/\/beian\.miit\.gov\.cn\/"[^>]*>京ICP备12345678号-1</);
      assert.match(text, /href="https:\/\/beian\.mps\.gov\.cn\/#\/query\/webSearch\?code=11010502030143"[^>]*>京公网安备11010502030143号</);
    }
    const licence = await untilPage(shop, "/licence", ({ text }) => /<img/.test(text), "the page of licences has the picture");
    assert.match(plain(licence.text), new RegExp(`统一社会信用代码 *${CODE}`));
    const [image] = elements(licence.text, "img").filter(({ attributes }) => /^\/media\//.test(attributes.src));
    assert.equal((await shop.client().get(image.attributes.src)).status, 200);
    assert.equal((await shop.client().api("/licence")).body.registration.credit_code, CODE);
  });

  test("says at the field what is wrong with a number, and keeps what was typed", async () => {
    const client = staff.client;
    const seen = await client.open("/admin/settings/licence");
    const again = await client.submit(formTo(seen, "/admin/settings/licence"), { credit_code: "91350100M000100Y44", icp_number: "12345", legal_name: "改了的名字" });
    assert.equal(again.status, 422);
    assert.match(again.text, /value="91350100M000100Y44"/);
    assert.match(again.text, /value="改了的名字"/);
    assert.match(plain(again.text), /末位是校验码/);
    assert.match(plain(again.text), /京ICP备12345678号-1/);
  });

  test("closes its door again when licence and declaration are taken away", async () => {
    expect(await staff.does("/admin/settings/licence/picture/remove"), 200);
    expect(await staff.does("/admin/settings/licence", { way: "licence", legal_name: "云间商贸有限公司", credit_code: CODE }), 200);
    await untilPage(shop, "/", ({ status }) => status === 503, "the shop is closed to strangers");
    expect(await staff.does("/admin/settings/licence", { way: "exempt", exemption: "small-amount" }), 200);
    await untilPage(shop, "/", ({ status }) => status === 200, "the shop is open again");
  });

  test("that was open before anybody asked stays open, and is asked", async () => {
    const elder = await server.opens("elder");
    await server.tampers("UPDATE shops SET exemption = 9 WHERE handle = 'elder'");
    const home = await page(elder, "/");
    assert.equal(home.status, 200);
    assert.doesNotMatch(plain(home.text), /依法不需要办理/);
    assert.match(plain((await page(elder, "/admin/settings", (await elder.staff()).client)).text), /请补上经营者信息/);
  });

  test("shows its English name and slogan on English pages, and its logo on all", async () => {
    expect(await staff.does("/admin/settings/identity", { name: "山间茶铺", name_en: "Hillside Tea", slogan: "好茶慢慢喝", slogan_en: "Good tea, slowly", phone: "0571-8888 6666", email: "tea@example.com", address: "杭州市西湖区" }), 200);
    const english = await untilPage(shop, "/en", ({ text }) => text.includes("Hillside Tea"), "the English home has the English name");
    assert.match(plain(english.text), /Good tea/);
    assert.doesNotMatch(english.text, /好茶慢慢喝/);
    assert.match((await page(shop, "/")).text, /href="tel:0571-88886666"/);
    assert.equal((await uploads(staff, "/admin/settings/logo", "logo", png(64, 30))).status, 303);
    const home = await untilPage(shop, "/", ({ text }) => /<img class="logo"/.test(text), "the logo is shown");
    const [logo] = elements(home.text, "img").filter(({ attributes }) => attributes.class === "logo");
    assert.equal((await shop.client().get(logo.attributes.src)).status, 200);
    const fake = await uploads(staff, "/admin/settings/logo", "logo", Buffer.from("not a picture"));
    assert.equal(fake.status, 422);
    assert.match(fake.text, /id="f-logo-d"/, "the refusal stands at the field");
  });

  test("chooses its currency until there is a product", async () => {
    expect(await staff.does("/admin/settings/region", { currency: "JPY", locale: "zh-CN", zone: "UTC+09:00" }), 200);
    expect(await staff.does("/admin/settings/region", { currency: "CNY", locale: "zh-CN", zone: "UTC+08:00" }), 200);
    await until(async () => (await shop.client().api("/cart/summary")).body.cart.total.currency === "CNY", "the shop counts in yuan again");
    await shop.product();
    const name = async (headers) => (await shop.client().api("/categories/things", { headers })).body.category.name;
    assert.equal(await name(), "杂货");
    expect(await staff.does("/admin/settings/region", { currency: "CNY", locale: "en", zone: "UTC+08:00" }), 200);
    await until(async () => (await name()) === "Things", "programs that ask for no language get the shop's own");
    assert.equal(await name({ "accept-language": "zh-CN" }), "杂货");
    const refused = expectProblem(await staff.does("/admin/settings/region", { currency: "JPY", locale: "zh-CN", zone: "UTC+08:00" }), 422, "invalid");
    assert.equal(refused.errors[0].field, "currency");
    expect(await staff.does("/admin/settings/region", { currency: "CNY", locale: "zh-CN", zone: "UTC" }), 200);
    expect(await staff.does("/admin/settings/region", { currency: "CNY", locale: "zh-CN", zone: "UTC+08:00" }), 200);
  });
});

describe("the people of a shop", () => {
  let server, shop, owner;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    owner = await shop.staff();
  });
  after(() => server?.stop());

  const person = async (role) => {
    const login = unique(role);
    const { person } = expect(await owner.does("/admin/settings/staff", { login, name: "小林", role, password: "kettle on tea" }), 201);
    return { ...person, login, password: "kettle on tea" };
  };
  const enters = (account) => new Staff(shop).logsIn(account);
  const statusOf = async (someone, path) => (await someone.client.api(path)).status;

  test("a packer packs, support looks, a manager manages, and only the owner holds the keys", async () => {
    const allowed = {
      packer: ["/admin/orders"], support: ["/admin/orders"],
      manager: ["/admin/orders", "/admin/products", "/admin/settings", "/admin/settings/identity"],
    };
    const refused = {
      packer: ["/admin/products", "/admin/settings", "/admin/settings/staff"], support: ["/admin/products", "/admin/settings"],
      manager: ["/admin/settings/staff", "/admin/settings/licence", "/admin/settings/domains", "/admin/settings/closing"],
    };
    const cup = await shop.product();
    const order = await shop.visitor().buys(cup);
    for (const role of Object.keys(allowed)) {
      const someone = await enters(await person(role));
      for (const path of allowed[role]) assert.equal(await statusOf(someone, path), 200, `${role} ${path}`);
      for (const path of refused[role]) assert.equal(await statusOf(someone, path), 403, `${role} ${path}`);
      const { text } = await someone.client.open("/admin");
      assert.equal(/href="\/admin\/products"/.test(text.slice(text.indexOf("<nav"), text.indexOf("</nav>"))), role === "manager", `${role} is shown what they may`);
    }
    const support = await enters(await person("support"));
    expectProblem(await support.does(`/admin/orders/${order.number}/cancel`, { reason: "other", note: "x" }), 403, "forbidden");
  });

  test("another role or a new password ends the sessions of a person", async () => {
    const account = await person("packer");
    let someone = await enters(account);
    expect(await owner.does(`/admin/settings/staff/${account.id}`, { name: "林", role: "support" }), 200);
    assert.equal(await statusOf(someone, "/admin/orders"), 401);
    someone = await enters(account);
    expect(await owner.does(`/admin/settings/staff/${account.id}/password`, { password: "another kettle" }), 200);
    assert.equal(await statusOf(someone, "/admin/orders"), 401);
    assert.equal((await new Staff(shop).triesToLogIn(account.login, account.password)).status, 401);
    someone = await enters({ ...account, password: "another kettle" });
    expect(await owner.does(`/admin/settings/staff/${account.id}/deactivate`), 200);
    assert.equal(await statusOf(someone, "/admin/orders"), 401);
    assert.equal((await new Staff(shop).triesToLogIn(account.login, "another kettle")).status, 401);
    expect(await owner.does(`/admin/settings/staff/${account.id}/reactivate`), 200);
    await enters({ ...account, password: "another kettle" });
  });

  test("the last owner stays owner, also when two try at once", async () => {
    const { people } = await owner.reads("/admin/settings/staff");
    const self = people.find(({ is_self }) => is_self);
    expectProblem(await owner.does(`/admin/settings/staff/${self.id}`, { name: "我", role: "manager" }), 422, "invalid");
    expectProblem(await owner.does(`/admin/settings/staff/${self.id}/deactivate`), 422, "invalid");
    const second = await person("owner");
    const other = await enters(second);
    const answers = await Promise.all([
      owner.does(`/admin/settings/staff/${second.id}`, { name: "二", role: "packer" }),
      other.does(`/admin/settings/staff/${self.id}`, { name: "一", role: "packer" }),
    ]);
    assert.equal(answers.filter(({ status }) => status === 200).length, 1, answers.map(({ status }) => status).join());
    if (answers[1].status === 200) {
      expect(await other.does(`/admin/settings/staff/${self.id}`, { name: "一", role: "owner" }), 200);
      await owner.logsIn();
    }
  });

  test("a login is taken once, and passwords that everybody tries are refused", async () => {
    const account = await person("support");
    const twice = expectProblem(await owner.does("/admin/settings/staff", { login: account.login.toUpperCase(), role: "support", password: "kettle on tea" }), 422, "invalid");
    assert.equal(twice.errors[0].field, "login");
    for (const password of ["short", "12345678", "P@ssw0rd", "qwertyuiop"]) {
      const refused = expectProblem(await owner.does("/admin/settings/staff", { login: unique("x"), role: "support", password }), 422, "invalid");
      assert.equal(refused.errors[0].field, "password");
    }
  });

  test("people see where they are logged in, and end the others", async () => {
    const account = await person("support");
    const here = await enters(account), there = await enters(account);
    const { sessions } = await here.reads("/admin/account");
    assert.equal(sessions.length, 2);
    assert.equal(sessions.filter(({ is_current }) => is_current).length, 1);
    expect(await here.does("/admin/account/sessions/end", { key: sessions.find(({ is_current }) => !is_current).key }), 200);
    assert.equal(await statusOf(there, "/admin/account"), 401);
    const third = await enters(account);
    expect(await here.does("/admin/account/sessions/end"), 200);
    assert.equal(await statusOf(third, "/admin/account"), 401);
    assert.equal(await statusOf(here, "/admin/account"), 200);
  });

  test("a new password of one's own moves to a new session and ends the rest", async () => {
    const account = await person("support");
    const here = await enters(account), there = await enters(account);
    const before = new Map(here.client.cookies);
    expectProblem(await here.does("/admin/account/password", { current: "wrong", password: "a third kettle" }), 422, "invalid");
    expect(await here.does("/admin/account/password", { current: account.password, password: "a third kettle" }), 200);
    assert.notDeepEqual([...here.client.cookies], [...before], "the session is another one");
    assert.equal(await statusOf(here, "/admin/account"), 200);
    assert.equal(await statusOf(there, "/admin/account"), 401);
    here.client.cookies = before;
    assert.equal(await statusOf(here, "/admin/account"), 401);
  });
});

describe("policies", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const save = (version, text, text_en = "") => staff.does("/admin/settings/policies/privacy", { version, text, text_en });

  test("begin with a text that names the shop, and are public when they are saved", async () => {
    assert.equal((await page(shop, "/policies/privacy")).status, 404);
    const seen = await staff.client.open("/admin/settings/policies/privacy");
    assert.match(seen.text, /<textarea[^>]*name="text"[^>]*>\s*Shop main（以下称/);
    const saved = await staff.client.submit(formTo(seen, "/admin/settings/policies/privacy"));
    assert.equal(saved.status, 200);
    const shown = await untilPage(shop, "/policies/privacy", ({ status }) => status === 200, "the policy is public");
    assert.match(shown.text, /<h3>我们收集哪些信息<\/h3><ul><li>/);
    assert.match((await page(shop, "/en/policies/privacy")).text, /<h3>What we collect<\/h3>/);
    await untilPage(shop, "/", ({ text }) => text.includes('href="/policies/privacy"'), "the footer links to it");
    await untilPage(shop, "/sitemap/pages.xml", ({ text }) => text.includes("/policies/privacy<"), "search machines are told");
  });

  test("hold nothing that a page could run", async () => {
    const { policy } = await staff.reads("/admin/settings/policies/privacy");
    expect(await save(policy.version, "# <img src=x onerror=alert(1)>\n- <script>alert(1)</script>\n第一行\n第二行"), 200);
    const shown = await untilPage(shop, "/policies/privacy", ({ text }) => text.includes("第二行"), "the new text is shown");
    assert.match(shown.text, /<p># \n- \n第一行\n第二行<\/p>/);
    assert.doesNotMatch(shown.text, /onerror|<script>alert/);
    expect(await save(policy.version + 1, '<p>好<a href="javascript:alert(1)">x</a></p><script>alert(1)</script>'), 200);
    const tags = await untilPage(shop, "/policies/privacy", ({ text }) => text.includes("<p>好"), "tags are kept");
    assert.match(tags.text, /<p>好x<\/p>/);
    assert.doesNotMatch(tags.text, /<script>alert|javascript:/);
  });

  test("keep every version, refuse an edit of an old one, and bring one back", async () => {
    const { policy, versions } = await staff.reads("/admin/settings/policies/privacy");
    assert.deepEqual(versions.map(({ version }) => version), [3, 2, 1]);
    expectProblem(await save(policy.version - 1, "迟到的"), 409, "conflict");
    const old = await staff.reads("/admin/settings/policies/privacy?version=1");
    assert.match(old.old.html, /我们收集哪些信息/);
    expect(await staff.does("/admin/settings/policies/privacy/restore", { version: 1 }), 200);
    await untilPage(shop, "/policies/privacy", ({ text }) => text.includes("<h3>我们收集哪些信息"), "the first text is back");
    assert.equal((await staff.reads("/admin/settings/policies/privacy")).policy.version, 4);
  });

  test("are no longer public when they are saved blank", async () => {
    expectProblem(await save(4, "", "English only"), 422, "invalid");
    expect(await save(4, ""), 200);
    await untilPage(shop, "/policies/privacy", ({ status }) => status === 404, "the page is gone");
    await untilPage(shop, "/", ({ text }) => !text.includes("/policies/privacy"), "the link is gone");
  });
});

describe("a shop that ends", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  test("says so on every page 30 days ahead, and not nearer", async () => {
    for (const near of [day(0), day(29), "yesterday", "2026-13-01"]) {
      const refused = expectProblem(await staff.does("/admin/settings/closing", { day: near }), 422, "invalid");
      assert.equal(refused.errors[0].field, "day");
    }
    const { closing } = await staff.reads("/admin/settings/closing");
    assert.ok(closing.first_day >= day(30));
    await page(shop, "/");
    expect(await staff.does("/admin/settings/closing", { day: closing.first_day }), 200);
    for (const path of ["/", "/products", "/cart", "/orders"])
      await untilPage(shop, path, ({ text }) => plain(text).includes(`本店将于 ${closing.first_day} 停止营业`), `${path} tells of the end`);
    assert.match(plain((await page(shop, "/en")).text), new RegExp(`ends its business on ${closing.first_day}`));
    expectProblem(await staff.does("/admin/settings/closing", { day: day(10) }), 422, "invalid");
    expect(await staff.does("/admin/settings/closing", { day: day(60) }), 200);
    await untilPage(shop, "/", ({ text }) => text.includes(day(60)), "the later day is shown");
  });

  test("takes no order afterwards, but shows those it took", async () => {
    const cup = await shop.product({ stock: 5 });
    const buyer = shop.visitor();
    const order = await buyer.buys(cup);
    await buyer.puts(cup);
    await server.tampers("UPDATE shops SET closes_at = 1000 WHERE handle = 'main'");
    await until(async () => (await shop.client().get("/checkout", { headers: { accept: "text/html" } })).status === 410, "the checkout is closed");
    expectProblem(await buyer.triesToCheckOut(), 410, "shop-closed");
    assert.match(plain((await page(shop, "/checkout")).text), /本店已停止营业/);
    assert.equal((await buyer.sees(order)).payment_status, "paid");
    assert.equal((await page(shop, `/orders/${order.number}?token=${order.token}`)).status, 200);
    assert.equal((await shop.stock(cup)).available, 4);
    expect(await staff.does("/admin/settings/closing/withdraw"), 200);
    await until(async () => (await buyer.triesToCheckOut()).status < 300, "orders are taken again");
    await untilPage(shop, "/", ({ text }) => !/停止营业/.test(text), "no page tells of an end");
  });
});
