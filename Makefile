# make run      the app on BBC News (without a terminal: the same run, printed)
# make test     every test but the long sweeps, which make test-all runs too
# make check    style, types, import contracts
# make bench    the tables of benchmarks/README.md (40 minutes; needs the mirror of
#               datasets in TUI_AL_DATA, else in ../shared/data)
# make setup    the installation alone

PYTHON ?= python3
BIN := .venv/bin
DEMO := --dataset bbcnews --model wordllama-256
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: setup run test test-all check fix bench clean
.DELETE_ON_ERROR:

setup: .venv/installed

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "tui-al needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing tui-al into .venv (the first time takes a minute or two) ..." >&2
	@$(PIP) -e '.[offline]'
	@touch $@

.venv/installed-test: .venv/installed
	@echo "Installing what the tests need ..." >&2
	@$(PIP) -e '.[offline,export,test,peers]'
	@touch $@

run: .venv/installed
	@if [ -t 0 ] && [ -t 1 ] && [ -t 2 ]; then $(BIN)/tui-al $(DEMO) --start; else $(BIN)/tui-al run $(DEMO); fi

test: .venv/installed-test
	@$(BIN)/python -m pytest -n 2

test-all: .venv/installed-test
	@$(BIN)/python -m pytest -n 2 -m "sweep or not sweep"

bench: export TUI_AL_DATA ?= ../shared/data
bench: .venv/installed-test
	@for table in strategies fitting scale embedding store grid race report; do \
		$(BIN)/python benchmarks/$$table.py --json benchmarks/figures/$$table.json || exit; echo; \
	done

check: .venv/installed-test
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: .venv/installed-test
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
