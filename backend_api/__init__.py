"""The only owner of the database; one folder per noun."""
