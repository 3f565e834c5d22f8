# Two commands: `make run` serves http://localhost:7860, `make test` checks everything.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
# What does not need each other goes on at once: fetching from apt and from PyPI, checking types and testing.
MAKEFLAGS += --jobs=2

.PHONY: run test tests quick ray coverage docs lint style types lock browser postgresql screenshots clean help

help:            ## list the targets
	@grep -E '^[a-z]+: .*##|^[a-z]+:  *##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

.venv/.run: requirements.txt requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q $$($(BIN)/python -m tools.torch_index) -r requirements.txt
	@touch $@

# All in one go: pip takes as long to work out the whole set a second time. It compiles in one process, compileall in as many
# as there are cores; what it cannot compile (packages carry broken files for tests of their own) nobody imports.
.venv/.dev: requirements-dev.txt requirements.txt requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --no-compile $$($(BIN)/python -m tools.torch_index) -r requirements-dev.txt
	$(BIN)/python -W ignore -m compileall -qq -j 0 .venv/lib || true
	@touch .venv/.run $@

run: .venv/.run  ## set up and serve the dashboard and API on port 7860
	$(BIN)/python -m dashboard

browser:         ## get Chromium and Chinese fonts from apt, where missing and permitted
	@sh tests/browser/install-chromium.sh

postgresql: | browser ## get a PostgreSQL server for the tests from apt, where missing and permitted
	@sh tests/store/install-postgresql.sh

lint: types style ## style, types and import direction

types: .venv/.dev
	$(BIN)/mypy

style: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m tools.lint

test: types tests ## set up, then lint and run every test (WORKERS processes, a thread each)

quick: .venv/.dev ## the fast tests: no browser, no server, no PostgreSQL, no builds, no long statistics
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not slow and not browser"

tests: style browser postgresql
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

# An environment of its own: these packages take a gigabyte that no other test needs.
.venv-ray/.ready: requirements-dev.txt requirements.txt requirements.lock pyproject.toml
	test -x .venv-ray/bin/python || $(PYTHON) -m venv .venv-ray
	.venv-ray/bin/python -m pip install -q $$(.venv-ray/bin/python -m tools.torch_index) -r requirements-dev.txt -e '.[ray,faiss,milvus]' milvus==2.3.5
	@touch $@

ray: .venv-ray/.ready ## the tests that need Ray, FAISS and a Milvus server (a gigabyte more of packages)
	OMP_NUM_THREADS=1 .venv-ray/bin/python -m pytest tests/encoding/test_on_ray.py tests/corpus/test_spread_on_ray.py \
		tests/corpus/test_milvus_server.py tests/corpus/test_spread.py tests/corpus/test_within.py

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
