// `yundian theme check`: the files of a theme checked as an upload does, without a shop.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { zip } from "../lib/zip.mjs";

const SCHEMA = "\n{% schema %}{\"name\": \"H\"}{% endschema %}";

describe("a theme on the command line", () => {
  let folder;
  before(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), "yundian-theme-")); });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const write = (name, files) => {
    for (const [file, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, name, file), text);
    }
    return path.join(folder, name);
  };
  const check = (...words) => new Promise((resolve) =>
    execFile(process.env.YUNDIAN_BINARY, ["theme", "check", ...words], { cwd: folder }, (problem, stdout, stderr) => resolve({ status: problem?.code ?? 0, stdout, stderr })));

  test("a good one says nothing, as a folder and as a ZIP, and leaves nothing behind", async () => {
    const files = { "sections/hero.liquid": "<p>" + SCHEMA, "assets/mine.css": "p{}", "README.md": "x", ".git/config": "x", "sections/.swp": "x" };
    const good = write("good", files);
    assert.deepEqual(await check(good), { status: 0, stdout: "", stderr: "" });
    const packed = path.join(folder, "good.zip");
    fs.writeFileSync(packed, zip([["good/sections/hero.liquid", Buffer.from(files["sections/hero.liquid"])]]));
    assert.deepEqual(await check(packed), { status: 0, stdout: "", stderr: "" });
    assert.deepEqual(fs.readdirSync(folder).sort(), ["good", "good.zip"], "no data directory is made");
  });

  test("each finding is a line with file, line and column, by file, and the status is 1", async () => {
    const bad = write("bad", {
      "templates/product.liquid": "<p>\n{{ product.title | nosuchfilter }}</p>", "sections/hero.liquid": "<p>{% render 'nobody' %}</p>" + SCHEMA.replace("}{%", ", \"settings\": [{\"type\": \"wheel\"}]}{%"),
      "blocks/a.liquid": "\n{% if %}", "locales/en.json": "{\n \"a\": }", "assets/page.html": "x", "assets/deep/own.css": "x", "node_modules/x/y.js": "x", "notes.liquid": "x",
    });
    const { status, stdout } = await check(bad);
    assert.equal(status, 1);
    const lines = stdout.trim().split("\n");
    assert.ok(lines.every((line) => /^[\w./]+:\d+:\d+: ./.test(line)), stdout);
    assert.deepEqual(lines.map((line) => line.split(":")[0]), ["assets/deep", "assets/page.html", "blocks/a.liquid", "locales/en.json", "node_modules", "notes.liquid", "sections/hero.liquid", "sections/hero.liquid", "templates/product.liquid"]);
    assert.match(stdout, /^templates\/product\.liquid:2:\d+: .*nosuchfilter/m);
    assert.match(stdout, /^sections\/hero\.liquid:2:1: .*wheel/m);
    const packed = path.join(folder, "bad.zip");
    fs.writeFileSync(packed, zip([["locales/en.json", Buffer.from("{\n \"a\": }")]]));
    assert.match((await check(packed)).stdout, /^locales\/en\.json:2:\d+: /);
  });

  test("what is no theme is told", async () => {
    assert.match((await check(write("empty", { "README.md": "x" }))).stdout, /empty:1:1: there is no file of a theme in it\n$/);
    const gone = await check(path.join(folder, "gone"));
    assert.equal(gone.status, 1);
    assert.match(gone.stderr, /there is no .*gone/);
    assert.equal((await check()).status, 1);
  });
});
