/** The server under test: src/main.ts as a process of its own, with its own data folder and the people a scenario needs. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inLanes } from './lanes.ts'
import { childrenOf, startServer, temporaryFolder } from './processes.ts'
import { developmentToken, postJson } from './socket.ts'
import { type Claims, signToken } from './tokens.ts'
import type { Parts } from './usage.ts'

export interface VisavisServer extends AsyncDisposable {
  readonly url: string
  /** Process ids by part: `server`, `redis`, `workers`. */
  readonly parts: Parts
  /** Ends the node alone by SIGKILL: its Redis lives on until the next start on the folder ends it. */
  kill(): Promise<void>
}

export interface VisavisOptions {
  /** Settings on top of the defaults. */
  readonly env?: Readonly<Record<string, string>>
  /** A data folder to begin with, which stays; otherwise a new one, which goes with the server. */
  readonly folder?: string
  readonly nodeFlags?: readonly string[]
}

/** Of a server that lives as long as its benchmark, on the loopback interface. */
export const agencyToken = 'agency-token-of-a-benchmark-on-loopback'

/** For generators in which one person does the work of many, or one address is that of all. */
export const withoutLimits: Readonly<Record<string, string>> = {
  VISAVIS_REQUESTS_PER_SECOND: '1000000',
  VISAVIS_REQUEST_BURST: '10000000',
  VISAVIS_SESSIONS_PER_PERSON: '1000',
  VISAVIS_CONNECTIONS_PER_ADDRESS: '20000',
  VISAVIS_OPENS_PER_SECOND: '100000',
}

export async function startVisavis({ env, folder, nodeFlags }: VisavisOptions = {}): Promise<VisavisServer> {
  await using stack = new AsyncDisposableStack()
  const dataDir = folder ?? stack.use(temporaryFolder()).path
  const settings = {
    VISAVIS_PORT: '0',
    VISAVIS_DATA_DIR: dataDir,
    VISAVIS_DEV_SIGN_IN: 'true',
    VISAVIS_AGENCY_TOKEN: agencyToken,
    VISAVIS_MEDIA_WORKERS: '1',
    // A channel of a benchmark is many people's.
    VISAVIS_CHAT_MESSAGES_PER_MINUTE: '0',
    ...env,
  }
  const server = stack.use(await startServer('../src/main.ts', settings, nodeFlags))
  const { pid, url, kill } = server
  const parts = { server: [pid], redis: childrenOf(pid, 'redis'), workers: childrenOf(pid, 'mediasoup') }
  const resources = stack.move()
  return { url, parts, kill, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/** In which people are who are to be in no particular region. */
export const region = 'bretagne'
/** Requests at a time: enough to be quick, few enough not to be a load test of enrolment. */
const lanes = 8

export interface Portfolio {
  readonly advisor: string
  readonly token: string
  readonly channels: readonly { readonly channel: string; readonly token: string }[]
}

export interface Enrolled {
  readonly advisors: number
  /** Of each of them. */
  readonly jobseekers: number
  /** Number of the first advisor, when there are others already. */
  readonly from?: number
  /** In turn, advisor by advisor. */
  readonly regions?: readonly string[]
}

/** Enrols as many as `enrolPortfolios`, with tokens signed here: for thousands. */
export async function enrolMany(
  url: string,
  folder: string,
  { advisors, jobseekers, from = 0, regions = [region] }: Enrolled,
): Promise<Portfolio[]> {
  const secret = await readFile(join(folder, 'development-secret'), 'utf8')
  const put = (home: string, id: string, person: object) =>
    postJson(`${url}/api/regions/${home}/people/${id}`, person, 'PUT', agencyToken)
  const found = Array.from({ length: advisors }, (_, index) => {
    const n = from + index
    const home = homeOf(regions, n)
    const token = (sub: string, role: Claims['role']) => signToken({ sub, role, name: sub, region: home }, secret)
    const advisor = advisorName(home, n)
    const channels = Array.from({ length: jobseekers }, (_, m) => {
      const channel = jobseekerName(home, n, m)
      return { channel, token: token(channel, 'jobseeker') }
    })
    return { home, advisor, token: token(advisor, 'advisor'), channels }
  })
  await inLanes(found, lanes, ({ home, advisor }) => put(home, advisor, { role: 'advisor', name: advisor }))
  const everybody = found.flatMap(({ channels, ...one }) => channels.map(({ channel }) => ({ ...one, channel })))
  await inLanes(everybody, lanes, ({ home, advisor, channel }) =>
    put(home, channel, { role: 'jobseeker', name: channel, advisor }),
  )
  return found.map(({ home: _, ...portfolio }) => portfolio)
}

const homeOf = (regions: readonly string[], n: number): string => regions[n % regions.length] ?? region
/** With the region in them: a rehearsal deployment that was measured for another one has its people still. */
const advisorName = (home: string, n: number): string => `load-${home}-advisor-${n}`
const jobseekerName = (home: string, n: number, m: number): string => `load-${home}-jobseeker-${n}-${m}`

/** Enrols advisors, each with as many jobseekers, and gives everybody a token. */
export async function enrolPortfolios(
  url: string,
  { advisors, jobseekers, from = 0, regions = [region] }: Enrolled,
  keeper = agencyToken,
): Promise<Portfolio[]> {
  const enrol = async (home: string, id: string, person: object) => {
    await postJson(`${url}/api/regions/${home}/people/${id}`, person, 'PUT', keeper)
    return developmentToken(url, id, home)
  }
  const portfolio = async (n: number): Promise<Portfolio> => {
    const home = homeOf(regions, n)
    const advisor = advisorName(home, n)
    const token = await enrol(home, advisor, { role: 'advisor', name: `Advisor ${n}` })
    const channels = []
    for (let m = 0; m < jobseekers; m += 1) {
      const channel = jobseekerName(home, n, m)
      const person = { role: 'jobseeker', name: `Jobseeker ${n} ${m}`, advisor }
      channels.push({ channel, token: await enrol(home, channel, person) })
    }
    return { advisor, token, channels }
  }
  const found: Portfolio[] = []
  await inLanes(Array(advisors).keys(), lanes, async (n) => {
    found[n] = await portfolio(from + n)
  })
  return found
}
