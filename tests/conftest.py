"""How hypothesis draws: the same in every run, so that what passed yesterday fails today by a change alone.

`fixed` is what `make test`, `make check` and CI use; `fresh` draws anew, for `make fuzz`. Neither keeps a database of
examples, which would make two runs of the same code differ, and neither has a deadline: a busy machine is no fault.
"""

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None, database=None, print_blob=True)
settings.register_profile("fresh", derandomize=False, deadline=None, database=None, print_blob=True)
settings.load_profile("fixed")
