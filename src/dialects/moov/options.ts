import { choice, onOff } from '../../options.ts'

/** What an operator may choose for this dialect. */
export const options = {
  /** M7. */
  expiresIn: choice(
    'MOOV_EXPIRES_IN',
    'What `expires_in` of a Moov access token is: the time of its end as Unix timestamp, as the vendor says, or the seconds until then, as generic OAuth clients expect.',
    ['timestamp', 'seconds'],
    'timestamp',
  ),
  /** M30. */
  onceOnly: onOff(
    'MOOV_ONCE_ONLY',
    'Whether a second Moov ticket of an account with the same `X-Idempotency-Key` is refused with 409, as the vendor does for its other resources; the header is ignored by default, as the vendor does for tickets.',
    'off',
  ),
}
