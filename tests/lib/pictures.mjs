// pictures.mjs - files for tests that upload: pictures made on the spot, and the smallest videos that are some.
// SPDX-License-Identifier: Apache-2.0
import crypto from "node:crypto";
import zlib from "node:zlib";

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (value ^ 0xffffffff) >>> 0;
}

/** The PNG of a grey pattern that belongs to a word: the same word in another size looks the same. */
export function png(word, width = 360, height = 320) {
  const pattern = crypto.createHash("sha512").update(word).digest();
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      rows[y * (width + 1) + 1 + x] = pattern[(Math.floor((y * 8) / height) * 9 + Math.floor((x * 9) / width)) % 64];
  return pngOf(width, height, 0, rows);
}

/** The PNG of given rows, each with its filter byte before it. */
export function pngOf(width, height, colour, rows) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, colour, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", head), chunk("IDAT", zlib.deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

/** A file that every program takes for an MP4 (there is nothing to be seen in it). */
export function mp4(size = 4096) {
  const head = Buffer.from("\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41", "latin1");
  const rest = Buffer.alloc(size - head.length, 7);
  rest.writeUInt32BE(rest.length);
  rest.write("free", 4, "latin1");
  return Buffer.concat([head, rest]);
}

/** A multipart body of files, each [name, bytes]: {payload, headers}. */
export function upload(field, files, fields = {}) {
  const boundary = `----${crypto.randomBytes(8).toString("hex")}`;
  const parts = files.flatMap(([name, bytes]) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: image/png\r\n\r\n`),
    bytes,
    Buffer.from("\r\n"),
  ]);
  for (const [name, value] of Object.entries(fields)) parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
  return { payload: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]), headers: { "content-type": `multipart/form-data; boundary=${boundary}` } };
}
