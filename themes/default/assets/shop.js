/* shop.js - what the storefront does better when JavaScript runs. Every page works without it.
 *
 * Sections: small tools, cart, product page, checkout, order page. SPDX-License-Identifier: Apache-2.0 */

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const texts = JSON.parse($('[data-texts]').textContent);
const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;

/* ---- small tools ---- */

let toastTimer;
function toast(text, link) {
  const box = $('[data-toast]');
  const words = document.createElement('span');
  words.className = 'toast-text';
  words.textContent = text;
  box.replaceChildren(words);
  if (link) {
    const a = document.createElement('a');
    a.href = link.href;
    a.textContent = link.text;
    box.append(a);
  }
  box.classList.add('is-on');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.classList.remove('is-on'), link ? 5000 : 3000);
}

/* Another page of this build; after a new version of the shop the whole page is loaded anew. */
async function page(url) {
  const headers = { Accept: 'text/html' };
  if (window !== window.top) headers['X-Framed'] = '1'; // a part of a preview is asked for as the page around it
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(String(answer.status));
  const other = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const own = $('script[data-build]').getAttribute('src');
  if ($('script[data-build]', other)?.getAttribute('src') !== own) throw new Error('another build');
  return other;
}

/* Takes the part `selector` from another document; the focus stays where it was. */
function swap(selector, other, focus) {
  const old = $(selector);
  const fresh = $(selector, other);
  if (!old || !fresh) throw new Error('nothing to swap');
  const id = document.activeElement?.id;
  old.replaceWith(document.adoptNode(fresh));
  wake(fresh);
  const target = focus ? $(focus, fresh) : id && document.getElementById(id);
  if (target && !target.disabled) target.focus({ preventScroll: true });
  else if (id) $('#main').focus({ preventScroll: true });
  return fresh;
}

async function send(url, body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(body),
  });
  const result = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(result.title), { problem: result });
  return result;
}

function problemText(error) {
  const slug = (error.problem?.type || '').split('/').pop();
  return slug === 'out-of-stock' ? texts.short : error.problem?.detail || texts.failed;
}

/* Run on load and on every swapped part. */
function wake(root) {
  $$('[data-step], [data-copy], [data-copy-all], [data-paste-go]', root).forEach((button) => { button.hidden = false; });
  $$('[data-share]', root).forEach((button) => { button.hidden = !navigator.share; });
  $$('[data-strip]', root).forEach(watchStrip);
  $$('[data-countdown]', root).forEach(countDown);
}

/* ---- cart ---- */

function showCount(count, isNews) {
  sessionStorage.setItem('cart-count', count);
  for (const badge of $$('[data-badge]')) {
    badge.textContent = count > 99 ? '99+' : count;
    badge.hidden = !(count > 0);
    badge.classList.remove('is-new');
    if (isNews) requestAnimationFrame(() => badge.classList.add('is-new'));
  }
}

document.addEventListener('say', ({ detail }) => toast(detail.text));

async function loadCount() {
  if (!$('[data-badge]')) return;
  const own = $('[data-cart]');
  if (own) return showCount(Number(own.dataset.count));
  showCount(Number(sessionStorage.getItem('cart-count')) || 0);
  try {
    const answer = await fetch('/cart/summary', { headers: { Accept: 'application/json' } });
    if (answer.ok) showCount((await answer.json()).cart.count);
  } catch { /* the badge is not worth a message */ }
}

async function addInPlace(form, button) {
  const fields = new FormData(form);
  const { cart } = await send('/api/v1/cart/lines', {
    variant_id: fields.get('variant_id'),
    quantity: Number(fields.get('quantity') || 1),
  });
  showCount(cart.count, true);
  toast(texts.added, { href: texts.cart, text: texts.go });
  button.focus({ preventScroll: true });
}

async function setLine(form, button) {
  const variant = form.action.split('/').pop();
  await send('/api/v1/cart/lines/' + variant, { quantity: Number(button.value), answers_key: form.elements.answers_key?.value || '' });
  const fresh = swap('[data-cart]', await page(location.href));
  showCount(Number(fresh.dataset.count));
}

/* Without network: the wish is written down by app.js and told later. */
function writeDown(form, work) {
  const fields = new FormData(form);
  const line = form.closest('li');
  const quantity = Number(fields.get('quantity') || 1);
  const detail = work === addInPlace
    ? { type: 'add', variant_id: fields.get('variant_id'), quantity, title: $('h1')?.textContent.trim() }
    : { type: quantity ? 'set' : 'remove', variant_id: form.action.split('/').pop(), quantity, title: $('.line-name', line).textContent.trim() };
  if (fields.get('answers_key') || document.dispatchEvent(new CustomEvent('cart-op', { detail, cancelable: true }))) return false;
  toast(texts.later);
  if (work === setLine) $('output', form).textContent = quantity;
  else showCount((Number(sessionStorage.getItem('cart-count')) || 0) + quantity, true);
  return true;
}

