"""Small repairs of Python code, from templates on its syntax tree: text in, ranked candidates out."""
