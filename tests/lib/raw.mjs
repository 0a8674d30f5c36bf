// raw.mjs - bytes on a socket, for what no decent client would send.
// SPDX-License-Identifier: Apache-2.0
import fs from "node:fs";
import net from "node:net";

/** Opens a connection. */
export function connect(base) {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: hostname, port: Number(port) }, () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Sends bytes (a text, a Buffer, or a list with pauses in ms between) and reads until the server closes or has
 *  answered: {status, text, closed, ms}. `status` is 0 when it closed without a word, undefined when nothing came. */
export async function exchange(base, bytes, { within = 10000, wait = false } = {}) {
  const socket = await connect(base);
  const begun = Date.now();
  return new Promise((resolve) => {
    let text = "";
    let stop = false;
    const done = (closed) => {
      if (stop) return;
      stop = true;
      clearTimeout(timer);
      socket.destroy();
      const status = text.match(/^HTTP\/1\.[01] (\d{3})/)?.[1];
      resolve({ status: status ? Number(status) : closed ? 0 : undefined, text, closed, ms: Date.now() - begun });
    };
    const timer = setTimeout(() => done(false), within);
    socket.on("data", (piece) => {
      text += piece.toString("latin1");
      if (!wait && isWhole(text)) done(false);
    });
    socket.on("error", () => done(true));
    socket.on("close", () => done(true));
    (async () => {
      for (const part of Array.isArray(bytes) ? bytes : [bytes]) {
        if (stop) return;
        if (typeof part === "number") await new Promise((next) => setTimeout(next, part));
        else if (!socket.destroyed) socket.write(part);
      }
    })();
  });
}

// Whether a whole answer with Content-Length has come (interim answers are passed over).
function isWhole(text) {
  let rest = text;
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return false;
    if (/^HTTP\/1\.[01] 1\d\d/.test(rest)) {
      rest = rest.slice(end + 4);
      continue;
    }
    const length = rest.slice(0, end).match(/\r\ncontent-length:\s*(\d+)/i);
    return length !== null && rest.length >= end + 4 + Number(length[1]);
  }
}

/** What a process holds now: {fds, rss} with rss in bytes. */
export function holdings(pid) {
  const fds = fs.readdirSync(`/proc/${pid}/fd`).length;
  const rss = Number(fs.readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+)/m)[1]) * 1024;
  return { fds, rss };
}
