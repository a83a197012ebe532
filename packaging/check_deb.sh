#!/usr/bin/env bash
# Installs the package in a bare Debian 12 (chroot), uses it, upgrades, removes and purges it, and looks what is left.
#
#   packaging/check_deb.sh PACKAGE.deb ROOT      as root; ROOT is a debootstrapped folder that may be changed
#
# There is no systemd in a chroot: the server is run by the ExecStart line of its unit.
set -euo pipefail
package=$(realpath "$1")
root=$(realpath "$2")
top=$(cd "$(dirname "$0")/.." && pwd)

down() {
  [ -z "${server:-}" ] || kill "$server" 2> /dev/null || true
  for mount in proc dev; do ! mountpoint -q "$root/$mount" || umount -l "$root/$mount"; done
}
trap down EXIT
fail() { echo "check_deb: $*" >&2; exit 1; }
machine=(chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive)
owner=(setpriv --reuid=quarry --regid=quarry --clear-groups --)
inside() { "${machine[@]}" "$@"; }
as_quarry() { inside "${owner[@]}" "$@"; }
files() { (cd "$root" && find etc usr var/lib -name '*quarry*' -not -path 'var/lib/dpkg/*' | LC_ALL=C sort); }

mountpoint -q "$root/proc" || mount --bind /proc "$root/proc"
mountpoint -q "$root/dev" || mount --bind /dev "$root/dev"
cp /etc/resolv.conf "$root/etc/"
cp "$package" "$root/root/quarry.deb"
rm -rf "$root/root/corpus" && cp -r "$top/examples/corpus" "$root/root/corpus" && chmod -R a+rX "$root/root" && chmod a+x "$root/root"
inside apt-get update -qq
before=$(files)

echo "-- install"
inside apt-get install -y -qq --no-install-recommends /root/quarry.deb > /dev/null
inside quarry --version
inside test -s /usr/share/man/man1/quarry.1.gz || fail "no manual page"
inside bash -n /usr/share/bash-completion/completions/quarry
[ "$(inside stat -c '%U %G %a' /etc/quarry/quarry.yaml)" = "root quarry 640" ] || fail "rights of quarry.yaml"
[ "$(inside stat -c '%U %a' /var/lib/quarry)" = "quarry 700" ] || fail "rights of /var/lib/quarry"

echo "-- index, ask"
config=(--config /etc/quarry/quarry.yaml)
as_quarry quarry index /root/corpus "${config[@]}" > /dev/null
as_quarry quarry ask "How fast may the level of Upper Tarn be lowered?" "${config[@]}" | tee "$root/root/answer"
grep -q '\[1\]' "$root/root/answer" || fail "no citation"
as_quarry quarry ask "青砚水厂的河水浊度超过多少时停止取水？" "${config[@]}" | grep -q '\[1\]' || fail "no citation (zh)"

echo "-- serve"
read -r -a serve < <(sed -n 's/^ExecStart=//p' "$root/usr/lib/systemd/system/quarry.service")
"${machine[@]}" "${owner[@]}" "${serve[@]}" > "$root/root/serve.log" 2>&1 &
server=$!
for _ in $(seq 100); do ! grep -q 'quarry serves' "$root/root/serve.log" || break; sleep 0.1; done
curl -fsS http://127.0.0.1:8420/healthz > /dev/null || fail "no server: $(cat "$root/root/serve.log")"
as_quarry quarry stats "${config[@]}" --json > /dev/null || fail "the server runs no command"
kill "$server"; wait "$server" || true; server=

echo "-- upgrade: configuration and store stay"
echo '# mine' >> "$root/etc/quarry/quarry.yaml"
inside dpkg -i /root/quarry.deb > /dev/null
grep -q '# mine' "$root/etc/quarry/quarry.yaml" || fail "the upgrade took the configuration"
as_quarry quarry verify "${config[@]}" > /dev/null
mv "$root/etc/quarry/quarry.yaml" "$root/root/"
inside dpkg -i /root/quarry.deb > /dev/null || fail "the upgrade wants a configuration that was removed"
[ ! -e "$root/etc/quarry/quarry.yaml" ] || fail "the upgrade brought back a configuration that was removed"
mv "$root/root/quarry.yaml" "$root/etc/quarry/"

echo "-- remove: configuration and store stay"
inside dpkg -r quarry > /dev/null
[ -d "$root/var/lib/quarry/store" ] && [ -f "$root/etc/quarry/quarry.yaml" ] || fail "remove took the store or the configuration"
[ ! -e "$root/usr/bin/quarry" ] || fail "remove left the program"

echo "-- purge: nothing stays"
inside dpkg -P quarry > /dev/null
after=$(files)
[ "$before" = "$after" ] || fail "left behind: $(diff <(echo "$before") <(echo "$after") || true)"
! inside getent passwd quarry > /dev/null || fail "the user is left"
rm -rf "$root/root/corpus" "$root/root/quarry.deb" "$root/root/answer" "$root/root/serve.log"
echo "check_deb: passed"
