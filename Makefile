# Two commands: `make run` serves http://localhost:7860, `make test` checks everything.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2

.PHONY: run test coverage docs lint lock browser postgresql screenshots clean help

help:            ## list the targets
	@grep -E '^[a-z]+: .*##|^[a-z]+:  *##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

.venv/.run: requirements.txt requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -r requirements.txt
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	$(BIN)/python -m pip install -q -r requirements-dev.txt
	@touch $@

run: .venv/.run  ## set up and serve the dashboard and API on port 7860
	$(BIN)/python -m dashboard

browser:         ## get Chromium and Chinese fonts from apt, where missing and permitted
	@sh tests/browser/install-chromium.sh

postgresql:      ## get a PostgreSQL server for the tests from apt, where missing and permitted
	@sh tests/store/install-postgresql.sh

lint: .venv/.dev ## style, types and import direction
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint browser postgresql ## set up, then lint and run every test (WORKERS processes, a thread each)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

coverage: .venv/.dev browser postgresql ## which lines the tests reach (slower: it watches every one)
	$(BIN)/python -m pytest --cov --cov-report=term

docs: .venv/.dev ## build the documentation as a site into build/site (strict; make test builds it too)
	$(BIN)/python -m mkdocs build --strict

screenshots: .venv/.dev browser ## take the pictures of README and tutorial from the running application
	$(BIN)/python docs/screenshots.py

lock: .venv/.dev ## rewrite requirements.lock from what is installed
	$(BIN)/python -m pip freeze --exclude-editable  | sed -e "s/+cpu$$//" -e "s/^huggingface_hub/huggingface-hub/" -e "s/^prometheus_client/prometheus-client/" > requirements.lock

clean:           ## remove the virtual environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
