#!/bin/sh
# Fails unless the library exports gatehouse_plugin and nothing else, and no UNIQUE symbol, which would
# be shared with other versions of the same plugin.
#   one_symbol.sh FILE.so
set -eu
exported=$(nm --dynamic --defined-only "$1" | sed 's/^[0-9a-f]* //')
[ "$exported" = "T gatehouse_plugin" ] && exit 0
echo "$1 should export 'T gatehouse_plugin' alone, but exports:" >&2
echo "$exported" >&2
exit 1
