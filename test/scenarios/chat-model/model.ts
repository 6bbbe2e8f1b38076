/**
 * *Pure.* What must be true of a channel, whatever happened to networks, nodes and Redis: who takes part in it, what they
 * tried, and what follows from that for what is stored. How the acts of several devices interleave is not predicted: of
 * two at once either may be the last one.
 */
import type { Message } from '../../../src/protocol/index.ts'
import type { Truth } from './truth.ts'

/** Somebody tries something. Moments are counted, not measured: an act ends before another begins, or it does not. */
export interface Act {
  readonly by: string
  readonly begun: number
  /** Infinite until it is answered; for ever when it failed without saying whether it was done. */
  ended: number
  /** What it was answered with: `ok`, or the code of an error. */
  answer: string | undefined
}

export interface Send extends Act {
  readonly text: string
  readonly replyTo: number | undefined
  key?: string
  offset?: number
}

export interface Change extends Act {
  readonly send: Send
  readonly change:
    | { readonly is: 'edit'; readonly text: string }
    | { readonly is: 'delete' }
    | { readonly is: 'pin' | 'unpin' }
}

export interface Mark extends Act {
  readonly is: 'read' | 'unread'
  readonly offset: number
}

/** Somebody stands in until a moment (ms). */
export interface Cover {
  readonly id: string
  readonly by: string
  readonly until: number
}

export class Model {
  readonly jobseeker: string
  readonly sends: Send[] = []
  readonly changes: Change[] = []
  readonly marks: Mark[] = []
  advisor: string
  cover: Cover | undefined
  #moment = 0
  #calm = 0
  /** When somebody's access ended, by the count of moments. */
  readonly #lost = new Map<string, number>()

  constructor(jobseeker: string, advisor: string) {
    this.jobseeker = jobseeker
    this.advisor = advisor
  }

  next(): number {
    this.#moment += 1
    return this.#moment
  }

  isMember(person: string, now: number): boolean {
    return person === this.jobseeker || person === this.advisor || this.isCovering(person, now)
  }

  isCovering(person: string, now: number): boolean {
    return this.cover?.by === person && now < this.cover.until
  }

  lose(person: string): void {
    this.#lost.set(person, this.next())
  }

  /** Everything that was begun has been done. */
  calm(): void {
    this.#calm = this.next()
  }

  /** Messages that can be acted on: acknowledged, newest first. */
  get stored(): Send[] {
    return this.sends.filter(({ offset }) => offset !== undefined).toReversed()
  }

