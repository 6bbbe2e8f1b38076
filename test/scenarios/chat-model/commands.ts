/** What people, networks, nodes and the agency may do to a channel, as commands of fast-check. */
import fc from 'fast-check'
import type { Device } from './device.ts'
import type { Change, Mark, Model, Send } from './model.ts'
import type { World } from './world.ts'

export type Command = fc.AsyncCommand<Model, World>

/** Acts begin and go on while the next command comes, unless it says otherwise. */
const command = (
  name: string,
  run: (model: Model, world: World) => Promise<void> | void,
  check: (model: Model) => boolean = () => true,
): Command => ({ check, run: async (model, world) => run(model, world), toString: () => name })

const nasty = [
  'مرحبا، كيف حالك؟',
  'שלום ‏(RTL)‎',
  '👩‍👩‍👧‍👦🏳️‍🌈🇫🇷',
  'a\u200bb\u200d\ufeffc',
  '\u202egnihtemos',
  '<script>alert(1)</script>',
  '"]}\\u0000\\',
  '\u0000\u001f\u007f\u2028',
  '{tag}:* %s $1',
  'e\u0301 = é',
  '__proto__',
]
const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...nasty) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
)
const device = fc.nat(5)
/** Mostly of the newest. */
const pick = fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(12) })

/** Of somebody who takes part, and sees it. */
const actor = (model: Model, world: World, n: number): Device | undefined => {
  const members = world.devices.filter(({ person }) => model.isMember(person, Date.now()))
  const chosen = members[n % Math.max(1, members.length)]
  return chosen?.channel === undefined ? undefined : chosen
}
const act = (model: Model, by: string) => ({
  by,
  begun: model.next(),
  ended: Number.POSITIVE_INFINITY,
  answer: undefined,
})
/** Every text is another one, so that it is known again wherever it is. */
const unique = (model: Model, words: string) => `${words} #${model.next()}`

const send = fc.tuple(device, text, fc.option(pick)).map(([n, words, reply]) =>
  command(`send(${n}, ${JSON.stringify(words)}, ${reply})`, (model, world) => {
    const from = actor(model, world, n)
    if (from?.channel === undefined) return
    world.send(model, from, words, reply === null ? undefined : model.stored.at(reply % model.stored.length)?.offset)
  }),
)

/** The same request comes from two places at once, and once more later. */
const repeat = fc.tuple(device, text).map(([n, words]) =>
  command(`repeat(${n}, ${JSON.stringify(words)})`, (model, world) => {
    const from = actor(model, world, n)
    if (from === undefined) return
    const sent: Send = {
      ...act(model, from.person),
      text: unique(model, words),
      replyTo: undefined,
      key: crypto.randomUUID(),
    }
    model.sends.push(sent)
    const ask = ({ visavis }: Device) =>
      visavis.call('chat.publish', { channel: world.jobseeker, key: sent.key ?? '', text: sent.text })
    const work = async () => {
      const answers = await Promise.all(world.of(from.person).map(ask))
      answers.push(await ask(from))
      const places = new Set(answers.map(({ offset }) => offset))
      if (places.size !== 1) throw new Error(`one key was stored at ${[...places]}`)
      return answers[0]?.offset
    }
    world.begin(model, sent, work(), (offset) => Object.assign(sent, { offset }))
  }),
)

const mine = (model: Model, { person }: Device, n: number): Send | undefined => {
  const own = model.stored.filter(({ by }) => by === person)
  return own[n % Math.max(1, own.length)]
}

const change = (
  name: string,
  of: (model: Model, from: Device, n: number) => Send | undefined,
  make: (model: Model) => Change['change'],
  carry: (from: Device, offset: number, change: Change['change']) => Promise<unknown>,
) =>
  fc.tuple(device, pick).map(([n, which]) =>
    command(
      `${name}(${n}, ${which})`,
      (model, world) => {
        const from = actor(model, world, n)
        const subject = from === undefined ? undefined : of(model, from, which)
        if (from === undefined || subject?.offset === undefined) return
        const changed: Change = { ...act(model, from.person), send: subject, change: make(model) }
        model.changes.push(changed)
        world.begin(model, changed, carry(from, subject.offset, changed.change))
      },
      (model) => model.stored.length > 0,
    ),
  )

const edit = text.chain((words) =>
  change(
    `edit ${JSON.stringify(words)}`,
    mine,
    (model) => ({ is: 'edit', text: unique(model, words) }),
    async ({ channel }, offset, what) => channel?.edit(offset, what.is === 'edit' ? what.text : ''),
  ),
)
const remove = change(
  'delete',
  mine,
  () => ({ is: 'delete' }),
  async ({ channel }, offset) => channel?.delete(offset),
)
/** Advisors only, any message. */
const pinnable = (model: Model, { person }: Device, n: number): Send | undefined =>
  person === model.jobseeker ? undefined : model.stored[n % Math.max(1, model.stored.length)]
