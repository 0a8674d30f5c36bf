// imports.mjs - what is done with product files of a shop.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { upload } from "./pictures.mjs";
import { expect, until } from "./shop.mjs";

/** The rows of a CSV of ours as objects by the first line. */
export function rowsOf(text) {
  const rows = [];
  let row = [], cell = "", isQuoted = false;
  for (let at = 1; at < text.length; at++) {
    const c = text[at];
    if (isQuoted) {
      if (c === '"' && text[at + 1] === '"') cell += text[++at];
      else if (c === '"') isQuoted = false;
      else cell += c;
    } else if (c === '"') isQuoted = true;
    else if (c === ",") { row.push(cell); cell = ""; }
    else if (c === "\r" && text[at + 1] === "\n") { rows.push([...row, cell]); row = []; cell = ""; at++; }
    else cell += c;
  }
  const [head, ...rest] = rows;
  return rest.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at]])));
}

/** What is done with imports of a shop. */
export function importsOf(staff) {
  const own = {
    async send(name, bytes, headers = {}) {
      const { payload, headers: form } = upload("file", [[name, Buffer.from(bytes)]]);
      return staff.client.send("POST", "/api/v1/admin/products/imports", { payload, headers: { ...form, origin: staff.client.origin, ...headers } });
    },
    look: async (id, query = "") => expect(await staff.client.api(`/admin/products/imports/${id}${query}`), 200),
    settled: (id) => until(async () => {
      const seen = await own.look(id);
      return !seen.import.is_running && seen.import.state !== "uploaded" ? seen : null;
    }, "the import rests", { within: 60000 }),
    async checks(name, bytes, choices = {}) {
      const { import: made } = expect(await own.send(name, bytes), 201);
      const { columns } = await own.look(made.id);
      expect(await staff.does(`/admin/products/imports/${made.id}/check`, { columns: columns.map(({ key }) => ({ key })), match: "sku", mode: "partial", status: "active", default_stock: 5, ...choices }), 202);
      return own.settled(made.id);
    },
    async applies(name, bytes, choices) {
      const checked = await own.checks(name, bytes, choices);
      assert.equal(checked.import.state, "checked", JSON.stringify(checked.import));
      expect(await staff.does(`/admin/products/imports/${checked.import.id}/apply`, {}), 202);
      return own.settled(checked.import.id);
    },
    async undoes(id) {
      expect(await staff.does(`/admin/products/imports/${id}/undo`, {}), 202);
      return own.settled(id);
    },
    // On PostgreSQL the lease of one that was killed runs out first.
    placed: (id) => until(async () => {
      const { pictures } = await own.look(id);
      return pictures && pictures.waiting === 0 && pictures.placed + pictures.refused > 0 ? pictures : null;
    }, "the pictures are placed", { within: 90000 }),
    /** The rows of the product with this SKU in an export. */
    table: async (sku) => rowsOf((await staff.client.get(`/admin/products/export?format=csv&q=${encodeURIComponent(sku)}`)).text),
    async whole(sku) {
      const { products } = expect(await staff.client.api(`/admin/products?q=${encodeURIComponent(sku)}`), 200);
      assert.ok(products[0], `no product of ${sku}`);
      return staff.product(products[0].id);
    },
  };
  return own;
}
