// works.js - bars of long work move by themselves; the number in the header follows, and an end is told.
// SPDX-License-Identifier: Apache-2.0
const PAUSE = 900;
const SLOW = 4000;

const badge = () => document.querySelector("[data-works-badge]");
let running = Number(badge()?.dataset.worksBadge ?? 0);

async function load(address) {
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function takeBadge(page, toast) {
  const fresh = page.querySelector("[data-works-badge]");
  const old = badge();
  if (!fresh || !old) return;
  const now = Number(fresh.dataset.worksBadge);
  if (now < running && !document.querySelector("[data-works]")) toast(old.dataset.ended);
  running = now;
  old.replaceWith(document.adoptNode(fresh));
}

export function watchWorks(toast, sayTimes) {
  async function look() {
    const part = document.querySelector("[data-works]");
    if (!part && !running) return;
    if (!document.hidden)
      try {
        const page = await load(part ? location.href : badge().href);
        const fresh = page.querySelector("#works");
        const isGone = part?.hasAttribute("data-works-end") && !fresh;
        if (isGone) return location.reload();
        // A menu or a question that is open is not taken away from under the hand.
        if (part && fresh && !document.querySelector("dialog[open]")) {
          const isEnd = part.hasAttribute("data-works-end") && !fresh.hasAttribute("data-works");
          if (isEnd) return location.reload();
          const focus = [...part.querySelectorAll("a, summary, button")].indexOf(document.activeElement);
          part.replaceWith(document.adoptNode(fresh));
          sayTimes(fresh);
          if (focus >= 0) [...fresh.querySelectorAll("a, summary, button")][focus]?.focus();
        }
        takeBadge(page, toast);
      } catch {
        // The server is away for a moment: the next look tells.
      }
    setTimeout(look, document.querySelector("[data-works]") ? PAUSE : SLOW);
  }
  if (running || document.querySelector("[data-works]")) setTimeout(look, PAUSE);
}
