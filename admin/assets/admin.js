// The back office works without this file: it makes plain forms and links quicker and safer to use.
import { guard, guards, state, watch } from "./forms.js";
const find = (query, within = document) => within.querySelector(query);
const all = (query, within = document) => [...within.querySelectorAll(query)];
const on = (event, query, act) =>
  document.addEventListener(event, (e) => {
    const target = e.target instanceof Element && e.target.closest(query);
    if (target) act(target, e);
  });
const words = find("#words").dataset;
const icons = document.body.dataset.icons;
const locale = document.documentElement.lang;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value != null && value !== false) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
document.documentElement.classList.add("js");

/* ---- toasts ---- */

export function toast(text, isBad = false) {
  if (!text) return;
  const line = make("p", { class: isBad ? "toast is-bad" : "toast" }, text);
  line.addEventListener("animationend", () => line.remove());
  find("#toasts").append(line);
}
// A notice is told once: reloading or going back must not tell it again.
if (find("#toasts .toast")) {
  const here = new URL(location.href);
  if (here.searchParams.has("notice")) {
    here.searchParams.delete("notice");
    history.replaceState(history.state, "", here);
  }
}

/* ---- relative times; the absolute one stays as the title ---- */

const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
function sayTimes(within = document) {
  for (const time of all("time[data-relative]", within)) {
    const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
    if (!Number.isFinite(seconds)) continue;
    time.title ||= time.textContent;
    if (Math.abs(seconds) > 6.5 * 86400) continue;
    const step = steps.find(([, size]) => Math.abs(seconds) >= size);
    time.textContent = step ? relative.format(Math.trunc(seconds / step[1]), step[0]) : words.justNow;
  }
}
sayTimes();
setInterval(sayTimes, 30000);

/* ---- forms that only change a part of the page: sent in the background, the part is replaced ---- */

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

/* Takes the part named by `query` from an answer, and tells what the answer has to say. */
async function takeOver(query, html) {
  let answer = parse(html);
  const failure = find("[data-failure]", answer);
  const said = failure ? failure.textContent.trim().replace(/\s+/g, " ") : find("#toasts .toast", answer)?.textContent;
  if (!find(query, answer)) answer = parse(await (await fetch(location.href)).text());
  const fresh = find(query, answer);
  const old = find(query);
  const place = old && all("input, button, textarea, summary, a", old).indexOf(document.activeElement);
  if (fresh && old) {
    old.replaceWith(fresh);
    sayTimes(fresh);
    prepare(fresh);
    guard(fresh.parentElement);
    if (place >= 0) all("input, button, textarea, summary, a", fresh)[place]?.focus();
  } else if (old) old.remove();
  toast(said ?? words.saved, Boolean(failure));
  return !failure;
}

on("submit", "form[data-swap]", async (form, e) => {
  e.preventDefault();
  const button = e.submitter;
  const data = new FormData(form);
  if (button?.name) data.set(button.name, button.value);
  const action = button?.hasAttribute("formaction") ? button.formAction : form.action;
  find("#ask")?.close();
  if (button) button.disabled = true;
  try {
    const answer = await fetch(action, { method: "POST", body: new URLSearchParams(data) });
    await takeOver(form.dataset.swap, await answer.text());
  } catch {
    toast(words.failed, true);
  }
  if (button) button.disabled = false;
});
on("change", "select[data-submit]", (select) => select.form.requestSubmit());

/* ---- confirming: the panel of a <details> is shown in a dialog ---- */

