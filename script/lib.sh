# Shared by the scripts. Source it from the repository's root.
# Sets TARGET, the target folder: an existing one outside the checkout is reused.
if [ -n "${CARGO_TARGET_DIR:-}" ]; then
  TARGET=$CARGO_TARGET_DIR
elif [ -d ../portcullis-target ]; then
  TARGET=$(cd ../portcullis-target && pwd)
else
  TARGET=$PWD/target
fi
export CARGO_TARGET_DIR=$TARGET

# Runs a step with its name before it and its wall time after it.
step() {
  local name=$1; shift
  local begun=$SECONDS
  printf '\n== %s\n' "$name"
  "$@"
  printf -- '-- %s: %s s\n' "$name" "$((SECONDS - begun))"
}

# Starts a PostgreSQL of its own on a free loopback port, for tests alone: no
# fsync, trust, gone when the script ends. Sets PORTCULLIS_TEST_POSTGRES.
start_postgres() {
  local bin port
  bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
  PG_DIR=$(mktemp -d)
  as_pg=()
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$PG_DIR"
    as_pg=(setpriv --reuid=postgres --regid=postgres --clear-groups)
  fi
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null ||
    node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
  "${as_pg[@]}" "$bin/initdb" -D "$PG_DIR/data" -U postgres -A trust -N >/dev/null
  "${as_pg[@]}" "$bin/pg_ctl" -D "$PG_DIR/data" -w -l "$PG_DIR/log" \
    -o "-c listen_addresses=127.0.0.1 -p $port -k $PG_DIR -c fsync=off -c synchronous_commit=off -c full_page_writes=off" start >/dev/null
  PG_STOP=("${as_pg[@]}" "$bin/pg_ctl" -D "$PG_DIR/data" -m immediate stop)
  trap stop_postgres EXIT
  export PORTCULLIS_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port"
}

stop_postgres() {
  if [ -n "${PG_DIR:-}" ]; then
    "${PG_STOP[@]}" >/dev/null 2>&1 || true
    rm -rf "$PG_DIR"
    PG_DIR=
  fi
}
