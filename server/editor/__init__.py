"""Face 2: the language server. It and navigation/, the two ends of that protocol, know pygls and lsprotocol.

It keeps no state of its own about a run: it folds the run's log, shows the fold, and turns what the user does
into events. The user's files are changed through the editor alone, so that the editor's undo works.
"""
