// The library: pictures come in, are made smaller, are found where they are used, and go when nobody needs them.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { mp4, png, pngOf, upload } from "../lib/pictures.mjs";
import { startServer, until } from "../lib/shop.mjs";

describe("the media library", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const sends = (to, field, files) => {
    const { payload, headers } = upload(field, files);
    return staff.client.send("POST", `/api/v1${to}`, { payload, headers: { ...headers, origin: staff.client.origin } });
  };
  const keeps = async (...files) => {
    const answer = await sends("/admin/media", "pictures", files);
    assert.equal(answer.status, 201, answer.text);
    return answer.body.pictures;
  };
  const files = (folder) => (fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => !name.includes(".part.")) : []);
  const derived = ({ id }) => files(path.join(server.data, "media/derived", id.slice(0, 2))).filter((name) => name.startsWith(id));

  test("makes every size of a picture by itself, and serves it for good", async () => {
    const [picture] = await keeps(["茶杯.png", png("cup", 900, 800)]);
    assert.equal(picture.width, 900);
    assert.equal(picture.file_name, "茶杯.png");
    await until(() => derived(picture).length >= 12, "all sizes are made", { within: 30000 });
    const type = { avif: /^image\/(avif|webp)$/, webp: /^image\/webp$/, jpg: /^image\/jpeg$/ };
    for (const format of ["avif", "webp", "jpg"]) {
      const answer = await shop.client().get(`/media/${picture.id}/320.${format}`);
      assert.equal(answer.status, 200);
      assert.match(answer.headers["content-type"], type[format]);
    }
    const once = await shop.client().get(`/media/${picture.id}/640.webp`);
    assert.match(once.headers["cache-control"], /immutable/);
    assert.equal((await shop.client().get(`/media/${picture.id}/641.webp`)).status, 404);
    assert.equal((await shop.client().get(`/media/${picture.id}/640.png`)).status, 404);
  });

  test("a picture that many ask for at once is whole for each of them", async () => {
    const [picture] = await keeps(["many.png", png("many", 1400, 1200)]);
    const answers = await Promise.all(Array.from({ length: 12 }, () => shop.client().get(`/media/${picture.id}/1280.webp`)));
    const first = answers[0].bytes;
    for (const answer of answers) {
      assert.equal(answer.status, 200);
      assert.ok(answer.bytes.equals(first), "everybody gets the same bytes");
    }
    assert.equal(first.readUInt32LE(4) + 8, first.length, "the file is whole");
  });

  test("refuses what is no picture and says which file and why, and takes the others", async () => {
    const good = png("good");
    const answer = await sends("/admin/media", "pictures", [
      ["fake.jpg", Buffer.from("MZ this is no picture")],
      ["good.png", good],
      ["half.png", good.subarray(0, good.length / 2)],
      ["bomb.png", pngOf(11000, 10000, 0, Buffer.alloc(11001 * 10000))],
      ["drawing.svg", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
      ["empty.png", Buffer.alloc(0)],
      ["film.jpg", mp4()],
    ]);
    assert.equal(answer.status, 422, answer.text);
    const said = Object.fromEntries(answer.body.errors.map(({ code, message }) => [message.split(": ")[0], code]));
    assert.deepEqual(said, {
      "fake.jpg": "file-not-picture", "half.png": "file-damaged", "bomb.png": "file-too-many-pixels",
      "drawing.svg": "file-svg", "empty.png": "file-empty", "film.jpg": "file-is-video",
    });
    const { pictures } = await staff.reads("/admin/media?q=good");
    assert.deepEqual(pictures.map(({ file_name }) => file_name), ["good.png"]);
    const { payload, headers } = upload("pictures", [["假图.jpg", Buffer.from("no picture at all")]]);
    const page = await staff.client.send("POST", "/admin/media", { payload, headers: { ...headers, origin: staff.client.origin, accept: "text/html" } });
    assert.equal(page.status, 422);
    assert.match(page.text, /<b>假图\.jpg<\/b> 不是图片/);
  });

  test("flags a smaller copy, and nothing else, until staff say it is another picture", async () => {
    const [large] = await keeps(["large.png", png("vase", 720, 640)]);
    const [small] = await keeps(["small.png", png("vase", 360, 320)]);
    await keeps(["other.png", png("lamp", 360, 320)]);
    assert.equal(small.alike_id, large.id);
    const ids = async () => (await staff.reads("/admin/media?show=alike")).pictures.map(({ id }) => id);
    assert.deepEqual(await ids(), [small.id]);
    const { alike } = await staff.reads(`/admin/media/${small.id}`);
    assert.equal(alike.file_name, "large.png");
    assert.equal((await staff.does(`/admin/media/${small.id}/different`)).status, 200);
    assert.deepEqual(await ids(), []);
  });

  test("knows where a picture is used, and lets it go only when it is used nowhere", async () => {
    const [picture] = await keeps(["used.png", png("used")]);
    await staff.does(`/admin/media/${picture.id}`, { alt: "一只碗" });
    const product = await staff.creates({ title: "青花碗" });
    const chosen = await staff.does(`/admin/products/${product.id}/pictures/choose`, { pictures: [{ id: picture.id }, { id: picture.id }] });
    assert.equal(chosen.status, 200, chosen.text);
    assert.deepEqual(chosen.body.product.pictures.map(({ alt }) => alt), ["一只碗", "一只碗"]);
    const seen = await staff.reads(`/admin/media/${picture.id}`);
    assert.deepEqual(seen.uses.map(({ kind, title }) => [kind, title]), [["product", "青花碗"]]);
    assert.equal((await staff.does(`/admin/media/${picture.id}/remove`)).status, 409);
    await staff.does(`/admin/products/${product.id}/pictures/0/remove`);
    assert.equal((await staff.does(`/admin/media/${picture.id}/remove`)).status, 409, "it is still there once");
    await staff.does(`/admin/products/${product.id}/pictures/0/remove`);
    const { pictures } = await staff.reads("/admin/media?show=unused");
    assert.ok(pictures.some(({ id }) => id === picture.id));
    assert.equal((await staff.does(`/admin/media/${picture.id}/remove`)).status, 200);
    assert.equal((await shop.client().get(`/media/${picture.id}/320.webp`)).status, 404);
    const original = path.join(server.data, "media", picture.id.slice(0, 2), `${picture.id}.png`);
    assert.ok(fs.existsSync(original), "it can be brought back for a month");
    await server.tampers("UPDATE jobs SET due_at = 0 WHERE kind = 'media.forget'");
    await until(() => !fs.existsSync(original) && derived(picture).length === 0, "its files are gone");
    assert.equal((await staff.does(`/admin/products/${product.id}/pictures/choose`, { pictures: [{ id: picture.id }] })).status, 422);
    await server.adds_up();
  });

  test("another picture takes the place of one everywhere", async () => {
    const [old] = await keeps(["old.png", png("old")]);
    await staff.does(`/admin/media/${old.id}`, { alt: "旧图" });
    const cup = await staff.creates({ title: "杯" }), bowl = await staff.creates({ title: "碗" });
    for (const { id } of [cup, bowl]) await staff.does(`/admin/products/${id}/pictures/choose`, { pictures: [{ id: old.id }] });
    const sent = await sends(`/admin/media/${old.id}/replace`, "pictures", [["new.png", png("new")]]);
    assert.equal(sent.status, 200, sent.text);
    const { picture, uses } = await staff.reads(`/admin/media/${sent.body.picture.id}`);
    assert.deepEqual([picture.file_name, picture.alt, picture.use_count], ["new.png", "旧图", 2]);
    assert.deepEqual(uses.map(({ title }) => title), ["杯", "碗"]);
    assert.equal((await staff.reads(`/admin/media/${old.id}`)).picture.use_count, 0);
    await until(async () => (await shop.client().open(`/products/${cup.handle}`)).text.includes(picture.id), "the shop shows it");
    await server.adds_up();
    const refused = await sends(`/admin/media/${picture.id}/replace`, "pictures", [["no.png", Buffer.from("nothing")]]);
    assert.equal(refused.body.errors[0].code, "file-not-picture");
  });

  test("pages through the library by key", async () => {
    for (let i = 0; i < 50; i++) await keeps([`page-${String(i).padStart(2, "0")}.png`, png(`page ${i}`, 36, 32)]);
    const names = [];
    for (let url = "/admin/media?q=page-"; url; ) {
      const view = await staff.reads(url);
      names.push(...view.pictures.map(({ file_name }) => file_name));
      url = view.next_url;
    }
    assert.equal(names.length, 50);
    assert.deepEqual(names, [...names].sort());
    const first = await staff.reads("/admin/media");
    const second = await staff.reads(first.next_url);
    assert.equal(first.pictures.length, 48);
    assert.ok(!second.pictures.some(({ id }) => first.pictures.some((picture) => picture.id === id)));
  });

  test("a picture of a product has words and a point that stays in sight", async () => {
    const product = await staff.creates({ title: "茶壶" });
    const at = `/admin/products/${product.id}/pictures`;
    const sent = await sends(at, "pictures", [["a.png", png("a")], ["b.png", png("b")]]);
    assert.equal(sent.status, 200, sent.text);
    const [, second] = sent.body.product.pictures;
    assert.equal(sent.body.product.version, product.version, "a form that is open meanwhile can still be saved");
    await staff.does(`${at}/1/move`, { to: 0 });
    assert.equal((await staff.does(`${at}/1`, { picture: second.id, alt: "x" })).status, 409, "another picture stands there by now");
    const changed = await staff.does(`${at}/0`, { picture: second.id, alt: "壶嘴特写", focus_x: 22, focus_y: 81 });
    assert.equal(changed.status, 200, changed.text);
    const page = await shop.client().open(`/products/${product.handle}`);
    assert.match(page.text, /alt="壶嘴特写" class="fx-20 fy-80"/);
    const list = await shop.client().open("/products");
    assert.match(list.text, new RegExp(`${second.id}/480\\.webp"[^>]*class="fx-20 fy-80"`));
    const plain = await staff.client.open(at + "/0");
    assert.equal(plain.forms.find(({ action }) => action.endsWith("/pictures/0")).fields.find(([name]) => name === "focus_x")[1], "22");
    assert.equal((await staff.does(`${at}/0`, { picture: second.id, focus_x: 101 })).status, 422);
    const more = Array.from({ length: 49 }, (_, i) => [`${i}.png`, png(`more ${i}`, 18, 16)]);
    const full = await sends(at, "pictures", more);
    assert.equal(full.status, 422);
    assert.equal(full.body.errors[0].code, "too-many-pictures");
    assert.equal((await sends(at, "pictures", more.slice(1))).body.product.pictures.length, 50);
  });

  test("a product has one video, which is sent in ranges and leaves when nobody shows it", async () => {
    const product = await staff.creates({ title: "风铃" });
    const film = mp4(100000);
    await sends(`/admin/products/${product.id}/pictures`, "pictures", [["bell.png", png("bell")]]);
    const refused = await sends(`/admin/products/${product.id}/video`, "video", [["film.mp4", png("bell")]]);
    assert.equal(refused.body.errors[0].code, "file-not-video");
    const sent = await sends(`/admin/products/${product.id}/video`, "video", [["bell.mp4", film]]);
    assert.equal(sent.status, 200, sent.text);
    const { video } = sent.body.product;
    const part = await shop.client().get(video.url, { headers: { range: "bytes=1000-1999" } });
    assert.equal(part.status, 206);
    assert.equal(part.headers["content-range"], "bytes 1000-1999/100000");
    assert.equal(part.headers["content-type"], "video/mp4");
    assert.ok(part.bytes.equals(film.subarray(1000, 2000)));
    assert.equal((await shop.client().get(video.url, { headers: { range: "bytes=200000-" } })).status, 416);
    const page = await shop.client().open(`/products/${product.handle}`);
    assert.match(page.text, /<video src="[^"]+\.mp4" poster="\/media\/[0-9a-f]+\/960\.jpg" controls preload="none"/);
    const { videos } = await staff.reads("/admin/media?show=video");
    assert.deepEqual(videos.map(({ file_name, product }) => [file_name, product]), [["bell.mp4", "风铃"]]);
    assert.equal((await staff.does(`/admin/media/videos/${video.id}/remove`)).status, 409);
    await staff.does(`/admin/products/${product.id}/video/remove`);
    assert.equal((await staff.does(`/admin/media/videos/${video.id}/remove`)).status, 200);
    assert.equal((await shop.client().get(video.url)).status, 404);
  });

  test("a video that was taken from its product, or from the library, comes back out of the trash", async () => {
    const product = await staff.creates({ title: "风车" });
    const { video } = (await sends(`/admin/products/${product.id}/video`, "video", [["mill.mp4", mp4(60000)]])).body.product;
    const removed = async () => (await staff.reads("/admin/trash?kind=video")).removed.filter(({ title }) => title === "mill.mp4");
    const shows = async () => (await staff.product(product.id)).video?.id ?? null;
    await staff.does(`/admin/products/${product.id}/video/remove`);
    await staff.does(`/admin/products/${product.id}/video/remove`);
    assert.equal(await shows(), null);
    const [taken, ...more] = await removed();
    assert.deepEqual([taken.kind, more.length], ["video", 0], "taking nothing away leaves nothing in the trash");
    assert.equal((await staff.does(`/admin/trash/${taken.id}/restore`)).status, 200);
    assert.equal(await shows(), video.id, "its product shows it again");

    await staff.does(`/admin/products/${product.id}/video/remove`);
    assert.equal((await staff.does(`/admin/media/videos/${video.id}/remove`)).status, 200);
    assert.equal((await shop.client().get(video.url)).status, 404);
    const [library, ofProduct] = await removed();
    assert.match((await staff.client.open("/admin/trash?kind=video")).text, /mill\.mp4/);
    assert.equal((await staff.does(`/admin/trash/${library.id}/restore`)).status, 200);
    assert.equal((await shop.client().get(video.url)).status, 200, "file and all");
    assert.equal(await shows(), null);
    await sends(`/admin/products/${product.id}/video`, "video", [["other.mp4", mp4(61000)]]);
    assert.equal((await staff.does(`/admin/trash/${ofProduct.id}/restore`)).status, 200);
    assert.notEqual(await shows(), video.id, "another video by now stays");
    assert.deepEqual(await removed(), []);
  });

  test("another shop sees none of it", async () => {
    const [picture] = await keeps(["own.png", png("own")]);
    const other = await server.opens("other");
    const stranger = await other.staff();
    assert.deepEqual((await stranger.reads("/admin/media")).pictures, []);
    assert.equal((await stranger.client.api(`/admin/media/${picture.id}`)).status, 404);
    assert.equal((await other.client().get(`/media/${picture.id}/320.webp`)).status, 404);
    assert.equal((await shop.client().api("/admin/media")).status, 401);
  });

  test("check finds a file that is lost", async () => {
    const [picture] = await keeps(["lost.png", png("lost")]);
    const original = path.join(server.data, "media", picture.id.slice(0, 2), `${picture.id}.png`);
    await server.adds_up();
    fs.renameSync(original, `${original}.away`);
    const done = await server.tries("check");
    fs.renameSync(`${original}.away`, original);
    assert.equal(done.code, 1);
    assert.match(done.stdout, new RegExp(`picture ${picture.id} has no file`));
  });
});
