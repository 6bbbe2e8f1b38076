/** What is measured: a server of this command's own, or the nodes of a rehearsal deployment; and the people on it. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { temporaryFolder } from '../processes.ts'
import { developmentToken } from '../socket.ts'
import type { Parts } from '../usage.ts'
import { enrolMany, enrolPortfolios, type Portfolio, startVisavis, withoutLimits } from '../visavis.ts'

export interface Deployment extends AsyncDisposable {
  readonly nodes: readonly string[]
  /** Processes by part, one per worker; undefined when they run elsewhere. */
  readonly parts: Parts | undefined
  /** Of the node's own Redis; undefined when it is elsewhere. */
  readonly redisSocket: string | undefined
  /** Of whom the synthetic participants are sessions. */
  readonly operatorToken: string
  /** So many advisors with so many jobseekers each; whoever was enrolled before is so no second time. */
  people(advisors: number, jobseekers: number): Promise<readonly Portfolio[]>
  /** One advisor and one jobseeker, who are not among these, for a real browser. */
  two(): Promise<Portfolio>
}

/** Of the two: no measurement has so many advisors. */
const apart = 10_000_000
/** Of the sample people, which every server with development sign-in has. */
const operator = 'operator-denis'

/** @param regions in which people are enrolled, in turn. */
export async function ownDeployment(
  regions: readonly string[],
  workers = availableParallelism(),
  nodeFlags: readonly string[] = [],
): Promise<Deployment> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder()).path
  const env = { ...withoutLimits, VISAVIS_SYNTHETIC_PARTICIPANTS: 'true', VISAVIS_MEDIA_WORKERS: String(workers) }
  const { url, parts } = stack.use(await startVisavis({ folder, env, nodeFlags }))
  const { workers: pids = [], ...others } = parts
  const perWorker = Object.fromEntries(pids.map((pid, n) => [`worker ${n + 1}`, [pid]]))
  const enrol: Enrol = (advisors, jobseekers, from) => enrolMany(url, folder, { advisors, jobseekers, from, regions })
  const operatorToken = await developmentToken(url, operator)
  const resources = stack.move()
  return {
    ...{ nodes: [url], parts: { ...others, ...perWorker }, operatorToken, ...enrolling(enrol) },
    redisSocket: join(folder, 'redis', 'redis.sock'),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/**
 * Nodes that somebody else has started, with development sign-in, synthetic participants, and limits for a load that comes
 * from one address (bench/README.md). Nothing else is reached.
 * @throws Error when one does not answer, or does not let this command in.
 */
export async function namedDeployment(nodes: readonly string[], regions: readonly string[]): Promise<Deployment> {
  const agencyToken = agencyTokenOf(process.env)
  const [first = ''] = nodes
  for (const url of nodes) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined)
    if (!response?.ok) throw new Error(`${url} is not ready: ${response === undefined ? 'no answer' : response.status}`)
  }
  const enrol: Enrol = (advisors, jobseekers, from) =>
    enrolPortfolios(first, { advisors, jobseekers, from, regions }, agencyToken)
  const operatorToken = await developmentToken(first, operator)
  return {
    nodes,
    parts: undefined,
    redisSocket: undefined,
    operatorToken,
    ...enrolling(enrol),
    async [Symbol.asyncDispose]() {},
  }
}

type Enrol = (advisors: number, jobseekers: number, from: number) => Promise<Portfolio[]>

function enrolling(enrol: Enrol): Pick<Deployment, 'people' | 'two'> {
  const enrolled: Portfolio[] = []
  return {
    async people(advisors, jobseekers) {
      const missing = advisors - enrolled.length
      if (missing > 0) enrolled.push(...(await enrol(missing, jobseekers, enrolled.length)))
      return enrolled.slice(0, advisors)
    },
    async two() {
      const [portfolio] = await enrol(1, 1, apart)
      if (portfolio === undefined) throw new Error('nobody could be enrolled for the browser')
      return portfolio
    },
  }
}

function agencyTokenOf({ VISAVIS_AGENCY_TOKEN: token }: NodeJS.ProcessEnv): string {
  if (token === undefined)
    throw new Error('--nodes: VISAVIS_AGENCY_TOKEN has to hold the agency token of the deployment')
  return token
}
