"""Comity: parties that do not trust one another share what they must, and can prove who was told what, and when.

A statement goes one way: say -> sign -> log -> release -> deliver -> acknowledge. The map of the house (docs/map.md):

    proof     what makes a saying provable: envelopes, trees, notes, receipts, keys; knows no party
    space     what makes places and times comparable; knows nobody
    model     what can be said: frozen values, one noun per file
    record    what has been said, folded to the present
    checks    what may be objected: pure rules that can do nothing else
    exchange  the way of a statement, one step a file; and check, prove, verify, witness
    node      where it happens: ports for clock, keys, disk and network, and their real parts
    gateways  other people's words, translated at the edge, one standard a file
    app       what a person starts: command line, server, demo

    Who may import whom:  app > gateways > node > exchange > checks > record > model > (proof | space)
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
