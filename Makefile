# make run    set everything up and make a brief of the bundled example
# make test   set everything up and run the tests
# make bench  measure speed and memory on this machine
# make bench-eval DATA=DIR  score the embedded model and every baseline on the development sets
# make bench-check DATA=DIR  planted errors that the check finds, and its false alarms
# make bench-facts DATA=DIR  what guiding, choosing and verifying each change
# make bench-names  how near romanisation comes to the spelling that officials use
# make lint   ruff, mypy and the import contracts

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=

.PHONY: run test bench bench-check bench-eval bench-facts bench-names lint clean

run: $(READY)
	$(BIN)/python -m pipeline models prepare
	$(BIN)/python -m pipeline run $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest $(ARGS)

bench-eval: $(READY)
	@test -n "$(DATA)" || { echo "say where the development sets are: make bench-eval DATA=../shared/data"; exit 1; }
	$(BIN)/python -m evaluation.results --data "$(DATA)" $(ARGS)

bench-check: $(READY)
	@test -n "$(DATA)" || { echo "say where gold_dev.jsonl is: make bench-check DATA=../shared/data"; exit 1; }
	$(BIN)/python -m evaluation.bench_check --data "$(DATA)" $(ARGS)

bench-facts: $(READY)
	@test -n "$(DATA)" || { echo "say where gold_dev.jsonl is: make bench-facts DATA=../shared/data"; exit 1; }
	$(BIN)/python -m evaluation.bench_facts --data "$(DATA)" $(ARGS)

bench-names: $(READY)
	$(BIN)/python -m evaluation.bench_names

bench: $(READY)
	$(BIN)/python -m evaluation.bench $(ARGS)
	$(BIN)/python -m evaluation.bench_seq2seq

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(READY): pyproject.toml setup.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "thai-brief needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@# torch first and pinned: other packages then take it, not the several gigabytes of a CUDA build
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

clean:
	rm -rf $(VENV) out build *.egg-info
