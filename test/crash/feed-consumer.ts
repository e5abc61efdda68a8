/**
 * Follows the feed of a server into a file of its own, as the SDK tells to: each event together with the position it was
 * read at. It may be killed at any time, and goes on where it was.
 *
 *     node feed-consumer.ts FILE URL KEY
 */
import { DatabaseSync } from 'node:sqlite'
import { createClient } from '../../sdk/client.ts'
import { feed } from '../../sdk/feed.ts'

const [file = '', url = '', key = ''] = process.argv.slice(2)
const kept = new DatabaseSync(file, { timeout: 30_000 })
kept.exec('create table if not exists place (after integer not null)')
// Nothing keeps an event from being applied twice but the feed itself.
kept.exec('create table if not exists applied (position integer not null, kind text not null)')
const after = Number(kept.prepare('select max(after) as after from place').get()?.['after'] ?? 0)
const apply = kept.prepare('insert into applied (position, kind) values (?, ?)')
const advance = kept.prepare('insert into place (after) values (?)')

for await (const { position, kind } of feed(createClient({ url, key, attempts: 2 }), { after })) {
  kept.exec('begin')
  apply.run(position, kind)
  advance.run(position)
  kept.exec('commit')
}
