#!/usr/bin/env python3
"""Verifies what `portcullis audit export` and `portcullis audit prove` wrote. Written apart from Portcullis, in another
language, with nothing but Python's standard library, so that one mistake cannot hide another.

    verify_audit.py [verify] FILE [--key VKEY] [--against CHECKPOINT]
    verify_audit.py consistency OLDER NEWER [--key VKEY]

Exits 0 only if everything holds, 1 if something does not, 2 if it could not look. The format is in docs/log.md.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys

LINE_MAX = 4 * 1024 * 1024
LISTED_MAX = 50
SIGNATURES_MAX = 16


# --- Ed25519, RFC 8032: verification alone, on public data ---------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def x_of(y, sign):
    """The x of a point with this y, or None."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    return P - x if x & 1 != sign else x


def plus(p, q):
    """Adds points in extended coordinates."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, point):
    total = (0, 1, 1, 0)
    while number > 0:
        if number & 1:
            total = plus(total, point)
        point = plus(point, point)
        number >>= 1
    return total


def decode_point(data):
    number = int.from_bytes(data, "little")
    y = number & ((1 << 255) - 1)
    x = x_of(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def encode_point(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = x_of(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed25519_verifies(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    point = decode_point(public)
    s = int.from_bytes(signature[32:], "little")
    if point is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus = (P - point[0], point[1], 1, P - point[3])
    return encode_point(plus(times(s, BASE), times(h, minus))) == signature[:32]


# --- JSON in its one spelling, RFC 8785 ----------------------------------------------------------------------------


def number_text(number):
    """A number as ECMAScript writes it."""
    if isinstance(number, int):
        if abs(number) <= 2**53:
            return str(number)
        number = float(number)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("no number")
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    mantissa, exponent = ("%r" % float(format(abs(number), ".17g"))), 0
    digits = re.sub(r"e.*", "", mantissa)
    if "e" in mantissa:
        exponent = int(mantissa[mantissa.index("e") + 1 :])
    whole, _, fraction = digits.partition(".")
    if fraction == "0":
        fraction = ""
    point = len(whole) + exponent
    digits = whole + fraction
    leading = len(digits) - len(digits.lstrip("0"))
    digits, point = digits.lstrip("0"), point - leading
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = ("+" if point > 0 else "-") + str(abs(point - 1))
    return sign + digits[0] + ("." + digits[1:] if count > 1 else "") + "e" + power


def canonical(value):
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        value.encode("utf-8")  # half of a surrogate pair is refused here
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"


def refuse_constant(name):
    raise ValueError(name + " is not JSON")


def parse_canonical(data):
    """The value of canonical JSON, or a ValueError. Names that come twice disappear in parsing, and so are noticed."""
    text = data.decode("utf-8")
    value = json.loads(text, parse_constant=refuse_constant)
    if canonical(value) != text:
        raise ValueError("not canonical")
    return value


def canonical_or_none(data):
    try:
        return parse_canonical(data)
    except (ValueError, RecursionError):
        return None


# --- The tree, RFC 6962 --------------------------------------------------------------------------------------------


def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Keeps the roots of its complete subtrees, from left to right."""

    def __init__(self):
        self.size = 0
        self.edge = []

    def append(self, leaf):
        rest = self.size
        while rest & 1:
            leaf = node_hash(self.edge.pop(), leaf)
            rest >>= 1
        self.edge.append(leaf)
        self.size += 1

    def root(self):
        if not self.edge:
            return hashlib.sha256(b"").digest()
        root = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            root = node_hash(left, root)
        return root


def proves_inclusion(index, size, leaf, path, root):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return False
    at, last, node = index, size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(other, node)
            while not at & 1 and at != 0:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, other)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


# --- Keys, notes, checkpoints: c2sp.org/signed-note, c2sp.org/tlog-checkpoint ----------------------------------------


