"""Every store test runs on SQLite and PostgreSQL."""

import pytest

from hotline.store.database import Database
from tests.databases import database, postgres_url, sqlite_template
from tests.store.world import World, make_world

__all__ = ["database", "postgres_url", "sqlite_template", "world"]


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database)