const ask = find("#ask");
function askWith(details) {
  const panel = find(".confirm-panel", details);
  const cancel = make("button", { type: "button", class: "btn" }, words.cancel);
  cancel.addEventListener("click", () => ask.close());
  const yes = find(".btn.is-danger", panel);
  const bar = make("div", { class: "dialog-bar" }, cancel);
  yes.after(bar);
  bar.prepend(yes); // the stylesheet turns the row round
  ask.replaceChildren(panel);
  ask.className = "dialog";
  ask.addEventListener("close", () => {
    bar.replaceWith(yes);
    if (details.isConnected) details.append(panel);
    details.open = false;
    find("summary", details)?.focus();
  }, { once: true });
  ask.showModal();
  (find("input:not([type=hidden])", panel) ?? cancel).focus();
}
if (ask) {
  on("click", "[data-confirm] > summary", (summary, e) => {
    e.preventDefault();
    askWith(summary.parentElement);
  });
  ask.addEventListener("click", (e) => e.target === ask && ask.close());
}
on("click", "[data-open-dialog]", (button) => find("#" + button.dataset.openDialog).showModal());
document.addEventListener("click", (e) => {
  for (const menu of all("details[data-menu][open]")) if (!menu.contains(e.target)) menu.open = false;
});

/* ---- small helps ---- */

on("click", "[data-copy]", async (button) => {
  const source = find(button.dataset.copy);
  await navigator.clipboard.writeText(source.innerText.trim().replace(/\s*\n\s*/g, "\n"));
  toast(words.copied);
});
on("click", "[data-print]", () => print());
on("click", "[data-demo-login]", (button) => {
  find("#f-login").value = button.dataset.demoLogin;
  find("#f-password").value = button.dataset.demoPassword;
  find("#f-password").form.requestSubmit();
});
// The carrier used last is the likely one for the next parcel.
for (const select of all("select[data-remember]")) {
  const key = "yundian." + select.dataset.remember;
  const last = localStorage.getItem(key);
  if (last && !find("option[selected]", select) && [...select.options].some((o) => o.value === last)) select.value = last;
  select.form.addEventListener("submit", () => localStorage.setItem(key, select.value));
}

/* ---- unsaved changes, sent once ---- */

find("#edit")?.addEventListener("submit", (e) => tidy(e.currentTarget));
guard();

/* ---- variants: rows, combinations, filling ---- */

const rowsOf = (list) => (list ? all(":scope > li", list) : []);
const part = (row, name) => find(`[data-part="${name}"]`, row);
const splitValues = (text) => text.split(/[,，、;；]/).map((v) => v.trim()).filter(Boolean);
const isBlank = (row) => all("input:not([type=checkbox])", row).every((input) => !input.value.trim());
const variants = find("[data-variants]");
const options = find("[data-options]");

function shownOptions() {
  return rowsOf(options)
    .map((row) => all("input", row).map((input) => input.value))
    .filter(([name, values]) => name.trim() && values.trim())
    .map(([name, values]) => ({ name: name.trim(), values: [...new Set(splitValues(values))] }));
}
const combinations = () => shownOptions().reduce((list, { values }) => list.flatMap((row) => values.map((v) => [...row, v])), [[]]);
const keyOf = (values) => values.join("\u0000");

