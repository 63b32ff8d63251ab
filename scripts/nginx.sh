#!/bin/sh
# Installs Debian's nginx for the test of several windows where it may (root and apt); says so where not.
set -u
PATH=$PATH:/usr/sbin
command -v nginx >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing nginx for the test of several windows."
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -qq --no-install-recommends nginx-light >/dev/null && exit 0
fi
echo "No nginx, and it cannot be installed here (that takes root and apt): the test behind it will be skipped."
