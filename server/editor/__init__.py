"""The language server behind the extension: the only room that knows pygls, lsprotocol and JSON-RPC."""
