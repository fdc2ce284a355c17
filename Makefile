# `make` or `make help` lists what there is. Every target sets up .venv by itself, when it is not up to date.
#
#   PYTHON=/path/to/python   the interpreter to use (3.11 or 3.12); without it one is looked for
#   VENV=.venv               where the virtual environment is kept

VENV ?= .venv
BIN := $(VENV)/bin
FUZZ_EXAMPLES ?= 2000
KILLS ?= 50
LOAD_SECONDS ?= 600
export VENV

.DEFAULT_GOAL := help
.PHONY: help demo test test-all check fuzz agree serve postgresql spark mutate bench load peer examples reference docs lock clean ready-to-run ready-to-develop

help: ## List these targets
	@printf 'make TARGET, where TARGET is one of:\n\n'
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r target does; do \
		printf '  %-10s %s\n' "$$target" "$$does"; done

demo: ready-to-run ## Screen an example patient for a trial and explain the answer
	@$(BIN)/trialsieve screen examples/NCT04762485/needs-review.json --trial NCT04762485 --as-of 2026-11-20 --format table
	@printf '\nWhat to try next:\n'
	@printf '  %s\n' \
		'. $(BIN)/activate' \
		'trialsieve screen examples/NCT04762485 --trial NCT04762485 --as-of 2026-11-20' \
		'trialsieve show NCT04762485            # the criteria, their rules, and what is on hold' \
		'trialsieve screen YOUR-BUNDLE.json     # your own FHIR data; it stays on this machine' \
		'trialsieve --help'

test: ready-to-develop ## Run the tests
	$(BIN)/pytest -n auto --dist loadfile

test-all: ## All of that on each supported Python, check, fuzz, load, PostgreSQL, and Spark where Java is
	tools/test_all.sh

check: ready-to-develop ## Lint, format, types, import direction, rule files, terminology, coverage
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/trialsieve lint --examples
	$(BIN)/python -m trialsieve.rules.check_terminology
	$(BIN)/python -m trialsieve.rules.check_coverage

fuzz: ready-to-develop ## Run the property tests on many more examples (FUZZ_EXAMPLES=2000)
	TRIALSIEVE_FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/pytest -n auto --dist worksteal -m fuzz --hypothesis-profile=fuzz
	TRIALSIEVE_KILLS=$(KILLS) $(BIN)/pytest tests/batch/test_resume.py

agree: ready-to-develop ## Ask whether the evaluators agree on all inputs and 300 random trials (TRIALSIEVE_VOLUME, TRIALSIEVE_SAMPLES)
	PYTHONPATH=benchmarks:tests/properties $(BIN)/python tools/agreement.py

serve: ready-to-develop ## Answer CDS Hooks and REST requests on this machine, at http://localhost:8080
	$(BIN)/trialsieve serve

spark: ## Run a batch on a local Spark cluster of two executors (Java 17; installs Spark into .venv-spark)
	@VENV=.venv-spark tools/check_java.sh
	@VENV=.venv-spark tools/set_up.sh spark
	.venv-spark/bin/pytest tests/spark --override-ini addopts='-ra --strict-markers --strict-config --import-mode=importlib'

postgresql: ## Run the tests of the storage on a PostgreSQL server (installs one into .venv-postgresql)
	@VENV=.venv-postgresql tools/set_up.sh postgresql
	TRIALSIEVE_POSTGRESQL=1 .venv-postgresql/bin/pytest tests/service_store

mutate: ready-to-develop ## Change the rule files in one place at a time; the tests must notice (FILES=NCT04762485)
	@$(BIN)/python tools/mutate.py $(FILES)

bench: ready-to-develop ## Measure everything side by side as one table (TRIALSIEVE_VOLUME=folder of Bundles as NDJSON), then the service
	$(BIN)/python benchmarks/table.py
	$(BIN)/python benchmarks/service.py

load: ready-to-develop ## Put the service under full load, of valid, broken and hostile requests (LOAD_SECONDS=600)
	$(BIN)/python benchmarks/load.py --seconds $(LOAD_SECONDS)

peer: ready-to-develop ## Compare with cql-execution on the same Bundles (Node.js and npm; TRIALSIEVE_VOLUME as for bench)
	$(BIN)/python benchmarks/peer.py

examples: ready-to-run ## Make the example patients and their expected results, to be reviewed
	@$(BIN)/python examples/make_examples.py

reference: ready-to-develop ## Write docs/reference from the rule files
	@$(BIN)/python tools/build_docs.py

docs: reference ## Build the documentation's site into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@printf 'The site is in site/; its search needs a server: %s\n' '$(BIN)/python -m http.server --directory site'

lock: ready-to-develop ## Pin the dependencies anew (UPGRADE=--upgrade takes newer releases)
	@tools/lock.sh $(UPGRADE)

clean: ## Remove the virtual environment, what was built, and caches
	rm -rf $(VENV) .venv-postgresql .venv-spark build dist site benchmarks/cql/node_modules src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready-to-run:
	@tools/set_up.sh run

ready-to-develop:
	@tools/set_up.sh dev
