/* seen.js - the products that were looked at last (最近浏览). They stay in this browser: nothing is told to the shop.
 * SPDX-License-Identifier: Apache-2.0 */

const $ = (selector, root = document) => root.querySelector(selector);
const LIMIT = 50;
const SHOWN = 12;

/* A browser that keeps nothing, or something else, remembers nothing. */
const read = () => { try { return JSON.parse(localStorage.getItem('seen')) || []; } catch { return []; } };
const write = (items) => { try { localStorage.setItem('seen', JSON.stringify(items)); } catch { /* no room */ } };

/* A product page says in its markup what is to be remembered of it. */
function remember() {
  const { seenId: id, seenTitle: title, seenUrl: url, seenPrice: price, seenPicture: picture } = $('[data-seen-id]')?.dataset ?? {};
  if (!id) return null;
  write([{ id, title, url, price, picture }, ...read().filter((one) => one.id !== id)].slice(0, LIMIT));
  return id;
}

/* Only addresses of this shop are followed, whatever stands in the store. */
const isOurs = (url) => /^\/(?![/\\])/.test(url || '');

function entry({ title, url, price, picture }) {
  const item = document.createElement('li');
  const link = Object.assign(document.createElement('a'), { className: 'seen-link', href: url });
  const image = isOurs(picture) ? Object.assign(new Image(112, 112), { src: picture, alt: '', loading: 'lazy' }) : Object.assign(document.createElement('span'), { className: 'no-pic' });
  link.append(image, Object.assign(document.createElement('span'), { className: 'seen-title', textContent: title }), Object.assign(document.createElement('span'), { className: 'seen-price', textContent: price }));
  item.append(link);
  return item;
}

function show(ownId) {
  const place = $('[data-seen]');
  if (!place) return;
  const others = read().filter((one) => one.id !== ownId && isOurs(one.url)).slice(0, SHOWN);
  $('ul', place).replaceChildren(...others.map(entry));
  place.hidden = others.length === 0;
}

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-seen-clear]')) return;
  localStorage.removeItem('seen');
  show(null);
  $('#main').focus({ preventScroll: true });
});

show(remember());
