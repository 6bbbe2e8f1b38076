/** The people of one run on the two nodes, what they do, and whether everything agrees when it is quiet. */
import { isDeepStrictEqual } from 'node:util'
import type { Test } from 'tap'
import { VisavisError } from '../../../client/index.ts'
import { until } from '../../support/until.ts'
import { Device } from './device.ts'
import { type Act, type Cover, type Mark, Model, type Send, unreadOf } from './model.ts'
import { type Nodes, secret } from './nodes.ts'
import { readTruth, type Truth } from './truth.ts'

const quietWithinMs = 30_000
const answeredWithinMs = 45_000
const toldWithinMs = 5_000

export class World {
  readonly nodes: Nodes
  readonly jobseeker: string
  /** Follow the jobseeker in turn. */
  readonly advisors: readonly [string, string]
  /** Stands in. */
  readonly colleague: string
  readonly devices: Device[] = []
  /** How often a device was seen to be told of reading as it happened. */
  seen = 0
  readonly #run: string
  /** What is being done. */
  readonly #open = new Set<Promise<unknown>>()
  #covers = 0

  constructor(nodes: Nodes, run: string) {
    this.nodes = nodes
    this.#run = run
    this.jobseeker = `jobseeker-${run}`
    this.advisors = [`advisor-anne-${run}`, `advisor-bruno-${run}`]
    this.colleague = `advisor-chloe-${run}`
  }

  /** The jobseeker and the first advisor have two devices each, on different nodes. */
  async start(t: Test): Promise<Model> {
    const model = new Model(this.jobseeker, this.advisors[0])
    for (const id of [...this.advisors, this.colleague])
      await this.nodes.ask('PUT', `people/${id}`, { role: 'advisor', name: id, team: 'rennes' })
    await this.#follow(model.advisor)
    const people = [
      this.jobseeker,
      this.jobseeker,
      this.advisors[0],
      this.advisors[0],
      this.advisors[1],
      this.colleague,
    ]
    const started = people.map((person, place) => {
      const role = person === this.jobseeker ? ('jobseeker' as const) : ('advisor' as const)
      return Device.start(t, { person, role, jobseeker: this.jobseeker, url: this.nodes.url(place), secret })
    })
    this.devices.push(...(await Promise.all(started)))
    for (const device of this.devices) {
      if (!model.isMember(device.person, Date.now())) device.deafness.beyond = 0
      else await until(() => device.channel?.loaded, { what: `the channel on a device of ${device.person}` })
    }
    // Something to act on.
    for (const device of this.devices.slice(0, 4)) this.send(model, device, 'bonjour')
    await this.answered()
    return model
  }

  /** People are sent to the other node. */
  restartNode(place: number, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.nodes.restart(place, signal)
    for (const { network } of this.devices) network.goTo(this.nodes.url(place))
  }

  of(person: string): Device[] {
    return this.devices.filter((device) => device.person === person)
  }

