#!/bin/sh
# Tells Spark which GPUs a host has, as it asks of a discovery script: {"name":"gpu","addresses":["0","1"]}
set -eu
# On its own line: a failure must end the script, not become an address.
indexes=$(nvidia-smi --query-gpu=index --format=csv,noheader)
addresses=$(echo "$indexes" | sed -n 's/^ *\([0-9][0-9]*\) *$/"\1"/p' | paste -sd, -)
[ -n "$addresses" ] || { echo "gpu-addresses.sh: nvidia-smi lists no GPU: $indexes" >&2; exit 1; }
echo "{\"name\":\"gpu\",\"addresses\":[$addresses]}"
