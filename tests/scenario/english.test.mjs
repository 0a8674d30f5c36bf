// Whoever reads the back office in English stays in English: every link, every form, every redirect.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { elements, forms } from "../lib/html.mjs";
import { formTo, startServer } from "../lib/shop.mjs";

/** Addresses of one kind look the same: numbers are left out. */
const shape = (address) => address.replace(/\d+/g, "N").replace(/=[^&]+/g, "=");
const isShared = (address) => /^\/(assets|admin-assets|static|media|api)\//.test(address);

describe("the back office in English", () => {
  let server, client;
  before(async () => {
    server = await startServer({ demo: true });
    client = server.shop.client();
  });
  after(() => server?.stop());

  function links(page) {
    const there = page.text.replace(/<!--[\s\S]*?-->/g, "");
    return elements(there, "a").filter(({ attributes }) => attributes.href?.startsWith("/") && attributes.lang !== "zh-CN" && !isShared(attributes.href)).map(({ attributes }) => attributes.href);
  }

  test("who was sent to log in comes back to the page that was asked for", async () => {
    const sent = await client.get("/en/admin/orders?stage=to_ship", { headers: { accept: "text/html" } });
    assert.equal(sent.status, 303);
    assert.match(sent.headers.location, /^\/en\/admin\/login\?next=/);
    const page = await client.open("/en/admin/orders?stage=to_ship");
    const { login, password } = server.shop.account;
    const inside = await client.submit(formTo(page, "/en/admin/login"), { login, password });
    assert.equal(inside.path, "/en/admin/orders?stage=to_ship");
    assert.equal(inside.status, 200);
    assert.match(inside.text, /<html lang="en"/);
  });

  test("no link and no form leads out of English, and no redirect does", async () => {
    const seen = new Map();
    const waiting = ["/en/admin"];
    const strays = [];
    const posted = new Set();
    while (waiting.length > 0) {
      const address = waiting.shift();
      if (seen.has(shape(address))) continue;
      const page = await client.get(address, { headers: { accept: "text/html" } });
      seen.set(shape(address), page.status);
      assert.ok(page.status < 500, `${address}: ${page.status}`);
      page.forms = forms(page.text, address);
      for (const link of links(page)) {
        if (!/^\/en(\/|\?|$)/.test(link)) strays.push(`${address} links to ${link}`);
        else if (link.startsWith("/en/admin")) waiting.push(link);
      }
      for (const form of page.forms) {
        if (!/^\/en\//.test(form.action)) strays.push(`${address} has a form to ${form.action}`);
        if (form.method !== "POST" || /log(in|out)$/.test(form.action) || posted.has(shape(form.action))) continue;
        posted.add(shape(form.action));
        const answer = await client.send("POST", form.action, { form: form.fields, headers: { accept: "text/html", origin: client.origin } });
        assert.ok(answer.status < 500, `${form.action}: ${answer.status}`);
        if (answer.headers.location && !/^\/en\/admin/.test(answer.headers.location)) strays.push(`${form.action} redirects to ${answer.headers.location}`);
        if (answer.status >= 400) for (const link of links(answer)) if (!/^\/en(\/|\?|$)/.test(link)) strays.push(`${form.action}, refused, links to ${link}`);
      }
    }
    assert.deepEqual(strays, []);
    assert.ok(seen.size >= 8, [...seen.keys()].join(" "));
    assert.ok(posted.size >= 5, [...posted].join(" "));
  });

  test("pages of a long list stay in English", async () => {
    const staff = await server.shop.staff();
    const { products } = await staff.reads("/admin/products");
    const { product } = await staff.reads(`/admin/products/${products[0].id}`);
    while ((await staff.reads("/admin/products")).next_url === null) await staff.creates({ category_id: product.category_id });
    for (let page = await client.open("/en/admin/products"), hop = 0; hop < 2; hop++) {
      const [next] = elements(page.text, "a").filter(({ attributes }) => attributes.rel === "next");
      if (!next) break;
      assert.match(next.attributes.href, /^\/en\/admin\/products\?/);
      page = await client.open(next.attributes.href);
      assert.match(page.text, /<html lang="en"/);
      assert.match(page.text, /href="\/en\/admin\/products\?status=all/);
    }
  });

  test("a product taken off the shelf in the list leads back to that list", async () => {
    const page = await client.open("/en/admin/products?status=active");
    const form = page.forms.find(({ action }) => /\/en\/admin\/products\/\d+\/status$/.test(action));
    const back = await client.submit(form, { status: "draft" });
    assert.match(back.path, /^\/en\/admin\/products\?status=active/);
  });

  test("logging out stays in English", async () => {
    const page = await client.open("/en/admin");
    const out = await client.submit(formTo(page, "/en/admin/logout"));
    assert.equal(out.path, "/en/admin/login");
  });
});
