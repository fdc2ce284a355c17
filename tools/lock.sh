#!/bin/sh
# Pins every dependency with the hashes of its files: requirements-build.lock (what builds), requirements.lock (what
# screens), requirements-dev.lock (what tests and checks too), requirements-postgresql.lock and requirements-spark.lock
# (that, and a PostgreSQL server or Spark, which are large). One lock holds for Python 3.11 and 3.12 and for every
# platform. Releases that are pinned already stay unless --upgrade is given. No index's address gets into the files.
set -eu
cd "$(dirname "$0")/.."
bin=${VENV:-.venv}/bin

"$bin/python" -m pip --disable-pip-version-check install --quiet uv
compile() {
    "$bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --custom-compile-command 'make lock' "$@"
}
compile "$@" requirements-build.in --output-file requirements-build.lock
compile "$@" pyproject.toml --output-file requirements.lock
compile "$@" pyproject.toml --extra service --extra batch --extra dev --extra docs --constraint requirements.lock --constraint requirements-build.lock \
    --output-file requirements-dev.lock
compile "$@" pyproject.toml --extra service --extra batch --extra spark --extra dev --constraint requirements-dev.lock \
    --output-file requirements-spark.lock
compile "$@" pyproject.toml requirements-postgresql.in --extra service --extra batch --extra postgresql --extra dev \
    --constraint requirements-dev.lock --output-file requirements-postgresql.lock
