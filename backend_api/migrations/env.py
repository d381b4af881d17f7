"""Alembic's entry: which tables there are and how to reach the database."""

from alembic import context
from sqlalchemy import create_engine, pool

from backend_api.migrations.tables import METADATA


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """procrastinate keeps its own tables."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_name=_ours,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
