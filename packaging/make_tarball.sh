#!/usr/bin/env bash
# Makes build/quarry-VERSION-linux-x86_64.tar.gz: the program with all libraries inside but glibc's, manual page and completions.
#
#   packaging/make_tarball.sh [ROOT]     with ROOT, a bare debootstrapped folder (as root): the program is run there
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/static
packaging/static_libraries.sh
cmake -G Ninja -S . -B $build -DCMAKE_BUILD_TYPE=Release -DQUARRY_STATIC=ON -DQUARRY_TESTS=OFF > /dev/null
cmake --build $build --target quarry help_files

# glibc's alone: what else is there would have to be on every machine.
wrong=$(ldd $build/quarry | awk '{print $1}' |
  grep -Ev '^(linux-vdso|libc|libm|libdl|libpthread|librt|libresolv|/lib64/ld-linux-x86-64)\.so' || true)
[ -z "$wrong" ] || { echo "make_tarball: shared libraries besides glibc: $wrong" >&2; exit 1; }

version=$($build/quarry --version | sed -n 's/^quarry //p')
name=quarry-$version-linux-$(uname -m)
rm -rf "$build/$name"
DESTDIR= cmake --install $build --prefix "$build/$name" --component Unspecified --strip > /dev/null
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" -C $build -cf - "$name" |
  gzip -9n > "build/$name.tar.gz"
ls -l "build/$name.tar.gz" "$build/$name/bin/quarry"

if [ -n "${1:-}" ]; then
  root=$(realpath "$1")
  tar -xzf "build/$name.tar.gz" -C "$root/root"
  cp -r examples/corpus "$root/root/corpus"
  inside() { chroot "$root" env -i HOME=/root PATH=/usr/bin:/bin LANG=C.UTF-8 "$@"; }
  inside "/root/$name/bin/quarry" --version
  inside "/root/$name/bin/quarry" index /root/corpus --store /root/store > /dev/null
  inside "/root/$name/bin/quarry" ask "How fast may the level of Upper Tarn be lowered?" --store /root/store | grep '\[1\]'
  inside "/root/$name/bin/quarry" ask "青砚水厂的河水浊度超过多少时停止取水？" --store /root/store | grep '\[1\]'
  rm -rf "$root/root/$name" "$root/root/corpus" "$root/root/store"
  echo "make_tarball: it runs in $root"
fi
