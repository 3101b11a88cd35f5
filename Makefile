# Two commands need nothing but Python 3.11+ and make:  make demo   make test
# The virtual environment in .venv is made on first use and renewed when its requirements change.

TESTS ?= tests
PYTEST_ARGS ?= -q -n 2 --dist worksteal

# uv is used when it is there, because it is faster; `make UV= test` does without.
UV ?= $(shell command -v uv 2>/dev/null)
NEEDED = sqlite3, ssl, sys, venv$(if $(UV),,, ensurepip)
USABLE = -c 'import $(NEEDED); sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$p $(USABLE) 2>/dev/null && echo $$p && break; done)

VENV := .venv
BIN := $(VENV)/bin
SOURCES := fulfillment tests benchmarks migrations wsgi.py
PRESENT = $(wildcard $(SOURCES))

ifneq ($(UV),)
CREATE = $(UV) venv --quiet --clear --python "$$(command -v $(PYTHON))" $(VENV)
INSTALL = $(UV) pip install --quiet --python $(BIN)/python -c constraints.txt -e
else
# Without --no-compile pip spends a third of its time on bytecode, most of it for modules nobody imports.
CREATE = $(PYTHON) -m venv --clear $(VENV)
INSTALL = $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt -e
endif

# Whatever the caller's shell has active must not leak into the project's own environment.
unexport VIRTUAL_ENV
unexport PYTHONPATH
unexport PYTHONHOME
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo serve test bench growth chaos check format lint types contracts lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.demo ## run the main job on real orders, on the embedded database
	$(BIN)/fulfillment demo

serve: $(VENV)/.demo ## run web, scheduler and worker on this machine
	$(BIN)/fulfillment serve

test: $(VENV)/.test ## run all tests, on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest $(PYTEST_ARGS) $(TESTS)

bench: $(VENV)/.bench ## measure the hot path against the limits of its databases (BENCH_ARGS=--quick)
	$(BIN)/python -m benchmarks.hotpath $(BENCH_ARGS)

growth: $(VENV)/.bench ## measure the hot calls at 100 times the data (GROWTH_ARGS="--scale 10")
	$(BIN)/python -m benchmarks.growth $(GROWTH_ARGS)

chaos: $(VENV)/.test ## attack the service: kills, cuts, full disks (CHAOS_ARGS="--engine sqlite --seconds 60")
	$(BIN)/python -m benchmarks.chaos $(CHAOS_ARGS)

check: $(VENV)/.dev lint types contracts test ## format, lint, types, import contracts, tests: the gate

format: $(VENV)/.dev ## rewrite the code in the common format
	$(BIN)/ruff check --fix $(PRESENT)
	$(BIN)/ruff format $(PRESENT)

lint: $(VENV)/.dev
	$(BIN)/ruff format --check $(PRESENT)
	$(BIN)/ruff check $(PRESENT)

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

lock: $(VENV)/.dev ## write constraints.txt anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --all-extras --upgrade --no-annotate --no-header \
		--python-version 3.11 pyproject.toml -o constraints.txt

clean: ## remove the virtual environment and all caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/.created:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed (Debian: python3-venv); \
	name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(CREATE)
	@touch $@

$(VENV)/.demo: EXTRAS = demo
$(VENV)/.test: EXTRAS = test,postgres,demo
$(VENV)/.dev: EXTRAS = dev,test,postgres,demo
$(VENV)/.bench: EXTRAS = test,postgres,demo,bench
$(VENV)/.demo $(VENV)/.test $(VENV)/.dev $(VENV)/.bench: $(VENV)/.created pyproject.toml constraints.txt
	$(INSTALL) '.[$(EXTRAS)]'
	@touch $@
