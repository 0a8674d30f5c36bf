// golden.mjs - runs the conformance cases of ../shared/data/golden_liquid.json through the batch mode.
//
//     node tests/liquid/golden.mjs build/yundian liquid --batch
//
// Every case passes or stands in deviations.json with the reason why not; a listed case that passes is
// reported too, so that the list stays short.
// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const golden = join(here, "../../../shared/data/golden_liquid.json");
const [program, ...words] = process.argv.slice(2);

if (!program) {
  console.error("usage: golden.mjs PROGRAM [ARGUMENT...]");
  process.exit(2);
}
if (!existsSync(golden)) {
  console.log("golden: skipped, ../shared/data/golden_liquid.json is not there");
  process.exit(0);
}

const deviations = JSON.parse(readFileSync(join(here, "deviations.json"), "utf8"));
const { tests } = JSON.parse(readFileSync(golden, "utf8"));
const input = tests.map(({ template, data, templates }) => JSON.stringify({ template, data, templates }) + "\n");
const run = spawnSync(program, words, { input: input.join(""), encoding: "utf8", maxBuffer: 1 << 28 });
if (run.status !== 0) {
  console.error(`golden: ${program} ended with ${run.status ?? run.signal}\n${run.stderr}`);
  process.exit(1);
}
const answers = run.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));

const passes = (test, answer) =>
  test.invalid ? "error" in answer : (test.results ?? [test.result]).includes(answer.result);

let failed = 0;
let known = 0;
tests.forEach((test, i) => {
  if (passes(test, answers[i] ?? {})) return;
  if (deviations[test.name]) {
    known++;
    return;
  }
  failed++;
  console.log(`not ok: ${test.name}`);
  console.log(`  template ${JSON.stringify(test.template)} data ${JSON.stringify(test.data)}`);
  console.log(`  wanted ${test.invalid ? "an error" : JSON.stringify(test.results ?? test.result)}`);
  console.log(`  got    ${JSON.stringify(answers[i])}`);
});
for (const name of Object.keys(deviations)) {
  const at = tests.findIndex((test) => test.name === name);
  if (at >= 0 && !passes(tests[at], answers[at])) continue;
  failed++;
  console.log(`not ok: ${name} stands in deviations.json, but ${at < 0 ? "there is no such case" : "it passes"}`);
}
console.log(`golden: ${tests.length - known - failed} of ${tests.length} pass, ${known} known deviations, ${failed} failures`);
process.exit(failed ? 1 : 0);
