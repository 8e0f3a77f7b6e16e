"""The types that Comity adds to STIX, each with the id of its extension definition (STIX 2.1 section 7.3).

The definitions themselves stand in spec/extensions.md. Ids are fixed for ever; a type is never reused.
"""

COMITY_TYPES: dict[str, str] = {
    "notice": "extension-definition--55549f00-320c-5460-aa4e-4e0842d68fa8",
    "protected-site": "extension-definition--2251fe75-92a5-537d-ae04-2ed156faf8ac",
    "position": "extension-definition--414cd8d8-ebd0-5fa2-88bc-e4ffa2c08ac9",
    "track": "extension-definition--427ba2b1-9cbc-5afc-85c8-96bd2ad637ee",
    "boundary": "extension-definition--3cbce87a-cbf8-5356-878b-200759f90f17",
    "claim": "extension-definition--5db765fc-10d6-545b-a22b-8fe4522992b1",
    "conduct-code": "extension-definition--2096950b-c429-5ebf-8b49-b936bd2ec630",
    "ratification": "extension-definition--47bd2638-66d2-51ae-a0fe-8a12bce54dfa",
    "release": "extension-definition--c80b14d6-696c-5efc-a202-42a60ed768a4",
    "acknowledgement": "extension-definition--b4fb05b3-9183-596b-ada2-4dd566bd67d2",
    "unacknowledged": "extension-definition--ee6a579b-3690-51c5-8368-a04541985bc9",
    "check": "extension-definition--7736225a-9071-5936-b921-d90ec2aa6ba0",
    "objection": "extension-definition--97de15bb-ab7d-54b6-abad-3ed9ad63ea62",
    "request": "extension-definition--2b336c9f-7f15-5460-bf69-765d496a7956",
    "recall": "extension-definition--22b75239-8c8a-5adc-8cc4-7d5aa9a36ea8",
    "redaction": "extension-definition--072a9d38-0f3c-5978-9de7-0f7d8a20c306",
    "descriptor": "extension-definition--af6d7400-a05c-51b9-a6f2-cc3b0ba82cf2",
    "key-event": "extension-definition--53f1c722-74b3-5109-a37f-f01e4aae830c",
    "equivocation": "extension-definition--0ae4d5f5-8eef-5191-ae82-f5735a173ea4",
}

# Made by a node on its way of a statement and by nothing else: nobody can say one by hand.
NODE_TYPES = frozenset(
    {
        "release",
        "acknowledgement",
        "unacknowledged",
        "check",
        "recall",
        "redaction",
        "descriptor",
        "key-event",
        "equivocation",
    }
)
