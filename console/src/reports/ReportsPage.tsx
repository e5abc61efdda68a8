import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components'
import type { ListReportTicketsQuery, ReadReportAnswer } from '../../../sdk/operations.ts'
import { useWords } from '../i18n/words.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { More } from '../shell/More.tsx'
import { Choice } from '../tickets/Choice.tsx'
import {
  askedOf,
  behind,
  dayOf,
  mean,
  PARTS,
  RANGES,
  REPORTS,
  type ReportName,
  type ReportRow,
  tableOf,
  useReport,
  useTicketsBehind,
} from './reports.ts'

/** How many tickets count as something, told apart by time or by what they have; each figure opens its tickets. */
export function ReportsPage() {
  const words = useWords()
  const said = words.reports
  const [name, setName] = useState<ReportName>('created')
  const [range, setRange] = useState<(typeof RANGES)[number]>(RANGES[1])
  const [part, setPart] = useState<(typeof PARTS)[number]>('time')
  const query = askedOf(name, range, part)
  const report = useReport(name, query)
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.reports}</h1>
        <a className="button" href={tableOf(name, query)} download>
          {said.table}
        </a>
      </header>
      <div className="page-tools">
        <Choice
          label={said.report}
          value={name}
          options={REPORTS.map((id) => ({ id, name: said.names[id] }))}
          onChange={(id) => setName(REPORTS.find((each) => each === id) ?? 'created')}
        />
        {name !== 'backlog' && (
          <Choice
            label={said.range}
            value={String(range.days)}
            options={RANGES.map(({ days }) => ({ id: String(days), name: said.days(days) }))}
            onChange={(id) => setRange(RANGES.find(({ days }) => String(days) === id) ?? RANGES[1])}
          />
        )}
        <Choice
          label={said.by}
          value={part}
          options={PARTS.map((id) => ({ id, name: said.parts[id] }))}
          onChange={(id) => setPart(PARTS.find((each) => each === id) ?? 'time')}
        />
      </div>
      <p className="hint">{said.about[name]}</p>
      <Loaded query={report}>
        {(known) => (
          <>
            <p className="report-total">
              <strong>{known.total.all.tickets}</strong> {said.tickets(known.total.all.tickets)}
              {known.total.all.mean !== null && ` · ${said.mean(mean(known, known.total.all.mean))}`}
              {known.total.people && known.total.automations && (
                <span className="hint">
                  {' '}
                  · {said.apart(known.total.people.tickets, known.total.automations.tickets)}
                </span>
              )}
            </p>
            {(known.behind > 0 || !known.complete) && <p className="hint">{said.behind}</p>}
            <ul className="lines" aria-label={said.names[known.name]}>
              {known.rows.map((row) => (
                <Row key={`${row.value} ${row.from} ${row.to}`} report={known} row={row} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </>
  )
}

function Row({ report, row }: { readonly report: ReadReportAnswer; readonly row: ReportRow }) {
  const words = useWords()
  const said = words.reports
  const { all } = row.figures
  const most = Math.max(1, ...report.rows.map(({ figures }) => figures.all.tickets))
  const label =
    report.by !== null
      ? (row.name ?? row.value ?? said.none)
      : report.name === 'backlog'
        ? said.since(row.from === null ? null : dayOf(row.from, report), dayOf(row.to, report))
        : dayOf(row.from ?? row.to, report)
  return (
    <li>
      <Disclosure className="delivery" isDisabled={all.tickets === 0}>
        {({ isExpanded }) => (
          <>
            <Heading level={2}>
              <Button slot="trigger" className="delivery-head report-row">
                <ChevronRight size={14} aria-hidden="true" />
                <span className="report-label text">{label}</span>
                <span className="report-bar" aria-hidden="true">
                  <span style={{ width: `${(100 * all.tickets) / most}%` }} />
                </span>
                <span className="report-figure">
                  {all.tickets} <span className="hidden-visually">{said.tickets(all.tickets)}</span>
                </span>
                {report.unit !== null && <span className="report-figure hint">{mean(report, all.mean)}</span>}
              </Button>
            </Heading>
            <DisclosurePanel className="delivery-panel">
              {isExpanded && <Behind name={report.name} query={behind(report, row)} />}
            </DisclosurePanel>
          </>
        )}
      </Disclosure>
    </li>
  )
}

/** The tickets behind a figure. */
function Behind({ name, query }: { readonly name: ReportName; readonly query: ListReportTicketsQuery }) {
  const words = useWords()
  const tickets = useTicketsBehind(name, query)
  return (
    <Loaded query={tickets}>
      {({ pages }) => (
        <>
          <ol className="attempts" aria-label={words.list.tickets}>
            {pages
              .flatMap(({ data }) => data)
              .map(({ id, number, title }) => (
                <li key={id}>
                  <Link to="/tickets/$ticketId" params={{ ticketId: id }} search={{ view: 'all' }}>
                    #{number} {title}
                  </Link>
                </li>
              ))}
          </ol>
          <More list={tickets} isSmall />
        </>
      )}
    </Loaded>
  )
}
