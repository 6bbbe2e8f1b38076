/** One or two nodes on one Redis: the same scenarios are played on both, and must end alike. */
import type { Test } from 'tap'
import type { ResultOf, StreamPosition } from '../../src/protocol/index.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { type RawClient, rawClient } from '../support/socket.ts'

export type Opened = ResultOf<'session.open'>

/** A client with an open session. */
export interface Guest {
  readonly client: RawClient
  readonly opened: Opened
}

export interface Stage {
  readonly redis: TestRedis
  readonly nodes: readonly TestNode[]
  /** Places are dealt out to the nodes in turn: 0 and 1 are two nodes, if there are two. */
  url(place: number): string
  token(person: string): Promise<string>
  /** Opens a session at a place. */
  enter(person: string, place: number, resume?: { session?: string; streams: StreamPosition[] }): Promise<Guest>
  /** The agency's systems write a person. */
  put(id: string, person: Readonly<Record<string, unknown>>): Promise<void>
}

export interface Scenario {
  /** The rule. */
  readonly title: string
  readonly play: (t: Test, stage: Stage) => Promise<void>
}

const agency = 'agency'.repeat(8)
const settings = {
  VISAVIS_JWT_SECRET: 'the secret of this test, for all its nodes',
  VISAVIS_AGENCY_TOKEN: agency,
  VISAVIS_PRESENCE_GRACE_MS: '500',
  VISAVIS_SESSIONS_PER_PERSON: '20',
  VISAVIS_REQUESTS_PER_SECOND: '1000',
}

/** Everything opened is closed with the test. */
export async function openStage(t: Test, count: 1 | 2): Promise<Stage> {
  const redis = await testRedis(t)
  // One after the other: each enrols the sample people that are not there.
  const first = await testNode(t, { ...settings, REDIS_URL: redis.url, VISAVIS_NODE_NAME: 'one' })
  const nodes = [first]
  if (count === 2) nodes.push(await testNode(t, { ...settings, REDIS_URL: redis.url, VISAVIS_NODE_NAME: 'two' }))
  const url = (place: number) => nodes[place % nodes.length]?.url ?? first.url
  return {
    redis,
    nodes,
    url,
    token: (person) => first.token(person),
    async enter(person, place, resume) {
      const client = await rawClient(url(place))
      t.teardown(() => client[Symbol.asyncDispose]())
      const token = await first.token(person)
      const params = { token, versions: [1], ...(resume === undefined ? {} : { resume }) }
      return { client, opened: (await client.result('session.open', params)) as Opened }
    },
    async put(id, person) {
      const response = await fetch(`${first.url}/api/regions/bretagne/people/${id}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${agency}` },
        body: JSON.stringify(person),
      })
      if (!response.ok) throw new Error(await response.text())
    },
  }
}

/** Plays every scenario on a stage of its own. */
export function playAll(t: Test, count: 1 | 2, scenarios: readonly Scenario[]): void {
  for (const { title, play } of scenarios) {
    t.test(title, async (t) => {
      await play(t, await openStage(t, count))
    })
  }
}
