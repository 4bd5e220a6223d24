"""Face 3: what Genie finds and follows, for other agents, by the Model Context Protocol over stdio.

Nothing here writes to the repository or runs anything of it.
"""
