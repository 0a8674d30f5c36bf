// flash.js - a flash sale counts down, and its bar follows what was taken. Without it the page says the same, a little older.
// SPDX-License-Identifier: Apache-2.0
const RUNNING = 3000, COMING = 30000; // ms between two questions
const two = (number) => String(number).padStart(2, '0');
let ahead = 0; // of the server's clock before this one's

function left(ms, days) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const day = Math.floor(seconds / 86400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return day > 0 ? `${day} ${days} ${clock}` : clock;
}

const reloaded = (box) => `flash ${box.dataset.flash} ${box.dataset.phase}`;

/* The page is another when the sale begins or ends; once, so that a slow server does not make a loop of it. */
function turn(box) {
  if (sessionStorage.getItem(reloaded(box))) return;
  sessionStorage.setItem(reloaded(box), '1');
  setTimeout(() => location.reload(), 800 + Math.random() * 1200);
}

function tick(box) {
  const isComing = box.dataset.phase === 'coming';
  const clock = box.querySelector('[data-flash-clock]');
  const until = Date.parse(isComing ? box.dataset.starts : box.dataset.ends) - Date.now() - ahead;
  clock.textContent = `${isComing ? clock.dataset.before : clock.dataset.during} ${left(until, clock.dataset.days)}`;
  clock.hidden = false;
  if (until <= 0) turn(box);
}

function show(place, entry) {
  const bar = place.querySelector('[data-flash-bar]'), words = place.querySelector('[data-flash-share]');
  if (!bar) return;
  bar.value = entry.share;
  words.textContent = entry.left > 0 ? words.dataset.text.replace('#', entry.share) : words.dataset.out;
}

async function ask(box) {
  const answer = await fetch(box.dataset.flash, { headers: { accept: 'application/json' } });
  if (!answer.ok) return;
  const { flash } = await answer.json();
  ahead = Date.parse(flash.now) - Date.now();
  for (const entry of flash.entries) {
    if (box.dataset.variant === entry.variant_id) {
      show(box, entry);
      if ((entry.left === 0) !== (box.dataset.phase === 'sold-out') && box.dataset.phase !== 'coming') turn(box);
    }
    for (const place of box.querySelectorAll(`[data-flash-entry="${entry.variant_id}"]`)) show(place, entry);
  }
}

async function follow(box) {
  try {
    if (!document.hidden) await ask(box);
  } catch {
    // The next question may be answered.
  }
  setTimeout(follow, box.dataset.phase === 'coming' ? COMING : RUNNING, box);
}

for (const box of document.querySelectorAll('[data-flash]')) {
  setInterval(tick, 1000, box);
  tick(box);
  follow(box);
}
