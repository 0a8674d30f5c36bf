// A shop's own domains: claimed, proved, contested, removed and put back; the main one.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { plain } from "../lib/html.mjs";
import { expect, expectProblem, startServer, until } from "../lib/shop.mjs";
import { startWorld } from "../lib/world.mjs";

const DAY = 86400000;

describe("domains", () => {
  let world, server, shop, staff, rival, rivals;
  before(async () => {
    world = await startWorld();
    server = await startServer({ args: [...world.args, "--platform-host", "shops.platform.example", "--platform-address", "203.0.113.7, 2001:db8::7"] });
    shop = server.shop;
    staff = await shop.staff();
    rival = await server.opens("rival");
    rivals = await rival.staff();
  });
  after(async () => {
    await server?.stop();
    world?.stop();
  });

  const at = (host, path = "/", headers = {}) => shop.client().send("GET", path, { headers: { accept: "text/html", host, ...headers } });
  const seen = (who) => who.reads("/admin/settings/domains");
  const claims = async (who, host) => (await seen(who)).claims.find((claim) => claim.host === host);
  const serves = async (who, host) => (await seen(who)).domains.some((domain) => domain.host === host);
  const adds = async (who, host) => expect(await who.does("/admin/settings/domains", { host }), 200);
  const acts = (who, verb, host) => who.does(`/admin/settings/domains/${verb}`, { host });
  const fails = (who, host, problem) => until(async () => {
    const claim = await claims(who, host);
    return claim?.state === "failed" && claim.problem === problem && claim;
  }, `${host} is refused with ${problem}`);
  const looks = async (who, host) => {
    await server.tampers(`UPDATE shop_host_claims SET problem = 'untold' WHERE host = '${host}'`);
    expect(await acts(who, "look", host), 202);
  };
  const proved = (who, host) => until(() => serves(who, host), `${host} is proved`);

  test("a name in any script serves once it is proved, and not before", async () => {
    const host = "xn--cl1av77a.example";
    await adds(staff, "茶铺.Example");
    const claim = await fails(staff, host, "outbound-no-connect");
    assert.deepEqual([claim.name, claim.record_name], ["茶铺.example", `_yundian.${host}`]);
    assert.equal((await at(host)).status, 404, "a claim serves nothing");
    assert.ok(Date.parse(claim.next_look_at) > Date.now(), "it is looked at again");
    world.leads(host, server.base);
    await looks(staff, host);
    await proved(staff, host);
    const answer = await until(async () => {
      const page = await at(host);
      return page.status === 200 && page;
    }, "it serves");
    assert.match(answer.text, /Shop main/);
    assert.equal(await claims(staff, host), undefined);
    assert.equal((await at(host, new URL(claim.file_url).pathname)).status, 404, "a proof that is done is told to nobody");
    const refused = expectProblem(await rivals.does("/admin/settings/domains", { host }), 422, "invalid");
    assert.equal(refused.errors[0].code, "host-taken");
    expectProblem(await acts(rivals, "remove", host), 404, "not-found");
  });

  test("the page says what to do, in words and with the values", async () => {
    await adds(staff, "how.example");
    const claim = await fails(staff, "how.example", "outbound-no-connect");
    const html = (await staff.client.open("/admin/settings/domains")).text;
    const { target } = await seen(staff);
    assert.deepEqual(target, { host: "shops.platform.example", addresses: [{ address: "203.0.113.7", type: "A" }, { address: "2001:db8::7", type: "AAAA" }] });
    for (const value of ["shops.platform.example", "203.0.113.7", "_yundian.how.example", claim.record_text]) assert.ok(html.includes(`>${value}</code>`), value);
    assert.match(plain(html), /还没有通过，平台会继续自动检查/);
    assert.match(plain(html), /域名指向的服务器连不上/);
    assert.match(plain((await staff.client.open("/en/admin/settings/domains")).text), /The server to which the domain leads cannot be reached/);
    expect(await acts(staff, "drop", "how.example"), 200);
    expectProblem(await acts(staff, "drop", "how.example"), 404, "not-found");
    expectProblem(await acts(staff, "look", "how.example"), 404, "not-found");
  });

  test("a server that leads elsewhere, or sends back whatever it was asked, proves nothing", async () => {
    const host = "elsewhere.example";
    world.hosts.set(host, (request, response) => response.writeHead(404).end("no such page"));
    await adds(staff, host);
    await fails(staff, host, "claim-status");
    world.hosts.set(host, (request, response) => response.writeHead(200).end(request.url));
    await looks(staff, host);
    const claim = await fails(staff, host, "claim-content");
    const path = new URL(claim.file_url).pathname;
    assert.equal((await at("other.example", path)).status, 404, "only at the claimed name");
    assert.equal((await at(host, `${path}x`)).status, 404);
    world.leads("xn--cl1av77a.example", server.base);
    world.hosts.set(host, (request, response) => response.writeHead(302, { location: `http://xn--cl1av77a.example${request.url}` }).end());
    await looks(staff, host);
    await fails(staff, host, "claim-status");
    expect(await acts(staff, "drop", host), 200);
  });

  test("a record proves a name that does not lead here yet", async () => {
    const host = "record.example";
    await adds(staff, host);
    const claim = await fails(staff, host, "outbound-no-connect");
    world.texts.set(`_yundian.${host}`, ["v=spf1 -all", claim.record_text]);
    await looks(staff, host);
    await proved(staff, host);
  });

  test("of two that claim a name, the one who controls its records has it", async () => {
    const host = "both.example";
    world.hosts.delete(host);
    await adds(rivals, host);
    await fails(rivals, host, "outbound-no-connect");
    await adds(staff, host);
    world.leads(host, server.base);
    await looks(rivals, host);
    await fails(rivals, host, "claim-contested");
    const own = await until(async () => (await claims(staff, host)).problem && claims(staff, host), "ours was looked at");
    world.texts.set(`_yundian.${host}`, [own.record_text]);
    await looks(staff, host);
    await proved(staff, host);
    await looks(rivals, host);
    await fails(rivals, host, "host-taken");
    assert.match(plain((await rivals.client.open("/admin/settings/domains")).text), /另一家店铺已经先证明了这个域名/);
    assert.equal(await serves(rivals, host), false);
  });

  test("a removed one comes back without a proof for a week, and nobody else takes it meanwhile", async () => {
    const host = "record.example";
    world.texts.delete(`_yundian.${host}`);
    expect(await acts(staff, "remove", host), 200);
    await until(async () => (await at(host)).status === 404, "it leads nowhere");
    const { kept } = await seen(staff);
    assert.deepEqual(kept.map((row) => row.host), [host]);
    world.leads(host, server.base);
    await adds(rivals, host);
    await fails(rivals, host, "claim-contested");
    await adds(staff, host);
    assert.equal(await serves(staff, host), true);
    await until(async () => (await at(host)).status === 200, "it serves at once");
    expect(await acts(staff, "remove", host), 200);
    await server.tampers(`UPDATE shop_host_claims SET expires_at = ${Date.now() - DAY} WHERE host = '${host}' AND state = 2`);
    assert.deepEqual((await seen(staff)).kept, []);
    await looks(rivals, host);
    await proved(rivals, host);
    expect(await acts(rivals, "remove", host), 200);
  });

  test("a claim ends after a week and begins anew when it is looked at", async () => {
    const host = "late.example";
    await adds(staff, host);
    const claim = await fails(staff, host, "outbound-no-connect");
    await server.tampers(`UPDATE shop_host_claims SET expires_at = ${Date.now() - DAY} WHERE host = '${host}'`);
    world.leads(host, server.base);
    assert.equal((await claims(staff, host)).state, "expired");
    assert.equal((await at(host, new URL(claim.file_url).pathname)).status, 404, "what is over is answered no more");
    await adds(rivals, host);
    await proved(rivals, host);
    expect(await acts(staff, "look", host), 202);
    await fails(staff, host, "host-taken");
  });

  test("names that are no public ones, or the platform's, are refused at the field", async () => {
    for (const host of ["https://tea.example", "localhost", "10.0.0.1", "main.localhost", "tea.example/path"]) expectProblem(await staff.does("/admin/settings/domains", { host }), 422, "invalid");
    for (const host of ["shops.platform.example", "x.shops.platform.example", "Shops.Platform.Example"])
      assert.equal(expectProblem(await staff.does("/admin/settings/domains", { host }), 422, "invalid").errors[0].code, "host-of-platform", host);
    await adds(staff, "notshops.platform.example.com");
    assert.equal(expectProblem(await staff.does("/admin/settings/domains", { host: "notshops.platform.example.com" }), 422, "invalid").errors[0].code, "claim-waits");
    expect(await acts(staff, "drop", "notshops.platform.example.com"), 200);
  });

  test("the other domains lead to the main one; the back office, programs and forms stay", async () => {
    const [main, other] = ["xn--cl1av77a.example", "both.example"];
    expect(await staff.does("/admin/settings/domains/main", { host: main }), 200);
    const moved = await until(async () => {
      const page = await at(other, "/en/products?sort=new");
      return page.status === 301 && page;
    }, "the other leads on");
    assert.equal(moved.headers.location, `http://${main}/en/products?sort=new`);
    assert.equal((await at(main)).status, 200);
    assert.match((await at(main)).text, new RegExp(`rel="canonical" href="https://${main}/"`));
    assert.equal((await shop.client().get("/")).status, 200, "the platform's own address stays");
    assert.equal((await at(other, "/admin/login")).status, 200);
    assert.equal((await at(other, "/api/v1/products", { accept: "application/json" })).status, 200);
    expect(await acts(staff, "remove", main), 200);
    await until(async () => (await at(other)).status === 200, "nothing is led on any more");
  });

  test("looking again is rationed", async () => {
    await adds(rivals, "often.example");
    const answers = [];
    for (let i = 0; i < 14; i++) answers.push((await acts(rivals, "look", "often.example")).status);
    assert.ok(answers.includes(429), answers.join());
    assert.equal(answers.at(-1), 429);
    await server.adds_up();
  });
});
