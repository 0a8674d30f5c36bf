// Bodies, fields and paths that no decent client sends, against every route: a clear error, never a failure.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { cny, expect, freshKey, routesOf, startServer } from "../lib/shop.mjs";
import { holdings } from "../lib/raw.mjs";

const HUGE = "9".repeat(400);
const LONG = "长".repeat(100000);
const DEEP = "[".repeat(5000) + "]".repeat(5000);
// Values for any field: wrong types, sizes, texts that other programs have stumbled over.
const VALUES = [
  null, true, "", " ", "\u0000", "a\u0000b", "\ud800", LONG, HUGE, "-1", "0", "1.5", "1e9", "NaN", "Infinity", "0x10", "+1", " 1", "１２", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
  -1, 0, 1.5, 1e300, 1e15, 9007199254740993, [], [[]], [null], ["x"], {}, { amount: -1, currency: "CNY" }, { amount: 1.5, currency: "CNY" }, { amount: 1, currency: "XXX" }, { amount: 1 }, { amount: 1e300, currency: "CNY" },
  { amount: 9e15, currency: "CNY" }, { $ne: 1 }, "' OR '1'='1", "'; DROP TABLE orders; --", "$1", "?1", "%", "_", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "{{ 7 | times: 7 }}", "<script>alert(1)</script>", "\u202e\u200b\ufeff", "\r\nSet-Cookie: a=b", "💥".repeat(300), "a".repeat(256),
];

