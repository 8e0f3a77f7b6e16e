"""How hypothesis draws: the same in every run, so that what passed yesterday fails today by a change alone.

`fixed` is what `make test`, `make check` and CI use; `fresh` draws anew, for `make fuzz`. Neither keeps a database of
examples, which would make two runs of the same code differ, and neither has a deadline: a busy machine is no fault.
"""

import importlib
import pkgutil

from hypothesis import settings

import comity

# Hypothesis draws on the constants of all modules that are loaded: load them all, so that the order of tests changes no draw.
for _module in pkgutil.walk_packages(comity.__path__, "comity."):
    importlib.import_module(_module.name)

settings.register_profile("fixed", derandomize=True, deadline=None, database=None, print_blob=True)
settings.register_profile("fresh", derandomize=False, deadline=None, database=None, print_blob=True)
settings.load_profile("fixed")