function addRow(list, template) {
  const spare = rowsOf(list).find((row) => row.classList.contains("is-spare") && isBlank(row));
  if (spare) {
    list.append(spare);
    spare.classList.remove("is-spare");
    return spare;
  }
  const number = 1 + Math.max(-1, ...rowsOf(list).map((row) => Number(/\.(\d+)\./.exec(find("input", row).name)?.[1] ?? -1)));
  list.insertAdjacentHTML("beforeend", template.innerHTML.replaceAll("__N__", number));
  return list.lastElementChild;
}
/* Before sending: separators are commas, blank rows are left out, numbers have no gap. */
function tidy(form) {
  if (form.id !== "edit" || !variants) return;
  for (const [list, prefix] of [[options, "options"], [variants, "variants"]]) {
    let number = 0;
    for (const row of rowsOf(list)) {
      const inputs = all("input", row);
      const used = !isBlank(row);
      for (const input of inputs) {
        input.disabled = !used;
        if (used) input.name = `${prefix}.${number}.${input.name.split(".").pop()}`;
        if (/\.(values|options)$/.test(input.name)) input.value = splitValues(input.value).join(", ");
      }
      if (used) number++;
    }
  }
}
function nextSku() {
  const skus = rowsOf(variants).map((row) => part(row, "sku").value.trim()).filter(Boolean);
  const base = (skus[0] ?? find("#f-handle")?.value.trim().toUpperCase() ?? "").replace(/-?\d+$/, "") || "SKU" + Date.now().toString(36).slice(-5).toUpperCase();
  let number = skus.length + 1;
  while (skus.includes(`${base}-${String(number).padStart(2, "0")}`)) number++;
  return `${base}-${String(number).padStart(2, "0")}`;
}
function generate() {
  const wanted = combinations();
  if (wanted.length > 12 && matrixWords) return openMatrix(true).catch(() => toast(words.failed, true));
  const used = new Set(rowsOf(variants).filter((row) => !isBlank(row)).map((row) => keyOf(splitValues(part(row, "options").value))));
  const priced = rowsOf(variants).filter((row) => part(row, "price").value.trim());
  let count = 0;
  for (const values of wanted) {
    if (!values.length || used.has(keyOf(values)) || count >= 500) continue;
    // A row that has no combination yet (the single variant of before) becomes the first one.
    const row = rowsOf(variants).find((r) => !r.classList.contains("is-spare") && !part(r, "options").value.trim()) ?? addRow(variants, find("[data-variant-template]"));
    part(row, "options").value = values.join(", ");
    part(row, "sku").value ||= nextSku();
    // Price and weight come from the variant that has most in common.
    const common = (r) => splitValues(part(r, "options").value).filter((v) => values.includes(v)).length;
    const model = priced.reduce((best, r) => (!best || common(r) > common(best) ? r : best), null);
    if (model) for (const name of ["price", "weight"]) part(row, name).value ||= part(model, name).value;
    count++;
  }
  toast(count ? fill(words.generated, { count }) : words.complete);
  watch();
  review();
}
function review() {
  if (!variants) return;
  const wanted = new Set(combinations().map(keyOf));
  const rows = rowsOf(variants).filter((row) => !row.classList.contains("is-spare"));
  for (const row of rows) {
    const gone = !isBlank(row) && !wanted.has(keyOf(splitValues(part(row, "options").value)));
    row.classList.toggle("is-gone", gone);
    find(".is-options", row).dataset.gone = gone && wanted.size > 1 ? words.gone : "";
  }
  const used = new Set(rows.map((row) => keyOf(splitValues(part(row, "options").value))));
  const missing = [...wanted].filter((key) => key && !used.has(key)).length;
  find("[data-generate-hint]").textContent = missing ? fill(words.missing, { count: missing }) : "";
  for (const button of all("[data-fill]")) button.hidden = rows.length < 2;
  // Without options there is one variant, and nothing to tell it from others.
  const single = !rowsOf(options).some((row) => !isBlank(row)) && rows.length < 2 && rows.every((row) => !part(row, "options").value.trim());
  variants.classList.toggle("is-single", single);
  find("[data-add-variant]").hidden = single;
  variants.classList.toggle("is-digital", find("[name=kind][form=edit]:checked, [name=kind][type=hidden]")?.value === "digital");
}
if (variants) {
  on("click", "[data-generate]", generate);
  on("click", "[data-add-variant]", () => (find("input:not([type=hidden])", addRow(variants, find("[data-variant-template]"))).focus(), review()));
  on("click", "[data-add-option]", () => {
    if (rowsOf(options).filter((row) => !row.classList.contains("is-spare")).length < 4)
      find("input", addRow(options, find("[data-option-template]"))).focus();
  });
  on("click", "[data-variants] [data-remove-row], [data-options] [data-remove-row]", (button) => {
    const row = button.closest("li");
    for (const input of all("input:not([type=checkbox])", row)) input.value = "";
    row.classList.add("is-spare");
    watch();
    review();
  });
  on("click", "[data-fill]", (button) => {
    const rows = rowsOf(variants).filter((row) => !row.classList.contains("is-spare"));
    for (const row of rows.slice(1)) part(row, button.dataset.fill).value = part(rows[0], button.dataset.fill).value;
    watch();
  });
  document.addEventListener("input", review);
  document.addEventListener("change", review);
  review();
}

