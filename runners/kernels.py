"""Kernels of NumPy and BLAS: pinned to those of any processor of ten years, and named.

NumPy and OpenBLAS choose their kernels by the processor when they are loaded, and the last digits
of exponentials and products go with them: docs/decisions/0024-kernels.md.
"""

import os
import platform
import sys
from collections.abc import MutableMapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

NUMPY, BLAS = "NPY_DISABLE_CPU_FEATURES", "OPENBLAS_CORETYPE"
"""What NumPy and OpenBLAS read when they are loaded; what the user has set wins."""

_V4 = frozenset({"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"})
_ICL = _V4 | {"avx512ifma", "avx512vbmi", "avx512_vbmi2", "avx512_bitalg", "avx512_vnni"}

_ABOVE = {
    "X86_V4": _V4,
    "AVX512_ICL": _ICL,
    "AVX512_SPR": _ICL | {"avx512_fp16"},
}
"""NumPy's names for what lies above the baseline, x86-64-v3, and the flags that go with them."""

_ABOVE_BEFORE_2_4 = {
    "AVX512F": frozenset({"avx512f"}),
    "AVX512CD": frozenset({"avx512f", "avx512cd"}),
    "AVX512_SKX": _V4,
    "AVX512_CLX": _V4 | {"avx512_vnni"},
    "AVX512_CNL": _V4 | {"avx512ifma", "avx512vbmi"},
    "AVX512_ICL": _ICL,
    "AVX512_SPR": _ICL | {"avx512_fp16"},
}

_BASELINE = "Haswell"
"""OpenBLAS's name for the baseline."""

_CPUINFO = Path("/proc/cpuinfo")


def pin(environment: MutableMapping[str, str] | None = None) -> None:
    """Ask for the kernels of the baseline, where NumPy is yet to be loaded.

    Only where the flags of the processor can be read: NumPy warns of a name that a processor has
    not, and OpenBLAS would run what it cannot.

    Parameters
    ----------
    environment : MutableMapping, optional
        Of processes to be started; of this one, which its workers inherit, if left out, unless
        NumPy is loaded already.
    """
    if environment is None:
        if "numpy" in sys.modules:
            return
        environment = os.environ
    flags = _flags()
    above = [name for name, needed in names_above().items() if needed <= flags]
    # NumPy takes no list of what to leave out beside one of what to use.
    if above and "NPY_ENABLE_CPU_FEATURES" not in environment:
        environment.setdefault(NUMPY, ",".join(above))
    if {"avx2", "fma"} <= flags:
        environment.setdefault(BLAS, _BASELINE)


def names_above() -> dict[str, frozenset[str]]:
    """Return the names that this NumPy has for kernels above the baseline, and their flags."""
    major, minor = map(int, version("numpy").split(".")[:2])
    return _ABOVE if (major, minor) >= (2, 4) else _ABOVE_BEFORE_2_4


def job_lines() -> list[str]:
    """Write the lines of a job's script that pin its workers, whatever processor they find."""
    blas = f"grep -qw avx2 {_CPUINFO} 2>/dev/null && export {BLAS}={_BASELINE}"
    return [f"export {NUMPY}={','.join(names_above())}", blas]


@cache
def kernels() -> str:
    """Name what this process computes with, in one line.

    Examples
    --------
    >>> kernels().split(", ")[0] == platform.machine()
    True
    """
    import numpy as np
    from threadpoolctl import threadpool_info

    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    features = simd.get("found") or simd.get("baseline", ())
    blas = {
        f"{one['internal_api']} {one.get('architecture') or one['version']}"
        for one in threadpool_info()
        if one["user_api"] == "blas"
    }
    library = "-".join(platform.libc_ver()).strip("-")
    named = [f"NumPy {' '.join(features)}", *sorted(blas), library]
    return ", ".join([platform.machine(), *filter(None, named)])


def mix(named: set[str]) -> str:
    """Warn that results come from several kernels; empty where they come from one.

    Results without a name, of an older version, are not counted.

    Examples
    --------
    >>> mix({"x86_64, NumPy X86_V3", ""})
    ''
    >>> print(mix({"arm64", "x86_64"}))
    computed with several kernels, last digits may differ: arm64; x86_64
    """
    several = sorted(named - {""})
    told = "computed with several kernels, last digits may differ: " + "; ".join(several)
    return told if len(several) > 1 else ""


def _flags() -> frozenset[str]:
    """Return the flags of the processor; none where they cannot be read, or it is no x86."""
    try:
        lines = _CPUINFO.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return frozenset()
    line = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(line.partition(":")[2].split())
