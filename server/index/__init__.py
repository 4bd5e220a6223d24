"""Files become chunks and symbols, those become ranked spans within a budget of tokens."""
