#!/usr/bin/env bash
# Random studies against independent references, with the program as it is here: docs/rig.md.
# Arguments go to the rig: ./scripts/rig.sh --seed 1 --count 20000
# With RIG_PROFILE=dev the development build is tested, which the tests have made already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
profile="${RIG_PROFILE:-release}"
cargo build --locked --quiet --profile "$profile" --bin tieline
cargo run --locked --quiet --profile "$profile" -p rig -- "$@"
