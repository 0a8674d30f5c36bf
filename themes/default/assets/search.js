/* search.js - what a search field suggests while somebody types. Without it the form asks for the page of the search.
 *
 * The combobox pattern of the ARIA Authoring Practices: the focus stays in the field, arrows move through the
 * list, Enter follows what is chosen or asks, Escape closes. SPDX-License-Identifier: Apache-2.0 */

const PAUSE = 120; /* ms without a key before it asks */
const RECENT_LIMIT = 6;
const RECENT = 'recent-searches';

function recent() {
  try {
    const list = JSON.parse(localStorage.getItem(RECENT));
    return Array.isArray(list) ? list.filter((text) => typeof text === 'string').slice(0, RECENT_LIMIT) : [];
  } catch {
    return [];
  }
}

function remember(text) {
  const list = [text, ...recent().filter((other) => other !== text)].slice(0, RECENT_LIMIT);
  try { localStorage.setItem(RECENT, JSON.stringify(list)); } catch { /* not worth a message */ }
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
    field.addEventListener('keydown', (event) => this.press(event));
    field.addEventListener('compositionend', () => this.wait());
    form.addEventListener('focusout', (event) => { if (!form.contains(event.relatedTarget)) this.close(); });
    form.addEventListener('submit', () => { if (field.value.trim()) remember(field.value.trim()); });
    this.list.addEventListener('click', (event) => this.keep(event.target.closest('[data-text]')));
  }

  keep(link) {
    if (link) remember(link.dataset.text);
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const text = this.field.value.trim();
    if (document.activeElement !== this.field) return;
    this.asking?.abort();
    if (!text) return this.showRecent();
    this.asking = new AbortController();
    try {
      const answer = await fetch(this.form.dataset.search + '?q=' + encodeURIComponent(text.slice(0, 100)), { headers: { Accept: 'text/html' }, signal: this.asking.signal });
      if (!answer.ok) return this.close();
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      this.show([...page.querySelectorAll('[data-suggestions] > li')].map((item) => document.adoptNode(item)));
    } catch { /* the form still works */ }
  }

  showRecent() {
    const items = recent().map((text) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      const kind = document.createElement('span');
      kind.className = 'suggest-kind';
      kind.textContent = this.form.dataset.recent;
      link.href = this.form.action + '?q=' + encodeURIComponent(text);
      link.dataset.text = text;
      link.append(kind, text);
      item.append(link);
      return item;
    });
    this.show(items);
    if (items.length === 0) return;
    const forget = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'suggest-forget';
    button.textContent = this.form.dataset.forget;
    button.addEventListener('click', () => { localStorage.removeItem(RECENT); this.close(); this.field.focus(); });
    forget.setAttribute('role', 'none');
    forget.append(button);
    this.list.append(forget);
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
      const link = this.list.querySelectorAll('[role=option]')[this.chosen].querySelector('a');
      this.keep(link.closest('[data-text]'));
      link.click();
    }
  }
}

for (const form of document.querySelectorAll('[data-search]')) new Suggestions(form);
