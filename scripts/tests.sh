#!/bin/sh
# Runs the tests of the window in a browser beside all others: the first mostly wait, the others mostly
# compute. What the browser's have to say is printed when the others are done.
# Usage: tests.sh PYTHON
set -u
python=$1
said=$(mktemp)
"$python" -m pytest -m in_browser >"$said" 2>&1 &
browser=$!
trap 'kill "$browser" 2>/dev/null; cat "$said"; rm -f "$said"; exit 130' INT TERM
# A file's tests by one worker, so that what they share is made once. The browser's go first.
nice -n 5 "$python" -m pytest -m "not in_browser" -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
others=$?
wait "$browser"
shown=$?
trap - INT TERM
cat "$said"
rm -f "$said"
[ "$others" = 0 ] && [ "$shown" = 0 ]
