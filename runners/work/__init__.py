"""One task, the serial runner, the files that a task writes, the progress bar.

The reference that every other runner must equal: no Dask here.
"""
