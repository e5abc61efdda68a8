/**
 * A real browser without a window. It comes from npm, packed; it is unpacked into a directory of its own for a test file.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

export interface TestBrowser {
  readonly browser: Browser
  close(): Promise<void>
}

/** Why there is no browser here; false when there is one. The package has that of one platform. */
export const noBrowser =
  process.platform === 'linux' && process.arch === 'x64' ? false : 'the browser of the tests is for Linux on x64'

export async function openBrowser(): Promise<TestBrowser> {
  const directory = await mkdtemp(join(tmpdir(), 'polydesk-browser-'))
  // The package unpacks into the system's temporary directory, where anybody could have put another program.
  process.env['TMPDIR'] = directory
  // It brings the libraries that a bare machine lacks, but only unpacks them where it takes the machine for a Lambda.
  process.env['AWS_LAMBDA_JS_RUNTIME'] = 'nodejs24.x'
  const { default: packed } = await import('@sparticuz/chromium')
  packed.setGraphicsMode = false
  const executablePath = await packed.executablePath()
  await useFontsIn(directory)
  const browser = await chromium.launch({
    executablePath,
    // Its own arguments would turn off what protects pages from each other, which is to be tested here.
    args: ['--no-sandbox', '--no-zygote', '--disable-gpu'],
  })
  return {
    browser,
    async close() {
      await browser.close()
      await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}

/** Its own configuration looks for its fonts at a fixed place; a browser that finds none ends at its first page. */
async function useFontsIn(directory: string): Promise<void> {
  const configuration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${directory}/fonts</dir><cachedir>${directory}/fonts-cache</cachedir></fontconfig>
`
  await writeFile(join(directory, 'fonts', 'fonts.conf'), configuration)
}
