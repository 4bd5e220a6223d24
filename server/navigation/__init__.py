"""Go to definition and references by real language servers, which are started here and ended here.

Names alone can't tell whose method is called; a language server knows types and imports. One is started when
it is first asked about its language, on the private copy, and is gone when it is idle, too large, broken, or
no longer needed. Whatever goes wrong is one NavigationError with a word why, so that the caller can fall back
on the index.
"""
