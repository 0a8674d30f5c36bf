// phone.mjs - what a buyer's phone makes of the pages: Lighthouse with its mobile preset (a slow phone on a slow network, simulated).
//
// Only by name (--only phone): it needs Chromium and fetches Lighthouse with npm once. The demo shop is served; each page is
// measured --rounds times and the medians count. The scores for speed sink on a machine that does something else meanwhile.
// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("phone", import.meta.url));
const FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync";
const SCORES = { performance: "performance", accessibility: "accessibility", "best-practices": "best practices", seo: "SEO" };

export function phoneParts(bench) {
  const { Server, row, number, median, rounds, place } = bench;

  function measure(url, cookie) {
    const out = path.join(place, "lighthouse.json");
    const more = cookie ? [`--extra-headers=${JSON.stringify({ cookie })}`] : [];
    execFileSync(path.join(FOLDER, "node_modules/.bin/lighthouse"), [url, "--quiet", "--output", "json", "--output-path", out, `--chrome-flags=${FLAGS}`, ...more], { env: { CHROME_PATH: "/usr/bin/chromium", ...process.env }, stdio: ["ignore", "ignore", "inherit"] });
    const { categories, audits } = JSON.parse(fs.readFileSync(out, "utf8"));
    return { scores: Object.fromEntries(Object.keys(SCORES).map((name) => [name, categories[name].score * 100])), lcp: audits["largest-contentful-paint"].numericValue, cls: audits["cumulative-layout-shift"].numericValue, blocked: audits["total-blocking-time"].numericValue };
  }

  /** The cart with one piece of the product in it, as the browser of its buyer has it. */
  async function fillsCart(server, product) {
    const answer = await fetch(`${server.base}/api/v1/cart/lines`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ variant_id: product.variants[0].id, quantity: 1 }) });
    return answer.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
  }

  async function measurePhone() {
    if (!fs.existsSync(path.join(FOLDER, "node_modules"))) execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: FOLDER, stdio: ["ignore", "ignore", "inherit"] });
    const server = new Server("sqlite", ["--demo"]);
    await server.start();
    const [handle] = await server.handles(1);
    const { product } = await server.json(`/api/v1/products/${handle}`);
    const home = await (await fetch(server.base)).text();
    const pages = { home: "/", category: home.match(/href="(\/categories\/[^"]+)"/)[1], product: `/products/${handle}`, cart: "/cart" };
    const cookie = await fillsCart(server, product);
    for (const [name, page] of Object.entries(pages)) {
      const results = Array.from({ length: rounds }, () => measure(server.base + page, name === "cart" ? cookie : ""));
      const middle = (pick) => median(results.map(pick));
      const scores = Object.keys(SCORES).map((score) => [SCORES[score], middle((one) => one.scores[score])]);
      row(`Lighthouse on a phone, ${name}`, "each ≥ 95", scores.map(([score, points]) => `${score} ${number(points)}`).join(", "), scores.every(([, points]) => points >= 95));
      const [lcp, cls] = [middle((one) => one.lcp), middle((one) => one.cls)];
      row(`the same: largest picture or text; shift`, "≤ 1.5 s; ≤ 0.02", `${number(lcp / 1000, 2)} s; ${number(cls, 3)} (blocked ${number(middle((one) => one.blocked))} ms)`, lcp <= 1500 && cls <= 0.02);
    }
    await server.stop();
  }

  return { phone: measurePhone };
}
