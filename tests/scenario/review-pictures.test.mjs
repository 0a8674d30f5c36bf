// Pictures in reviews: up to nine, checked, stripped and sized as every picture, shown below the words, hidden with them.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { elements } from "../lib/html.mjs";
import { expect, expectProblem, startServer, until } from "../lib/shop.mjs";
import { png } from "../lib/pictures.mjs";

describe("pictures of buyers", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
  });
  after(() => server?.stop());

  async function gets(product) {
    const buyer = shop.visitor();
    const order = await buyer.buys(product);
    await staff.ships(order);
    return { buyer, order };
  }
  /** Sends the review as the form of the page does; `files` are {name, bytes}. */
  function writes({ buyer, order }, files, { stars = 5, text = "好用", accept = "application/json" } = {}) {
    const line = "----pictures";
    const fields = { token: order.token, line_no: 1, stars, text };
    const parts = Object.entries(fields).map(([key, value]) => Buffer.from(`--${line}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`));
    for (const { name, bytes } of files)
      parts.push(Buffer.from(`--${line}\r\nContent-Disposition: form-data; name="pictures"; filename="${name}"\r\nContent-Type: image/png\r\n\r\n`), bytes, Buffer.from("\r\n"));
    return buyer.client.send("POST", `/orders/${order.number}/reviews`, { payload: Buffer.concat([...parts, Buffer.from(`--${line}--\r\n`)]),
      headers: { accept, origin: buyer.client.origin, "content-type": `multipart/form-data; boundary=${line}` } });
  }
  const shade = (n) => ({ name: `photo ${n}.png`, bytes: png(`photo ${n}`) });
  const reads = async (product) => expect(await shop.client().api(`/products/${product.handle}/reviews`), 200).reviews.items;
  const library = async () => (await staff.reads("/admin/media")).pictures.map(({ file_name }) => file_name);

  test("stand under the words, small and lazy, each with a large form that tells nothing of the place", async () => {
    const cup = await shop.product();
    const mine = await gets(cup);
    const spy = { name: "at-home.png", bytes: Buffer.concat([png("at home"), Buffer.from("Exif GPS 30.25N 120.15E")]) };
    expect(await writes(mine, [shade(1), shade(2), spy, shade(1)]), 201);
    const [review] = await reads(cup);
    assert.equal(review.pictures.length, 3, "the same one twice is one");
    const page = await until(async () => {
      const answer = await shop.client().open(`/products/${cup.handle}`);
      return /review-pics/.test(answer.text) && answer;
    }, "the page of the product shows them");
    const images = elements(page.text, "img").filter(({ attributes }) => review.pictures.some(({ id }) => attributes.src.includes(id)));
    assert.equal(images.length, 3);
    for (const { attributes } of images) assert.deepEqual([attributes.loading, attributes.width, /买家晒图/.test(attributes.alt)], ["lazy", "160", true]);
    for (const { id } of review.pictures) {
      const large = await shop.client().send("GET", `/media/${id}/1280.webp`);
      assert.equal(large.status, 200);
      assert.doesNotMatch(large.text, /30\.25N/);
    }
    const sheet = await staff.client.send("GET", "/admin/reviews/export?format=csv", { headers: { accept: "text/csv" } });
    assert.match(sheet.text, new RegExp(`/media/${review.pictures[0].id}/1280.jpg /media/`));
    const plainPage = await shop.client().open(`/products/${(await shop.product()).handle}`);
    assert.doesNotMatch(plainPage.text, /review-pics/);
    await server.adds_up();
  });

  test("are refused whole: too many, no picture, no right to write; and leave nothing behind", async () => {
    const cup = await shop.product();
    const mine = await gets(cup);
    const many = expectProblem(await writes(mine, Array.from({ length: 10 }, (_, i) => shade(20 + i))), 422, "invalid");
    assert.deepEqual([many.errors[0].field, many.errors[0].code], ["pictures", "too-many-pictures"]);
    const fake = expectProblem(await writes(mine, [shade(40), { name: "evil.png", bytes: Buffer.from("<script>alert(1)</script>") }]), 422, "invalid");
    assert.deepEqual([fake.errors[0].field, fake.errors[0].code.startsWith("file-")], ["pictures", true]);
    const page = await writes(mine, [{ name: "evil.png", bytes: Buffer.from("no picture") }], { accept: "text/html", text: "很长的一段话" });
    assert.equal(page.status, 422);
    assert.match(page.text, /很长的一段话/, "the words are kept");
    assert.match(page.text, /id="line-1-pictures-hint" role="alert"/);
    assert.match(page.text, /图片需要重新选择|不是能识别的图片|不能用/);
    const buyer = shop.visitor();
    const unsent = { buyer, order: await buyer.buys(cup) };
    expectProblem(await writes(unsent, [shade(50)]), 409, "invalid-transition");
    const names = await library();
    for (const name of ["photo 40.png", "photo 50.png", "photo 20.png"]) assert.ok(!names.includes(name), `${name} is not in the library`);
    assert.deepEqual(await reads(cup), []);
  });

  test("stay as they were written, belong to the review, and go with its words when the platform hides it", async () => {
    const cup = await shop.product();
    const mine = await gets(cup);
    const files = [shade(60), shade(61)];
    expect(await writes(mine, files), 201);
    expect(await writes(mine, files), 201);
    expectProblem(await writes(mine, [shade(62)], { text: "换一段话" }), 409, "duplicate");
    const [review] = await reads(cup);
    assert.equal(review.pictures.length, 2);
    assert.ok(!(await library()).includes("photo 62.png"));
    const [{ id }] = review.pictures;
    const used = await staff.reads(`/admin/media/${id}`);
    assert.deepEqual(used.uses.map(({ kind }) => kind), ["review"]);
    assert.equal((await staff.does(`/admin/media/${id}/remove`, {})).status, 409, "the shop cannot take it away");
    const own = await staff.client.send("GET", `/admin/reviews/${review.id}`, { headers: { accept: "text/html" } });
    assert.match(own.text, /review-pictures/);
    await server.tool("review hide", "--shop", shop.handle, "--review", review.id, "--reason", "privacy", "--by", "审核员", "--note", "拍到了他人");
    await until(async () => (await reads(cup))[0].is_hidden, "it is hidden");
    assert.deepEqual((await reads(cup))[0].pictures, []);
    assert.doesNotMatch((await shop.client().open(`/products/${cup.handle}/reviews`)).text, new RegExp(id));
    await server.tool("review show", "--shop", shop.handle, "--review", review.id, "--by", "审核员", "--note", "看错了");
    await until(async () => (await reads(cup))[0].pictures.length === 2, "they are seen again");
    await server.adds_up();
  });
});
