"""Running the service on one machine: environments, PostgreSQL, processes, training, copies.

Nothing here is imported by the service itself; only the command line and the tests use it.
"""
