//! What a user sees, tested from outside: the command, the library's public names, and PHP as the judge.
