/* search.js - what a search field suggests while somebody types. Without it the form asks for the page of the search.
 *
 * The combobox pattern of the ARIA Authoring Practices: the focus stays in the field, arrows move through the
 * list, Enter follows what is chosen or asks, Escape closes. SPDX-License-Identifier: Apache-2.0 */

const PAUSE = 120; /* ms without a key before it asks */
const OWN_WHILE_TYPING = 3;

/** Takes its words from the form: what one searched before, and what many search. Asked for once a page. */
let own;
async function ownWords(form) {
  own ??= fetch(form.dataset.own, { headers: { Accept: 'application/json' } }).then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
  const { history = [], popular = [] } = await own;
  return { history, popular: popular.filter(({ text }) => !history.some((one) => one.text === text)) };
}

/** What was opened from the answer to a search is counted; the page does not wait for it. */
function countClicks(list) {
  list.addEventListener('click', (event) => {
    const link = event.target.closest('a[href*="/products/"]');
    const handle = link?.pathname.split('/products/')[1]?.split('/')[0];
    if (!handle) return;
    fetch(list.dataset.clicks, { method: 'POST', keepalive: true, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ q: list.dataset.searched, product: decodeURIComponent(handle) }) }).catch(() => {});
  });
}

class Suggestions {
  constructor(form) {
    this.form = form;
    this.field = form.querySelector('input[type=search]');
    this.box = document.createElement('div');
    this.box.className = 'suggest-box';
    this.box.hidden = true;
    this.list = document.createElement('ul');
    this.list.className = 'suggest-list';
    this.list.id = this.field.id + '-list';
    this.list.setAttribute('role', 'listbox');
    this.list.setAttribute('aria-label', form.querySelector('label').textContent);
    this.news = document.createElement('p');
    this.news.className = 'sr';
    this.news.setAttribute('role', 'status');
    this.box.append(this.list);
    form.append(this.box, this.news);
    const field = this.field;
    for (const [name, value] of [['role', 'combobox'], ['aria-autocomplete', 'list'], ['aria-expanded', 'false'], ['aria-controls', this.list.id]])
      field.setAttribute(name, value);
    field.addEventListener('input', () => this.wait());
    field.addEventListener('focus', () => this.wait());
    field.addEventListener('click', () => { if (this.box.hidden) this.wait(); });
    field.addEventListener('keydown', (event) => this.press(event));
    field.addEventListener('compositionend', () => this.wait());
    form.addEventListener('focusout', (event) => { if (!form.contains(event.relatedTarget)) this.close(); });
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const text = this.field.value.trim();
    if (document.activeElement !== this.field) return;
    this.asking?.abort();
    if (!text) return this.showOwn();
    this.asking = new AbortController();
    try {
      const answer = await fetch(this.form.dataset.search + '?q=' + encodeURIComponent(text.slice(0, 100)), { headers: { Accept: 'text/html' }, signal: this.asking.signal });
      if (!answer.ok) return this.close();
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const found = [...page.querySelectorAll('[data-suggestions] > li')].map((item) => document.adoptNode(item));
      const { history } = await ownWords(this.form);
      const before = history.filter((one) => one.text !== text && one.text.startsWith(text)).slice(0, OWN_WHILE_TYPING);
      if (this.field.value.trim() !== text) return;
      this.show([...before.map((one) => this.item(one, this.form.dataset.recent)), ...found]);
    } catch { /* the form still works */ }
  }

  item({ text, url }, kind) {
    const item = document.createElement('li');
    const link = document.createElement('a');
    const label = document.createElement('span');
    label.className = 'suggest-kind';
    label.textContent = kind;
    link.href = this.form.action + url.slice(url.indexOf('?'));
    link.dataset.text = text;
    link.append(label, text);
    item.append(link);
    return item;
  }

  async showOwn() {
    const { history, popular } = await ownWords(this.form);
    if (document.activeElement !== this.field || this.field.value.trim()) return;
    this.show([...history.map((one) => this.item(one, this.form.dataset.recent)), ...popular.map((one) => this.item(one, this.form.dataset.popular))]);
    if (history.length === 0) return;
    const forget = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'suggest-forget';
    button.textContent = this.form.dataset.forget;
    button.addEventListener('click', () => this.forget());
    forget.setAttribute('role', 'none');
    forget.append(button);
    this.list.append(forget);
  }

  async forget() {
    await fetch(this.form.dataset.forgetAt, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }).catch(() => {});
    own = undefined;
    this.close();
    this.field.focus();
  }

  show(items) {
    items.forEach((item, index) => {
      item.setAttribute('role', 'option');
      item.id = this.list.id + '-' + index;
      item.setAttribute('aria-selected', 'false');
      item.querySelector('a').tabIndex = -1;
    });
    this.list.replaceChildren(...items);
    this.chosen = -1;
    this.field.removeAttribute('aria-activedescendant');
    this.box.hidden = items.length === 0;
    this.field.setAttribute('aria-expanded', String(items.length > 0));
    this.news.textContent = items.length ? this.form.dataset.count.replace('{count}', items.length) : this.form.dataset.none;
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.box.hidden = true;
    this.chosen = -1;
    this.news.textContent = '';
    this.field.setAttribute('aria-expanded', 'false');
    this.field.removeAttribute('aria-activedescendant');
  }

  choose(index) {
    const items = [...this.list.querySelectorAll('[role=option]')];
    if (items.length === 0) return;
    this.chosen = (index + items.length + 1) % (items.length + 1);
    items.forEach((item, at) => item.setAttribute('aria-selected', String(at === this.chosen)));
    if (this.chosen === items.length) {
      this.chosen = -1;
      return this.field.removeAttribute('aria-activedescendant');
    }
    this.field.setAttribute('aria-activedescendant', items[this.chosen].id);
    items[this.chosen].scrollIntoView({ block: 'nearest' });
  }

  press(event) {
    if (event.isComposing) return;
    const count = this.list.querySelectorAll('[role=option]').length;
    if (event.key === 'Escape' && !this.box.hidden) {
      event.preventDefault();
      return this.close();
    }
    if (this.box.hidden || count === 0) return;
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      this.choose(this.chosen < 0 ? 0 : this.chosen + 1);
    } else if (event.key === 'ArrowUp') {
      event.preventDefault();
      this.choose(this.chosen < 0 ? count - 1 : this.chosen === 0 ? count : this.chosen - 1);
    } else if (event.key === 'Enter' && this.chosen >= 0) {
      event.preventDefault();
      this.list.querySelectorAll('[role=option]')[this.chosen].querySelector('a').click();
    }
  }
}

for (const form of document.querySelectorAll('[data-search]')) new Suggestions(form);
for (const list of document.querySelectorAll('[data-searched]')) countClicks(list);
