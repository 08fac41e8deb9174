"""Alembic's way in. The connection comes from `Database.upgrade`; there is nothing to configure."""

import importlib
import pkgutil

from alembic import context

import hotline.store.models as areas
from hotline.store.models.base import Base

for area in pkgutil.iter_modules(areas.__path__):
    importlib.import_module(f"{areas.__name__}.{area.name}")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
