// design.js - the editor of a design: the preview's width and place, colours that are picked, sections that are drawn to their place.

for (const radio of document.querySelectorAll("[data-design-width]"))
  radio.addEventListener("change", () => {
    if (radio.checked)
      document.querySelector("[data-design-frame]").classList.toggle("is-wide", radio.value === "wide");
  });

// Scrolled from here, since an address with # would also scroll the page around the preview.
function showEdited(frame) {
  const inner = frame.contentDocument;
  const anchor = inner?.getElementById(frame.dataset.designAt);
  if (!anchor) return;
  anchor.classList.add("is-edited");
  const room = parseFloat(inner.defaultView.getComputedStyle(anchor).scrollMarginTop) || 0;
  inner.defaultView.scrollTo({ top: inner.defaultView.scrollY + anchor.getBoundingClientRect().top - room, behavior: "instant" });
}
for (const frame of document.querySelectorAll("[data-design-at]")) {
  frame.addEventListener("load", () => showEdited(frame));
  if (frame.contentDocument?.readyState === "complete") showEdited(frame);
}

for (const picker of document.querySelectorAll("[data-colour]")) {
  const typed = document.getElementById(picker.dataset.colour);
  picker.addEventListener("input", () => {
    typed.value = picker.value;
    typed.dispatchEvent(new Event("input", { bubbles: true }));
  });
  typed.addEventListener("input", () => {
    if (/^#[0-9a-f]{6}$/i.test(typed.value))
      picker.value = typed.value;
  });
}

// A section or block is drawn to its place with a pointer or a finger; one request says the place (`act=place`), as the buttons beside it do.
const EDGE = 56; // px from the end of the window from which it rolls
const STEP = 14; // px a move

function placeFor(list, item, y) {
  const others = [...list.children].filter((one) => one !== item);
  const at = others.findIndex((one) => {
    const { top, height } = one.getBoundingClientRect();
    return y < top + height / 2;
  });
  return { others, at: at < 0 ? others.length : at };
}
function mark({ others, at }) {
  others.forEach((one, index) => {
    one.classList.toggle("drop-before", index === at);
    one.classList.toggle("drop-after", at === others.length && index === at - 1);
  });
}
function send(form, place) {
  for (const [name, value] of [["act", "place"], ["place", place]]) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  form.requestSubmit();
}
function drag(grip, down) {
  const item = grip.closest("[data-drag]");
  const list = item.parentElement;
  const from = [...list.children].indexOf(item);
  let goal = null;
  const end = (isKept) => {
    grip.removeEventListener("pointermove", move);
    grip.removeEventListener("pointerup", drop);
    grip.removeEventListener("pointercancel", leave);
    document.removeEventListener("keydown", escape);
    item.classList.remove("is-dragged");
    mark({ others: [...list.children], at: -1 });
    if (isKept && goal && goal.at !== from) send(item.querySelector(".design-acts"), goal.at);
  };
  const move = (e) => {
    item.classList.add("is-dragged");
    if (e.clientY < EDGE) scrollBy(0, -STEP);
    else if (e.clientY > innerHeight - EDGE) scrollBy(0, STEP);
    goal = placeFor(list, item, e.clientY);
    mark(goal);
  };
  const drop = () => end(true);
  const leave = () => end(false);
  const escape = (e) => e.key === "Escape" && end(false);
  grip.setPointerCapture(down.pointerId);
  grip.addEventListener("pointermove", move);
  grip.addEventListener("pointerup", drop);
  grip.addEventListener("pointercancel", leave);
  document.addEventListener("keydown", escape);
}
for (const grip of document.querySelectorAll("[data-grip]"))
  grip.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    e.preventDefault();
    drag(grip, e);
  });
