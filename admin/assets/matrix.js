// The table of many variants: options as chips, their combinations as rows, a page of them in the document at a time.
// Amounts are whole minor units (BigInt) as long as they are counted with; what is sent is the text of the cell.
const PAGE = 100, LIMIT = 2048, OPTIONS = 4;

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value != null && value !== false) element.setAttribute(key, value === true ? "" : value);
  element.append(...children.filter((child) => child != null));
  return element;
};
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const keyOf = (values) => values.join("\u0000");
const splitValues = (text) => text.split(/[,，、;；\t\n]/).map((value) => value.trim()).filter(Boolean);

/* "12.5" as minor units of so many digits, or null. */
export function toMinor(text, digits) {
  const match = /^([+-]?)(\d{1,13})(?:\.(\d*))?$/.exec(text.replace(/[,，\s¥￥$]/g, ""));
  if (!match || (match[3] ?? "").length > digits) return null;
  const minor = BigInt(match[2] + (match[3] ?? "").padEnd(digits, "0"));
  return match[1] === "-" ? -minor : minor;
}
export function toText(minor, digits) {
  const text = String(minor < 0n ? -minor : minor).padStart(digits + 1, "0");
  const whole = digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
  return minor < 0n ? `-${whole}` : whole;
}
/* `minor` changed by so many hundredths of a percent, rounded half up. */
export const byPercent = (minor, hundredths) => (minor * (10000n + hundredths) + 5000n) / 10000n;
/* One amount changed as people asked for; null when that cannot be. */
export function changed(text, how, amount, digits) {
  const isPercent = how === "up" || how === "down";
  const by = toMinor(amount, isPercent ? 2 : digits);
  if (by === null || by < 0n) return null;
  if (how === "set") return toText(by, digits);
  const minor = toMinor(text || "0", digits);
  if (minor === null) return null;
  const result = { add: () => minor + by, subtract: () => minor - by, up: () => byPercent(minor, by), down: () => byPercent(minor, -by) }[how]();
  return result < 0n ? null : toText(result, digits);
}

