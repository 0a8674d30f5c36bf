// mailbox.mjs - a mail server (mailbox.py) and what came into it.
//
//     const post = await openMailbox();
//     server = await startServer({ args: ["--smtp-url", post.url, "--mail-from", "shop@example.com"] });
//     const mail = await post.gets((mail) => mail.to.includes("buyer@example.com"), "the buyer is told");
// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "./shop.mjs";

/** `args` as mailbox.py takes them: none, or ["starttls" | "tls", certificate, key]. */
export async function openMailbox(...args) {
  const child = spawn("/usr/bin/python3", [fileURLToPath(new URL("mailbox.py", import.meta.url)), ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const mails = [];
  const refusals = [];
  const logins = [];
  const waiting = [];
  let port;
  readline.createInterface({ input: child.stdout }).on("line", (line) => {
    const news = JSON.parse(line);
    if (news.port) port = news.port;
    if (news.heard) waiting.shift()();
    if (news.mail) mails.push(news.mail);
    if (news.refused) refusals.push(news);
    if (news.login !== undefined) logins.push(news.login);
  });
  process.once("exit", () => child.kill("SIGKILL"));
  await until(() => port, "the mail server listens");
  return {
    mails,
    refusals,
    logins,
    port,
    url: `smtp://127.0.0.1:${port}`,
    /** How it behaves from now on, once this is fulfilled: {rcpt: [replies], data: [replies], login: [user, password] | null}. */
    does: (wish) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        child.stdin.write(`${JSON.stringify(wish)}\n`);
      }),
    to: (address) => mails.filter((mail) => mail.to.includes(address)),
    gets: (condition, what, options) => until(() => mails.find(condition), what, options),
    header: (mail, name) => mail.headers.find(([key]) => key.toLowerCase() === name)?.[1],
    close: () => child.stdin.end(),
  };
}
