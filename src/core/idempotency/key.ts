/** What makes a write safe to repeat: the caller's key, and what it was first used for. */
export interface IdempotencyKey {
  /** Whose key it is: the same key of somebody else is another one (`claimantOf`). */
  readonly claimant: string
  readonly key: string
  /** Digest of the request as it is understood; the same key with another fingerprint is refused. */
  readonly fingerprint: string
  /**
   * What versions before made of the same request, when they kept its claim: claims live for a week, so an upgrade
   * must not turn a repeat into a refusal. Worked out only when it is asked for.
   */
  readonly formerly?: () => string
}

/** Whether a key was claimed for the request that it comes with now. @param claimedAs the fingerprint that was kept. */
export function isSameRequest({ fingerprint, formerly }: IdempotencyKey, claimedAs: string): boolean {
  return claimedAs === fingerprint || claimedAs === formerly?.()
}
