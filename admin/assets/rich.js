// Rich text on top of a textarea: Squire edits, the textarea is what is sent. The server cleans again what it gets.
import Squire from "./squire.js";

const blocks = new Set(["P", "H2", "H3", "H4", "UL", "OL", "LI", "BLOCKQUOTE", "TABLE", "THEAD", "TBODY", "TR", "TD", "TH", "CAPTION", "HR"]);
const inline = new Set(["B", "STRONG", "I", "EM", "U", "S", "SUB", "SUP", "A", "BR", "IMG"]);
const renamed = { H1: "H2", H5: "H4", H6: "H4", STRIKE: "S", DEL: "S", TFOOT: "TBODY", DIV: "P", SECTION: "P", ARTICLE: "P", FIGURE: "P", DD: "P", DT: "P", PRE: "P" };
const dropped = new Set(["SCRIPT", "STYLE", "IFRAME", "OBJECT", "EMBED", "NOSCRIPT", "TEMPLATE", "TITLE", "TEXTAREA", "SELECT", "SVG", "MATH", "XML", "HEAD", "META", "LINK"]);
const kept = { A: ["href"], IMG: ["src", "alt", "width", "height"], TD: ["colspan", "rowspan"], TH: ["colspan", "rowspan"] };
const isFine = (name, value) =>
  name === "href" ? /^(https?:\/\/|mailto:|tel:|#|\/(?![/\\]))/i.test(value) : name === "src" ? /^\/media\/[\w-]+\/[\w-]+\.[\w-]+$/.test(value) : true;

/* The same lists as the server's: what is pasted looks at once as it will be kept. Emphasis is read from the styles of
   word processors, which have no other. */
function clean(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.append(node.data.replace(/[\r\n\t ]+/g, " "));
    if (node.nodeType !== Node.ELEMENT_NODE) continue;
    const tag = node.nodeName.toUpperCase();
    if (dropped.has(tag)) continue;
    const hasBlocks = [...node.children].some((child) => blocks.has(renamed[child.nodeName] ?? child.nodeName));
    const name = tag === "DIV" && hasBlocks ? "" : renamed[tag] ?? tag;
    const style = node.dataset?.style ?? "";
    let place = to;
    if (blocks.has(name) || (inline.has(name) && !hasBlocks)) {
      const copy = document.createElement(name);
      for (const attribute of kept[name] ?? []) {
        const value = node.getAttribute(attribute);
        if (value && isFine(attribute, value)) copy.setAttribute(attribute, value);
      }
      if ((name !== "A" || copy.hasAttribute("href")) && (name !== "IMG" || copy.hasAttribute("src"))) {
        to.append(copy);
        place = copy;
      }
    } else if (tag === "SPAN" && !hasBlocks) {
      for (const [mark, is] of [["B", /font-weight:\s*(bold|[6-9]00)/i.test(style)], ["I", /font-style:\s*italic/i.test(style)], ["U", /text-decoration(-line)?:\s*underline/i.test(style)]])
        if (is) place = place.appendChild(document.createElement(mark));
    }
    clean(node, place);
  }
  return to;
}
// Styles are only read, and under another name: the page's policy complains of any that stand in a parsed text.
const tame = (html) => html.replace(/<style[^]*?<\/style\s*>/gi, "").replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
const sanitize = (html) => clean(new DOMParser().parseFromString(tame(html), "text/html").body, document.createDocumentFragment());

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value != null) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/* A small form in a dialog; resolves with its fields, or null. */
function ask(title, fields, submit, cancel) {
  return new Promise((resolve) => {
    const dialog = make("dialog", { class: "dialog", "aria-label": title });
    const close = make("button", { type: "button", class: "btn" }, cancel);
    const form = make("form", { method: "dialog" }, make("h2", {}, title), ...fields, make("div", { class: "dialog-bar" }, make("button", { class: "btn is-main" }, submit), close));
    let answer = null;
    form.addEventListener("submit", () => (answer = new FormData(form)));
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.append(form);
    document.body.append(dialog);
    dialog.showModal();
  });
}
const field = (label, attributes) => {
  const id = `rich-${attributes.name}`;
  return make("div", { class: "field" }, make("label", { for: id }, label), make("input", { id, ...attributes }));
};

