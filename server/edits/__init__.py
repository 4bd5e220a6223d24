"""Pure text: what a model wrote becomes edits; edits and a file become a new file, or a reason why not."""