document.addEventListener('cart-synced', async ({ detail }) => {
  toast(detail.text, { href: texts.cart, text: texts.go });
  if (!$('[data-cart]')) return loadCount();
  showCount(Number(swap('[data-cart]', await page(location.href)).dataset.count));
});

/* ---- every form: never twice, in place where that works ---- */

document.addEventListener('submit', async (event) => {
  const form = event.target;
  const button = event.submitter || $('button', form);
  if (form.dataset.busy) return event.preventDefault();
  form.dataset.busy = '1';
  button?.setAttribute('aria-busy', 'true');
  const work = form.matches('[data-line]') ? setLine : form.matches('[data-add]') && button?.matches('[data-in-place]') ? addInPlace : null;
  if (!work) return;
  event.preventDefault();
  try {
    await work(form, button);
  } catch (error) {
    if (error.problem) toast(problemText(error));
    else if (!writeDown(withValue(form, button), work)) return HTMLFormElement.prototype.submit.call(form);
    withoutValue(form);
  }
  delete form.dataset.busy;
  button.removeAttribute('aria-busy');
});

/* form.submit() forgets the pressed button: carry its value in a hidden field. */
function withValue(form, button) {
  if (button?.name) {
    const field = document.createElement('input');
    Object.assign(field, { type: 'hidden', name: button.name, value: button.value });
    field.dataset.carried = '';
    form.append(field);
  }
  return form;
}
const withoutValue = (form) => $('[data-carried]', form)?.remove();

addEventListener('pageshow', (event) => {
  $$('form[data-busy]').forEach((form) => delete form.dataset.busy);
  $$('[aria-busy]').forEach((button) => button.removeAttribute('aria-busy'));
  if (event.persisted) loadCount();
});

/* ---- product page ---- */

async function choose(link) {
  const part = $('[data-product]');
  part.classList.add('is-swapping');
  const quantity = $('#quantity')?.value;
  try {
    const other = await page(link.href);
    swap('[data-product]', other, `[data-option="${link.dataset.option}"]`);
    document.title = other.title;
    history.replaceState(null, '', link.href);
    loadCount();
    const field = $('#quantity');
    if (field && quantity) field.value = Math.min(quantity, field.max);
  } catch {
    location.href = link.href;
  }
}

function watchStrip(strip) {
  const gallery = strip.closest('[data-gallery]');
  strip.addEventListener('scroll', () => {
    const at = Math.round(strip.scrollLeft / strip.clientWidth);
    const count = $('[data-at]', gallery);
    if (count) count.textContent = at + 1;
    const film = $('video', strip);
    if (film && !film.paused && !document.fullscreenElement && film.parentElement !== strip.children[at]) film.pause();
    $$('.gallery-thumbs a', gallery).forEach((thumb, i) => thumb.toggleAttribute('aria-current', i === at));
  }, { passive: true });
}

function zoom(link) {
  const dialog = document.createElement('dialog');
  dialog.className = 'zoom';
  const image = new Image();
  image.src = link.href;
  image.alt = $('img', link)?.alt || '';
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-label', texts.close);
  button.textContent = '✕';
  dialog.append(image, button);
  dialog.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => { dialog.remove(); link.focus({ preventScroll: true }); });
  document.body.append(dialog);
  dialog.showModal();
  dialog.scrollLeft = (dialog.scrollWidth - dialog.clientWidth) / 2;
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.classList.add('is-done');
    setTimeout(() => button.classList.remove('is-done'), 2000);
    toast(texts.copied);
  } catch {
    toast(texts.copy);
  }
}

