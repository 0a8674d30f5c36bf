// A copy brings the shop back as it was; a bad copy, or one in the wrong place, changes nothing.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { ENGINE, startServer, unique } from "../lib/shop.mjs";

describe("backup and restore", { skip: ENGINE === "sqlite" ? false : "PostgreSQL has tools of its own" }, () => {
  let server, shop, copy, game;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    copy = path.join(server.data, "copy.db");
    game = await shop.product({ title: "以前的题目", price: 500, codes: [unique("CODE"), unique("CODE"), unique("CODE")] });
  });
  after(() => server?.stop());

  const titleNow = async () => (await (await shop.staff()).product(game.id)).title;
  const database = () => path.join(server.data, "yundian.db");

  test("a copy taken while the shop is open brings it back as it was", async () => {
    const buyer = shop.visitor();
    const order = await buyer.buys(game);
    const [code] = await buyer.getsCodes(order, 1);
    await server.tool("backup", copy);
    await (await shop.staff()).saves(game, { title: "后来的题目" });
    const served = await server.tries("restore", "--force", copy);
    assert.equal(served.code, 1);
    assert.match(served.stderr, /in use/);
    assert.equal(await titleNow(), "后来的题目");
    await server.ends();
    const there = await server.tries("restore", copy);
    assert.equal(there.code, 1);
    assert.match(there.stderr, /--force/);
    await server.tool("restore", "--force", copy);
    await server.adds_up();
    await server.start();
    assert.equal(await titleNow(), "以前的题目");
    assert.deepEqual(await buyer.getsCodes(order, 1), [code], "what is sealed opens again");
    assert.ok(fs.existsSync(database() + ".before"), "the former database is kept");
  });

  test("a damaged, foreign or missing copy changes nothing", async () => {
    await server.ends();
    const was = fs.readFileSync(database());
    const bytes = fs.readFileSync(copy);
    const damaged = path.join(server.data, "damaged.db");
    bytes.fill(0x5a, 4096 * 3, 4096 * 6);
    fs.writeFileSync(damaged, bytes);
    const short = path.join(server.data, "short.db");
    fs.writeFileSync(short, bytes.subarray(0, 20000));
    const text = path.join(server.data, "text.db");
    fs.writeFileSync(text, "no database at all");
    const empty = path.join(server.data, "empty.db");
    fs.writeFileSync(empty, "");
    for (const file of [damaged, short, text, empty, server.data, "/nowhere.db", database()]) {
      const done = await server.tries("restore", "--force", file);
      assert.equal(done.code, 1, `${file}: ${done.stdout}`);
      assert.ok(done.stderr.length > 20, done.stderr);
    }
    assert.equal((await server.tries("restore", "--force")).code, 1);
    assert.ok(was.equals(fs.readFileSync(database())), "not a byte changed");
    assert.ok(!fs.existsSync(database() + ".restoring"), "no half copy is left");
    await server.start();
    assert.equal(await titleNow(), "以前的题目");
  });

  test("a copy goes into a new place, with its keys and never without them", async () => {
    const place = fs.mkdtempSync(path.join(server.data, "new-"));
    const into = (...words) => server.tries("restore", "--data", place, ...words);
    assert.match((await into(copy)).stderr, /keys/);
    assert.ok(!fs.existsSync(path.join(place, "yundian.db")));
    fs.cpSync(path.join(server.data, "keys"), path.join(place, "keys"), { recursive: true });
    assert.equal((await into(copy)).code, 0);
    assert.match((await server.tries("check", "--data", place)).stdout, /^ok/m);
  });
});
