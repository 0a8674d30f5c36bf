/* app.js - the shop with a bad network: keeps pages through the worker, says when a page is not of now, and writes down
 * what is done to the cart until it can be told. SPDX-License-Identifier: Apache-2.0 */

const $ = (selector, root = document) => root.querySelector(selector);
const texts = JSON.parse($('[data-texts]').textContent);
const OP_LIMIT = 500;

/* ---- the worker ---- */

if ('serviceWorker' in navigator) addEventListener('load', () => navigator.serviceWorker.register('/sw.js').catch(() => {}));

/* ---- what is not of now ---- */

function strip() {
  const box = $('[data-network]');
  const kept = Number(document.body.dataset.kept);
  box.hidden = navigator.onLine && !kept;
  const at = new Date(kept).toLocaleString(document.documentElement.lang, { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' });
  box.textContent = kept ? texts.kept.replace('#', at) : texts.offline;
}
addEventListener('offline', strip);
addEventListener('online', strip);
strip();

/* The size of a picture that was loaded when the page was seen. */
async function keptPicture(picture) {
  const found = picture?.innerHTML.match(/\/media\/[^\s",]+/g) || [];
  for (const url of found) if (await caches.match(url)) return url;
  return null;
}

/* Pages of goods that can be read without network, the latest first. */
async function listKept() {
  const place = $('[data-kept-list]');
  if (!place || !('caches' in window)) return;
  for (const name of (await caches.keys()).filter((one) => one.startsWith('pages-'))) {
    const cache = await caches.open(name);
    for (const request of (await cache.keys()).reverse()) {
      if (!/\/products\/[^/]+$/.test(new URL(request.url).pathname)) continue;
      const other = new DOMParser().parseFromString(await (await cache.match(request)).text(), 'text/html');
      const link = document.createElement('a');
      link.href = request.url;
      const src = await keptPicture($('[data-gallery] picture', other));
      link.append(src ? Object.assign(new Image(), { src, alt: '', width: 64, height: 64 }) : Object.assign(document.createElement('span'), { className: 'no-pic' }));
      link.append($('h1', other)?.textContent.trim() || other.title);
      const item = document.createElement('li');
      item.append(link);
      $('ul', place).append(item);
    }
  }
  place.hidden = $('ul', place).children.length === 0;
}
listKept();

/* ---- the cart's log ---- */

const read = () => JSON.parse(localStorage.getItem('cart-ops') || '[]');
const write = (ops) => localStorage.setItem('cart-ops', JSON.stringify(ops));
const clock = () => Number(localStorage.getItem('cart-clock')) || 0;
function device() {
  const known = localStorage.getItem('cart-device') || crypto.randomUUID();
  localStorage.setItem('cart-device', known);
  return known;
}

/* shop.js asks with this event when the network did not answer; preventDefault means "written down". */
document.addEventListener('cart-op', (event) => {
  const ops = read();
  if (ops.length >= OP_LIMIT) return;
  const lamport = clock() + 1;
  localStorage.setItem('cart-clock', lamport);
  write([...ops, { op_id: crypto.randomUUID(), device_id: device(), lamport, ts: Date.now(), ...event.detail }]);
  event.preventDefault();
  showPending();
});

function showPending() {
  const place = $('[data-pending]');
  if (!place) return;
  place.replaceChildren(...read().map(({ type, title, quantity }) => {
    const item = document.createElement('li');
    item.textContent = (type === 'remove' ? texts.will_remove : type === 'set' ? texts.will_set : texts.will_add).replace('#', title).replace('%', quantity);
    return item;
  }));
  place.parentElement.hidden = place.children.length === 0;
}

function tell(adjusted) {
  const lines = adjusted.filter(({ code }) => texts.adjusted[code]).map(({ code, title, old, new: now, most }) =>
    texts.adjusted[code].replace('#', title || '').replace('%', most ?? '').replace('<', old ? (old.amount / 100).toFixed(2) : '').replace('>', now ? (now.amount / 100).toFixed(2) : ''));
  document.dispatchEvent(new CustomEvent('cart-synced', { detail: { text: [texts.synced, ...lines].join(' ') } }));
}

async function sync() {
  const ops = read();
  if (ops.length === 0 || !navigator.onLine) return;
  const answer = await fetch('/api/v1/cart/sync', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ ops: ops.map(({ title, ...op }) => op) }),
  });
  // Busy or broken: later. Refused: it would be refused again.
  if (answer.status >= 500 || answer.status === 429) return;
  const sent = new Set(ops.map(({ op_id }) => op_id));
  write(read().filter(({ op_id }) => !sent.has(op_id)));
  showPending();
  if (!answer.ok) return;
  const { lamport, adjusted } = await answer.json();
  localStorage.setItem('cart-clock', Math.max(clock(), lamport));
  tell(adjusted);
}

/* One tab tells at a time. */
const syncOnce = () => (navigator.locks ? navigator.locks.request('cart-sync', sync) : sync()).catch(() => {});
addEventListener('online', syncOnce);
showPending();
syncOnce();
