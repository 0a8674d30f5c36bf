// import.js - a file is sent as soon as it is chosen.
// SPDX-License-Identifier: Apache-2.0
const form = document.querySelector("form[data-import-upload]");
const busy = form?.querySelector("[data-import-busy]");

const sending = form?.querySelector("[data-import-sending]");

function say(text, isBad = false) {
  busy.textContent = text;
  busy.classList.toggle("is-bad", isBad);
}
/* The page that answers, wherever the server leads. */
function post(file) {
  return new Promise((resolve, reject) => {
    const data = new FormData();
    data.append("file", file);
    const request = new XMLHttpRequest();
    const [bar, share] = sending.children;
    request.open("POST", form.action);
    request.upload.onprogress = (e) => {
      if (!e.lengthComputable) return;
      bar.value = e.loaded / e.total;
      share.textContent = `${Math.floor(bar.value * 100)}%`;
      if (e.loaded === e.total) say(busy.dataset.importReading);
    };
    request.onload = () => resolve(request);
    request.onerror = () => reject(new Error());
    request.send(data);
  });
}
async function send() {
  const input = form.querySelector("input[type=file]"), [file] = input.files;
  if (!file) return;
  if (file.size > Number(form.dataset.limit)) {
    input.value = "";
    say(form.dataset.tooBig, true);
    return;
  }
  say(busy.dataset.importBusy);
  form.classList.add("is-busy");
  sending.hidden = false;
  try {
    const answer = await post(file);
    const refused = new DOMParser().parseFromString(answer.responseText, "text/html").querySelector("[data-failure]");
    if (!refused && answer.status < 400) {
      location.assign(answer.responseURL);
      return;
    }
    say((refused?.querySelector("li") ?? refused)?.textContent.trim().replace(/\s+/g, " ") || form.dataset.failed, true);
  } catch {
    say(form.dataset.failed, true);
  }
  form.classList.remove("is-busy");
  sending.hidden = true;
  input.value = "";
}
form?.addEventListener("change", send);
form?.addEventListener("drop", (e) => {
  e.preventDefault();
  if (!e.dataTransfer.files.length) return;
  form.querySelector("input[type=file]").files = e.dataTransfer.files;
  send();
});
