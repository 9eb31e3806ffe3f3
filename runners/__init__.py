"""The only place with processes, folders and Dask; the command line."""
