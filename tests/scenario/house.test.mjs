// The house itself: health, metrics, descriptions, event streams, ending and starting again.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { listen } from "../lib/events.mjs";
import { expect, expectProblem, freshKey, PATIENCE, routesOf, run, startServer, unique, until } from "../lib/shop.mjs";

describe("the house", () => {
  let server, shop;
  before(async () => {
    server = await startServer();
    shop = server.shop;
  });
  after(() => server?.stop());

  test("a verb is explained before it does anything, and words that it does not know are refused", async () => {
    const empty = fs.mkdtempSync(path.join(server.data, "nothing-"));
    for (const verb of ["serve", "migrate", "check", "seed"]) {
      const asked = await run(server.binary, [verb, "--help", "--data", empty]);
      assert.equal(asked.code, 0, verb);
      assert.match(asked.stdout, /yundian /);
    }
    for (const verb of ["serve", "migrate", "check"]) {
      const wrong = await run(server.binary, [verb, "--data", empty, "--nonsense"], { timeout: 5000 });
      assert.equal(wrong.code, 2, verb);
      assert.match(wrong.stderr, /--nonsense/);
    }
    assert.deepEqual(fs.readdirSync(empty), []);
  });

  test("says how it is", async () => {
    assert.equal((await shop.client().get("/healthz")).status, 200);
    assert.equal((await shop.client().get("/readyz")).status, 200);
    await shop.visitor().buys(await shop.product());
    const { status, headers, text } = await shop.client().get("/metrics");
    assert.equal(status, 200);
    assert.match(headers["content-type"], /text\/plain/);
    const samples = text.split("\n").filter((line) => line && !line.startsWith("#"));
    assert.ok(samples.length > 5);
    for (const line of samples) assert.match(line, /^[a-zA-Z_:][\w:]*(\{[^}]*\})? -?[\d.eE+-]+(NaN|Inf)?$/, line);
    assert.match(text, /^# TYPE \w+ (counter|gauge|histogram|summary)$/m);
    assert.match(text, /^\w*requests?\w*(\{| )/m);
  });

  test("the order page hears of the payment by itself", async () => {
    const cup = await shop.product();
    const buyer = shop.visitor();
    const order = await buyer.orders(cup);
    const stream = await listen(server.base, `/orders/${order.number}/events?token=${order.token}`);
    assert.match(stream.type, /^text\/event-stream/);
    await buyer.pays(order);
    const event = await stream.next(({ event, data }) => event === "order" && JSON.parse(data).payment_status === "paid", "the stream tells of the payment");
    const { order_status, fulfillment_status } = JSON.parse(event.data);
    assert.deepEqual({ order_status, fulfillment_status }, { order_status: "open", fulfillment_status: "none" });
    await (await shop.staff()).ships(order);
    await stream.next(({ data }) => JSON.parse(data || "{}").fulfillment_status === "shipped", "the stream tells of the parcel");
    stream.close();
  });

  test("the stream of an order is for those with its token", async () => {
    const buyer = shop.visitor();
    const order = await buyer.orders(await shop.product());
    for (const token of ["", "0".repeat(order.token.length), order.token.slice(0, -1)])
      await assert.rejects(listen(server.base, `/orders/${order.number}/events?token=${token}`), /40[0-9]|422/);
  });

  test("a hundred listeners hear their own order only", async () => {
    const cup = await shop.product({ stock: 100 });
    const orders = await Promise.all(Array.from({ length: 100 }, async () => {
      const buyer = shop.visitor();
      const order = await buyer.orders(cup);
      return { buyer, order, stream: await listen(server.base, `/orders/${order.number}/events?token=${order.token}`) };
    }));
    const isPaid = ({ data }) => /"payment_status":\s*"paid"/.test(data);
    await Promise.all(orders.slice(0, 50).map(({ buyer, order }) => buyer.pays(order)));
    await Promise.all(orders.slice(0, 50).map(({ stream }) => stream.next(isPaid, "a payer hears of it", { within: 20000 })));
    for (const { stream } of orders.slice(50)) assert.ok(!stream.events.some(isPaid), "somebody else hears of it");
    for (const { stream } of orders) stream.close();
  });

  test("configuration is printed with its help, and a bad value is named", async () => {
    const said = await server.tool("config");
    for (const name of ["listen", "database_url", "unpaid_seconds", "page_cache_mb"]) assert.match(said, new RegExp(`\\b${name}\\b`));
    const bad = await run(server.binary, ["serve", "--data", server.data, "--unpaid-seconds", "soon"], { env: server.env });
    assert.notEqual(bad.code, 0);
    assert.match(bad.stderr, /unpaid.seconds/);
    const unknown = await run(server.binary, ["dance"], { env: server.env });
    assert.notEqual(unknown.code, 0);
    assert.match(unknown.stderr + unknown.stdout, /dance|help|usage/i);
  });

  test("too many writes from one address are slowed down", async () => {
    const strict = await startServer({ args: ["--rate-limit", "30"] });
    try {
      const visitor = strict.shop.visitor();
      const answers = [];
      // The machine itself is never held back; a proxy on it tells who asks.
      const from = (address) => visitor.client.post("/cart/lines", { variant_id: "1", quantity: 1 }, { headers: { "x-forwarded-for": address } });
      for (let index = 0; index < 60; index++) answers.push(await from("203.0.113.9"));
      const refused = answers.filter(({ status }) => status === 429);
      assert.ok(refused.length > 0, "slowed down");
      assert.equal(refused[0].body.type, "/problems/too-many-requests");
      assert.ok(Number(refused[0].headers["retry-after"]) > 0, "and told how long");
      assert.equal((await from("198.51.100.7")).status, 404, "somebody else is not");
      assert.equal((await visitor.client.api("/products", { headers: { "x-forwarded-for": "203.0.113.9" } })).status, 200, "reading goes on");
    } finally {
      await strict.stop();
    }
  });
});

describe("the description of the API", () => {
  let server, shop, spec;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    spec = JSON.parse(await server.tool("openapi"));
  });
  after(() => server?.stop());

  const operations = () => Object.entries(spec.paths).flatMap(([path, item]) => Object.entries(item).filter(([method]) => /^(get|post|put|patch|delete)$/.test(method)).map(([method, operation]) => ({ path, method, item, operation })));

  function resolve(reference) {
    assert.match(reference, /^#\//, reference);
    let place = spec;
    for (const step of reference.slice(2).split("/")) {
      place = place?.[step.replace(/~1/g, "/").replace(/~0/g, "~")];
      assert.ok(place !== undefined, `${reference} leads nowhere`);
    }
    return place;
  }

  test("is OpenAPI 3.1 with everything it must have", () => {
    assert.match(spec.openapi, /^3\.1\.\d+$/);
    assert.ok(spec.info.title && spec.info.version);
    assert.ok(Object.keys(spec).every((key) => /^(openapi|info|servers|paths|components|security|tags|externalDocs|webhooks|jsonSchemaDialect|x-.*)$/.test(key)), Object.keys(spec).join());
    const names = new Set();
    for (const { path, method, item, operation } of operations()) {
      const here = `${method} ${path}`;
      assert.match(path, /^\//);
      if (operation.operationId) {
        assert.ok(!names.has(operation.operationId), `${operation.operationId} twice`);
        names.add(operation.operationId);
      }
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => (one.$ref ? resolve(one.$ref) : one));
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      assert.deepEqual(parameters.filter((one) => one.in === "path").map(({ name }) => name).sort(), [...inPath].sort(), `${here}: path parameters`);
      for (const parameter of parameters) {
        assert.ok(["query", "header", "path", "cookie"].includes(parameter.in), here);
        assert.ok(parameter.schema || parameter.content, `${here}: ${parameter.name} has no schema`);
        if (parameter.in === "path") assert.equal(parameter.required, true, `${here}: ${parameter.name}`);
      }
      const pairs = parameters.map(({ in: place, name }) => `${place} ${name}`);
      assert.equal(new Set(pairs).size, pairs.length, `${here}: a parameter twice`);
      if (operation.requestBody) assert.ok(Object.keys((operation.requestBody.$ref ? resolve(operation.requestBody.$ref) : operation.requestBody).content).length > 0, here);
      if (method === "get") assert.equal(operation.requestBody, undefined, `${here} has a body`);
      const statuses = Object.keys(operation.responses);
      assert.ok(statuses.some((status) => /^[23]\d\d$|^2XX$/.test(status)), `${here}: no good answer`);
      for (const [status, response] of Object.entries(operation.responses)) {
        assert.match(status, /^([1-5](\d\d|XX)|default)$/);
        assert.ok((response.$ref ? resolve(response.$ref) : response).description !== undefined, `${here} ${status}: no description`);
      }
    }
    (function walk(value) {
      if (value === null || typeof value !== "object") return;
      if (typeof value.$ref === "string") resolve(value.$ref);
      if (typeof value.type === "string" && ("properties" in value || "items" in value || "minimum" in value))
        assert.ok(["object", "array", "string", "integer", "number", "boolean", "null"].includes(value.type), value.type);
      if (Array.isArray(value.required) && value.properties) for (const name of value.required) assert.ok(name in value.properties, `required ${name} is no property`);
      Object.values(value).forEach(walk);
    })(spec);
  });

  test("describes the way of a buyer", () => {
    const have = operations().map(({ method, path }) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, "{}")}`);
    const base = spec.servers?.[0]?.url?.replace(/\/$/, "").endsWith("/api/v1") ? "" : "/api/v1";
    for (const wanted of ["GET /products", "GET /products/{}", "POST /cart/lines", "POST /checkout", "POST /orders/{}/pay", "GET /orders/{}", "GET /admin/orders", "POST /admin/products"])
      assert.ok(have.includes(wanted.replace(" ", ` ${base}`)), `${wanted} is not described; there are ${have.join(", ")}`);
  });

  test("every described route answers", async () => {
    const staff = await shop.staff();
    const base = spec.servers?.[0]?.url ? new URL(spec.servers[0].url, server.base).pathname.replace(/\/$/, "") : "";
    for (const { path, method } of operations()) {
      if (/logout|events/.test(path)) continue;
      const target = base + path.replace(/\{\w+\}/g, "123456789");
      const headers = { origin: staff.client.origin, accept: "application/json", "idempotency-key": freshKey() };
      const answer = await staff.client.send(method.toUpperCase(), target, { headers, ...(method === "get" ? {} : { json: {} }) });
      assert.ok(answer.status < 500 && ![405, 406, 415].includes(answer.status), `${method} ${target}: ${answer.status} ${answer.text.slice(0, 200)}`);
      // Setting up a second step while logging in wants the ticket of a password just typed; a buyer's account wants its own login.
      const fine = path.endsWith("/login/factor") || /^(\/api\/v1)?\/account(\/coupons|\/cards|\/points|\/favourites(\/ids)?)?$/.test(path) ? [401] : [200, 303, 422];
      if (!/\{/.test(path) && method === "get") assert.ok(fine.includes(answer.status), `${method} ${target}: ${answer.status}`);
    }
  });

  test("routes and description agree", async () => {
    const described = new Set(operations().map(({ method, path }) => `${method.toUpperCase()} ${path.replace(/^\/api\/v1/, "").replace(/\{(\w+)\}/g, ":$1")}`));
    const routes = await routesOf(server);
    const plain = routes.map(({ method, path }) => `${method} ${path.replace(/^\/api\/v1/, "").replace(/\*(\w+)/g, ":$1")}`);
    const unknown = [...described].filter((one) => !plain.includes(one));
    assert.deepEqual(unknown, []);
  });

  test("what is not there and what is not allowed is said by the book", async () => {
    const client = shop.client();
    const nothing = expectProblem(await client.api("/no/such/thing"), 404, "not-found");
    assert.ok(nothing.instance, "with the request's id");
    const wrong = await client.send("DELETE", "/api/v1/products");
    expectProblem(wrong, 405, "method-not-allowed");
    assert.match(wrong.headers.allow ?? "", /GET/);
    expectProblem(await client.send("POST", "/api/v1/cart/lines", { payload: "{", headers: { "content-type": "application/json" } }), 400, "bad-json");
    expectProblem(await client.send("POST", "/api/v1/cart/lines", { payload: "<a/>", headers: { "content-type": "text/xml" } }), 415, "unsupported-media-type");
  });
});

describe("ending and starting", () => {
  test("SIGTERM in the middle of trade loses nothing", async () => {
    const server = await startServer();
    try {
      const shop = server.shop;
      const cup = await shop.product({ price: 100, stock: 100000 });
      const game = await shop.product({ price: 100, codes: Array.from({ length: 500 }, () => unique("C")) });
      const placed = [];
      const unknown = [];
      const bad = [];
      let isOver = false;
      const trade = Array.from({ length: 16 }, async (_, index) => {
        while (!isOver) {
          const buyer = shop.visitor();
          const thing = index % 4 ? cup : game;
          const key = freshKey();
          let checkout;
          try {
            await buyer.puts(thing);
            checkout = { key, order: buyer.order(), buyer, thing };
            const answer = await buyer.triesToCheckOut(checkout);
            if (answer.status === 503) break;
            const order = expect(answer, 200, 201).order;
            placed.push({ buyer, order, thing });
            checkout = undefined;
            await buyer.pays(order);
          } catch (problem) {
            if (checkout) unknown.push(checkout);
            if (!/ECONNREFUSED|ECONNRESET|socket hang up|EPIPE|503/.test(`${problem.code} ${problem.message}`)) bad.push(problem.message);
            break;
          }
        }
      });
      await until(() => placed.length > 200, "trade is under way", { within: 30000 });
      const asked = Date.now();
      await server.ends();
      assert.ok(Date.now() - asked < 15000 * PATIENCE, "it ends soon");
      isOver = true;
      await Promise.all(trade);
      assert.deepEqual(bad, []);
      await server.adds_up();
      await server.start();
      for (const { buyer, order } of placed) assert.equal((await buyer.sees(order)).total.amount, order.total.amount);
      for (const { buyer, key, order, thing } of unknown) placed.push({ buyer, thing, order: expect(await buyer.triesToCheckOut({ key, order }), 200, 201).order });
      assert.equal((await shop.stock(cup)).available, 100000 - placed.filter(({ thing }) => thing === cup).length);
      assert.equal((await shop.stock(game)).available, 500 - placed.filter(({ thing }) => thing === game).length);
    } finally {
      await server.stop();
    }
  });

  test("sessions, carts and open cashiers live on over a restart at the same port", async () => {
    const server = await startServer();
    try {
      const shop = server.shop;
      const staff = await shop.staff();
      const cup = await shop.product();
      const [carter, payer] = [shop.visitor(), shop.visitor()];
      await carter.puts(cup, 2);
      const order = await payer.orders(cup);
      const payment = await payer.startsPaying(order);
      await server.restarts();
      await staff.reads("/admin");
      assert.equal((await carter.checksOut()).total.amount, 2 * cup.price);
      await payer.atCashier(payment);
      await payer.seesPaid(order);
    } finally {
      await server.stop();
    }
  });

  test("an open event stream does not hold up the end", async () => {
    const server = await startServer();
    try {
      const buyer = server.shop.visitor();
      const order = await buyer.orders(await server.shop.product());
      const streams = await Promise.all(Array.from({ length: 20 }, () => listen(server.base, `/orders/${order.number}/events?token=${order.token}`)));
      const asked = Date.now();
      await server.ends();
      assert.ok(Date.now() - asked < 10000 * PATIENCE, "it ends soon");
      await until(() => streams.every(({ closed }) => closed), "every stream is closed");
    } finally {
      await server.stop();
    }
  });

  test("a server that is ended while events wait to be told ends well", async () => {
    const server = await startServer({ demo: true });
    try {
      // A fresh demo has some hundred events; each start tells the rest of them.
      for (let round = 0; round < 3; round++) {
        await server.ends();
        await server.tool("seed", "--shops", "2", "--products", "300", "--orders", "0");
        await server.start();
      }
    } finally {
      await server.stop();
    }
  });

  test("migrating twice and a second server on the same directory do no harm", async () => {
    const server = await startServer();
    try {
      await server.tool("migrate");
      const other = await run(server.binary, ["serve", "--data", server.data, "--listen", new URL(server.base).host], { env: server.env, timeout: 20000 * PATIENCE });
      assert.notEqual(other.code, 0, "the port is taken");
      assert.match(other.stderr, /address|listen|port|in use/i);
      await server.shop.visitor().buys(await server.shop.product());
    } finally {
      await server.stop();
    }
  });
});
