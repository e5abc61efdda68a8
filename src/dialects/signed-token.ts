import { type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'

/** What a signed token says, whichever of our keys signed it; null when none did, or it does not hold (RFC 7519). */
export async function verifiedPayload(
  token: string,
  keys: readonly Uint8Array[],
  options: JWTVerifyOptions,
): Promise<JWTPayload | null> {
  for (const key of keys) {
    const verified = await jwtVerify(token, key, options).catch(() => null)
    if (verified) return verified.payload
  }
  return null
}
