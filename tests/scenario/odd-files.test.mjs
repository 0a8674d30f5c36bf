// Product files as they come out of spreadsheets, other shops and broken downloads: each ends in a clear answer.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { importsOf } from "../lib/imports.mjs";
import { expect, expectProblem, startServer, unique } from "../lib/shop.mjs";
import { zip } from "../lib/zip.mjs";

const escaped = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;");
const place = (row, column) => `${String.fromCharCode(65 + column)}${row + 1}`;
/** A workbook of one sheet; cells are texts, numbers, {date: serial}, {formula, value}, or {error}. */
function workbook(rows, { merged = "" } = {}) {
  const cell = (value, row, column) => {
    const at = place(row, column);
    if (value === "" || value === undefined) return "";
    if (typeof value === "number") return `<c r="${at}"><v>${value}</v></c>`;
    if (value.raw) return `<c r="${at}"><v>${value.raw}</v></c>`;
    if (value.date !== undefined) return `<c r="${at}" s="1"><v>${value.date}</v></c>`;
    if (value.formula) return `<c r="${at}"${typeof value.value === "number" ? "" : ' t="str"'}><f>${escaped(value.formula)}</f><v>${escaped(value.value)}</v></c>`;
    if (value.error) return `<c r="${at}" t="e"><v>${value.error}</v></c>`;
    return `<c r="${at}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
  };
  const sheet = rows.map((cells, row) => `<row r="${row + 1}">${cells.map((value, column) => cell(value, row, column)).join("")}</row>`).join("");
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const parts = {
    "[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
    "_rels/.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="商品" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    "xl/styles.xml": `<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="170" formatCode="yyyy\\-mm\\-dd hh:mm"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="170" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData>${merged ? `<mergeCells count="1"><mergeCell ref="${merged}"/></mergeCells>` : ""}</worksheet>`,
  };
  return zip(Object.entries(parts).map(([name, text]) => [name, Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${text}`)]));
}

