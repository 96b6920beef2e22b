# SPDX-License-Identifier: LGPL-2.1-or-later

"""Holds our reading and writing of JSON against Python's.

What Python accepts beyond RFC 8259 (NaN, half a surrogate pair) is counted as
an error here, and so is NUL in a string and more than 32 levels, which ours
refuses.
"""

import json
import random
import struct
import subprocess
import sys

ECHO = sys.argv[1]
RANDOM = random.Random(20)


def fail_constant(name):
    raise ValueError(name)


def depth(value):
    if isinstance(value, dict):
        return 1 + max([depth(v) for v in value.values()], default=0)
    if isinstance(value, list):
        return 1 + max([depth(v) for v in value], default=0)
    return 0


def has_bad_text(value):
    if isinstance(value, dict):
        return any(has_bad_text(k) or has_bad_text(v) for k, v in value.items())
    if isinstance(value, list):
        return any(has_bad_text(v) for v in value)
    if isinstance(value, str):
        return any(c == "\0" or 0xD800 <= ord(c) < 0xE000 for c in value)
    return False


class Pairs(list):
    """An object as its pairs: of a name given twice both values are checked."""


def read(document):
    """What the document says, or None."""
    try:
        text = document.decode("utf-8")
        pairs = []

        def keep(found):
            pairs.extend(v for pair in found for v in pair)
            return dict(found)

        value = json.loads(text, parse_constant=fail_constant, object_pairs_hook=keep)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or has_bad_text(value) or has_bad_text(pairs):
        return None
    return value


def check_text(given, value):
    assert json.loads(given) == value, (given, value)


def check_number(given, value):
    """`given` is an integer, or BITS=TEXT."""
    if "=" not in given:
        assert isinstance(value, int) and int(given) == value, (given, value)
        return
    bits, text = given.split("=")
    found = struct.unpack(">d", bytes.fromhex(bits))[0]
    try:
        expected = float(value)
    except OverflowError:
        expected = float("inf") if value > 0 else float("-inf")
    assert not isinstance(value, int) or not -(2**63) <= value < 2**63, given
    assert found == expected, (given, value)
    check_written(text, found)


def digits(text):
    return len(text.lower().split("e")[0].replace("-", "").replace(".", "").strip("0"))


def check_written(text, number):
    """The same value in no more digits than Python's shortest."""
    if number in (float("inf"), float("-inf")) or number != number:
        assert text == "null", text
        return
    assert float(json.loads(text)) == number, (text, number)
    assert digits(text) <= digits(repr(number)), (text, repr(number))


def take(text, end):
    """A value from the answer, as a tree of what must be compared."""
    if text[end] in "{[":
        close = "}" if text[end] == "{" else "]"
        items = []
        end += 1
        while text[end] != close:
            if close == "}":
                name, end = take(text, end)
                end += 1
            value, end = take(text, end)
            items.append((name, value) if close == "}" else value)
            end += 1
        return (close, items), end + 1
    start = end
    if text[end] == '"':
        end += 1
        while text[end] != '"':
            end += 2 if text[end] == "\\" else 1
        return text[start : end + 1], end + 1
    while end < len(text) and text[end] not in ";:":
        end += 1
    return text[start:end], end


def compare(given, value):
    if isinstance(value, dict):
        assert given[0] == "}"
        found = {json.loads(name): v for name, v in given[1]}
        assert found.keys() == value.keys(), (given, value)
        for name in value:
            compare(found[name], value[name])
    elif isinstance(value, list):
        assert given[0] == "]" and len(given[1]) == len(value), (given, value)
        for a, b in zip(given[1], value):
            compare(a, b)
    elif isinstance(value, str):
        check_text(given, value)
    elif value is None or isinstance(value, bool):
        assert given == json.dumps(value), (given, value)
    else:
        check_number(given, value)


def ask(documents):
    lines = "".join(d.hex() + "\n" for d in documents)
    done = subprocess.run([ECHO], input=lines, capture_output=True, text=True, encoding="utf-8", timeout=50)
    assert done.returncode == 0, done.stderr
    answers = done.stdout.split("\n")[:-1]
    assert len(answers) == len(documents)
    return answers


def check(documents):
    for document, answer in zip(documents, ask(documents)):
        value = read(document)
        if value is not None and depth(value) > 32:
            assert "nested" in answer, document[:50]
        elif value is None:
            assert answer.startswith("error "), (document, answer)
        else:
            assert not answer.startswith("error "), (document, answer)
            tree, end = take(answer, 0)
            assert end == len(answer)
            compare(tree, value)


def random_text():
    alphabet = ['"', "\\", "/", "\n", "\t", "\x01", "\x7f", "a", "Z", " ", "é", "€", "😀", "\u2028"]
    return "".join(RANDOM.choice(alphabet) for _ in range(RANDOM.randrange(8)))


