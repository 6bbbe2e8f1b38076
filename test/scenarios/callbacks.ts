/** Callbacks between people who are connected in different places. */
import { randomUUID } from 'node:crypto'
import type { Callback, Offer } from '../../src/protocol/index.ts'
import { eventOf, type RawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import type { Scenario } from './stage.ts'

interface Offered {
  readonly callback: Callback
  readonly offer: Offer
}

const request = async (client: RawClient): Promise<Callback> => {
  const params = { key: randomUUID(), medium: 'room', reason: 'rappelez-moi' }
  return ((await client.result('callback.request', params)) as { callback: Callback }).callback
}

const changed = (client: RawClient, id: string, state: Callback['state']) =>
  eventOf<{ callback: Callback }>(
    client,
    'callback.changed',
    ({ callback }) => callback.id === id && callback.state === state,
  )

const fromRequestToDone: Scenario = {
  title: 'a callback goes from request to completed, and both are told each step once, in order',
  async play(t, stage) {
    const { client: jobseeker } = await stage.enter('jobseeker-1', 0)
    const { client: advisor } = await stage.enter('advisor-anne', 1)
    const { id } = await request(jobseeker)
    const { offer } = await eventOf<Offered>(advisor, 'callback.offered', ({ callback }) => callback.id === id)
    await advisor.result('callback.accept', { callback: id, token: offer.token })
    await changed(jobseeker, id, 'active')
    await advisor.result('callback.complete', { callback: id, token: offer.token, disposition: 'answered' })
    await Promise.all([changed(jobseeker, id, 'done'), changed(advisor, id, 'done')])
    const states = jobseeker.events
      .filter(({ event }) => event === 'callback.changed')
      .map(({ data }) => (data as { callback: Callback }).callback.state)
    t.same(states, ['waiting', 'offered', 'active', 'done'])
    const offsets = jobseeker.events.flatMap(({ stream, position }) =>
      stream === 'person:jobseeker-1' && position !== undefined ? [position.offset] : [],
    )
    t.same(
      offsets,
      offsets.map((_, n) => n + (offsets[0] ?? 0)),
    )
  },
}

const oneAdvisorAtATime: Scenario = {
  title: 'an advisor with devices in several places is offered one callback at a time, on all of them',
  async play(t, stage) {
    const devices = await Promise.all([0, 1].map((place) => stage.enter('advisor-anne', place)))
    const people = ['jobseeker-1', 'jobseeker-2', 'jobseeker-3']
    const ids = await Promise.all(
      people.map(async (person, place) => (await request((await stage.enter(person, place)).client)).id),
    )
    const offersOf = ({ client }: (typeof devices)[number]) =>
      client.events.filter(({ event }) => event === 'callback.offered').map(({ data }) => (data as Offered).offer)
    for (let n = 0; n < ids.length; n += 1) {
      await until(() => devices.every((device) => offersOf(device).length === n + 1), { what: `offer ${n + 1}` })
      const [offer, same] = devices.map((device) => offersOf(device)[n])
      t.same(offer, same, 'the same one')
      const { callback, token } = offer ?? { callback: '', token: 0 }
      const taker = devices[n % 2]?.client
      await taker?.result('callback.accept', { callback, token })
      await taker?.result('callback.complete', { callback, token, disposition: 'answered' })
    }
    const offered = devices.map((device) =>
      offersOf(device)
        .map(({ callback }) => callback)
        .toSorted(),
    )
    t.same(offered, [ids.toSorted(), ids.toSorted()], 'each callback once')
  },
}

const withdrawn: Scenario = {
  title: 'a callback that is withdrawn while it is offered cannot be taken any more, wherever',
  async play(t, stage) {
    const { client: jobseeker } = await stage.enter('jobseeker-1', 0)
    const { client: advisor } = await stage.enter('advisor-anne', 1)
    const { id } = await request(jobseeker)
    const { offer } = await eventOf<Offered>(advisor, 'callback.offered')
    await jobseeker.result('callback.cancel', { callback: id })
    await changed(advisor, id, 'cancelled')
    const accept = advisor.result('callback.accept', { callback: id, token: offer.token })
    await t.rejects(accept, { code: 'CONFLICT' })
  },
}

export const callbackScenarios: readonly Scenario[] = [fromRequestToDone, oneAdvisorAtATime, withdrawn]
