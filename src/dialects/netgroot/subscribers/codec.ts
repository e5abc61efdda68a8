import type { UserSummary } from '../../../core/identity/user.ts'
import type { Subscriber } from './schema.ts'

/** Who a subscriber is, as every answer about one begins. Every text is a string there, so unknown is `''`. */
export function encodeNames(
  user: UserSummary,
): Pick<Subscriber, 'id' | 'customer_id' | 'username' | 'firstname' | 'lastname'> {
  return {
    id: user.integer,
    customer_id: user.customerNumber ?? '',
    username: user.username ?? '',
    firstname: user.name,
    lastname: user.surname,
  }
}

/** ISPCRM reference, Get Customer Details: the whole record. */
export function encodeSubscriber(user: UserSummary): Subscriber {
  return {
    ...encodeNames(user),
    email: user.email ?? '',
    phone: user.phone ?? '',
    status: user.active ? 'active' : 'inactive',
  }
}
