// offer.js - the sentence of an offer follows what is typed, and the goods to choose from are there when they are asked for.
// SPDX-License-Identifier: Apache-2.0
const form = document.querySelector("form[data-offer]");
const place = document.querySelector("[data-offer-text]");
const PAUSE = 250; // ms without a key until the sentence is asked for
let timer, running;

async function say() {
  running?.abort();
  running = new AbortController();
  const data = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(form.querySelector("[formaction]")?.formAction ?? document.querySelector("[form=offer][formaction]").formAction, {
      method: "POST", headers: { accept: "application/json" }, body: data, signal: running.signal });
    if (!answer.ok) return;
    const { preview } = await answer.json();
    place.textContent = preview.text ?? place.dataset.empty;
  } catch {
    // What is typed next asks again.
  }
}
form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(say, PAUSE);
});

const some = form?.querySelector("[data-offer-some]"), goods = form?.querySelector("[data-offer-goods]");
const fold = () => (goods.hidden = !some.checked);
if (some) {
  form.addEventListener("change", fold);
  fold();
}
