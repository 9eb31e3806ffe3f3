"""What makes ASE's calculators of the built-in potentials, on one thread of a CPU or on a GPU."""

import os
from pathlib import Path
from typing import Any

_ONE_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
"""Flags with which XLA leaves the other cores to other workers."""


def sevennet(model: str, modal: str | None = None) -> Any:
    """Make a calculator of SevenNet; `modal` is the functional of a model that has several."""
    import torch
    from sevenn.calculator import SevenNetCalculator

    options = {} if modal is None else {"modal": modal}
    if torch.cuda.is_available():
        return SevenNetCalculator(model, device="cuda", **options)
    torch.set_num_threads(1)
    return SevenNetCalculator(model, device="cpu", **options)


def nequix(model_name: str, model_path: str) -> Any:
    """Make a calculator of nequix, which fetches the file by its name if it is not there."""
    os.environ.setdefault("XLA_FLAGS", _ONE_THREAD)
    from nequix.calculator import NequixCalculator

    path = model_path if Path(model_path).exists() else None
    return NequixCalculator(model_name=model_name, model_path=path, backend="jax", use_kernel=False)
