"""One campaign folder: place, lock, log, receipts, status, verification.

The folder may lie on this machine or in object storage. Shards are written whole or not at all;
receipts are validated before a part counts. docs/failures.md, docs/storage.md.
"""