  /** Begins something; it goes on while other things happen. */
  begin<A extends Act, R>(model: Model, act: A, work: Promise<R>, done: (result: R) => void = () => {}): A {
    const settle = (answer: string) => {
      // What failed without saying whether it was done may be done at any time.
      if (answer !== 'closed' && answer !== 'UNAVAILABLE') act.ended = model.next()
      act.answer = answer
    }
    const all = work.then(
      (result) => {
        done(result)
        settle('ok')
      },
      (error: unknown) => {
        const code = error instanceof VisavisError ? error.code : String(error)
        settle(code === 'GONE' && String(error).includes('closed here') ? 'closed' : code)
      },
    )
    this.#open.add(all)
    void all.then(() => this.#open.delete(all))
    return act
  }

  async answered(): Promise<void> {
    const hurrying = this.#hurry()
    const deadline = AbortSignal.timeout(answeredWithinMs)
    const late = new Promise<never>((_, reject) => {
      deadline.addEventListener('abort', () => reject(new Error(`${this.#open.size} acts are not answered`)))
    })
    await Promise.race([Promise.all(this.#open), late]).finally(() => clearInterval(hurrying))
  }

  /** By the agency's systems, or by whoever follows the jobseeker. */
  async changeAdvisor(model: Model, how: 'put' | 'transfer'): Promise<void> {
    const former = model.advisor
    const [first, second] = this.advisors
    const next = former === first ? second : first
    for (const device of this.of(next)) device.deafness.beyond = undefined
    const [desk] = this.of(former)
    if (how === 'put') await this.#follow(next)
    else if (desk !== undefined) await this.#transfer(desk, next)
    model.advisor = next
    model.lose(former)
    if (model.cover !== undefined) {
      // Who stood in did so for the one before.
      model.lose(this.colleague)
      await this.nodes.ask('DELETE', `covers/${model.cover.id}`)
      model.cover = undefined
      await this.#shutOut(model, this.colleague)
    }
    await this.#shutOut(model, former)
  }

  async beginCover(model: Model, lastsMs: number): Promise<void> {
    this.#covers += 1
    const now = Date.now()
    const cover: Cover = { id: `cover-${this.#run}-${this.#covers}`, by: this.colleague, until: now + lastsMs }
    for (const { deafness } of this.of(cover.by)) {
      deafness.beyond = undefined
      deafness.from = cover.until
    }
    const body = { advisor: model.advisor, cover: cover.by, from: now - 1_000, until: cover.until }
    const stored = await this.nodes.ask('PUT', `covers/${cover.id}`, body).then(
      () => true,
      (error: unknown) => {
        // So slow was it that the cover would be over already.
        if (Date.now() >= cover.until) return false
        throw error
      },
    )
    if (stored) model.cover = cover
  }

  async endCover(model: Model, how: 'now' | 'clock'): Promise<void> {
    const { cover } = model
    if (cover === undefined) return
    if (how === 'now') await this.nodes.ask('DELETE', `covers/${cover.id}`)
    else await this.#writeUntilAfter(model, cover.until)
    model.lose(cover.by)
    model.cover = undefined
    await this.#shutOut(model, cover.by)
  }

  /** Sends a message, as whoever it is does. */
  send(model: Model, from: Device, text: string, replyTo?: number): void {
    const { person, channel } = from
    if (channel === undefined) return
    const begun = model.next()
    const unique = `${text} #${begun}`
    const sent: Send = { by: person, begun, ended: Number.POSITIVE_INFINITY, answer: undefined, text: unique, replyTo }
    model.sends.push(sent)
    const work = channel.send(unique, replyTo === undefined ? {} : { replyTo })
    this.begin(model, sent, work, ({ key, offset }) => Object.assign(sent, { key, offset }))
  }

  /** The jobseeker goes on writing while a cover ends: its end is a moment, not a while. */
  async #writeUntilAfter(model: Model, moment: number): Promise<void> {
    const [desk] = this.of(this.jobseeker)
    await until(() => Date.now() >= moment - 60, { what: 'the end of the cover', timeoutMs: 60_000 })
    const isOver = () => {
      if (desk !== undefined) this.send(model, desk, 'on and on')
      return Date.now() >= moment + 120
    }
    await until(isOver, { what: 'a moment after it', everyMs: 20 })
  }

  /** Whoever takes no part can do nothing there, and the jobseeker nothing that is the advisors' alone. */
  async trespass(model: Model): Promise<string[]> {
    const strangers = this.devices.filter(({ person }) => !model.isMember(person, Date.now()))
    const { jobseeker } = this
    const found = await Promise.all([
      ...strangers.map((device) => refusalsOf(device, jobseeker, everything)),
      ...this.of(jobseeker).map((device) => refusalsOf(device, jobseeker, advisorsOnly)),
    ])
    return found.flat()
  }

  /** Waits until every act is answered and everything agrees. @throws Error that says what does not. */
  async quiet(model: Model): Promise<void> {
    await this.answered()
    // What a cover ends by the clock ends now or is not of this moment.
    if (model.cover !== undefined && model.cover.until - Date.now() < 2_000) await this.endCover(model, 'clock')
    let problems: readonly string[] = []
    const agrees = async () => {
      problems = await this.#problems(model)
      return problems.length === 0
    }
    const hurrying = this.#hurry()
    await until(agrees, { timeoutMs: quietWithinMs, everyMs: 50 })
      .catch(() => {
        throw new Error(`after ${quietWithinMs} ms of quiet:\n  ${problems.join('\n  ')}`)
      })
      .finally(() => clearInterval(hurrying))
    const found = [...(await this.trespass(model)), ...(await this.#seesReading(model))]
    if (found.length > 0) throw new Error(found.join('\n'))
    model.calm()
  }

  /**
   * That somebody has read is told as it happens: no interruption is needed for others to see it. Those who were interrupted
   * meanwhile prove nothing.
   */
  async #seesReading(model: Model): Promise<string[]> {
    const members = this.devices.filter(({ person }) => model.isMember(person, Date.now()))
    const [writer] = this.of(model.jobseeker)
    const [reader] = this.of(model.advisor)
    if (writer === undefined || reader?.channel === undefined) return []
    this.send(model, writer, 'read me')
    await this.answered()
    const offset = model.stored[0]?.offset ?? 0
    const has = ({ channel }: Device) => (channel?.messages.at(-1)?.offset ?? 0) >= offset
    const hurrying = this.#hurry()
    await until(() => members.every(has), { what: `message ${offset}`, timeoutMs: quietWithinMs }).finally(() =>
      clearInterval(hurrying),
    )
    const before = new Map(members.map((device) => [device, device.opens]))
    const mark: Mark = {
      ...{ by: reader.person, begun: model.next(), ended: Number.POSITIVE_INFINITY, answer: undefined },
      ...{ is: 'read', offset },
    }
    model.marks.push(mark)
    this.begin(model, mark, reader.channel.markRead())
    await this.answered()
    if (mark.answer !== 'ok') return []
    const steady = () =>
      members.filter((device) => device.opens === before.get(device) && device.visavis.state === 'open')
    const deaf = () => steady().filter(({ heardReading }) => (heardReading.get(reader.person) ?? 0) < offset)
    await until(() => deaf().length === 0, { timeoutMs: toldWithinMs }).catch(() => {})
    this.seen += steady().length
    return deaf().map(
      (device) => `device ${this.devices.indexOf(device)} was not told that ${reader.person} has read ${offset}`,
    )
  }

  /** The end of everything: nobody takes part any more. */
  async leave(model: Model): Promise<void> {
    const [first, ...others] = this.of(this.jobseeker)
    await first?.visavis.enrolment.leave()
    const isOut = () => [first, ...others].every((device) => device?.visavis.failure?.code === 'FORBIDDEN')
    await until(isOut, { what: 'the end of the jobseeker’s sessions' })
    await this.#shutOut(model, model.advisor)
  }

  #hurry() {
    // As a person does who sees that the network is back; otherwise the waits grow.
    return setInterval(() => {
      for (const { visavis } of this.devices) visavis.hurry()
    }, 300)
  }

  async #follow(advisor: string): Promise<void> {
    // A repeat of what was put before another change would undo that one.
    await this.nodes.ask('PUT', `people/${this.jobseeker}`, { role: 'jobseeker', name: this.jobseeker, advisor })
  }

  async #transfer(desk: Device, to: string): Promise<void> {
    const transfer = { jobseeker: this.jobseeker, to, key: crypto.randomUUID() }
    const hurrying = this.#hurry()
    const once = () =>
      desk.visavis.enrolment.transfer(transfer).then(
        () => true,
        (error: unknown) => {
          if (error instanceof VisavisError && error.retryable) return false
          throw error
        },
      )
    await until(once, { what: 'the transfer', timeoutMs: 40_000 }).finally(() => clearInterval(hurrying))
  }

  /** Waits until every device of somebody is refused; what is written from then on they must not hear of. */
  async #shutOut(model: Model, person: string): Promise<void> {
    const hurrying = this.#hurry()
    const isOut = async ({ visavis }: Device) => {
      const answer = await visavis.call('chat.history', { channel: this.jobseeker, limit: 1 }).catch((error) => error)
      return answer instanceof VisavisError && answer.code === 'FORBIDDEN'
    }
    await until(async () => (await Promise.all(this.of(person).map(isOut))).every(Boolean), {
      what: `the end of the access of ${person}`,
      timeoutMs: 40_000,
    }).finally(() => clearInterval(hurrying))
    if (model.isMember(person, Date.now())) return
    const truth = await this.#truth()
    for (const { deafness } of this.of(person)) deafness.beyond = truth.position.offset
  }

