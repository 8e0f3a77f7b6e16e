"""Watch: every new notice and site, ours or told to us, is checked by itself against all that is in force here.

What comes of a finding (DESIGN 2.6), by whose notice it stands against, the operator's, and whose matter stands there:

    operator  matter   and                                          fate
    us        ours                                                  own: an objection, logged for our own operators
    us        theirs   our notice was released to them              own, logged
    us        theirs   it was not                                   own, but not logged
    them      ours     our matter was released to them              said: an objection, logged and released to them
    them      ours     it was not                                   alert: our officer may say "call us"
    them      theirs                                                alert: each of them hears of it from the other

What is not logged leaves no trace outside this node: no entry, no release, nothing in any answer; and no check is made
while a peer waits for an answer. So made-up notices show nobody what is withheld from him, and neither do baits.
"""

import json

from comity.exchange import check
from comity.exchange.check import Against
from comity.model import objection
from comity.model.fingerprint import Fingerprint
from comity.model.marking import Terms
from comity.model.objection import Rule
from comity.model.statement import Signed
from comity.node.journal import Proposal
from comity.node.node import Node
from comity.node.picture import StoredPicture
from comity.node.ports import Batch, FindingRow
from comity.proof.envelope import StatementId

OWN, SAID, ALERT = "own", "said", "alert"
_AT_ONCE = 100


class Watch:
    """Checks what is new, and says what is to be said."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.picture = StoredPicture(node)

    def look(self) -> list[FindingRow]:
        """Check all that was not checked yet; returns what was found for the first time."""
        found: list[FindingRow] = []
        while fresh := self._node.store.airspace.unchecked(_AT_ONCE):
            for author, statement in fresh:
                found += self._look_at(author, statement)
            self._node.store.airspace.mark_checked([statement for _, statement in fresh])
        return found

    def _look_at(self, author: Fingerprint, statement: StatementId) -> list[FindingRow]:
        node, names = self._node, self.picture.names()
        new = self.picture.entries(author, statement)
        against = check.arrived(new, self.picture, now=node.journal.now(), names=names)
        proposal, found = Proposal(), list[FindingRow]()
        for one in against:
            row = self._judge(one, proposal)
            if row is not None:
                found.append(row)
        if found:
            proposal.batch.add(Batch(findings=found))
            node.journal.write([proposal])
        return found

    def _judge(self, one: Against, proposal: Proposal) -> FindingRow | None:
        """Decide what comes of a finding; None if it was found before and nothing has changed."""
        finding, same = one.finding, one.by == one.finding.by
        # A party's own notices may meet as it likes; and what another does near its own sites is its own affair.
        if finding.because is None or (same and (finding.rule is Rule.OVERLAP or one.by != self._me)):
            return None
        if same and any(map(self.picture.is_widened_by_us, self.picture.entries(one.by, finding.because))):
            return None
        fate, logged = self._fate(one, finding.because)
        before = self._node.store.airspace.finding(finding.rule.value, one.subject, finding.because)
        if before is not None and (before.objection is not None or not logged):
            return None
        said = self._say(one, fate, proposal) if logged else None
        return FindingRow(
            finding.rule.value,
            one.subject,
            finding.because,
            one.by,
            finding.by,
            finding.text,
            "" if finding.witness is None else json.dumps(objection.write_witness(finding.witness)),
            fate,
            said.id if said else None,
            self._node.journal.now(),
        )

    def _fate(self, one: Against, because: StatementId) -> tuple[str, bool]:
        """What comes of a finding, and whether it is logged."""
        if one.by == self._me:
            return OWN, one.finding.by == self._me or self._is_released(one.subject, one.finding.by)
        if one.finding.by == self._me and self._is_released(because, one.by):
            return SAID, True
        return ALERT, False

    def _say(self, one: Against, fate: str, proposal: Proposal) -> Signed:
        node = self._node
        draft = check.draft(one.finding, against=one.subject, now=node.journal.now(), uuid=node.uuid())
        signed = node.sign(draft)
        proposal.signed.append(signed)
        if fate == SAID:
            proposal.signed.append(node.draft_release(signed, one.by, Terms()))
        return signed

    def _is_released(self, statement: StatementId, to: Fingerprint) -> bool:
        rows = self._node.store.releases_of(statement)
        return any(row.to == to and not row.withdrawn for row in rows)

    @property
    def _me(self) -> Fingerprint:
        return self._node.descriptor.fingerprint
