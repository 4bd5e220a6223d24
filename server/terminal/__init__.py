"""The `genie` command."""