  /** Redis may be away. */
  #truth(): Promise<Truth> {
    return until(() => readTruth(this.nodes.redis.client, this.jobseeker).catch(() => undefined), {
      what: 'Redis',
      timeoutMs: 20_000,
    })
  }

  async #problems(model: Model): Promise<string[]> {
    const truth = await this.#truth()
    const told = await Promise.all(this.devices.map((device) => this.#differences(model, truth, device)))
    return [...model.violations(truth), ...model.refusals(Date.now()), ...pinsOf(truth), ...told.flat()]
  }

  /** In what a device differs from what is stored. */
  async #differences(model: Model, truth: Truth, device: Device): Promise<string[]> {
    const { person, visavis, channel, faults } = device
    const found = [...faults]
    const name = `${person} on device ${this.devices.indexOf(device)}`
    const differ = (what: string, actual: unknown, expected: unknown) => {
      if (!isDeepStrictEqual(actual, expected))
        found.push(`${name}: ${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`)
    }
    const listed = visavis.chat.channels.find(({ channel: id }) => id === this.jobseeker)
    if (!model.isMember(person, Date.now())) {
      differ('the list', listed?.channel, undefined)
      differ('what is shown', channel?.messages ?? [], [])
      return found
    }
    if (channel === undefined || listed === undefined) return [...found, `${name}: the channel is not in the list`]
    if (visavis.state !== 'open') return [...found, `${name} is not connected`]
    while (channel.more && channel.loaded) {
      const before = channel.messages.length
      await channel.loadOlder().catch(() => {})
      if (channel.messages.length === before) break
    }
    differ('how many messages there are', channel.messages.length, truth.messages.length)
    for (const [index, message] of truth.messages.entries())
      differ(`message ${index + 1}`, plain(channel.messages[index]), plain(message))
    differ('what is on its way', channel.unsent.filter(({ state }) => state === 'sending').length, 0)
    differ('the position', listed.position, truth.position)
    differ('the newest message', plain(listed.last), plain(truth.messages.at(-1)))
    differ('the advisor', listed.advisor?.id, model.advisor)
    const own = truth.markers.get(person)
    differ('what was read', listed.readOffset, own?.read ?? 0)
    differ('the mark as unread', listed.unreadFrom, own?.marked)
    const unread = unreadOf(truth, this.jobseeker, person)
    differ('the unread count', listed.unread, unread)
    const { channels } = await visavis.call('chat.channels', {}, { timeoutMs: 5_000 }).catch(() => ({ channels: [] }))
    const answered = channels.find(({ channel: id }) => id === this.jobseeker)
    differ('the unread count of the server', answered?.unread, unread)
    for (const [id, { read, received }] of truth.markers) {
      differ(`what ${id} has read`, channel.readBy(id), read)
      differ(`what ${id} has received`, channel.receivedBy(id), received)
      const marker = listed.readBy.find((each) => each.person === id)
      differ(
        `the list's receipt of ${id}`,
        [marker?.readOffset ?? 0, marker?.receivedOffset ?? marker?.readOffset ?? 0],
        [read, received],
      )
    }
    return found
  }
}

