"""The engine: Rasa and what we add to it. Runs in its own environment, bot/.venv."""
