#!/usr/bin/env bash
# Builds static archives of the libraries of which Debian 12 has none, from Debian's own sources, for -DQUARRY_STATIC=ON:
# libzip, highway and prometheus-cpp. (spdlog is taken as headers.)
#
#   packaging/static_libraries.sh [PREFIX]      PREFIX defaults to build/static-libraries
#
# Needs a Debian mirror in apt's sources. Done once: what is there is not built again.
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=$(realpath -m "${1:-build/static-libraries}")
work=$prefix/work
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"

# Sources of the same archives as the binaries, in lists of our own: those of the machine stay as they are.
sed -E -e 's/^Types:.*/Types: deb-src/' -e 's/^deb /deb-src /' \
  $(ls /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2>/dev/null) > "$work/all"
if grep -q '^Types:' "$work/all"; then mv "$work/all" "$work/debian.sources"; else mv "$work/all" "$work/debian.list"; fi
apt=(apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work" -o Dir::State::Lists="$work/lists"
  -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root)

build() {  # build <source package> <archive> <cmake options>...
  local package=$1 archive=$2
  shift 2
  [ ! -f "$prefix/lib/$archive" ] || return 0
  [ -f "$work/updated" ] || { "${apt[@]}" update && touch "$work/updated"; }
  (cd "$work" && "${apt[@]}" source "$package" > "$work/$package.log" 2>&1)
  local source
  source=$(find "$work" -maxdepth 1 -type d -name "$package-*" | head -n 1)
  cmake -G Ninja -S "$source" -B "$work/build-$package" -DCMAKE_BUILD_TYPE=Release -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
    -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTING=OFF -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_PREFIX="$prefix" "$@" \
    >> "$work/$package.log" 2>&1
  cmake --build "$work/build-$package" --target install >> "$work/$package.log" 2>&1
  [ -f "$prefix/lib/$archive" ]
  echo "$package: $prefix/lib/$archive"
}

build libzip libzip.a -DENABLE_BZIP2=OFF -DENABLE_LZMA=OFF -DENABLE_ZSTD=OFF -DENABLE_OPENSSL=OFF -DENABLE_GNUTLS=OFF \
  -DENABLE_MBEDTLS=OFF -DENABLE_COMMONCRYPTO=OFF -DBUILD_TOOLS=OFF -DBUILD_REGRESS=OFF -DBUILD_EXAMPLES=OFF -DBUILD_DOC=OFF
build highway libhwy.a -DHWY_ENABLE_TESTS=OFF -DHWY_ENABLE_EXAMPLES=OFF -DHWY_ENABLE_CONTRIB=OFF
build prometheus-cpp libprometheus-cpp-core.a -DENABLE_PULL=OFF -DENABLE_PUSH=OFF -DENABLE_TESTING=OFF -DENABLE_COMPRESSION=OFF
