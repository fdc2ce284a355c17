#!/bin/sh
# Checks what has to be on the machine before anything can be installed, one thing at a time, and names for each that
# is missing the Debian package that brings it. Prints the chosen Python interpreter on standard output, all else on
# standard error. Exit status: 0 all there, 1 something is missing.
#
# PYTHON=/path/to/python  use this interpreter and look for no other.
set -u

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
missing=''
packages=''

say() { printf '%s\n' "$*" >&2; }

# ok WHAT
ok() { say "  ok       $1"; }

# lacks WHAT PACKAGE WHY
lacks() {
    say "  MISSING  $1"
    say "           $3"
    [ -z "$2" ] || packages="$packages $2"
    missing=yes
}

# The version as "3.11", or nothing if the command does not run (a pyenv shim of a version that is not selected fails).
version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

supported() { case "$1" in 3.11 | 3.12) true ;; *) false ;; esac; }

has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

has_headers() {
    "$1" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' \
        2>/dev/null
}

# Every command of one of these names on the PATH, then interpreters that pyenv and uv keep beside it. Not only the
# first: a shim may stand before one that works.
candidates() {
    for name in python3 python3.12 python3.11 python; do
        printf '%s\n' "$PATH" | tr ':' '\n' | while IFS= read -r directory; do
            [ -x "$directory/$name" ] && printf '%s\n' "$directory/$name"
        done
    done
    for found in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[12].*/bin/python3 \
        "${XDG_DATA_HOME:-$HOME/.local/share}"/uv/python/cpython-3.1[12].*/bin/python3; do
        [ -x "$found" ] && printf '%s\n' "$found"
    done
}

# Sets `python`: the first candidate with everything, else the first of a supported version. `others`: what was seen.
choose() {
    python=''
    others=''
    while IFS= read -r candidate; do
        version=$(version_of "$candidate") || version=''
        [ -n "$version" ] || continue
        if ! supported "$version"; then
            case "$others " in *" $version "*) ;; *) others="$others $version" ;; esac
            continue
        fi
        [ -n "$python" ] || python=$candidate
        if has_venv "$candidate" && has_headers "$candidate"; then
            python=$candidate
            return
        fi
    done <<EOF
$(candidates)
EOF
}

why_these_versions='durable-rules, the rule engine, does not load on Python 3.13 or newer; other parts need 3.11.'

say 'Prerequisites:'

if [ -n "${PYTHON:-}" ]; then
    python=$PYTHON
    version=$(version_of "$python") || version=''
    if ! supported "$version"; then
        if [ -z "$version" ]; then found='does not run'; else found="is Python $version"; fi
        lacks "Python 3.11 or 3.12 (PYTHON=$PYTHON $found)" '' "$why_these_versions"
        python=''
    fi
else
    choose
    if [ -z "$python" ]; then
        lacks "Python 3.11 or 3.12 (found:${others:- none})" 'python3.11' "$why_these_versions"
        say '           Debian 12 has python3.11, Ubuntu 24.04 python3.12. Where neither is packaged:'
        say '           `uv python install 3.12` or `pyenv install 3.12`; both are found by themselves.'
    fi
fi

if [ -n "$python" ]; then
    # The interpreter itself, not the shim or the virtual environment by which it was found.
    python=$("$python" -c 'import sys; print(getattr(sys, "_base_executable", "") or sys.executable)')
    version=$(version_of "$python")
    ok "Python $version ($python)"
    if has_venv "$python"; then
        ok "Python's venv"
    else
        lacks "Python's venv" "python$version-venv" 'Everything is installed into .venv, nothing into the system.'
    fi
    if has_headers "$python"; then
        ok "Python's headers (Python.h)"
    else
        lacks "Python's headers (Python.h)" "python$version-dev" 'durable-rules is compiled when it is installed.'
    fi
fi

# The compiler that this Python calls; CC overrides it, as it does in setuptools.
compiler=${CC:-}
if [ -z "$compiler" ] && [ -n "$python" ]; then
    compiler=$("$python" -c 'import sysconfig; print(sysconfig.get_config_var("CC") or "")' 2>/dev/null)
fi
compiler=${compiler:-gcc}
if command -v "${compiler%% *}" >/dev/null 2>&1; then
    ok "a C compiler (${compiler%% *})"
    # shellcheck disable=SC2086  # a compiler may come with options
    if printf '#include <stdio.h>\n#include <stdlib.h>\n' | $compiler -x c -fsyntax-only - >/dev/null 2>&1; then
        ok "the C library's headers"
    else
        lacks "the C library's headers (stdio.h)" 'libc6-dev' 'durable-rules is compiled when it is installed.'
    fi
else
    lacks "a C compiler (${compiler%% *})" 'gcc libc6-dev' 'durable-rules is compiled when it is installed.'
fi

for tool in make git; do
    if command -v "$tool" >/dev/null 2>&1; then
        ok "$tool"
    else
        lacks "$tool" "$tool" 'The commands of this repository use it.'
    fi
done

if [ -d "$root/src/trialsieve/engine" ]; then
    ok 'symbolic links in src/trialsieve'
else
    lacks 'symbolic links in src/trialsieve' '' \
        'This check-out holds them as plain files. On Windows, clone inside WSL; elsewhere: git config core.symlinks true && git checkout -- src'
fi

if [ -n "$missing" ]; then
    say ''
    [ -z "$packages" ] || say "On Debian and Ubuntu: sudo apt-get install$packages"
    say 'Then run the same command again.'
    exit 1
fi
printf '%s\n' "$python"