describe("odd files", () => {
  let server, staff, imports;
  before(async () => {
    server = await startServer();
    staff = await server.shop.staff();
    imports = importsOf(staff);
  });
  after(() => server?.stop());

  const told = ({ row_problems: problems = [] }) => problems.map(({ line, code }) => `${line} ${code}`).join("; ");
  const fine = ({ import: { counts } }) => `${counts.new} new, ${counts.refused} refused`;

  test("a byte order mark, mixed line ends and blank lines are no trouble", async () => {
    const sku = unique("O");
    const seen = await imports.checks("bom.csv", `\ufeff名称,分类,货号,售价\r\n甲,百货,${sku}1,1\n\n乙,百货,${sku}2,2\r丙,百货,${sku}3,"3"\r\n,,,\n`);
    assert.deepEqual([fine(seen), told(seen)], ["3 new, 0 refused", ""]);
  });

  test("a quote that never closes, and one that closes too soon, are told with their line; rows before them go in", async () => {
    const sku = unique("O");
    const open = await imports.checks("open.csv", `名称,分类,货号,售价\n甲,百货,${sku}1,1\n"乙,百货,${sku}2,2\n丙,百货,${sku}3,3\n`);
    assert.deepEqual([fine(open), told(open), open.import.counts.is_cut], ["1 new, 1 refused", "3 unclosed-quote", true]);
    const soon = await imports.checks("soon.csv", `名称,分类,货号,售价\n甲,百货,${sku}1,1\n"乙"货,百货,${sku}2,2\n丙,百货,${sku}3,3\n`);
    assert.deepEqual([fine(soon), told(soon)], ["2 new, 1 refused", "3 text-after-quote"]);
    const page = (await staff.client.open(`/admin/products/imports/${open.import.id}`)).text;
    assert.match(page, /第 3 行/);
    assert.doesNotMatch(page, /imports\.(problem|fix)\./);
  });

  test("NUL bytes, a cell of 10 MB and a line that is no text keep only their rows out", async () => {
    const sku = unique("O");
    const nul = await imports.checks("nul.csv", Buffer.from(`名称,分类,货号,售价\n甲\0,百货,${sku}1,1\n乙,百货,${sku}2,2\n`));
    assert.deepEqual([fine(nul), told(nul)], ["1 new, 1 refused", "2 nul"]);
    const big = await imports.checks("big.csv", `名称,分类,货号,售价,描述\n甲,百货,${sku}1,1,${"x".repeat(10 << 20)}\n乙,百货,${sku}2,2,\n`);
    assert.match(told(big), /^2 too-long/);
    assert.equal(big.import.state, "checked");
    const bad = await imports.send("bad.csv", Buffer.concat([Buffer.from("名称,分类,货号,售价\n"), Buffer.from([0xff, 0xff, 0x80]), Buffer.from(`,百货,${sku},1\n`)]));
    assert.match(expectProblem(bad, 422, "invalid").detail, /UTF-8|GB18030/);
  });

  test("2,000 columns are refused at once, in words that say how many there may be", async () => {
    const wide = await imports.send("wide.csv", `${Array.from({ length: 2000 }, (_, i) => `列${i}`).join(",")}\n${"x,".repeat(1999)}x\n`);
    assert.match(expectProblem(wide, 422, "invalid").detail, /200/);
    assert.match(expectProblem(await imports.send("empty.csv", ""), 422, "invalid").detail, /./);
  });

  test("GBK with rare characters (GB18030 of four bytes) is read as it was meant", async () => {
    const sku = unique("O");
    // 㐂 is 81 39 ef 31, 𠮷 95 34 c6 33 in GB18030; 龘 and 镕 are in GBK.
    const name = Buffer.concat([Buffer.from([0xfd, 0x9e]), Buffer.from([0x95, 0x32, 0x82, 0x36]), Buffer.from([0xe9, 0x46])]);
    const line = (...parts) => Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
    const head = Buffer.from([0xc3, 0xfb, 0xb3, 0xc6, 0x2c, 0xb7, 0xd6, 0xc0, 0xe0, 0x2c, 0xbb, 0xf5, 0xba, 0xc5, 0x2c, 0xca, 0xdb, 0xbc, 0xdb]);
    const goods = Buffer.from([0xb0, 0xd9, 0xbb, 0xf5]);
    const seen = await imports.applies("gbk.csv", line(head, "\n", name, ",", goods, `,${sku},1\n`));
    assert.deepEqual([fine(seen), told(seen)], ["1 new, 0 refused", ""]);
    const { title } = await imports.whole(sku);
    assert.equal(title, new TextDecoder("gb18030").decode(name));
    assert.doesNotMatch(title, /\ufffd/);
  });

  test("numbers that a spreadsheet shortened are told as that, and lost noughts are suggested", async () => {
    const sku = unique("O");
    const seen = await imports.checks("sci.csv", `名称,分类,货号,条码,售价\n甲,百货,${sku}1,6.90123E+12,1\n乙,百货,6.9E+08,,1\n丙,百货,${sku}3,1234565,1\n丁,百货,${sku}4,690123456789,1\n`);
    assert.deepEqual(seen.row_problems.map(({ line, column, code, value, fix }) => [line, column, code, value, code === "check-digit" ? "" : fix]), [
      [2, "条码", "scientific", "6.90123E+12", ""], [3, "货号", "scientific", "6.9E+08", ""],
      [4, "条码", "bad-barcode", "1234565", "01234565"], [5, "条码", "check-digit", "690123456789", ""]]);
    assert.match(seen.row_problems[3].fix, /^69012345678\d$/);
    const report = (await staff.client.get(`/admin/products/imports/${seen.import.id}/problems`)).text;
    assert.match(report, /科学记数/);
  });

  test("XLSX: dates, numbers as barcodes, formulas, errors of formulas and merged cells", async () => {
    const sku = unique("O");
    const serial = 48000.5; // 2031-06-01 12:00
    const seen = await imports.applies("表.xlsx", workbook([
      ["名称", "分类", "货号", "条码", "售价", "库存", "定时上架", "重量"],
      ["甲", "百货", `${sku}1`, { raw: "6.9012345678920E+12" }, { formula: "5*2", value: 10 }, 3, { date: serial }, 1.0],
      ["乙", "百货", `${sku}2`, "6901234567892", { raw: "19.9" }, { raw: "4.0" }, "2031/7/1 8:30", ""],
      ["丙", "百货", { formula: `"${sku}"&"3"`, value: `${sku}3` }, "", { error: "#DIV/0!" }, 1, "", ""],
    ]));
    assert.deepEqual([fine(seen), told(seen)], ["2 new, 1 refused", "4 bad-cell"]);
    const [a, b] = [await imports.whole(`${sku}1`), await imports.whole(`${sku}2`)];
    assert.deepEqual([a.variants[0].barcode, a.variants[0].price.amount, a.publish_at, b.publish_at], ["6901234567892", 1000, "2031-06-01T12:00", "2031-07-01T08:30"]);
    const merged = unique("M");
    const joined = await imports.applies("并.xlsx", workbook([
      ["名称", "分类", "颜色", "货号", "售价"], ["杯", "百货", "红", `${merged}1`, 1], ["", "", "蓝", `${merged}2`, 1], ["", "", "绿", `${merged}3`, 1]], { merged: "A2:A4" }));
    assert.deepEqual([fine(joined), told(joined)], ["1 new, 0 refused", ""]);
    assert.equal((await imports.whole(`${merged}1`)).variants.length, 3, "cells that were merged belong to the product above");
  });

  test("partial and all or nothing are chosen, and say what they do", async () => {
    const sku = unique("O");
    const table = `名称,分类,货号,售价\n甲,百货,${sku}1,1\n乙,百货,${sku}2,贵\n`;
    const partial = await imports.applies("p.csv", table, { mode: "partial" });
    assert.deepEqual([fine(partial), partial.import.mode], ["1 new, 1 refused", "partial"]);
    const whole = await imports.checks("w.csv", `${table}丙,百货,${sku}3,3\n`, { mode: "all" });
    assert.deepEqual([whole.import.mode, whole.import.can_apply], ["all", false]);
    expectProblem(await staff.does(`/admin/products/imports/${whole.import.id}/apply`, {}), 409, "conflict");
  });

  test("files of Shopify, with rows of pictures and prices to compare with", async () => {
    const handle = unique("tee").toLowerCase();
    const head = "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Fulfillment Service,Variant Price,Variant Compare At Price,Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,Image Alt Text,Gift Card,SEO Title,SEO Description,Variant Image,Variant Weight Unit,Cost per item,Status";
    const rows = [
      `${handle},Tee,"<p>Soft, ""organic""</p>",Acme,Apparel > Shirts,,"summer, cotton",TRUE,Color,Red,Size,S,,,${handle}-RS,200,shopify,5,deny,manual,19.90,29.90,true,true,,https://img.invalid/1.jpg,1,Front,false,Tee,A tee,,g,8.00,active`,
      `${handle},,,,,,,,,Red,,M,,,${handle}-RM,200,shopify,6,deny,manual,19.90,29.90,true,true,,https://img.invalid/2.jpg,2,Back,,,,,g,8.00,`,
      `${handle},,,,,,,,,Blue,,S,,,${handle}-BS,200,shopify,0,deny,manual,21.90,,true,true,,,,,,,,,g,,`,
      `${handle},,,,,,,,,,,,,,,,,,,,,,,,,https://img.invalid/3.jpg,3,Side,,,,,,,`,
      `${handle}-cap,Cap,,Acme,,Hats,,FALSE,Title,Default Title,,,,,,90,shopify,3,deny,manual,9.90,,true,true,,,,,false,,,,g,,draft`,
    ].join("\n");
    const { import: made } = expect(await imports.send("products_export.csv", `${head}\n${rows}\n`), 201);
    const { columns } = await imports.look(made.id);
    const twice = columns.map(({ key }) => key).filter((key, i, all) => key && key !== "option" && all.indexOf(key) !== i);
    assert.deepEqual(twice, [], "no two columns are guessed to be the same");
    const { id: category_id } = await staff.category();
    const seen = await imports.checks("products_export.csv", `${head}\n${rows}\n`, { category_id });
    assert.deepEqual([fine(seen), seen.row_problems.map(({ line, column, code }) => `${line} ${column} ${code}`).join("; ")],
      ["1 new, 1 refused", "2 Variant Compare At Price REF_PRICE_NO_DEAL; 3 Variant Compare At Price REF_PRICE_NO_DEAL"], "a former price that no deal bears out is not taken over");
    const keys = columns.map(({ header, key }) => ({ key: header === "Variant Compare At Price" ? "" : key }));
    const done = await imports.applies("products_export.csv", `${head}\n${rows}\n`, { category_id, columns: keys });
    assert.deepEqual([fine(done), told(done)], ["2 new, 0 refused", ""]);
    const tee = await imports.whole(`${handle}-RS`);
    assert.deepEqual([tee.handle, tee.brand, tee.tags.toSorted().join(), tee.options.map(({ name, values }) => `${name}: ${values}`).join("; ")], [handle, "Acme", "cotton,summer", "Color: Red,Blue; Size: S,M"]);
    assert.deepEqual(tee.variants.map(({ sku, price, on_hand }) => `${sku.slice(handle.length)} ${price.amount} ${on_hand}`), ["-RS 1990 5", "-RM 1990 6", "-BS 2190 0"]);
    assert.deepEqual((tee.picture_addresses ?? []).map(({ address }) => address), [1, 2, 3].map((n) => `https://img.invalid/${n}.jpg`));
  });

  test("files of 有赞, several rows a product, with what a person may buy", async () => {
    const code = unique("YZ");
    const done = await imports.applies("有赞商品.csv", [
      "商品名称,商品分组,商品类型,规格名1,规格值1,规格名2,规格值2,规格编码,价格,成本价,库存,规格条码,商品重量(kg),商品卖点,每人限购,起售数量,上架状态",
      `龙井,茶叶/绿茶,实物商品,等级,特级,净重,50g,${code}-1,30.00,12,7,6901234567892,0.05,明前,5,1,是`,
      `龙井,茶叶/绿茶,实物商品,等级,特级,净重,100g,${code}-2,55.00,22,8,,0.1,明前,5,1,是`,
      `龙井,茶叶/绿茶,实物商品,等级,一级,净重,50g,${code}-3,20.00,,9,,0.05,明前,5,1,是`,
      `碧螺春,茶叶/绿茶,实物商品,,,,,${code}-4,40.00,,9,,0.05,,,2,否`].join("\r\n"));
    assert.deepEqual([fine(done), told(done)], ["2 new, 0 refused", ""]);
    const tea = await imports.whole(`${code}-1`);
    assert.deepEqual(tea.variants.map(({ title, weight, price }) => `${title} ${weight} ${price.amount}`), ["特级 / 50g 50 3000", "特级 / 100g 100 5500", "一级 / 50g 50 2000"]);
    const { buying } = await staff.reads(`/admin/products/${tea.id}/buying`);
    assert.deepEqual([buying.person_quantity, buying.min_quantity], [5, 1]);
    assert.equal((await imports.whole(`${code}-4`)).status, "draft");
  });
});
