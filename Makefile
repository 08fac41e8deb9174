# Two commands matter: `make run` and `make test`. Everything they need is set up on the way.
PY := .venv/bin/python
export RASA_TELEMETRY_ENABLED = false
export TF_CPP_MIN_LOG_LEVEL = 3
export SQLALCHEMY_SILENCE_UBER_WARNING = 1

.PHONY: help setup run chat train test lint lock lock-check catalog-check eval bench soak screenshots clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 16

# the first Python that really runs starts the set-up: a name on PATH may be a shim that fails
setup: ## the environment in .venv/
	@for python in "$(PYTHON)" python3 /usr/bin/python3 /usr/local/bin/python3 python; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 6))' 2>/dev/null \
			&& exec "$$python" tools/bootstrap.py; \
	done; \
	echo '需要先安装 python3（例如 apt-get install python3 python3-pip）：这台机器上没有一个能运行的。' >&2; exit 1

run: setup ## the assistant on http://127.0.0.1:5005
	@exec $(PY) -m hotline run

chat: setup ## a conversation in the terminal
	@exec $(PY) -m hotline chat

train: setup ## the model in models/, if the data changed
	@$(PY) -m hotline train

test: setup lint ## all checks and tests
	@$(PY) -m hotline train
	@$(PY) -m pytest

lint: setup ## ruff and mypy
	@$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy

catalog-check: setup ## prices and rules in data/catalog
	@$(PY) -m hotline catalog check

eval: setup ## how well the assistant understands: docs/nlu.md
	@$(PY) -m hotline nlu evaluate

bench: setup ## the product beside stock Rasa: docs/benchmarks.md (BENCH="product report" for pieces)
	@$(PY) -m bench $(BENCH)

soak: setup ## every question at every field, then kill -9 again and again under load (KILLS=100)
	@$(PY) -m hotline train
	@HOTLINE_SOAK=1 $(PY) -m pytest tests/dialogues/test_everywhere.py
	@$(PY) tests/runtime/siege.py --kills $(or $(KILLS),100)

screenshots: setup ## pictures of the chat window into docs/pictures (needs Chromium and a Chinese font)
	@$(PY) -m tests.web.screenshots

lock: setup ## requirements.lock from pyproject.toml
	@$(PY) tools/lock.py

lock-check: setup ## does requirements.lock fit pyproject.toml?
	@$(PY) tools/lock.py --check

clean: ## what can be made again (not var/: that is data)
	rm -rf .venv .cache .rasa models
