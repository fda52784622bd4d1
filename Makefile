# `make setup`, `make run`, `make test` and `make nightly` need Python 3.11 or later, git and make; the rest is installed from the locks.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
# The locks are whole, so nothing is left to resolve; an older pip would ask for the newest `coverage[toml]` and then miss its hash.
INSTALL := $(PIP) install --no-deps --require-hashes -r
LOCK := $(BIN)/pip-compile -q --strip-extras --generate-hashes --all-build-deps --unsafe-package pip \
	--no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links
WORKERS ?= 2
NIGHTLY ?= tests/service/test_replay.py tests/service/test_known_answers.py tests/service/api/test_final.py \
	tests/service/api/test_described.py tests/service/cli/test_restart.py tests/projections/test_tenures.py \
	tests/projections/test_diff.py tests/projections/test_moments.py tests/projections/test_explaining.py

.PHONY: setup run test nightly lint format lock clean

setup: .venv/dev.stamp

run: .venv/run.stamp
	$(BIN)/annals serve --example examples/openai-2024-09.ndjson

test: setup lint
	$(BIN)/coverage erase
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --cov --cov-report=
	$(BIN)/coverage report --skip-covered --include='events/*,projections/*' --fail-under=98
	$(BIN)/coverage report --skip-covered --include='service/*' --fail-under=90

# What takes too long by day: thousands of random worlds and the whole of `../shared/data`, if it is there, on both engines.
nightly: setup
	HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -n $(WORKERS) $(NIGHTLY)

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# `make lock LOCK_FLAGS=--upgrade` takes the newest versions that the project allows.
# The closing note of pip-compile is cut: pip itself is the one that the virtual environment brings.
lock: setup
	$(LOCK) $(LOCK_FLAGS) -o requirements.lock pyproject.toml
	$(LOCK) $(LOCK_FLAGS) --extra otel -c requirements.lock -o requirements-otel.lock pyproject.toml
	$(LOCK) $(LOCK_FLAGS) --extra otel --extra dev -c requirements-otel.lock -o requirements-dev.lock pyproject.toml
	for lock in requirements.lock requirements-otel.lock requirements-dev.lock; do \
		sed -e '/^# WARNING/,$$d' -e '/^$$/d' $$lock > .venv/cut.lock && cp .venv/cut.lock $$lock; done

clean:
	rm -rf .venv build dist *.egg-info .coverage .coverage.* .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Annals needs Python 3.11 or later, not " + sys.version)'
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.lock pyproject.toml | .venv/bin/python
	$(INSTALL) requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	$(INSTALL) requirements-dev.lock
	touch $@
