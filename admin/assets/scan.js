// scan.js - a button beside a field reads a barcode with the camera. [data-scan="#FIELD"], with data-scan-go its form is sent
// then. Scanners that type need none of this: the field has the focus, and Enter sends the form.
// Where the browser reads barcodes itself it does; else a library is loaded when the button is pressed.
// SPDX-License-Identifier: Apache-2.0
const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf", "qr_code"];
const READERS = ["ean_reader", "ean_8_reader", "upc_reader", "upc_e_reader", "code_128_reader", "code_39_reader", "i2of5_reader"];
/** Between two looks at the picture. */
const PAUSE = 120;
/** What is read must be read so often one after the other: a single look may be wrong. */
const AGREEMENT = 2;
/** Of the picture that the library looks at; more pixels only take longer. */
const WIDTH = 800;

const own = async () => {
  if (!("BarcodeDetector" in window)) return null;
  const known = await window.BarcodeDetector.getSupportedFormats();
  const formats = FORMATS.filter((format) => known.includes(format));
  if (!formats.includes("ean_13")) return null;
  const detector = new window.BarcodeDetector({ formats });
  return async (video) => (await detector.detect(video))[0]?.rawValue;
};

const load = (address) => new Promise((resolve, reject) => {
  if (window.Quagga) return resolve(window.Quagga);
  const script = document.createElement("script");
  script.src = address;
  script.onload = () => resolve(window.Quagga);
  script.onerror = () => reject(new Error("library"));
  document.head.append(script);
});

const library = async (address) => {
  const quagga = await load(address);
  const canvas = document.createElement("canvas");
  return async (video) => {
    canvas.width = Math.min(WIDTH, video.videoWidth);
    canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    const found = await quagga.decodeSingle({ src: canvas.toDataURL("image/png"), numOfWorkers: 0, inputStream: { size: canvas.width }, locate: true, decoder: { readers: READERS } });
    return found?.codeResult?.code;
  };
};

async function open(button) {
  const dialog = document.querySelector("[data-scan-dialog]");
  const video = dialog.querySelector("video");
  const field = document.querySelector(button.dataset.scan);
  const say = (name) => {
    for (const part of dialog.querySelectorAll("[data-scan-say]")) part.hidden = part.dataset.scanSay !== name;
  };
  let stream, isOver = false;
  const end = () => {
    isOver = true;
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  };
  dialog.addEventListener("close", end, { once: true });
  dialog.showModal();
  video.hidden = false;
  say("starting");
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  } catch (problem) {
    video.hidden = true;
    return say(problem.name === "NotAllowedError" ? "refused" : "impossible");
  }
  if (isOver) return end();
  video.srcObject = stream;
  try {
    await video.play();
    const read = (await own()) ?? (await library(dialog.dataset.library));
    say("looking");
    let last = "", agreed = 0;
    while (!isOver) {
      const code = (await read(video).catch(() => "")) || "";
      agreed = code && code === last ? agreed + 1 : 1;
      last = code;
      if (!isOver && code && agreed >= AGREEMENT) {
        dialog.close();
        field.value = code;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        navigator.vibrate?.(60);
        field.focus();
        if (button.hasAttribute("data-scan-go")) field.form.requestSubmit();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  } catch {
    if (isOver) return;
    end();
    video.hidden = true;
    say("impossible");
  }
}

for (const button of document.querySelectorAll("[data-scan]")) {
  // Without a camera in reach (no HTTPS, an old browser) a word stands where the button would.
  const isPossible = Boolean(navigator.mediaDevices?.getUserMedia);
  button.hidden = !isPossible;
  const note = document.querySelector(`[data-scan-note="${button.dataset.scan}"]`);
  if (note) note.hidden = isPossible;
  button.addEventListener("click", () => open(button));
}
