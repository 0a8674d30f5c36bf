// Ten thousand connections that do nothing, and a thousand that listen, while somebody buys.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, describe, test } from "node:test";
import { connect, holdings } from "../lib/raw.mjs";
import { PATIENCE, startServer, until } from "../lib/shop.mjs";

const limit = Number(fs.readFileSync("/proc/self/limits", "utf8").match(/^Max open files\s+(\d+)/m)[1]);
const STREAMS = 1000;
const COUNT = Math.min(10000, limit - STREAMS - 500);

describe("idle connections", () => {
  let server, shop;
  before(async () => {
    server = await startServer();
    shop = server.shop;
  });
  after(() => server?.stop());

  // Opens `count` connections that have asked something once and got their answer.
  async function ask(count, path) {
    const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
    const open = [];
    while (open.length < count)
      open.push(...await Promise.all(Array.from({ length: Math.min(200, count - open.length) }, async () => {
        const socket = await connect(server.base);
        const answer = new Promise((resolve) => socket.on("error", resolve).once("data", resolve));
        socket.write(request);
        assert.match(String(await answer), /^HTTP\/1\.1 200 /, path);
        return socket.resume();
      })));
    return open;
  }

  test(`${COUNT} of them and ${STREAMS} event streams are held while buying goes on, and let go`, async () => {
    const cup = await shop.product({ stock: 100 });
    await shop.visitor().buys(cup);
    const order = await shop.visitor().orders(cup);
    const before = holdings(server.pid);
    const idle = await ask(COUNT, "/healthz");
    idle.push(...await ask(STREAMS, `/orders/${order.number}/events?token=${order.token}`));
    const begun = Date.now();
    for (let index = 0; index < 10; index++) await shop.visitor().buys(cup);
    assert.ok(Date.now() - begun < 8000 * PATIENCE, `ten purchases took ${Date.now() - begun} ms`);
    assert.equal(idle.filter((socket) => socket.destroyed || socket.readableEnded).length, 0, "none was thrown out");
    const held = holdings(server.pid);
    assert.ok(held.fds >= COUNT + STREAMS, `${held.fds} open files`);
    if (PATIENCE === 1) assert.ok(held.rss < 200 << 20, `${held.rss >> 20} MB for ${COUNT} connections and ${STREAMS} streams`);
    for (const socket of idle) socket.destroy();
    // Workers that were called meanwhile keep their files of the database: up to 64 of them three each.
    await until(() => holdings(server.pid).fds <= before.fds + 200, "they are let go", { within: 20000 });
  });
});
