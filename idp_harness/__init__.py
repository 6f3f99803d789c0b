"""What a Python team's own test suite imports: `judge` calls an app in this process and says what it lets in.

    result = idp_harness.judge(make_app, profile="orders.toml", style="auth0")
    assert result.ok, result.summary()

Everything else of this distribution is pytest fixtures, and commands.
"""

from idp_harness.judgement import Judgement
from idp_harness.judging import judge

__all__ = ["Judgement", "judge"]
