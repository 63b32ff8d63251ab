#!/bin/sh
# fuzz.sh PYTHON SECONDS: every target so many seconds; exits 1 if any of them found something.
set -u
python=$1 seconds=$2 found=0
for target in importing checking streaming showing screening reading_yaml loading; do
  mkdir -p "var/fuzz/$target"
  "$python" scripts/fuzz.py "$target" "$seconds" >"var/fuzz/$target/log" 2>&1 || {
    found=1; echo "$target: something was found; see var/fuzz/$target/log"; continue; }
  echo "$target: $(grep -o 'number_of_executed_units: *[0-9]*' "var/fuzz/$target/log" | tr -dc 0-9) inputs, nothing found"
done
exit $found
