"""The life of keys as a picture."""

from __future__ import annotations

from idp_api import IssuerApi

from mock_idp.dashboard.timeline import MAX_ROWS, WIDTH, Bar, timeline
from mock_idp.jose.ring import MAX_CHANGES, KeyChange


def test_each_state_is_a_bar_until_the_next_one() -> None:
    """The last one until now, and what is gone is a mark."""
    changes = [
        KeyChange("a", None, "current", 100.0),
        KeyChange("b", "spare", "current", 150.0),
        KeyChange("a", None, "previous", 150.0),
        KeyChange("a", None, "removed", 175.0),
    ]
    shown = timeline(changes, [], 200.0)
    assert (shown.begins, shown.ends) == (100.0, 200.0)
    first, second = shown.rows
    assert first.bars == (
        Bar("current", 0.0, WIDTH / 2, 100.0),
        Bar("previous", WIDTH / 2, WIDTH / 4, 150.0),
        Bar("removed", WIDTH * 3 / 4, 0.0, 175.0),
    )
    assert (second.kid, second.name, second.bars) == ("b", "spare", (Bar("current", WIDTH / 2, WIDTH / 2, 150.0),))


def test_a_clock_that_was_set_back_spoils_nothing() -> None:
    """What is later than now counts as of now."""
    changes = [KeyChange("a", None, "current", 900.0), KeyChange("a", None, "retired", 950.0)]
    (row,) = timeline(changes, [], 500.0).rows
    assert all(0 <= bar.x <= WIDTH and 0 <= bar.width <= WIDTH for bar in row.bars)


def test_too_many_keys_are_counted() -> None:
    """The newest are shown."""
    shown = timeline([KeyChange(f"k{n}", None, "hidden", float(n)) for n in range(MAX_ROWS + 5)], [], 100.0)
    assert (len(shown.rows), shown.left_out, shown.rows[-1].kid) == (MAX_ROWS, 5, f"k{MAX_ROWS + 4}")


def test_nothing_at_all() -> None:
    """An issuer without keys has no rows."""
    assert timeline([], [], 5.0).rows == ()


def test_the_life_of_real_keys(issuer: IssuerApi) -> None:
    """A rotation, a retirement, a revocation and a removal are in it, and stay after the key has gone."""
    old = issuer.kids()[0]
    issuer.ok("POST", "/rotate")
    for state in ("retired", "revoked"):
        issuer.ok("PATCH", f"/keys/{old}", {"state": state})
    issuer.ok("DELETE", f"/keys/{old}")
    html = issuer.ok("GET", "")["id"] and issuer.api.ok("GET", f"/ui/issuers/{issuer.id}/live")["keys"]
    row = next(life for life in html.split('<div class="life"') if f'title="{old}"' in life)
    assert [word for word in row.split('"') if word in ("current", "previous", "retired", "revoked", "removed")] == [
        *("current", "previous", "retired", "revoked", "removed"),
    ]


def test_the_changes_are_bounded(issuer: IssuerApi) -> None:
    """The oldest make room, and a key whose changes are forgotten still has its last state."""
    first = issuer.kids()[0]
    for number in range(MAX_CHANGES // 2 + 1):
        issuer.ok("POST", "/keys", {"name": f"n{number}"})
        issuer.ok("DELETE", f"/keys/n{number}")
    html = issuer.api.ok("GET", f"/ui/issuers/{issuer.id}/live")["keys"]
    assert f'<div class="life" title="{first}">' in html
