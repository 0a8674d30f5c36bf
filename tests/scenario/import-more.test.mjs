// Product files that are large, that bring their pictures in a ZIP, and that say all that the editor can say.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { importsOf } from "../lib/imports.mjs";
import { mp4, png, upload } from "../lib/pictures.mjs";
import { cny, expect, expectProblem, startServer, unique, until } from "../lib/shop.mjs";
import { zip } from "../lib/zip.mjs";

describe("large files", () => {
  let server, staff, imports;
  before(async () => {
    server = await startServer({ args: ["--upload-limit", "65536", "--import-limit", "1000000", "--video-limit", "300000"] });
    staff = await server.shop.staff();
    imports = importsOf(staff);
  });
  after(() => server?.stop());

  test("a table and a video have limits of their own, above that of pictures; what is larger is refused", async () => {
    const sku = unique("BIG");
    const table = `名称,分类,货号,售价,描述\n大表,百货,${sku},1,${"字".repeat(20000)}\n${Array.from({ length: 40 }, (_, i) => `货 ${i},百货,${sku}-${i},1,${"x".repeat(15000)}`).join("\n")}\n`;
    assert.ok(Buffer.byteLength(table) > 600000);
    assert.equal((await imports.applies("大表.csv", table)).import.counts.new, 41);
    expectProblem(await imports.send("太大.csv", Buffer.alloc(1_200_000, "a,b\n")), 413, "payload-too-large");
    const product = await staff.creates({ sku: unique("V") });
    const film = (bytes) => {
      const { payload, headers } = upload("video", [["片.mp4", bytes]]);
      return staff.client.send("POST", `/api/v1/admin/products/${product.id}/video`, { payload, headers: { ...headers, origin: staff.client.origin } });
    };
    expect(await film(mp4(250_000)), 200);
    assert.equal((await staff.product(product.id)).video.bytes, 250_000);
    expectProblem(await film(mp4(400_000)), 413, "payload-too-large");
    const { payload, headers } = upload("pictures", [["大.png", Buffer.alloc(100_000)]]);
    expectProblem(await staff.client.send("POST", `/api/v1/admin/products/${product.id}/pictures`, { payload, headers: { ...headers, origin: staff.client.origin } }), 413, "payload-too-large");
    assert.match((await staff.client.get(`/admin/products/${product.id}`)).text, /data-limit="300000"/);
  });
});

