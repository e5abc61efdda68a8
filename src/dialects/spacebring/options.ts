import { choice, onOff } from '../../options.ts'

/** What an operator may choose for this dialect. */
export const options = {
  /** S5. */
  strictSecurity: onOff(
    'SPACEBRING_STRICT_SECURITY',
    'Whether a Spacebring client id and secret are refused for creating tickets and comments, as the reference has it; they are taken by default, because clients of this vendor use nothing else.',
    'off',
  ),
  /** S7: which of the reference's generations the activities follow. */
  activityProfile: choice(
    'SPACEBRING_ACTIVITY_PROFILE',
    'Which activities a Spacebring ticket shows: `older` shows changes of type, `current` the creation in their place.',
    ['older', 'current'],
    'older',
  ),
}
