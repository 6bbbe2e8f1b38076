/** Debian's Firefox, driven over WebDriver BiDi: playwright drives only its own build of it. As much as a test of talks needs. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { diesWithParent, findOnPath } from '../support/dies-with-parent.ts'
import { until } from '../support/until.ts'

export interface FirefoxPage {
  goto(url: string): Promise<void>
  /** Evaluates a script for its effects. */
  load(script: string): Promise<void>
  /** Runs a function in the page; argument and result go as JSON. */
  run<A, R>(inPage: (argument: A) => R | Promise<R>, argument: A): Promise<R>
}

/** A camera and a microphone that are always granted, peers on loopback, sound without a click. */
const preferences: Readonly<Record<string, boolean | number | string>> = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
}

/** Ends with the test. @param preload runs in every page before its own scripts. */
export async function openFirefox(
  t: { teardown(end: () => Promise<void>): void },
  preload: () => void,
): Promise<FirefoxPage> {
  const program = findOnPath('firefox-esr')
  if (program === undefined) throw new Error('no firefox-esr on PATH: apt install firefox-esr')
  const profile = await mkdtemp(join(tmpdir(), 'vv-firefox-'))
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`)
  await writeFile(join(profile, 'user.js'), lines.join(''))
  const words = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0']
  const child = spawn(...diesWithParent('KILL', program, words), {
    stdio: ['ignore', 'ignore', 'pipe'],
    // It keeps its caches in its home, and sandboxes that want more rights than a test has.
    env: { ...process.env, HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
  })
  const said: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => void said.push(line))
  t.teardown(async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(profile, { recursive: true, force: true, maxRetries: 10 })
  })
  const address = await until(
    () => said.map((line) => /WebDriver BiDi listening on (\S+)/.exec(line)?.[1]).find(Boolean),
    { timeoutMs: 120_000, what: 'Firefox to listen' },
  )
  const send = await openBidi(`${address}/session`)
  await send('session.new', { capabilities: {} })
  await send('script.addPreloadScript', { functionDeclaration: String(preload) })
  const { contexts } = await send<{ contexts: { context: string }[] }>('browsingContext.getTree', {})
  const context = contexts[0]?.context
  const evaluate = async (expression: string) => {
    const { result, exceptionDetails } = await send<Evaluated>('script.evaluate', {
      expression,
      target: { context },
      awaitPromise: true,
    })
    if (exceptionDetails !== undefined) throw new Error(`in Firefox: ${exceptionDetails.text}`)
    return result?.value
  }
  return {
    goto: async (url) => void (await send('browsingContext.navigate', { context, url, wait: 'complete' })),
    load: async (script) => void (await evaluate(script)),
    async run<A, R>(inPage: (argument: A) => R | Promise<R>, argument: A) {
      const call = `(async () => JSON.stringify((await (${String(inPage)})(${JSON.stringify(argument)})) ?? null))()`
      return JSON.parse((await evaluate(call)) ?? 'null') as R
    },
  }
}

interface Evaluated {
  readonly result?: { readonly value?: string }
  readonly exceptionDetails?: { readonly text: string }
}

type Send = <R = unknown>(method: string, params: object) => Promise<R>

interface Answer {
  readonly id?: number
  readonly result?: unknown
  readonly error?: string
  readonly message?: string
}

/** Commands are numbered; events are of no interest here. */
async function openBidi(address: string): Promise<Send> {
  const socket = new WebSocket(address)
  const waiting = new Map<number, (answer: Answer) => void>()
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer)
  })
  await once(socket, 'open')
  let last = 0
  return <R>(method: string, params: object) =>
    new Promise<R>((resolve, reject) => {
      last += 1
      waiting.set(last, ({ result, error, message }) => {
        if (error === undefined) resolve(result as R)
        else reject(new Error(`${method}: ${error}: ${message}`))
      })
      socket.send(JSON.stringify({ id: last, method, params }))
    })
}