describe("slow files", () => {
  let server, staff;
  before(async () => {
    server = await startServer({ args: ["--request-timeout", "1"] });
    staff = await server.shop.staff();
  });
  after(() => server?.stop());

  const { payload, headers } = upload("file", [["慢.csv", Buffer.from(`名称,分类,货号,售价\n${Array.from({ length: 4000 }, (_, i) => `慢慢来的货物 ${i},百货,${"SLOW-".repeat(10)}${i},1`).join("\n")}\n`)]]);
  /** Sends so many pieces of 40 KB, five a second; resolves with the status, or with what became of the connection. */
  const sends = (pieces) => new Promise((resolve) => {
    const cookie = [...staff.client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const request = http.request(staff.client.base, { method: "POST", path: "/api/v1/admin/products/imports", headers: { ...headers, host: staff.client.host, origin: staff.client.origin, cookie, "content-length": payload.length } });
    request.on("response", (answer) => answer.resume().on("end", () => resolve(answer.statusCode)));
    request.on("error", (problem) => resolve(problem.code));
    let sent = 0;
    const timer = setInterval(() => {
      if (sent === pieces || sent * 40000 >= payload.length) return clearInterval(timer);
      request.write(payload.subarray(sent * 40000, ++sent * 40000));
    }, 200);
  });

  test("a file is waited for as long as it goes on, longer than other requests; when it stops, it is given up", async () => {
    assert.ok(payload.length > 300000, `${payload.length} bytes in 40 KB each fifth of a second`);
    const begin = Date.now();
    assert.equal(await sends(Infinity), 201);
    assert.ok(Date.now() - begin > 1500);
    assert.ok([408, "ECONNRESET", "EPIPE"].includes(await sends(2)));
  });
});

describe("a table that comes with its pictures", () => {
  let server, staff, imports;
  before(async () => {
    server = await startServer();
    staff = await server.shop.staff();
    imports = importsOf(staff);
  });
  after(() => server?.stop());

  test("names of files are matched, what is missing is told and keeps nothing out, and undoing takes back what it added", async () => {
    const [a, b] = [unique("Z"), unique("Z")];
    const first = Array.from({ length: 4 }, (_, i) => png(`${a}-${i}`));
    const pack = zip([
      ["包/图片/正面.png", first[0]], ["包/图片/Back View.PNG", first[1]], ["包/图片/第三张.png", first[2]], ["包/坏.png", Buffer.from("nichts")],
      ["包/商品.csv", Buffer.from(`名称,分类,货号,售价,图片\n伞,百货,${a},30,正面.png;图片/Back View.png;没有.jpg\n灯,百货,${b},40,第三张 坏.png\n`)],
    ]);
    const { import: made } = expect(await imports.send("包.zip", pack), 201);
    assert.deepEqual([made.table_name, made.picture_count, made.file_name], ["包/商品.csv", 4, "包.zip"]);
    const checked = await imports.checks("包.zip", pack, { mode: "all" });
    assert.deepEqual([checked.import.counts.new, checked.import.counts.refused, checked.import.counts.problems, checked.import.counts.warnings, checked.import.can_apply], [2, 0, 0, 1, true]);
    assert.deepEqual(checked.row_problems.map(({ line, column, code, value, is_warning }) => ({ line, column, code, value, is_warning })),
      [{ line: 2, column: "图片", code: "picture-missing", value: "没有.jpg", is_warning: true }]);
    const applied = await imports.applies("包.zip", pack, { mode: "all" });
    assert.deepEqual(await imports.placed(applied.import.id), { waiting: 0, placed: 3, refused: 1 });
    const umbrella = await imports.whole(a), lamp = await imports.whole(b);
    assert.deepEqual([umbrella.pictures.length, lamp.pictures.length], [2, 1]);
    const ids = async (product) => (await staff.product(product.id)).pictures.map(({ id }) => id);
    const names = async (product) => Promise.all((await ids(product)).map(async (id) => expect(await staff.client.api(`/admin/media/${id}`), 200).picture.file_name));
    assert.deepEqual(await names(umbrella), ["正面.png", "Back View.PNG"], "in the order of the cell");
    const report = await imports.look(applied.import.id, "?show=problems");
    assert.deepEqual(report.row_problems.map(({ line, code, value }) => [line, code, value]), [[2, "picture-missing", "没有.jpg"], [3, "file-not-picture", "包/坏.png"]]);

    const again = await imports.checks("包.zip", pack);
    assert.deepEqual([again.import.counts.new, again.import.counts.changed, again.import.counts.unchanged], [0, 1, 1], "only what was refused is tried anew");
    const { payload, headers } = upload("pictures", [["自己.png", png(`${a}-own`)]]);
    expect(await staff.client.send("POST", `/api/v1/admin/products/${umbrella.id}/pictures`, { payload, headers: { ...headers, origin: staff.client.origin } }), 200);
    await imports.undoes(applied.import.id);
    assert.deepEqual(await names(umbrella), ["自己.png"]);
    assert.deepEqual(await ids(lamp), []);
  });

  test("a product that has a picture already keeps it when an import that names it again is undone", async () => {
    const sku = unique("Z"), bytes = png(sku);
    const product = await staff.creates({ sku });
    const { payload, headers } = upload("pictures", [["旧.png", bytes]]);
    expect(await staff.client.send("POST", `/api/v1/admin/products/${product.id}/pictures`, { payload, headers: { ...headers, origin: staff.client.origin } }), 200);
    const applied = await imports.applies("x.zip", zip([["t.csv", Buffer.from(`sku,pictures\n${sku},a\n`)], ["a.png", bytes]]));
    assert.equal((await imports.placed(applied.import.id)).placed, 1);
    await imports.undoes(applied.import.id);
    assert.equal((await staff.product(product.id)).pictures.length, 1);
  });

  test("a 淘宝数据包 in a ZIP: its .tbi files go before the addresses beside them", async () => {
    const sku = unique("TB");
    const table = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`version 1.00\r\ntitle\tcid\tprice\tnum\touter_id\tpicture\r\n宝贝名称\t宝贝类目\t宝贝价格\t宝贝数量\t商家编码\t新图片\r\n手帕\t1512\t9.90\t40\t${sku}\t5f1a2b:1:0:|https://img.invalid/1.jpg;6e2c:1:1:|;\r\n`, "utf16le")]);
    const { id } = await staff.category();
    const applied = await imports.applies("数据包.zip", zip([["数据包.csv", table], ["数据包/5f1a2b.tbi", png(`${sku}1`)], ["数据包/6e2c.tbi", png(`${sku}2`)]]), { category_id: id });
    assert.deepEqual([applied.import.counts.new, applied.import.counts.warnings], [1, 0], JSON.stringify(applied.row_problems));
    assert.equal((await imports.placed(applied.import.id)).placed, 2);
    assert.deepEqual((await imports.whole(sku)).picture_addresses ?? [], []);
  });

  const words = async (sku) => (await staff.product((await imports.whole(sku)).id)).pictures.map(({ alt }) => alt);
  const looks = async (sku) => Object.fromEntries((await imports.table(sku)).map((row) => [row["货号"], row["规格图片"]]));

  test("words of pictures and pictures of variants come from a ZIP, come back unchanged, are changed by id, and are undone", async () => {
    const sku = unique("W");
    const pack = zip([["红.png", png(`${sku}r`)], ["蓝.png", png(`${sku}b`)], ["背面.png", png(`${sku}x`)], ["t.csv", Buffer.from(
      `名称,分类,货号,售价,颜色,图片,图片替代文字,规格图片\n帽 ${sku},百货,${sku}-1,30,红,背面.png,"<clear>",红.png\n帽 ${sku},百货,${sku}-2,30,蓝,,,蓝\n帽 ${sku},百货,${sku}-3,30,绿,,,没有.png\n`)]]);
    const odd = await imports.checks("o.csv", `名称,分类,货号,售价,规格图片\n怪,百货,${sku}-o,1,|\n`);
    assert.deepEqual(odd.row_problems.map(({ code, value }) => [code, value]), [["picture-missing", "|"]]);
    const applied = await imports.applies("w.zip", pack);
    assert.deepEqual(applied.row_problems.map(({ line, column, code }) => [line, column, code]), [[4, "规格图片", "picture-missing"]]);
    assert.equal((await imports.placed(applied.import.id)).placed, 3);
    const title = `帽 ${sku}`;
    assert.deepEqual(await words(`${sku}-1`), ["", title, title], "what is cleared has none, the others the title");
    const shown = await looks(`${sku}-1`);
    const ids = (await imports.whole(`${sku}-1`)).pictures.map(({ id }) => id);
    assert.deepEqual(shown, { [`${sku}-1`]: ids[1], [`${sku}-2`]: ids[2], [`${sku}-3`]: "" });
    const again = await imports.checks("w.zip", pack);
    assert.deepEqual([again.import.counts.changed, again.import.counts.new], [0, 0], JSON.stringify(again.import.counts));
    for (const format of ["csv", "xlsx"]) {
      const file = await staff.client.get(`/admin/products/export?format=${format}&q=${sku}-1`);
      const back = await imports.checks(`w.${format}`, file.bytes);
      assert.deepEqual([back.import.counts.changed, back.import.counts.refused, back.import.counts.warnings], [0, 0, 0], JSON.stringify((await imports.look(back.import.id, "?show=changed")).items));
    }
    const other = await imports.applies("w.csv", `货号,图片,图片替代文字,规格图片\n${sku}-1,${ids.join(" ")},"背面, 近看\n正面; 红\n<clear>",${ids[2]}\n${sku}-2,,,<clear>\n${sku}-3,,,${"0".repeat(32)}\n`);
    assert.equal(other.import.counts.changed, 1, JSON.stringify(other.row_problems));
    assert.deepEqual(other.row_problems.map(({ line, code }) => [line, code]).at(-1)?.[1], "picture-missing");
    assert.deepEqual(await words(`${sku}-1`), ["背面, 近看", "正面; 红", ""]);
    assert.deepEqual(await looks(`${sku}-1`), { [`${sku}-1`]: ids[2], [`${sku}-2`]: "", [`${sku}-3`]: "" });
    const { picture } = expect(await staff.client.api(`/admin/media/${ids[2]}`), 200);
    assert.ok(picture.use_count >= 2, "the library knows that a variant shows it");
    await imports.undoes(other.import.id);
    assert.deepEqual([await words(`${sku}-1`), await looks(`${sku}-1`)], [["", title, title], shown]);
    const long = await imports.checks("l.csv", `货号,图片,图片替代文字\n${sku}-1,${ids[0]},${"长".repeat(201)}\n`);
    assert.deepEqual(long.row_problems.map(({ column, code }) => [column, code]), [["图片替代文字", "too-long"]]);
    await imports.undoes(applied.import.id);
    assert.deepEqual((await staff.product((await imports.whole(`${sku}-1`)).id)).pictures, []);
    await server.tool("check");
  });

  test("淘宝数据包: variants of coded properties by the names that the file carries, with their pictures; without names none", async () => {
    const sku = unique("TS");
    const head = "title\tcid\tprice\tnum\touter_id\tpicture\tskuProps\tpropAlias\tinputCustomCpv\tinputPids\tinputValues";
    const names = "宝贝名称\t宝贝类目\t宝贝价格\t宝贝数量\t商家编码\t新图片\t销售属性组合\t销售属性别名\t自定义属性值\t用户输入ID串\t用户输入名-值对";
    const rows = [
      `衫\t1\t20\t9\t${sku}\taa:1:0:|https://img.invalid/1.jpg;bb:2:0:1627207:28341|https://img.invalid/2.jpg;\t20.50:3:${sku}-A:1627207:28341;20509:28314;21:6::1627207:-1001;20509:28314;\t1627207:28341:月白;20509:28314:均码;\t1627207:-1001:豆青;\t20000,13021751\t青山,M-7`,
      `袜\t1\t5\t8\t${sku}-S\t\t5:8:${sku}-S1:1627207:28320;\t\t\t\t`,
      `裤\t1\t5\t8\t${sku}-P\t\t那么多\t\t\t\t`,
    ];
    const table = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`version 1.00\r\n${head}\r\n${names}\r\n${rows.join("\r\n")}\r\n`, "utf16le")]);
    const pack = zip([["数据包.csv", table], ["数据包/aa.tbi", png(`${sku}a`)], ["数据包/bb.tbi", png(`${sku}b`)]]);
    const { id } = await staff.category();
    const applied = await imports.applies("数据包.zip", pack, { category_id: id });
    assert.deepEqual(applied.row_problems.map(({ line, column, code, value }) => [line, column, code, value]),
      [[5, "skuProps", "props-unnamed", "1627207:28320"], [6, "skuProps", "props-unreadable", ":那么多"]]);
    assert.equal(applied.import.counts.new, 3);
    assert.equal((await imports.placed(applied.import.id)).placed, 2);
    const shirt = await imports.whole(`${sku}-A`);
    assert.deepEqual(shirt.options.map(({ name, values }) => [name, values]), [["颜色分类", ["月白", "豆青"]], ["尺码", ["均码"]]]);
    assert.deepEqual(shirt.variants.map(({ title, price, sku: code }) => [title, price.amount, code === `${sku}-A`]), [["月白 / 均码", 2050, true], ["豆青 / 均码", 2100, false]]);
    assert.deepEqual([shirt.brand, shirt.model], ["青山", "M-7"]);
    assert.deepEqual(Object.values(await looks(`${sku}-A`)), [shirt.pictures[1].id, ""]);
    assert.equal((await staff.reads(`/admin/variants/${shirt.variants[1].id}/stock`)).total.on_hand, 6);
    assert.equal((await imports.whole(`${sku}-S`)).variants.length, 1);
    const again = await imports.checks("数据包.zip", pack, { category_id: id });
    assert.deepEqual([again.import.counts.new, again.import.counts.changed], [0, 0]);
  });

  test("kill -9 while pictures are taken: each is there once, and none is missing", async () => {
    const sku = unique("K");
    const names = Array.from({ length: 60 }, (_, i) => `${i}.png`);
    const rows = names.map((name, i) => `货 ${i},百货,${sku}-${i},1,${name}`);
    const applied = await imports.applies("k.zip", zip([["k.csv", Buffer.from(`名称,分类,货号,售价,图片\n${rows.join("\n")}\n`)], ...names.map((name) => [name, png(`${sku}${name}`, 900, 800)])]));
    await server.dies();
    await server.start();
    assert.deepEqual(await imports.placed(applied.import.id), { waiting: 0, placed: 60, refused: 0 });
    for (const i of [0, 31, 59]) assert.equal((await imports.whole(`${sku}-${i}`)).pictures.length, 1);
    await server.tool("check");
  });

  test("ZIP files that cannot be used are refused with what to do", async () => {
    const code = async (entries) => expectProblem(await imports.send("x.zip", Buffer.isBuffer(entries) ? entries : zip(entries)), 422, "invalid").errors.map(({ field, code: told }) => `${field} ${told}`).join();
    assert.equal(await code([["a.png", png("a")]]), "file zip-no-table");
    assert.equal(await code([["a.csv", Buffer.from("a,b\n")], ["b.csv", Buffer.from("a,b\n")]]), "file zip-tables");
    assert.equal(await code([["a.csv", Buffer.from("a,b\n"), { flags: 0x801 }]]), "file zip-locked");
    assert.equal(await code(zip([["a.csv", Buffer.from("a,b\n")], ["b.png", png("b")]]).subarray(0, 60)), "file zip-broken");
  });
});

