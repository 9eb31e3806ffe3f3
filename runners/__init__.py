"""The only place with processes, shards and Dask; the command line."""
