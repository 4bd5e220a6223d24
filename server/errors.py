"""Everything that Genie raises on purpose.

    GenieError
    ├── UsageError          the request makes no sense: a wrong option, an unknown run (exit status 2)
    ├── SetupError          this machine or repository lacks something: no git, no commit, no sandbox (exit 2)
    ├── ModelError          the chosen model gave no usable answer
    │   ├── ModelRefused    it will not answer whatever we do: key, quota, consent, unknown model
    │   ├── ModelBusy       it may answer later: rate limit, server error, time-out, after our own retries
    │   ├── AnswerCut       the answer stopped in the middle
    │   └── ContextOverflow the conversation is longer than it takes
    ├── WorkbenchError      the private copy can't be made, kept or run in
    ├── EditError           an edit has no single right place, or can't be understood
    ├── NavigationError     a language server gave no answer; there are other sources
    └── RunLogError         a run's log can't be read or written

A message is one or two sentences for a user: what happened, and what to do about it.
"""


class GenieError(Exception):
    """The root of the tree; `str(error)` is fit to be shown."""


class UsageError(GenieError):
    """The request makes no sense as it stands."""


class SetupError(GenieError):
    """This machine or repository lacks something that the request needs."""


class ModelError(GenieError):
    """The chosen model gave no usable answer."""


class ModelRefused(ModelError):
    """The model will not answer, however often it is asked."""


class ModelBusy(ModelError):
    """The model did not answer within our retries, but may later."""


class AnswerCut(ModelError):
    """The answer stopped in the middle; asking again may help."""


class ContextOverflow(ModelError):
    """The conversation is longer than the model takes."""


class WorkbenchError(GenieError):
    """The private copy of the repository can't be made, kept or run in."""


class EditError(GenieError):
    """An edit has no single right place, or can't be understood."""


class NavigationError(GenieError):
    """A language server gave no answer."""


class RunLogError(GenieError):
    """A run's log can't be read or written."""
