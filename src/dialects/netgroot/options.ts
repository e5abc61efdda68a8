import type { Option } from '../../options.ts'

/** What an operator may choose for this dialect. */
export const options = {
  /** NetGroot 2. */
  loginHours: {
    name: 'NETGROOT_LOGIN_HOURS',
    about: 'For how many hours the token of a NetGroot login is good.',
    fallback: '24',
    read: (given) => {
      const value = Number(given || 24)
      return value > 0 && value <= 8784
        ? { value }
        : { problem: `NETGROOT_LOGIN_HOURS must be a number of hours up to 8784, not ${given}.` }
    },
  } satisfies Option<number>,
}
