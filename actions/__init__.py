"""The Rasa actions: slots in, business call, messages out. Importing the package makes all of them known."""

from actions import (  # noqa: F401
    asking,
    faq,
    forms,
    journey,
    keeping,
    meta,
    numbers,
    people,
    plans,
    privacy,
    session,
    submission,
    telling,
    testing,
    understanding,
)
