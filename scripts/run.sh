#!/usr/bin/env bash
# Sets up what is missing and runs Tieline; without arguments, the main job: the 33-bus feeder.
#   ./scripts/run.sh
#   ./scripts/run.sh check examples/ieee33.tie
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
"$root/scripts/setup.sh"
if [ -r "$HOME/.cargo/env" ]; then . "$HOME/.cargo/env"; fi
if [ $# -eq 0 ]; then set -- solve "$root/examples/ieee33.tie"; fi
exec cargo run --quiet --release --manifest-path "$root/Cargo.toml" -- "$@"
