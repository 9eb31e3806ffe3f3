"""Learning curves: the error on unseen chemical systems by the number of rows learned from.

    python benchmarks/learning_curve.py [TARGET …]

Prints a table in Markdown. The tested rows are the same for every size: those of the first grouped
fold; the rows learned from are drawn from the rest of it, three times for each size.
"""

import sys

import numpy as np

from maiscreen.models.learning.splits import grouped_folds
from maiscreen.models.learning.training import embedded_training
from maiscreen.models.learning.validation import fit_recipe, prepare

TARGETS = ("bulk_modulus_gpa", "shear_modulus_gpa")
SIZES = (100, 300, 1000, 3000)
DRAWS = 3


def curve(target: str) -> list[tuple[int, float, float]]:
    """Give rows, mean and standard deviation of the mean absolute error."""
    material = prepare(embedded_training(target))
    train, test = grouped_folds(material.compositions)[0]
    rng = np.random.default_rng(0)
    points = []
    for size in (*SIZES, len(train)):
        errors = []
        for seed in range(DRAWS if size < len(train) else 1):
            model = fit_recipe(material, rng.choice(train, size, replace=False), seed)
            apart = model.predict(material.features[test]) - material.learned[test]
            errors.append(float(np.abs(apart).mean()))
        points.append((size, float(np.mean(errors)), float(np.std(errors))))
    return points


def main() -> None:
    """Print the table."""
    targets = sys.argv[1:] or TARGETS
    print("| target | rows | MAE | ± |\n|---|---|---|---|")
    for target in targets:
        for rows, mean, spread in curve(target):
            print(f"| {target} | {rows} | {mean:.4f} | {spread:.4f} |", flush=True)


if __name__ == "__main__":
    main()
