// The description of the API is valid by a public validator.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { run } from "../lib/shop.mjs";

test("yundian openapi prints valid OpenAPI 3.1", async () => {
  const { code, stdout, stderr } = await run(process.env.YUNDIAN_BINARY, ["openapi"]);
  assert.equal(code, 0, stderr);
  const validator = new Validator();
  const result = await validator.validate(JSON.parse(stdout));
  assert.equal(result.valid, true, JSON.stringify(result.errors ?? [], null, 1).slice(0, 4000));
  assert.match(validator.version, /^3\.1/);
});
