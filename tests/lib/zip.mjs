// zip.mjs - ZIP files for tests, also wrong ones: zip([["a/b.png", bytes], …]).
// SPDX-License-Identifier: Apache-2.0
import zlib from "node:zlib";

const table = Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = (n >>> 1) ^ (n & 1 ? 0xedb88320 : 0);
  return n >>> 0;
});
const crc = (bytes) => ~bytes.reduce((value, byte) => (value >>> 8) ^ table[(value ^ byte) & 255], 0xffffffff) >>> 0;

const packings = new WeakMap();
function pack(bytes) {
  if (!packings.has(bytes)) packings.set(bytes, { packed: zlib.deflateRawSync(bytes), sum: zlib.crc32 ? zlib.crc32(bytes) : crc(bytes) });
  return packings.get(bytes);
}

/** Entries are [name, bytes, {mode, flags, rawName}]; mode is of Unix (0o120777 is a link), flags are added. */
export function zip(entries) {
  const parts = [], index = [];
  let offset = 0;
  for (const [name, bytes, { mode = 0o100644, flags = 0x800, rawName } = {}] of entries) {
    const label = rawName ?? Buffer.from(name);
    const { packed, sum } = pack(bytes);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(flags, 6);
    head.writeUInt16LE(8, 8);
    head.writeUInt32LE(sum, 14);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(bytes.length, 22);
    head.writeUInt16LE(label.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(0x0314, 4);
    head.copy(central, 6, 4, 30);
    central.writeUInt32LE((mode << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    parts.push(head, label, packed);
    index.push(central, label);
    offset += 30 + label.length + packed.length;
  }
  const directory = Buffer.concat(index);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}
