#!/usr/bin/env bash
# Runs every finding and tells which no longer hold.
cd "$(dirname "$0")"
changed=()
for each in *.sh; do
  [ "$each" = all.sh ] || [ "$each" = scratch.sh ] && continue
  echo "== ${each%.sh}"
  bash "$each" || changed+=("${each%.sh}")
done
[ ${#changed[@]} -eq 0 ] && echo "All findings hold." && exit 0
echo "No longer so: ${changed[*]}"
exit 1
