# `make run` screens the default campaign; `make test` checks everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= campaigns/default

.PHONY: run test test-data test-potential bench fuzz predictions clean

run: $(VENV)/.installed
	$(BIN)/maiscreen run --out $(OUT)

test: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

# The embedded data against their sources: every byte against the published wheel (33 MB).
test-data: $(VENV)/.installed-test
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --python-version 3.9 --only-binary :all: -d build/wheel crabnet==2.0.8
	$(BIN)/pytest -m data

# The tests that simulate, with the real interatomic potential.
test-potential: $(VENV)/.installed-potential
	$(BIN)/pytest -m potential

# Times, ratios and memory, on one core but for the workers: docs/performance.md. QUICK=1 is short.
bench: $(VENV)/.installed-test
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/bench.py $(if $(QUICK),--quick)

# Damaged files for every reader: docs/hostile_input.md. The last line is JSON.
CASES ?= 20000
SEED ?= 1
fuzz: $(VENV)/.installed-test
	OMP_NUM_THREADS=1 PYTHONIOENCODING=utf-8:backslashreplace $(BIN)/python tests/fuzz/fuzz_run.py --cases $(CASES) --seed $(SEED)

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	touch $@

# torch first, by itself: otherwise gigabytes for graphics cards come along.
$(VENV)/.installed-potential: $(VENV)/.installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[potential]"
	touch $@

# After training the embedded models anew: what they say of the phases of the default campaign.
predictions: $(VENV)/.installed
	$(BIN)/python -c "from maiscreen.screen.embedding import answers; print(answers(), end='')" > models/data/predicted.csv.new
	mv models/data/predicted.csv.new models/data/predicted.csv

clean:
	rm -rf $(VENV) build dist *.egg-info
