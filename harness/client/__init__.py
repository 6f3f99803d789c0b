"""Which credential a client program sends: it is started with given variables, and what arrives is judged.

`case_file` reads the cases, `values` makes the credentials of one, `recorder` is the service that the program calls,
`trial` starts it, `judgement` compares, `known` has the deviations that are known of a program, `output` shows it.
`tasker.toml` holds what Tasker's documents say of their client; `expected/` what is known of programs.
"""
