/** A node with two teams, people of both who are connected without a page, and supervisors with one. */
import { randomUUID } from 'node:crypto'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import type { Test } from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import { Channels } from '../../src/chat/channels.ts'
import { reportKeys } from '../../src/report/keys.ts'
import { weeksBefore } from '../../src/report/week.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { openBrowser, type PersonPage, signIn } from './chromium.ts'

const agencyToken = 'agency'.repeat(8)
const minuteMs = 60 * 1_000
const hourMs = 60 * minuteMs

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
  /** An appointment of both, of which the jobseeker contests the verdict. */
  contested(advisor: Visavis, jobseeker: Visavis): Promise<void>
  /** In each of the last weeks the same was counted, by measure. */
  counted(weeks: number, counts: Readonly<Record<string, number>>): Promise<void>
}

export async function supervisorStage(t: Test, env: Readonly<Record<string, string>> = {}): Promise<SupervisorStage> {
  const redis = await testRedis(t)
  const node = await testNode(t, {
    ...{ REDIS_URL: redis.url, VISAVIS_AGENCY_TOKEN: agencyToken, VISAVIS_CALLBACK_LEASE_MS: '60000' },
    VISAVIS_ATTENDANCE_VERDICT_MS: '0',
    ...env,
  })
  const tell = async (method: string, path: string, body: object) => {
    const response = await fetch(`${node.url}/api/regions/bretagne/${path}`, {
      method,
      headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(await response.text())
  }
  const put = ({ id, name }: typeof claire, person: object) => tell('PUT', `people/${id}`, { name, ...person })
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
    async contested(advisor, jobseeker) {
      const from = Math.ceil((Date.now() + hourMs) / minuteMs) * minuteMs
      const whose = jobseeker.session?.identity.person ?? ''
      const { id } = await advisor.appointments.book({ jobseeker: whose, from, modality: 'webcam' })
      await until(async () => (await jobseeker.attendance.list()).some(({ appointment }) => appointment === id))
      // No test can wait for the one that was booked.
      const window = { from: Date.now() - hourMs, until: Date.now() - minuteMs }
      const moved = { key: `moved-${id}`, at: Date.now(), fact: { type: 'moved', window } }
      await tell('POST', `attendance/${id}/facts`, moved)
      await until(async () => (await jobseeker.attendance.read(id)).record.state === 'proposed')
      await jobseeker.attendance.contest(id)
    },
    async counted(weeks, counts) {
      const names = weeksBefore(Date.now(), 'Europe/Paris', weeks)
      const fields = names.flatMap((week) =>
        Object.entries(counts).map(([measure, count]) => [`${week}/${measure}`, count]),
      )
      await redis.client.hset(reportKeys('bretagne').counts, Object.fromEntries(fields))
    },
  }
}
