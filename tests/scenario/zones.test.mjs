// The clocks of a place: a shop far away counts its days, shows its times and keeps its schedule by them, also where
// they are put forward and back.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { elements, plain } from "../lib/html.mjs";
import { expect, expectProblem, freshKey, startServer, unique, until } from "../lib/shop.mjs";

const region = "/admin/settings/region";

describe("the clocks of a shop", () => {
  let server, shop, staff;
  before(async () => {
    server = await startServer();
    shop = await server.opens(unique("far"));
    staff = await shop.staff();
  });
  after(() => server?.stop());

  const html = async (path) => (await staff.client.send("GET", path, { headers: { accept: "text/html" } })).text;
  const moves = async (zone) => expect(await staff.does(region, { currency: "CNY", locale: "zh-CN", zone }), 200);

  test("are chosen by a place, in the words of the reader, or fixed", async () => {
    const page = await html(region);
    const options = elements(page, "option").filter(({ attributes }) => /\/|^UTC/.test(attributes.value ?? ""));
    assert.ok(options.length > 350, "every zone that people live in");
    const values = options.map(({ attributes }) => attributes.value);
    for (const name of ["Asia/Shanghai", "Europe/Berlin", "Asia/Kathmandu", "America/Argentina/Ushuaia", "UTC+05:45"]) assert.ok(values.includes(name), name);
    assert.equal(options.filter(({ attributes }) => "selected" in attributes).length, 1);
    assert.match(plain(page), /柏林 · UTC\+01:00 \(夏令时 UTC\+02:00\)/);
    await moves("Europe/Berlin");
    assert.match(plain(await html("/admin/settings")), /柏林/);
    assert.match(plain(await html("/en/admin/settings")), /Berlin/);
    assert.equal((await staff.reads(region)).region.zone, "Europe/Berlin");
    for (const zone of ["Europe/Atlantis", "../../etc/passwd", "UTC+05:46", "UTC+99:00", "berlin"]) {
      const refused = expectProblem(await staff.does(region, { currency: "CNY", locale: "zh-CN", zone }), 422, "invalid");
      assert.deepEqual([refused.errors[0].field, refused.errors[0].code], ["zone", "unknown-zone"], zone);
    }
    assert.equal((await staff.reads(region)).region.zone, "Europe/Berlin");
  });

  test("keep a schedule: summer and winter, told what they leave out and what they show twice", async () => {
    await moves("Europe/Berlin");
    const year = new Date().getUTCFullYear() + 1;
    const lastSunday = (month) => new Date(Date.UTC(year, month, 0) - new Date(Date.UTC(year, month, 0)).getUTCDay() * 86400000).toISOString().slice(0, 10);
    const [forward, back] = [lastSunday(3), lastSunday(10)];
    const skipped = expectProblem(await staff.triesToCreate({ status: "draft", publish_at: `${forward}T02:30` }), 422, "invalid");
    assert.deepEqual([skipped.errors[0].field, skipped.errors[0].code], ["publish_at", "clock-skipped"]);
    assert.match(skipped.errors[0].message, /between 01:59:59 and 03:00/);
    const scheduled = await staff.creates({ status: "draft", publish_at: `${year}-07-01T10:00`, unpublish_at: `${back}T02:30` });
    assert.deepEqual([scheduled.publish_at, scheduled.unpublish_at, scheduled.publish_at_twice, scheduled.unpublish_at_twice], [`${year}-07-01T10:00`, `${back}T02:30`, "", "UTC+0200"]);
    assert.match(plain(await html(`/admin/products/${scheduled.id}`)), /这个时刻会出现两次：按第一次执行（UTC\+0200）/);
    const winter = await staff.creates({ status: "draft", publish_at: `${year}-12-01T10:00` });
    await moves("UTC");
    await until(async () => (await staff.product(scheduled.id)).publish_at === `${year}-07-01T08:00`, "the shop is in another zone");
    assert.equal((await staff.product(scheduled.id)).unpublish_at, `${back}T00:30`);
    assert.equal((await staff.product(winter.id)).publish_at, `${year}-12-01T09:00`);
  });

  test("say on which day and at what hour something was, in lists, pages, figures and sheets", async () => {
    const cup = await staff.creates({ price: 100 });
    const orders = [];
    for (const _ of [1, 2]) {
      const buyer = shop.visitor();
      await buyer.puts(cup, 1);
      orders.push(expect(await buyer.client.post("/checkout", buyer.order(), { headers: { "idempotency-key": freshKey() } }), 200, 201).order);
    }
    // Between these two lies more than a day: it is never the same date in both.
    const today = (zone) => new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(new Date());
    const found = async (day) => (await staff.reads(`/admin/orders?from=${day}&to=${day}`)).orders.map(({ number }) => number).sort();
    const all = orders.map(({ number }) => number).sort();
    for (const [zone, other] of [["Pacific/Kiritimati", "Pacific/Pago_Pago"], ["Pacific/Pago_Pago", "Pacific/Kiritimati"]]) {
      await moves(zone);
      await until(async () => (await found(today(zone))).length === 2, `it is ${today(zone)} in ${zone}`);
      assert.deepEqual([await found(today(zone)), await found(today(other))], [all, []]);
    }
    // The same time of the clock of UTC, in summer and in winter.
    const summer = Date.parse("2026-07-01T22:30:00Z"), winter = Date.parse("2026-01-15T22:30:00Z");
    await server.tampers(`UPDATE orders SET placed_at = ${summer} WHERE number = '${orders[0].number}'; UPDATE orders SET placed_at = ${winter} WHERE number = '${orders[1].number}'`);
    await moves("Europe/Berlin");
    await until(async () => /07-02 00:30/.test(await html(`/admin/orders/${orders[0].number}`)), "it is past midnight in summer");
    assert.match(await html(`/admin/orders/${orders[0].number}`), /07-02 00:30/);
    assert.match(await html(`/admin/orders/${orders[1].number}`), /01-15 23:30/);
    const sheet = await staff.client.send("GET", "/admin/orders/export?format=csv", { headers: { accept: "text/csv" } });
    assert.match(sheet.text, /2026-07-02 00:30:00/);
    assert.match(sheet.text, /2026-01-15 23:30:00/);
    const { days, hours } = await staff.reads("/admin");
    assert.equal(days.length, 7);
    assert.equal(hours.length, 24);
    await server.adds_up();
  });

  test("of a shop that chose a fixed difference stay as they are", async () => {
    await moves("UTC+08:00");
    const { region: now } = await staff.reads(region);
    assert.deepEqual([now.zone, now.utc_offset], ["UTC+08:00", 480]);
    const page = await html(region);
    const [chosen] = elements(page, "option").filter(({ attributes }) => "selected" in attributes && /UTC/.test(attributes.value));
    assert.equal(chosen.attributes.value, "UTC+08:00");
  });
});
