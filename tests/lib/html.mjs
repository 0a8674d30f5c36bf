// html.mjs - reads the forms and the visible text of a page, well enough for our own pages.
// SPDX-License-Identifier: Apache-2.0

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

export function unescape(text) {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name.toLowerCase()] ?? whole;
  });
}

function attributes(text) {
  const found = {};
  for (const [, name, quoted, single, bare] of text.matchAll(/([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g))
    found[name.toLowerCase()] = unescape(quoted ?? single ?? bare ?? "");
  return found;
}

/** Every element of that name: [{attributes, inner}]. Not for elements nested in themselves. */
export function elements(html, name) {
  const found = [];
  const pattern = new RegExp(`<${name}\\b((?:[^>"']|"[^"]*"|'[^']*')*)>(?:([\\s\\S]*?)</${name}\\s*>)?`, "gi");
  for (const [, head, inner] of html.matchAll(pattern)) found.push({ attributes: attributes(head), inner: inner ?? "" });
  return found;
}

/** The forms of a page as a browser would submit them: {action, method, id, fields: [[name, value]], buttons, html}. */
export function forms(html, current = "/") {
  const page = html.replace(/<!--[\s\S]*?-->/g, "").replace(/<(script|template)\b[\s\S]*?<\/\1>/gi, "");
  const all = elements(page, "form").map(({ attributes: form, inner }) => {
    const { fields, buttons } = controls(inner, (control) => control.form === undefined || control.form === form.id);
    return { action: form.action || current, method: (form.method || "get").toUpperCase(), id: form.id, enctype: form.enctype, fields, buttons, html: inner };
  });
  // Controls elsewhere on the page that name their form.
  for (const form of all.filter((one) => one.id)) {
    const outside = page.replace(form.html, "");
    const { fields, buttons } = controls(outside, (control) => control.form === form.id);
    form.fields.push(...fields);
    form.buttons.push(...buttons);
  }
  return all;
}

function controls(html, belongs) {
  const fields = [];
  const buttons = [];
  const pattern = /<(input|button|select|textarea)\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
  for (const match of html.matchAll(pattern)) {
    const kind = match[1].toLowerCase();
    const control = attributes(match[2]);
    if (!belongs(control) || "disabled" in control) continue;
    const after = html.slice(match.index + match[0].length);
    if (kind === "button") {
      buttons.push({ name: control.name, value: control.value ?? "", type: control.type ?? "submit", text: plain(after.split(/<\/button/i)[0]), formaction: control.formaction });
    } else if (!control.name) {
      continue;
    } else if (kind === "textarea") {
      fields.push([control.name, unescape(after.split(/<\/textarea/i)[0].replace(/^\r?\n/, ""))]);
    } else if (kind === "select") {
      const options = elements(after.split(/<\/select/i)[0], "option");
      const chosen = options.find((option) => "selected" in option.attributes) ?? options[0];
      if (chosen) fields.push([control.name, chosen.attributes.value ?? plain(chosen.inner)]);
    } else if (["submit", "image", "button", "reset"].includes(control.type)) {
      buttons.push({ name: control.name, value: control.value ?? "", type: control.type, text: control.value ?? "" });
    } else if (["checkbox", "radio"].includes(control.type)) {
      if ("checked" in control) fields.push([control.name, control.value ?? "on"]);
    } else if (control.type !== "file") {
      fields.push([control.name, control.value ?? ""]);
    }
  }
  return { fields, buttons };
}

/** What a person reads: tags away, blanks folded. */
export function plain(html) {
  const visible = html.replace(/<(script|style|template|head)\b[\s\S]*?<\/\1>/gi, " ");
  const joined = visible.replace(/<\/?(a|b|strong|em|i|small|span|code|sub|sup)\b[^>]*>/gi, "");
  return unescape(joined.replace(/<[^>]*>/g, " ")).replace(/\s+/g, " ").trim();
}

/** The form of a page whose action (without query) matches; fails with what is there. */
export function formTo(page, action) {
  const fits = (form) => (action instanceof RegExp ? action.test(form.action) : form.action.split("?")[0] === action);
  const found = page.forms.find(fits);
  if (!found)
    throw new Error(`${page.path} (${page.status}) has no form to ${action}; it has ${page.forms.map((form) => form.action).join(", ") || "none"}\n${plain(page.text).slice(0, 300)}`);
  return found;
}
