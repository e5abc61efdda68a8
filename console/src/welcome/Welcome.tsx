import { CopyButton } from '../forms/CopyButton.tsx'
import { useWords } from '../i18n/words.ts'

/** The first call of each vendor's API, with the names of quickstart.env. */
const LINES: readonly { readonly vendor: string; readonly line: string }[] = [
  {
    vendor: 'Spacebring',
    line: `curl "$POLYDESK_URL/support/tickets/v1" -u "$SPACEBRING_CLIENT_ID:$SPACEBRING_CLIENT_SECRET" -H 'Content-Type: application/json' -d '{"ticket": {"locationRef": "'"$SPACEBRING_LOCATION_ID"'", "userRefRequester": "'"$SPACEBRING_USER_ID"'", "type": "printing", "text": "The printer jams."}}'`,
  },
  {
    vendor: 'Moov',
    line: `curl "$POLYDESK_URL/accounts/$MOOV_ACCOUNT_ID/tickets" -u "$MOOV_PUBLIC_KEY:$MOOV_SECRET_KEY" -H 'Content-Type: application/json' -d '{"title": "Refund", "body": "<p>Where is my <b>money</b>?</p>", "contact": {"email": "ada@example.com"}}'`,
  },
  {
    vendor: 'NetGroot',
    line: `curl "$POLYDESK_URL/api/v1/subscriber/CreateTicket" -H "Authorization: Bearer $NETGROOT_TOKEN" -H 'Content-Type: application/json' -d '{"subject_id": 1, "type_id": 1, "status_id": 1, "priority_id": 3, "group_id": 1, "message": "No internet since yesterday."}'`,
  },
  {
    vendor: 'Omnidesk',
    line: `curl "$POLYDESK_URL/api/v2/ticket" -H "Authorization: apikey $OMNIDESK_API_KEY" -F 'title=Cannot log in' -F 'from=ada@example.com'`,
  },
]

/** What a newcomer sees in place of an empty list. */
export function Welcome() {
  const words = useWords()
  return (
    <div className="welcome">
      <h2>{words.welcome.title}</h2>
      <p className="hint">{words.welcome.text}</p>
      <p className="hint">
        {words.welcome.source} <code>set -a; . data/quickstart.env</code>
      </p>
      {LINES.map(({ vendor, line }) => (
        <section key={vendor} aria-label={vendor}>
          <h3>
            {vendor}
            <CopyButton text={line} of={vendor} />
          </h3>
          <pre tabIndex={0}>{line}</pre>
        </section>
      ))}
    </div>
  )
}
