"""`idp-harness keys`: a key of one's own, for a service that verifies with one public key."""

from __future__ import annotations

from pathlib import Path

import click

from harness.shown.terminal import say
from harness.static_key import pem_files


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
