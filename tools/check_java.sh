#!/bin/sh
# Spark runs on Java. Says which package is missing, if any.
set -eu
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
found=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1) || found=
if [ "${found:-0}" -ge 17 ]; then
    exit 0
fi
printf 'Spark needs Java 17 or later, and %s is %s.\n' "$java" "${found:+Java $found}${found:-not here}" >&2
printf 'On Debian or Ubuntu: apt-get install openjdk-17-jre-headless. Elsewhere: set JAVA_HOME.\n' >&2
exit 1
