#!/usr/bin/env bash
# file-type 22.3.0 tells some kinds by two or three letters, so exports that a customer attaches are programs, music or
# pictures when their first word happens to begin so: a list of countries by code (MZ), a price list of a car maker (BMW),
# a table whose first column is called ID3. A desk that refuses programs, or shows pictures, must look further.
. "$(dirname "$0")/scratch.sh"
npm_packages file-type@22.3.0
cat >tell.mjs <<'JS'
import { fileTypeFromBuffer } from 'file-type'

for (const text of ['MZ;Mozambique\nNA;Namibia\n', 'BMW,Service,2026\n', 'ID3;Title\n', 'FWS;Volume\n', 'BZh\n', 'PK;Pakistan\n'])
  console.log(text.split(/[;,\n]/)[0], (await fileTypeFromBuffer(Buffer.from(text)))?.mime ?? 'nothing')
JS
node tell.mjs | seen 'MZ application/x-msdownload
BMW image/bmp
ID3 audio/mpeg
FWS application/x-shockwave-flash
BZh application/x-bzip2
PK nothing'
