"""The only place the console reads the time, and how it writes it: China has one time zone."""

from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def now() -> datetime:
    return datetime.now(UTC)


def stamp(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


def hour(at: datetime, today: datetime) -> str:
    local = at.astimezone(CHINA)
    same_day = local.date() == today.astimezone(CHINA).date()
    return f"{local:%H:%M}" if same_day else f"{local:%m-%d %H:%M}"


def minutes_between(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds() // 60))
