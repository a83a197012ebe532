#!/usr/bin/env bash
# Makes the bilingual table from its sources: fetches, checks, unpacks, extracts, trains.
#
#   model/train/make_table.sh [FOLDER]      FOLDER (default build/table) keeps what was fetched
#
# Needs Debian 12's apt-get, dpkg and python3, and a built tree (cmake --preset release). Some minutes on
# two cores, 1.6 GB of memory, 250 MB to fetch. The results lie in FOLDER/bilingual.table and bilingual.terms; copying them to
# model/data/ ships them. A version that the archive no longer has can be laid into FOLDER by hand, from
# snapshot.debian.org, under the name that apt-get gives it.
set -euo pipefail
cd "$(dirname "$0")/../.."
train=$PWD/model/train
build=$PWD/build/release
folder=${1:-build/table}
mkdir -p "$folder/unpacked"
cd "$folder"

while read -r package version sum _; do
  [[ $package == \#* ]] && continue
  if [[ $version == http* ]]; then
    file=${version##*/}
    [[ -f $file ]] || curl -sfO "$version"
  else
    file=$(printf '%s' "${package}_${version//:/%3a}_")
    compgen -G "$file*.deb" > /dev/null || apt-get download -q "$package=$version"
    file=$(compgen -G "$file*.deb")
  fi
  echo "$sum  $file" | sha256sum -c --quiet
  [[ -d unpacked/$package ]] && continue
  mkdir "unpacked/$package"
  if [[ $file == *.deb ]]; then
    dpkg -x "$file" "unpacked/$package"
  else
    tar xf "$file" -C "unpacked/$package" --wildcards '*/translations/zh_*'
  fi
done < "$train/sources.txt"

python3 "$train/extract.py" "$train/sources.txt" unpacked > training.tsv
cmake --build "$build" --target train_table
"$build/model/train/train_table" training.tsv bilingual.table
cmake --build "$build" --target make_translations
"$build/model/train/make_translations" bilingual.table bilingual.terms
