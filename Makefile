# Every target sets up what it needs. Only Python >= 3.12, make and git are expected; lint and test need Node.js as well.
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Compiled Python is kept, whatever the shell says: tests start dozens of processes, and each would compile it again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup run dev check test node lint lint-python lint-javascript format demo-model fitted-models benchmark benchmark-screens benchmark-sweep fuzz lock screenshots browser postgres clean

help:
	@echo "make run [PORT=8501]  start the app on the bundled demo"
	@echo "make dev [PORT=8501]  the same, watching the code"
	@echo "make check            format, lint, types and the tests marked unit: under a minute"
	@echo "make test             every test; as root on Debian it installs Chromium, PostgreSQL and Node.js if missing"
	@echo "make setup            make $(VENV) with everything"
	@echo "make lint | format    ruff, mypy, Biome, tsc | rewrite with ruff and Biome"
	@echo "make demo-model       simulate and fit the demo again (minutes)"
	@echo "make fitted-models    fit the small models of the tests again (minutes)"
	@echo "make benchmark        measure against PyMC-Marketing (minutes)"
	@echo "make benchmark-screens  measure waits in a real browser (minutes)"
	@echo "make benchmark-sweep  measure a sweep of 1,000 groupings, alone and on a cluster"
	@echo "make screenshots      draw docs/screenshots/ again"
	@echo "make fuzz             30,000 mutated files and crafted messages (half an hour)"
	@echo "make lock             compile the requirement files again"

$(READY): pyproject.toml requirements.txt tests/requirements.txt
	@python=$$(sh .ci/find-python) && echo "Making $(VENV) with $$python" && "$$python" -m venv $(VENV)
	@echo "Installing the packages of requirements.txt and tests/requirements.txt into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r tests/requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(READY)

run: setup
	$(BIN)/streamlit run app.py --server.port $(PORT)

dev: setup
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.fileWatcherType auto --server.runOnSave true --client.showErrorDetails full

# Fewer examples of each property than `make test`, and JavaScript only where `make lint` has installed its tools.
check: lint-python
	@if [ -f node_modules/.ready ]; then $(MAKE) --no-print-directory lint-javascript; fi
	$(BIN)/python -m pytest -m unit --hypothesis-profile few_examples --numprocesses 2 --dist loadgroup

test: setup node browser postgres
	$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup --no-loadscope-reorder

node:
	@sh .ci/find-node >/dev/null

postgres:
	@sh .ci/find-postgres >/dev/null

browser:
	@sh .ci/find-browser >/dev/null

node_modules/.ready: package.json package-lock.json .npmrc
	@sh .ci/find-node >/dev/null
	@echo "Installing the packages of package-lock.json into node_modules"
	@npm ci --loglevel=error >/dev/null
	@touch $@

lint: lint-python lint-javascript
	$(BIN)/mypy --any-exprs-report .mypy_cache/any -p mmm_groups >/dev/null
	sh .ci/any-share .mypy_cache/any

lint-python: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

lint-javascript: node_modules/.ready
	node_modules/.bin/biome ci --error-on-warnings .
	node_modules/.bin/tsc

format: setup node_modules/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	node_modules/.bin/biome check --write .

demo-model: setup
	$(BIN)/python -m mmm_groups.data.make_demo_model

fitted-models: setup
	PYTHONPATH=.:tests $(BIN)/python tests/support/make_fitted_models.py

benchmark: setup
	$(BIN)/python benchmarks/optimize.py
	$(BIN)/python benchmarks/curves.py
	$(BIN)/python benchmarks/media_plans.py

benchmark-screens: setup browser
	$(BIN)/python benchmarks/screens.py

benchmark-sweep: setup
	$(BIN)/python benchmarks/sweep.py

screenshots: setup browser
	$(BIN)/python docs/make_screenshots.py

fuzz: setup
	PYTHONPATH=.:tests $(BIN)/python tests/fuzz/long_run.py

lock: setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --no-emit-index-url pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --no-emit-index-url --extra dev -c requirements.txt pyproject.toml -o tests/requirements.txt

clean:
	rm -rf $(VENV) node_modules build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
