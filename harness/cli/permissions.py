"""`idp-harness permissions`: which permissions a service knows, and what each opens."""

from __future__ import annotations

import click

from harness.base.errors import UsageError
from harness.declared.profile import Profile, find_profile, load_profile
from harness.shown.terminal import say
from harness.static_key.vocabulary import routes_of


def _profile(ctx: click.Context, param: click.Parameter, value: str) -> Profile:
    return load_profile(find_profile(value))


profile_option = click.option(
    "--profile",
    "profile",
    callback=_profile,
    default="tasker-orchestration",
    show_default=True,
    metavar="NAME|FILE",
    help="Whose permissions are known.",
)


@click.command()
@profile_option
def permissions(profile: Profile) -> None:
    """List the permissions that a service knows, as its profile says, with the declared routes that each opens.

    \b
    Example:
      idp-harness permissions --profile tasker-worker
    """
    if not profile.permissions:
        raise UsageError(f"the profile {profile.name} lists no permissions; it names them as permissions = [...]")
    width = max(map(len, profile.permissions))
    for permission in profile.permissions:
        say(f"{permission:<{width}}  {', '.join(routes_of(permission, profile))}".rstrip())
    for resource in dict.fromkeys(permission.partition(":")[0] for permission in profile.permissions):
        say(f"{resource + ':*':<{width}}  all of {resource}")
    if profile.policy.get("global_wildcard"):
        say(f"{'*':<{width}}  everything")