export function mount(place, { product, initial, form, digits: money, isNew, toast, failed, touch, settle, words, isCompleted }) {
  const digits = { price: money, cost: money, weight: 0, volume: 0 };
  const columns = ["sku", "price", "cost", "weight", "barcode", "external_id", "volume", "stock"];
  const model = { options: structuredClone(initial.options), rows: [], gone: [], closed: new Set(), page: 0, touched: false };
  const problems = new Map();
  const picked = new Set();
  let anchor = null, head = null, lastPick = null;

  const fits = (row) => row.options.length === model.options.length && row.options.every((value, i) => model.options[i].values.includes(value));
  // Rows that have no combination yet become the first that are added.
  const loose = [];
  for (const row of initial.rows) {
    if (fits(row)) model.rows.push({ ...row, was: "" });
    else if (!row.options.length) loose.push({ ...row, was: "" });
    else if (row.id) model.gone.push({ ...row, was: "" });
  }
  const stateOf = (row) => JSON.stringify([row.options, ...columns.map((name) => row[name]), row.active]);
  for (const row of [...model.rows, ...model.gone, ...loose]) row.was = row.id ? stateOf(row) : "";
  const isChanged = (row) => stateOf(row) !== row.was;
  const isEditable = (row, name) => name !== "stock" || !row.id;
  const nameOf = (row) => row.options.join(" / ") || row.sku;

  /* ---- options ---- */

  const combinations = () => model.options.filter(({ values }) => values.length).reduce((list, { values }) => list.flatMap((row) => values.map((value) => [...row, value])), [[]]);
  const count = () => model.options.reduce((product, { values }) => product * Math.max(1, values.length), 1);
  function order() {
    const place = new Map(combinations().map((values, i) => [keyOf(values), i]));
    model.rows.sort((a, b) => place.get(keyOf(a.options)) - place.get(keyOf(b.options)));
  }
  /* Rows for combinations that hold `only` (or any); price and weight come from the row that has most in common. */
  function add(only) {
    const used = new Set(model.rows.map((row) => keyOf(row.options)));
    const back = new Map(model.gone.map((row) => [keyOf(row.options), row]));
    for (const values of combinations()) {
      const key = keyOf(values);
      if (!values.length || used.has(key) || (only && !values.includes(only))) continue;
      const old = back.get(key);
      if (old) {
        model.gone.splice(model.gone.indexOf(old), 1);
        model.rows.push(old);
        continue;
      }
      const spare = loose.shift();
      if (spare) {
        spare.options = values;
        model.rows.push(spare);
        continue;
      }
      let best = null, most = -1;
      for (const row of model.rows) {
        const common = row.options.filter((value, i) => value === values[i]).length;
        if (common > most && row.price) [best, most] = [row, common];
        if (most === values.length - 1) break;
      }
      model.rows.push({ id: "", options: values, sku: "", price: best?.price ?? "", cost: best?.cost ?? "", weight: best?.weight ?? "", barcode: "", external_id: "", volume: best?.volume ?? "", stock: "", active: true, was: "" });
    }
    order();
  }
  function drop() {
    const lost = model.rows.filter((row) => !fits(row));
    model.rows = model.rows.filter(fits);
    model.gone.push(...lost.filter((row) => row.id));
    for (const row of lost) picked.delete(row), problems.delete(row);
    order();
  }
  const refuse = () => (toast(words.tooMany, true), false);
  function addValues(option, texts) {
    for (const value of texts) {
      if (option.values.includes(value)) {
        toast(fill(words.takenValue, { name: value }), true);
        continue;
      }
      if ((count() / Math.max(1, option.values.length)) * (option.values.length + 1) > LIMIT) return refuse();
      const isFirst = option.values.length === 0;
      option.values.push(value);
      // The first value of a new option belongs to every row there is.
      if (isFirst) for (const row of model.rows) row.options[model.options.indexOf(option)] = value;
      if (!isFirst || !model.rows.length) add(value);
    }
    changedAll();
  }
  function removeValue(option, value) {
    const at = model.options.indexOf(option);
    option.values = option.values.filter((other) => other !== value);
    if (option.values.length) drop();
    else for (const row of model.rows) row.options = row.options.with(at, undefined);
    if (!option.values.length) removeOption(option);
    changedAll();
  }
  function removeOption(option) {
    const at = model.options.indexOf(option);
    model.options.splice(at, 1);
    const kept = new Set();
    for (const row of model.rows) row.options.splice(at, 1);
    const doubles = model.rows.filter((row) => kept.has(keyOf(row.options)) || !kept.add(keyOf(row.options)));
    model.rows = model.rows.filter((row) => !doubles.includes(row));
    model.gone.push(...doubles.filter((row) => row.id));
    order();
    changedAll();
  }
  function rename(option, value, name) {
    const at = model.options.indexOf(option);
    if (!name || name === value) return;
    if (option.values.includes(name)) return toast(fill(words.takenValue, { name }), true);
    option.values = option.values.map((other) => (other === value ? name : other));
    for (const row of model.rows) if (row.options[at] === value) row.options = row.options.with(at, name);
    changedAll();
  }
  function move(option, value, to) {
    const from = option.values.indexOf(value);
    if (to < 0 || to >= option.values.length) return;
    option.values.splice(to, 0, ...option.values.splice(from, 1));
    order();
    changedAll();
  }

  const optionBox = make("div", { class: "mx-options" });
  let dragging = null;
  function chip(option, value) {
    const text = make("button", { type: "button", class: "mx-value", title: words.rename, "aria-label": `${value} · ${words.rename}` }, value);
    const remove = make("button", { type: "button", class: "mx-remove", "aria-label": fill(words.removeValue, { name: value }) }, "×");
    const item = make("li", { class: "mx-chip", draggable: "true" }, text, remove);
    remove.addEventListener("click", () => {
      removeValue(option, value);
      optionBox.querySelector(`[data-option="${model.options.indexOf(option)}"] .mx-add`)?.focus();
    });
    text.addEventListener("click", () => {
      const input = make("input", { class: "mx-rename", value, maxlength: 60, "aria-label": words.rename });
      let isDone = false;
      const done = (isKept) => {
        if (isDone) return;
        isDone = true;
        if (isKept) rename(option, value, input.value.trim().replace(/[,，、]/g, " "));
        if (input.isConnected) input.replaceWith(text);
      };
      input.addEventListener("keydown", (e) => {
        if (e.key === "Enter") e.preventDefault(), done(true);
        if (e.key === "Escape") done(false), text.focus();
      });
      input.addEventListener("blur", () => done(true));
      text.replaceWith(input);
      input.select();
    });
    item.addEventListener("keydown", (e) => {
      const step = e.altKey && { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[e.key];
      if (!step) return;
      e.preventDefault();
      const to = option.values.indexOf(value) + step;
      move(option, value, to);
      optionBox.querySelectorAll(`[data-option="${model.options.indexOf(option)}"] .mx-value`)[Math.max(0, Math.min(to, option.values.length - 1))]?.focus();
    });
    item.addEventListener("dragstart", (e) => {
      dragging = { option, value };
      e.dataTransfer.effectAllowed = "move";
    });
    item.addEventListener("dragend", () => (dragging = null));
    item.addEventListener("dragover", (e) => dragging?.option === option && e.preventDefault());
    item.addEventListener("drop", (e) => {
      if (dragging?.option !== option) return;
      e.preventDefault();
      move(option, dragging.value, option.values.indexOf(value));
    });
    return item;
  }
  function drawOptions() {
    const lines = model.options.map((option, i) => {
      const name = make("input", { value: option.name, maxlength: 60, "aria-label": words.optionName, class: "mx-name" });
      name.addEventListener("change", () => {
        option.name = name.value.trim();
        changedAll();
      });
      const input = make("input", { class: "mx-add", placeholder: words.addValue, "aria-label": `${option.name} · ${words.addValue}` });
      const take = () => {
        const texts = splitValues(input.value);
        input.value = "";
        if (!texts.length) return;
        addValues(option, [...new Set(texts)]);
        optionBox.querySelector(`[data-option="${i}"] .mx-add`)?.focus();
      };
      input.addEventListener("keydown", (e) => {
        if (e.key === "Enter" || e.key === "," || e.key === "，") e.preventDefault(), take();
        if (e.key === "Backspace" && !input.value && option.values.length) removeValue(option, option.values.at(-1));
      });
      input.addEventListener("blur", take);
      const remove = make("button", { type: "button", class: "btn is-quiet", "aria-label": fill(words.removeOption, { name: option.name }) }, "×");
      remove.addEventListener("click", () => removeOption(option));
      return make("div", { class: "mx-option", "data-option": i }, name, make("ul", { class: "mx-chips", "aria-label": fill(words.valueOf, { name: option.name }) }, ...option.values.map((value) => chip(option, value))), input, remove);
    });
    const missing = count() - model.rows.length;
    const more = make("button", { type: "button", class: "btn", hidden: model.options.length >= OPTIONS }, words.addOption);
    more.addEventListener("click", () => {
      model.options.push({ name: "", values: [] });
      drawOptions();
      optionBox.querySelector(".mx-option:last-of-type .mx-name").focus();
    });
    const complete = make("button", { type: "button", class: "btn", hidden: missing <= 0 || !model.options.length || count() > LIMIT }, words.addMissing);
    complete.addEventListener("click", () => (add(null), changedAll()));
    optionBox.replaceChildren(...lines, make("p", { class: "help" }, words.valueHint), make("div", { class: "bar" }, more, complete, missing > 0 && model.options.length ? make("span", { class: "hint" }, fill(words.missing, { count: missing })) : null));
  }

  /* ---- what is shown ---- */

  const isGrouped = () => model.options.length > 1;
  function items() {
    if (!isGrouped()) return model.rows.map((row) => ({ row }));
    const groups = Map.groupBy(model.rows, (row) => row.options[0]);
    return [...groups].flatMap(([name, rows]) => [{ group: name, rows }, ...(model.closed.has(name) ? [] : rows.map((row) => ({ row })))]);
  }
  const openRows = () => items().flatMap(({ row }) => (row ? [row] : []));
  const chosen = () => (picked.size ? model.rows.filter((row) => picked.has(row)) : []);

  const table = make("table", { class: "mx-table" });
  const body = make("tbody");
  const titles = { sku: words.sku, price: words.price, cost: words.cost, weight: words.weight, barcode: words.barcode, external_id: words.externalId, volume: words.volume, stock: words.available };
  table.append(make("thead", {}, make("tr", {}, make("th", { scope: "col" }, words.select), make("th", { scope: "col" }, ""), ...columns.map((name) => make("th", { scope: "col" }, titles[name])), make("th", { scope: "col" }, words.isActive))), body);
  table.querySelector("th:nth-child(2)").textContent = words.optionTitle;
  const region = make("div", { class: "mx-region", role: "region", tabindex: "0", "aria-label": words.many }, table);
  const tools = make("div", { class: "mx-tools" });
  const pager = make("div", { class: "mx-pager" });
  const state = make("div", { class: "mx-state", role: "status" });

  let duplicates = new Set();
  function findDuplicates() {
    const seen = new Map();
    for (const row of model.rows) if (row.sku.trim()) seen.set(row.sku.trim(), (seen.get(row.sku.trim()) ?? 0) + 1);
    duplicates = new Set([...seen].filter(([, times]) => times > 1).map(([sku]) => sku));
  }
  const problemOf = (row, name) => problems.get(row)?.[name] ?? (name === "sku" && duplicates.has(row.sku.trim()) ? words["problemDuplicate"] : null);

  let shownRows = [];
  const inRange = (row, name) => {
    if (!anchor || !head) return false;
    const [a, b] = [rowPlace.get(anchor.row), rowPlace.get(head.row)].sort((x, y) => x - y);
    const [c, d] = [columns.indexOf(anchor.name), columns.indexOf(head.name)].sort((x, y) => x - y);
    const at = rowPlace.get(row), column = columns.indexOf(name);
    return at >= a && at <= b && column >= c && column <= d;
  };
  let rowPlace = new Map();
  const isRange = () => anchor && head && (anchor.row !== head.row || anchor.name !== head.name);

  function cell(row, name, i) {
    if (!isEditable(row, name)) return make("td", { class: "mx-fixed num", "data-label": words.available }, String(row.available ?? ""));
    const problem = problemOf(row, name);
    const id = `mx-${i}-${name}`;
    const input = make("input", { id, value: row[name], "data-name": name, "aria-label": `${nameOf(row)} · ${name === "stock" ? words.stock : titles[name]}`, inputmode: name in digits || name === "stock" ? "decimal" : null, autocomplete: "off", spellcheck: "false", "aria-invalid": problem ? "true" : null, title: problem });
    return make("td", { class: [problem && "has-problem", isRange() && inRange(row, name) && "is-in"].filter(Boolean).join(" ") || null, "data-label": name === "stock" ? words.stock : titles[name] }, input, problem ? make("small", { class: "problem" }, problem) : null);
  }
  function rowLine(row, i) {
    const pick = make("input", { type: "checkbox", "data-pick-row": true, "aria-label": fill(words.row, { name: nameOf(row) }) });
    pick.checked = picked.has(row);
    const active = make("input", { type: "checkbox", "data-active": true, "aria-label": `${nameOf(row)} · ${words.isActive}` });
    active.checked = row.active;
    const name = isGrouped() ? row.options.slice(1).join(" / ") : nameOf(row);
    const line = make("tr", { class: [isChanged(row) && "is-changed", !row.active && "is-off"].filter(Boolean).join(" ") || null, "data-i": i }, make("td", { class: "mx-pick" }, pick), make("th", { scope: "row" }, name, row.id ? null : make("small", { class: "tag" }, words.new)), ...columns.map((column) => cell(row, column, i)), make("td", { class: "mx-active", "data-label": words.isActive }, active));
    return line;
  }
  function groupLine({ group, rows }) {
    const isOpen = !model.closed.has(group);
    const toggle = make("button", { type: "button", class: "mx-toggle", "aria-expanded": String(isOpen) }, fill(words.group, { name: group, count: rows.length }));
    toggle.addEventListener("click", () => {
      if (isOpen) model.closed.add(group);
      else model.closed.delete(group);
      draw();
      [...body.querySelectorAll(".mx-toggle")].find((other) => other.textContent === toggle.textContent)?.focus();
    });
    const pick = make("input", { type: "checkbox", "aria-label": fill(words.row, { name: group }) });
    pick.checked = rows.every((row) => picked.has(row));
    pick.indeterminate = !pick.checked && rows.some((row) => picked.has(row));
    pick.addEventListener("change", () => {
      for (const row of rows) pick.checked ? picked.add(row) : picked.delete(row);
      draw();
    });
    return make("tr", { class: "mx-group" }, make("td", { class: "mx-pick" }, pick), make("th", { scope: "rowgroup", colspan: columns.length + 2 }, toggle));
  }
  function draw() {
    const list = items();
    const pages = Math.max(1, Math.ceil(list.length / PAGE));
    model.page = Math.min(model.page, pages - 1);
    const first = model.page * PAGE;
    const part = list.slice(first, first + PAGE);
    rowPlace = new Map(openRows().map((row, i) => [row, i]));
    if (anchor && !rowPlace.has(anchor.row)) anchor = head = null;
    findDuplicates();
    shownRows = [];
    body.replaceChildren(...part.map((item) => (item.row ? rowLine(item.row, shownRows.push(item.row) - 1) : groupLine(item))));
    const turn = (label, step, isOff) => {
      const button = make("button", { type: "button", class: "btn", disabled: isOff }, label);
      button.addEventListener("click", () => ((model.page += step), draw(), region.scrollIntoView({ block: "nearest" })));
      return button;
    };
    const rowsIn = (some) => some.filter(({ row }) => row).length;
    const above = rowsIn(list.slice(0, first));
    pager.replaceChildren(make("p", {}, fill(words.shown, { first: shownRows.length ? above + 1 : 0, last: above + shownRows.length, total: rowsIn(list) })));
    if (pages > 1) pager.append(turn(words.before, -1, model.page === 0), turn(words.after, 1, model.page === pages - 1));
    say();
    chips();
  }
  function say() {
    const texts = [];
    const changes = model.rows.filter(isChanged).length;
    if (changes) texts.push(make("span", {}, fill(words.changed, { count: changes })));
    const lost = model.gone.filter((row) => row.active).length;
    if (lost) texts.push(make("span", {}, fill(words.gone, { count: lost })));
    if (duplicates.size) texts.push(make("span", { class: "problem" }, fill(words.duplicates, { count: duplicates.size })));
    if (problems.size) {
      const jump = make("button", { type: "button", class: "link problem" }, fill(words.problems, { count: problems.size }));
      jump.addEventListener("click", goToProblem);
      texts.push(jump);
    }
    state.replaceChildren(...texts);
  }
  function goTo(row, name) {
    model.closed.delete(row.options[0]);
    model.page = Math.floor(Math.max(0, items().findIndex((item) => item.row === row)) / PAGE);
    draw();
    inputOf(row, name)?.focus();
  }
  function goToProblem() {
    const row = model.rows.find((one) => problems.has(one));
    if (row) goTo(row, Object.keys(problems.get(row))[0]);
  }
  const inputOf = (row, name) => body.querySelector(`[data-i="${shownRows.indexOf(row)}"] [data-name="${name}"]`);
  function changedAll() {
    drawOptions();
    draw();
    touch();
  }
  function set(row, name, value) {
    if (!isEditable(row, name) || row[name] === value) return false;
    row[name] = value;
    if (problems.has(row)) {
      delete problems.get(row)[name];
      if (!Object.keys(problems.get(row)).length) problems.delete(row);
    }
    return true;
  }

  /* ---- cells by keyboard and mouse ---- */

  const cellOf = (target) => {
    const line = target.closest("tr[data-i]");
    const input = target.closest("td")?.querySelector("[data-name]");
    return line && input ? { row: shownRows[Number(line.dataset.i)], name: input.dataset.name, input } : null;
  };
  function mark() {
    for (const input of body.querySelectorAll("[data-name]")) {
      const at = cellOf(input);
      input.parentElement.classList.toggle("is-in", Boolean(isRange() && inRange(at.row, at.name)));
    }
  }
  let before = "";
  body.addEventListener("focusin", (e) => {
    const at = cellOf(e.target);
    if (!at || !e.target.dataset.name) return;
    before = e.target.value;
    if (!isRange() || !inRange(at.row, at.name)) {
      anchor = head = { row: at.row, name: at.name };
      mark();
    }
  });
  body.addEventListener("mousedown", (e) => {
    const at = cellOf(e.target);
    if (!at) return;
    if (e.shiftKey && anchor) {
      e.preventDefault();
      head = { row: at.row, name: at.name };
    } else anchor = head = { row: at.row, name: at.name };
    mark();
  });
  body.addEventListener("input", (e) => {
    const at = cellOf(e.target);
    if (!at || !e.target.dataset.name) return;
    set(at.row, at.name, e.target.value);
    at.input.removeAttribute("aria-invalid");
    at.input.closest("tr").classList.toggle("is-changed", isChanged(at.row));
    touch();
  });
  body.addEventListener("change", (e) => {
    const line = e.target.closest("tr[data-i]");
    const row = line && shownRows[Number(line.dataset.i)];
    if (!row) return;
    if (e.target.dataset.name) {
      const digit = digits[e.target.dataset.name];
      const minor = digit === undefined || !e.target.value.trim() ? null : toMinor(e.target.value, digit);
      if (minor !== null && digit) set(row, e.target.dataset.name, (e.target.value = toText(minor, digit)));
      const wasDuplicate = [...duplicates].join("\n");
      findDuplicates();
      if (wasDuplicate !== [...duplicates].join("\n")) {
        const next = document.activeElement;
        const at = cellOf(next);
        draw();
        if (at) inputOf(at.row, at.name)?.focus();
      } else say();
    } else if (e.target.hasAttribute("data-active")) {
      row.active = e.target.checked;
      line.classList.toggle("is-off", !row.active);
      line.classList.toggle("is-changed", isChanged(row));
      touch();
      say();
    }
  });
  body.addEventListener("click", (e) => {
    if (!e.target.hasAttribute("data-pick-row")) return;
    const row = shownRows[Number(e.target.closest("tr").dataset.i)];
    const list = openRows();
    const range = e.shiftKey && lastPick && list.includes(lastPick) ? list.slice(...[list.indexOf(lastPick), list.indexOf(row)].sort((a, b) => a - b).map((n, i) => n + i)) : [row];
    for (const one of range) e.target.checked ? picked.add(one) : picked.delete(one);
    lastPick = row;
    if (range.length > 1) draw();
    else chips();
  });
  const area = () => {
    const rows = openRows();
    const [a, b] = [rowPlace.get(anchor.row), rowPlace.get(head.row)].sort((x, y) => x - y);
    const [c, d] = [columns.indexOf(anchor.name), columns.indexOf(head.name)].sort((x, y) => x - y);
    return { rows: rows.slice(a, b + 1), names: columns.slice(c, d + 1) };
  };
  const valueOf = (row, name) => (isEditable(row, name) ? row[name] : String(row.available ?? ""));
  function step(at, down, right, isSelecting) {
    const rows = openRows();
    const from = isSelecting && head ? head : at;
    const row = rows[rowPlace.get(from.row) + down];
    const name = columns[columns.indexOf(from.name) + right];
    if (!row || !name) return false;
    if (isSelecting) {
      head = { row, name };
      mark();
      return true;
    }
    anchor = head = { row, name };
    if (!shownRows.includes(row)) goTo(row, name);
    const input = inputOf(row, name);
    input?.focus();
    input?.select();
    mark();
    return Boolean(input);
  }
  body.addEventListener("keydown", (e) => {
    const at = cellOf(e.target);
    if (!at || !e.target.dataset.name) return;
    const vertical = { ArrowDown: 1, ArrowUp: -1, Enter: e.shiftKey ? -1 : 1 }[e.key];
    if (vertical && !e.altKey && step(at, vertical, 0, e.shiftKey && e.key !== "Enter")) e.preventDefault();
    else if (e.key === "Enter") e.preventDefault();
    else if (e.shiftKey && e.altKey && (e.key === "ArrowRight" || e.key === "ArrowLeft")) {
      e.preventDefault();
      step(at, 0, e.key === "ArrowRight" ? 1 : -1, true);
    } else if (e.key === "Escape") {
      if (isRange()) anchor = head = { row: at.row, name: at.name };
      else if (set(at.row, at.name, before)) e.target.value = before;
      mark();
      touch();
    } else if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "d") {
      e.preventDefault();
      fillDown(at);
    } else if ((e.key === "Delete" || e.key === "Backspace") && isRange()) {
      e.preventDefault();
      const { rows, names } = area();
      for (const row of rows) for (const name of names) set(row, name, "");
      redraw(at);
    }
  });
  function redraw(at) {
    const [from, to] = [anchor, head];
    draw();
    touch();
    inputOf(at.row, at.name)?.focus();
    [anchor, head] = [from, to];
    mark();
  }
  /* The first row of the area into the others; of one cell, the one above. */
  function fillDown(at) {
    const rows = openRows();
    if (!isRange()) {
      const above = rows[rowPlace.get(at.row) - 1];
      if (above) set(at.row, at.name, valueOf(above, at.name));
    } else {
      const { rows: chosenRows, names } = area();
      for (const row of chosenRows.slice(1)) for (const name of names) set(row, name, valueOf(chosenRows[0], name));
    }
    redraw(at);
  }
  body.addEventListener("copy", (e) => {
    if (!isRange()) return;
    const { rows, names } = area();
    e.preventDefault();
    e.clipboardData.setData("text/plain", rows.map((row) => names.map((name) => valueOf(row, name)).join("\t")).join("\n"));
  });
  body.addEventListener("paste", (e) => {
    const at = cellOf(e.target);
    const text = e.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!at || !(/[\t\n]/.test(text) || isRange())) return;
    e.preventDefault();
    const lines = text.split("\n").map((line) => line.split("\t"));
    const rows = openRows();
    let start = rowPlace.get(at.row), column = columns.indexOf(at.name), repeat = 1;
    if (isRange()) {
      const chosenArea = area();
      start = rowPlace.get(chosenArea.rows[0]);
      column = columns.indexOf(chosenArea.names[0]);
      repeat = Math.max(1, Math.floor(chosenArea.rows.length / lines.length)); // a short text fills the area
    }
    let pasted = 0;
    for (let i = 0; i < lines.length * repeat && rows[start + i]; i++)
      lines[i % lines.length].forEach((value, j) => {
        const name = columns[column + j];
        if (!name || !isEditable(rows[start + i], name)) return;
        let clean = value.trim();
        const minor = name in digits && clean ? toMinor(clean, digits[name]) : null;
        if (minor !== null) clean = toText(minor, digits[name]);
        set(rows[start + i], name, clean);
        pasted++;
      });
    redraw(at);
    toast(fill(words.pasteDone, { count: pasted }));
  });

  /* ---- many at once ---- */

  const chipBox = make("div", { class: "mx-picks" });
  function chips() {
    const pick = (label, rows) => {
      const isOn = rows.length > 0 && rows.every((row) => picked.has(row));
      const button = make("button", { type: "button", class: "mx-pickchip", "aria-pressed": String(isOn) }, label);
      button.addEventListener("click", () => {
        for (const row of rows) isOn ? picked.delete(row) : picked.add(row);
        const at = [...chipBox.querySelectorAll("button")].indexOf(button);
        draw();
        chipBox.querySelectorAll("button")[at]?.focus();
      });
      return button;
    };
    chipBox.replaceChildren(make("span", { class: "hint" }, words.select), pick(words.selectAll, model.rows), ...model.options.flatMap((option, i) => option.values.slice(0, 30).map((value) => pick(value, model.rows.filter((row) => row.options[i] === value)))), make("b", { class: "num" }, picked.size ? fill(words.selected, { count: picked.size }) : ""));
    for (const element of tools.querySelectorAll("button, input, select")) element.disabled = !model.rows.length;
  }
  const choice = (label, pairs) => make("select", { "aria-label": label }, ...pairs.map(([value, text]) => make("option", { value }, text)));
  const what = choice(words.field, Object.keys(digits).map((name) => [name, titles[name]]));
  const how = choice(words.many, ["set", "add", "subtract", "up", "down"].map((name) => [name, words[name]]));
  const amount = make("input", { "aria-label": words.amount, placeholder: words.amount, inputmode: "decimal", class: "mx-amount" });
  const button = (label, act) => {
    const element = make("button", { type: "button", class: "btn" }, label);
    element.addEventListener("click", act);
    return element;
  };
  const targets = () => (picked.size ? chosen() : model.rows);
  const apply = () => {
    const name = what.value;
    const results = targets().map((row) => [row, changed(row[name], how.value, amount.value.trim(), digits[name])]);
    if (!amount.value.trim() || results.some(([, value]) => value === null)) return toast(words.badAmount, true);
    for (const [row, value] of results) set(row, name, value);
    draw();
    touch();
  };
  amount.addEventListener("keydown", (e) => e.key === "Enter" && (e.preventDefault(), apply()));
  const switchAll = (isOn) => {
    for (const row of targets()) row.active = isOn;
    draw();
    touch();
  };
  const pattern = make("input", { value: "{handle}-{option}", "aria-label": words.pattern, class: "mx-pattern", spellcheck: "false" });
  const makeSkus = () => {
    const handle = (document.querySelector("#f-handle")?.value.trim() || product?.handle || "SKU").toUpperCase();
    targets().forEach((row, i) => {
      const sku = pattern.value.replaceAll("{handle}", handle).replaceAll("{option}", row.options.join("-")).replaceAll("{n}", String(i + 1).padStart(3, "0"));
      set(row, "sku", [...sku.replace(/\s+/g, "")].slice(0, 64).join(""));
    });
    draw();
    touch();
  };
  tools.append(make("div", { class: "mx-bulk", role: "group", "aria-label": words.many }, what, how, amount, button(words.apply, apply), button(words.on, () => switchAll(true)), button(words.off, () => switchAll(false))), make("div", { class: "mx-bulk" }, pattern, button(words.makeSku, makeSkus)));

  place.replaceChildren(optionBox, chipBox, tools, region, pager, state, make("p", { class: "help" }, words.help));
  place.classList.add("mx");
  if (isCompleted) {
    if (count() > LIMIT) refuse();
    else add(null);
  }
  drawOptions();
  draw();

  /* ---- sending ---- */

  /* The form's own fields, the options and every row that is new or changed. */
  function fields() {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (!/^(variants|options)[._]/.test(name)) data.append(name, value);
    const options = model.options.filter(({ name, values }) => name && values.length);
    options.forEach(({ name, values }, i) => {
      data.append(`options.${i}.name`, name);
      data.append(`options.${i}.values`, values.join(", "));
    });
    const sent = model.rows.filter((row) => isNew || isChanged(row));
    if (!isNew) data.append("variants_mode", "part");
    sent.forEach((row, i) => {
      const base = `variants.${i}.`;
      data.append(`${base}id`, row.id);
      data.append(`${base}options`, row.options.join(", "));
      for (const name of columns) if (isEditable(row, name)) data.append(base + name, row[name].trim());
      if (row.active) data.append(`${base}is_active`, "1");
    });
    return { data, sent };
  }
  const wordOf = ({ code, message }) => words[`problem${code.replace(/(^|-)(\w)/g, (_, dash, letter) => letter.toUpperCase())}`] ?? message;
  function showProblems(errors, sent) {
    problems.clear();
    const others = [];
    for (const error of errors) {
      const [, number, name] = /^variants\.(\d+)\.(\w+)$/.exec(error.field) ?? [];
      const row = sent[number];
      const at = name === "options" ? "sku" : name;
      if (row && columns.includes(at)) problems.set(row, { ...problems.get(row), [at]: wordOf(error) });
      else others.push(error);
    }
    draw();
    for (const error of others) {
      const input = form.elements[error.field];
      if (input instanceof HTMLElement) input.setAttribute("aria-invalid", "true");
    }
    if (others.length) toast(others.map((error) => `${document.querySelector(`label[for="f-${error.field}"]`)?.firstChild?.textContent.trim() ?? ""} ${wordOf(error)}`.trim()).join("；"), true);
    if (problems.size) goToProblem();
    else if (others[0] && form.elements[others[0].field] instanceof HTMLElement) form.elements[others[0].field].focus();
  }
  /* Someone else saved meanwhile: the same fields go as a form, and the answer is the page on which both are merged. */
  function sendAsForm(data) {
    const copy = make("form", { method: "post", action: form.action, hidden: true });
    for (const [name, value] of data) {
      const input = make("input", { type: "hidden", name });
      input.value = value;
      copy.append(input);
    }
    document.body.append(copy);
    copy.submit();
  }
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const { data, sent } = fields();
    place.classList.add("is-busy");
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { accept: "application/json" }, body: data });
      const result = await answer.json();
      if (answer.ok) {
        location.assign(isNew ? `${form.getAttribute("action")}/${result.product.id}?notice=created` : `${form.getAttribute("action")}?notice=saved`);
        return;
      }
      if (answer.status === 409 && result.type.endsWith("/conflict")) return sendAsForm(data);
      settle();
      if (result.errors) showProblems(result.errors, sent);
      else toast(`${result.title} ${result.detail ?? ""}`, true);
    } catch {
      settle();
      toast(failed, true);
    }
    place.classList.remove("is-busy");
  });
}
