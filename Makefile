# Every target makes its own virtual environment. Needed: Python 3.11+, make, git.
PYTHON ?= python3
BIN := .venv/bin

# demo: the page, or the story where there is no terminal (CI). story: always the story.
.PHONY: demo story pictures run test test-all chaos lint fix bench lock clean

demo: .venv/runtime
	$(BIN)/python -m bot demo $(ARGS)

story: .venv/runtime
	$(BIN)/python -m bot demo --terminal

# The pictures of docs/images, taken anew with Debian's Chromium.
pictures: .venv/dev
	$(BIN)/python docs/screenshots.py

run: .venv/runtime
	$(BIN)/python -m bot run

test: .venv/dev
	$(BIN)/python -m pytest $(ARGS)

# The same with the full counts (the audit log's 20,000 rows from 8 processes).
test-all: .venv/dev
	LATCHKEY_FULL=1 $(BIN)/python -m pytest --timeout 900 $(ARGS)

# Ten thousand operations and a thousand `kill -9`, in bad weather; then an independent checker reads all the books.
# 15 to 20 minutes. CHAOS="--operations 500 --kills 50" for a short one, --database postgresql for the other engine.
CHAOS ?= --operations 10000 --kills 1000
chaos: .venv/dev
	$(BIN)/python -m tests.chaos.run $(CHAOS)

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/dev
	for b in benchmarks/*_bench.py; do $(BIN)/python $$b || exit 1; done

# Compile the lock files anew: exact versions with hashes, and no address in them.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra postgres -o requirements.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --extra postgres --group dev --generate-hashes --no-emit-index-url --no-header -o requirements-dev.txt

.venv/runtime: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -e .venv/dev || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

.venv/dev: requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
