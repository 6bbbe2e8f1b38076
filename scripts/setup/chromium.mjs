// Finds the browsers for the browser tests.
import { existsSync } from 'node:fs'

// Debian's /usr/bin/chromium is a shell script that adds flags of its own and can outlive its browser.
const WHOLE = '/usr/lib/chromium/chromium'
/** The same engine with no windows around it: tests take two thirds of the processor time. */
const HEADLESS = '/usr/lib/chromium/chromium-headless-shell'

export function findChromium(env = process.env) {
  return [env.VISAVIS_TEST_CHROMIUM || WHOLE].find((file) => existsSync(file))
}

/** Nobody needs one who has named a browser. */
export function findHeadlessShell(env = process.env) {
  return [env.VISAVIS_TEST_HEADLESS_CHROMIUM || env.VISAVIS_TEST_CHROMIUM || HEADLESS].find((file) => existsSync(file))
}