export function enhance(holder, { cancel, failed, toast }) {
  const area = holder.querySelector("textarea");
  const words = holder.querySelector("[data-rich-words]").dataset;
  const label = holder.querySelector("label");
  label.id ||= `${area.id}-label`;
  const root = make("div", { class: "rich-text prose", "aria-labelledby": label.id, "aria-multiline": "true", role: "textbox", tabindex: "0" });
  if (area.getAttribute("aria-describedby")) root.setAttribute("aria-describedby", area.getAttribute("aria-describedby"));
  const bar = make("div", { class: "rich-bar", role: "toolbar", "aria-label": words.toolbar, "aria-controls": (root.id = `${area.id}-rich`) });
  const box = make("div", { class: "rich" }, bar, root);
  area.before(box);
  area.hidden = true;
  const editor = new Squire(root, { blockTag: "P", sanitizeToDOMFragment: (html) => sanitize(html), addLinks: true });
  const isMarkup = /<(p|br|ul|ol|h[1-6]|li|div|table|img|blockquote|a)[\s>/]/i.test(area.value);
  const lines = () => area.value.split("\n").filter((line) => line.trim()).map((line) => make("p", {}, line).outerHTML).join("");
  editor.setHTML(isMarkup ? area.value : lines());
  label.addEventListener("click", (e) => {
    e.preventDefault();
    editor.focus();
  });

  const write = () => {
    const isEmpty = !root.textContent.trim() && !root.querySelector("img, table, hr");
    area.value = isEmpty ? "" : editor.getHTML().replace(/\u200b/g, "").replace(/<p><br><\/p>$/, "");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  let isReady = false;
  editor.addEventListener("input", () => isReady && write());
  queueMicrotask(() => (isReady = true));

  const inside = (tag) => editor.hasFormat(tag);
  const block = (tag) => editor.modifyBlocks((fragment) => {
    const output = document.createDocumentFragment();
    for (const old of [...fragment.childNodes]) {
      if (!/^(P|H[2-4])$/.test(old.nodeName)) output.append(old);
      else output.append(make(tag, {}, ...old.childNodes));
    }
    return output;
  });
  const toggles = {
    bold: ["B", () => (inside("B") ? editor.removeBold() : editor.bold())],
    italic: ["I", () => (inside("I") ? editor.removeItalic() : editor.italic())],
    underline: ["U", () => (inside("U") ? editor.removeUnderline() : editor.underline())],
    list: ["UL", () => (inside("UL") ? editor.removeList() : editor.makeUnorderedList())],
    numbers: ["OL", () => (inside("OL") ? editor.removeList() : editor.makeOrderedList())],
    quote: ["BLOCKQUOTE", () => (inside("BLOCKQUOTE") ? editor.removeQuote() : editor.increaseQuoteLevel())],
    link: ["A", link],
  };
  async function link() {
    if (inside("A")) return editor.removeLink();
    const range = editor.getSelection();
    const answer = await ask(words.link, [field(words.address, { name: "address", type: "text", inputmode: "url", placeholder: "https://", required: "" })], words.insert, cancel);
    if (!answer) return;
    let address = answer.get("address").trim();
    if (/^[\w-]+(\.[\w-]+)+([/?#]|$)/.test(address)) address = `https://${address}`;
    if (!isFine("href", address)) return toast(failed, true);
    editor.setSelection(range);
    if (range.collapsed) editor.insertHTML(make("a", { href: address }, address).outerHTML);
    else editor.makeLink(address);
  }
  async function table() {
    const range = editor.getSelection();
    const answer = await ask(words.table, [field(words.rows, { name: "rows", type: "number", min: 1, max: 30, value: 3 }), field(words.columns, { name: "columns", type: "number", min: 1, max: 10, value: 2 })], words.insert, cancel);
    if (!answer) return;
    const [rows, columns] = ["rows", "columns"].map((name) => Math.min(30, Math.max(1, Number(answer.get(name)) || 1)));
    const row = (tag) => `<tr>${`<${tag}><br></${tag}>`.repeat(columns)}</tr>`;
    editor.setSelection(range);
    editor.insertHTML(`<table><tbody>${row("th")}${row("td").repeat(rows - 1)}</tbody></table><p><br></p>`);
  }
  async function picture() {
    const range = editor.getSelection();
    const list = make("div", { class: "rich-pictures", role: "radiogroup", "aria-label": words.picture });
    try {
      const answer = await (await fetch("/admin/media", { headers: { accept: "application/json" } })).json();
      for (const { id, alt, file_name } of answer.pictures)
        list.append(make("label", {}, make("input", { type: "radio", name: "picture", value: id, required: "" }), make("img", { src: `/media/${id}/160.webp`, width: 96, height: 96, alt: alt || file_name, loading: "lazy" })));
    } catch {
      return toast(failed, true);
    }
    if (!list.childElementCount) return toast(words.noPictures, true);
    const answer = await ask(words.picture, [list, field(words.alt, { name: "alt", maxlength: 120 })], words.insert, cancel);
    const chosen = answer?.get("picture");
    if (!chosen) return;
    editor.setSelection(range);
    editor.insertImage(`/media/${chosen}/960.webp`, { alt: answer.get("alt") });
  }

  const style = make("select", { "aria-label": words.text, class: "rich-style" }, ...[["P", words.text], ["H2", words.heading], ["H3", words.subheading]].map(([value, text]) => make("option", { value }, text)));
  style.addEventListener("change", () => {
    block(style.value);
    editor.focus();
  });
  bar.append(style);
  const buttons = new Map();
  const button = (name, content, act) => {
    const element = make("button", { type: "button", class: "rich-button", title: words[name], "aria-label": words[name] }, content);
    element.addEventListener("click", async () => {
      await act();
      editor.focus();
      tell();
    });
    bar.append(element);
    buttons.set(name, element);
  };
  button("bold", make("b", {}, "B"), toggles.bold[1]);
  button("italic", make("i", {}, "I"), toggles.italic[1]);
  button("underline", make("u", {}, "U"), toggles.underline[1]);
  for (const name of ["list", "numbers", "quote", "link"]) button(name, icon(`rich-${name}`), toggles[name][1]);
  button("picture", icon("picture"), picture);
  button("table", icon("rich-table"), table);
  button("undo", icon("rich-undo"), () => editor.undo());
  button("redo", icon("rich-redo"), () => editor.redo());

  /* One stop for Tab; arrows move within the bar (ARIA toolbar). */
  const stops = [...bar.children];
  stops.forEach((stop, i) => (stop.tabIndex = i ? -1 : 0));
  bar.addEventListener("keydown", (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    const at = stops.indexOf(document.activeElement);
    if (!step || at < 0 || (e.target === style && e.altKey)) return;
    e.preventDefault();
    const next = stops[(at + step + stops.length) % stops.length];
    stops.forEach((stop) => (stop.tabIndex = stop === next ? 0 : -1));
    next.focus();
  });
  function tell() {
    for (const [name, [tag]] of Object.entries(toggles)) buttons.get(name)?.setAttribute("aria-pressed", inside(tag));
    style.value = inside("H2") ? "H2" : inside("H3") ? "H3" : "P";
  }
  editor.addEventListener("pathChange", tell);
  editor.addEventListener("select", tell);
  // Tab leaves the editor, as it leaves every field.
  editor.setKeyHandler("Tab", null);
  editor.setKeyHandler("Shift-Tab", null);
  tell();
}
