"""Property tests take the time they take: the machine may be busy."""

from hypothesis import settings

settings.register_profile("edits", deadline=None)
settings.load_profile("edits")
