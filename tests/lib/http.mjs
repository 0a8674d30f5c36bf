// http.mjs - a small HTTP client for tests: keeps cookies, may name any host, never follows a redirect unasked.
//
// The global fetch cannot set the Host header, which chooses the shop; node:http can.
// SPDX-License-Identifier: Apache-2.0
import http from "node:http";
import { forms } from "./html.mjs";

const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: 1024 });

/** Sends one request and reads the whole answer: {status, headers, text, body}; `body` is the parsed JSON or undefined. */
export function send(base, method, path, { headers = {}, payload, timeout = 30000, onSocket } = {}) {
  const address = new URL(base);
  return new Promise((resolve, reject) => {
    const request = http.request({ agent, host: address.hostname, port: address.port, method, path, headers }, (answer) => {
      const pieces = [];
      answer.on("data", (piece) => pieces.push(piece));
      answer.on("error", reject);
      answer.on("aborted", () => reject(new Error(`${method} ${path}: the answer was cut off`)));
      answer.on("end", () => {
        const bytes = Buffer.concat(pieces);
        const text = bytes.toString("utf8");
        const type = answer.headers["content-type"] ?? "";
        let body;
        if (/json/.test(type)) {
          try {
            body = JSON.parse(text);
          } catch (problem) {
            return reject(new Error(`${method} ${path}: ${type} that is not JSON: ${problem.message}\n${text.slice(0, 400)}`));
          }
        }
        resolve({ status: answer.statusCode, headers: answer.headers, bytes, text, body, path });
      });
    });
    request.setTimeout(timeout, () => request.destroy(new Error(`${method} ${path}: no answer within ${timeout} ms`)));
    request.on("error", reject);
    if (onSocket) request.on("socket", onSocket);
    request.end(payload);
  });
}

/** The path and query of an address that may be absolute or relative. */
export function pathOf(address, current = "/") {
  const url = new URL(address, new URL(current, "http://here.invalid"));
  return url.pathname + url.search;
}

/** One person (or program) at one shop: cookies are kept, as a browser does. */
export class Client {
  constructor(base, { host } = {}) {
    this.base = base;
    this.host = host ?? new URL(base).host;
    this.cookies = new Map();
  }

  get origin() {
    return `http://${this.host}`;
  }

  /** Sends a request. `json` or `form` (object or list of pairs) becomes the body. */
  async send(method, path, { json, form, payload, headers = {}, ...rest } = {}) {
    const all = { host: this.host, ...headers };
    if (this.cookies.size > 0 && all.cookie === undefined)
      all.cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    if (json !== undefined) {
      payload = JSON.stringify(json);
      all["content-type"] ??= "application/json";
    } else if (form !== undefined) {
      payload = new URLSearchParams(form).toString();
      all["content-type"] ??= "application/x-www-form-urlencoded";
    }
    if (payload !== undefined) all["content-length"] ??= Buffer.byteLength(payload);
    else if (method !== "GET" && method !== "HEAD") all["content-length"] ??= 0;
    for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
    const answer = await send(this.base, method, path, { headers: all, payload, ...rest });
    for (const line of [answer.headers["set-cookie"] ?? []].flat()) this.#keep(line);
    return answer;
  }

  #keep(line) {
    const [pair, ...attributes] = line.split(";");
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    const gone = attributes.some((text) => /^\s*max-age=(0|-\d+)\s*$/i.test(text));
    if (gone || value === "") this.cookies.delete(name);
    else this.cookies.set(name, value);
  }

  get(path, options) {
    return this.send("GET", path, options);
  }

  /** GET of the API. */
  api(path, options) {
    return this.send("GET", `/api/v1${path}`, options);
  }

  /** POST of JSON to the API. */
  post(path, json = {}, options = {}) {
    return this.send("POST", `/api/v1${path}`, { json, ...options });
  }

  /** Opens a page as a browser without JavaScript does: redirects are followed. */
  async open(path, options = {}) {
    let answer = await this.send("GET", path, { ...options, headers: { accept: "text/html", ...options.headers } });
    return this.#settle(answer, path);
  }

  /** Submits a form of a page: its own fields, with `typed` over them; redirects are followed. */
  async submit(form, typed = {}) {
    const fields = new Map(form.fields);
    for (const [name, value] of Object.entries(typed)) fields.set(name, String(value));
    const headers = { accept: "text/html", origin: this.origin };
    if (form.method === "GET") return this.open(`${pathOf(form.action)}?${new URLSearchParams([...fields])}`);
    const answer = await this.send("POST", pathOf(form.action), { form: [...fields], headers });
    return this.#settle(answer, pathOf(form.action));
  }

  async #settle(answer, path) {
    for (let hop = 0; answer.status >= 300 && answer.status < 400 && answer.headers.location; hop++) {
      if (hop === 10) throw new Error(`too many redirects from ${path}`);
      path = pathOf(answer.headers.location, path);
      answer = await this.send("GET", path, { headers: { accept: "text/html" } });
    }
    answer.path = path;
    answer.forms = forms(answer.text, path);
    return answer;
  }
}
