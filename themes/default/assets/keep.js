/* keep.js - what a buyer keeps: hearts on cards and products (收藏). Members keep them in their account, guests in
 * this browser until they log in. SPDX-License-Identifier: Apache-2.0 */

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const texts = JSON.parse($('[data-texts]').textContent).keep;
const isMember = 'member' in document.body.dataset;
const LIMIT = 200;
const HEART = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 20s-7.5-4.6-7.5-10A4.2 4.2 0 0 1 12 7.400 4.2 4.2 0 0 1 19.500 10c0 5.400-7.500 10-7.500 10z"/></svg>';
const say = (text) => document.dispatchEvent(new CustomEvent('say', { detail: { text } }));

/* ---- what is kept ---- */

const read = () => { try { return JSON.parse(localStorage.getItem('favourites')) || []; } catch { return []; } };
const write = (items) => localStorage.setItem('favourites', JSON.stringify(items));
const api = async (path, body) => {
  const answer = await fetch('/api/v1/account/favourites' + path, body && { method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { status: answer.status });
  return answer.json();
};

let kept = new Set();

/* What the browser kept before its owner logged in comes into the account, once. */
async function merge() {
  const items = read();
  if (items.length === 0) return;
  const { left_out } = await api('/merge', { items: items.map(({ id, price }) => ({ product_id: id, price })) });
  localStorage.removeItem('favourites');
  if ($('[data-favourites]')) location.reload();
  else if (left_out > 0) say(texts.full);
}

async function load() {
  if (!isMember) kept = new Set(read().map(({ id }) => id));
  else {
    await (navigator.locks ? navigator.locks.request('favourites', merge) : merge());
    kept = new Set((await api('/ids')).product_ids);
  }
  draw();
}

async function keep(id, price, wanted) {
  if (isMember) await api(wanted ? '' : `/${id}/remove`, { product_id: id });
  else {
    const others = read().filter((item) => item.id !== id);
    if (wanted && others.length >= LIMIT) throw new Error('full');
    write(wanted ? [{ id, price }, ...others] : others);
  }
  if (wanted) kept.add(id);
  else kept.delete(id);
}

/* ---- hearts ---- */

function addHeart(card) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'heart';
  button.innerHTML = HEART;
  button.dataset.title = $('.card-title', card)?.textContent.trim() || '';
  card.append(button);
}

function draw() {
  $$('.card[data-product-id]').forEach((card) => { if (!$('.heart', card)) addHeart(card); });
  $$('form[data-product-id]').forEach((form) => { form.hidden = false; });
  for (const button of $$('.heart')) {
    const isKept = kept.has(button.closest('[data-product-id]').dataset.productId);
    if (button.getAttribute('aria-pressed') === String(isKept)) continue;
    button.setAttribute('aria-pressed', isKept);
    if (button.dataset.title) button.setAttribute('aria-label', `${texts.keep} ${button.dataset.title}`);
  }
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('.heart');
  if (!button) return;
  event.preventDefault();
  const { productId, price } = button.closest('[data-product-id]').dataset;
  const wanted = !kept.has(productId);
  try {
    await keep(productId, Number(price), wanted);
    say(wanted ? texts.kept : texts.gone);
  } catch (failure) {
    say(failure.message === 'full' || failure.status === 422 ? texts.full : texts.failed);
  }
  draw();
});

/* ---- the page of a guest ---- */

async function look() {
  const place = $('[data-guest-favourites]');
  if (!place) return;
  const items = read();
  const body = new URLSearchParams(items.flatMap(({ id, price }, i) => [[`items.${i}.product_id`, id], [`items.${i}.price`, price]]));
  const answer = await fetch(location.pathname + '/look', { method: 'POST', headers: { Accept: 'text/html' }, body });
  if (!answer.ok) return say(texts.failed);
  const other = new DOMParser().parseFromString(await answer.text(), 'text/html');
  place.replaceWith(document.adoptNode($('[data-favourites]', other)));
}

document.addEventListener('submit', (event) => {
  const form = event.target.closest('[data-unkeep]');
  if (!form || isMember) return;
  event.preventDefault();
  write(read().filter(({ id }) => id !== form.dataset.unkeep));
  form.closest('li').remove();
  say(texts.gone);
});

new MutationObserver(draw).observe($('#main'), { childList: true, subtree: true });
load().catch(() => draw());
if (!isMember) look().catch(() => say(texts.failed));