/* ---- many variants: a table instead of the rows ---- */

const matrixWords = find("[data-matrix-words]")?.dataset;
async function openMatrix(isCompleted = false) {
  const form = find("#edit");
  const isNew = !find("[name=version]", form).value;
  const [{ mount }, answer] = await Promise.all([
    import(matrixWords.src),
    isNew ? { product: null } : fetch(form.action, { headers: { accept: "application/json" } }).then((reply) => reply.json()),
  ]);
  const { product } = answer;
  const digits = new Intl.NumberFormat("en", { style: "currency", currency: matrixWords.currency }).resolvedOptions().maximumFractionDigits;
  const text = (money) => (money ? decimal(money.amount, digits) : "");
  const known = new Map((product?.variants ?? []).map((variant) => [variant.id, {
    id: variant.id, options: variant.options, sku: variant.sku, price: text(variant.price), cost: text(variant.cost), weight: variant.weight ? String(variant.weight) : "",
    barcode: variant.barcode, external_id: variant.external_id, volume: variant.volume ? String(variant.volume) : "", stock: "", available: variant.available, active: variant.is_active,
  }]));
  const fresh = [];
  // What was typed in the rows comes along.
  for (const row of rowsOf(variants)) {
    if (isBlank(row)) continue;
    const id = find("[name$='.id']", row).value;
    const typed = { options: splitValues(part(row, "options").value), active: find("[type=checkbox]", row).checked };
    for (const name of ["sku", "price", "cost", "weight", "barcode", "external_id", "volume", "stock"]) typed[name] = part(row, name)?.value ?? "";
    if (id && known.has(id)) known.set(id, { ...known.get(id), ...typed });
    else if (!id) fresh.push({ id: "", ...typed });
  }
  const place = find("[data-matrix]") ?? make("div", { "data-matrix": "" });
  variants.before(place);
  mount(place, {
    product, form, isNew, isCompleted, toast, failed: words.failed, words: matrixWords, digits,
    initial: { options: shownOptions(), rows: [...known.values(), ...fresh] },
    touch: () => (mark.value = String(Number(mark.value) + 1), watch()),
    settle: () => (guards.forEach((guard) => (guard.sent = false)), watch()),
  });
  const mark = make("input", { type: "hidden", name: "variants_touched", value: "0", form: "edit" });
  place.append(mark);
  for (const guard of guards) if (!guard.dirty) guard.saved = null;
  for (const old of all("[data-options], [data-variants], .variant-pages, [name=variants_mode], [name=variants_page], [data-variant-template], [data-option-template]")) {
    for (const input of all("input", old)) input.disabled = true;
    if (old.matches("input")) old.disabled = true;
    old.hidden = true;
  }
  for (const old of all("#variants > .bar, #variants > details, #variants > .help")) old.hidden = true;
  for (const guard of guards) guard.saved ??= state(guard.form);
  watch();
}
function decimal(amount, digits) {
  const digitsText = String(amount).padStart(digits + 1, "0");
  return digits ? `${digitsText.slice(0, -digits)}.${digitsText.slice(-digits)}` : digitsText;
}
if (variants && matrixWords) {
  const open = find("[data-open-matrix]");
  const showDoor = () => (open.hidden = !rowsOf(options).some((row) => !isBlank(row)));
  document.addEventListener("input", showDoor);
  showDoor();
  open.addEventListener("click", () => openMatrix().catch(() => toast(words.failed, true)));
  if (find("[data-matrix]")) openMatrix().catch(() => toast(words.failed, true));
}

