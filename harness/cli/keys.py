"""`idp-harness keys`: a key of one's own, for a service that verifies with one public key."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from harness.base.errors import HarnessError
from harness.base.verdicts import EXIT_FAILED, EXIT_OK
from harness.shown.terminal import say, say_in_colour
from harness.static_key import pem_files
from harness.static_key.comparison import compare as compare_with


@click.group()
def keys() -> None:
    """Make keys for a service that verifies with one public key.

    \b
    Example:
      idp-harness keys generate --output-dir ./keys
    """


@keys.command()
@click.option(
    "--output-dir",
    "folder",
    required=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the two files are written; it is made when it isn't there.",
)
@click.option(
    "--key-size",
    "bits",
    type=click.IntRange(pem_files.LEAST_BITS, pem_files.MOST_BITS),
    default=pem_files.LEAST_BITS,
    show_default=True,
    help="Bits of the RSA key.",
)
@click.option("--replace", is_flag=True, help="Write over keys that are there.")
def generate(folder: Path, bits: int, replace: bool) -> None:
    """Write a new private key, for its owner alone, and its public key.

    \b
    Example:
      idp-harness keys generate --output-dir ./keys --key-size 3072
    """
    pair = pem_files.generate(folder, bits, replace=replace)
    say(f"{pair.private}  keep it secret: it signs tokens")
    say(f"{pair.public}  for the service: jwt_public_key_path of Tasker")


@keys.command()
@click.argument("program", required=False)
def compare(program: str | None) -> int:
    """Do the jobs of `tasker-ctl auth` here and there, on the same inputs, and show where the two do otherwise.

    Keys, a token, the validation of tokens and the list of permissions. PROGRAM is a tasker-ctl; without it the one of
    the variable TASKER_CTL, or on the PATH. Exit status 1 when something differs.

    \b
    Example:
      idp-harness keys compare
    """
    name = program or os.environ.get("TASKER_CTL") or "tasker-ctl"
    if (path := shutil.which(name)) is None:
        raise HarnessError(
            f"there is no program {name}; name a tasker-ctl, or build one: cargo install tasker-ctl --version 0.1.8"
        )
    differs = False
    for one in compare_with(str(Path(path).absolute())):
        differs = differs or one.is_one
        say_in_colour("differs " if one.is_one else "same    ", one.what, colour="yellow" if one.is_one else "green")
        for whose, seen in (("here", one.ours), ("there", one.theirs)) if one.is_one else (("both", one.ours),):
            say(f"        {whose:<6} {seen}")
    return EXIT_FAILED if differs else EXIT_OK
