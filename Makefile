# Two commands matter: `make run` and `make test`. Everything they need is set up on the way.
PY := .venv/bin/python
export RASA_TELEMETRY_ENABLED = false
export TF_CPP_MIN_LOG_LEVEL = 3
export SQLALCHEMY_SILENCE_UBER_WARNING = 1

.PHONY: help setup run chat train test lint lock lock-check catalog-check eval bench clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 16

setup: ## the environment in .venv/
	@python3 tools/bootstrap.py

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

lock: setup ## requirements.lock from pyproject.toml
	@$(PY) tools/lock.py

lock-check: setup ## does requirements.lock fit pyproject.toml?
	@$(PY) tools/lock.py --check

clean: ## what can be made again (not var/: that is data)
	rm -rf .venv .cache .rasa models
