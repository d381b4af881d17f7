"""What we change in Rasa: one file a change, each with its reason and the version it holds for."""
