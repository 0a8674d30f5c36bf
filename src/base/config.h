/* config.h - every setting of the program: one table is parser, default, bounds and help.
 *
 * Order of force: command line (`--listen ADDRESS`), environment (`YUNDIAN_LISTEN`), the file `config` in
 * the data directory (`listen = ADDRESS`), default. `database_url` is also read from DATABASE_URL. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include <stdbool.h>
#include <stdint.h>

/* X(TYPE, name, default text, minimum, maximum, help) with TYPE TEXT, INT or FLAG. */
#define CONFIG_SETTINGS(X)                                                                                   \
    X(TEXT, data, "var", 0, 0, "Directory with everything the program needs at run time")                    \
    X(TEXT, listen, "127.0.0.1:8080", 0, 0, "Address and port to serve HTTP on; port 0 takes a free one")    \
    X(TEXT, database_url, "", 0, 0, "postgresql://… ; empty keeps the data in SQLite in the data directory") \
    X(TEXT, public_url, "", 0, 0, "Scheme and host that buyers see, when a proxy stands in front")           \
    X(TEXT, trusted_proxies, "127.0.0.1,::1", 0, 0, "Addresses whose X-Forwarded-For is believed")           \
    X(TEXT, log_level, "info", 0, 0, "debug, info, warning or error")                                        \
    X(FLAG, access_log, "on", 0, 1, "One line per request on standard error")                                \
    X(INT, http_threads, "0", 0, 64, "Threads that parse and answer from the cache; 0 means one per core")   \
    X(INT, workers, "64", 1, 256, "Threads that run handlers; one waits with its request for the commit")    \
    X(INT, database_connections, "0", 0, 256,                                                                \
      "That are always used to read from PostgreSQL; 0 means one per core")                                  \
    X(INT, queue_limit, "4096", 16, 65536, "Requests that may wait for a worker before 503")                 \
    X(INT, connection_limit, "20000", 16, 200000, "Connections held open at once")                           \
    X(INT, idle_timeout, "75", 1, 3600, "Seconds that a quiet connection is kept")                           \
    X(INT, request_timeout, "30", 1, 600, "Seconds that a whole request may take to arrive")                 \
    X(INT, body_limit, "1048576", 1024, 104857600, "Bytes of a request body other than an upload")           \
    X(INT, upload_limit, "26214400", 1024, 1073741824, "Bytes of one uploaded file")                         \
    X(INT, review_picture_limit, "10485760", 1024, 10485760, "Bytes of one picture in a buyer's review")     \
    X(INT, bulk_limit, "268435456", 1024, 4294967296, "Bytes of one uploaded archive")                       \
    X(INT, import_limit, "268435456", 1024, 4294967296, "Bytes of one uploaded product file")                \
    X(INT, video_limit, "209715200", 1024, 4294967296, "Bytes of one uploaded video")                        \
    X(INT, page_cache_mb, "16", 0, 4096, "Memory for whole pages; 0 turns the page cache off")               \
    X(INT, rate_limit, "600", 0, 1000000, "Writing requests per minute and address; 0 means no limit")       \
    X(INT, login_limit, "10", 1, 1000, "Login attempts per minute and account")                              \
    X(INT, unpaid_seconds, "1800", 1, 604800, "Seconds after which an unpaid order closes")                  \
    X(INT, drain_seconds, "20", 0, 600, "Seconds that running requests get after SIGTERM")                   \
    X(INT, node, "0", 0, 255, "Number of this node among the nodes on one database")                         \
    X(TEXT, share, "", 0, 0, "Directory of themes, admin, migrations and demo; empty finds it by itself")    \
    X(TEXT, outbound_allow, "", 0, 0,                                                                        \
      "Private addresses with port that may be called all the same: 10.0.0.5:8443,[fd00::5]:443")            \
    X(TEXT, outbound_via, "", 0, 0,                                                                          \
      "Where names are really called, name:port:address:port, blank for any: tea.example:80:10.0.0.5:8080")  \
    X(TEXT, dns_servers, "", 0, 0, "Servers asked for TXT records, 10.0.0.2:53; empty means the system's")   \
    X(TEXT, platform_host, "", 0, 0,                                                                         \
      "Name to which shops point their domains by CNAME; no shop may claim it")                              \
    X(TEXT, platform_address, "", 0, 0, "Public addresses to which shops point their domains, by comma")     \
    X(TEXT, smtp_url, "", 0, 0,                                                                              \
      "Mail server of the platform: smtp://user:password@host:587 or smtps://…:465; empty sends no mail")    \
    X(FLAG, smtp_plain, "off", 0, 1,                                                                         \
      "Let smtp:// of smtp_url go unencrypted when its server offers no STARTTLS")                           \
    X(TEXT, smtp_ca, "", 0, 0,                                                                               \
      "File of certificates (PEM) by which mail servers are believed, besides the system's")                 \
    X(TEXT, mail_from, "", 0, 0, "Address that mails of the platform's server come from")                    \
    X(FLAG, sandbox, "on", 0, 1, "Offer the built-in sandbox payment method")

struct config {
#define CONFIG_MEMBER_TEXT(name) const char *name;
#define CONFIG_MEMBER_INT(name) int64_t name;
#define CONFIG_MEMBER_FLAG(name) bool name;
#define X(type, name, otherwise, minimum, maximum, help) CONFIG_MEMBER_##type(name)
    CONFIG_SETTINGS(X)
#undef X
};

/* The file has one `name = value` a line; `#` starts a comment line. A FLAG is on/off, yes/no, true/false,
 * 1/0.
 *
 * Fills `config` with the defaults, then the file, the environment and the arguments. Arguments that are
 * settings (`--name value`, `--name=value`; `-` and `_` are the same) are taken out of argv, the others stay
 * in order and *argc is their number; `--` ends the settings. A bad value is ERR_INVALID naming the setting
 * and where it came from. */
CHECKED err config_load(struct ctx *ctx, struct config *config, int *argc, char **argv);
/* Prints every setting with its value, where it may come from and its help on standard
 * output; the password in an address is not shown. */
void config_print(const struct config *config);
