import {
  beginSecondFactor,
  confirmSecondFactor,
  endSecondFactor,
  readFactorOf,
  readSecondFactor,
  renewRecoveryCodes,
  takeSecondFactor,
} from '../../../core/logins/second-factor/commands.ts'
import { type Route, route } from '../../route.ts'
import { type Answer, demandUnlocked } from '../../wire.ts'
import { demandWhole, type Need } from '../auth.ts'
import { decodeRef } from '../reference.ts'
import { UserParams } from '../users/schema.ts'
import {
  CodeBody,
  OthersFactorAnswer,
  PasswordBody,
  ProofBody,
  RecoveryCodesAnswer,
  SecondFactorAnswer,
  SecretAnswer,
} from './schema.ts'

/** What is shown once is in no cache. */
const NOT_KEPT = { 'cache-control': 'no-store' }

export const secondFactorRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/me/second_factor',
    operationId: 'getSecondFactor',
    summary: 'Show whether you have a second factor',
    need: [],
    answers: { 200: SecondFactorAnswer },
    handle: async ({ ctx }) => {
      const { since, recoveryCodes } = await readSecondFactor(ctx)
      return { status: 200, body: { since, recovery_codes: recoveryCodes } }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/me/second_factor',
    operationId: 'beginSecondFactor',
    summary: 'Make a secret for an authenticator app; it counts once a code of it was given',
    withoutKey: 'A claim would keep a secret. A repeat makes another one, and the one before never counts.',
    need: [],
    body: PasswordBody,
    answers: { 201: SecretAnswer },
    handle: async ({ ctx, body, address, services }) => {
      const { limits, secondFactors: vault } = services
      const begun = await beginSecondFactor({ ...ctx, vault }, { limits, address }, body.password)
      demandUnlocked(begun)
      return { status: 201, headers: NOT_KEPT, body: begun }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/me/second_factor/confirmation',
    operationId: 'confirmSecondFactor',
    summary: 'Make the secret count by a first code of it; answers ten recovery codes',
    withoutKey: 'A claim would keep the recovery codes. A repeat is a conflict; renewing them shows others.',
    need: [],
    body: CodeBody,
    answers: { 200: RecoveryCodesAnswer },
    handle: async ({ ctx, body, services }) => {
      const confirmed = await confirmSecondFactor({ ...ctx, vault: services.secondFactors }, body.code)
      demandUnlocked(confirmed)
      return shownOnce(confirmed.recoveryCodes)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/me/second_factor/recovery_codes',
    operationId: 'renewRecoveryCodes',
    summary: 'Make ten other recovery codes; those before end',
    withoutKey: 'A claim would keep the recovery codes. A repeat needs another code, and makes others.',
    need: [],
    body: ProofBody,
    answers: { 200: RecoveryCodesAnswer },
    handle: async ({ ctx, body, address, services }) => {
      const { limits, secondFactors: vault } = services
      const renewed = await renewRecoveryCodes({ ...ctx, vault }, { limits, address }, body)
      demandUnlocked(renewed)
      return shownOnce(renewed.recoveryCodes)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/me/second_factor/removal',
    operationId: 'endSecondFactor',
    summary: 'Turn your second factor off, by password and code',
    withoutKey: 'A claim would keep a digest of a password. A repeat finds no second factor, and is done.',
    need: [],
    body: ProofBody,
    answers: { 204: null },
    handle: async ({ ctx, body, address, services }) => {
      const { limits, secondFactors: vault } = services
      demandUnlocked(await endSecondFactor({ ...ctx, vault }, { limits, address }, body))
      return { status: 204 }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/users/:id/second_factor',
    operationId: 'getSecondFactorOf',
    summary: 'Show whether somebody has a second factor',
    need: ['user.manage', 'user.read'],
    params: UserParams,
    answers: { 200: OthersFactorAnswer },
    handle: async ({ ctx, params }) => ({ status: 200, body: await readFactorOf(ctx, decodeRef(params, 'user')) }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/:id/second_factor',
    operationId: 'resetSecondFactor',
    summary: 'Take the second factor away from somebody who lost it; by a session, or a key that may do everything',
    withoutKey: 'Where there is none, that is done.',
    need: ['user.manage', 'user.read'],
    params: UserParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      demandWhole(ctx.actor)
      await takeSecondFactor(ctx, decodeRef(params, 'user'))
      return { status: 204 }
    },
  }),
]

function shownOnce(codes: readonly string[]): Answer {
  return { status: 200, headers: NOT_KEPT, body: { recovery_codes: codes } }
}
