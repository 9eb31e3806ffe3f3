"""Why a simulation gave no value, in a chemist's words; the full reason stays with the label."""

_WORDS = (
    ("atoms left their sites", "the simulated crystal did not stay whole"),
    ("left after", "the simulated crystal did not come to rest"),
    ("not converged", "the simulated crystal did not come to rest"),
    ("not settled", "the simulated contact with sodium did not come to rest"),
    ("elastically unstable", "the simulated crystal gives way to a small strain"),
    ("numerical error", "the simulated stiffness is too rough"),
    ("take the measured value", "the measured value is the better one"),
    ("no face matches", "no face of the crystal fits on sodium"),
    ("are charged", "the simulation knows no charged vacancies"),
    ("volume", "the simulated crystal is not the known one"),
    ("space group", "the simulated crystal is not the known one"),
    ("formation energy", "the simulated crystal is not the known one"),
)
"""Part of the reason of a label, and what it means; the first that is found counts."""

UNKNOWN = "the result did not pass its checks"
"""What a reason is called that no part is found in; no reason of the embedded labels is."""

_NAMES = {
    "migration_barrier": "barrier",
    "work_of_adhesion": "work of adhesion",
    "youngs_modulus": "modulus",
}


def why_not_simulated(name: str, reason: str) -> str:
    """State in a few words that a simulation gave no value of a property, and why.

    Parameters
    ----------
    name : str
        Property of the label.
    reason : str
        Of the label.

    Examples
    --------
    >>> why_not_simulated("migration_barrier", "the vacancy at site 4: 0.1 eV/Å left after 9 steps")
    'no barrier by simulation: the simulated crystal did not come to rest'
    """
    found = (words for part, words in _WORDS if part in reason)
    why = next(found, UNKNOWN)
    return f"no {_NAMES.get(name, name.replace('_', ' '))} by simulation: {why}"
