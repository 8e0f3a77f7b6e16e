# What a newcomer types. Plain python3 (3.11 or newer) and make suffice; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install --require-hashes --only-binary :all:
DEMO_ARGS ?=
TEST_ARGS ?=
FUZZ_ARGS ?=
BENCH_ARGS ?=
# What takes its time, because it starts processes or plays for seconds; `make test` runs it, and what draws its cases.
LONG := tests/unit/app/test_stories.py tests/unit/app/test_demo.py tests/unit/app/test_serve.py tests/unit/test_bench.py \
	tests/unit/app/test_bombs.py tests/unit/app/test_hostile.py tests/unit/app/test_server.py tests/unit/test_readme.py \
	tests/conformance/peers

.DEFAULT_GOAL := help
.PHONY: help demo quick test judges fuzz liars check cover lint bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/run ## November 2015 replayed with five nodes (DEMO_ARGS=--headless ends by itself)
	@$(BIN)/comity demo $(DEMO_ARGS)

quick: lint ## format, lint, types, imports and the fast tests, in a minute: the loop while you work
	@$(BIN)/python -m pytest -q -n auto -m "not hypothesis and not slow" $(addprefix --ignore=,$(LONG)) $(TEST_ARGS) tests/unit tests/conformance

test: $(VENV)/dev ## every test that can run here, on all cores; what is drawn is the same in every run
	@$(BIN)/python -m pytest -q -n auto $(TEST_ARGS)

judges: $(VENV)/bin/python ## install the verifiers of others that judge our exports in make test (Debian's Go, npm, PyPI)
	@tests/conformance/peers/install $(VENV)/judges $(BIN)/python

fuzz: $(VENV)/dev ## the tests that draw their cases, with fresh draws (FUZZ_ARGS=--hypothesis-seed=N repeats a run)
	@$(BIN)/python -m pytest -q -n auto -m hypothesis --hypothesis-profile=fresh $(FUZZ_ARGS) tests

liars: $(VENV)/dev ## 100,000 proof files that liars make, with fresh draws, each verdict compared with what happened (LIARS_ARGS)
	@cd tests && ../$(BIN)/python -m liars $(LIARS_ARGS)

check: lint cover test ## format, lint, types, import contracts, every test, and the coverage of the core

cover: $(VENV)/dev ## that every branch of proof, exchange and checks is tested by their own tests
	@$(BIN)/coverage run -m pytest -q tests/unit/proof tests/unit/exchange tests/unit/checks tests/property/test_exchange_laws.py
	@$(BIN)/coverage report --fail-under=100

lint: $(VENV)/dev ## format, lint, types and import contracts alone
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports | tail -n 12

bench: $(VENV)/dev ## what it costs, as ratios in one run (docs/bench.md says what is timed)
	@$(BIN)/python -m bench $(BENCH_ARGS)

clean: ## remove .venv and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Comity needs Python 3.11 or newer; this is %s. Name another with: make PYTHON=python3.12" % sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run: requirements.lock pyproject.toml $(VENV)/bin/python
	@echo "installing into $(VENV) ..." >&2
	@$(PIP) -r requirements.lock
	@$(BIN)/python -m pip --disable-pip-version-check -qq install --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/run
	@$(PIP) -r requirements-dev.lock
	@touch $@
