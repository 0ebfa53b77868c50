# Education One Map: `make run` and `make test` are all a newcomer needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REAL ?= ../shared/real
export PYTHONUTF8 := 1

.PHONY: run test test-journeys test-slow test-published check bench lock clean help

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: $(VENV)/.run system-run  ## Install what is missing and serve the cockpit on port 8050
	$(BIN)/onemap serve

test: $(VENV)/.dev system-test  ## Run the whole suite, in two processes
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-journeys: $(VENV)/.dev system-test  ## Run the long ways of people and programs, most in a browser
	$(BIN)/python -m pytest -n 2 --dist worksteal -m journey

test-slow: $(VENV)/.dev system-test  ## Run the full-size cases
	$(BIN)/python -m pytest -m slow

test-published: $(VENV)/.dev system-test  ## Run the cases on published data in REAL=DIR
	REAL="$(REAL)" $(BIN)/python -m pytest -m published

check: $(VENV)/.dev  ## Format, lint, types, import directions, dead code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

bench: $(VENV)/.dev system-test  ## Measure; results belong into docs/benchmarks.md
	@for name in $$(ls benchmarks | sed -n "s/\(bench_.*\)\.py/\1/p"); do echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit 1; done

lock: $(VENV)/.dev  ## Pin all packages anew, by hash and without index addresses
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --upgrade -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --upgrade -q -c requirements.lock -o requirements-dev.lock

clean:  ## Remove the virtual environment (not the database: see `onemap db status`)
	rm -rf $(VENV)

.PHONY: system-run system-test
system-run:
	@sh .ci/install-system postgis fonts
system-test:
	@sh .ci/install-system postgis browser fonts gdal

$(BIN)/pip:
	@sh .ci/install-system python
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
