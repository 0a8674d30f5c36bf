// group.js - the time of a group counts down, and its page is another when somebody paid. Without it the page says the same, a little older.
// SPDX-License-Identifier: Apache-2.0
const ASK = 5000; // ms between two questions
const two = (number) => String(number).padStart(2, '0');
const box = document.querySelector('[data-group]');
const ahead = Date.parse(box.dataset.now) - Date.now(); // of the server's clock before this one's
const clock = box.querySelector('[data-group-clock]');

function left(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000)), day = Math.floor(seconds / 86400);
  const time = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return day > 0 ? `${day} ${clock.dataset.days} ${time}` : time;
}

/* Once for each state, so that a slow server does not make a loop of it. */
function turn(state) {
  const key = `group ${location.pathname} ${state}`;
  if (sessionStorage.getItem(key)) return;
  sessionStorage.setItem(key, '1');
  setTimeout(() => location.reload(), 600 + Math.random() * 900);
}

function tick() {
  const until = Date.parse(box.dataset.ends) - Date.now() - ahead;
  if (clock) clock.textContent = `${clock.dataset.words} ${left(until)}`;
  if (until <= 0) turn('over');
}

async function ask() {
  const answer = await fetch(location.pathname, { headers: { accept: 'application/json' } });
  if (!answer.ok) return;
  const { group } = await answer.json();
  if (group.state !== 'open' || String(group.paid) !== box.dataset.paid) turn(`${group.state} ${group.paid}`);
}

async function follow() {
  try {
    if (!document.hidden && !document.activeElement?.closest('form')) await ask();
  } catch {
    // The next question may be answered.
  }
  setTimeout(follow, ASK);
}

setInterval(tick, 1000);
tick();
setTimeout(follow, ASK);
