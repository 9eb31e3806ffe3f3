"""Dask: local workers, a scheduler over TLS, the jobs of a queue; failures of workers.

The only sub-package that imports ``distributed``. Way in: a plan of tasks and how to perform one.
Way out: outcomes, whatever happened to the workers. docs/clusters.md.
"""
