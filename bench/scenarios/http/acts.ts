/** What is asked of a node over HTTP: signing in, reading a record, a portfolio, a page and its program. */
import type { Asked } from '../../generator/http.ts'
import type { Route } from '../../peers/fastify/server.ts'
import { agencyToken, type Portfolio, region } from '../../visavis.ts'

export const acts = ['alive', 'sign_in', 'person', 'portfolio', 'page', 'script'] as const
export type Act = (typeof acts)[number]
export type Asking = Readonly<Record<Act, Asked>>

export interface Recorded {
  readonly asked: Asking
  /** For the floor to give. */
  readonly routes: readonly Route[]
}

const keeper = { authorization: `Bearer ${agencyToken}` }

/** Asks once for each, and takes what comes for the right answer. @throws when the node does not answer one of them. */
export async function recordActs(url: string, { advisor, channels }: Portfolio): Promise<Recorded> {
  const [{ channel }] = channels as [Portfolio['channels'][number]]
  const people = `/api/regions/${region}/people`
  const page = await answerOf(url, { method: 'GET', path: '/jobseeker', headers: {} })
  const asked: Record<Act, Pick<Asked, 'method' | 'path' | 'headers' | 'body'>> = {
    alive: { method: 'GET', path: '/livez', headers: {} },
    sign_in: {
      ...{ method: 'POST', path: '/dev/token', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ person: channel }),
    },
    person: { method: 'GET', path: `${people}/${channel}`, headers: keeper },
    portfolio: { method: 'GET', path: `${people}/${advisor}/portfolio`, headers: keeper },
    page: { method: 'GET', path: '/jobseeker', headers: {} },
    script: { method: 'GET', path: scriptOf(page.answer), headers: {} },
  }
  const found = await Promise.all(
    acts.map(async (act) => {
      const { answer, contentType } = await answerOf(url, asked[act])
      // Each token is another one.
      const proof = act === 'sign_in' ? { answer: '{"token":"', isWhole: false } : { answer, isWhole: true }
      return { act, asked: { ...asked[act], ...proof }, route: { ...asked[act], contentType, answer } }
    }),
  )
  return {
    asked: Object.fromEntries(found.map(({ act, asked }) => [act, asked])) as Asking,
    routes: found.map(({ route: { method, path, contentType, answer } }) => ({ method, path, contentType, answer })),
  }
}

type Asks = Pick<Asked, 'method' | 'path' | 'headers' | 'body'>

async function answerOf(url: string, { path, method, headers, body }: Asks) {
  const response = await fetch(url + path, { method, headers: { ...headers }, ...(body === undefined ? {} : { body }) })
  const answer = await response.text()
  if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${answer.slice(0, 200)}`)
  return { answer, contentType: response.headers.get('content-type') ?? 'text/plain' }
}

/** The program that the page loads. */
function scriptOf(page: string): string {
  const path = /<script[^>]+src="([^"]+\.js)"/.exec(page)?.[1]
  if (path === undefined) throw new Error('the page of jobseekers loads no program')
  return new URL(path, 'http://x/').pathname
}
