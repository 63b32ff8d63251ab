#!/bin/sh
# Installs Debian's Chromium for the browser tests where it may (root and apt); says so where it may not.
set -u
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing chromium for the browser tests."
  apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0
fi
echo "No chromium, and it cannot be installed here (that takes root and apt): the browser tests will be skipped."
