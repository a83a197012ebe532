#!/usr/bin/env bash
# Has systemd run the package's service in a bare Debian 12 that systemd-nspawn boots: start, questions, kill, restart, stop.
#
#   packaging/check_unit.sh PACKAGE.deb ROOT      as root; ROOT is a debootstrapped folder that may be changed
#
# Needs systemd-container here. The machine has no network but loopback.
set -euo pipefail
package=$(realpath "$1")
root=$(realpath "$2")
top=$(cd "$(dirname "$0")/.." && pwd)
log=$(mktemp)

down() {
  [ -z "${nspawn:-}" ] || { kill -s RTMIN+4 "$init" 2> /dev/null; wait "$nspawn" 2> /dev/null; } || true
  mountpoint -q "$root/proc" && umount -l "$root/proc"
  rm -f "$log"
}
trap down EXIT
fail() { echo "check_unit: $*" >&2; inside journalctl -u quarry --no-pager -n 30 >&2 || true; exit 1; }
bare() { chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
inside() { nsenter --target "$init" --mount --uts --ipc --net --pid env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"; }
as_quarry() { inside setpriv --reuid=quarry --regid=quarry --clear-groups "$@"; }
eventually() { local tries=$1; shift; for _ in $(seq "$tries"); do ! "$@" > /dev/null 2>&1 || return 0; sleep 0.2; done; return 1; }
healthy() { inside curl -fsS http://127.0.0.1:8420/readyz; }
main_pid() { inside systemctl show -P MainPID quarry; }
ask() { inside curl -fsS http://127.0.0.1:8420/api/v1/answer -H 'Content-Type: application/json' -d "{\"query\": \"$1\"}"; }

echo "-- install"
cp /etc/resolv.conf "$root/etc/"
mountpoint -q "$root/proc" || mount --bind /proc "$root/proc"
cp "$package" "$root/root/quarry.deb"
rm -rf "$root/srv/corpus" && cp -r "$top/examples/corpus" "$root/srv/corpus" && chmod -R a+rX "$root/srv/corpus"
bare dpkg --purge quarry > /dev/null 2>&1 || true  # of an earlier run
bare apt-get update -qq
bare apt-get install -y -qq --no-install-recommends systemd systemd-sysv dbus curl /root/quarry.deb > "$log" 2>&1 || { cat "$log" >&2; exit 1; }
umount -l "$root/proc"

echo "-- boot"
systemd-nspawn --quiet --boot --directory "$root" --machine "quarry-check-$$" --register=no --keep-unit --private-network \
  > "$log" 2>&1 < /dev/null &
nspawn=$!
eventually 50 pgrep -P "$nspawn" || fail "no machine: $(cat "$log")"
init=$(pgrep -P "$nspawn")
eventually 150 inside systemctl is-active --quiet multi-user.target || fail "it does not boot: $(tail -n 20 "$log")"
inside systemctl is-enabled --quiet quarry || fail "it does not start with the machine"
eventually 100 healthy || fail "it does not answer"

echo "-- index by the running server, ask"
as_quarry quarry index /srv/corpus --config /etc/quarry/quarry.yaml > "$log" 2>&1 || fail "nothing is indexed: $(cat "$log")"
ask "How fast may the level of Upper Tarn be lowered?" | grep -q '\[1\]' || fail "no citation"
ask "青砚水厂的河水浊度超过多少时停止取水？" | grep -q '\[1\]' || fail "no citation (zh)"
inside curl -fsS -X PUT http://127.0.0.1:8420/api/v1/documents/kiln.txt -H 'Content-Type: text/plain' \
  --data-binary 'The kiln fires at 1240 degrees.' > /dev/null || fail "no document is taken"

echo "-- confined"
inside cat "/proc/$(main_pid)/status" > "$log"
for line in 'CapEff:.0000000000000000' 'CapBnd:.0000000000000000' 'NoNewPrivs:.1' 'Seccomp:.2'; do
  grep -q "^$line" "$log" || fail "expected $line: $(grep -E '^(Cap|NoNew|Seccomp)' "$log")"
done
inside systemd-analyze security quarry --no-pager | tail -n 1
exposure=$(inside systemd-analyze security quarry --no-pager --threshold=15 > /dev/null && echo low || echo high)
[ "$exposure" = low ] || fail "more is exposed than 1.5"

echo "-- killed: it is there again, with what it acknowledged"
before=$(main_pid)
inside systemctl kill --kill-whom=main --signal=KILL quarry
eventually 100 healthy || fail "it is not started again"
[ "$(main_pid)" != "$before" ] || fail "it was not killed"
ask "At how many degrees does the kiln fire?" | grep -q 1240 || fail "the document is lost"

echo "-- stopped, verified, started"
inside systemctl stop quarry
[ "$(inside systemctl show -P Result quarry)" = success ] || fail "the end was no success: $(inside systemctl show -P Result quarry)"
as_quarry quarry verify --config /etc/quarry/quarry.yaml > /dev/null || fail "the store does not verify"
inside systemctl start quarry
eventually 100 healthy || fail "it does not start again"
rm -rf "$root/srv/corpus" "$root/root/quarry.deb"
echo "check_unit: passed"
