import { Link } from '@tanstack/react-router'
import { useWords } from '../i18n/words.ts'

/** The two pages of mail. */
export function MailTabs() {
  const words = useWords()
  return (
    <nav className="page-tools level" aria-label={words.pages.mail}>
      <div className="segments">
        <Link className="segment" to="/settings/mail" activeOptions={{ exact: true }}>
          {words.mail.in}
        </Link>
        <Link className="segment" to="/settings/mail/out">
          {words.mail.out}
        </Link>
      </div>
    </nav>
  )
}
