/** A whole node in this process: real Redis, real mediasoup worker, a free port, its own data folder. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Test } from 'tap'
import { loadConfig } from '../../config/load.ts'
import { type App, createApp } from '../../src/app.ts'

export interface TestNode extends AsyncDisposable {
  readonly app: App
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly dataDir: string
  /** A development token for one of the sample people. */
  token(person: string): Promise<string>
}

/** @param env settings, as environment variables, on top of the test's own. */
export async function testNode(t: Test, env: Readonly<Record<string, string>> = {}): Promise<TestNode> {
  const dataDir = await mkdtemp(join(tmpdir(), 'visavis-'))
  const config = loadConfig({
    VISAVIS_PORT: '0',
    VISAVIS_DATA_DIR: dataDir,
    VISAVIS_MEDIA_WORKERS: '1',
    // Tests write faster than people do.
    VISAVIS_CHAT_MESSAGES_PER_MINUTE: '0',
    ...inherited('VISAVIS_MEDIASOUP_WORKER_BIN', 'VISAVIS_REDIS_SERVER'),
    ...env,
  })
  const app = await createApp(config, pino({ level: process.env.VISAVIS_TEST_LOG ?? 'silent' }))
  const url = await app.listen()
  let closing: Promise<void> | undefined
  const close = async () => {
    await app.close()
    await rm(dataDir, { recursive: true, force: true })
  }
  const dispose = () => (closing ??= close())
  // Also when the test fails before its scope ends.
  t.teardown(dispose)
  return {
    app,
    url,
    dataDir,
    token: (person) => developmentToken(url, person),
    [Symbol.asyncDispose]: dispose,
  }
}

export async function developmentToken(url: string, person: string): Promise<string> {
  const response = await fetch(`${url}/dev/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ person }),
  })
  if (!response.ok) throw new Error(`no token for ${person}: ${response.status} ${await response.text()}`)
  const { token } = (await response.json()) as { token: string }
  return token
}

const inherited = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
