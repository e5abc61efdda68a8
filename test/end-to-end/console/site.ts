/** The console in a real browser: its server, who has signed in there, and what its tests do again and again. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { after, before } from 'node:test'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { v7 } from 'uuid'
import { type Client, createClient } from '../../../sdk/client.ts'
import { makePasswordLink } from '../../../src/core/passwords/commands.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import { openStore } from '../../../src/storage/store.ts'
import { until } from '../../process.ts'
import { startWorld, type World } from '../../world.ts'
import { noBrowser, openBrowser, type TestBrowser } from '../browser.ts'

interface Scope {
  after(work: () => Promise<void>): void
}

type Login = readonly [login: string, password: string]

export interface Site {
  world(): World
  /** By the demo's key. */
  api(): Client
  /** A browser of nobody yet, in English. */
  context(t: Scope, options?: BrowserContextOptions): Promise<BrowserContext>
  /** A page of somebody who has signed in, the owner unless told otherwise, with what went wrong in it. */
  signedIn(
    t: Scope,
    options?: BrowserContextOptions,
    who?: Login,
  ): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly faults: string[] }>
}

export const WIDE = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }

/** A server and a browser for the tests of a file. */
export function openSite(environment: Readonly<Record<string, string>> = {}): Site {
  let world: World
  let opened: TestBrowser
  before(async () => {
    if (noBrowser) return
    world = await startWorld(environment)
    opened = await openBrowser()
  })
  after(async () => {
    await opened?.close()
    await world?.stop()
  })
  const context: Site['context'] = async (t, options = {}) => {
    const made = await opened.browser.newContext({ viewport: WIDE, locale: 'en-GB', ...options })
    t.after(async () => {
      await made.unrouteAll({ behavior: 'ignoreErrors' })
      await made.close()
    })
    return made
  }
  return {
    world: () => world,
    api: () => createClient({ url: world.url, key: world.value('POLYDESK_API_KEY') }),
    context,
    async signedIn(t, options, [login, password] = owner(world)) {
      const own = await context(t, options)
      const answer = await own.request.post(`${world.url}/v1/sessions`, { data: { login, password } })
      assert.ok(answer.ok(), await answer.text())
      const page = await own.newPage()
      page.setDefaultTimeout(15_000)
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('401')) faults.push(message.text())
      })
      await page.goto(`${world.url}/`)
      await page.getByRole('navigation', { name: 'Views' }).waitFor()
      return { page, context: own, faults }
    },
  }
}

export function owner(world: World): Login {
  return [world.value('CONSOLE_EMAIL'), world.value('CONSOLE_PASSWORD')]
}

/** Signs in at the page that asks for it. */
export async function signInAt(page: Page, [login, password]: Login): Promise<void> {
  await page.getByLabel('E-mail').fill(login)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** For how long a message can be taken back. */
const UNDO_MS = 10_000

/** Presses the button. From here on the page's time can be moved on by `passUndo`. */
export async function pressSend(page: Page): Promise<void> {
  await page.clock.install()
  await page.getByRole('button', { name: 'Send', exact: true }).click()
}

/** Lets the time pass in which a message could be taken back, which nobody has to wait for. */
export async function passUndo(page: Page): Promise<void> {
  await page.clock.fastForward(UNDO_MS)
}

export async function send(page: Page): Promise<void> {
  await pressSend(page)
  await passUndo(page)
}

/**
 * Waits until no window has a message on its way any more. From outside: what a page itself is told to ask again is code
 * made of a text, which its policy refuses.
 */
export async function nothingOnItsWay(page: Page): Promise<void> {
  const isEmpty = 'Object.keys(localStorage).every((name) => !name.startsWith("polydesk.outbox"))'
  await until('nothing is on its way', () => page.evaluate<boolean>(isEmpty))
}

/** What is in the field of messages. */
export async function written(page: Page): Promise<string> {
  return (await page.getByRole('textbox', { name: 'Message' }).innerText()).trim()
}

/** A fresh agent without a password, and a link to set one. */
export async function newcomer({ world, api }: Site): Promise<{ readonly person: string; readonly link: string }> {
  const person = `${randomUUID()}@example.com`
  const [desk] = (await api().call('getMe')).desks
  assert.ok(desk)
  const memberships = [{ desk: desk.id, role: 'agent' as const }]
  const { id } = await api().call('createUser', { body: { name: 'Nell', email: person, memberships } })
  const store = openStore(openDatabase({ connection: world().database.connection }))
  try {
    const system = { store, now: new Date().toISOString(), newId: () => v7() }
    const { secret } = await makePasswordLink(system, world().value('SPACEBRING_NETWORK_ID'), id)
    return { person, link: `${world().url}/password#${secret}` }
  } finally {
    await store.database.close()
  }
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** What axe finds wrong in a page, whose policy must not count and whose colours must not be on their way. */
export async function faultsIn(page: Page, without: readonly string[] = []): Promise<unknown> {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]))
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(await readFile(AXE, 'utf8'))
  return page.evaluate(
    `axe.run({ rules: ${JSON.stringify(rules)}, resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary)))`,
  )
}

/** That axe finds no fault in either colours, and that nothing sticks out of a phone's screen. */
export async function assertFine(page: Page, where: string): Promise<void> {
  for (const [colorScheme, viewport] of [['light', WIDE] as const, ['dark', PHONE] as const]) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize(viewport)
    assert.deepEqual(await faultsIn(page), [], `${where}, ${colorScheme}`)
    const overflow = await page.evaluate(
      `[document.documentElement, ...document.querySelectorAll('#main')].reduce((sum, each) => sum + each.scrollWidth - each.clientWidth, 0)`,
    )
    assert.equal(overflow, 0, `${where} fits ${viewport.width} pixels`)
  }
  await page.setViewportSize(WIDE)
}

/** What was refused on purpose is told in the browser's own console too. */
export const unexpected = (faults: readonly string[]) => faults.filter((fault) => !/\b40[0139]\b/.test(fault))

/** Chooses a value in place. */
export async function choose(page: Page, label: string | RegExp, value: string): Promise<void> {
  await page.getByRole('button', { name: label }).click()
  await page.getByRole('option', { name: value, exact: true }).click()
}
