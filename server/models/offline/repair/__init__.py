"""Small repairs of Python code from templates on its syntax tree: pure functions, text in, ranked candidates out."""
