#!/bin/sh
# install.sh PYTHON VENV LOCK: makes the virtual environment and installs exactly what the lock names.
set -eu
python=$1 venv=$2 lock=$3
"$python" - <<'P' || exit 1
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(f"Counterpoint needs Python 3.11 to 3.13, and this is {sys.version.split()[0]}: "
             "name another with PYTHON=python3.12 make run.")
P
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || {
  echo "The virtual environment could not be made: install Python's venv package (Debian: python3-venv)." >&2; exit 1; }
echo "Installing what $lock names into $venv; the first time takes a minute or two."
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
