import { Refusal } from '../errors.ts'
import { addToGroup } from '../groups/members.ts'
import { claimantOf } from '../identity/actor.ts'
import { isEmail } from '../identity/email.ts'
import { findLiving } from '../identity/queries.ts'
import type { NewProfile, UserSummary } from '../identity/user.ts'
import { changeUser, makeUser } from '../users/commands.ts'
import { findByEmail } from '../users/queries.ts'
import { named } from './catalogue.ts'
import type { ImportedPerson, ImportedThing, ImportedUser, ImportOutcome } from './record.ts'
import { saidAnew, saidOf, sourceKey } from './rules.ts'
import { keep, known, leaveOut, type Run } from './run.ts'

export async function takeUser(run: Run, id: string, given: ImportedUser): Promise<ImportOutcome> {
  const { ctx, around, source, memory } = run
  const key = sourceKey(source, 'user', id)
  const { desks } = ctx.tenant
  if (given.owner) leaveOut(run, ['owner'], 'not_allowed', 'Owners are made here, not by an import.')
  const deskOf = (name: string): string | undefined => named(run, 'desk', desks, name) ?? undefined
  const memberships = (given.memberships ?? []).flatMap(({ desk, role }) => {
    const deskId = deskOf(desk)
    return deskId === undefined ? [] : [{ deskId, role }]
  })
  const externalIds = (given.externalIds ?? []).flatMap(({ desk, id: externalId }) => {
    const deskId = deskOf(desk)
    return deskId === undefined ? [] : [{ deskId, externalId }]
  })
  const { owner: _owner, userKind, memberships: _memberships, externalIds: _ids, addresses, name, ...rest } = given
  const fields = { ...rest, name, memberships: given.memberships, externalIds: given.externalIds, addresses }
  const said = saidOf(fields)
  const before = (await known(run, [key])).get(key)
  const linked = before ? (await findLiving(ctx, [before.id]))[0] : await byEmail(run, given.email)
  if (before && !linked) {
    leaveOut(run, ['id'], 'not_allowed', 'This person was erased here.')
    return 'unchanged'
  }
  const anew = saidAnew(said, before?.said ?? {})
  if (before && anew.size === 0) return 'unchanged'
  const change = {
    ...Object.fromEntries(
      Object.entries({ ...rest, name }).filter(([field, value]) => anew.has(field) && value !== undefined),
    ),
    ...(anew.has('memberships') && { memberships }),
    ...(anew.has('externalIds') && { addExternalIds: externalIds }),
    ...(anew.has('addresses') && addresses && { addAddresses: addresses }),
  }
  if (around.dryRun) {
    memory.wouldBe.add(key)
    return linked ? 'changed' : 'created'
  }
  if (linked) await changeUser(ctx, linked.id, change)
  const made =
    linked ?? (await make(run, key, { ...change, name: name ?? '', ...(userKind && { kind: userKind }), memberships }))
  await keep(run, key, made.id, said)
  return linked ? 'changed' : 'created'
}

async function byEmail({ ctx }: Run, email: string | null | undefined): Promise<UserSummary | undefined> {
  return typeof email === 'string' ? (await findByEmail(ctx, email))[0] : undefined
}

/** Makes a user, once for their key: what a crash left between the user and what is kept of the source is found again. */
async function make(run: Run, key: string, profile: NewProfile): Promise<{ readonly id: string }> {
  const { ctx } = run
  const memberships = profile.memberships?.length
    ? profile.memberships
    : [{ deskId: ctx.tenant.defaultDesk.id, role: 'customer' as const }]
  const idempotency = { claimant: claimantOf(ctx.actor), key: `import ${key}`, fingerprint: key }
  try {
    return await makeUser({ ...ctx, idempotency }, { ...profile, memberships })
  } catch (error) {
    if (!(error instanceof Refusal) || error.error.code !== 'invalid') throw error
    // Another import made them since they were looked for.
    const twin = await byEmail(run, profile.email)
    if (!twin) throw error
    return twin
  }
}

/** Finds or makes those whom a ticket names. @returns by their key; null for whom there is nothing to make of */
export async function peopleOf(
  run: Run,
  deskId: string,
  people: readonly ImportedPerson[],
  countMade: (kind: string, times: number) => void,
): Promise<ReadonlyMap<string, UserSummary | null>> {
  const { ctx, around, memory } = run
  const distinctPeople = new Map<string, ImportedPerson>()
  for (const person of people) {
    const key = personKey(run, person)
    // Who is named by an id alone in one place may be told of in another.
    distinctPeople.set(key, { ...person, ...distinctPeople.get(key) })
  }
  const rows = await known(run, [...distinctPeople.keys()])
  const living = new Map(
    (
      await findLiving(
        ctx,
        [...rows.values()].map(({ id }) => id),
      )
    ).map((user) => [user.id, user]),
  )
  const found = new Map<string, UserSummary | null>()
  for (const [key, person] of distinctPeople) {
    const row = rows.get(key)
    const isAddress = typeof person.email === 'string' && isEmail(person.email)
    const user = row ? living.get(row.id) : isAddress ? await byEmail(run, person.email) : undefined
    if (user || row) {
      found.set(key, user ?? null)
      continue
    }
    const name = person.name?.trim() ?? ''
    if (!isAddress && name === '') {
      found.set(key, null)
      continue
    }
    if (!memory.wouldBe.has(key)) countMade('user', 1)
    memory.wouldBe.add(key)
    if (around.dryRun) {
      found.set(key, null)
      continue
    }
    const given = { name, surname: person.surname ?? '', ...(isAddress && { email: person.email ?? null }) }
    const made = await make(run, key, { ...given, memberships: [{ deskId, role: 'customer' }] })
    await keep(run, key, made.id, {})
    found.set(key, (await findLiving(ctx, [made.id]))[0] ?? null)
  }
  return found
}

export function personKey({ source }: Run, { id, email, name = '', surname = '' }: ImportedPerson): string {
  return id === undefined ? sourceKey(source, 'address', email ?? `${name} ${surname}`) : sourceKey(source, 'user', id)
}

export async function takeMembers(
  run: Run,
  { group, users }: Extract<ImportedThing, { readonly kind: 'members' }>,
): Promise<ImportOutcome> {
  const { ctx, around, source } = run
  const groupId = named(run, 'group', ctx.tenant.groups, group)
  const rows = await known(
    run,
    users.map((id) => sourceKey(source, 'user', id)),
  )
  if (around.dryRun || !groupId) return 'unchanged'
  for (const { id } of rows.values())
    try {
      await addToGroup(ctx, groupId, { id })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      leaveOut(run, ['users'], 'not_allowed', 'Somebody of these works on no desk.')
    }
  return 'unchanged'
}
