/** Joining, leaving and coming back, in any order, against the callbacks, the channel and the appointments of a whole node. */
import fc from 'fast-check'
import t from 'tap'
import { type Appointment, connect, type Visavis } from '../../client/index.ts'
import type { OwnScheme } from '../../client/scheme.ts'
import { Scheme } from '../../client/scheme.ts'
import { developmentToken, testNode } from '../support/node.ts'
import { until } from '../support/until.ts'

t.setTimeout(300_000)

const agencyToken = 'agency'.repeat(8)
const dayMs = 24 * 60 * 60 * 1_000
const patience = { timeoutMs: 30_000 }
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken, VISAVIS_CALLBACK_HOURS: 'ignored' })
const advisor = 'advisor-anne'
const token = (person: string) => () => developmentToken(node.url, person)
const anne = connect({ url: node.url, token: token(advisor) })
t.teardown(() => anne.close())
await anne.opened

let people = 0
let times = 0
async function newcomer(): Promise<string> {
  people += 1
  const id = `model-${people}`
  const response = await fetch(`${node.url}/api/regions/bretagne/people/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ role: 'jobseeker', name: id, advisor }),
  })
  if (!response.ok) throw new Error(await response.text())
  // The session of the advisor hears of it.
  await until(() => anne.chat.channels.some(({ channel }) => channel === id), patience)
  return id
}

async function appointmentsOfTeam(): Promise<readonly Appointment[]> {
  const period = { from: String(Date.now()), until: String(Date.now() + 60 * dayMs) }
  const response = await fetch(`${node.url}/api/regions/bretagne/appointments?${new URLSearchParams(period)}`, {
    headers: { authorization: `Bearer ${agencyToken}` },
  })
  if (!response.ok) throw new Error(await response.text())
  const { appointments } = (await response.json()) as { appointments: { appointment: Appointment }[] }
  return appointments.map(({ appointment }) => appointment)
}

async function former(): Promise<readonly string[]> {
  const response = await fetch(`${node.url}/api/regions/bretagne/people/${advisor}/awaited`, {
    headers: { authorization: `Bearer ${agencyToken}` },
  })
  if (!response.ok) throw new Error(await response.text())
  return ((await response.json()) as { former: { id: string }[] }).former.map(({ id }) => id)
}

/** What should be so, as simply as it can be said. */
interface Model {
  in: boolean
  said: number
  receipts: number
  callback: boolean
  /** By id: how it was meant. */
  readonly booked: Map<string, 'webcam' | 'asked'>
}
type Act = 'join' | 'leave' | 'agency' | 'say' | 'ask' | 'book'
const acts: readonly Act[] = ['join', 'leave', 'agency', 'say', 'ask', 'book']

async function run(order: readonly Act[]): Promise<void> {
  const person = await newcomer()
  const model: Model = { in: true, said: 0, receipts: 0, callback: false, booked: new Map() }
  const scheme = new Scheme({ url: node.url, token: token(person) })
  await using clients = new AsyncDisposableStack()
  let client: Visavis | undefined
  const here = async (): Promise<Visavis> => {
    if (client !== undefined && client.state !== 'closed') return client
    client = clients.adopt(connect({ url: node.url, token: token(person) }), (one) => one.close())
    await client.opened
    return client
  }
  const refused = async (what: Promise<unknown>) => {
    const error = await what.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (error === undefined) throw new Error('what should have been refused was done')
  }
  const doAct: Readonly<Record<Act, () => Promise<void>>> = {
    join: async () => {
      const { text, acts: before } = await scheme.own()
      await scheme.join(text.version)
      if (
        !model.in ||
        !before.some(({ is }, n) => is === 'joined' && !before.slice(n).some((one) => one.is === 'left'))
      )
        model.receipts += 1
      model.in = true
    },
    leave: async () => {
      if (model.in) model.receipts += 1
      await scheme.leave('other')
      model.in = false
      model.callback = false
    },
    agency: async () => {
      if (!model.in) return refused(scheme.askAgency())
      const { acts: before } = await scheme.own()
      await scheme.askAgency()
      if (before.at(-1)?.is !== 'agency') model.receipts += 1
      for (const id of model.booked.keys()) model.booked.set(id, 'asked')
    },
    say: async () => {
      if (!model.in) return refused(here())
      await (await here()).chat.channel(person).send(`message ${model.said}`)
      model.said += 1
    },
    ask: async () => {
      if (!model.in) return refused(here())
      await (await here()).callbacks.request({ medium: 'phone', phone: '06 12 34 56 78', reason: 'x' })
      model.callback = true
    },
    book: async () => {
      times += 1
      const from = Math.ceil((Date.now() + 3 * dayMs) / dayMs) * dayMs + times * 2 * 60 * 60_000
      const booking = anne.appointments.book({ jobseeker: person, from, modality: 'webcam' })
      if (!model.in) return refused(booking)
      model.booked.set((await booking).id, 'webcam')
    },
  }
  const settled = async (): Promise<OwnScheme> =>
    until(async () => {
      const own = await scheme.own()
      return own.settling ? undefined : own
    }, patience)
  const isAsMeant = (one: Appointment) => {
    const meant = model.booked.get(one.id)
    return one.modality === (model.in && meant === 'webcam' ? 'webcam' : 'agency')
  }

  for (const act of order) {
    await doAct[act]()
    const own = await settled()
    t.equal(own.state === 'in', model.in)
    if (!model.in && client !== undefined) {
      const last = client
      await until(() => last.state === 'closed', { ...patience, what: 'the end of their session' })
    }
    t.equal((await former()).includes(person), !model.in, `who has left, after ${act} in ${order.join()}`)
    t.equal(own.acts.length, model.receipts, `receipts after ${act} in ${order.join()}`)
    t.equal(new Set(own.acts.map(({ receipt }) => receipt)).size, model.receipts)
    // Coming back turns them by a step of its own.
    await until(
      async () => {
        const theirs = (await appointmentsOfTeam()).filter(({ jobseeker }) => jobseeker === person)
        return theirs.length === model.booked.size && theirs.every(isAsMeant)
      },
      { ...patience, what: `appointments after ${act} in ${order.join()}` },
    )
    await until(
      async () => {
        const channels = anne.chat.channels.map(({ channel }) => channel)
        return channels.includes(person) === model.in
      },
      { ...patience, what: 'the portfolio' },
    )
    if (model.in) {
      const device = await here()
      const open = await until(() => (device.callbacks.loaded ? device.callbacks.list : undefined), patience)
      const isOpen = open.some(({ state }) => !['done', 'unreachable', 'cancelled'].includes(state))
      t.equal(isOpen, model.callback, `callbacks after ${act} in ${order.join()}`)
      const channel = device.chat.channel(person)
      await until(() => channel.messages.filter(({ system }) => system === undefined).length === model.said, patience)
    }
  }
}

t.test('whatever the order, what one sees is what was decided last, and nothing said is lost', async (t) => {
  await run(['book', 'say', 'ask', 'leave', 'say', 'join', 'say', 'leave', 'join'])
  await run(['book', 'agency', 'leave', 'join', 'book', 'leave', 'leave', 'join', 'join'])
  await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(...acts), { minLength: 3, maxLength: 8 }), run), {
    numRuns: 12,
    endOnFailure: true,
  })
  t.pass()
})
