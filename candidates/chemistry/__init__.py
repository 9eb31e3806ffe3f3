"""Elements and formulas.

Way in: the text of a formula. Way out: element counts, compositions of many formulas as one sparse
array, and what a symbol stands for (metal, halogen, radius, electronegativity).
"""
