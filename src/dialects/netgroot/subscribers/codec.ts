import type { UserSummary } from '../../../core/users/user.ts'
import type { Subscriber } from './schema.ts'

/** The caller's own record (ISPCRM reference, Get Customer Details). Every text is a string there, so unknown is `''`. */
export function encodeSubscriber(user: UserSummary): Subscriber {
  return {
    id: user.integer,
    customer_id: user.customerNumber ?? '',
    username: user.username ?? '',
    firstname: user.name,
    lastname: user.surname,
    email: user.email ?? '',
    phone: user.phone ?? '',
    status: user.active ? 'active' : 'inactive',
  }
}
