"""RFC 9421 between nodes: a message that was altered, repeated elsewhere or signed by somebody else is not taken.

The signature base is put together a second time here, by hand, from the text of RFC 9421 sections 2.3, 2.5 and 3.1.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.errors import BAD_ARGUMENT, BAD_SIGNATURE, CLOCK_SKEW, UNAUTHENTICATED, WRONG_ADDRESSEE, ComityError
from comity.gateways import httpsig
from comity.gateways.httpsig import Caller, sign_request, sign_response, verify_body, verify_request, verify_response
from comity.model.fingerprint import Fingerprint
from comity.node.ports import Request, Response
from comity.proof.keys import P256SigningKey, SigningKey, VerifyingKey
from comity.space import instant
from comity.space.instant import Instant

NOW = instant.parse("2026-11-26T10:00:00Z")
SECONDS = NOW // 1000
FR, RU, US = (Fingerprint(character * 64) for character in "abc")
KEYS = {FR: SigningKey(b"f" * 32), RU: SigningKey(b"r" * 32)}
STRANGER = SigningKey(b"s" * 32)
URL = "http://ru.example:8411/comity/v1/pull"
BODY = b"what fr asks"
NONCE = bytes(range(16))


def key_of(who: Fingerprint) -> VerifyingKey | None:
    return KEYS[who].public if who in KEYS else None


def request(now: int = NOW, to: Fingerprint = RU, body: bytes = BODY) -> Request:
    """What fr sends to ru."""
    unsigned = Request("POST", URL, {"content-type": "application/cbor"}, body)
    return sign_request(unsigned, signer=KEYS[FR], me=FR, to=to, nonce=NONCE, now=Instant(now))


def response(asked: Request, status: int = 200, body: bytes = b"what ru says", now: int = NOW) -> Response:
    """What ru answers."""
    unsigned = Response(status, {"content-type": "application/cbor"}, body)
    return sign_response(unsigned, asked, signer=KEYS[RU], me=RU, now=Instant(now))


def take(asked: Request, me: Fingerprint = RU, now: int = NOW) -> Caller | None:
    """All of what ru does with a request."""
    caller = verify_request(asked, me=me, key_of=key_of, now=Instant(now))
    if caller is not None:
        verify_body(caller, asked.body)
    return caller


def refused(asked: Request, **arguments: Any) -> str:
    with pytest.raises(ComityError) as caught:
        take(asked, **arguments)
    return caught.value.code


def believe(answer: Response, asked: Request, by: Fingerprint = RU, now: int = NOW) -> None:
    """What fr does with a response."""
    verify_response(answer, asked, by=by, key=KEYS[by].public, now=Instant(now))


def disbelieved(answer: Response, asked: Request, **arguments: Any) -> str:
    with pytest.raises(ComityError) as caught:
        believe(answer, asked, **arguments)
    return caught.value.code


def change(message: Request, **parts: Any) -> Request:
    headers = {**message.headers, **parts.get("headers", {})}
    kept = {name: value for name, value in headers.items() if value is not None}
    return Request(parts.get("method", message.method), parts.get("url", message.url), kept, parts.get("body", BODY))


# -- RFC 9421 by hand


def base_of(components: Mapping[str, str], parameters: str) -> bytes:
    """Section 2.5: each component's identifier, a colon, a space, its value; the parameters last, no newline after them."""
    lines = [f"{identifier}: {value}" for identifier, value in components.items()]
    lines.append(f'"@signature-params": ({" ".join(components)}){parameters}')
    return "\n".join(lines).encode("ascii")


