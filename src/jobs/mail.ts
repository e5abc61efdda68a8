import { tenantsWithMail, workOnMail } from '../core/mail/intake/commands.ts'
import type { MailOffice } from '../core/mail/intake/project.ts'
import { type WorkInTurn, workInTurn } from './in-turn.ts'

/** Files the mail of all tenants in turn, a few of each. */
export function startMailWork(office: MailOffice, log: (message: string) => void): WorkInTurn {
  return workInTurn({
    what: 'Filing mail',
    find: () => tenantsWithMail(office.store),
    work: (tenantId, tell) => workOnMail(office, tenantId, tell),
    log,
  })
}
