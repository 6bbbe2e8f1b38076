// Finds the browser for the browser tests.
import { existsSync } from 'node:fs'

// Debian's /usr/bin/chromium is a shell script that adds flags of its own and can outlive its browser.
const BINARY = '/usr/lib/chromium/chromium'

export function findChromium(env = process.env) {
  return [env.VISAVIS_TEST_CHROMIUM || BINARY].find((file) => existsSync(file))
}
