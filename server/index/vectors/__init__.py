"""What a text means, as a vector, in a file on the disk: kept under the hash of the text, and searched."""
