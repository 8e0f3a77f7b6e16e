"""Watch: every new notice and site, ours or told to us, is checked by itself against all that is in force here.

What comes of a finding (DESIGN 2.6), by whose notice it stands against, the operator's, and whose matter stands there:

    operator  matter            and                                 fate
    us        ours, a site                                          own: an objection, logged for our own operators
    us        ours, a notice                                        nothing: a party's own notices may meet as it likes
    us        theirs            our notice was released to them     own, logged
    us        theirs            it was not                          own, but not logged
    them      ours              our matter was released to them     said: an objection, logged and released to them
    them      ours              it was not                          alert: our officer may say "call us"
    them      another party's                                       alert: each of them hears of it from the other
    them      their own                                             nothing: that is their own affair

Each three of rule, notice and matter are found once; an alert becomes an objection when its matter is released.

What is not logged leaves no trace outside this node: no entry, no release, nothing in any answer. Checks are made a few at a
time, others being answered in between, and each few end in one write, whatever was found. So made-up notices show nobody
what is withheld from him, and neither do baits.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from comity.errors import LocalError
from comity.exchange import check
from comity.exchange.check import Against
from comity.model import objection
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Terms
from comity.model.statement import Signed
from comity.node.journal import Proposal
from comity.node.node import Node
from comity.node.picture import StoredPicture
from comity.node.ports import Batch, FindingRow
from comity.proof.envelope import StatementId

OWN, SAID, ALERT = "own", "said", "alert"
# Rule, notice, matter: of these each finding is made once.
_Three = tuple[str, StatementId, StatementId]


@dataclass(slots=True)
class _Found:
    """What the checks of one step come to."""

    rows: dict[_Three, FindingRow] = field(default_factory=dict)
    signed: list[Signed] = field(default_factory=list)


class Watch:
    """Checks what is new, and says what is to be said."""

    def __init__(self, node: Node, report: Callable[[str], None] = lambda _: None) -> None:
        self._node, self._report = node, report
        self.picture = StoredPicture(node)

    def step(self, most: int) -> bool:
        """Check the oldest few, at most so many, that were not checked yet, in one write; False if there were none.

        Raises:
            LocalError: the node cannot write, or is damaged; nothing of these few was kept.
        """
        fresh = self._node.store.airspace.unchecked(most)
        if not fresh:
            return False
        found = _Found()
        for author, statement in fresh:
            for one in self._against(author, statement):
                self._judge(one, found)
        checked = [statement for _, statement in fresh]
        batch = Batch(findings=list(found.rows.values()), checked=checked)
        self._node.journal.write([Proposal(found.signed, batch)])
        return True

    def _against(self, author: Fingerprint, statement: StatementId) -> Sequence[Against]:
        try:
            new = self.picture.entries(author, statement)
            return check.arrived(new, self.picture.beside(new), now=self._node.journal.now())
        except LocalError:
            raise
        except Exception as error:  # one that cannot be checked must not keep the others from it
            name = self._node.party_name(author)
            self._report(f"{name}: {statement.hex()} cannot be checked ({type(error).__name__}): look at it yourself")
            return ()

    def _judge(self, one: Against, found: _Found) -> None:
        """Decide what comes of a finding: nothing, also where it was made before and nothing has changed."""
        finding, because = one.finding, one.finding.because
        if because is None or self._is_told_exactly(one, because):
            return
        fate, logged = self._fate(one, because)
        three = (finding.rule.value, one.subject, because)
        before = found.rows.get(three) or self._node.store.airspace.finding(*three)
        if before is not None and (before.objection is not None or not logged):
            return
        said = self._say(one, fate, found) if logged else None
        found.rows[three] = FindingRow(
            *three,
            one.by,
            finding.by,
            json.dumps(objection.write_finding(finding)),
            fate,
            said.id if said else None,
            self._node.journal.now(),
        )

    def _is_told_exactly(self, one: Against, because: StatementId) -> bool:
        """Say whether our own operators hear of the exact site instead of this one, which stands for it with others."""
        if one.by != one.finding.by:
            return False
        return any(map(self.picture.is_for_others, self.picture.entries(one.by, because)))

    def _fate(self, one: Against, because: StatementId) -> tuple[str, bool]:
        """What comes of a finding, and whether it is logged."""
        if one.by == self._me:
            return OWN, one.finding.by == self._me or self._is_released(one.subject, one.finding.by)
        if one.finding.by == self._me and self._is_released(because, one.by):
            return SAID, True
        return ALERT, False

    def _say(self, one: Against, fate: str, found: _Found) -> Signed:
        node = self._node
        draft = check.draft(one.finding, against=one.subject, now=node.journal.now(), uuid=node.uuid())
        signed = node.sign(draft)
        found.signed.append(signed)
        if fate == SAID:
            found.signed += node.sign_releases([signed], [one.by], Terms())
        return signed

    def _is_released(self, statement: StatementId, to: Fingerprint) -> bool:
        rows = self._node.store.releases_of(statement)
        return any(row.to == to and not row.withdrawn for row in rows)

    @property
    def _me(self) -> Fingerprint:
        return self._node.descriptor.fingerprint
