/** The server under test: src/main.ts as a process of its own, with its own data folder and the people a scenario needs. */
import { childrenOf, startServer, temporaryFolder } from './processes.ts'
import { developmentToken, postJson } from './socket.ts'
import type { Parts } from './usage.ts'

export interface VisavisServer extends AsyncDisposable {
  readonly url: string
  /** Process ids by part: `server`, `redis`, `workers`. */
  readonly parts: Parts
}

/** @param env settings on top of the defaults. */
export async function startVisavis(env: Readonly<Record<string, string>> = {}): Promise<VisavisServer> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const server = stack.use(
    await startServer('../src/main.ts', {
      VISAVIS_PORT: '0',
      VISAVIS_DATA_DIR: folder.path,
      VISAVIS_DEV_SIGN_IN: 'true',
      VISAVIS_MEDIA_WORKERS: '1',
      ...env,
    }),
  )
  const { pid, url } = server
  const parts = { server: [pid], redis: childrenOf(pid, 'redis'), workers: childrenOf(pid, 'mediasoup') }
  const resources = stack.move()
  return { url, parts, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

const region = 'bretagne'
/** Requests at a time: enough to be quick, few enough not to be a load test of enrolment. */
const lanes = 8

export interface Portfolio {
  readonly advisor: string
  readonly token: string
  readonly channels: readonly { readonly channel: string; readonly token: string }[]
}

/** Enrols advisors, each with as many jobseekers, and gives everybody a token. */
export async function enrolPortfolios(url: string, advisors: number, jobseekers: number): Promise<Portfolio[]> {
  const supervisor = await developmentToken(url, 'supervisor-claire')
  const enrol = async (id: string, person: object) => {
    await postJson(`${url}/api/regions/${region}/people/${id}`, person, 'PUT', supervisor)
    return developmentToken(url, id)
  }
  const portfolio = async (n: number): Promise<Portfolio> => {
    const advisor = `load-advisor-${n}`
    const token = await enrol(advisor, { role: 'advisor', name: `Advisor ${n}` })
    const channels = []
    for (let m = 0; m < jobseekers; m += 1) {
      const channel = `load-jobseeker-${n}-${m}`
      channels.push({
        channel,
        token: await enrol(channel, { role: 'jobseeker', name: `Jobseeker ${n} ${m}`, advisor }),
      })
    }
    return { advisor, token, channels }
  }
  const found: Portfolio[] = []
  const numbers = Array.from({ length: advisors }, (_, n) => n).values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const n of numbers) found[n] = await portfolio(n)
    }),
  )
  return found
}