/* ---- acts over many rows: what is chosen on this page, or everything that the filter finds ---- */

const bulk = find("[data-bulk]");
if (bulk) {
  const picks = () => all("[data-pick]");
  const page = find("[data-bulk-page]", bulk), whole = find("[data-bulk-all]", bulk) ?? {}, count = find("[data-bulk-count]", bulk);
  const show = () => {
    const chosen = picks().filter((pick) => pick.checked).length;
    page.checked = chosen > 0 && chosen === picks().length;
    page.indeterminate = chosen > 0 && !page.checked;
    bulk.classList.toggle("is-on", chosen > 0 || whole.checked);
    count.textContent = whole.checked || !chosen ? "" : fill(count.dataset.words, { count: chosen });
  };
  let last = null;
  on("click", "[data-pick]", (pick, e) => {
    const list = picks();
    if (e.shiftKey && last && list.includes(last)) {
      const [from, to] = [list.indexOf(last), list.indexOf(pick)].toSorted((a, b) => a - b);
      for (const between of list.slice(from, to + 1)) between.checked = pick.checked;
    }
    last = pick;
    show();
  });
  page.addEventListener("change", () => {
    for (const pick of picks()) pick.checked = page.checked;
    show();
  });
  whole.addEventListener?.("change", show);
  addEventListener("pageshow", show);
  show();
}

/* ---- facts: lines of the table, and the attributes of the chosen category ---- */

const specs = find("[data-specs]");
if (specs) {
  on("click", "[data-add-spec]", () => find("input", addRow(specs, find("[data-spec-template]"))).focus());
  on("click", "[data-specs] [data-remove-row]", (button) => {
    const row = button.closest("li");
    for (const input of all("input", row)) input.value = "";
    row.classList.add("is-spare");
    watch();
  });
}
const shelf = find("[data-category]");
if (shelf) {
  const showAttributes = () => {
    let shown = 0;
    for (const field of all("[data-of]")) {
      const isOther = !field.dataset.of.split(" ").includes(shelf.value);
      field.classList.toggle("is-other", isOther);
      shown += !isOther;
    }
    const none = find("[data-no-attributes]");
    if (none) none.hidden = shown > 0;
  };
  shelf.addEventListener("change", showAttributes);
  showAttributes();
}
on("click", "[data-trade]", (button) => {
  const isOn = variants.classList.toggle("shows-trade");
  button.setAttribute("aria-pressed", isOn);
});

/* ---- pictures: several at once, with previews and progress; order by dragging ---- */

