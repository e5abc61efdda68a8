#!/usr/bin/env bash
# htmlparser2 12.0.0: where a document ends within an end tag, behind its name and a blank, the last character of the tag
# comes out as text: a letter that is nobody's word is added to what was written. Mail that was cut to a size ends like this.
. "$(dirname "$0")/scratch.sh"
npm_packages htmlparser2@12.0.0
cat >read.mjs <<'JS'
import { Parser } from 'htmlparser2'

for (const html of ['<b>four</b', '<b>four</b ', '<b>four</b x']) {
  const texts = []
  const parser = new Parser({ ontext: (text) => texts.push(text) })
  parser.end(html)
  console.log(JSON.stringify(html), JSON.stringify(texts))
}
JS
node read.mjs | seen '"<b>four</b" ["four"]
"<b>four</b " ["four"," "]
"<b>four</b x" ["four","x"]'
