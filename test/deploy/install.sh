#!/bin/sh
# Installs what packages.txt lists here and for the tests with mail servers, and this machine lacks, with apt-get, and starts none of it as a service.
set -eu
cd "$(dirname "$0")"
missing=$(cat packages.txt ../mail/packages.txt | while read -r _ package; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
done)
sh ./newest-pgbouncer.sh >/dev/null || echo "!!! The newest PgBouncer could not be fetched"
[ -n "$missing" ] || exit 0
echo "== install:" $missing
# 101 forbids every start of a service (invoke-rc.d). What the machine says about it already is left alone.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
# No cluster of PostgreSQL is made either.
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# Those that can be had, also where one of them cannot.
for package in $missing; do
  apt-get install -y -qq --no-install-recommends "$package" >/dev/null || echo "!!! $package could not be installed"
done
