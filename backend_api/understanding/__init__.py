"""What a message says: matters, facts, crisis and personal data. Pure; see `pipeline.analyse`.

Nothing is imported here: the api reads stored analyses and needs no model.
"""
