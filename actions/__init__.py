"""What Rasa decided is done here, through the backend's HTTP API only."""
