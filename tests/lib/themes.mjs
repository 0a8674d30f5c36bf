// themes.mjs - a copy of the program's files with another theme in it, for what only a theme's author does.
// SPDX-License-Identifier: Apache-2.0
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** {folder, theme, write(file, text), drop()}: `folder` is for --share, `theme` the folder of the storefront's theme. */
export function copyShare() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "yundian-share-"));
  for (const name of ["admin", "migrations", "demo"]) fs.symlinkSync(path.join(ROOT, name), path.join(folder, name));
  const theme = path.join(folder, "themes/default");
  fs.cpSync(path.join(ROOT, "themes/default"), theme, { recursive: true });
  return { folder, theme, write: (file, text) => fs.writeFileSync(path.join(theme, file), text), drop: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

/** {type: schema} of all sections. */
export function schemas() {
  const sections = path.join(ROOT, "themes/default/sections");
  return Object.fromEntries(fs.readdirSync(sections).map((file) => [file.replace(/\.liquid$/, ""), JSON.parse(fs.readFileSync(path.join(sections, file), "utf8").match(/\{% schema %\}([^]*)\{% endschema %\}/)[1])]));
}

/** A document that shows these sections as their first preset has them, with `settings` by type. */
export function documentOf(theme, types, settings = {}) {
  const all = schemas();
  const sections = Object.fromEntries(types.map((type) => {
    const preset = all[type].presets[0];
    const blocks = (preset.blocks ?? []).map((block, i) => [`b${i}`, { settings: {}, ...block }]);
    return [type, { type, settings: { ...preset.settings, ...settings[type] }, blocks: Object.fromEntries(blocks), block_order: blocks.map(([id]) => id) }];
  }));
  return { theme, settings: {}, templates: { home: { sections, order: types } } };
}
