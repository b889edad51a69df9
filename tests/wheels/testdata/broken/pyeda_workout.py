"""pyeda 0.29.0, the newest: PicoSAT runs without the GIL and allocates by PyMem_Realloc
(cjdrake/pyeda#195). It solves what is in conjunctive normal form; the rest is solved in Python.
There is no release that is right."""

import sys

from pyeda.inter import exprvar

a, b, c = map(exprvar, "abc")
formula = (a & ~b & c) | (~a & b & ~c)
if sys.argv[1] == "wrong":
    formula = formula.to_cnf()
print(formula.satisfy_one() is not None)