/** Without what is undefined. */
const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))

const pinsOf = ({ messages, pins }: Truth): string[] => {
  const pinned = messages.filter((message) => message.pinned === true).map(({ offset }) => offset)
  return isDeepStrictEqual(pins, pinned) ? [] : [`pinned are ${pinned}, and listed ${pins}`]
}

type Attempt = (device: Device, channel: string) => Promise<unknown>

const advisorsOnly: Readonly<Record<string, Attempt>> = {
  versions: ({ visavis }, channel) => visavis.call('chat.versions', { channel, offset: 1 }),
  pin: ({ visavis }, channel) =>
    visavis.call('chat.pin', { channel, offset: 1, pinned: true, key: crypto.randomUUID() }),
  notes: ({ visavis }, jobseeker) => visavis.call('note.list', { jobseeker }),
  note: ({ visavis }, jobseeker) =>
    visavis.call('note.add', { jobseeker, id: crypto.randomUUID(), text: 'not to be there' }),
}

const everything: Readonly<Record<string, Attempt>> = {
  ...advisorsOnly,
  publish: ({ visavis }, channel) =>
    visavis.call('chat.publish', { channel, text: 'not to be there', key: crypto.randomUUID() }),
  edit: ({ visavis }, channel) =>
    visavis.call('chat.edit', { channel, offset: 1, text: 'not to be there', key: crypto.randomUUID() }),
  delete: ({ visavis }, channel) => visavis.call('chat.delete', { channel, offset: 1, key: crypto.randomUUID() }),
  read: ({ visavis }, channel) => visavis.call('chat.read', { channel, offset: 1 }),
  receive: ({ visavis }, channel) => visavis.call('chat.receive', { channel, offset: 1 }),
  markUnread: ({ visavis }, channel) =>
    visavis.call('chat.markUnread', { channel, offset: 1, key: crypto.randomUUID() }),
  typing: ({ visavis }, channel) => visavis.call('chat.typing', { channel }),
  history: ({ visavis }, channel) => visavis.call('chat.history', { channel }),
  pinned: ({ visavis }, channel) => visavis.call('chat.pinned', { channel }),
  members: ({ visavis }, channel) => visavis.call('chat.members', { channel }),
  search: ({ visavis }, channel) => visavis.call('chat.search', { channel, query: 'a' }),
}

async function refusalsOf(
  device: Device,
  channel: string,
  attempts: Readonly<Record<string, Attempt>>,
): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(attempts).map(async ([name, attempt]) => {
      const error = await attempt(device, channel).then(
        () => undefined,
        (error: unknown) => error,
      )
      const refused = error instanceof VisavisError && (error.code === 'FORBIDDEN' || error.retryable)
      return refused ? [] : [`${device.person} may ${name}, or is told ${String(error)}`]
    }),
  )
  return found.flat()
}
