"""An address is a URL of one spelling: http or https, a host that exists as one, a port that does, and a plain path."""

import re

import pytest

from comity.errors import NOT_STIX
from comity.model import party
from unit.model.test_party import described, refused

ADDRESSES = [
    "http://a",
    "https://fr.example:8443/comity",
    "http://[::1]:8001",
    "http://[2001:db8::ff00:42:8329]",
    "http://127.0.0.1:8001",
    "http://fr.example:443",
    "https://fr.example:80",
    "https://xn--bcher-kva.example",
    "http://fr_node-1:65535/a/b.c~d",
    "http://" + "a" * 63 + ".example",
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_is_a_base_url(text: str) -> None:
    assert party.address(text) == text
    assert party.address(text + "/") == text
    assert party.read(described(addresses=[text])).addresses == (text,)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("HTTP://Fr.Example", "http://fr.example"),
        ("https://fr.example:443/", "https://fr.example"),
        ("http://fr.example:80/Comity", "http://fr.example/Comity"),
        ("http://[0:0:0:0:0:0:0:1]:80", "http://[::1]"),
        ("http://[2001:DB8::1]", "http://[2001:db8::1]"),
    ],
)
def test_an_address_has_one_spelling_which_a_person_need_not_know_and_a_descriptor_keeps_to(
    typed: str, meant: str
) -> None:
    assert party.address(typed) == meant
    assert party.read(described(addresses=[meant])).addresses == (meant,)
    assert refused(described(addresses=["http://a", typed])) == (NOT_STIX, "/addresses/1")


NOT_ADDRESSES = {
    "plain ASCII": [
        "http://bücher.example",
        "http://a b",
        "http://a\n",
        "http://a\0",
        "http://а.example",
        "http://a\u202e",
    ],
    "an address is http:// or https://": [
        "",
        "a",
        "//a",
        "ftp://a",
        "file:///etc/passwd",
        "http:a",
        "http:/a",
        "http://[",
        "http://[::1",
        "http://[::1]a",
        "http://a[::1]",
        "http://" + "/a" * 300,
    ],
    "no user": ["http://u@h", "http://u:p@h", "http://a?q", "http://a?", "http://a#f", "http://a/b#", "http://a/@b"],
    "a host is a name": [
        "http://",
        "http:///",
        "http:///a",
        "http://:80",
        "http://::1]",
        "http://.",
        "http://a.",
        "http://.a",
        "http://a..b",
        "http://-a",
        "http://a-",
        "http://a%2eb",
        "http://a\\b",
        "http://a'b",
        "http://a,b",
        "http://" + "a" * 64,
        "http://" + "a.b." * 63 + "aa",
    ],
    "IPv4": [
        "http://1",
        "http://1.2.3",
        "http://1.2.3.256",
        "http://01.2.3.4",
        "http://a.1",
        "http://0x7f.0x1",
        "http://0x",
    ],
    "IPv6": [
        "http://[]",
        "http://[::g]",
        "http://[1.2.3.4]",
        "http://[fe80::1%25eth0]",
        "http://[::ffff:1.2.3.4]",
        "http://[fe80::1%eth0]",
        "http://[v1.a]",
    ],
    "a port is a number": [
        "http://a:",
        "http://a:/",
        "https://a:b",
        "http://a:0",
        "http://a:080",
        "http://a:65536",
        "http://a:99999",
        "http://a:123456",
        "http://a:+1",
        "http://a:1:2",
        "http://[::1]:x",
    ],
    "a path has": [
        "http://a//",
        "http://a//b",
        "http://a/b//c",
        "http://a/.",
        "http://a/../b",
        "http://a/%41",
        "http://a/b;c",
    ],
}


@pytest.mark.parametrize(("why", "text"), [(why, text) for why, texts in NOT_ADDRESSES.items() for text in texts])
def test_an_address_is_nothing_else_and_the_reason_is_told(why: str, text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        party.address(text)
    assert refused(described(addresses=["http://a", text])) == (NOT_STIX, "/addresses/1")