describe("hostile input", () => {
  let server, shop, staff, good, routes;
  before(async () => {
    server = await startServer({ args: ["--request-timeout", "10"] });
    shop = server.shop;
    staff = await shop.staff();
    routes = (await routesOf(server)).filter(({ path }) => !/logout|\/login/.test(path));
    const cup = await shop.product({ stock: 1000 });
    // What is attacked may change; what is bought at the end must not.
    const victim = await shop.product({ stock: 1000 });
    const buyer = shop.visitor();
    const order = await buyer.orders(victim);
    const payment = await buyer.startsPaying(order);
    const untouched = await shop.visitor().orders(cup);
    await buyer.puts(victim);
    good = { cup, victim, order, untouched, payment, cart: buyer.cart };
  });
  after(() => server?.stop());

  // The path of a route with things that exist, so that the handler is really reached.
  const reachable = (path) => path
    .replace(/^\/orders\/[:{]\w+\}?/, `/orders/${good.order.number}`)
    .replace(/\/admin\/orders\/[:{]\w+\}?/, `/admin/orders/${good.order.number}`)
    .replace(/\/admin\/products\/[:{]\w+\}?/, `/admin/products/${good.victim.id}`)
    .replace(/\/variants\/[:{]\w+\}?/, `/variants/${good.victim.variant_id}`)
    .replace(/\/cart\/lines\/[:{]\w+\}?/, `/cart/lines/${good.victim.variant_id}`)
    .replace(/\/products\/[:{]\w+\}?/, `/products/${good.victim.handle}`)
    .replace(/\/sandbox\/pay\/[:{]\w+\}?/, good.payment.url.replace(/^https?:\/\/[^/]+/, "").split("?")[0])
    .replace(/[:{*]\w+\}?/g, "1");

  const body = () => ({
    cart: good.cart, variant_id: good.victim.variant_id, quantity: 1, token: good.order.token, method: "sandbox", contact: { phone: "13800000000", email: "a@example.com" },
    address: { name: "张三", phone: "13800000000", region: "浙江", line: "文三路" }, note: "n", idempotency_key: freshKey(), outcome: "failed", notify: "normal", delay_ms: 0, number: good.order.number,
    title: "t", subtitle: "s", description: "d", brand: "b", kind: "physical", category_id: "1", handle: "h", status: "active", version: 1,
    options: [{ name: "n", values: "v" }], variants: [{ id: good.victim.variant_id, options: "v", sku: "s", price: cny(1), weight: 1, is_active: true, stock: 1 }],
    on_hand: 1, expected: 1, reason: "r", codes: "a\nb", name: "n", name_en: "n", summary: "s", position: 1, to: 1, amount: cny(1), carrier: "sf", tracking_number: "t", subject: "1",
  });

  const wrong = [];
  function judge(answer, what) {
    const isProblem = answer.status < 400 || /problem\+json|text\/html/.test(answer.headers["content-type"] ?? "");
    if (answer.status >= 500 || !isProblem) wrong.push(`${what} → ${answer.status} ${answer.text.slice(0, 160)}`);
    if (/sqlite|postgres|syntax error|src\/|\.c:\d/i.test(answer.text) && answer.status >= 400) wrong.push(`${what} tells of the inside: ${answer.text.slice(0, 200)}`);
  }
  async function each(list, task, width = 8) {
    const queue = [...list];
    await Promise.all(Array.from({ length: width }, async () => {
      while (queue.length > 0) await task(queue.shift());
    }));
  }
  const finish = () => assert.deepEqual(wrong.splice(0).slice(0, 30), []);
  const headers = () => ({ origin: staff.client.origin, "idempotency-key": freshKey() });
  const target = (path) => `/api/v1${reachable(path).replace(/^\/api\/v1/, "")}`;

  test("no broken body makes any route fail", async () => {
    const json = JSON.stringify(body());
    const payloads = [
      "", " ", "{", "}", "[]", "null", "true", "1", '"x"', "{}", "{}{}", '{"a":1,}', "{'a':1}", `{"cart":"x","cart":"y"}`, '{"quantity":1e999}', `{"quantity":${HUGE}}`, '{"quantity":01}', '{"a":NaN}', DEEP, `{"a":${DEEP}}`,
      json.slice(0, -1), json.slice(0, json.length / 2), `\ufeff${json}`, `${json}\u0000`, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), Buffer.from([0x22, 0xc0, 0xaf, 0x22]), Buffer.from('{"title":"\xed\xa0\x80"}', "latin1"), '{"title":"\\ud800"}', '{"title":"\\u0000"}', '{"\\u0000":1}', '{"":1}', `{"${LONG}":1}`,
      JSON.stringify({ title: LONG }), JSON.stringify({ variants: Array(5000).fill({}) }), JSON.stringify(Array(10000).fill(0)), `"${LONG}"`,
    ];
    await each(routes.filter(({ method }) => method !== "GET"), async ({ method, path }) => {
      for (const payload of payloads)
        judge(await staff.client.send(method, target(path), { payload, headers: { ...headers(), "content-type": "application/json" } }), `${method} ${path} with ${String(payload).slice(0, 40)}`);
    });
    finish();
  });

  test("no value of any field makes any route fail", async () => {
    const routesThatTake = routes.filter(({ method }) => method !== "GET");
    await each(routesThatTake, async ({ method, path }) => {
      for (const value of VALUES)
        judge(await staff.client.send(method, target(path), { json: Object.fromEntries(Object.keys(body()).map((name) => [name, value])), headers: headers() }), `${method} ${path} all ${JSON.stringify(value)?.slice(0, 40)}`);
      for (const name of Object.keys(body())) {
        const value = VALUES[(name.length * 7 + path.length) % VALUES.length];
        judge(await staff.client.send(method, target(path), { json: { ...body(), [name]: value }, headers: headers() }), `${method} ${path} ${name}=${JSON.stringify(value)?.slice(0, 40)}`);
      }
    });
    finish();
  });

  test("no value of one field of a purchase makes it fail or sells for less", async () => {
    const steps = [["/cart/lines", ["cart", "variant_id", "quantity"]], ["/checkout", ["cart", "contact", "contact.phone", "contact.email", "address", "address.name", "address.phone", "address.region", "address.line", "note", "idempotency_key"]], [`/orders/${good.untouched.number}/pay`, ["token", "method"]]];
    for (const [path, fields] of steps)
      await each(fields, async (field) => {
        for (const value of VALUES) {
          const buyer = shop.visitor();
          await buyer.puts(good.cup);
          const right = path === "/checkout" ? buyer.order() : path.endsWith("/pay") ? { token: good.untouched.token, method: "sandbox" } : { cart: buyer.cart, variant_id: good.cup.variant_id, quantity: 1 };
          const [outer, inner] = field.split(".");
          const sent = inner ? { ...right, [outer]: { ...right[outer], [inner]: value } } : { ...right, [outer]: value };
          const answer = await buyer.client.post(path, sent, { headers: { "idempotency-key": freshKey() } });
          judge(answer, `${path} ${field}=${JSON.stringify(value)?.slice(0, 40)}`);
          if (path === "/checkout" && answer.status < 300 && answer.body.order.total.amount !== good.cup.price) wrong.push(`${field}=${JSON.stringify(value)} sold for ${answer.body.order.total.amount}`);
        }
      });
    finish();
  });

  test("forms and queries as strange as JSON", async () => {
    const names = Object.keys(body());
    await each(routes, async ({ method, path }) => {
      const html = { ...headers(), accept: "text/html" };
      for (const value of VALUES.filter((one) => typeof one === "string" && one.length < 2000).concat("%ZZ", "%", "%C0%AF", "%ED%A0%80", "%FF")) {
        const raw = names.map((name) => `${name}=${/^%/.test(value) ? value : encodeURIComponent(value.toWellFormed())}`).join("&");
        const query = `${reachable(path)}?${raw}`;
        if (/events/.test(path)) continue;
        if (method === "GET") judge(await staff.client.get(query.slice(0, 2000), { headers: html }), `GET ${path}?…=${value.slice(0, 30)}`);
        else judge(await staff.client.send(method, reachable(path), { payload: raw, headers: { ...html, "content-type": "application/x-www-form-urlencoded" } }), `${method} ${path} form …=${value.slice(0, 30)}`);
      }
      if (method !== "GET") {
        for (const payload of ["&&&&", "=", "=&=", "a", `${"a=1&".repeat(20000)}`, "variants.999999999.sku=1", "variants.-1.sku=1", "variants..sku=x", "variants.0=1&variants.0.sku=2", "variants.1e9.sku=1", "contact.=1", ".=1"])
          judge(await staff.client.send(method, reachable(path), { payload, headers: { ...html, "content-type": "application/x-www-form-urlencoded" } }), `${method} ${path} form ${payload.slice(0, 30)}`);
        const boundary = "XyZ";
        for (const payload of ["", "--XyZ", "--XyZ--", "--XyZ\r\n", `--XyZ\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XyZ--`, `--XyZ\r\nContent-Disposition: form-data; name="pictures"; filename="../../x.jpg"\r\nContent-Type: image/jpeg\r\n\r\nnot a picture\r\n--XyZ--\r\n`, `--XyZ\r\n${"A: b\r\n".repeat(5000)}\r\n\r\n--XyZ--`, "garbage", `--XyZ\r\nContent-Disposition: form-data; name="pictures"; filename="a.svg"\r\n\r\n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="file:///etc/passwd"/></svg>\r\n--XyZ--\r\n`])
          judge(await staff.client.send(method, reachable(path), { payload, headers: { ...html, "content-type": `multipart/form-data; boundary=${boundary}` } }), `${method} ${path} multipart ${payload.slice(0, 30)}`);
      }
    });
    finish();
  });

  test("ids that are none", async () => {
    const ids = ["0", "-1", "1", "999999999999999999", "9223372036854775807", "9223372036854775808", "x", "1e3", "1.0", "%20", "%00", "1%00", "%2e%2e", "%2e%2e%2f%2e%2e", "%252e%252e", "%ff", "%c0%ae", "'", "%27%20OR%201=1", "{}", "a".repeat(1500), "💥"];
    await each(routes.filter(({ path }) => /[:{*]/.test(path) && !/events/.test(path)), async ({ method, path }) => {
      for (const id of ids) {
        const concrete = path.replace(/^\/api\/v1/, "").replace(/[:{*]\w+\}?/g, /[^\x20-\x7e]/.test(id) ? encodeURIComponent(id) : id);
        for (const prefix of ["", "/api/v1"])
          judge(await staff.client.send(method, prefix + concrete, { headers: headers(), ...(method === "GET" ? {} : { json: body() }) }), `${method} ${prefix}${concrete.slice(0, 80)}`);
      }
    });
    finish();
  });

  test("paths that want out", async () => {
    const places = ["/", "/assets/", "/media/", "/static/", "/themes/", "/admin/assets/", "/en/", "/api/v1/", "/sandbox/"];
    const tricks = ["../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd", "%2e%2e%2f%2e%2e%2fconfig", "%252e%252e%252fetc%252fpasswd", "....//....//etc/passwd", "..\\..\\config", "..%5c..%5cconfig", "%00", "x%00.css", "%c0%ae%c0%ae/config", "//etc/passwd", "./././config", "config", "yundian.db", "key", "theme.css%00.jpg", ".git/config", "a/".repeat(800), "%", "%zz", "%u002e", ";/../x", "?".repeat(100), "#", "\u0001", "*"];
    const buyer = shop.client();
    for (const place of places)
      for (const trick of tricks) {
        const path = place + trick.replace(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character));
        const answer = await buyer.get(path);
        judge(answer, `GET ${path.slice(0, 80)}`);
        assert.ok(!/root:x:0|database_url|SQLite format/.test(answer.text), path);
      }
    finish();
  });

  test("cookies that were never given", async () => {
    const names = [...new Set(["yd_cart", "yd_staff", "session", ...staff.client.cookies.keys()])];
    const long = "a".repeat(Math.floor(12000 / names.length)); // all of them just fit into a head
    const forged = ["", "x", "0".repeat(32), "f".repeat(64), "%00", long, "../../x", "' OR 1=1 --", "1; yd_cart=2", "💥".repeat(10), "null", "\t", '"quoted"'];
    const [name, value] = [...staff.client.cookies][0];
    const flipped = value.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    for (const text of [...forged, flipped, value.slice(0, -1), `${value}0`])
      for (const path of ["/cart", "/checkout", "/admin", "/admin/orders", "/api/v1/cart", "/api/v1/admin/orders"]) {
        const cookie = Buffer.from(names.map((one) => `${one}=${text}`).join("; "), "utf8").toString("latin1");
        const answer = await shop.client().get(path, { headers: { cookie: cookie.replace(/[\r\n]/g, ""), accept: path.startsWith("/api") ? "application/json" : "text/html" } });
        judge(answer, `GET ${path} with cookie ${text.slice(0, 30)}`);
        if (path.includes("/admin")) assert.ok([303, 400, 401, 403, 431].includes(answer.status), `${path} let ${text.slice(0, 20)} in: ${answer.status}`);
      }
    assert.ok(name);
    finish();
  });

  test("a body larger than allowed is refused at once", async () => {
    const answer = await staff.client.send("POST", "/api/v1/cart/lines", { payload: Buffer.alloc(2 << 20, 0x20), headers: { ...headers(), "content-type": "application/json" } }).catch((problem) => problem);
    if (!(answer instanceof Error)) assert.equal(answer.status, 413);
    else assert.match(`${answer.code} ${answer.message}`, /ECONNRESET|EPIPE|hang up/);
  });

  test("after all that the shop sells as before and holds nothing more", async () => {
    const order = await shop.visitor().buys(good.cup);
    assert.equal(order.payment_status, "paid");
    assert.ok(holdings(server.pid).fds < 600, `${holdings(server.pid).fds} open files`);
    expect(await shop.client().get("/healthz"), 200);
    const tmp = (await import("node:fs")).readdirSync(server.data, { recursive: true }).filter((name) => /(^|\/)(tmp|upload)s?\//.test(String(name)));
    assert.deepEqual(tmp, [], "no upload is left behind");
  });
});
