"""What a text means, as a vector: a model in a process of its own makes it, a file on the disk keeps it.

A vector is kept under the hash of the text that it was made from, so that nothing is ever embedded twice.
The door to the file is `store.open_vectors`, to the model `embedder.Embedder`; `pending.embed_pending` joins
them. The model and its packages are optional; the rest of the index works without them.
"""
