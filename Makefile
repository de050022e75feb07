# Needs make and Python 3.11 or newer; everything else is fetched into .venv.

.DEFAULT_GOAL := help
.PHONY: help setup run test check soak bench pins clean

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PINS = $(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header
JOBS ?= 2

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "PORT=8000 and DATABASE_URL=… choose the port and the database of make run; JOBS=2 the workers of make test."

setup: .venv/.dev  ## make .venv with everything that running and testing needs

run: .venv/.runtime  ## start web and scheduler, with a practice charity in an empty database
	@$(BIN)/python -m tools.run

test: .venv/.dev  ## run all tests; fetches Chromium and PostgreSQL where they are missing and it may
	@sh tools/test_needs.sh
	$(BIN)/pytest -n $(JOBS) --dist worksteal

check: .venv/.dev  ## lint, format, types, import rules, house rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/structure

soak: .venv/.dev  ## the long tests: kills, crash points, long random sequences, figures at full size
	@sh tools/test_needs.sh
	$(BIN)/pytest -m soak --hypothesis-profile=soak
	$(BIN)/python -m bench --people 1000000 --gifts 10000000 --write docs/measured.md
	$(BIN)/python -m bench.odds --write docs/odds.md
	$(BIN)/python -m bench.matching --write docs/duplicates.md
	$(BIN)/python -m bench.matching --people 1000000 --write docs/duplicates.md
	$(BIN)/python -m bench.hostile

bench: .venv/.dev  ## measure refreshes, lists, what-if and single gifts
	$(BIN)/python -m bench

pins: .venv/.dev  ## resolve the requirements anew
	$(PIP) uv
	$(PINS) --upgrade --output-file requirements/runtime.txt requirements/runtime.in
	$(PINS) --upgrade --constraint requirements/runtime.txt --output-file requirements/dev.txt requirements/dev.in

clean:  ## remove .venv and caches; the data under instance/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@for python in $(PYTHON) python3.14 python3.13 python3.12 python3.11 python3; do \
		if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "making .venv with $$($$python --version)"; exec $$python -m venv --clear .venv; \
		fi; \
	done; \
	echo 'Python 3.11 or newer with its venv module is needed (on Debian: apt-get install python3 python3-venv);' >&2; \
	echo 'if it has another name: make PYTHON=/path/to/python' >&2; exit 1

.venv/.runtime: requirements/runtime.txt | .venv/bin/python
	$(PIP) --require-hashes -r $<
	@touch $@

.venv/.dev: requirements/dev.txt | .venv/bin/python
	$(PIP) --require-hashes -r $<
	@touch $@ .venv/.runtime
