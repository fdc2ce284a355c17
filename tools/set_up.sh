#!/bin/sh
# Brings the virtual environment up to date: `set_up.sh run` (what screening needs), `set_up.sh dev` (and what tests
# and checks need), `set_up.sh postgresql` or `set_up.sh spark` (and a PostgreSQL server, or Spark; give these a VENV of
# their own). Does nothing when the locks, pyproject.toml, the version and this directory are as at the last time.
#
# VENV=.venv  where it is    PYTHON=...  see check_prerequisites.sh
set -eu

what=$1
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
case "$what" in
run) lock=requirements.lock ;;
dev) lock=requirements-dev.lock ;;
postgresql) lock=requirements-postgresql.lock ;;
spark) lock=requirements-spark.lock ;;
*) printf 'set_up.sh: say run, dev, postgresql or spark, not "%s"\n' "$what" >&2 && exit 2 ;;
esac

# dev holds all of run, so a dev environment serves both.
state() { { pwd && printf '%s\n' "$1" "${PYTHON:-}" && cat requirements-build.lock "$2" pyproject.toml src/trialsieve/__init__.py tools/set_up.sh; } | cksum; }
current() { [ -x "$venv/bin/python" ] && [ "$(cat "$venv/.trialsieve-$1" 2>/dev/null)" = "$(state "$1" "$2")" ]; }
if current "$what" "$lock" || current dev requirements-dev.lock; then
    exit 0
fi

# Its output stays out of the way unless something goes wrong.
pip() {
    if ! PIP_USER=0 "$venv/bin/python" -m pip --disable-pip-version-check "$@" >"$venv/pip.log" 2>&1; then
        cat "$venv/pip.log" >&2
        printf '\nThe installation failed; the reason stands above (also in %s/pip.log).\n' "$venv" >&2
        printf 'It needs a Python package index (pip.conf, PIP_INDEX_URL and proxies are honoured). To start afresh: make clean\n' >&2
        exit 1
    fi
}

python=$(tools/check_prerequisites.sh)
# A venv of another Python, of one that is gone, or without pip is made anew.
version='import sys; print(*sys.version_info[:2])'
if [ "$("$venv/bin/python" -c "import pip; $version" 2>/dev/null)" != "$("$python" -c "$version")" ]; then
    printf 'Making %s\n' "$venv" >&2
    "$python" -m venv --clear "$venv"
fi
rm -f "$venv/.trialsieve-run" "$venv/.trialsieve-dev" "$venv/.trialsieve-postgresql" "$venv/.trialsieve-spark"
printf 'Installing what %s pins (a minute or two the first time; the rule engine is compiled)\n' "$lock" >&2
pip install --require-hashes --requirement requirements-build.lock
pip install --require-hashes --no-build-isolation --requirement "$lock"
pip install --no-build-isolation --no-deps --editable .
state "$what" "$lock" >"$venv/.trialsieve-$what"
