// Pictures that come from addresses of other people and from ZIP files: what is taken, what is refused, and why.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { importsOf } from "../lib/imports.mjs";
import { png, pngOf, upload } from "../lib/pictures.mjs";
import { startServer, unique, until } from "../lib/shop.mjs";
import { zip } from "../lib/zip.mjs";

/** A site on a free port of this machine; `pages` maps a path to (request, response) => …. */
async function startSite(pages) {
  const asked = [];
  const site = http.createServer((request, response) => {
    asked.push(request.url);
    const page = pages[request.url.split("?")[0]];
    if (page) page(request, response);
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  const { port } = site.address();
  return { asked, port, at: (path) => `http://127.0.0.1:${port}${path}`, stop: () => (site.closeAllConnections(), site.close()) };
}
const gives = (bytes, type = "image/png") => (_, response) => response.writeHead(200, { "content-type": type }).end(bytes);

describe("pictures from outside", () => {
  let server, shop, staff, site, inner;
  const pages = {};
  before(async () => {
    inner = await startSite({ "/secret.png": gives(png("secret")) });
    site = await startSite(pages);
    server = await startServer({ args: ["--outbound-allow", `127.0.0.1:${site.port}`] });
    shop = server.shop;
    staff = await shop.staff();
  });
  after(async () => {
    await server?.stop();
    site?.stop();
    inner?.stop();
  });

  const fetches = (product, ...addresses) => staff.does(`/admin/products/${product.id}/pictures/addresses`, { addresses: addresses.join("\n") });
  const reads = async (product) => (await staff.reads(`/admin/products/${product.id}`)).product;
  const widths = (found) => Promise.all(found.pictures.map(async ({ id }) => (await staff.reads(`/admin/media/${id}`)).picture.width));
  const settles = (product) => until(async () => {
    const found = await reads(product);
    return found.picture_addresses.every(({ state, attempts }) => state === "failed" || attempts > 0) && found;
  }, "every address was tried", { within: 40000 });
  const sends = (to, field, files) => {
    const { payload, headers } = upload(field, files);
    return staff.client.send("POST", `/api/v1${to}`, { payload, headers: { ...headers, origin: staff.client.origin } });
  };

  test("Shopify's Variant Image and Image Alt Text: fetched once, shown by each variant, with its words", async () => {
    const sku = unique("SH"), imports = importsOf(staff);
    pages["/red.png"] = gives(png(`${sku}r`));
    pages["/blue.png"] = gives(png(`${sku}b`));
    const row = (cells) => cells.map((cell) => `"${cell}"`).join(",");
    const table = (alt) => ["Handle,Title,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Image Alt Text,Variant Image",
      row([sku.toLowerCase(), "Cap", "百货", "Colour", "red", `${sku}-1`, "9", site.at("/red.png"), alt, site.at("/red.png")]),
      row([sku.toLowerCase(), "", "", "", "blue", `${sku}-2`, "9", site.at("/blue.png"), "A blue cap", site.at("/blue.png")]),
      row([sku.toLowerCase(), "", "", "", "navy", `${sku}-3`, "9", "", "", site.at("/blue.png")])].join("\n") + "\n";
    const applied = await imports.applies("s.csv", table("A red cap"));
    assert.equal(applied.import.counts.refused, 0, JSON.stringify(applied.row_problems));
    await until(async () => (await imports.whole(`${sku}-1`)).pictures?.length === 2, "both are fetched", { within: 60000 });
    const [red, blue] = (await imports.whole(`${sku}-1`)).pictures.map(({ id }) => id);
    assert.deepEqual(Object.fromEntries((await imports.table(`${sku}-1`)).map((one) => [one["货号"], one["规格图片"]])), { [`${sku}-1`]: red, [`${sku}-2`]: blue, [`${sku}-3`]: blue });
    assert.deepEqual((await imports.whole(`${sku}-1`)).pictures.map(({ alt }) => alt), ["A red cap", "A blue cap"]);
    const counts = async (text) => (await imports.checks("s.csv", text)).import.counts.changed;
    assert.deepEqual([await counts(table("A red cap")), await counts(table("Red"))], [0, 1]);
  });

  test("come with a table of products, of every row, and only what is new counts as a change", async () => {
    for (const [index, word] of ["row-a", "row-b", "row-c"].entries()) pages[`/${word}.png`] = gives(png(word, 320 + index));
    const rest = (id) => until(async () => {
      const seen = await staff.reads(`/admin/products/imports/${id}`);
      return !seen.import.is_running && seen.import.state !== "uploaded" && seen;
    }, "the import rests", { within: 60000 });
    const checks = async (text) => {
      const sent = await sends("/admin/products/imports", "file", [["表.csv", Buffer.from(text)]]);
      assert.equal(sent.status, 201, sent.text);
      const { id } = JSON.parse(sent.text).import;
      const columns = (await staff.reads(`/admin/products/imports/${id}`)).columns.map(({ key }) => ({ key }));
      assert.deepEqual(columns.map(({ key }) => key), ["sku", "title", "price", "category", "option1_name", "option1", "pictures"]);
      assert.equal((await staff.does(`/admin/products/imports/${id}/check`, { columns, match: "sku", mode: "partial", status: "active", default_stock: 5 })).status, 202);
      return rest(id);
    };
    const applies = async (seen) => {
      assert.equal((await staff.does(`/admin/products/imports/${seen.import.id}/apply`, {})).status, 202);
      assert.equal((await rest(seen.import.id)).import.state, "applied");
    };
    const table = (more) => `sku,title,price,category,option1_name,option1,Image Src\nPIC-1,画框,20,家居,颜色,黑,${site.at("/row-a.png")}\nPIC-2,画框,20,,颜色,白,"${site.at("/row-b.png")} ${more}"\n`;
    const first = await checks(table(""));
    assert.equal(first.import.counts.new, 1);
    await applies(first);
    const [{ id }] = (await staff.reads("/admin/products?q=PIC-1")).products;
    const done = await until(async () => {
      const found = await reads({ id });
      return found.pictures.length === 2 && found;
    }, "two pictures are there");
    assert.deepEqual(await widths(done), [320, 321]);
    const same = await checks(table("no-address"));
    assert.deepEqual([same.import.counts.changed, same.import.counts.unchanged, same.import.can_apply], [0, 1, false]);
    const more = await checks(table(site.at("/row-c.png")));
    assert.equal(more.import.counts.changed, 1);
    await applies(more);
    await until(async () => (await reads({ id })).pictures.length === 3, "the third is there");
  });

  test("are put at the end of a product in the order of their addresses, once", async () => {
    const product = await staff.creates({ title: "白瓷壶" });
    for (const [index, word] of ["one", "two", "three"].entries()) pages[`/${word}.png`] = gives(png(word, 300 + index));
    const given = await fetches(product, site.at("/one.png"), site.at("/two.png"), "", site.at("/three.png"));
    assert.equal(given.status, 200, given.text);
    const done = await until(async () => {
      const found = await reads(product);
      return found.pictures.length === 3 && found;
    }, "three pictures are there");
    assert.deepEqual(await widths(done), [300, 301, 302]);
    assert.deepEqual(done.pictures.map(({ alt }) => alt), ["白瓷壶", "白瓷壶", "白瓷壶"]);
    assert.deepEqual(done.picture_addresses, []);
    const before = site.asked.length;
    assert.equal((await fetches(product, site.at("/two.png"))).status, 200);
    pages["/four.png"] = gives(png("four", 303));
    await fetches(product, site.at("/one.png"), site.at("/four.png"));
    const more = await until(async () => {
      const found = await reads(product);
      return found.pictures.length === 4 && found;
    }, "the fourth is there");
    assert.deepEqual(await widths(more), [300, 301, 302, 303]);
    assert.deepEqual(site.asked.slice(before), ["/four.png"], "what is there is not asked for again");
  });

  test("one that comes late takes its place before those that were given after it", async () => {
    const product = await staff.creates({ title: "晚到" });
    let isReady = false;
    pages["/late.png"] = (request, response) => (isReady ? gives(png("late", 210))(request, response) : response.writeHead(503).end());
    pages["/first.png"] = gives(png("first", 209));
    pages["/last.png"] = gives(png("last", 211));
    await fetches(product, site.at("/first.png"), site.at("/late.png"), site.at("/last.png"));
    const waiting = await until(async () => {
      const found = await reads(product);
      return found.pictures.length === 2 && found;
    }, "two are there");
    assert.equal(waiting.picture_addresses.length, 1);
    const [late] = waiting.picture_addresses;
    assert.deepEqual([late.state, late.reason, late.status, late.attempts], ["waiting", "http-status", 503, 1]);
    assert.ok(late.next_at > new Date().toISOString(), "it is tried again later");
    const page = await staff.client.get(`/admin/products/${product.id}`);
    assert.match(page.text, /状态码 503/);
    isReady = true;
    assert.equal((await staff.does(`${late.url}/retry`)).status, 200);
    const done = await until(async () => {
      const found = await reads(product);
      return found.pictures.length === 3 && found;
    }, "the late one is there");
    assert.deepEqual(await widths(done), [209, 210, 211]);
  });

  test("nothing inside this network is asked, neither at once nor by a redirect nor by a name", async () => {
    const product = await staff.creates({ title: "内网" });
    for (const address of [inner.at("/secret.png"), "http://169.254.169.254/latest/meta-data", "http://[::1]/a.png",
      "http://[::ffff:127.0.0.1]/a.png", "http://10.0.0.1/a.png", "https://8.8.8.8:8443/a.png"]) {
      const refused = await fetches(product, address);
      assert.equal(refused.status, 422, address);
      assert.deepEqual(refused.body.errors.map(({ field, code }) => [field, code]), [["addresses", "outbound-forbidden"]], address);
    }
    for (const address of ["ftp://example.com/a.png", "file:///etc/passwd", "http://user:word@example.com/a.png", "just words", "http://"])
      assert.equal((await fetches(product, address)).body.errors[0].code, "outbound-bad-url", address);
    pages["/away.png"] = (_, response) => response.writeHead(302, { location: inner.at("/secret.png") }).end();
    pages["/named.png"] = (_, response) => response.writeHead(302, { location: `http://localhost:${inner.port}/secret.png` }).end();
    pages["/odd.png"] = (_, response) => response.writeHead(302, { location: `http://2130706433:${inner.port}/secret.png` }).end();
    pages["/file.png"] = (_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end();
    pages["/round.png"] = (_, response) => response.writeHead(302, { location: "/round.png" }).end();
    await fetches(product, ...["/away.png", "/named.png", "/odd.png", "/file.png", "/round.png"].map(site.at), `http://localhost:${inner.port}/secret.png`);
    const found = await settles(product);
    assert.deepEqual(found.picture_addresses.map(({ state, reason }) => [state, reason]), [
      ["failed", "outbound-forbidden"], ["failed", "outbound-forbidden"], ["failed", "outbound-forbidden"],
      ["failed", "outbound-bad-url"], ["failed", "outbound-redirects"], ["failed", "outbound-forbidden"],
    ]);
    assert.deepEqual(inner.asked, [], "nobody inside was asked");
    assert.equal(found.pictures.length, 0);
  });

  test("what is no picture, too large, too slow or gone is named with its reason, and can be taken away", async () => {
    const product = await staff.creates({ title: "坏图" });
    pages["/page.png"] = gives(Buffer.from("<html>please log in</html>"), "text/html");
    pages["/bomb.png"] = gives(pngOf(11000, 10000, 0, Buffer.alloc(11001 * 10000)));
    pages["/huge.png"] = (_, response) => {
      response.writeHead(200, { "content-type": "image/png" });
      const piece = Buffer.alloc(1 << 20);
      const pour = () => { while (!response.destroyed && response.write(piece)); };
      response.on("drain", pour);
      pour();
    };
    pages["/cut.png"] = (_, response) => {
      response.writeHead(200, { "content-length": "5000" });
      response.write("half");
      setImmediate(() => response.destroy());
    };
    await fetches(product, ...["/page.png", "/bomb.png", "/huge.png", "/gone.png", "/cut.png"].map(site.at));
    const found = await settles(product);
    assert.deepEqual(found.picture_addresses.map(({ state, reason }) => [state, reason]), [
      ["failed", "file-not-picture"], ["failed", "file-too-many-pixels"], ["failed", "file-too-big"], ["failed", "http-status"],
      ["waiting", "outbound-no-connect"],
    ]);
    for (const { url } of found.picture_addresses) assert.equal((await staff.does(`${url}/remove`)).status, 200);
    assert.deepEqual((await reads(product)).picture_addresses, []);
  });

  test("a slow site holds nothing up but itself, and is given up after its time", async () => {
    const product = await staff.creates({ title: "慢" });
    pages["/slow.png"] = () => {};
    await fetches(product, site.at("/slow.png"));
    await until(() => site.asked.includes("/slow.png"), "the slow site is asked");
    const mug = await shop.product({ price: 500, stock: 1 });
    const order = await shop.visitor().buys(mug);
    assert.ok(order, "an order is paid meanwhile");
    const found = await settles(product);
    assert.deepEqual(found.picture_addresses.map(({ state, reason }) => [state, reason]), [["waiting", "outbound-timeout"]]);
    await staff.does(`${found.picture_addresses[0].url}/remove`);
  });

  test("the library takes addresses as well", async () => {
    pages["/shelf.png"] = gives(png("shelf", 222));
    assert.equal((await staff.does("/admin/media/addresses", { addresses: site.at("/shelf.png?size=l") })).status, 200);
    await until(async () => (await staff.reads("/admin/media?q=shelf.png")).pictures.length === 1, "it is in the library");
  });

  /** Sends a ZIP; once it is read, what came of it. */
  const zipped = async (bytes, query = "") => {
    const files = upload("zip", [["图片.zip", bytes]]);
    const answer = await staff.client.send("POST", `/api/v1/admin/media/zip${query}`, { payload: files.payload, headers: { ...files.headers, origin: staff.client.origin } });
    assert.equal(answer.status, 202, answer.text);
    return until(async () => {
      const page = await staff.reads(`/admin/works/${answer.body.work.id}`);
      return page.work.state !== "running" && page;
    }, "the ZIP is read", { within: 60000 });
  };

  test("a ZIP gives its pictures to the products that they are called by, and says what became of each", async () => {
    const mug = await staff.creates({ title: "马克杯", sku: "MUG-1", price: 500 });
    const bowl = await staff.creates({ title: "碗", handle: "bowl-blue" });
    const packed = zip([
      ["__MACOSX/MUG-1.png", Buffer.from("clutter")],
      ["MUG-1_10.png", png("mug ten", 310)],
      ["MUG-1_2.png", png("mug two", 302)],
      ["MUG-1.png", png("mug", 301)],
      ["图/bowl-blue/1.png", png("bowl", 401)],
      ["../../evil.png", png("evil", 402)],
      ["fake.png", Buffer.from("no picture")],
      ["link.png", Buffer.from("/etc/passwd"), { mode: 0o120777 }],
      ["", png("gbk", 403), { flags: 0, rawName: Buffer.from("d6d0cec42e706e67", "hex") }],
    ]);
    const { work, entries, taken, refused, added } = await zipped(packed, "?attach=1");
    assert.deepEqual([work.state, work.done, work.changed, work.failed], ["done", 7, 6, 1]);
    assert.deepEqual([taken, refused, added], [6, 1, 4]);
    assert.deepEqual(Object.fromEntries(entries.map(({ name, code, product }) => [name, code ?? product?.title ?? null])), {
      "../../evil.png": null, "MUG-1.png": "马克杯", "MUG-1_2.png": "马克杯", "MUG-1_10.png": "马克杯", "fake.png": "file-not-picture",
      "中文.png": null, "图/bowl-blue/1.png": "碗",
    });
    assert.deepEqual(await widths(await reads(mug)), [301, 302, 310]);
    assert.equal((await reads(bowl)).pictures.length, 1);
    await zipped(packed, "?attach=1");
    assert.equal((await reads(mug)).pictures.length, 3, "the same again changes nothing");
    const page = await staff.client.open(`/admin/works/${work.id}`);
    assert.match(page.text, /不是图片/);
  });

  test("a ZIP that is none, is locked, or holds too much is refused in words", async () => {
    const code = async (bytes) => (await zipped(bytes)).work.failure;
    assert.equal(await code(Buffer.from("no zip at all")), "zip-broken");
    assert.equal(await code(zip([["a.png", png("a"), { flags: 0x801 }]])), "zip-locked");
    assert.equal(await code(zip([["__MACOSX/a.png", png("a")]])), "zip-empty");
    const zeros = Buffer.alloc(26 << 20);
    const bomb = await zipped(zip(Array.from({ length: 45 }, (_, i) => [`${i}.png`, zeros])));
    assert.equal(bomb.code, "zip-too-big");
    assert.equal(bomb.taken, 0);
    const many = await zipped(zip(Array.from({ length: 501 }, (_, i) => [`${i}.txt`, Buffer.from("x")])));
    assert.equal(many.code, "zip-too-many");
    await server.adds_up();
  });
});
