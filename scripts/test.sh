#!/usr/bin/env bash
# Sets up what is missing and checks everything: layout, lints, all tests, documentation.
# Arguments go to the tests: ./scripts/test.sh --test lowering
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./scripts/setup.sh
if [ -r "$HOME/.cargo/env" ]; then . "$HOME/.cargo/env"; fi

step() { printf '\n== %s\n' "$*" >&2; }

step "layout (cargo fmt --check)"
cargo fmt --check
step "lints (cargo clippy)"
cargo clippy --all-targets --locked -- -D warnings
step "tests (cargo test, documentation tests included)"
cargo test --locked --no-fail-fast "$@"
step "documentation (cargo doc)"
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked
step "all passed"
