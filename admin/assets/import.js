// import.js - a file is sent as soon as it is chosen; the bar of progress moves by itself.
// SPDX-License-Identifier: Apache-2.0
const form = document.querySelector("form[data-import-upload]");
const busy = form?.querySelector("[data-import-busy]");

function send() {
  if (!form.querySelector("input[type=file]").files.length) return;
  busy.textContent = busy.dataset.importBusy;
  form.classList.add("is-busy");
  form.requestSubmit();
}
form?.addEventListener("change", send);
form?.addEventListener("drop", (e) => {
  e.preventDefault();
  if (!e.dataTransfer.files.length) return;
  form.querySelector("input[type=file]").files = e.dataTransfer.files;
  send();
});

const PAUSE = 800;
async function look() {
  const part = document.querySelector("[data-progress]");
  if (!part) return;
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const fresh = page.querySelector("[data-progress]");
    if (!fresh || fresh.querySelector("h2").textContent !== part.querySelector("h2").textContent) {
      location.reload();
      return;
    }
    part.querySelector("progress").value = fresh.querySelector("progress").value;
    part.querySelector(".num").textContent = fresh.querySelector(".num").textContent;
  } catch {
    // The server is away for a moment: the next look tells.
  }
  setTimeout(look, PAUSE);
}
setTimeout(look, PAUSE);
