import { createHash } from 'node:crypto'
import { Html, html } from './html.ts'

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d5dae1; --edge: #7b8694; --paper: #fff; --ground: #f2f4f7; --accent: #1f5fbf; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --soft: #a4afbd; --line: #3a4452; --edge: #7d8a9b; --paper: #1b222c; --ground: #11161d; --accent: #6ea6f5; --bad: #ff8f86 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 26rem; padding: 2rem; background: var(--paper); border: 1px solid var(--line); border-radius: .75rem }
h1 { margin: 0 0 .5rem; font-size: 1.25rem; line-height: 1.3 }
p { margin: 0 0 1rem; color: var(--soft) }
ul { margin: 0 0 1.25rem; padding-left: 1.2rem }
strong { overflow-wrap: anywhere }
label { display: block; margin: .75rem 0 .25rem; font-weight: 600; font-size: .9rem }
input { width: 100%; padding: .6rem .7rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--edge); border-radius: .4rem }
input[aria-invalid] { border-color: var(--bad) }
input:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem }
button { flex: 1 1 auto; padding: .65rem 1rem; font: inherit; font-weight: 600; white-space: nowrap; border: 1px solid var(--edge); border-radius: .4rem; background: transparent; color: inherit; cursor: pointer }
button.allow { background: var(--accent); border-color: var(--accent); color: var(--paper) }
.problem { padding: .6rem .75rem; border: 1px solid var(--bad); border-radius: .4rem; color: var(--bad) }
.small { margin: 1.25rem 0 0; font-size: .85rem }
`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** What the login and consent page shows. */
export interface ConsentPage {
  /** The request, sealed. */
  readonly sealed: string
  readonly clientName: string
  readonly tenantName: string
  readonly allows: readonly string[]
  /** Where the user is sent back to. */
  readonly backTo: string
  readonly email: string
  readonly problem: string | null
}

const NOTHING = new Html('')
const FOCUS = html` autofocus`

/** The page on which a person logs in and lets a client in, or not. It has no scripts. */
export function consentPage(page: ConsentPage): string {
  const isFirst = page.problem === null
  const problem = isFirst ? NOTHING : html`<p class="problem" id="problem" role="alert">${page.problem ?? ''}</p>`
  // Whoever cannot see the page hears the problem with the field that the cursor is in.
  const told = isFirst ? NOTHING : html` aria-invalid="true" aria-describedby="problem"`
  const [atEmail, atPassword] = page.email === '' ? [FOCUS, NOTHING] : [NOTHING, FOCUS]
  return document(
    `Let ${page.clientName} in?`,
    html`<h1>Let <strong>${page.clientName}</strong> in?</h1>
<p>It asks for access to your account at <strong>${page.tenantName}</strong>, to:</p>
<ul>${page.allows.map((each) => html`<li>${each}</li>`)}</ul>
${problem}
<form method="post" action="authorize">
<input type="hidden" name="request" value="${page.sealed}">
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" value="${page.email}" required${told}${atEmail}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${told}${atPassword}>
<label for="code">Code, if you have a second factor</label>
<input id="code" name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="40"${told}>
<div class="buttons">
<button class="allow" name="decision" value="allow">Log in and allow</button>
<button name="decision" value="deny" formnovalidate>Cancel</button>
</div>
</form>
<p class="small">You will be sent back to <strong>${page.backTo}</strong>.</p>`,
  )
}

/** A page that can only tell what is wrong. */
export function problemPage(problem: string): string {
  return document('This does not work', html`<h1>This does not work</h1><p>${problem}</p>`)
}

function document(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.text
}

/**
 * What browsers are told about a page: nothing is loaded or run, nobody frames it, and the form leads here and from here
 * to nowhere but where the user is sent back to (browsers hold redirects after a form to `form-action` too).
 */
export function pageHeaders(backTo: string | null): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action 'self'${backTo === null ? '' : ` ${backTo}`}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  }
}

/** The site of a redirect URI: its origin, or its scheme where that is an app's own. */
export function siteOf(redirectUri: string): string {
  const { protocol, origin } = new URL(redirectUri)
  return origin === 'null' ? protocol : origin
}
