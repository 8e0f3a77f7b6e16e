"""Requests: the maps in which one node asks another (spec/node-api.md), each by its version; and receipts as they are given."""

from typing import Any

from comity.exchange.shapes import fields_of
from comity.formats import Format

Fields = dict[str, Any]


def _pulling_1(value: object) -> Fields:
    return fields_of(value, {"v": int, "pull": bytes, "limit": int, "wait": int})


def _wanting_1(value: object) -> Fields:
    return fields_of(value, {"v": int, "want": bytes, "tellings": bytes})


def _receipts_1(value: object) -> Fields:
    return fields_of(value, {"v": int, "ids": bytes, "have": int, "told": bytes}, frozenset({"told"}))


def _given_receipts_1(value: object) -> Fields:
    return fields_of(value, {"v": int, "receipts": list, "told": list})


PULLING = Format("pull-request", {1: _pulling_1})
WANTING = Format("items-request", {1: _wanting_1})
RECEIPTS = Format("receipts-request", {1: _receipts_1})
GIVEN_RECEIPTS = Format("receipts", {1: _given_receipts_1})