  /** What went wrong with what was answered. `now` in ms. */
  refusals(now: number): string[] {
    return [...this.sends, ...this.changes, ...this.marks].flatMap((act) => {
      const { answer = 'nothing', by, begun } = act
      const lost = !this.isMember(by, now) || (this.#lost.get(by) ?? 0) > begun
      const harmless = ['ok', 'closed', 'UNAVAILABLE'].includes(answer) || (answer === 'FORBIDDEN' && lost)
      if (harmless || ('change' in act && this.#isOvertaken(act))) return []
      return [`${by} was answered ${answer} to ${what(act)}`]
    })
  }

  #isOvertaken({ send, answer }: Change): boolean {
    const others = this.changes.filter((other) => other.send === send).map(({ change }) => change.is)
    if (answer === 'GONE') return others.includes('delete')
    return answer === 'CONFLICT' && others.filter((is) => is === 'edit').length > mostEdits
  }

  /** Everything in which what is stored differs from what was acknowledged. */
  violations(truth: Truth): string[] {
    const unclaimed = new Set(truth.messages.filter(({ system }) => system === undefined).map(({ offset }) => offset))
    const found = this.sends.flatMap((send) => this.#violationsOf(send, truth, unclaimed))
    for (const offset of unclaimed) found.push(`message ${offset} was sent by nobody, or is there once more`)
    return [...found, ...this.#markers(truth)]
  }

  #violationsOf(send: Send, truth: Truth, unclaimed: Set<number>): string[] {
    const { text, by, replyTo, key } = send
    const changes = this.changes.filter((change) => change.send === send)
    const places = truth.messages.filter((message) =>
      key === undefined ? firstText(truth, message.offset) === text && message.from === by : message.key === key,
    )
    for (const { offset } of places) unclaimed.delete(offset)
    const name = `${by}'s ${JSON.stringify(text)}`
    if (places.length > 1) return [`${name} is there ${places.length} times`]
    const [message] = places
    if (message === undefined) return send.offset === undefined ? [] : [`${name} was acknowledged and is lost`]
    const found: string[] = []
    if (send.offset !== undefined && message.offset !== send.offset)
      found.push(`${name} is at ${message.offset}, not at ${send.offset}`)
    if (message.from !== by || message.replyTo !== replyTo) found.push(`${name} is stored otherwise`)
    const deletes = changes.filter(({ change }) => change.is === 'delete')
    if (message.deletedAt !== undefined) {
      if (deletes.length === 0) found.push(`${name} was deleted by nobody`)
      if (message.text !== '' || message.pinned === true || truth.versions.has(message.offset))
        found.push(`${name} was deleted and is not gone`)
      return found
    }
    if (deletes.some(({ answer }) => answer === 'ok')) found.push(`${name} was deleted and is there`)
    const texts = [...(truth.versions.get(message.offset) ?? []), message.text]
    const edits = changes.flatMap((act) => (act.change.is === 'edit' ? [{ act, text: act.change.text }] : []))
    if (texts[0] !== text) found.push(`${name} was ${JSON.stringify(texts[0])} at first`)
    for (const edit of edits) {
      const times = texts.slice(1).filter((other) => other === edit.text).length
      if (times > 1 || (times === 0 && edit.act.answer === 'ok'))
        found.push(`an edit of ${name} is there ${times} times`)
    }
    const made = new Set(edits.map((edit) => edit.text))
    for (const other of texts.slice(1)) if (!made.has(other)) found.push(`${name} was edited by nobody`)
    const newest = lastOf(edits.map(({ act }) => act))
    const may = edits.filter(({ act }) => newest.includes(act)).map((edit) => edit.text)
    if (newest.some(isDone) && !may.includes(message.text)) found.push(`${name} has not its newest text`)
    const pins = lastOf(changes.filter(({ change }) => change.is === 'pin' || change.is === 'unpin'))
    const pinned = pins.map(({ change }) => change.is === 'pin')
    if (!pins.some(isDone)) pinned.push(false)
    if (!pinned.includes(message.pinned === true)) found.push(`${name} is pinned: ${message.pinned === true}`)
    return found
  }

  #markers({ markers, messages }: Truth): string[] {
    const people = new Set([...this.sends, ...this.marks].map(({ by }) => by))
    return [...people].flatMap((person) => {
      const { read = 0, marked } = markers.get(person) ?? {}
      const reads = this.marks.filter((mark) => mark.by === person && mark.is === 'read' && isDone(mark))
      const own = messages.filter(({ from }) => from === person)
      const least = Math.max(0, ...reads.map(({ offset }) => offset), ...own.map(({ offset }) => offset))
      const found = read < least ? [`${person} has read up to ${least}, and ${read} is stored`] : []
      const acts = [...this.marks, ...this.sends].filter(({ by }) => by === person)
      const newest = lastOf(acts)
      const [last] = newest
      if (newest.length !== 1 || last === undefined || !isDone(last)) return found
      // Marking has no key: a copy that was sent over a lost connection may be carried out after what came next.
      const isUnread = (act: Mark | Send) => 'is' in act && act.is === 'unread'
      const recent = acts.filter(({ begun }) => begun > this.#calm)
      if (isUnread(last) ? !recent.every(isUnread) : recent.some(isUnread)) return found
      if ('is' in last && last.is === 'unread' && marked !== last.offset)
        found.push(`${person} has marked as unread from ${last.offset}, and ${marked} is stored`)
      if ('text' in last && marked !== undefined) found.push(`${person} has written, and ${marked} is still unread`)
      return found
    })
  }
}

/** As the server allows (src/chat/channels.ts). */
const mostEdits = 20

const isDone = ({ answer }: Act): boolean => answer === 'ok'

/** Of acts of which one must be the last one done: those that may be it. */
function lastOf<A extends Act>(acts: readonly A[]): A[] {
  const done = acts.filter((act) => isDone(act) || act.ended === Number.POSITIVE_INFINITY)
  return done.filter((act) => !done.some((other) => isDone(other) && other.begun > act.ended))
}

const firstText = (truth: Truth, offset: number): string | undefined =>
  truth.versions.get(offset)?.[0] ?? truth.messages[offset - 1]?.text

const what = (act: Send | Change | Mark): string => {
  if ('change' in act) return `${act.change.is} of ${act.send.offset}`
  return 'text' in act ? `sending ${JSON.stringify(act.text)}` : `marking ${act.offset} as ${act.is}`
}

/** What a list shows to somebody: messages of people that are not deleted beyond what they have read, or have marked as unread. */
export function unreadOf({ markers, messages }: Truth, jobseeker: string, person: string): number {
  const own = markers.get(person)
  const others = [...markers].filter(([id]) => id !== jobseeker && id !== person).map(([, { read }]) => read)
  // Who is new on the advisor's side need not read again what the others have.
  const read = own?.read || (person === jobseeker ? 0 : Math.max(0, ...others))
  const from = own?.marked === undefined ? read : Math.min(read, own.marked - 1)
  const counts = ({ deletedAt, system }: Message) => deletedAt === undefined && system === undefined
  return messages.filter((message) => message.offset > from && counts(message)).length
}
