# Two commands for a newcomer: `make demo` and `make test`. Both set up what they need in .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
UV := $(BIN)/uv
# A folder of wheels that pip is told of serves uv as well (a CPU build of torch, for instance).
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
export UV_LINK_MODE ?= copy
export UV_COMPILE_BYTECODE ?= 1
TORCH ?= torch==2.13.0
# It needs a newer Node than systems have, and of its 2.5 GB of optional packages only its database.
PROMPTFOO ?= promptfoo@0.123.1
# Processes that share the tests, a file at a time.
WORKERS ?= 2

.PHONY: help demo test prove servers lint types bench peers audit release docs setup clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/core  ## run the embedded safety suite on an organism and write its report
	$(BIN)/mmdt run organism/demo --select 'safety/**' --out demo --fresh
	$(BIN)/mmdt report demo

test: .venv/test chromium  ## every test (the ones that need a browser install it if they may)
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadfile $(PYTEST)

prove: .venv/test  ## long simulations; their figures go to docs/evidence.md
	rm -f build/evidence.jsonl
	MMDT_EVIDENCE=build/evidence.jsonl $(BIN)/python -m pytest -m prove --timeout=1800 --numprocesses=$(WORKERS) $(PYTEST)
	$(BIN)/python -m tests.evidence build/evidence.jsonl docs/evidence.md

servers: .venv/test  ## real model servers for `make prove`, each in an environment of its own (builds llama.cpp: minutes)
	for name in llama litellm; do \
	  $(UV) venv --quiet --allow-existing --python $(BIN)/python .venv-servers/$$name && \
	  $(UV) pip install --quiet --python .venv-servers/$$name --group pyproject.toml:server-$$name || exit 1; \
	done

lint: .venv/test  ## formatting, lint, import directions and strict types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python -m mypy

bench: .venv-bench/ready  ## performance as ratios against a baseline of the same run (minutes)
	env -u PYTHONDONTWRITEBYTECODE .venv-bench/bin/python -m bench $(BENCH)

peers: $(UV)  ## evalscope and promptfoo, each in an environment of its own, for `make bench` to compare with (1 GB, minutes)
	for name in evalscope promptfoo; do \
	  $(UV) venv --quiet --allow-existing --python $(BIN)/python .venv-peers/$$name && \
	  $(UV) pip install --quiet --python .venv-peers/$$name --group pyproject.toml:peer-$$name || exit 1; \
	done
	cd .venv-peers/promptfoo && PATH="$$PWD/bin:$$PATH" && \
	  npm install --prefix . --no-audit --no-fund --ignore-scripts --omit=optional $(PROMPTFOO) \
	  @libsql/$$(node -p 'process.platform + "-" + process.arch + (process.platform == "linux" ? "-gnu" : "")')

audit: .venv/test .venv-audit/ready  ## licences, bill of materials and known weaknesses of what CI tests (needs a network)
	.venv-audit/bin/python -m tools.supply $(BIN)/python --weaknesses

release: .venv/test .venv-audit/ready  ## the packages and what belongs to a release, in dist/ (works offline)
	rm -rf dist
	.venv-audit/bin/python -m tools.supply $(BIN)/python --out dist/supply
	$(UV) build --quiet --out-dir dist
	cd dist && sha256sum *.whl *.tar.gz supply/* > SHA256SUMS

docs: .venv/test  ## build the site in build/site (warnings are errors), and run every example of the documentation
	$(BIN)/python -m sphinx --fresh-env --fail-on-warning --keep-going -q docs build/site
	$(BIN)/python -m pytest tests/docs -m 'prove or not prove'

setup: .venv/test  ## install everything a developer needs
	$(BIN)/pre-commit install

clean:  ## remove what the targets made
	rm -rf .venv .venv-audit .venv-bench .venv-peers demo runs dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(UV):
	@test -n "$(PYTHON)" || { echo "mmdt needs Python 3.11 or newer: install it, or run make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "mmdt needs Python 3.11 or newer; $(PYTHON) is older: run make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv

.venv/core: $(UV) pyproject.toml
	$(UV) pip install --quiet --python $(BIN)/python --editable .
	@touch $@

.venv/test: .venv/core
	$(UV) pip install --quiet --python $(BIN)/python $(TORCH)
	$(UV) pip install --quiet --python $(BIN)/python --group test --group lint --group docs --editable '.[all]'
	@touch $@

# Peers stay out of the environment of the tests: their dependencies are none of ours.
.venv-bench/ready: $(UV) pyproject.toml
	$(UV) venv --quiet --allow-existing .venv-bench
	$(UV) pip install --quiet --python .venv-bench/bin/python $(TORCH)
	$(UV) pip install --quiet --python .venv-bench/bin/python --group test --group bench --editable '.[all]'
	@touch $@

# Its dependencies must not be among those that are listed.
.venv-audit/ready: $(UV) pyproject.toml
	$(UV) venv --quiet --allow-existing .venv-audit
	$(UV) pip install --quiet --python .venv-audit/bin/python --group audit
	@touch $@

.PHONY: chromium
chromium:
	@if command -v chromium >/dev/null && command -v chromedriver >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing Debian's chromium for the browser tests"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver; } >/dev/null 2>&1 || true; \
	fi; \
	command -v chromium >/dev/null && command -v chromedriver >/dev/null || \
	  echo "no chromium and chromedriver here: the browser tests will be SKIPPED (install both to run them)"
