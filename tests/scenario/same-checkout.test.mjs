// The same checkout twice is one order.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { expect, expectProblem, formTo, freshKey, startServer } from "../lib/shop.mjs";

describe("the same checkout twice", () => {
  let server, shop;
  before(async () => {
    server = await startServer();
    shop = server.shop;
  });
  after(() => server?.stop());

  test("a retry after a lost answer gets the same order", async () => {
    const cup = await shop.product({ stock: 10 });
    const buyer = shop.visitor();
    await buyer.puts(cup, 2);
    const key = freshKey();
    const order = buyer.order();
    const first = expect(await buyer.triesToCheckOut({ key, order }), 200, 201).order;
    for (let retry = 0; retry < 3; retry++) {
      const again = expect(await buyer.triesToCheckOut({ key, order }), 200, 201).order;
      assert.equal(again.number, first.number);
      assert.equal(again.token, first.token);
      assert.deepEqual(again.total, first.total);
    }
    assert.equal((await shop.stock(cup)).available, 8);
  });

  test("a retry whose connection was cut before the answer gets one order", async () => {
    const cup = await shop.product({ stock: 100 });
    for (let round = 0; round < 20; round++) {
      const buyer = shop.visitor();
      await buyer.puts(cup);
      const key = freshKey();
      const order = buyer.order();
      const cut = new Promise((resolve) => {
        buyer.client.post("/checkout", order, {
          headers: { "idempotency-key": key, connection: "close" },
          onSocket: (socket) => socket.once("connect", () => setTimeout(() => socket.destroy(), round % 5)),
        }).then(resolve, resolve);
      });
      await cut;
      const placed = expect(await buyer.triesToCheckOut({ key, order }), 200, 201).order;
      assert.equal((await buyer.sees(placed)).number, placed.number);
      assert.equal((await shop.stock(cup)).available, 100 - round - 1, `round ${round}`);
    }
  });

  test("a double click is one order (30 rounds)", async () => {
    const cup = await shop.product({ stock: 200 });
    for (let round = 0; round < 30; round++) {
      const buyer = shop.visitor();
      await buyer.puts(cup);
      const key = freshKey();
      const order = buyer.order();
      const answers = await Promise.all(Array.from({ length: 4 }, () => buyer.triesToCheckOut({ key, order })));
      const placed = answers.filter(({ status }) => status < 300);
      assert.ok(placed.length >= 1, answers.map(({ text }) => text).join("\n"));
      assert.equal(new Set(placed.map(({ body }) => body.order.number)).size, 1, `round ${round}`);
      for (const other of answers.filter(({ status }) => status >= 300)) assert.equal(other.status, 409, other.text);
    }
    assert.equal((await shop.stock(cup)).available, 170);
  });

  test("two tabs with keys of their own order one cart once", async () => {
    const cup = await shop.product({ stock: 200 });
    for (let round = 0; round < 20; round++) {
      const buyer = shop.visitor();
      await buyer.puts(cup, 2);
      const order = buyer.order();
      const answers = await Promise.all([buyer.triesToCheckOut({ order }), buyer.triesToCheckOut({ order })]);
      // The second tab gets the same order, or is told that the cart is ordered.
      const placed = answers.filter(({ status }) => status < 300);
      assert.equal(new Set(placed.map(({ body }) => body.order.number)).size, 1, `round ${round}: ${answers.map(({ status }) => status)}`);
      for (const other of answers.filter(({ status }) => status >= 300)) expectProblem(other, 409, "cart-checked-out");
    }
    assert.equal((await shop.stock(cup)).available, 160);
  });

  test("an Idempotency-Key that comes again with another body is refused", async () => {
    const cup = await shop.product({ stock: 10 });
    const buyer = shop.visitor();
    await buyer.puts(cup);
    const key = freshKey();
    const order = buyer.order();
    const first = expect(await buyer.triesToCheckOut({ key, order }), 200, 201).order;
    const other = { ...order, contact: { phone: "13900001111" } };
    expectProblem(await buyer.triesToCheckOut({ key, order: other }), 409, "idempotency-mismatch");
    assert.equal(expect(await buyer.triesToCheckOut({ key, order }), 200, 201).order.number, first.number);
    assert.equal((await shop.stock(cup)).available, 9);
  });

  test("a refused checkout can be mended and sent again", async () => {
    const cup = await shop.product({ stock: 10 });
    const buyer = shop.visitor();
    await buyer.puts(cup);
    const key = freshKey();
    assert.equal((await buyer.triesToCheckOut({ key, order: { ...buyer.order(), contact: {} } })).status, 422);
    expect(await buyer.triesToCheckOut({ key }), 200, 201);
  });

  test("the form sent twice by an impatient finger is one order", async () => {
    const cup = await shop.product({ stock: 10 });
    const buyer = shop.visitor();
    const page = await buyer.browser.open(`/products/${cup.handle}`);
    await buyer.browser.submit(formTo(page, "/cart/lines"));
    const checkout = await buyer.browser.open("/checkout");
    const { name, phone, region, line } = buyer.address;
    const review = await buyer.browser.submit(formTo(checkout, "/checkout/review"), {
      "contact.phone": buyer.phone, "address.name": name, "address.phone": phone, "address.region": region, "address.line": line,
    });
    const place = formTo(review, "/checkout");
    const pages = await Promise.all([buyer.browser.submit(place), buyer.browser.submit(place), buyer.browser.submit(place)]);
    const cashiers = new Set(pages.map(({ path }) => path).filter((path) => /^\/orders\/[^/]+\/pay/.test(path)));
    assert.equal(cashiers.size, 1, pages.map(({ path, status }) => `${status} ${path}`).join("\n"));
    assert.equal((await shop.stock(cup)).available, 9);
  });
});
