"""When it happened: dates, vague times and ranges, resolved against the time of the message.

Complaints speak of the past, so a date without a year is the latest one that is not after `now`.
Durations (干了四十六天) are no times.
"""

from backend_api.understanding.times.find import find_times
from backend_api.understanding.times.words import TimeWords, time_words

__all__ = ["TimeWords", "find_times", "time_words"]
