/** A node with two teams, people of both who are connected without a page, and supervisors with one. */
import { randomUUID } from 'node:crypto'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import type { Test } from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import { Channels } from '../../src/chat/channels.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { openBrowser, type PersonPage, signIn } from './chromium.ts'

const agencyToken = 'agency'.repeat(8)
const hourMs = 60 * 60 * 1_000

/** Of team `rennes`, and of the whole region. */
export const claire = { id: 'supervisor-claire', name: 'Claire Le Goff' }
export const nolwenn = { id: 'supervisor-nolwenn', name: 'Nolwenn Tréhin' }
export const bruno = { id: 'advisor-bruno', name: 'Bruno Le Gall' }
export const karim = { id: 'jobseeker-2', name: 'Karim Benali' }
const erwan = { id: 'advisor-erwan', name: 'Erwan Quéré' }
const maud = { id: 'jobseeker-maud', name: 'Maud Salaün' }
/** Of team `rennes`, and nobody follows him. */
export const yves = { id: 'jobseeker-yves', name: 'Yves Pennec' }

export interface SupervisorStage {
  readonly node: TestNode
  readonly browser: Browser
  /** Somebody connected without a page. */
  as(person: string): Promise<Visavis>
  open(supervisor: typeof claire, options?: BrowserContextOptions): Promise<PersonPage>
  /** Somebody asks to be called back, by phone. */
  ask(jobseeker: Visavis, reason: string): Promise<string>
  /** A jobseeker wrote so many hours ago. */
  wrote(jobseeker: string, hours: number): Promise<void>
}

export async function supervisorStage(t: Test, env: Readonly<Record<string, string>> = {}): Promise<SupervisorStage> {
  const redis = await testRedis(t)
  const node = await testNode(t, {
    ...{ REDIS_URL: redis.url, VISAVIS_AGENCY_TOKEN: agencyToken, VISAVIS_CALLBACK_LEASE_MS: '60000' },
    ...env,
  })
  const put = async ({ id, name }: typeof claire, person: object) => {
    const response = await fetch(`${node.url}/api/regions/bretagne/people/${id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, ...person }),
    })
    if (!response.ok) throw new Error(await response.text())
  }
  await put(nolwenn, { role: 'supervisor' })
  await put(erwan, { role: 'advisor', team: 'brest' })
  await put(maud, { role: 'jobseeker', advisor: erwan.id })
  await put(yves, { role: 'jobseeker', team: 'rennes' })
  const browser = await openBrowser(t)
  return {
    node,
    browser,
    async as(person) {
      const visavis = connect({ url: node.url, token: () => node.token(person) })
      t.teardown(() => visavis.close())
      await visavis.opened
      return visavis
    },
    open: (supervisor, options = {}) => signIn(browser, node.url, supervisor, options),
    async ask(jobseeker, reason) {
      return (await jobseeker.callbacks.request({ medium: 'phone', phone: '06 12 34 56 78', reason })).id
    },
    async wrote(jobseeker, hours) {
      const channels = new Channels({ clients: [redis.client], now: () => Date.now() - hours * hourMs })
      await channels.publish(jobseeker, { from: jobseeker, key: randomUUID(), text: 'Bonjour, une question' })
    },
  }
}
