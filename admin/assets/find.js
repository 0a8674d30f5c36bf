// The field that finds everything, as a dialog: / or Ctrl+K opens it, arrows choose, Enter goes there. Without this file the link in the
// side bar leads to the same search as a page. Pattern: combobox with a listbox (WAI-ARIA Authoring Practices).
const find = (query, within = document) => within.querySelector(query);
const all = (query, within = document) => [...within.querySelectorAll(query)];
const dialog = find("#find");
const field = find("#find-q");
const hits = find("#find-hits");
const said = find(".find-none", dialog);
const PAUSE = 120; // ms of quiet before asking

let asked = 0;
let waiting = null;

function open() {
  if (dialog.open) return;
  dialog.showModal();
  field.select();
  if (!field.value) say(said.dataset.keys);
}
function say(text) {
  said.textContent = text;
}
const options = () => all("[role=option]", hits);
function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", other === option);
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}
const chosen = () => find("[aria-selected=true]", hits);

/* Takes the groups of the search page; its links become options. */
function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  hits.replaceChildren(...all("[data-found]", page).map((group, index) => {
    const part = document.createElement("div");
    const head = document.createElement("p");
    part.setAttribute("role", "group");
    head.id = `find-group-${index}`;
    head.className = "find-group";
    head.textContent = find("h2", group).textContent;
    part.setAttribute("aria-labelledby", head.id);
    part.append(head, ...all("a[data-hit]", group));
    return part;
  }));
  all("a[data-hit]", hits).forEach((link, index) => {
    link.id = `find-hit-${index}`;
    link.tabIndex = -1;
    link.setAttribute("role", "option");
  });
  const some = options();
  field.setAttribute("aria-expanded", some.length > 0);
  choose(some[0]);
  say(some.length ? "" : said.dataset.none);
}

async function ask() {
  const q = field.value.trim();
  const turn = ++asked;
  if (!q) {
    hits.replaceChildren();
    field.setAttribute("aria-expanded", false);
    choose(null);
    return say(said.dataset.keys);
  }
  try {
    const answer = await fetch(`${field.form.action}?${new URLSearchParams({ q })}`);
    const html = await answer.text();
    if (turn === asked) show(html);
  } catch {
    // The form still works: Enter goes to the page.
  }
}

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE);
});
field.addEventListener("keydown", (e) => {
  const list = options();
  const at = list.indexOf(chosen());
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.length - 1 }[e.key];
  if (e.key.startsWith("Arrow") && list.length) {
    e.preventDefault();
    choose(list[(to + list.length) % list.length]);
  } else if (e.key === "Escape") {
    // A search field would only empty itself at the first press.
    e.preventDefault();
    dialog.close();
  } else if (e.key === "Enter" && chosen() && !e.isComposing) {
    e.preventDefault();
    chosen().click();
  }
});
hits.addEventListener("pointermove", (e) => {
  const option = e.target.closest("[role=option]");
  if (option && option !== chosen()) choose(option);
});
dialog.addEventListener("click", (e) => e.target === dialog && dialog.close());
find("[data-find]").addEventListener("click", (e) => {
  if (e.metaKey || e.ctrlKey || e.shiftKey) return;
  e.preventDefault();
  open();
});
document.addEventListener("keydown", (e) => {
  const isChord = (e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k";
  const isSlash = e.key === "/" && !e.ctrlKey && !e.metaKey && !e.altKey && !e.target.closest("input, textarea, select, [contenteditable]");
  if ((!isChord && !isSlash) || find("dialog[open]")) return;
  e.preventDefault();
  open();
});
