"""The people behind the cases. Callers own the transaction."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.core.crypto import keyring_of, seal
from backend_api.core.ids import new_id
from backend_api.people.models import Person


async def person_with_phone(
    session: AsyncSession, organisation: UUID, *, phone: str, name: str | None
) -> Person:
    """Who has this number; a new person the first time.

    A number may be anybody's claim: a name that is known stays. The case keeps its own.
    """
    index = keyring_of(session).index(phone)
    await session.execute(
        insert(Person)
        .values(
            id=new_id(),
            organisation_id=organisation,
            phone_index=index,
            phone_sealed=seal(session, phone),
        )
        .on_conflict_do_nothing()
    )
    person = (
        await session.scalars(
            select(Person)
            .where(Person.organisation_id == organisation, Person.phone_index == index)
            .with_for_update()
        )
    ).one()
    if name and person.name_sealed is None:
        person.name_sealed = seal(session, name)
    return person
