"""Every kind of mistake in a scenario: what is written, where it is, and what is said of it."""

from __future__ import annotations

EXPECT = 'expect = "reject"\n'

# What is written below the scenario's head; the number of the wrong line there, from 0; what the sentence says.
MISTAKES = {
    "scenario-key": ('expct = "reject"\n', 0, "no key 'expct'; did you mean 'expect'?"),
    "style": (EXPECT + 'styles = ["auth0", "oktta"]\n', 1, "'oktta' is no style; did you mean 'okta'?"),
    "capability": (EXPECT + 'needs = ["jwk"]\n', 1, "'jwk' is no capability; did you mean 'jwks'?"),
    "config-key": (EXPECT + "config.strict_validaton = true\n", 1, "did you mean 'strict_validation'?"),
    "config-word": (EXPECT + 'config.refresh = "shrt"\n', 1, "'shrt' is no refresh; did you mean 'short'?"),
    "token-key": (EXPECT + "token.clams = { exp = 1 }\n", 1, "token has no key 'clams'; did you mean 'claims'?"),
    "token-table": (EXPECT + 'token = "plain"\n', 1, "token must be a table, not 'plain'"),
    "token-times": (EXPECT + "token.times = 3\n", 1, "times must be a table, not 3"),
    "token-time-key": (EXPECT + "token.times.exp = { leeway = 1 }\n", 1, "did you mean 'leeways'?"),
    "token-time-text": (EXPECT + 'token.times.exp = "soon"\n', 1, "exp must be a number or a table, not 'soon'"),
    "request-key": (EXPECT + 'request.pth = "/"\n', 1, "request has no key 'pth'; did you mean 'path'?"),
    "request-value": (EXPECT + "request.path = 1\n", 1, "path must be a text, not 1"),
    "request-header": (EXPECT + "request.headers = { X-A = 1 }\n", 1, "X-A must be a text or a list of texts"),
    "expectation": ('expect = "rejct"\n', 0, "'rejct' is no expectation; did you mean 'reject'?"),
    "expectation-list": ('expect = [401, "clsed"]\n', 0, 'a list such as [401, 404] or ["reject", 413, '),
    "expectation-empty": ("expect = []\n", 0, "expect must be a word or a list"),
    "policy-key": (
        'policy = { knob = "kid_required", is = true, then = "reject", othrwise = "accept" }\n',
        0,
        "'otherwise'?",
    ),
    "policy-word": (
        'policy = { knob = "kid_required", is = true, then = "rejct", otherwise = "accept" }\n',
        0,
        "'reject'?",
    ),
    "policy-half": (
        'policy = { knob = "kid_required", then = "reject", otherwise = "accept" }\n',
        0,
        "either is or at_least",
    ),
    "policy-and-expect": (
        EXPECT + 'policy = { knob = "kid_required", is = true, then = "reject", otherwise = "accept" }\n',
        1,
        "expect or policy, not both",
    ),
    "control-key": (EXPECT + "control = { tokn = {} }\n", 1, "no key 'tokn'; did you mean 'token'?"),
    "fetches-key": (EXPECT + "fetches = { at_mots = 1 }\n", 1, "fetches has no key 'at_mots'; did you mean 'at_most'?"),
    "fetches-value": (EXPECT + 'fetches = { at_most = "1" }\n', 1, "at_most must be a whole number from 0, not '1'"),
    "demand": (EXPECT + "documents.house = 7\n", 1, "house must be a text or a table, not 7"),
    "demand-level": (
        EXPECT + 'documents.house = { sentence = "Rule 7", level = "mst" }\n',
        1,
        "'mst' is no level; did you mean 'must'?",
    ),
    "flag": (EXPECT + 'timed = "yes"\n', 1, "timed must be true or false, not 'yes'"),
    "start": (EXPECT + 'start = "manuel"\n', 1, "'manuel' is no way to start; did you mean 'manual'?"),
    "no-styles": (EXPECT + "styles = []\n", 1, "styles must be a list of words, not []"),
    "no-steps": ("steps = []\n", 0, "steps must be a list with something in it, not []"),
    "steps-table": ('steps = { do = "send" }\n', 0, "steps must be a list with something in it"),
    "step-without-do": ('steps = [{ expect = "reject" }]\n', 0, 'each step is a table with do = "..."'),
    "step-word": (
        'steps = [\n  { do = "send" },\n  { do = "sned" },\n]\n',
        2,
        "'sned' is no step; did you mean 'send'?",
    ),
    "step-key": ('steps = [\n  { do = "send" },\n  { do = "send", repat = 2 },\n]\n', 2, "did you mean 'repeat'?"),
    "step-needs": ('steps = [\n  { do = "send" },\n  { do = "make-key" },\n]\n', 2, "step make-key needs name"),
    "step-count": ('steps = [{ do = "send", repeat = 0 }]\n', 0, "repeat must be a whole number from 1, not 0"),
    "step-rate": (
        'steps = [{ do = "start-traffic", name = "t", rate = 0 }, { do = "stop-traffic", name = "t" }]\n',
        0,
        "rate must be a number above 0, not 0",
    ),
    "step-connection": (
        'steps = [{ do = "send", connection = "smae" }]\n',
        0,
        "connection must be \"same\", not 'smae'",
    ),
    "step-expectation": ('steps = [\n  { do = "send" },\n  { do = "send", expect = "acept" },\n]\n', 2, "'accept'?"),
    "step-expect-and-policy": (
        'steps = [{ do = "send", expect = "accept", policy = { knob = "kid_required", is = true, then = "reject", '
        'otherwise = "accept" } }]\n',
        0,
        "expect or policy, not both",
    ),
    "wait-key": ('steps = [{ do = "wait", refreshs = 1 }]\n', 0, "did you mean 'refresh'?"),
    "wait-value": ('steps = [{ do = "wait", refresh = "1" }]\n', 0, "refresh must be a number, not '1'"),
    "within": ('steps = [{ do = "send-until", within = { second = 1 } }]\n', 0, "did you mean 'seconds'?"),
    "fetch-within": ('steps = [{ do = "wait-for-fetch", on = "jwks", within = { second = 1 } }]\n', 0, "'seconds'?"),
    "route-set": (
        'steps = [{ do = "send-to-routes", routes = "resourc", permissions = "own", expect = "accept" }]\n',
        0,
        "'resourc' is no set of routes; did you mean 'resource'?",
    ),
    "permission-set": (
        'steps = [{ do = "send-to-routes", routes = "resource", permissions = "owm", expect = "accept" }]\n',
        0,
        "'owm' is no set of permissions; did you mean 'own'?",
    ),
    "jwks-key": ('jwks.befor = []\nsteps = [{ do = "edit-jwks" }]\n', 0, "did you mean 'before'?"),
    "fault-without-kind": ('steps = [{ do = "fault", on = "jwks" }]\n', 0, "step fault needs kind"),
    "unknown-mark": (
        'steps = [{ do = "mark", name = "down" }, { do = "expect-fetches", since = "dwn" }]\n',
        0,
        "'dwn' is no name that an earlier mark gave; did you mean 'down'?",
    ),
    "unknown-kept-token": (
        'steps = [{ do = "send", resend = "old" }]\n',
        0,
        "'old' is no name that an earlier keep gave",
    ),
    "member-of-an-unknown-key": (
        'steps = [{ do = "edit-jwks", before = [{ n = "{n.odd}" }] }, { do = "send" }]\n',
        0,
        "'odd' is no name that an earlier make-key or publish-key gave",
    ),
    "unknown-kept-part": (
        'steps = [{ do = "send", keep = "a" }, '
        '{ do = "send", resend = { header = "b", payload = "a", signature = "a" } }]\n',
        0,
        "'b' is no name that an earlier keep gave",
    ),
    "missing-part": (
        'steps = [{ do = "send", keep = "a" }, { do = "send", resend = { header = "a", payload = "a" } }]\n',
        0,
        "resend needs signature",
    ),
    "unknown-job": ('steps = [{ do = "join", name = "job" }]\n', 0, "'job' is no name that an earlier"),
    "unjoined-job": (
        'steps = [\n  { do = "send" },\n  { do = "send-in-background", name = "job" },\n]\n',
        2,
        "send-in-background 'job' is never judged: it needs a join step",
    ),
    "unstopped-traffic": (
        'steps = [{ do = "start-traffic", name = "clients", rate = 5 }]\n',
        0,
        "start-traffic 'clients' is never judged: it needs a stop-traffic step",
    ),
    "placeholder": (
        EXPECT + 'token.claims = { iss = "{isuer}" }\n',
        1,
        "{isuer} is no placeholder; did you mean 'issuer'?",
    ),
    "route-part": (
        EXPECT + 'request.path = "{read.pth}"\n',
        1,
        "{read.pth} is no placeholder; did you mean 'read.path'?",
    ),
    "placeholder-in-key": (
        EXPECT + 'token.claims = { "{permissionsclaim}" = [] }\n',
        1,
        "did you mean 'permissions_claim'?",
    ),
    "placeholder-in-fault": (
        'fault = { on = "jwks", kind = "body", body = "{isuer}" }\nsteps = [{ do = "fault" }, { do = "send" }]\n',
        0,
        "did you mean 'issuer'?",
    ),
    "filter": (EXPECT + 'token.claims = { sub = "{issuer|uper}" }\n', 1, "|uper is no filter; did you mean 'upper'?"),
    "no-expectation": ('token.claims = { sub = "x" }\n', -6, "a scenario without steps needs expect or policy"),
    "variants-list": (EXPECT + "variants = [1]\n", 1, "variants must be a table with one entry for each variant"),
    "variants-none": (EXPECT + "variants = {}\n", 1, "variants must be a table with one entry for each variant"),
    "variant-name": (EXPECT + "[a-case.variants]\nTwo_Words = {}\n", 2, "the variant 'Two_Words' must be words of a-z"),
    "variant-key": (
        EXPECT + "[a-case.variants]\none = { tokn = {} }\n",
        2,
        "variant one has no key 'tokn'; did you mean 'token'?",
    ),
    "variant-table": (EXPECT + "[a-case.variants]\none = 1\n", 2, "variant one must be a table, not 1"),
    "variant-of-the-fact": (
        EXPECT + "[a-case.variants]\none = { timed = true }\n",
        2,
        "variant one has no key 'timed'",
    ),
    "variant-value": (
        EXPECT + "[a-case.variants]\none = {}\ntwo = { token = { clams = {} } }\n",
        3,
        "did you mean 'claims'?",
    ),
    "variant-in-a-table-of-its-own": (
        EXPECT + '[a-case.variants.one]\nrequest = "read"\n[a-case.variants.two]\nrequest = { pth = "/" }\n',
        4,
        "did you mean 'path'?",
    ),
    "duplicate-key": (EXPECT + EXPECT, 1, "Cannot overwrite a value"),
    # Words of the mock identity provider.
    "mutation": (EXPECT + 'token.mutation = "alg-non"\n', 1, "'alg-non' is no mutation; did you mean 'alg-none'?"),
    "mutation-option": (
        EXPECT + 'token = { mutation = "json-general", with = { signature = "none" } }\n',
        1,
        "with has no key 'signature'; did you mean 'signatures'?",
    ),
    "mutation-option-word": (
        EXPECT + 'token = { mutation = "json-general", with = { signatures = "valid-and-forgd" } }\n',
        1,
        "did you mean 'valid-and-forged'?",
    ),
    "options-without-mutation": (EXPECT + "token.with = { count = 1 }\n", 1, "token needs mutation"),
    "algorithm": (EXPECT + 'token.alg = "RS999"\n', 1, "'RS999' is no algorithm; known: ES256, "),
    "configured-algorithm": (EXPECT + 'config.allowed_algorithms = ["RS265"]\n', 1, "did you mean 'RS256'?"),
    "token-kind": (EXPECT + 'token.kind = "robot"\n', 1, "'robot' is no kind; known: machine, user"),
    "audience": (EXPECT + "token.audience = 5\n", 1, "audience must be a text or a list of words, not 5"),
    "permissions": (EXPECT + 'token.permissions = "all"\n', 1, "permissions must be a list of words, not 'all'"),
    "raw-members": (EXPECT + 'token.raw_members = [["exp"]]\n', 1, "raw_members must be a list of"),
    "two-payloads": (EXPECT + 'token = { payload = "1", claims = { a = 1 } }\n', 1, "payload or claims, not both"),
    "fault-endpoint": (
        'steps = [{ do = "fault", on = "jwk", kind = "reset" }, { do = "send" }]\n',
        0,
        "'jwk' is no endpoint; did you mean 'jwks'?",
    ),
    "fault-kind": (
        'steps = [{ do = "fault", on = "jwks", kind = "staus" }, { do = "send" }]\n',
        0,
        "'staus' is no fault; did you mean 'status'?",
    ),
    "fault-member": (
        'steps = [{ do = "fault", on = "jwks", kind = "status", statsu = 503 }, { do = "send" }]\n',
        0,
        "step fault has no key 'statsu'; did you mean 'status'?",
    ),
    "fault-value": (
        'steps = [{ do = "fault", on = "jwks", kind = "status", status = "503" }, { do = "send" }]\n',
        0,
        "status must be a whole number from 200 to 599, not '503'",
    ),
    "fault-of-the-scenario": (
        EXPECT + 'fault = { on = "jwks", kind = "status", statsu = 503 }\nsteps = [{ do = "fault" }]\n',
        1,
        "fault has no key 'statsu'; did you mean 'status'?",
    ),
    "fetch-endpoint": (
        'steps = [{ do = "send" }, { do = "expect-fetches", on = "jwk", at_most = 1 }]\n',
        0,
        "'jwk' is no endpoint; did you mean 'jwks'?",
    ),
    "key-state": (
        'steps = [{ do = "publish-key", name = "k2", state = "curent" }]\n',
        0,
        "'curent' is no state of a key; did you mean 'current'?",
    ),
    "key-algorithm": (
        'steps = [{ do = "make-key", name = "k2", algorithm = "RS265" }]\n',
        0,
        "'RS265' is no algorithm; did you mean 'RS256'?",
    ),
    "key-member": (
        'steps = [{ do = "publish-key", name = "k2", members = ["kty", "kdi"] }]\n',
        0,
        "'kdi' is no member of a JWK; did you mean 'kid'?",
    ),
    "edit-key": (
        'steps = [{ do = "edit-jwks", edit = { first = { sett = {} } } }]\n',
        0,
        "first has no key 'sett'; did you mean 'set'?",
    ),
    # Names that nobody has given.
    "unknown-key": (
        EXPECT + 'token.key = "frist"\n',
        1,
        "'frist' is no name that an earlier make-key or publish-key gave; did you mean 'first'?",
    ),
    "unknown-key-of-a-step": (
        'steps = [\n  { do = "send" },\n  { do = "send", token.key = "k3" },\n]\n',
        2,
        "'k3' is no",
    ),
    "key-that-comes-too-late": (
        'steps = [{ do = "set-key-state", key = "k2", state = "retired" }, { do = "publish-key", name = "k2" }]\n',
        0,
        "'k2' is no name that an earlier make-key or publish-key gave",
    ),
    "key-of-another-issuer": (
        'steps = [\n  { do = "make-issuer", name = "b" },\n  { do = "publish-key", name = "k2" },\n'
        '  { do = "send", issuer = "b", token.key = "k2" },\n]\n',
        3,
        "'k2' is no name that an earlier",
    ),
    "key-of-the-control": (EXPECT + 'control.token.key = "k2"\n', 1, "'k2' is no name that an earlier"),
    "key-in-a-header": (EXPECT + 'token.header.jwk = { "$jwk" = "k2" }\n', 1, "'k2' is no name that an earlier"),
    "key-in-a-set": (
        'steps = [{ do = "edit-jwks", before = [{ "$jwk" = "k2" }] }]\n',
        0,
        "'k2' is no name that an earlier",
    ),
    "key-to-edit": ('steps = [{ do = "edit-jwks", edit = { k2 = {} } }]\n', 0, "'k2' is no name that an earlier"),
    "kid-of-nobody": (EXPECT + 'token.header.kid = "{kid.frist}"\n', 1, "did you mean 'first'?"),
    "issuer-of-nobody": (EXPECT + 'token.claims.iss = "{issuer.secnd}"\n', 1, "did you mean 'second'?"),
    "api-key": (
        EXPECT + 'request.headers = { X-API-Key = "{api_key.ful}" }\n',
        1,
        "'ful' is no API key; did you mean 'full'?",
    ),
    "answer-to-compare": (
        'steps = [{ do = "send", remember = "one" }, { do = "expect-alike", answers = ["one", "tow"] }]\n',
        0,
        "'tow' is no name that an earlier remember gave",
    ),
    "certificate-without-tls": (
        'steps = [{ do = "present-certificate", kind = "expired" }]\n',
        0,
        "step present-certificate needs config.tls = true",
    ),
    # Values that have a kind.
    "no-number": ('steps = [{ do = "wait", seconds = nan }]\n', 0, "seconds must be a number, not nan"),
    "no-number-of-seconds": (EXPECT + "token.times.exp = inf\n", 1, "exp must be a number or a table, not inf"),
    "config-text": (EXPECT + "config.permissions_claim = 5\n", 1, "permissions_claim must be a text, not 5"),
    "config-flag": (EXPECT + 'config.tls = "yes"\n', 1, "tls must be true or false, not 'yes'"),
    "config-of-a-step": (
        'start = "manual"\nsteps = [{ do = "start-service", config = { refresh = "shrt" } }]\n',
        1,
        "'shrt' is no refresh; did you mean 'short'?",
    ),
    "answer-wish": (EXPECT + 'answer.headers.WWW-Authenticate = { contain = "x" }\n', 1, "did you mean 'contains'?"),
    "timed-request": (
        'steps = [{ do = "compare-times", first = { expect = "reject" }, second = {} }]\n',
        0,
        "first has no key 'expect'",
    ),
    "raw-request": (
        'steps = [{ do = "send-pipeline", requests = [{ lines = ["GET / HTTP/1.1"], expct = "accept" }] }]\n',
        0,
        "requests has no key 'expct'; did you mean 'expect'?",
    ),
    "name-without-a-letter": ('steps = [{ do = "mark", name = "" }]\n', 0, "name must be a text, not ''"),
    "no-toml": ("expect = reject\n", 0, "Invalid value"),
}

# What an editor can't see: what names and placeholders say, what one table says about another, and what
# no JSON has or is no TOML.
BEYOND_A_SCHEMA = {
    *(
        "unknown-mark",
        "unknown-kept-token",
        "unknown-kept-part",
        "member-of-an-unknown-key",
        "unknown-job",
        "unjoined-job",
        "unstopped-traffic",
        "answer-to-compare",
    ),
    *("placeholder", "route-part", "placeholder-in-key", "placeholder-in-fault", "filter"),
    *("unknown-key", "unknown-key-of-a-step", "key-that-comes-too-late", "key-of-another-issuer", "key-of-the-control"),
    *("key-in-a-header", "key-in-a-set", "key-to-edit", "kid-of-nobody", "issuer-of-nobody", "api-key"),
    *("certificate-without-tls", "duplicate-key", "no-toml", "no-number", "no-number-of-seconds"),
}
