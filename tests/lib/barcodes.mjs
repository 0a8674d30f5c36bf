// barcodes.mjs - a barcode as a camera sees it: EAN-13 drawn into a video without compression.
// SPDX-License-Identifier: Apache-2.0

const L = ["0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011"];
const R = L.map((bits) => [...bits].map((bit) => (bit === "1" ? "0" : "1")).join(""));
const G = R.map((bits) => [...bits].reverse().join(""));
const PARITY = ["LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"];

/** The 95 modules of 13 digits, "1" being a bar. */
export function ean13(digits) {
  const parity = PARITY[digits[0]];
  const left = [...digits.slice(1, 7)].map((digit, at) => (parity[at] === "L" ? L : G)[digit]).join("");
  const right = [...digits.slice(7)].map((digit) => R[digit]).join("");
  return `101${left}01010${right}101`;
}

/** A video (Y4M, 640 × 480) of the barcode on a white sheet, or of the sheet alone. */
export function video(digits) {
  const width = 640, height = 480, module = 4;
  const luma = Buffer.alloc(width * height, 235);
  const bars = digits ? ean13(digits) : "";
  const start = Math.round((width - bars.length * module) / 2);
  for (let y = 140; y < 340; y++)
    for (let at = 0; at < bars.length; at++)
      if (bars[at] === "1") luma.fill(16, y * width + start + at * module, y * width + start + (at + 1) * module);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, Buffer.alloc((width * height) / 2, 128)]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A0:0 C420mpeg2\n`), frame, frame, frame]);
}
