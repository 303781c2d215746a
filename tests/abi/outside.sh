#!/bin/sh
# Installs the SDK into a folder of its own, builds a copy of the template against it with
# find_package(Gatehouse), runs the template's own test, and loads the plugin as the gateway would.
#   outside.sh CMAKE BUILD_DIR TEMPLATE LOADER CXX CC
set -eu
cmake=$1 build=$2 template=$3 loader=$4
export CXX="$5" CC="$6"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$cmake" --install "$build" --component sdk --prefix "$work/prefix" >/dev/null
cp -r "$template" "$work/plugin"
"$cmake" -G Ninja -S "$work/plugin" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_BUILD_TYPE=Release
"$cmake" --build "$work/build"
"$(dirname "$cmake")/ctest" --test-dir "$work/build" --output-on-failure
"$(dirname "$0")/one_symbol.sh" "$work/build/plugins/deny_words.so"
"$loader" "$work/build/plugins/deny_words.so" '{"words":["swordfish"]}'
