"""Who answers: an OpenAI-compatible server, the editor's own model, the offline engine, or a script.

All four are one thing to the rest of the house: a `contract.Model`.
"""
