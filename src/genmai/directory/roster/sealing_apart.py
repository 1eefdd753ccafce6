"""Very many members' numbers sealed as text for COPY; for a long sheet in a process of its own, on another processor.

The child gets the keys made for this use and the lines to seal through a pipe, and gives text back. It has
neither the master key nor the database, keeps nothing, and ends when the pipe does. Here and there run the same lines.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import IO, NamedTuple, cast

from genmai.kernel import secrets

_NULL = "\\N"


class Keys(NamedTuple):
    """Derived from the master key: what wraps persons' keys, what makes the two blind indexes; and what is of this once.

    `fresh` is random, for this sheet alone and kept nowhere: every person's key follows from it and the person's number,
    and from nothing else once the sheet is in.
    """

    wrapping: bytes
    identities: bytes
    phones: bytes
    fresh: bytes


class Sealed(NamedTuple):
    """Text for COPY, a line each member: the columns of a person, and of the person's key."""

    persons: bytes
    keys: bytes


def line(identity: str, phone: str, number: int, public_id: str, head: str, tail: str) -> str:
    """One member to seal. Numbers in their normalised form; `head` and `tail` are the columns before and after."""
    return f"{identity}\t{phone}\t{number}\t{public_id}\t{tail}\t{head}"


class Sealing:
    """Lines to sealed lines, in this process."""

    def __init__(self, keys: Keys) -> None:
        self._wrapper, self._fresh = secrets.Sealer(keys.wrapping), secrets.Deriver(keys.fresh).of
        self._of_identity = secrets.Indexer(keys.identities, "identity").of_normalised
        self._of_phone = secrets.Indexer(keys.phones, "phone").of_normalised

    def submit(self, lines: str) -> Callable[[], Sealed]:
        """Sealed at once."""
        done = self.seal(lines)
        return lambda: done

    def close(self) -> None:
        """Nothing to end."""

    def seal(self, lines: str) -> Sealed:
        """What `line` made, one to a line."""
        persons, keys = [], []
        for one in lines.split("\n"):
            identity, phone, number, public_id, tail, head = one.split("\t", 5)
            person_key, aad = self._fresh(number), bytes.fromhex(public_id.replace("-", ""))
            sealer = secrets.Sealer(person_key)
            numbers = _NULL, _NULL
            if phone:
                sealed = sealer.seal(phone.encode(), purpose="phone", aad=aad)
                numbers = "\\\\x" + sealed.hex(), "\\\\x" + self._of_phone(phone).hex()
            persons.append(
                f"{number}\t{public_id}\t{head}\t{numbers[0]}\t{numbers[1]}\t"
                f"\\\\x{sealer.seal(identity.encode(), purpose='identity', aad=aad).hex()}\t"
                f"\\\\x{self._of_identity(identity).hex()}\t{tail}\n"
            )
            keys.append(f"{number}\t\\\\x{self._wrapper.seal(person_key, purpose='wrap', aad=aad).hex()}\n")
        return Sealed("".join(persons).encode(), "".join(keys).encode())


class Apart:
    """The same in a child; answers are to be taken in the order in which lines were submitted. Close it."""

    def __init__(self, keys: Keys) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("GENMAI_", "PG"))}
        env["PYTHONPATH"] = os.pathsep.join(one for one in sys.path if one)
        self._child = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
        )
        self._to, self._from = cast(IO[bytes], self._child.stdin), cast(IO[bytes], self._child.stdout)
        _put(self._to, b"".join(keys))

    def submit(self, lines: str) -> Callable[[], Sealed]:
        """Hand over; waits only while the child is two slices behind."""
        _put(self._to, lines.encode())
        return lambda: Sealed(_get(self._from), _get(self._from))

    def close(self) -> None:
        """End it, whatever it is at."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._to, self._from):
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # what was still to be handed over is not wanted any more


def _put(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(len(data).to_bytes(8, "big") + data)
    pipe.flush()


def _get(pipe: IO[bytes]) -> bytes:
    """Raises EOFError when the other side is gone."""
    head = pipe.read(8)
    data = pipe.read(int.from_bytes(head, "big"))
    if len(head) < 8 or len(data) < int.from_bytes(head, "big"):
        raise EOFError("the process that seals members' numbers is gone")
    return data


def _serve(given: IO[bytes], answers: IO[bytes]) -> None:
    length = secrets.KEY_LENGTH
    keys = _get(given)
    sealing = Sealing(Keys(*(keys[at : at + length] for at in range(0, len(keys), length))))
    while True:
        try:
            lines = _get(given)
        except EOFError:
            return
        for part in sealing.seal(lines.decode()):
            _put(answers, part)


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
