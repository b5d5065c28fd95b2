#!/usr/bin/env bash
# Installs what building needs beyond a Rust toolchain and a C/C++ compiler: cmake and libclang,
# with which the HiGHS solver is built from source. Does nothing where both are there already.
set -euo pipefail

say() { printf 'setup: %s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# The library and its own headers: the bindings of HiGHS are generated with both.
have_libclang() {
    if [ -n "${LIBCLANG_PATH:-}" ]; then return 0; fi
    compgen -G '/usr/lib/llvm-*/lib/libclang*.so*' >/dev/null &&
        compgen -G '/usr/lib/llvm-*/lib/clang/*/include/stddef.h' >/dev/null && return 0
    compgen -G '/usr/lib*/libclang.so*' >/dev/null && compgen -G '/usr/lib*/clang/*/include/stddef.h' >/dev/null && return 0
    [ "$(uname -s)" = Darwin ] && have xcrun && [ -e "$(xcrun --find clang 2>/dev/null)" ]
}

if ! have cargo && [ -r "$HOME/.cargo/env" ]; then . "$HOME/.cargo/env"; fi
if ! have cargo; then
    say "no Rust toolchain found. Install one from https://rustup.rs and run this again."
    exit 1
fi
if ! have c++ && ! have g++ && ! have clang++; then
    say "no C++ compiler found. Install one (on Debian: apt-get install build-essential) and run this again."
    exit 1
fi

missing=()
have cmake || missing+=(cmake)
have_libclang || missing+=(libclang-dev)
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

if ! have apt-get; then
    say "still needed: ${missing[*]}, under the names that this system has for them"
    say "(Fedora: dnf install cmake clang-devel; Arch: pacman -S cmake clang; macOS: brew install cmake llvm)."
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! have sudo; then
        say "run as root: apt-get install ${missing[*]}"
        exit 1
    fi
    as_root=(sudo)
fi
say "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
