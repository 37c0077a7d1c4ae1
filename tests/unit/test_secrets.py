"""What the database holds cannot be read without the key file, and the key can change without anything being lost."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.errors import AuthFailed
from odoo.addons.oms_core.lib.secrets import KeyRing, new_key

OLD, NEW = new_key(), new_key()


def failure(call, *args):
    with pytest.raises(AuthFailed) as caught:
        call(*args)
    return caught.value


@given(st.binary(max_size=500))
def test_what_goes_in_comes_out_and_is_hidden_between(plain):
    ring = KeyRing([OLD])
    token = ring.encrypt(plain)
    assert ring.decrypt(token) == plain
    assert len(plain) < 4 or plain not in token


def test_the_same_secret_never_looks_the_same():
    ring = KeyRing([OLD])
    assert ring.encrypt(b"same") != ring.encrypt(b"same")


def test_rotation_needs_no_moment_without_a_key():
    token = KeyRing([OLD]).encrypt(b"client secret")
    both = KeyRing.parse(f"# the new one first\n{NEW}\n\n  {OLD}  \n")
    assert both.decrypt(token) == b"client secret"
    rotated = both.rotate(token)
    assert KeyRing([NEW]).decrypt(rotated) == b"client secret"
    assert failure(KeyRing([OLD]).decrypt, rotated).code == "secret_key_wrong"


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_no_key_is_told_and_never_taken_for_an_empty_secret(text):
    assert failure(KeyRing.parse, text).code == "secret_key_missing"


@pytest.mark.parametrize("text", ["abc", "kanarie" * 8, NEW + "\n" + OLD[:-5], "ä" * 44])
def test_a_broken_key_is_told_without_showing_it(text):
    error = failure(KeyRing.parse, text)
    assert error.code == "secret_key_wrong"
    told = "".join(traceback.format_exception(error))
    assert not any(line in told for line in text.splitlines())


def test_a_token_of_another_key_or_changed_on_the_way_is_refused():
    token = KeyRing([OLD]).encrypt(b"secret")
    flipped = token[:-10] + bytes([token[-10] ^ 1]) + token[-9:]
    assert failure(KeyRing([NEW]).decrypt, token).code == "secret_key_wrong"
    for bad in (flipped, token[:-1], b"", b"plain text"):
        assert failure(KeyRing([OLD]).decrypt, bad).code == "secret_key_wrong"
        assert failure(KeyRing([OLD]).rotate, bad).code == "secret_key_wrong"


def test_a_ring_shows_no_key():
    assert OLD not in repr(KeyRing([OLD])) and OLD not in str(vars(KeyRing([OLD])))
