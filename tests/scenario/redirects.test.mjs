// 网址跳转: where addresses of an earlier shop lead, one by one and as a table of two columns.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, startServer, unique } from "../lib/shop.mjs";

describe("redirects", () => {
  let server, shop, staff, cup;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    cup = await shop.product({ title: "跳转杯" });
  });
  after(() => server?.stop());

  const saves = (source, target) => staff.does("/admin/redirects", { source, target });
  const paste = async (rows) => expect(await staff.does("/admin/redirects/paste", { rows }), 200).report;
  const all = async (q = "") => (await staff.reads("/admin/redirects?q=" + encodeURIComponent(q))).redirects;
  const leads = async (address) => {
    const reply = await shop.client().get(address, { headers: { accept: "text/html" } });
    return reply.status === 301 ? reply.headers.location : reply.status;
  };
  const refuses = (answer, field, code) => assert.deepEqual(expectProblem(answer, 422, "invalid").errors.map((one) => [one.field, one.code]), [[field, code]]);
  const place = () => "/old/" + unique("page").toLowerCase();

  test("an old address leads on, with its query, in the reader's language, and only while nothing else answers it", async () => {
    const old = place(), target = `/products/${cup.handle}`;
    assert.equal(await leads(old), 404);
    expect(await saves(`https://earlier.example${old}/`, target), 201);
    assert.deepEqual((await all(old)).map(({ source, target: to }) => [source, to]), [[old, target]]);
    assert.equal(await leads(old), target);
    assert.equal(await leads(old + "/"), target, "a slash at its end is the same address");
    assert.equal(await leads("/en" + old), "/en" + target);
    assert.equal(await leads(old + "?utm_source=wechat"), target + "?utm_source=wechat");
    assert.equal((await shop.client().post(old, {})).status, 404, "only who reads is led on");
    assert.equal((await shop.client().api(old)).status, 404, "programs are told that nothing is there");
    expect(await saves("/cart", target), 201);
    assert.equal(await leads("/cart"), 200, "a page that is there wins");
    expect(await saves(target, "/products"), 201);
    assert.equal(await leads(target), 200, "so does a product");
    await staff.shelves(cup, "archived");
    assert.equal(await leads(target), "/products", "and when it is gone for good, people are led on");
    await staff.shelves(cup, "active");
    assert.equal(await leads(target), 200);
  });

  test("what is asked with a query may lead elsewhere, and addresses are known however they are written", async () => {
    const old = place();
    expect(await saves(`${old}?id=7&c=%E6%9D%AF`, "/products?sort=newest#list"), 201);
    expect(await saves(old, "/products"), 201);
    assert.equal(await leads(encodeURI(`${old}?id=7&c=杯`)), "/products?sort=newest#list");
    assert.equal(await leads(`${old}?id=8`), "/products?id=8");
    expect(await saves(`${old}/青瓷`, "/search?q=青瓷"), 201);
    assert.equal(await leads(encodeURI(`${old}/青瓷`)), encodeURI("/search?q=青瓷"));
  });

  test("no chain, no ring, no other site, nothing of the back office", async () => {
    const [a, b, c] = [place(), place(), place()];
    expect(await saves(b, c), 201);
    expect(await saves(a, b), 201);
    assert.equal((await all(a))[0].target, c, "what leads to a redirect leads to its end");
    expect(await saves(c, "/products"), 201);
    assert.deepEqual((await all(a)).map(({ target }) => target), ["/products"], "and so does what was there before");
    assert.equal((await all(b)).find(({ source }) => source === b).target, "/products");
    const [first] = (await all(a)), fresh = place();
    for (const [source, target, field, code] of [
      [fresh, fresh, "target", "redirect-loop"], [fresh, `${fresh}?x=1#y`, "target", "redirect-loop"], [fresh, `/en${fresh}/`, "target", "redirect-loop"],
      [fresh, "https://elsewhere.example/", "target", "redirect-foreign"], [fresh, "//elsewhere.example/", "target", "redirect-foreign"],
      [fresh, "/\\elsewhere.example", "target", "redirect-foreign"], [fresh, "javascript:alert(1)", "target", "redirect-target"],
      [fresh, "/admin/orders", "target", "redirect-target"], ["/", "/products", "source", "redirect-source"], ["/admin/x", "/products", "source", "redirect-source"],
      ["/en/", "/products", "source", "redirect-source"], ["old.html", "/products", "source", "redirect-source"], [a, "/products", "source", "redirect-twice"],
    ]) refuses(await saves(source, target), field, code);
    const third = (await all(c)).find(({ source }) => source === c);
    expect(await staff.does(`/admin/redirects/${third.id}`, { source: c, target: a }), 200);
    assert.equal((await all(c)).find(({ source }) => source === c).target, "/products", "a changed one is shortened too");
    expect(await saves(fresh, `http://${new URL(server.base).host}/products`), 201);
    assert.equal((await all(fresh))[0].target, "/products", "a full address of this shop is one of its pages");
    expect(await staff.does(`/admin/redirects/${first.id}`, { source: a + ".html", target: "/categories/tents" }), 200);
    assert.deepEqual([await leads(a), await leads(a + ".html")], [404, "/categories/tents"]);
    expectProblem(await staff.does("/admin/redirects/1", { source: place(), target: "/products" }), 404, "not-found");
  });

  test("a table of two columns is taken row by row, and what is exported changes nothing when it comes back", async () => {
    const [a, b, c] = [place(), place(), place()];
    const report = await paste(`Redirect from,Redirect to\n${a},${b}\n"${b}","/products"\n${c},https://elsewhere.example/\n${c},${c}\nnowhere,/products\n${c}`);
    assert.deepEqual([report.made, report.changed, report.same, report.refused_count], [2, 0, 0, 4]);
    assert.deepEqual(report.refused.map(({ line, problem }) => [line, problem.field, problem.code]),
      [[4, "target", "redirect-foreign"], [5, "target", "redirect-loop"], [6, "source", "redirect-source"], [7, "target", "required"]]);
    assert.equal(await leads(a), "/products");
    const again = await paste(`${a}\t/search\r\n${b}\t/products`);
    assert.deepEqual([again.made, again.changed, again.same, again.refused_count], [0, 1, 1, 0]);
    const file = (await staff.client.get("/admin/redirects/export")).text.slice(1);
    const whole = await all();
    assert.equal(file.trim().split("\r\n").length, whole.length + 1);
    const back = await paste(file);
    assert.deepEqual([back.made, back.changed, back.same, back.refused_count], [0, 0, whole.length, 0]);
    assert.deepEqual(await all(), whole);
    const ring = [place(), place(), place()];
    const rings = await paste(ring.map((one, at) => `${one};${ring[(at + 1) % 3]}`).join("\n"));
    assert.deepEqual([rings.made, rings.refused.map(({ line }) => line)], [2, [3]], "the row that would close the ring is left out");
    refuses(await staff.does("/admin/redirects/paste", { rows: `${a},"x` }), "rows", "unclosed-quote");
    refuses(await staff.does("/admin/redirects/paste", { rows: Array.from({ length: 1001 }, (_, at) => `/r/${at},/products`).join("\n") }), "rows", "redirect-rows");
    refuses(await staff.does("/admin/redirects/paste", { rows: "old,new" }), "rows", "required");
  });

  test("a removed one comes back out of the trash, unless another took its place", async () => {
    const old = place();
    expect(await saves(old, "/products"), 201);
    const [{ id }] = await all(old);
    expect(await staff.does(`/admin/redirects/${id}/remove`), 200);
    assert.equal(await leads(old), 404);
    const trashed = async () => (await staff.reads("/admin/trash?kind=redirect")).removed.find(({ title }) => title === old);
    const thing = await trashed();
    expect(await staff.does(`/admin/trash/${thing.id}/restore`), 200);
    assert.equal(await leads(old), "/products");
    expect(await staff.does(`/admin/redirects/${(await all(old))[0].id}/remove`), 200);
    expect(await saves(old, "/search"), 201);
    expect(await staff.does(`/admin/trash/${(await trashed()).id}/restore`), 200);
    assert.equal(await leads(old), "/search");
    const { entries } = await staff.reads("/admin/audit?kind=redirect.saved");
    assert.ok(entries.some(({ title, after: to }) => title === old && to === "/search"));
  });

  test("each shop has its own, a packer none", async () => {
    const old = place(), other = await server.opens(unique("red").toLowerCase());
    expect(await saves(old, "/products"), 201);
    assert.equal((await other.client().get(old)).status, 404);
    const theirs = await other.staff();
    assert.deepEqual((await theirs.reads("/admin/redirects")).redirects, []);
    expectProblem(await theirs.does(`/admin/redirects/${(await all(old))[0].id}/remove`), 404, "not-found");
    assert.equal((await shop.client().api("/admin/redirects")).status, 401);
  });
});