async function preview(file, place) {
  try {
    const picture = await createImageBitmap(file, { resizeWidth: 112 });
    const canvas = make("canvas", { width: picture.width, height: picture.height });
    canvas.getContext("2d").drawImage(picture, 0, 0);
    place.prepend(canvas);
  } catch {
    place.prepend(file.name);
  }
}
/* Sends one file of a form; resolves with the text of the answer. */
function send(form, name, file, progress) {
  return new Promise((resolve, reject) => {
    const data = new FormData();
    data.append(name, file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.onprogress = (e) => e.lengthComputable && (progress.value = e.loaded / e.total);
    request.onload = () => resolve(request.responseText);
    request.onerror = () => reject(new Error());
    request.send(data);
  });
}
function failureOf(html) {
  const failure = find("[data-failure]", parse(html));
  return failure && (find("li", failure) ?? failure).textContent.trim().replace(/\s+/g, " ");
}

/* File by file, so that each has its own progress and its own refusal, in the order in which they were chosen. What was
   refused stays to be read; then the part of the page is fetched anew. */
async function upload(form, files) {
  const { upload: part, limit, tooBig } = form.dataset;
  const name = find("input[type=file]", form).name;
  const list = find(".uploads", form);
  const sum = make("li", { class: "uploads-sum" });
  const lines = [...files].map((file) => {
    const progress = make("progress", { max: 1, value: 0, "aria-label": `${words.loading} ${file.name}` });
    const item = make("li", { class: "upload" }, progress);
    if (file.type.startsWith("image/")) preview(file, item);
    return { file, item, progress };
  });
  list.replaceChildren(sum, ...lines.map((line) => line.item));
  form.classList.add("is-busy");
  const refused = [];
  for (const [i, { file, item, progress }] of lines.entries()) {
    sum.textContent = `${i + 1} / ${lines.length}`;
    let failure = file.size > limit ? `${file.name} ${tooBig}` : null;
    try {
      failure ??= failureOf(await send(form, name, file, progress));
    } catch {
      failure = `${file.name} ${words.uploadFailed}`;
    }
    progress.remove();
    item.classList.add(failure ? "is-bad" : "is-done");
    if (failure) {
      item.replaceChildren(failure);
      refused.push(item);
    }
  }
  form.classList.remove("is-busy");
  list.replaceChildren();
  try {
    if (refused.length < lines.length) await takeOver(part, await (await fetch(location.href)).text());
  } catch {
    toast(words.failed, true);
  }
  find(".uploads", find(`form[data-upload] input[name="${name}"]`)?.form ?? form)?.replaceChildren(...refused);
}
on("change", "form[data-upload] input[type=file]", (input) => {
  const files = [...input.files];
  input.value = "";
  if (files.length) upload(input.form, files);
});
for (const kind of ["dragenter", "dragover"]) on(kind, ".drop", (drop, e) => {
  if (!e.dataTransfer.types.includes("Files")) return;
  e.preventDefault();
  drop.classList.add("is-over");
});
for (const kind of ["dragleave", "drop"]) on(kind, ".drop", (drop) => drop.classList.remove("is-over"));
on("drop", "form[data-upload]", (form, e) => {
  e.preventDefault();
  const files = [...e.dataTransfer.files];
  if (files.length) upload(form, find("input[type=file]", form).multiple ? files : files.slice(0, 1));
});
let dragged = null;
on("dragstart", ".tile", (tile, e) => {
  dragged = tile;
  tile.classList.add("is-dragged");
  e.dataTransfer.effectAllowed = "move";
});
on("dragend", ".tile", (tile) => {
  tile.classList.remove("is-dragged");
  all(".tile.is-over").forEach((t) => t.classList.remove("is-over"));
});
on("dragover", ".tile", (tile, e) => {
  if (!dragged) return;
  e.preventDefault();
  all(".tile.is-over").forEach((t) => t !== tile && t.classList.remove("is-over"));
  tile.classList.toggle("is-over", tile !== dragged);
});
on("drop", ".tile", async (tile, e) => {
  if (!dragged || tile === dragged) return;
  e.preventDefault();
  const path = `${find("[data-pictures]").dataset.pictures}/${dragged.dataset.position}/move`;
  tile.parentElement.insertBefore(dragged, dragged.compareDocumentPosition(tile) & 4 ? tile.nextSibling : tile);
  dragged = null;
  try {
    const answer = await fetch(path, { method: "POST", body: new URLSearchParams({ to: tile.dataset.position }) });
    await takeOver("#pictures", await answer.text());
  } catch {
    toast(words.failed, true);
  }
});
/* The order by keyboard: Alt and an arrow move the tile that has the focus. */
document.addEventListener("keydown", (e) => {
  const tile = e.altKey && e.target.closest(".tile");
  const step = { ArrowLeft: "left", ArrowRight: "right" }[e.key];
  if (!tile || !step) return;
  e.preventDefault();
  find(`button[name=to]:has(use[href$="#${step}"])`, tile)?.click();
});

/* A page with one form, shown in a dialog instead. */
on("click", "a[data-open]", async (link, e) => {
  if (e.metaKey || e.ctrlKey || e.shiftKey || !ask) return;
  e.preventDefault();
  try {
    const form = find(link.dataset.open, parse(await (await fetch(link.href)).text()));
    form.classList.remove("card");
    ask.replaceChildren(form);
    ask.className = "dialog is-wide";
    ask.showModal();
    ask.addEventListener("close", () => ask.replaceChildren(), { once: true });
    aim(form);
  } catch {
    location.href = link.href;
  }
});

/* ---- the focus of a picture: a click sets the two numbers ---- */

function aim(form) {
  const [x, y] = ["x", "y"].map((name) => find(`[data-focus-${name}]`, form));
  const area = find("[data-focus]", form);
  const place = () => {
    const [left, top] = [x, y].map((input) => Math.min(100, Math.max(0, Number(input.value) || 0)));
    area.style.setProperty("--at-x", left + "%");
    area.style.setProperty("--at-y", top + "%");
    find("[data-focus-preview]", form).style.objectPosition = `${left}% ${top}%`;
  };
  area.addEventListener("click", (e) => {
    const box = area.getBoundingClientRect();
    x.value = Math.round(((e.clientX - box.left) / box.width) * 100);
    y.value = Math.round(((e.clientY - box.top) / box.height) * 100);
    place();
  });
  for (const input of [x, y]) input.addEventListener("input", place);
  place();
}
for (const form of all(".focus-form")) {
  form.removeAttribute("data-swap");
  aim(form);
}

/* ---- rich text ---- */

for (const holder of all("[data-rich]"))
  import(holder.dataset.rich).then(({ enhance }) => enhance(holder, { cancel: words.cancel, failed: words.failed, toast }), () => {});

function prepare(within) {
  for (const tile of all(".tile", within)) tile.draggable = true;
  for (const input of all(".drop input[type=file]", within)) input.required = false;
}
prepare(document);

/* ---- price and stock from the product list: the forms of the product's own page, in a dialog ---- */

on("click", "[data-quick]", async (button) => {
  button.disabled = true;
  try {
    await quickEdit(button.dataset.quick, button.closest("[data-row]"));
  } catch {
    toast(words.failed, true);
  }
  button.disabled = false;
});
async function quickEdit(url, row) {
  const page = parse(await (await fetch(url)).text());
  const edit = find("#edit", page);
  const stocks = new Map(all(".stock", page).map((stock) => [stock.dataset.stock, stock]));
  const list = make("ul", { class: "quick" });
  const lines = [];
  for (const variant of all("[data-variants] > li:not(.is-new)", page)) {
    const id = find("[name$='.id']", variant).value;
    const price = part(variant, "price");
    const stock = stocks.get(id);
    const adjust = stock && find("form.adjust", stock);
    const field = (label, value, mode) => {
      const input = make("input", { value, inputmode: mode, id: `quick-${label === words.price ? "p" : "s"}-${id}` });
      return [input, make("div", { class: "cell" }, make("label", { for: input.id }, label), input)];
    };
    const [priceInput, priceCell] = field(words.price, price.value, "decimal");
    const line = { price, priceInput, adjust };
    const item = make("li", {}, make("b", {}, part(variant, "options").value || find("h1", page).textContent, make("small", {}, part(variant, "sku").value)), priceCell);
    if (adjust) {
      const [stockInput, stockCell] = field(words.stock, adjust.elements.on_hand.value, "numeric");
      line.stockInput = stockInput;
      item.append(stockCell);
    }
    list.append(item);
    lines.push(line);
  }
  const cancel = make("button", { type: "button", class: "btn" }, words.cancel);
  cancel.addEventListener("click", () => ask.close());
  const form = make("form", {}, make("h2", {}, words.quick, make("small", {}, find("h1", page).textContent)), list, make("div", { class: "dialog-bar" }, make("button", { class: "btn is-main" }, words.save), cancel));
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const posts = [];
    if (lines.some((line) => line.priceInput.value !== line.price.value)) {
      for (const line of lines) line.price.value = line.priceInput.value;
      posts.push([edit.getAttribute("action"), fieldsOf(edit)]);
    }
    for (const { adjust, stockInput } of lines) {
      if (!adjust || stockInput.value === adjust.elements.on_hand.value) continue;
      posts.push([adjust.getAttribute("action"), new URLSearchParams({ on_hand: stockInput.value, expected: adjust.elements.expected.value, reason: words.quickReason })]);
    }
    form.classList.add("is-busy");
    let failure = null;
    for (const [action, body] of posts) {
      const answer = parse(await (await fetch(action, { method: "POST", body })).text());
      failure ??= find("[data-failure]", answer) ?? find(".problem", answer);
    }
    form.classList.remove("is-busy");
    ask.close();
    if (failure) toast(failure.textContent.trim().replace(/\s+/g, " "), true);
    else if (!posts.length) toast(words.unchanged);
    if (posts.length) {
      const fresh = find("#" + row.id, parse(await (await fetch(location.href)).text()));
      if (fresh) row.replaceWith(fresh);
      if (!failure) toast(words.saved);
    }
  });
  ask.replaceChildren(form);
  ask.className = "dialog is-wide";
  ask.showModal();
}
/* The fields of a form in a page that is not shown, without its spare rows. */
function fieldsOf(form) {
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const row = [...form.elements].find((element) => element.name === name)?.closest(".is-spare");
    if (!row) data.append(name, value);
  }
  return data;
}

