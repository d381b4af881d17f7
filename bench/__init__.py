"""Measurements of the running service: `./hualiao bench NAME`. Never timed tests."""
