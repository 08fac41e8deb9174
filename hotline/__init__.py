"""The China Mobile 400-number assistant: everything that is not a Rasa action."""
