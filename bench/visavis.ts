/** The server under test: src/main.ts as a process of its own, with its own data folder and the people a scenario needs. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { childrenOf, startServer } from './processes.ts'
import { developmentToken, postJson } from './socket.ts'

export interface VisavisServer extends AsyncDisposable {
  readonly url: string
  /** Process ids by part, for CPU time. */
  readonly parts: { readonly server: number[]; readonly redis: number[]; readonly workers: number[] }
}

export async function startVisavis(env: Readonly<Record<string, string>> = {}): Promise<VisavisServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'visavis-bench-'))
  const server = await startServer('../src/main.ts', {
    VISAVIS_PORT: '0',
    VISAVIS_DATA_DIR: dataDir,
    VISAVIS_DEV_SIGN_IN: 'true',
    VISAVIS_MEDIA_WORKERS: '1',
    ...env,
  })
  const [redis, workers] = await Promise.all([childrenOf(server.pid, 'redis'), childrenOf(server.pid, 'mediasoup')])
  return {
    url: server.url,
    parts: { server: [server.pid], redis, workers },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

const region = 'bretagne'

/** Enrols advisors with one jobseeker each, and gives a token to everybody. */
export async function enrolPairs(
  url: string,
  count: number,
): Promise<{ channel: string; jobseeker: string; advisor: string }[]> {
  const supervisor = await developmentToken(url, 'supervisor-claire')
  const put = (id: string, person: object) =>
    postJson(`${url}/api/regions/${region}/people/${id}`, person, 'PUT', supervisor)
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const [jobseeker, advisor] = [`load-jobseeker-${n}`, `load-advisor-${n}`]
      await put(advisor, { role: 'advisor', name: advisor })
      await put(jobseeker, { role: 'jobseeker', name: jobseeker, advisor })
      const tokens = await Promise.all([developmentToken(url, jobseeker), developmentToken(url, advisor)])
      return { channel: jobseeker, jobseeker: tokens[0], advisor: tokens[1] }
    }),
  )
}
