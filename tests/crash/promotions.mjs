// promotions.mjs - the trial of crash.mjs --promotions: counters of coupons under kill -9.
//
// Many buyers want few coupons, limited by uses, by money and by person; orders are paid, left or cancelled, and the server dies at
// random moments. After each restart every checkout and cancelling without an answer is sent again, and then each counter must be
// exactly what the orders that live say: never one over its limit, none counted for an order that was refused, none lost.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { cny, expect, freshKey, startServer, until } from "../lib/shop.mjs";

const DAY = 86400000;
const PRICE = 5000;
const USES = 25; // of each round
const GIFTS = 18; // times MONEY_OFF is what the coupon by money may give in all
const MONEY_OFF = 700;
const PEOPLE = 12;
/** A local time of a shop in Shanghai. */
const local = (at) => new Date(at + 8 * 3600000).toISOString().slice(0, 16);

/** Runs the trial; throws when something is not right. `chance` gives numbers in [0, 1) that the seed decides. */
export async function tryPromotions({ engine, rounds, buyers, longest, end, chance, isLost }) {
  const pick = (list) => list[Math.floor(chance() * list.length)];
  const server = await startServer({ engine });
  const shop = server.shop;
  const staff = await shop.staff();
  const mug = await shop.product({ price: PRICE, stock: 1000000 });
  const phones = Array.from({ length: PEOPLE }, (_, index) => `139${String(10000000 + index)}`);
  const journal = [];
  let coupons = [];

  async function starts(round, name, off, limits) {
    const wish = { kind: "coupon", name: `${name} ${round}`, code: `${name}-${round}`, starts_at: local(Date.now() - DAY), ends_at: local(Date.now() + DAY), steps: [{ from: cny(0), off: cny(off) }], scope: "all", ...limits };
    const { promotion } = expect(await staff.does("/admin/promotions", wish), 200, 201);
    expect(await staff.does(`/admin/promotions/${promotion.id}/status`, { status: "active" }), 200);
    return { id: promotion.id, code: `${name}-${round}`, off, ...limits };
  }

  /** One buyer after another buys with a coupon; what was acknowledged goes into the journal at once. */
  async function trade(isOver) {
    while (!isOver()) {
      const buyer = shop.visitor();
      const entry = { buyer, coupon: pick(coupons) };
      if (entry.coupon.person_most) {
        // The same phone, or the same address, is the same person.
        buyer.phone = pick(phones);
        buyer.address = { ...buyer.address, phone: buyer.phone, line: `文三路 ${phones.indexOf(buyer.phone) + 1} 号` };
      }
      try {
        await buyer.puts(mug);
        const taken = await buyer.client.post("/cart/coupon", { cart: buyer.cart, code: entry.coupon.code });
        if (taken.status === 422) continue; // used up
        expect(taken, 200, 201);
        entry.key = freshKey();
        entry.sent = buyer.order();
        entry.fate = chance();
        journal.push(entry);
        entry.placed = orderOf(await buyer.triesToCheckOut({ key: entry.key, order: entry.sent }), entry);
        if (!entry.placed) continue;
        if (entry.fate < 0.3) {
          await buyer.cancels(entry.placed);
          entry.isCancelled = true;
        } else if (entry.fate < 0.7) await buyer.atCashier(await buyer.startsPaying(entry.placed), { notify: pick(["normal", "duplicated"]) });
      } catch (problem) {
        if (!isLost(problem)) throw problem;
        await until(() => isOver(), `the server is dead after: ${problem.message}`, { within: 5000 });
        return;
      }
    }
  }

  /** The order of an answer; undefined when it was refused, and then nothing of it may be left. */
  function orderOf(answer, entry) {
    if (answer.status === 409 || answer.status === 422) {
      journal.splice(journal.indexOf(entry), 1);
      return undefined;
    }
    return expect(answer, 200, 201).order;
  }

  /** What had no answer is sent again. */
  async function settle(entries) {
    for (const entry of entries) {
      entry.placed ??= orderOf(await entry.buyer.triesToCheckOut({ key: entry.key, order: entry.sent }), entry);
      if (!entry.placed || entry.fate >= 0.3 || entry.isCancelled) continue;
      const answer = await entry.buyer.client.post(`/orders/${entry.placed.number}/cancel`, { token: entry.placed.token });
      assert.ok(answer.status < 300 || answer.status === 409, answer.text);
      entry.isCancelled = true;
    }
  }

  /** Each counter is what live orders say, and within its limit. */
  async function compare() {
    for (const coupon of coupons) {
      const live = journal.filter((entry) => entry.coupon === coupon && entry.placed && !entry.isCancelled && entry.placed.discount.amount > 0);
      for (const { placed } of live) assert.equal(placed.discount.amount, coupon.off, `${placed.number}: another discount than ${coupon.code}`);
      coupon.live = live.length;
      if (coupon.person_most) {
        // What is bounded by person alone has no counter of its own; those of persons are re-added by `yundian check`.
        const people = live.map(({ sent }) => sent.contact.phone);
        assert.equal(new Set(people).size, people.length, `${coupon.code}: somebody had it twice`);
        continue;
      }
      const { promotion } = await staff.reads(`/admin/promotions/${coupon.id}`);
      assert.equal(promotion.uses, live.length, `${coupon.code}: counted ${promotion.uses}, ${live.length} orders live`);
      assert.equal(promotion.money.amount, live.length * coupon.off, `${coupon.code}: counted ${promotion.money.amount}`);
      if (coupon.uses_most) assert.ok(live.length <= coupon.uses_most, `${coupon.code}: ${live.length} of ${coupon.uses_most}`);
      if (coupon.money_most) assert.ok(live.length * coupon.off <= coupon.money_most.amount, `${coupon.code}: gave ${live.length * coupon.off}`);
    }
  }

  let round = 0, used = 0, full = 0;
  try {
    for (; round < rounds && Date.now() < end; round++) {
      for (const old of coupons) expect(await staff.does(`/admin/promotions/${old.id}/status`, { status: "ended" }), 200);
      coupons = [await starts(round, "USES", 100, { uses_most: USES }), await starts(round, "MONEY", MONEY_OFF, { money_most: cny(GIFTS * MONEY_OFF + 1) }), await starts(round, "PERSON", 300, { person_most: 1 })];
      let dead = false;
      const first = journal.length;
      const crowd = Array.from({ length: buyers }, () => trade(() => dead));
      // The moment of death is a moment of time, not a condition: that is the trial.
      const death = new Promise((resolve) => setTimeout(resolve, 400 + chance() * longest)).then(() => server.dies()).then(() => (dead = true));
      await Promise.all([death, ...crowd]);
      await server.adds_up();
      await server.start();
      await settle(journal.slice(first));
      await compare();
      await server.adds_up();
      used += coupons.reduce((sum, { live }) => sum + live, 0);
      full += coupons.filter((coupon) => coupon.live === (coupon.uses_most ?? (coupon.money_most ? GIFTS : PEOPLE))).length;
      console.log(`round ${round + 1}: ${journal.length - first} orders; ${coupons.map(({ code, live }) => `${code} ${live}`).join(", ")}`);
    }
    await server.stop();
    assert.ok(used > round, `only ${used} coupons used in ${round} rounds: the trial tried nothing`);
    console.log(`ok: ${engine}, ${round} deaths, ${journal.length} orders, ${used} coupons counted, ${full} times to the last one`);
  } catch (problem) {
    console.error(`FAILED in round ${round + 1}; data in ${server.data}`);
    console.error(problem.stack);
    console.error(server.log().slice(-3000));
    await server.dies().catch(() => {});
    throw problem;
  }
}