// The tab that is chosen is in sight, also where the tabs scroll.
const tab = find(".tabs [aria-current]");
if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;

import("./works.js").then(({ watchWorks }) => watchWorks(toast, sayTimes), () => {});

/* ---- keyboard ---- */

/* What can be walked: rows that say so, else the lines of every list that have something to open. */
function rows() {
  const marked = all("main [data-row]");
  return marked.length ? marked : all("main .rows > li").filter((row) => find("a, summary", row));
}
let last = "";
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || find("dialog[open]")) return;
  if (e.key === "Escape")
    for (const open of all("details[data-menu][open]")) {
      const isInside = open.contains(document.activeElement);
      open.open = false;
      if (isInside) find("summary", open).focus();
    }
  if (e.target.closest("input, textarea, select, [contenteditable]")) return;
  if (last === "g") {
    const path = { h: "/admin", o: "/admin/orders", p: "/admin/products", c: "/admin/categories", m: "/admin/media", r: "/admin/reviews", k: "/admin/codes", a: "/admin/alarms", w: "/admin/works", s: "/admin/settings" }[e.key];
    last = "";
    const link = path && all(".nav a, .works-open").find((a) => new URL(a.href).pathname.endsWith(path));
    if (link) return link.click();
  }
  last = e.key;
  if (e.key === "f" && find("[data-search]")) {
    e.preventDefault();
    find("[data-search]").select();
  } else if (e.key === "?") find("#keys")?.showModal();
  else if (e.key === "n") find("[data-next]")?.click();
  else if (e.key === "x" || e.key === "e") {
    const at = rows().find((row) => row.classList.contains("is-at"));
    if (!at) return;
    if (e.key === "x") find("[data-pick]", at)?.click();
    else (find("[data-quick]", at) ?? find("summary, .row-link", at))?.click();
  } else if (e.key === "u") find(".act-note form button")?.focus();
  else if (e.key === "j" || e.key === "k") {
    const list = rows();
    const at = list.findIndex((row) => row.classList.contains("is-at"));
    const next = list[Math.min(list.length - 1, Math.max(0, at + (e.key === "j" ? 1 : -1)))];
    if (!next) return;
    list[at]?.classList.remove("is-at");
    next.classList.add("is-at");
    find(".row-link, summary, a", next)?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
});

/* A form that was refused inside a folded panel is shown at once; else the first wrong field gets the focus. */
const refused = find("[data-confirm][open]");
if (refused && ask) askWith(refused);
else find("[aria-invalid=true]")?.focus();
