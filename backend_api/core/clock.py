"""The only place that reads the wall clock."""

from datetime import UTC, date, datetime, timedelta, timezone


def now() -> datetime:
    return datetime.now(UTC)


# One time zone and no summer time: no time zone database is needed.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")


def day_in_china(at: datetime) -> date:
    return at.astimezone(CHINA).date()
