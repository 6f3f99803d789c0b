"""The one error of this package, and the wording of "did you mean"."""

from collections.abc import Iterable
from difflib import get_close_matches


class JoseError(Exception):
    """Something was asked of the JOSE core that it cannot do; nothing has changed.

    Attributes:
        code: a stable word for programs, such as `unknown_member`, `wrong_type`, `kid_reused`.
        sentence: for people: what is wrong, where, what to do instead. Never holds a private key or a token.
        field: the path of the offending member (`times.exp`, `with.form`), or None when none is to blame.
    """

    def __init__(self, code: str, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field


# What is longer, or more, nobody reads, and comparing it takes its time.
_COMPARED_CHARACTERS, _COMPARED_NAMES, _LISTED_NAMES = 100, 1000, 50


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name.

    In: the unknown name and the known ones. Out: `Did you mean 'claims'?`, or, when nothing is close,
    `Known: claims, header, ...`.
    """
    names = sorted(each for each in known if len(each) <= _COMPARED_CHARACTERS)
    if len(name) <= _COMPARED_CHARACTERS:
        close = get_close_matches(name, names[:_COMPARED_NAMES], n=1)
        if close:
            return f"Did you mean {close[0]!r}?"
    more = ", ..." if len(names) > _LISTED_NAMES else ""
    return "Known: " + ", ".join(names[:_LISTED_NAMES]) + f"{more}."
