"""Property tests of this room run on shared machines: no time limit for a single example."""

from hypothesis import settings

settings.register_profile("values", deadline=None, max_examples=40)
settings.load_profile("values")
