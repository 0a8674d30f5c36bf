#!/bin/sh
# postgres.sh - a private PostgreSQL for tests, on a Unix socket, as durable as a real one.
#
#   postgres.sh start DIR       makes a cluster in DIR (when there is none), starts it, prints its URL
#   postgres.sh stop DIR        stops it at once
#   postgres.sh crash DIR       lets it die as in a power cut and starts it again
#   postgres.sh with COMMAND …  runs a command with YUNDIAN_TEST_DATABASE_URL set to a fresh one, and removes it
#
# As root everything runs as the user postgres, because PostgreSQL refuses root.
# SPDX-License-Identifier: Apache-2.0
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb)")

as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

start() {
    dir=$1
    mkdir -p "$dir"
    if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
    chmod 755 "$dir"
    if [ ! -f "$dir/data/PG_VERSION" ]; then
        as_postgres "$bin/initdb" -D "$dir/data" -U postgres -A trust --locale=C.UTF-8 -E UTF8 --no-sync \
            >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
    fi
    as_postgres "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/data/server.log" \
        -o "-c listen_addresses= -c unix_socket_directories='$dir' -c fsync=on -c max_connections=300 \
            -c shared_buffers=128MB -c deadlock_timeout=200ms" start >/dev/null ||
        { cat "$dir/data/server.log" >&2; exit 1; }
    echo "postgresql:///postgres?host=$dir&user=postgres"
}

stop() {
    as_postgres "$bin/pg_ctl" -D "$1/data" -m fast -w stop >/dev/null
}

case "${1:-}" in
start)
    start "$2"
    ;;
stop)
    stop "$2"
    ;;
crash)
    as_postgres "$bin/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null
    start "$2" >/dev/null
    ;;
with)
    shift
    tool=$(realpath "$0")
    dir=$(mktemp -d /tmp/yundian-pg-XXXXXX)
    trap 'stop "$dir" || true; rm -rf "$dir"' EXIT
    trap 'exit 129' HUP INT TERM
    YUNDIAN_TEST_DATABASE_URL=$(start "$dir")
    export YUNDIAN_TEST_DATABASE_URL YUNDIAN_TEST_POSTGRES_DIR="$dir" YUNDIAN_TEST_POSTGRES_TOOL="$tool"
    "$@"
    ;;
*)
    sed -n '2,11p' "$0" >&2
    exit 2
    ;;
esac
