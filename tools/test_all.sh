#!/bin/sh
# Runs the tests on each supported Python that this machine has (each in a virtual environment of its own), then the
# checks, the property tests, the changes of rules that tests must notice, a short load and the storage on PostgreSQL.
# A Python that is not here is named, not passed over in silence.
set -eu
cd "$(dirname "$0")/.."

tested=''
for version in 3.11 3.12; do
    for python in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python3 \
        "${XDG_DATA_HOME:-$HOME/.local/share}/uv/python/cpython-$version".*/bin/python3; do
        if PYTHON=$python tools/check_prerequisites.sh >/dev/null 2>&1; then
            printf '\n=== tests on Python %s ===\n' "$version"
            make test "PYTHON=$python" "VENV=.venv-$version"
            tested="$tested $version"
            continue 2
        fi
    done
    printf '\n=== Python %s is not on this machine, or lacks its headers: not tested ===\n' "$version"
done
[ -n "$tested" ] || { printf 'No supported Python was found.\n' >&2 && exit 1; }
make check
make fuzz
make mutate
make load LOAD_SECONDS=60
make postgresql
if tools/check_java.sh; then
    make spark
else
    printf '\n=== Without Java the run on Spark was not tested ===\n'
fi
printf '\nTested on Python%s, checked, fuzzed, loaded, and stored in PostgreSQL.\n' "$tested"
