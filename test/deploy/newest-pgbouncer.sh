#!/bin/sh
# Fetches the newest PgBouncer of Debian's stable release, with its C library, from Debian's archive by apt-get, and puts
# it where test/deploy/programs.ts looks for `pgbouncer-newest`. Nothing of the system is changed: apt keeps its lists in
# the same folder. Needs root, Debian's keys and a network.
set -eu
folder=/opt/polydesk-deploy
mkdir -p "$folder"
[ ! -x "$folder/pgbouncer-newest" ] || exit 0
release=trixie
apt="$folder/apt"
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
key=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$key] http://deb.debian.org/debian $release main" >"$apt/sources.list"
run() {
  apt-get -qq -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$apt/lists" \
    -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root "$@"
}
run update
(cd "$apt" && run download pgbouncer libc6)
for each in "$apt"/*.deb; do dpkg-deb -x "$each" "$folder/root"; done
libraries=$(dirname "$(find "$folder/root" -name libc.so.6 | head -n 1)")
loader=$(find "$folder/root" -name 'ld-linux-*.so.*' | head -n 1)
# Its own C library first; everything else is the system's.
cat >"$folder/pgbouncer-newest" <<END
#!/bin/sh
exec "$loader" --library-path "$libraries:$(dirname "$(find /usr/lib /lib -name libevent-2.1.so.7 2>/dev/null | head -n 1)")" "$folder/root/usr/sbin/pgbouncer" "\$@"
END
chmod 755 "$folder/pgbouncer-newest"
rm -rf "$apt"
"$folder/pgbouncer-newest" --version | head -n 1
