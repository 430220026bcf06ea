# Sourced by the shell tests of this folder: a tanhuid of the test's own, in a folder of its own, on
# a free loopback port; ended by its own process id when the test ends.
set -euo pipefail

bin=${TANHUI_BIN_DIR:?the folder of tanhuid and tanhui}
source_dir=${TANHUI_SOURCE_DIR:?the top of the source tree}
scratch=$(mktemp -d)
server=

end_server() {
  if [[ -n $server ]]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" || true
    server=
  fi
}
trap 'end_server; rm -rf "$scratch"' EXIT

serve() {
  mkdir -p "$scratch/second-place"
  cat > "$scratch/tanhuid.toml" <<TOML
listen = "127.0.0.1:0"
data_directory = "data"
checkpoint_copy = "second-place/checkpoint"
signing_key = "log.key"
personal_key = "personal.key"
trust_loopback = true
min_free_mib = 16
TOML
  "$bin/tanhui" keygen --name test.example/ledger --out "$scratch/log.key" \
    --vkey-out "$scratch/log.vkey" > /dev/null
  "$bin/tanhuid" --config "$scratch/tanhuid.toml" --address-file "$scratch/address" \
    > "$scratch/tanhuid.log" 2>&1 &
  server=$!
  local tries=0
  until [[ -s $scratch/address ]]; do
    if ! kill -0 "$server" 2>/dev/null || ((++tries > 600)); then
      cat "$scratch/tanhuid.log" >&2
      return 1
    fi
    sleep 0.1
  done
  TANHUI_ADDRESS=$(cat "$scratch/address")
  export TANHUI_ADDRESS
}

# A scheme, an asset `points`, a sponsor and the budget `demo`, funded.
register_demo() {
  {
    "$bin/tanhui" scheme create demo-scheme --name Demo
    "$bin/tanhui" participant create demo-sponsor --kind sponsor --name Sponsor
    # Days of long ago are imported: points that never expire can still be awarded for them.
    "$bin/tanhui" asset create points --scheme demo-scheme --name Points --max-amount 100000 \
      --validity-months 0
    "$bin/tanhui" budget create demo --asset points --sponsor demo-sponsor --name Demo
    "$bin/tanhui" budget fund demo --points 100000000
  } > /dev/null 2>&1
}

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
