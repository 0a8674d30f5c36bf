// events.mjs - listens to an event stream (text/event-stream).
// SPDX-License-Identifier: Apache-2.0
import http from "node:http";
import { until } from "./shop.mjs";

/** Opens a stream and keeps its events: {events, next(condition, what), close()}. Resolves when the stream is open. */
export function listen(base, path, { host } = {}) {
  const address = new URL(base);
  return new Promise((resolve, reject) => {
    const headers = { accept: "text/event-stream", ...(host ? { host } : {}) };
    const request = http.request({ host: address.hostname, port: address.port, path, headers, agent: false }, (answer) => {
      if (answer.statusCode !== 200) {
        answer.resume();
        return reject(new Error(`${path}: ${answer.statusCode} instead of a stream`));
      }
      const stream = { type: answer.headers["content-type"], events: [], closed: false };
      let text = "";
      answer.setEncoding("utf8").on("data", (piece) => {
        text += piece;
        for (let end; (end = text.search(/\r?\n\r?\n/)) >= 0; text = text.slice(end).replace(/^\r?\n\r?\n/, "")) stream.events.push(...parse(text.slice(0, end)));
      });
      answer.on("close", () => (stream.closed = true));
      answer.on("error", () => (stream.closed = true));
      stream.close = () => request.destroy();
      stream.next = (condition, what, options) => until(() => stream.events.find(condition), what, options);
      resolve(stream);
    });
    request.on("error", reject);
    request.end();
  });
}

function parse(block) {
  const event = { event: "message", data: "" };
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = line.match(/^(\w+):\s?(.*)$/) ?? [];
    if (name === "data") event.data += value;
    else if (name === "event") event.event = value;
  }
  return event.data === "" && event.event === "message" ? [] : [event];
}
