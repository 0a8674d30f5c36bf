// Two shops on one server never see each other.
//
// Every route of the program is called at one shop with the ids, numbers, tokens and handles of the other,
// by a stranger, by the shop's own staff and with the other shop's session.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, expectProblem, freshKey, pathOf, routesOf, startServer, unique } from "../lib/shop.mjs";

describe("two shops", () => {
  let server, mine, theirs, theirStaff, secret, theirThings;

  before(async () => {
    server = await startServer();
    mine = server.shop;
    theirs = await server.opens("theirs");
    theirStaff = await theirs.staff();
    secret = unique("secret");
    theirThings = await everything(theirs, secret);
    await everything(mine, unique("mine"));
  });
  after(() => server?.stop());

  // One of each: category, physical and digital product, cart, paid order with a delivered code, unpaid order, alarm.
  async function everything(shop, mark) {
    const staff = await shop.staff();
    const handle = unique(`cat-${mark}`);
    await staff.does("/admin/categories", { name: `类 ${mark}`, name_en: `C ${mark}`, handle, summary: "", position: 1 });
    const category = (await staff.reads("/admin/categories")).categories.find((one) => one.handle === handle);
    const product = await shop.product({ title: `物 ${mark}`, stock: 9, category_id: category.id });
    const game = await shop.product({ title: `码 ${mark}`, codes: [`${mark}-CODE-1`, `${mark}-CODE-2`] });
    const buyer = shop.visitor();
    const paid = await buyer.buys(game);
    await buyer.getsCodes(paid, 1);
    const unpaid = await buyer.orders(product);
    const payment = await buyer.startsPaying(unpaid);
    const suspicious = await buyer.orders(product);
    await buyer.pays(suspicious, { notify: "wrong-amount" });
    const alarm = await staff.seesAlarm("payment-amount-mismatch", suspicious);
    await buyer.puts(product);
    return { category, product, game, paid, unpaid, payment, alarm, cart: buyer.cart, buyer };
  }

  test("a shop is found by its host, and only by its host", async () => {
    const names = async (shop) => (await expect(await shop.client().api("/products"), 200)).products.map(({ title }) => title).join();
    assert.ok((await names(theirs)).includes(secret));
    assert.ok(!(await names(mine)).includes(secret));
    for (const host of ["nobody.localhost", "shop.example", "theirs.example", "theirs.localhost.evil.example"])
      expectProblem(await mine.client().api("/products", { headers: { host } }), 404, "shop-not-found");
  });

  // What another shop's route parameters and fields may be.
  function pathsWith(things, path) {
    const number = [things.paid.number, things.unpaid.number];
    const values = (segment) => {
      if (path.includes("/orders/")) return { ":number": number, ":id": number }[segment];
      if (path.includes("/categories/")) return { ":handle": [things.category.handle], ":id": [things.category.id] }[segment];
      if (path.includes("/variants/")) return [things.product.variant_id, things.game.variant_id];
      if (path.includes("/products/")) return { ":handle": [things.product.handle], ":id": [things.product.id, things.game.id], ":position": ["0"] }[segment];
      if (path.includes("/cart/lines/")) return [things.product.variant_id];
      if (path.includes("/alarms/")) return [things.alarm.id];
      if (path.includes("/sandbox/") || path.includes("attempt")) return [things.payment.attempt];
      return undefined;
    };
    let paths = [""];
    for (const segment of path.split("/").slice(1)) {
      const choices = /^[:*{]/.test(segment) ? (values(segment) ?? [things.product.id, things.paid.number]) : [segment];
      paths = paths.flatMap((start) => choices.map((choice) => `${start}/${encodeURIComponent(choice)}`));
    }
    return paths;
  }

  const body = (things) => ({
    cart: things.cart, token: things.paid.token, method: "sandbox", variant_id: things.product.variant_id, quantity: 1,
    number: things.paid.number, contact: things.buyer.phone, status: "archived", reason: "test", amount: cny(1), on_hand: 1, expected: 9,
    codes: "X-1\nX-2", carrier: "sf", tracking_number: "SF1", title: "taken over", kind: "physical", version: things.product.version, handle: unique("taken"),
    name: "taken over", name_en: "taken over", outcome: "paid", to: 0, position: 0, category_id: things.category.id, subject: things.paid.id ?? "1",
    options: [], variants: [{ id: things.product.variant_id, options: "", sku: unique("TAKEN"), price: cny(1), is_active: true, weight: 0 }],
  });

  test("every route with the other shop's ids answers that there is nothing", async () => {
    const routes = await routesOf(server);
    assert.ok(routes.length >= 40, `${routes.length} routes are listed`);
    const staff = await mine.staff();
    const borrowed = mine.client();
    borrowed.cookies = new Map(theirStaff.client.cookies);
    const visitor = mine.client();
    const before = await snapshot();
    const wrong = [];
    let asked = 0;
    for (const { method, path } of routes) {
      const isParametric = /[:{*]/.test(path);
      if (!isParametric && method === "GET") continue; // the next test looks into these
      if (/logout|login/.test(path)) continue;
      for (const concrete of pathsWith(theirThings, path))
        for (const [who, client] of [["staff", staff.client], ["their session", borrowed], ["visitor", visitor]])
          for (const face of ["json", "html"]) {
            const query = `?token=${theirThings.unpaid.token}&cart=${theirThings.cart}`;
            const target = (face === "json" ? "/api/v1" : "") + concrete + (method === "GET" ? query : "");
            const headers = { origin: client.origin, accept: face === "json" ? "application/json" : "text/html" };
            if (path.includes("/events")) continue; // a stream, looked at below
            const options = method === "GET" ? { headers } : face === "json" ? { headers: { ...headers, "idempotency-key": freshKey() }, json: body(theirThings) } : { headers, form: flat(body(theirThings)) };
            const answer = await client.send(method, target, options);
            asked++;
            const isRefused = [400, 401, 403, 404, 405, 409, 410, 415, 422].includes(answer.status);
            const toLogin = answer.status === 303 && /\/(admin|account)\/login/.test(answer.headers.location);
            const isOwn = !isParametric && !mentions(answer); // a body without the ids that matter: whatever it made is ours
            if (answer.status >= 500 || !(isRefused || toLogin || isOwn)) wrong.push(`${who}: ${method} ${target} → ${answer.status} ${answer.headers.location ?? ""} ${answer.text.slice(0, 150)}`);
            else if (mentions(answer)) wrong.push(`${who}: ${method} ${target} → ${answer.status} tells a secret`);
          }
    }
    assert.deepEqual(wrong, []);
    assert.ok(asked > 200, `${asked} requests`);
    assert.deepEqual(await snapshot(), before);
  });

  const mentions = (answer) => answer.text.includes(secret) || answer.text.includes(theirThings.paid.token);

  function flat(value, prefix = "", out = []) {
    for (const [name, inner] of Object.entries(value)) {
      if (inner === undefined) continue;
      if (name === "amount" && inner.currency) out.push([prefix + name, "0.01"]);
      else if (inner !== null && typeof inner === "object" && "currency" in inner) out.push([prefix + name, "0.01"]);
      else if (inner !== null && typeof inner === "object") flat(inner, `${prefix}${name}.`, out);
      else out.push([prefix + name, String(inner)]);
    }
    return out;
  }

  // What the other shop's staff see of their things.
  async function snapshot() {
    const { product, game, paid, unpaid } = theirThings;
    const paths = [`/admin/products/${product.id}`, `/admin/products/${game.id}`, `/admin/orders/${paid.number}`, `/admin/orders/${unpaid.number}`, "/admin/categories", "/admin/alarms"];
    const steady = (view) => JSON.parse(JSON.stringify(view, (name, value) => (["tell_key", "before", "now"].includes(name) ? undefined : value))); // made anew for each page
    return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, steady(await theirStaff.reads(path))])));
  }

  test("no list of one shop shows a thing of the other", async () => {
    const staff = await mine.staff();
    for (const { method, path } of await routesOf(server)) {
      if (method !== "GET" || /[:{*]/.test(path)) continue;
      for (const prefix of ["", "/api/v1"]) {
        const answer = await staff.client.get(`${prefix}${path}?q=${encodeURIComponent(theirThings.product.sku)}&category=${theirThings.category.id}`);
        assert.ok(answer.status < 500, `${prefix}${path}: ${answer.status}`);
        assert.ok(!mentions(answer), `${prefix}${path} shows a secret of the other shop`);
      }
    }
    for (const q of [theirThings.paid.number, theirThings.buyer.phone]) assert.deepEqual((await staff.reads(`/admin/orders?q=${q}`)).orders, []);
    assert.deepEqual((await staff.reads(`/admin/products?q=${theirThings.product.sku}`)).products, []);
  });

  test("a cart of the other shop cannot be filled, shown or ordered here", async () => {
    const stranger = mine.visitor();
    const wanted = await mine.product();
    stranger.cart = theirThings.cart;
    const put = await stranger.triesToPut(wanted);
    if (put.status < 300) assert.notEqual(stranger.cart, theirThings.cart, "a new cart at most");
    assert.ok(!put.text.includes(secret));
    const order = { ...stranger.order(), cart: theirThings.cart };
    const checkout = await mine.visitor().triesToCheckOut({ order });
    assert.ok([404, 409, 422].includes(checkout.status), checkout.text);
    assert.ok(!checkout.text.includes(secret));
    const foreign = await mine.visitor().triesToPut({ variant_id: theirThings.product.variant_id });
    assert.ok([404, 422].includes(foreign.status), `${foreign.status}`);
  });

  test("the other shop's order stream and cashier are not here", async () => {
    const { unpaid, payment } = theirThings;
    const stream = await mine.client().send("GET", `/orders/${unpaid.number}/events?token=${unpaid.token}`, { headers: { accept: "text/event-stream" } });
    assert.equal(stream.status, 404);
    const cashier = await mine.client().send("POST", pathOf(payment.url), { json: { outcome: "paid" } });
    if (cashier.status < 300) assert.fail("the cashier took money for another shop's order at this host");
    assert.equal((await theirThings.buyer.sees(unpaid)).payment_status, "unpaid");
  });

  test("the same handle, SKU and key mean another thing in each shop", async () => {
    const sku = unique("SAME");
    const [here, there] = [await mine.product({ sku, price: 100, stock: 1 }), await theirs.product({ sku, price: 200, stock: 5 })];
    const key = freshKey();
    const [one, two] = [mine.visitor(), theirs.visitor()];
    await one.puts(here);
    await two.puts(there);
    const orders = [await one.checksOut({ key }), await two.checksOut({ key })];
    assert.deepEqual(orders.map(({ total }) => total.amount), [100, 200]);
    assert.equal((await mine.stock(here)).available, 0);
    assert.equal((await theirs.stock(there)).available, 4);
  });

  test("a login of one shop does not open the other", async () => {
    const wrong = mine.client();
    const answer = await wrong.post("/admin/login", theirs.account, { headers: { origin: wrong.origin } });
    assert.ok([401, 422].includes(answer.status), `${answer.status}`);
    const borrowed = mine.client();
    borrowed.cookies = new Map(theirStaff.client.cookies);
    assert.equal((await borrowed.api("/admin/orders")).status, 401);
  });
});
