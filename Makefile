# `make` alone lists the targets. Every target sets the environment up when it is missing or out of date.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARCHITECTURE ?= arm64
PYTEST_ARGS ?=
BENCH_ARGS ?=
MUTANTS_ARGS ?=
SEED ?= 1
# The longest first. Two processes more than processors: half of them have a local stack, and wait for it most of the time.
TESTS := $(addprefix tests/,e2e simulation guard integration scale fuzz template unit)
QUICK := $(addprefix tests/,simulation template unit)
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
export SAM_CLI_TELEMETRY := 0
# Empty is "no": several processes import the same files, and each would compile them again.
export PYTHONDONTWRITEBYTECODE :=
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup demo test test-quick check local simulate simulate-long scale fuzz chaos receivers screenshots bench mutants
.PHONY: build deploy docs clean lock format

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(READY) ## make .venv (needs Python 3.13) with everything in it

$(READY): requirements/dev.txt pyproject.toml
	@python=$$(command -v python3.13 || true); \
	if ! "$${python:-false}" -c '' 2>/dev/null; then python=$$(pyenv prefix 3.13 2>/dev/null)/bin/python3.13 || true; fi; \
	"$$python" -c '' 2>/dev/null || { echo "Python 3.13 was not found: no python3.13 on PATH, none in pyenv" >&2; exit 1; }; \
	echo "Setting up $(VENV) with $$($$python --version): a minute or two, once"; \
	"$$python" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## the whole story on this machine: ring, verify, deliver, retry
	@$(BIN)/doorbell demo

local: $(READY) ## bring the local stack up and keep it up
	@$(BIN)/doorbell local up

test: $(READY) ## every test: unit, integration, template, e2e
	$(PYTEST) $(wildcard $(TESTS)) $(PYTEST_ARGS)

test-quick: $(READY) ## for in between: unit, template, the short part of the simulation
	$(PYTEST) $(QUICK) -m "not long" $(PYTEST_ARGS)

simulate: $(READY) ## one simulated history as a timeline: make simulate SEED=1457
	PYTHONPATH=layers/core:cli:. $(BIN)/python -m tests.simulation --seed $(SEED)

simulate-long: $(READY) ## 200,000 simulated histories
	PYTHONPATH=layers/core:cli:. $(BIN)/python -m tests.simulation --histories 200000

scale: $(READY) ## what a model says of 1,000, 10,000 and 50,000 events a second: the tables of docs/limits.md
	PYTHONPATH=layers/core:cli:. $(BIN)/python -m tests.scale

fuzz: $(READY) ## 100,000 spoilt requests against ingest, guided by coverage
	PYTHONPATH=layers/core:cli:. $(BIN)/python -m tests.fuzz.ingest -runs=100000

chaos: $(READY) ## 3,000 events on the local stack while workers are killed and AWS goes away
	$(BIN)/python -m pytest tests/chaos -s $(PYTEST_ARGS)

receivers: $(READY) ## every receiver of examples/receivers, run behind the local stack (needs npm, PHP and Ruby)
	RECEIVERS=all $(BIN)/python -m pytest tests/e2e/test_receivers.py $(PYTEST_ARGS)

screenshots: $(READY) ## the console's pages as pictures for docs/ (needs chromium and chromium-driver)
	PYTHONPATH=layers/core:cli:. $(BIN)/python -m tests.screenshots docs/pictures

bench: $(READY) .bench/.ready ## everything measured against its limit: table, JSON, chart (.bench/)
	PYTHONPATH=layers/core:cli:. $(BIN)/python -m tests.bench $(BENCH_ARGS)

.bench/.ready: requirements/bench.txt
	rm -rf .bench/packages
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --target .bench/packages --require-hashes -r $<
	@touch $@

mutants: $(READY) .mutants/packages/.ready ## 1,000 one-line bugs, and which of them no test notices (hours; goes on where it was)
	PYTHONPATH=layers/core:cli:. nice $(BIN)/python -m tests.mutants --seed $(SEED) $(MUTANTS_ARGS)

.mutants/packages/.ready: requirements/mutants.txt
	rm -rf .mutants/packages
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --target .mutants/packages --require-hashes -r $<
	@touch $@

check: $(READY) ## lint, format, types, template
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy layers/core/doorbell cli/doorbell_cli
	@for app in functions/*/app.py; do $(BIN)/mypy "$$app"; done
	$(BIN)/mypy tests
	$(BIN)/cfn-lint template.yaml examples/receivers/lambda/template.yaml
	AWS_DEFAULT_REGION=us-east-1 $(BIN)/sam validate --lint
	$(BIN)/python -m pytest -q tests/unit/test_architecture.py

format: $(READY) ## let ruff format and fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

build: $(READY) ## sam build for AWS; ARCHITECTURE=x86_64 for the other processor
	$(BIN)/sam build --parameter-overrides Architecture=$(ARCHITECTURE)
	$(BIN)/python -m doorbell_cli.stack.finish .aws-sam/build

deploy: build ## sam deploy to the account your AWS credentials are of
	$(BIN)/sam deploy --parameter-overrides Architecture=$(ARCHITECTURE)

docs: $(READY) ## write what is generated in docs/ anew: providers.md, a table of security.md
	$(BIN)/python -m doorbell_cli.providers.index
	$(BIN)/doorbell providers --markdown >docs/providers.md
	$(BIN)/python -m doorbell_cli.captured_requests docs/security.md

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-emit-index-url --no-annotate --no-header
lock: $(READY) ## resolve the pinned and hashed requirements files again
	$(BIN)/python -m pip install --quiet uv
	$(LOCK) --upgrade layers/deps/requirements.in -o layers/deps/requirements.txt
	$(LOCK) --upgrade requirements/dev.in -c layers/deps/requirements.txt -o requirements/dev.txt
	$(LOCK) --upgrade requirements/bench.in -c layers/deps/requirements.txt -o requirements/bench.txt
	$(LOCK) --upgrade requirements/mutants.in -c layers/deps/requirements.txt -o requirements/mutants.txt

clean: ## remove what was built and the environment
	rm -rf $(VENV) .aws-sam .bench .mutants .receivers .mypy_cache .pytest_cache .ruff_cache
