import { median } from './figures.ts'
import type { Measured, Round } from './load.ts'

/** What one round of one server came to. */
export interface RoundResult extends Measured {
  /** `before` is another build of Polydesk. */
  readonly server: 'polydesk' | 'bare' | 'before'
  readonly operation: Round['operation']
  readonly connections: number
  /** CPU that the server's Node process used, in microseconds. */
  readonly nodeCpu: number
  /** CPU that its database connections' processes used, in microseconds; null where that can't be read. */
  readonly databaseCpu: number | null
  /** Memory that the Node process holds after the round. */
  readonly residentBytes: number
}

interface Row {
  readonly rate: number
  readonly p50: number
  readonly p99: number
  readonly node: number
  readonly database: number | null
  readonly resident: number
  readonly bytes: number
}

/** The medians of a server's rounds. */
function summary(rounds: readonly RoundResult[]): Row {
  const middle = (figure: (round: RoundResult) => number): number => median(rounds.map(figure))
  return {
    rate: middle((round) => round.requests / round.seconds),
    p50: middle((round) => round.p50),
    p99: middle((round) => round.p99),
    node: middle((round) => round.nodeCpu / round.requests),
    database: rounds.some((round) => round.databaseCpu === null)
      ? null
      : middle((round) => (round.databaseCpu ?? 0) / round.requests),
    resident: middle((round) => round.residentBytes),
    bytes: middle((round) => round.bytes),
  }
}

const HEAD = [
  'call',
  'connections',
  'server',
  'requests/s',
  'Polydesk by it',
  'p50 ms',
  'p99 ms',
  'CPU µs/request: Node',
  'PostgreSQL',
  'resident MB',
  'answer bytes',
]

const NAMES: Readonly<Record<RoundResult['server'], string>> = { polydesk: 'Polydesk', bare: 'bare', before: 'before' }

/**
 * The rounds as a Markdown table: medians, a line for each call, number of connections and server. The ratio is Polydesk's
 * rate by that server's.
 */
export function report(rounds: readonly RoundResult[]): string {
  const cases = Map.groupBy(rounds, ({ operation, connections }) => `${operation} ${connections}`)
  const lines = [...cases.values()].flatMap((ofCase) => {
    const servers = Map.groupBy(ofCase, ({ server }) => server)
    const polydesk = summary(servers.get('polydesk') ?? [])
    return [...servers].map(([server, ofServer]) => {
      const row = summary(ofServer)
      const ratio = server === 'polydesk' ? '' : `**${(polydesk.rate / row.rate).toFixed(2)}**`
      const [first] = ofServer
      return cells([first?.operation ?? '', String(first?.connections), NAMES[server], ...figures(row, ratio)])
    })
  })
  const align = HEAD.map((_, index) => (index === 0 || index === 2 ? '---' : '---:'))
  return [cells(HEAD), cells(align), ...lines].join('\n')
}

function figures(row: Row, ratio: string): string[] {
  return [
    row.rate.toFixed(0),
    ratio,
    row.p50.toFixed(1),
    row.p99.toFixed(1),
    row.node.toFixed(0),
    row.database === null ? 'unknown' : row.database.toFixed(0),
    (row.resident / 1_048_576).toFixed(0),
    row.bytes.toFixed(0),
  ]
}

function cells(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`
}
