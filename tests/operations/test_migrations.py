from alembic import command

from backend_api.core.migrate import configuration


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    command.check(configuration(database_url))
