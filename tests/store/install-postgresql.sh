#!/bin/sh
# Gets a PostgreSQL server from apt where it is missing and this user may install packages; it is not started:
# the tests start one of their own. Says plainly what it could not do: the tests on PostgreSQL are skipped then.
set -u
command -v initdb >/dev/null 2>&1 && exit 0
ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    mkdir -p /etc/postgresql-common/createcluster.d # no cluster of the system's own
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/simtier-tests.conf
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        postgresql >/dev/null && exit 0
fi
echo "PostgreSQL is missing, its tests are skipped: run 'sudo apt-get install postgresql'." >&2