const pin = (is: 'pin' | 'unpin') =>
  change(
    is,
    pinnable,
    () => ({ is }),
    async ({ channel }, offset) => channel?.pin(offset, is === 'pin'),
  )

const read = device.map((n) =>
  command(`read(${n})`, (model, world) => {
    const from = actor(model, world, n)
    const offset = from?.channel?.messages.at(-1)?.offset
    if (from?.channel === undefined || offset === undefined) return
    const mark: Mark = { ...act(model, from.person), is: 'read', offset }
    model.marks.push(mark)
    world.begin(model, mark, from.channel.markRead())
  }),
)
/** Not up to the newest one, as a page never asks. */
const readSome = fc.tuple(device, pick).map(([n, which]) =>
  command(`readSome(${n}, ${which})`, (model, world) => {
    const from = actor(model, world, n)
    const offset = model.stored.at(which % model.stored.length)?.offset
    if (from === undefined || offset === undefined) return
    const mark: Mark = { ...act(model, from.person), is: 'read', offset }
    model.marks.push(mark)
    world.begin(model, mark, from.visavis.call('chat.read', { channel: world.jobseeker, offset }))
  }),
)
const markUnread = fc.tuple(device, pick).map(([n, which]) =>
  command(`markUnread(${n}, ${which})`, (model, world) => {
    const from = actor(model, world, n)
    const offset = model.stored.at(which % model.stored.length)?.offset
    if (from?.channel === undefined || offset === undefined) return
    const mark: Mark = { ...act(model, from.person), is: 'unread', offset }
    model.marks.push(mark)
    world.begin(model, mark, from.channel.markUnread(offset))
  }),
)
const type = device.map((n) => command(`type(${n})`, (model, world) => actor(model, world, n)?.channel?.type()))

const onDevice = (name: string, run: (device: Device, world: World) => void) =>
  device.map((n) =>
    command(`${name}(${n})`, (_, world) => {
      const chosen = world.devices[n]
      if (chosen !== undefined) run(chosen, world)
    }),
  )
const cut = onDevice('cut', ({ network }) => network.cut())
const silence = onDevice('silence', ({ network }) => network.freeze())
const loseAnswers = onDevice('loseAnswers', ({ network }) => network.loseAnswers())
const cutSoon = fc.nat(3_000).chain((bytes) => onDevice(`cutAfter ${bytes}`, ({ network }) => network.cutAfter(bytes)))
const move = fc.nat(1).chain((place) =>
  onDevice(`move to ${place}`, ({ network }, { nodes }) => {
    network.goTo(nodes.url(place))
    network.cut()
  }),
)
const newPage = fc.boolean().chain((goodbye) => onDevice(`newPage ${goodbye}`, (device) => device.restart(goodbye)))

const restart = fc
  .tuple(fc.nat(1), fc.constantFrom('SIGTERM' as const, 'SIGKILL' as const))
  .map(([place, signal]) => command(`${signal} of node ${place}`, (_, world) => world.restartNode(place, signal)))
const restartRedis = fc.constant(null).map(() => command('kill -9 of Redis', (_, { nodes }) => nodes.restartRedis()))

const changeAdvisor = fc
  .constantFrom('put' as const, 'transfer' as const)
  .map((how) => command(`changeAdvisor by ${how}`, (model, world) => world.changeAdvisor(model, how)))
const beginCover = fc.constantFrom(1_500, 3_000, 600_000).map((lastsMs) =>
  command(
    `beginCover(${lastsMs})`,
    (model, world) => world.beginCover(model, lastsMs),
    ({ cover }) => cover === undefined,
  ),
)
const endCover = fc.constant(null).map(() =>
  command(
    'endCover',
    (model, world) => world.endCover(model, (model.cover?.until ?? 0) - Date.now() > 10_000 ? 'now' : 'clock'),
    ({ cover }) => cover !== undefined,
  ),
)
/** People look at what has come before they go on. */
const answered = fc.constant(null).map(() => command('answered', (_, world) => world.answered()))
const quiet = fc.constant(null).map(() => command('quiet', (model, world) => world.quiet(model)))

const weighted: readonly [weight: number, arbitrary: fc.Arbitrary<Command>][] = [
  [24, send],
  [5, repeat],
  [10, edit],
  [8, remove],
  [4, pin('pin')],
  [2, pin('unpin')],
  [6, read],
  [5, readSome],
  [6, markUnread],
  [2, type],
  [5, cut],
  [1, silence],
  [2, loseAnswers],
  [3, cutSoon],
  [3, move],
  [6, newPage],
  [1, restart],
  [1, restartRedis],
  [2, changeAdvisor],
  [3, beginCover],
  [3, endCover],
  [16, answered],
  [4, quiet],
]

export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  ...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })),
)