document.addEventListener('click', (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  const hit = event.target.closest('[data-option], .gallery-thumbs a, [data-zoom], [data-step], [data-copy], [data-copy-all], [data-share], [data-refresh]');
  if (!hit) return;
  event.preventDefault();
  if (hit.matches('[data-option]')) {
    choose(hit);
  } else if (hit.matches('.gallery-thumbs a')) {
    const strip = $('[data-strip]');
    strip.scrollTo({ left: $(hit.hash).offsetLeft - strip.offsetLeft, behavior: isCalm ? 'auto' : 'smooth' });
  } else if (hit.matches('[data-zoom]')) {
    zoom(hit);
  } else if (hit.matches('[data-step]')) {
    const field = $('input', hit.parentElement);
    const wanted = (Number(field.value) || 1) + Number(hit.dataset.step);
    field.value = Math.max(1, Math.min(wanted, Number(field.max) || 999));
  } else if (hit.matches('[data-copy-all]')) {
    copy($$('code', hit.closest('[data-codes]')).map((code) => code.textContent).join('\n'), hit);
  } else if (hit.matches('[data-copy]')) {
    copy(hit.dataset.copy, hit);
  } else if (hit.matches('[data-share]')) {
    navigator.share({ title: hit.dataset.title, url: hit.dataset.share }).catch(() => {}); // closed again
  } else {
    renewOrder({ isAsked: true });
  }
});

/* What opens over the page closes again by a click elsewhere, or Escape. */
const closeOthers = (than) => $$('[data-pop][open]').forEach((pop) => { if (!pop.contains(than)) pop.open = false; });
document.addEventListener('click', (event) => closeOthers(event.target));
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  $('[data-pop][open] summary')?.focus();
  closeOthers(null);
});

/* ---- checkout ---- */

/* What is being typed survives a look at another page of the shop, in this tab only. */
const draft = $('form[data-draft]');
if (draft) {
  // A secret is not written down.
  const fields = $$('.input', draft).filter(({ name }) => name !== 'passcode' && name !== 'paste');
  const kept = JSON.parse(sessionStorage.getItem('checkout-draft') || '{}');
  if (!$('[aria-invalid]', draft)) fields.forEach((field) => { field.value ||= kept[field.name] || ''; });
  draft.addEventListener('input', () => {
    sessionStorage.setItem('checkout-draft', JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
  });
  const [own, receiver] = ['contact.phone', 'address.phone'].map((name) => draft.elements[name]);
  own?.addEventListener('change', () => { if (receiver && !receiver.value) receiver.value = own.value; });
}
$('[aria-invalid]')?.focus();

/* An address in one piece fills the fields in place, as soon as it is pasted. */
async function takeApart(box) {
  const { address } = await send('/api/v1/addresses/parse', { text: box.value });
  for (const [name, value] of Object.entries(address)) {
    const field = box.form.elements['address.' + name];
    if (!value) continue;
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  $('[data-paste-said]').textContent = address.region ? texts.pasted : texts.pasted_part;
}
$('[data-paste]')?.addEventListener('paste', ({ target }) => setTimeout(() => takeApart(target).catch(() => {})));
$('[data-paste-go]')?.addEventListener('click', () => {
  const box = $('[data-paste]');
  if (box.value.trim()) takeApart(box).catch((error) => toast(problemText(error)));
});

function countDown(place) {
  const end = Date.now() + Number(place.dataset.countdown) * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    const [hours, minutes, seconds] = [left / 3600, (left / 60) % 60, left % 60].map((n) => String(Math.floor(n)).padStart(2, '0'));
    const [before, after] = place.dataset.text.split('#');
    const time = document.createElement('b');
    time.textContent = (hours > 0 ? hours + ':' : '') + minutes + ':' + seconds;
    place.replaceChildren(before, time, after || '');
    if (left === 0) {
      clearInterval(timer);
      setTimeout(() => location.reload(), 1500);
    }
  };
  const timer = setInterval(tick, 1000);
  tick();
}

/* ---- order page ---- */

async function renewOrder({ isAsked, isCatchingUp } = {}) {
  const before = $('[data-order]');
  try {
    const now = await page(location.href);
    if (isCatchingUp && $('[data-order]', now).dataset.stage === before.dataset.stage) return;
    const fresh = swap('[data-order]', now);
    if (fresh.dataset.stage !== before.dataset.stage) {
      $('.stage', fresh).classList.add('stage-new');
      document.title = $('h1', fresh).textContent;
      toast(texts.changed + $('h1', fresh).textContent);
    }
  } catch {
    if (isAsked) location.reload();
  }
}

const order = $('[data-order]');
if (order) {
  sessionStorage.removeItem('checkout-draft');
  if (order.dataset.events && 'EventSource' in window) {
    const live = new EventSource(order.dataset.events);
    live.addEventListener('order', () => renewOrder());
    // What happened before the stream was open, or while it was away, no event tells.
    live.addEventListener('open', () => renewOrder({ isCatchingUp: true }));
    setInterval(() => { if (live.readyState === EventSource.CLOSED && !document.hidden) renewOrder(); }, 10000);
  }
}

wake(document);
loadCount();
