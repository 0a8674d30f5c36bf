// forms.js - what every form of the back office does: nothing typed is lost by leaving, nothing is sent twice by a second press, and
// Ctrl+S saves. Which forms: all that people type in and that are sent by post; nothing has to be marked in a template.
// SPDX-License-Identifier: Apache-2.0
const all = (query, within = document) => [...within.querySelectorAll(query)];
const words = document.querySelector("#words").dataset;
const AGAIN = 10000; // ms after which a form whose answer left the page as it was (a file) may be sent again

const TYPED = "textarea, select, input:not([type=hidden], [type=submit], [type=button], [type=search])";
/* Left out: menus, questions (their dialog is left on purpose), what is chosen in a list, files that are sent at once, logging in. */
const FREE = ".drop-panel, .menu-panel form, .list-menu form, .confirm-panel, [data-bulk], [data-upload], [data-import-upload], .bare form";

const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.matches(TYPED));
const isSent = (form) => form.getAttribute("method")?.toLowerCase() === "post";
const isGuarded = (form) => isSent(form) && !form.matches(FREE) && fieldsOf(form).length > 0;
export const state = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]));

export const guards = [];
const bar = document.querySelector(".save-bar");
const barForm = bar?.querySelector("button[form]")?.form;

/* Whether leaving now would lose something; the bar at the foot follows the form that it saves. */
export function watch() {
  for (const guard of guards) guard.dirty = guard.form.isConnected && !guard.sent && guard.saved !== state(guard.form);
  const shown = guards.some((guard) => guard.dirty && (!barForm || guard.form === barForm));
  if (bar) {
    bar.classList.toggle("is-dirty", shown);
    const text = shown ? words.unsaved : "";
    const place = bar.querySelector("[data-guard-text]");
    if (place && place.textContent !== text) place.textContent = text;
  }
  return guards.some((guard) => guard.dirty);
}

/* Watches the forms of this part of the page. What was refused is not saved yet. */
export function guard(within = document) {
  for (const form of all("form", within)) {
    if (!isGuarded(form) || guards.some((known) => known.form === form)) continue;
    const fields = fieldsOf(form);
    // Passwords are never shown again: nothing of theirs is left to lose.
    const wasRefused = form.hasAttribute("data-dirty") || (fields.some((field) => field.getAttribute("aria-invalid") === "true") && fields.some((field) => field.type !== "password"));
    form.dataset.guard = "";
    guards.push({ form, saved: wasRefused ? "" : state(form), dirty: false, sent: false });
  }
  watch();
}

/* ---- sent once ---- */

const buttonsOf = (form) => [...form.elements].filter((one) => one.matches("button:not([type=button]), input[type=submit]"));
function hold(form) {
  form.dataset.sent = "";
  for (const button of buttonsOf(form)) button.setAttribute("aria-disabled", "true");
}
function release(form) {
  const known = guards.find((one) => one.form === form);
  if (known) known.sent = false;
  delete form.dataset.sent;
  for (const button of buttonsOf(form)) button.removeAttribute("aria-disabled");
}
/* On the window, so that whoever sends a form in another way has said so before. */
addEventListener("submit", (e) => {
  const form = e.target;
  if (!isSent(form)) return;
  if (!e.defaultPrevented && form.hasAttribute("data-sent")) return e.preventDefault();
  const known = guards.find((one) => one.form === form);
  if (known) known.sent = !form.matches("[data-swap]");
  if (e.defaultPrevented || (e.submitter?.formTarget || form.target) === "_blank") return;
  hold(form);
  setTimeout(release, AGAIN, form);
});
addEventListener("pageshow", () => {
  all("form[data-sent]").forEach(release);
  watch();
});

document.addEventListener("input", watch);
document.addEventListener("change", watch);
addEventListener("beforeunload", (e) => watch() && e.preventDefault());
document.addEventListener("click", (e) => {
  if (e.target.closest?.("[data-discard]")) for (const one of guards) one.sent = true;
});

/* ---- Ctrl+S: the form one is in, else what is not saved yet, else the page's only one ---- */

function formToSave() {
  const here = guards.find(({ form }) => form === document.activeElement?.form);
  const open = guards.filter(({ form }) => form.isConnected);
  return here ?? open.find(({ dirty }) => dirty) ?? open.find(({ form }) => form.id === "edit") ?? (open.length === 1 ? open[0] : null);
}
document.addEventListener("keydown", (e) => {
  if (!(e.ctrlKey || e.metaKey) || e.shiftKey || e.altKey || e.key.toLowerCase() !== "s" || !guards.length) return;
  e.preventDefault();
  if (document.querySelector("dialog[open]")) return;
  watch();
  const form = formToSave()?.form;
  // As Enter does: by the first button, whose name may say what is to be done.
  if (form) form.requestSubmit(form.id === "edit" ? undefined : buttonsOf(form).find((button) => !button.disabled));
});

/* A field that was refused is never hidden in a fold. */
for (const field of all("[aria-invalid=true]"))
  for (let fold = field.closest("details:not([open], [data-confirm])"); fold; fold = fold.parentElement.closest("details:not([open], [data-confirm])")) fold.open = true;
