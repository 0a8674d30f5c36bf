// Ten thousand connections that do nothing, while somebody buys.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, describe, test } from "node:test";
import { connect, holdings } from "../lib/raw.mjs";
import { PATIENCE, startServer, until } from "../lib/shop.mjs";

const limit = Number(fs.readFileSync("/proc/self/limits", "utf8").match(/^Max open files\s+(\d+)/m)[1]);
const COUNT = Math.min(10000, limit - 500);

describe("idle connections", () => {
  let server, shop;
  before(async () => {
    server = await startServer();
    shop = server.shop;
  });
  after(() => server?.stop());

  test(`${COUNT} of them are held while buying goes on, and let go`, async () => {
    const cup = await shop.product({ stock: 100 });
    await shop.visitor().buys(cup);
    const before = holdings(server.pid);
    const idle = [];
    while (idle.length < COUNT) {
      const more = await Promise.all(Array.from({ length: Math.min(200, COUNT - idle.length) }, () => connect(server.base)));
      for (const socket of more) socket.on("error", () => {}).resume();
      idle.push(...more);
    }
    // Half of them have asked something once.
    const answered = idle.filter((_, index) => index % 2).map((socket) => new Promise((resolve) => socket.once("data", resolve)));
    idle.forEach((socket, index) => index % 2 && socket.write("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
    await Promise.all(answered);
    const begun = Date.now();
    for (let index = 0; index < 10; index++) await shop.visitor().buys(cup);
    assert.ok(Date.now() - begun < 8000 * PATIENCE, `ten purchases took ${Date.now() - begun} ms`);
    assert.equal(idle.filter((socket) => socket.destroyed || socket.readableEnded).length, 0, "none was thrown out");
    const held = holdings(server.pid);
    assert.ok(held.fds >= COUNT, `${held.fds} open files`);
    if (PATIENCE === 1) assert.ok(held.rss < 200 << 20, `${held.rss >> 20} MB for ${COUNT} connections`);
    for (const socket of idle) socket.destroy();
    await until(() => holdings(server.pid).fds <= before.fds + 50, "they are let go", { within: 20000 });
  });
});