def digest_of(body: bytes) -> str:
    """RFC 9530 section 2."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def components_of(asked: Request) -> dict[str, str]:
    """Sections 2.1 and 2.2.1, 2.2.2 for what Comity covers of a request."""
    return {
        '"@method"': asked.method,
        '"@target-uri"': asked.url,
        '"content-digest"': digest_of(asked.body),
        '"comity-recipient"': RU,
    }


PARAMETERS = {
    "created": str(SECONDS),
    "keyid": f'"{FR}"',
    "alg": '"ed25519"',
    "nonce": '"AAECAwQFBgcICQoLDA0ODw"',
    "tag": '"comity-request"',
}


def by_hand(
    components: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] = PARAMETERS,
    label: str = "comity",
    signer: Any = KEYS[FR],
) -> Request:
    """A request put together and signed without the library."""
    plain = Request("POST", URL, {"content-digest": digest_of(BODY), "comity-recipient": RU}, BODY)
    covered = components_of(plain) if components is None else components
    text = "".join(f";{name}={value}" for name, value in parameters.items())
    signature = base64.b64encode(signer.sign(base_of(covered, text))).decode()
    return change(
        plain,
        headers={
            "signature-input": f"{label}=({' '.join(covered)}){text}",
            "signature": f"{label}=:{signature}:",
        },
    )


def signature_of(headers: Mapping[str, str]) -> bytes:
    return base64.b64decode(headers["signature"].removeprefix("comity=:").removesuffix(":"), validate=True)


def test_the_hand_made_base_is_the_one_of_the_standards_own_example() -> None:
    """RFC 9421 appendix B.2.6, with the key of B.1.4."""
    components = {
        '"date"': "Tue, 20 Apr 2021 02:07:55 GMT",
        '"@method"': "POST",
        '"@path"': "/foo",
        '"@authority"': "example.com",
        '"content-type"': "application/json",
        '"content-length"': "18",
    }
    signature = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    key = VerifyingKey(base64.b64decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="))
    key.verify(base64.b64decode(signature), base_of(components, ';created=1618884473;keyid="test-key-ed25519"'))


def test_a_request_is_signed_over_the_base_that_the_standard_gives() -> None:
    asked = request()
    assert asked.headers["content-digest"] == digest_of(BODY)
    inputs, parameters = asked.headers["signature-input"].removeprefix("comity=(").split(")", 1)
    assert inputs.split(" ") == list(components_of(asked))
    assert parameters == "".join(f";{name}={value}" for name, value in PARAMETERS.items())
    KEYS[FR].public.verify(signature_of(asked.headers), base_of(components_of(asked), parameters))


def test_a_response_is_signed_over_its_request_too() -> None:
    asked = request()
    answer = response(asked, 404)
    components = {
        '"@status"': "404",
        '"content-digest"': digest_of(answer.body),
        '"@method";req': "POST",
        '"@target-uri";req': URL,
        '"signature";req;key="comity"': asked.headers["signature"].removeprefix("comity="),
    }
    parameters = f';created={SECONDS};keyid="{RU}";alg="ed25519";tag="comity-response"'
    assert answer.headers["signature-input"] == f"comity=({' '.join(components)}){parameters}"
    KEYS[RU].public.verify(signature_of(answer.headers), base_of(components, parameters))


def test_a_request_that_another_program_signed_is_taken() -> None:
    assert take(by_hand()) == Caller(FR, "AAECAwQFBgcICQoLDA0ODw", NOW, digest_of(BODY))


def test_components_and_parameters_may_stand_in_any_order() -> None:
    components = dict(reversed(components_of(request()).items()))
    assert take(by_hand(components, dict(reversed(PARAMETERS.items())))) is not None


# -- requests


def test_a_request_names_its_caller() -> None:
    asked = request()
    assert take(asked) == Caller(FR, "AAECAwQFBgcICQoLDA0ODw", NOW, digest_of(BODY))


def test_a_request_without_any_signature_is_nobodys() -> None:
    assert take(change(request(), headers={"signature": None, "signature-input": None})) is None


@pytest.mark.parametrize("missing", ["signature", "signature-input", "content-digest", "comity-recipient"])
def test_a_request_without_a_header_that_its_signature_needs_is_refused(missing: str) -> None:
    assert refused(change(request(), headers={missing: None})) == UNAUTHENTICATED


ALTERED: dict[str, dict[str, Any]] = {
    "method": {"method": "GET"},
    "path": {"url": URL.replace("pull", "receipts")},
    "path by one slash": {"url": URL.replace("/pull", "//pull")},
    "query": {"url": URL + "?all=1"},
    "host": {"url": URL.replace("ru.example", "us.example")},
    "port": {"url": URL.replace(":8411", "")},
    "scheme": {"url": URL.replace("http:", "https:")},
    "body": {"body": BODY + b"!"},
    "no body": {"body": b""},
    "digest": {"headers": {"content-digest": digest_of(b"another")}},
    "digest and body": {"headers": {"content-digest": digest_of(b"another")}, "body": b"another"},
    "recipient": {"headers": {"comity-recipient": US}},
}


@pytest.mark.parametrize("part", ALTERED)
def test_a_covered_part_that_was_changed_on_the_way_is_noticed(part: str) -> None:
    assert refused(change(request(), **ALTERED[part])) == UNAUTHENTICATED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"created={SECONDS}", f"created={SECONDS + 1}"),
        ("AAECAwQFBgcICQoLDA0ODw", "BAECAwQFBgcICQoLDA0ODw"),
        (FR, RU),
        ("comity-request", "comity-response"),
        ('alg="ed25519"', 'alg="rsa-v1_5-sha256"'),
        (';alg="ed25519"', ""),
        ("comity=", "other="),
        ('"@method" "@target-uri"', '"@target-uri" "@method"'),
        ('"@method" ', ""),
    ],
)
def test_a_parameter_that_was_changed_on_the_way_is_noticed(old: str, new: str) -> None:
    asked = request()
    inputs = asked.headers["signature-input"].replace(old, new)
    assert inputs != asked.headers["signature-input"]
    assert refused(change(asked, headers={"signature-input": inputs})) == UNAUTHENTICATED


def test_a_label_that_is_not_ours_is_refused_though_no_signature_covers_it() -> None:
    """The answer is bound to the signature under our label: under another there would be nothing to bind it to."""
    assert refused(by_hand(label="other")) == UNAUTHENTICATED


@pytest.mark.parametrize("left_out", components_of(request()))
def test_a_signature_that_leaves_a_component_out_is_refused(left_out: str) -> None:
    components = components_of(request())
    del components[left_out]
    assert refused(by_hand(components)) == UNAUTHENTICATED


@pytest.mark.parametrize(
    ("identifier", "value"),
    [('"@path"', "/comity/v1/pull"), ('"content-digest";sf', digest_of(BODY)), ('"@query"', "?")],
)
def test_a_signature_that_covers_more_than_it_should_is_refused(identifier: str, value: str) -> None:
    assert refused(by_hand({**components_of(request()), identifier: value})) == UNAUTHENTICATED


def test_a_digest_that_is_covered_by_one_of_its_members_only_is_refused() -> None:
    components = components_of(request())
    components = {
        '"@method"': components['"@method"'],
        '"@target-uri"': components['"@target-uri"'],
        '"content-digest";key="sha-256"': components['"content-digest"'].removeprefix("sha-256="),
        '"comity-recipient"': RU,
    }
    assert refused(by_hand(components)) == UNAUTHENTICATED


@pytest.mark.parametrize("left_out", PARAMETERS)
def test_a_signature_that_leaves_a_parameter_out_is_refused(left_out: str) -> None:
    parameters = {name: value for name, value in PARAMETERS.items() if name != left_out}
    assert refused(by_hand(parameters=parameters)) == UNAUTHENTICATED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("expires", str(SECONDS - 1)),
        ("expires", str(SECONDS + 60)),
        ("weight", "1"),
        ("created", f'"{SECONDS}"'),
        ("created", f"{SECONDS}.0"),
        ("created", f"@{SECONDS}"),
        ("created", "?1"),
        ("created", "-1"),
        ("created", "999999999999999"),
        ("nonce", '"short"'),
        ("nonce", '"' + "x" * 65 + '"'),
        ("nonce", "token-of-sixteen"),
        ("nonce", ":AAECAwQFBgcICQoLDA0ODw==:"),
        ("keyid", f'"{FR.upper()}"'),
        ("keyid", f'"{FR[:63]}"'),
        ("keyid", '""'),
        ("keyid", "1"),
        ("tag", '"comity-response"'),
        ("tag", '"comity-request "'),
        ("tag", "comity-request"),
        ("alg", '"ecdsa-p256-sha256"'),
        ("alg", '"hmac-sha256"'),
        ("alg", '"Ed25519"'),
        ("alg", '""'),
    ],
)
def test_a_good_signature_with_a_parameter_of_another_kind_is_refused(name: str, value: str) -> None:
    assert refused(by_hand(parameters={**PARAMETERS, name: value})) == UNAUTHENTICATED


def test_of_two_signatures_of_ours_neither_is_taken() -> None:
    one, two = request(), by_hand()
    for first, second in ((one, two), (two, one)):
        headers = {name: f"{first.headers[name]}, {second.headers[name]}" for name in ("signature", "signature-input")}
        assert refused(change(one, headers=headers)) == UNAUTHENTICATED


@pytest.mark.parametrize("first", [True, False])
def test_a_signature_that_a_proxy_added_is_no_business_of_ours(first: bool) -> None:
    asked = request()
    theirs = {"signature": "proxy=:AAAA:", "signature-input": 'proxy=("@method");created=1;keyid="p"'}
    pairs = {name: [theirs[name], asked.headers[name]][:: 1 if first else -1] for name in theirs}
    both = change(asked, headers={name: ", ".join(pair) for name, pair in pairs.items()})
    assert take(both) is not None
    believe(response(both), asked)
    assert refused(change(asked, headers=theirs)) == UNAUTHENTICATED


def test_a_request_of_a_party_that_is_not_known_is_refused() -> None:
    assert refused(by_hand(parameters={**PARAMETERS, "keyid": f'"{US}"'}, signer=STRANGER)) == UNAUTHENTICATED


def test_a_request_that_one_party_signs_in_the_name_of_another_is_refused() -> None:
    assert refused(by_hand(signer=KEYS[RU])) == UNAUTHENTICATED
    assert refused(by_hand(signer=STRANGER)) == UNAUTHENTICATED


def test_a_signature_of_another_algorithm_is_refused_whatever_it_says_it_is() -> None:
    key = P256SigningKey(7)
    for name in ("ed25519", "ecdsa-p256-sha256"):
        asked = by_hand(parameters={**PARAMETERS, "alg": f'"{name}"'}, signer=key)
        with pytest.raises(ComityError) as caught:
            verify_request(asked, me=RU, key_of=lambda _: key.public, now=NOW)
        assert caught.value.code == UNAUTHENTICATED


def test_the_public_key_does_not_serve_as_a_secret() -> None:
    class Mac:
        def sign(self, message: bytes) -> bytes:
            import hmac

            return hmac.digest(KEYS[FR].public.to_pem(), message, "sha256")

    assert refused(by_hand(parameters={**PARAMETERS, "alg": '"hmac-sha256"'}, signer=Mac())) == UNAUTHENTICATED


def test_a_request_that_was_meant_for_another_node_is_refused_by_name() -> None:
    assert refused(request(to=US)) == WRONG_ADDRESSEE
    assert refused(request(), me=US) == WRONG_ADDRESSEE


@pytest.mark.parametrize("skew", [-240, 240, -300, 300])
def test_clocks_may_differ_by_five_minutes(skew: int) -> None:
    assert take(request(), now=NOW + skew * 1000) is not None


@pytest.mark.parametrize(("skew", "here"), [(-3600, "09:00:00"), (3600, "11:00:00"), (301, "10:05:01")])
def test_beyond_five_minutes_the_error_names_both_times(skew: int, here: str) -> None:
    with pytest.raises(ComityError) as caught:
        take(request(), now=NOW + skew * 1000)
    assert caught.value.code == CLOCK_SKEW
    ours = f"2026-11-26T{here}.000Z"
    assert caught.value.evidence == {"theirs": "2026-11-26T10:00:00.000Z", "ours": ours}
    assert "2026-11-26T10:00:00.000Z" in caught.value.message
    assert ours in caught.value.message


def test_a_time_that_nobody_signed_is_not_spoken_of() -> None:
    """Else anybody could ask what time it is here, and be told it signed."""
    old = by_hand(parameters={**PARAMETERS, "created": "1"}, signer=STRANGER)
    assert refused(old) == UNAUTHENTICATED


@pytest.mark.parametrize("url", ["http://[", "http:///comity", "http://ru.example/ä", "http://ru.example/%zz", "ru"])
def test_an_address_that_is_none_is_our_own_fault_and_said_so(url: str) -> None:
    with pytest.raises(ComityError) as caught:
        sign_request(Request("GET", url, {}, b""), signer=KEYS[FR], me=FR, to=RU, nonce=NONCE, now=NOW)
    assert caught.value.code == BAD_ARGUMENT


# -- responses


def test_an_answer_is_believed() -> None:
    asked = request()
    believe(response(asked), asked)


@pytest.mark.parametrize(
    "another",
    [request(now=NOW + 1000), request(to=US), request(body=b""), change(request(), method="GET")],
    ids=["another time", "another addressee", "another body", "another method"],
)
def test_an_answer_to_another_request_is_not_believed(another: Request) -> None:
    assert disbelieved(response(another), request()) == BAD_SIGNATURE


def test_an_answer_of_another_party_is_not_believed() -> None:
    asked = request()
    unsigned = Response(200, {}, b"")
    assert disbelieved(response(asked), asked, by=FR) == BAD_SIGNATURE
    theirs = sign_response(unsigned, asked, signer=KEYS[FR], me=RU, now=NOW)
    assert disbelieved(theirs, asked) == BAD_SIGNATURE
    theirs = sign_response(unsigned, asked, signer=KEYS[RU], me=FR, now=NOW)
    assert disbelieved(theirs, asked) == BAD_SIGNATURE


def test_an_answer_that_is_not_signed_is_not_believed() -> None:
    asked = request()
    assert disbelieved(Response(200, {}, b"what ru says"), asked) == BAD_SIGNATURE
    for header in ("signature", "signature-input", "content-digest"):
        answer = response(asked)
        headers = {name: value for name, value in answer.headers.items() if name != header}
        assert disbelieved(Response(200, headers, answer.body), asked) == BAD_SIGNATURE


def test_an_answer_that_was_changed_on_the_way_is_not_believed() -> None:
    asked = request()
    answer = response(asked)
    assert disbelieved(Response(201, answer.headers, answer.body), asked) == BAD_SIGNATURE
    assert disbelieved(Response(200, answer.headers, answer.body + b"!"), asked) == BAD_SIGNATURE
    digest = {**answer.headers, "content-digest": digest_of(b"another")}
    assert disbelieved(Response(200, digest, b"another"), asked) == BAD_SIGNATURE
    later = {**answer.headers, "signature-input": answer.headers["signature-input"].replace(str(SECONDS), "1")}
    assert disbelieved(Response(200, later, answer.body), asked) == BAD_SIGNATURE


def test_a_request_is_not_taken_for_an_answer_nor_an_answer_for_a_request() -> None:
    asked = request()
    answer = response(asked)
    assert disbelieved(Response(200, asked.headers, asked.body), asked) == BAD_SIGNATURE
    assert refused(Request("POST", URL, {**answer.headers, "comity-recipient": RU}, answer.body)) == UNAUTHENTICATED


@pytest.mark.parametrize("skew", [-3600, 3600])
def test_an_answer_of_another_hour_names_both_times(skew: int) -> None:
    asked = request()
    assert disbelieved(response(asked, now=NOW + skew * 1000), asked) == CLOCK_SKEW
    believe(response(asked, now=NOW + skew * 1000 // 15), asked)


UNBINDABLE = {
    "a signature that is none": change(request(), headers={"signature": "x"}),
    "a signature under another label": by_hand(label="other"),
    "an input without a signature": change(request(), headers={"signature": None}),
    "a signature that is not ASCII": change(request(), headers={"signature": 'comity="ä"'}),
    "a method in lower case": change(request(), method="post"),
    "a target without a host": change(request(), url="http:///comity/v1/pull"),
    "a target that is no URL": change(request(), url="http://ä ö/comity/v1/pull"),
}


@pytest.mark.parametrize("asked", UNBINDABLE.values(), ids=UNBINDABLE)
def test_a_request_that_cannot_be_bound_to_is_answered_but_that_answers_no_other(asked: Request) -> None:
    answer = response(asked, 401)
    inputs, parameters = answer.headers["signature-input"].removeprefix("comity=(").split(")", 1)
    possible = {
        '"@status"': "401",
        '"content-digest"': digest_of(answer.body),
        '"@method";req': "POST",
        '"@target-uri";req': URL,
    }
    covered = {name: possible[name] for name in inputs.split(" ")}
    assert len(covered) >= 2
    KEYS[RU].public.verify(signature_of(answer.headers), base_of(covered, parameters))
    assert disbelieved(answer, request()) == BAD_SIGNATURE


# -- oddities

_PIECES = st.sampled_from(
    [
        *(
            "comity",
            "=",
            "(",
            ")",
            ";",
            ",",
            " ",
            "\t",
            "\r\n",
            '"',
            ":",
            "?1",
            "@1",
            "-",
            ".",
            "*",
            "%",
            "\\",
            "\x00",
            "ä",
        ),
        *(
            '"@method"',
            '"@target-uri"',
            '"content-digest"',
            '"comity-recipient"',
            '"@signature-params"',
            '"@query-param"',
        ),
        *(";req", ";sf", ";bs", ";tr", ';key="x"', ';name="x"', ";created=1", ';keyid="', FR, ";nonce", ";tag", ";alg"),
        *(f";created={SECONDS}", ';alg="ed25519"', ';tag="comity-request"', "9" * 20, "sha-256=:AA==:", "\N{SNOWMAN}"),
    ]
)
_ODD = st.one_of(
    st.text(max_size=80),
    st.lists(_PIECES, max_size=12).map("".join),
    st.integers(0, 2**32).map(lambda n: "comity=(" + '"@method" ' * (n % 300) + f");created={n}"),
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["signature-input", "signature", "content-digest", "comity-recipient"]), _ODD, st.integers(0, 400)
)
def test_nothing_that_is_put_into_a_header_makes_another_request_of_it(name: str, odd: str, at: int) -> None:
    """It is unauthenticated, or the same in another spelling; and it is answered."""
    asked = request()
    value = asked.headers[name]
    for told in (odd, value[:at] + odd + value[at:], value[:at] + odd, value[:at] + odd + value[at + len(odd) :]):
        altered = change(asked, headers={name: told})
        try:
            assert take(altered) == take(asked)
        except ComityError as error:
            assert error.code in (UNAUTHENTICATED, WRONG_ADDRESSEE)  # the latter for a space before the recipient
        assert "signature" in response(altered, 401).headers


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["signature-input", "signature", "content-digest"]), _ODD)
def test_nothing_that_stands_in_a_header_makes_an_answer_believed(name: str, odd: str) -> None:
    asked = request()
    answer = response(asked)
    assert disbelieved(Response(200, {**answer.headers, name: odd}, answer.body), asked) == BAD_SIGNATURE


def test_the_limit_is_five_minutes() -> None:
    assert httpsig.MAX_SKEW == 300_000