describe("columns beside the price, and after the sale", () => {
  let server, shop, staff, imports;
  before(async () => {
    server = await startServer();
    shop = server.shop;
    staff = await shop.staff();
    imports = importsOf(staff);
  });
  after(() => server?.stop());

  test("struck prices, contents and promises are read in Chinese and in English, and are cleared", async () => {
    const sku = unique("T");
    await imports.applies("t.csv", `名称,分类,货号,售价,划线价,划线价来源,每件含量,含量单位,单位价按,7天无理由退货,退货期限（天）,保修（月）,假一赔几,换货期限（天）\n茶,茶叶,${sku},80,99,厂商建议零售价,250,克,每500克,支持,15,12,10,30\n`);
    const tea = await imports.whole(sku);
    const [variant] = tea.variants;
    assert.deepEqual([variant.compare_price, variant.compare_kind, variant.compare_note, variant.content_amount, variant.content_unit, variant.content_base],
      [cny(9900), "explained", "厂商建议零售价", 250, "g", "500g"]);
    assert.deepEqual(tea.after_sale, { return_rule: "seven_days", return_days: 15, exchange_days: 30, warranty_months: 12, fake_multiple: 10 });
    const done = await imports.applies("t2.csv", `sku,compare_price,content_amount,content_unit,content_base,return_rule,return_days,fake_multiple\n${sku},<clear>,2,KG,kg,perishable,<clear>,<clear>\n`);
    assert.deepEqual([done.import.counts.changed, done.import.counts.refused], [1, 0], JSON.stringify(done.row_problems));
    const now = await imports.whole(sku);
    assert.deepEqual([now.variants[0].content_amount, now.variants[0].content_unit, now.variants[0].content_base], [2, "kg", "kg"]);
    assert.equal(now.variants[0].compare_price?.amount ?? 0, 0);
    assert.deepEqual([now.after_sale.return_rule, now.after_sale.return_days, now.after_sale.fake_multiple, now.after_sale.warranty_months], ["perishable", 0, 0, 12]);
  });

  test("a struck price without a deal, or above it, is refused at its cell with the most that is lawful", async () => {
    const lamp = await shop.product({ price: 9900, stock: 50, sku: unique("L") });
    await shop.visitor().buys(lamp);
    await until(async () => (await staff.reads(`/admin/products/${lamp.id}/prices?days=7`)).ceiling.max?.amount === 9900, "the deal is known");
    const fresh = unique("L");
    const checked = await imports.checks("l.csv", `名称,分类,货号,售价,划线价\n新灯,百货,${fresh},50,80\n,,${lamp.sku},79,120\n`);
    assert.deepEqual(checked.row_problems.map(({ line, column, code, value, fix }) => ({ line, column, code, value, fix })), [
      { line: 2, column: "划线价", code: "REF_PRICE_NO_DEAL", value: "80", fix: "" },
      { line: 3, column: "划线价", code: "REF_PRICE_UNLAWFUL", value: "120", fix: "99.00" },
    ]);
    const fine = await imports.applies("l.csv", `货号,售价,划线价\n${lamp.sku},79,99\n`);
    assert.deepEqual([fine.import.counts.changed, fine.import.counts.problems], [1, 0], JSON.stringify(fine.row_problems));
    const low = await imports.checks("low.csv", `货号,划线价,含量单位,7天无理由退货\n${lamp.sku},10,斗,否\n`);
    assert.deepEqual(low.row_problems.map(({ column, code }) => `${column} ${code}`).toSorted(), ["7天无理由退货 unknown-return-rule", "含量单位 unknown-content-unit"]);
  });

  test("random products with all of it come back from CSV and XLSX without a change, and are the same in another shop", async () => {
    let state = 20261126;
    const random = (most) => (state = (state * 1103515245 + 12345) % 2147483648) % most;
    const pick = (...list) => list[random(list.length)];
    const sku = unique("R");
    for (let i = 0; i < 14; i++) {
      const rule = pick("unsaid", "seven_days", "custom_made", "perishable", "digital", "press", "unsuited");
      const [unit, base] = pick(["", ""], ["g", "100g"], ["ml", "l"], ["cm", "m"], ["tablet", ""], ["kg", "500g"], ["sheet", ""]);
      const words = () => pick("好", "=1+1", "'引号", "a,b;c|d", "两 字", "\"x\"", "@看", "-1");
      const beside = () => {
        const price = 100 + random(90000), isStruck = random(2);
        return {
          price: cny(price), compare_price: isStruck ? cny(price + 1 + random(5000)) : undefined, compare_kind: isStruck ? "explained" : undefined, compare_note: isStruck ? words() : pick("", words()),
          content_amount: unit ? 1 + random(2000) : 0, content_unit: unit, content_base: base, weight: random(5000), volume: random(99), cost: pick("", "3.20"), barcode: pick("", "6901234567892"),
        };
      };
      const many = random(3);
      const answer = await staff.triesToCreate({
        title: `随机 ${i} ${words()}`, sku: `${sku}-${i}`, subtitle: words(), brand: pick("", words()), model: pick("", words()), origin: pick("", "杭州"), unit: pick("", "件"), shelf_life_days: pick(0, 30), tags: pick("", "夏装,新品"),
        seo_title: pick("", words()), seo_description: pick("", words()), status: pick("draft", "active"), description: pick("", "<p>字</p>"),
        specs: pick([], [{ name: "材质", value: "棉" }, { name: "产地", value: "苏 州" }]),
        return_rule: rule, return_days: rule === "seven_days" ? pick(0, 15) : 0, exchange_days: pick(0, 30), warranty_months: pick(0, 12), fake_multiple: pick(0, 10),
        options: many ? [{ name: "颜色", values: "红,蓝,绿" }] : [],
        variants: (many ? ["红", "蓝", "绿"].slice(0, many + 1) : [""]).map((options, n) => ({ sku: `${sku}-${i}-${n}`, options, is_active: true, stock: random(20), ...beside() })),
      });
      expect(answer, 200, 201);
    }
    const comesBack = async () => {
      for (const format of ["csv", "xlsx"]) {
        const file = await staff.client.get(`/admin/products/export?format=${format}`);
        for (const match of ["handle", "sku"]) {
          const { import: { counts, id }, row_problems: problems } = await imports.checks(`商品.${format}`, file.bytes, { match });
          const told = JSON.stringify((await imports.look(id, "?show=changed")).items) + JSON.stringify(problems ?? []);
          assert.deepEqual([counts.new, counts.changed, counts.refused, counts.warnings], [0, 0, 0, 0], told);
        }
      }
    };
    await comesBack();
    const other = await server.opens(unique("other").toLowerCase());
    const theirs = await other.staff();
    const table = (await staff.client.get(`/admin/products/export?format=csv&q=${encodeURIComponent("随机")}`)).text;
    const done = await importsOf(theirs).applies("商品.csv", table, { match: "handle" });
    assert.deepEqual([done.import.counts.new, done.import.counts.problems], [14, 0], JSON.stringify(done.row_problems));
    const lines = (text) => text.split("\r\n").toSorted();
    assert.deepEqual(lines((await theirs.client.get("/admin/products/export?format=csv")).text), lines(table));
    // the same with pictures, their words, and pictures of variants
    const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
    const files = [], rows = [];
    for (let i = 0; i < 14; i++) {
      const [a, b] = ["a", "b"].map((name) => `${sku}-${i}${name}.png`);
      files.push([a, png(a)], [b, png(b)]);
      const said = [pick("<clear>", "好看", "=1+1", "a;b|c, d", "\"引\""), pick("<clear>", "@近", "-1", "两 字")];
      rows.push([`${sku}-${i}-0`, `${a};${b}`, quoted(said.join("\n")), pick(a, b, "")].join());
    }
    const pictured = await imports.applies("图.zip", zip([["图.csv", Buffer.from(`货号,图片,图片替代文字,规格图片\n${rows.join("\n")}\n`)], ...files]));
    assert.equal((await imports.placed(pictured.import.id)).placed, 28, JSON.stringify(pictured.row_problems));
    await comesBack();
  });

  test("the list of errors has reasons and advice in the reader's language; line, column and code stay", async () => {
    const { import: made } = await imports.checks("错.csv", `名称,分类,货号,售价\n坏,百货,${unique("X")},一百\n公式,百货,=1+1,x\n`);
    const chinese = (await staff.client.get(`/admin/products/imports/${made.id}/problems`)).text.split("\r\n");
    assert.ok(chinese[0].endsWith('行,列,内容,错误代码,原因,怎么改,建议填'), chinese[0]);
    assert.equal(chinese[1], '2,"售价","一百","bad-price","不是价格","写成 1299.00 这样的数字，不带单位。","1299.00"');
    const english = (await staff.client.get(`/en/admin/products/imports/${made.id}/problems`)).text.split("\r\n");
    assert.equal(english[1], '2,"售价","一百","bad-price","No price","Write a number like 1299.00, without a unit.","1299.00"');
  });

  test("a SKU or a handle of another product is told at its cell, in the editor and in a file", async () => {
    const [mine, theirs] = [await staff.creates({ sku: unique("S") }), await staff.creates({ sku: unique("S") })];
    const refused = expectProblem(await staff.triesToSave(mine, {}, { sku: theirs.sku }), 422, "invalid");
    assert.deepEqual(refused.errors.map(({ field, code }) => [field, code]), [["variants.0.sku", "sku-taken"]]);
    const handle = expectProblem(await staff.triesToSave(mine, { handle: theirs.handle }), 422, "invalid");
    assert.deepEqual(handle.errors.map(({ field, code }) => [field, code]), [["handle", "duplicate"]]);
    const checked = await imports.checks("s.csv", `handle,sku,price\n${mine.handle},${theirs.sku},5\n`, { match: "handle" });
    assert.deepEqual(checked.row_problems.map(({ line, column, code, value }) => [line, column, code, value]), [[2, "sku", "sku-taken", theirs.sku]]);
  });

  test("decks of codes and imports go out as tables: numbers and never a code", async () => {
    const cards = await staff.creates({ kind: "digital", sku: unique("C"), codes: ["SECRET-AAAA-1", "SECRET-AAAA-2"] });
    const table = (await staff.client.get("/admin/codes/export?format=csv")).text.split("\r\n");
    assert.match(table[0], /"?货号"?,"?商品"?,"?规格"?,"?发货方式"?,"?剩余"?/);
    const row = table.find((line) => line.includes(cards.sku));
    assert.match(row, /一条一发"?,2,0,0,0,/);
    assert.doesNotMatch(table.join(), /SECRET/);
    const { imports: listed } = expect(await staff.client.api("/admin/products/imports"), 200);
    const reports = (await staff.client.get("/en/admin/products/imports/export?format=csv")).text.split("\r\n");
    assert.match(reports[0], /file"?,"?state/);
    assert.equal(reports.filter((line) => line).length - 1, listed.length);
    assert.equal((await staff.client.get("/admin/products/imports/export?format=xlsx")).bytes.subarray(0, 2).toString(), "PK");
  });
});