def random_number():
    kind = RANDOM.randrange(6)
    if kind == 0:
        return RANDOM.randrange(-1000, 1000)
    if kind == 1:
        return RANDOM.choice([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 10**20, 0, 10**18])
    if kind == 2:
        return struct.unpack("<d", RANDOM.randbytes(8))[0]
    if kind == 3:
        return round(RANDOM.uniform(-10, 10), RANDOM.randrange(5))
    return RANDOM.gauss(0, 10.0 ** RANDOM.randrange(-20, 20))


def random_value(levels):
    kind = RANDOM.randrange(8 if levels > 0 else 6)
    if kind == 0:
        return RANDOM.choice([None, True, False])
    if kind == 1:
        return random_text()
    if kind < 6:
        number = random_number()
        return number if number == number and abs(number) != float("inf") else 0
    if kind == 6:
        return [random_value(levels - 1) for _ in range(RANDOM.randrange(4))]
    return random_object(levels - 1)


def random_object(levels):
    return {random_text(): random_value(levels) for _ in range(RANDOM.randrange(5))}


def test_good():
    documents = []
    for _ in range(1500):
        value = random_object(4)
        indent = RANDOM.choice([None, None, 1, 3])
        documents.append(json.dumps(value, ensure_ascii=RANDOM.random() < 0.5, indent=indent).encode())
    check(documents)


def test_damaged():
    documents = []
    pieces = [b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\u", b"0", b"-", b".", b"e", b"1", b"\x00",
              b"\xff", b"\xc3", b" ", b"\n", b"true", b"nul", b"NaN", b"//", b"'", b"\\ud800", b"\\udc00", b"\\u0000"]
    for _ in range(6000):
        document = bytearray(json.dumps(random_object(3)).encode())
        for _ in range(RANDOM.randrange(1, 4)):
            at = RANDOM.randrange(len(document) + 1)
            if RANDOM.random() < 0.5:
                del document[at : at + RANDOM.randrange(1, 4)]
            else:
                document[at:at] = RANDOM.choice(pieces)
        documents.append(bytes(document))
    check(documents)


def test_table():
    check([
        b"", b" ", b"{", b"}", b"{}", b" {} ", b"[]", b"null", b'"a"', b"1", b"{},", b"{}{}", b"{} x",
        b'{"a":01}', b'{"a":-}', b'{"a":-0}', b'{"a":1.}', b'{"a":.1}', b'{"a":1e}', b'{"a":1e+}', b'{"a":1E-2}',
        b'{"a":0x1}', b'{"a":+1}', b'{"a":Infinity}', b'{"a":1e400}', b'{"a":-1e400}', b'{"a":5e-324}',
        b'{"a":1,}', b'{,}', b'{"a"}', b'{"a":}', b'{a:1}', b"{'a':1}", b'{"a":1,"a":2}', b'{"a":"\x1f"}',
        b'{"a":"\\x"}', b'{"a":"\\u12"}', b'{"a":"\\ud83d\\ude00"}', b'{"a":"\\ud83d"}', b'{"a":"\\ude00"}',
        b'{"a":"\\u0000"}', b'{"a":"', b'{"a":"\\', b'{"a":[1,]}', b'{"a":[,]}', b'{"a":[', b'{"a":tru}',
        b'\xef\xbb\xbf{}', b'{"\xff":1}', b'{"a":1}\x00', b"/* c */{}", b'{"a":' + b"9" * 400 + b"}",
        b'{"a":' + b"[" * 31 + b"]" * 31 + b"}", b'{"a":' + b"[" * 32 + b"]" * 32 + b"}",
    ])


def test_deep():
    for answer in ask([b'{"a":' * 500000, b'{"a":' + b"[" * 1000000]):
        assert "nested more than 32" in answer


def single_bits(number):
    try:
        return struct.pack("<f", number)
    except OverflowError:
        return b"inf"


def test_floats():
    numbers = [struct.unpack("<f", RANDOM.randbytes(4))[0] for _ in range(2000)]
    numbers = [n for n in numbers if n == n] + [0.1, 1e10, 16777216.0, 1e-45, 3.4028234663852886e38, -0.0]
    lines = "".join(f"float {n!r}\n" for n in numbers)
    done = subprocess.run([ECHO], input=lines, capture_output=True, text=True, timeout=50)
    for number, text in zip(numbers, done.stdout.split("\n")):
        single = struct.unpack("<f", struct.pack("<f", number))[0]
        if abs(single) == float("inf"):
            assert text == "null"
            continue
        bits = single_bits(single)
        assert single_bits(float(text)) == bits, (text, single)
        shortest = next(p for p in range(1, 10) if single_bits(float(f"%.{p}g" % single)) == bits)
        assert digits(text) <= shortest, (text, single)


TESTS = [test_table, test_good, test_damaged, test_deep, test_floats]

print(f"1..{len(TESTS)}")
for number, test in enumerate(TESTS, 1):
    name = "/json/" + test.__name__[5:]
    try:
        test()
        print(f"ok {number} {name}")
    except AssertionError as error:
        print(f"# {str(error)[:2000]}")
        print(f"not ok {number} {name}")
