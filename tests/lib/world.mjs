// A small world outside: servers by host name, and a name server, for what the program asks of strangers.
// SPDX-License-Identifier: Apache-2.0
import dgram from "node:dgram";
import http from "node:http";

/** Reads the name of a DNS question: labels with their lengths, then type and class. */
function question(message) {
  const labels = [];
  let at = 12;
  for (; message[at] > 0; at += message[at] + 1) labels.push(message.toString("ascii", at + 1, at + 1 + message[at]));
  return { name: labels.join(".").toLowerCase(), end: at + 5 };
}

function answerTo(message, texts) {
  const { end } = question(message);
  const head = Buffer.from(message.subarray(0, 12));
  head.writeUInt16BE(texts.length ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(texts.length, 6);
  head.fill(0, 8, 12);
  const records = texts.map((text) => {
    const data = Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(16, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, message.subarray(12, end), ...records]);
}

/** hosts: host → (request, response) => …; texts: name → [TXT]. `args` let a server of ours see it. */
export async function startWorld() {
  const world = { hosts: new Map(), texts: new Map(), asked: [] };
  const site = http.createServer((request, response) => {
    const host = request.headers.host;
    world.asked.push(host);
    const answer = world.hosts.get(host);
    if (answer) answer(request, response);
    else request.socket.destroy();
  });
  const names = dgram.createSocket("udp4");
  names.on("message", (message, from) => names.send(answerTo(message, world.texts.get(question(message).name) ?? []), from.port, from.address));
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  await new Promise((resolve) => names.bind(0, "127.0.0.1", resolve));
  const at = `127.0.0.1:${site.address().port}`;
  world.args = ["--outbound-allow", at, "--outbound-via", `::${at}`, "--dns-servers", `127.0.0.1:${names.address().port}`];
  /** The host leads to the server at this address, as after a CNAME or A record. */
  world.leads = (host, base) => world.hosts.set(host, (request, response) => {
    const { hostname, port } = new URL(base);
    const onward = http.request({ hostname, port, method: request.method, path: request.url, headers: { ...request.headers, host } }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  world.stop = () => {
    site.closeAllConnections();
    site.close();
    names.close();
  };
  return world;
}
