#!/usr/bin/env python3
"""A mail server for the stories (aiosmtpd): takes mail, reads it with Python's own parser, and tells it as JSON lines.

It listens on a free port of this machine, and the first line it prints is {"port": ...}. On standard input it is told how
to behave: {"rcpt": [replies]} are the answers to the next recipients instead of yes, {"data": [replies]} the same for whole
mails (taken and told all the same, as a server that dies after taking one), {"login": [user, password]} asks for a login.

With the arguments `starttls CERTIFICATE KEY` it offers STARTTLS and takes nothing without it, with `tls CERTIFICATE KEY` it
speaks TLS from the first byte.
"""
# SPDX-License-Identifier: Apache-2.0
import email
import email.policy
import json
import logging
import socket
import ssl
import sys
import threading
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

mode = sys.argv[1] if len(sys.argv) > 1 else "plain"
lock = threading.Lock()
wishes = {"rcpt": [], "data": [], "login": None}


def say(**news):
    with lock:
        print(json.dumps(news), flush=True)


def take(kind):
    with lock:
        return wishes[kind].pop(0) if wishes[kind] else None


def part_of(message, kind):
    part = message.get_body((kind,))
    return part.get_content() if part else None


def read(envelope):
    raw = envelope.content
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = list(message.walk())
    return {
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "headers": [[name, str(value)] for name, value in message.items()],
        "subject": str(message["subject"]),
        "sender": message["from"].addresses[0].display_name,
        "type": message.get_content_type(),
        "types": [part.get_content_type() for part in parts],
        "charsets": [part.get_content_charset() for part in parts if not part.is_multipart()],
        "plain": part_of(message, "plain"),
        "html": part_of(message, "html"),
        "defects": [repr(defect) for part in parts for defect in part.defects]
        + [repr(defect) for value in message.values() for defect in getattr(value, "defects", ())],
        "longest": max(len(line) for line in raw.split(b"\r\n")),
        "is_ascii": all(byte < 128 for byte in raw),
        "bare": raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r"),
    }


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = take("rcpt")
        if reply:
            say(refused=address, reply=reply)
            return reply
        if wishes["login"] and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        say(mail=dict(read(envelope), tls=session.ssl is not None or mode == "tls"))
        return take("data") or "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    wanted = wishes["login"]
    is_right = isinstance(data, LoginPassword) and wanted == [data.login.decode(), data.password.decode()]
    say(login=is_right, tls=session.ssl is not None or mode == "tls")
    return AuthResult(success=is_right, handled=is_right)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def keys():
    warnings.simplefilter("ignore", DeprecationWarning)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS)  # of both sides: the controller also calls itself once
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    return context


def options():
    if mode == "starttls":
        return {"tls_context": keys(), "require_starttls": True}
    return {"ssl_context": keys()} if mode == "tls" else {}


def main():
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # who is not trusted hangs up, which is no failure here
    controller = Controller(
        Handler(), hostname="127.0.0.1", port=free_port(), authenticator=authenticate, auth_require_tls=mode == "starttls", **options()
    )
    controller.start()
    say(port=controller.port)
    for line in sys.stdin:
        with lock:
            wishes.update(json.loads(line))
        say(heard=True)
    controller.stop()


main()