def strict_base64(text, length):
    """The bytes, or None if this is not the one spelling of that many."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    good = len(data) == length and base64.b64encode(data).decode("ascii") == text
    return data if good else None


class Key:
    def __init__(self, text, name, key_id, public):
        self.text, self.name, self.id, self.public = text, name, key_id, public

    def verifies(self, message, signature):
        return ed25519_verifies(self.public, message, signature)


def parse_key(text):
    found = re.fullmatch(r"([^\s+\x00-\x1f\x7f-\x9f]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", text)
    if not found:
        return None
    name, key_id, encoded = found.groups()
    data = strict_base64(encoded, 33)
    if data is None or data[0] != 1:
        return None
    expected = hashlib.sha256(name.encode("utf-8") + b"\n" + data).hexdigest()[:8]
    return Key(text, name, key_id, data[1:]) if key_id == expected else None


def is_note_text(text):
    if not text.endswith("\n"):
        return False
    return not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) <= 159 for c in text)


def parse_note(written):
    """(text, [(name, id, signature)]) or None."""
    end = written.rfind("\n\n")
    if end < 0 or not is_note_text(written[: end + 1]):
        return None
    lines = written[end + 2 :].split("\n")
    if lines.pop() != "" or not 1 <= len(lines) <= SIGNATURES_MAX:
        return None
    signatures = []
    for line in lines:
        found = re.fullmatch(r"\u2014 (\S+) ([A-Za-z0-9+/=]+)", line)
        data = strict_base64(found.group(2), 68) if found else None
        if data is None:
            return None
        signatures.append((found.group(1), data[:4].hex(), data[4:]))
    return written[: end + 1], signatures


def signers_of(note, keys):
    """The keys that signed. None unless every signature is right, and by another of these keys."""
    text, signatures = note
    signers = []
    for name, key_id, signature in signatures:
        key = next((k for k in keys if k.name == name and k.id == key_id), None)
        if key is None or key in signers or not key.verifies(text.encode("utf-8"), signature):
            return None
        signers.append(key)
    return signers


def size_in(text):
    return int(text) if re.fullmatch(r"0|[1-9][0-9]{0,15}", text) and int(text) < 2**53 else None


class Checkpoint:
    def __init__(self, origin, size, root, note):
        self.origin, self.size, self.root, self.note = origin, size, root, note


def parse_checkpoint(written):
    note = parse_note(written) if isinstance(written, str) else None
    parts = note[0].split("\n") if note else []
    if len(parts) != 4 or parts[3] != "" or parts[0] == "":
        return None
    size, root = size_in(parts[1]), strict_base64(parts[2], 32)
    return None if size is None or root is None else Checkpoint(parts[0], size, root, note)


# --- The bundle ------------------------------------------------------------------------------------------------------

ENTRY_START = b'{"entry":'
ENTRY_LINE = re.compile(rb'\{"entry":(.*),"index":(0|[1-9][0-9]{0,14}),"leaf":"([A-Za-z0-9+/=]{44})"\}', re.DOTALL)
ENTRY_ID = re.compile(rb'"id":"(evt_[0-9a-f-]{36})"')


def is_texts(value, most):
    return isinstance(value, list) and len(value) <= most and all(isinstance(item, str) for item in value)


class Bundle:
    """Takes a bundle line by line, in constant memory, and believes nothing of it."""

    def __init__(self, key, against):
        self.key = key
        self.problems, self.more = [], 0
        self.place, self.line_number = "head", 0
        self.origin, self.name, self.keys = None, None, []
        self.tree, self.next = Tree(), 0
        self.last, self.last_signers = None, []
        self.last_note = None
        self.pinned = True
        self.digest = hashlib.sha256()
        self.continues = None
        self.kept = parse_checkpoint(against) if against is not None else None
        if against is not None and self.kept is None:
            self.add("the kept checkpoint is not a checkpoint")

    def add(self, problem):
        if len(self.problems) < LISTED_MAX:
            self.problems.append(problem)
        else:
            self.more += 1

    def take(self, data):
        self.line_number += 1
        if not data.endswith(b"\n") or len(data) > LINE_MAX:
            return self.add("line %d is cut off or too long" % self.line_number)
        line = data[:-1]
        if self.place == "entries" and line.startswith(ENTRY_START):
            return self.take_entry(line)
        value = canonical_or_none(line)
        if not isinstance(value, dict):
            return self.unreadable()
        names = sorted(value)
        if self.place == "head":
            self.place = "entries"
            self.digest.update(data)
            return self.take_head(value)
        if self.place == "entries" and names == ["checkpoint"]:
            self.digest.update(data)
            return self.take_checkpoint(value["checkpoint"])
        if self.place == "entries" and names == ["index", "leaf", "missing"]:
            return self.take_missing(value)
        if self.place == "entries" and names == ["stray"]:
            return self.add("entry %s was never logged: it was written into the database directly" % value["stray"])
        if self.place == "entries" and names == ["root", "rootIndex", "rootPath"]:
            self.place = "seal"
            self.digest.update(data)
            return self.take_root(value)
        if self.place == "seal" and names == ["seal"]:
            self.place = "end"
            return self.take_seal(value["seal"])
        return self.unreadable()

    def unreadable(self):
        self.add("line %d is not what stands there in a bundle" % self.line_number)

    def take_head(self, value):
        good = sorted(value) == ["format", "keys", "origin"] and value["format"] == "portcullis-log/1"
        good = good and is_texts(value["keys"], 100) and isinstance(value["origin"], str)
        keys = [parse_key(text) for text in value["keys"]] if good else []
        good = good and keys and None not in keys and len(set(value["keys"])) == len(keys)
        good = good and all(key.name == keys[0].name for key in keys)
        if not good or not value["origin"].startswith(keys[0].name + "/"):
            return self.add("line 1 is not the head of a bundle of the format portcullis-log/1")
        self.origin, self.name, self.keys = value["origin"], keys[0].name, keys

    def take_entry(self, line):
        found = ENTRY_LINE.fullmatch(line)
        if not found:
            return self.unreadable()
        entry, index, leaf = found.group(1), int(found.group(2)), found.group(3)
        named = ENTRY_ID.search(entry)
        name = "%d (%s)" % (index, named.group(1).decode()) if named else str(index)
        if index < self.next:
            return self.add("entry %s stands again, or too late, after entry %d" % (name, self.next - 1))
        if index > self.next:
            several = "entries %d to %d are missing before %d" % (self.next, index - 1, index)
            self.add("entry %d is missing" % self.next if index == self.next + 1 else several)
            self.next = index + 1
            return
        computed = leaf_hash(entry)
        if base64.b64encode(computed) != leaf:
            self.add("entry %s was changed: it does not have the hash that was logged for it" % name)
        elif not isinstance(canonical_or_none(entry), dict):
            self.add("entry %s is not canonical JSON" % name)
        self.tree.append(computed)
        self.next += 1
        if self.kept is not None and self.next == self.kept.size and self.tree.size == self.next:
            self.compare_with_kept()

    def compare_with_kept(self):
        if self.tree.root() == self.kept.root:
            self.continues = self.kept.size
        else:
            self.add("the log does not continue the kept checkpoint: its first %d entries were others" % self.kept.size)

    def take_missing(self, value):
        index = value["index"]
        if isinstance(index, bool) or not isinstance(index, int):
            return self.unreadable()
        self.add("entry %d (%s) is missing: the database no longer had it" % (index, value["missing"]))
        self.next = max(self.next, index + 1)

    def take_checkpoint(self, written):
        checkpoint = parse_checkpoint(written)
        if checkpoint is None:
            return self.add("line %d is not a checkpoint" % self.line_number)
        about = "the checkpoint of size %d" % checkpoint.size
        signers = signers_of(checkpoint.note, self.keys)
        if signers is None:
            self.add(about + " is not signed by the keys of the log")
        if checkpoint.origin != self.origin:
            self.add(about + " is of another log")
        before = -1 if self.last is None else self.last.size
        if checkpoint.size <= before:
            self.add(about + " stands in the wrong place")
        if checkpoint.size != self.next:
            self.add(about + " does not cover the %d entries before it" % self.next)
        elif self.tree.size != self.next:
            self.add(about + " cannot be compared: entries are missing")
        elif self.tree.root() != checkpoint.root:
            changed = (max(before, 0), checkpoint.size - 1)
            self.add(about + " has another root: something among the entries %d to %d was changed" % changed)
        self.last, self.last_signers, self.last_note = checkpoint, signers or [], written

    def take_root(self, value):
        checkpoint = parse_checkpoint(value["root"])
        index, path = value["rootIndex"], value["rootPath"]
        hashes = [strict_base64(text, 32) for text in path] if is_texts(path, 64) else [None]
        good = isinstance(index, int) and not isinstance(index, bool) and index >= 0
        if checkpoint is None or not good or None in hashes:
            return self.add("line %d is no place in the root log" % self.line_number)
        signers = signers_of(checkpoint.note, self.keys)
        if signers is None:
            self.add("the checkpoint of the root log is not signed by the keys of the log")
        if checkpoint.origin != self.name:
            self.add("the checkpoint of the root log is of another root log")
        self.note_pinned(signers or [])
        leaf = leaf_hash(self.last.note[0].encode("utf-8")) if self.last else b""
        if not proves_inclusion(index, checkpoint.size, leaf, hashes, checkpoint.root):
            self.add("the last checkpoint is not in the root log")

    def take_seal(self, written):
        note = parse_note(written) if isinstance(written, str) else None
        signers = signers_of(note, self.keys) if note else None
        if signers is None:
            return self.add("the seal is not signed by the keys of the log")
        digest = base64.b64encode(self.digest.digest()).decode("ascii")
        ids = " ".join(key.id for key in signers)
        if note[0] != "portcullis-log-seal/1\n%s\n%d\n%s\n%s\n" % (self.origin, self.next, digest, ids):
            self.add("the seal is on something else: a line was changed, left out or added")
        self.note_pinned(signers)

    def note_pinned(self, signers):
        if self.key is None or self.key.text not in [key.text for key in signers]:
            self.pinned = False

    def end(self):
        if self.place != "end":
            self.add("the bundle is cut off: its end is missing")
        if self.last is None:
            self.add("no checkpoint covers the entries")
        elif self.last.size != self.next:
            self.add("the last checkpoint covers %d entries of %d" % (self.last.size, self.next))
        self.note_pinned(self.last_signers)
        if self.key is not None and not self.pinned:
            self.add("the key %s has not signed this" % self.key.text)
        if self.kept is not None:
            self.end_with_kept()

    def end_with_kept(self):
        if self.kept.size == 0 and self.kept.root == Tree().root():
            self.continues = 0
        if self.kept.origin != self.origin:
            self.add("the kept checkpoint is of another log: %s" % self.kept.origin)
        if signers_of(self.kept.note, self.keys) is None:
            self.add("the kept checkpoint is not signed by the keys of the log")
        if self.kept.size > self.next:
            self.add("the kept checkpoint has %d entries, the bundle only %d" % (self.kept.size, self.next))
        elif self.continues is None and not self.problems:
            self.add("the kept checkpoint could not be compared")


# --- One entry and its proof -------------------------------------------------------------------------------------------


class Proof:
    """One line, as `portcullis audit prove` writes it."""

    def __init__(self, key, data, against):
        self.key, self.problems, self.more = key, [], 0
        self.pinned, self.continues, self.keys, self.last_note = False, None, [], None
        self.origin, self.next = None, 0
        if against is not None:
            self.problems.append("a proof of one entry cannot be compared with a kept checkpoint")
        value = canonical_or_none(data[:-1]) if data.endswith(b"\n") else None
        names = ["checkpoint", "entry", "format", "index", "keys", "path"]
        if not isinstance(value, dict) or sorted(value) != names or value["format"] != "portcullis-log-proof/1":
            self.problems.append("the file is not a proof of the format portcullis-log-proof/1")
            return
        self.check(value)

    def check(self, value):
        checkpoint = parse_checkpoint(value["checkpoint"])
        index = value["index"]
        hashes = [strict_base64(text, 32) for text in value["path"]] if is_texts(value["path"], 64) else [None]
        self.keys = [parse_key(text) for text in value["keys"]] if is_texts(value["keys"], SIGNATURES_MAX) else [None]
        good = isinstance(index, int) and not isinstance(index, bool) and index >= 0
        good = good and isinstance(value["entry"], dict)
        if checkpoint is None or not good or None in hashes or None in self.keys:
            self.keys = []
            self.problems.append("the file is not a proof of the format portcullis-log-proof/1")
            return
        self.origin, self.next = checkpoint.origin, checkpoint.size
        signers = signers_of(checkpoint.note, self.keys)
        if signers != self.keys or not all(checkpoint.origin.startswith(key.name + "/") for key in self.keys):
            self.problems.append("the checkpoint is not signed by the keys in the proof")
        leaf = leaf_hash(canonical(value["entry"]).encode("utf-8"))
        if not proves_inclusion(index, checkpoint.size, leaf, hashes, checkpoint.root):
            self.problems.append("the entry is not at index %d of the log of this checkpoint" % index)
        self.pinned = self.key is not None and self.key.text in [key.text for key in signers or []]
        if self.key is not None and not self.pinned:
            self.problems.append("the key %s has not signed this" % self.key.text)


# --- The command ---------------------------------------------------------------------------------------------------------


def verify(path, key, against):
    with open(path, "rb") as file:
        first = file.read(len(b'{"checkpoint"'))
        file.seek(0)
        if first == b'{"checkpoint"':
            return Proof(key, file.read(LINE_MAX), against)
        bundle = Bundle(key, against)
        while True:
            line = file.readline(LINE_MAX + 1)
            if not line:
                break
            bundle.take(line)
            if not line.endswith(b"\n"):
                break
    bundle.end()
    return bundle


def say(found, what):
    if found.problems:
        for problem in found.problems:
            print(problem)
        if found.more:
            print("and %d problems more" % found.more)
        print("%s does NOT hold" % what)
        return 1
    print("%s holds: %d entries of %s" % (what, found.next, found.origin))
    if found.continues is not None:
        print("append-only since the kept checkpoint of %d entries" % found.continues)
    if found.key is None:
        print("unauthenticated: no key was pinned, so this may be a forgery. It contains:")
        for key in found.keys:
            print("  " + key.text)
    return 0


def written(path):
    with open(path, "rb") as file:
        return file.read(LINE_MAX).decode("utf-8", "replace")


def consistency(older, newer, key):
    """The older one is a bundle or a checkpoint, the newer one a bundle."""
    with open(older, "rb") as file:
        is_bundle = file.read(1) == b"{"
    if not is_bundle:
        return say(verify(newer, key, written(older)), newer)
    first = verify(older, key, None)
    code = say(first, older)
    return say(verify(newer, key, first.last_note or ""), newer) or code


def main(arguments):
    if arguments and arguments[0] not in ("verify", "consistency", "-h", "--help"):
        arguments = ["verify"] + arguments
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("verify", help="a bundle, or the proof of one entry")
    one.add_argument("file", metavar="FILE")
    one.add_argument("--against", metavar="CHECKPOINT", help="a checkpoint of the same log, kept from before")
    two = commands.add_parser("consistency", help="whether a newer bundle continues an older one, or a checkpoint")
    two.add_argument("older", metavar="OLDER")
    two.add_argument("newer", metavar="NEWER")
    for command in (one, two):
        command.add_argument("--key", metavar="VKEY", help="the public key that must have signed")
    given = parser.parse_args(arguments)
    key = None if given.key is None else parse_key(given.key)
    if given.key is not None and key is None:
        parser.error("--key is not a public key of a log (NAME+ID+BASE64)")
    try:
        if given.command == "consistency":
            return consistency(given.older, given.newer, key)
        against = None if given.against is None else written(given.against)
        return say(verify(given.file, key, against), given.file)
    except OSError as error:
        print("error: %s" % error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
