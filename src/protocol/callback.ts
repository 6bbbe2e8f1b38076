/** "Call me back": requests that advisors answer from a queue. */
import { Hours, Language, TeamMode, Topic } from './callback-settings.ts'
import { event, method } from './define.ts'
import {
  CallbackId,
  Empty,
  IdempotencyKey,
  list,
  object,
  oneOf,
  optional,
  PersonId,
  type Static,
  Text,
  Timestamp,
} from './schema.ts'
import { Type } from './type.ts'

export const CallbackState = oneOf('scheduled', 'waiting', 'offered', 'active', 'done', 'unreachable', 'cancelled')
export type CallbackState = Static<typeof CallbackState>

/** `room` and `audio` open the webcam room of the jobseeker, `audio` without cameras. */
export const CallbackMedium = oneOf('phone', 'room', 'audio')
export const Disposition = oneOf('answered', 'follow-up', 'referred', 'not-needed')
/** Whose turn it is: each step adds people to those before. */
export const CallbackStep = oneOf('own', 'cover', 'team', 'region')
export type CallbackStep = Static<typeof CallbackStep>
export const AttemptOutcome = oneOf('reached', 'no-answer', 'busy', 'wrong-number', 'postponed')
export type AttemptOutcome = Static<typeof AttemptOutcome>
export const DeclineReason = oneOf('busy', 'skills', 'conflict', 'other')
export const Priority = Type.Integer({ minimum: 0, maximum: 2, description: '0 as asked, 2 the most urgent' })

export const Phone = Type.String({
  pattern: '^\\+?[0-9 .()-]{6,24}$',
  maxLength: 25,
  description: 'as the jobseeker typed it',
})
export const Token = Type.Integer({
  minimum: 1,
  description: 'fencing token: grows with every offer of the same callback',
})
/** From `from` until just before `until`. */
export const Window = object({ from: Timestamp, until: Timestamp })
export type Window = Static<typeof Window>

export const Attempt = object({
  at: Timestamp,
  by: PersonId,
  /** As the jobseeker knew whoever called. */
  name: optional(Text(120)),
  outcome: AttemptOutcome,
})
export type Attempt = Static<typeof Attempt>

/** Of one callback, postponed ones included. */
export const maxAttempts = 50

export const Callback = object({
  id: CallbackId,
  jobseeker: PersonId,
  jobseekerName: Text(120),
  /** Whose queue it waits in: the jobseeker's own advisor, or whom a supervisor gave it to. */
  advisor: PersonId,
  medium: CallbackMedium,
  phone: optional(Phone),
  reason: Text(500),
  topic: Topic,
  language: Language,
  priority: Priority,
  state: CallbackState,
  requestedAt: Timestamp,
  changedAt: Timestamp,
  /** From when on it waits: the request, the opening after it, the beginning of its window, or the next attempt. */
  readyAt: Timestamp,
  window: optional(Window),
  /** The window is over and nobody has called: it keeps its place. */
  windowMissed: optional(Type.Boolean()),
  /** While it waits or is held. */
  step: optional(CallbackStep),
  /** To whom it is offered, or who calls. */
  holder: optional(object({ id: PersonId, name: Text(120) })),
  /** Oldest first. None of them is an absence. */
  attempts: optional(list(Attempt, maxAttempts)),
  /** It goes on when the jobseeker has told another number. */
  needsNumber: optional(Type.Boolean()),
  /** How many offers ran out without an answer, and how many were declined. Neither costs the place. */
  missedOffers: Type.Integer({ minimum: 0 }),
  declines: Type.Integer({ minimum: 0 }),
  /** Told to supervisors: everybody at work who could take it has declined it. They are asked again after `declineMs`. */
  declinedByAll: optional(Type.Boolean()),
  disposition: optional(Disposition),
  followUp: optional(Type.Boolean()),
})
export type Callback = Static<typeof Callback>

/** A lease on one callback: whoever holds the newest token, and nobody else, may act on it. */
export const Offer = object({ callback: CallbackId, token: Token, leaseUntil: Timestamp })
export type Offer = Static<typeof Offer>

/** How the advisor begins the call. */
export const Call = object({
  /** To be followed: `tel:+33612345678`. */
  link: optional(Text(200)),
  /** To be entered: the room of the jobseeker. */
  room: optional(PersonId),
})
export type Call = Static<typeof Call>

export const DeskState = oneOf('ready', 'busy', 'away', 'wrap-up', 'offline')
export type DeskState = Static<typeof DeskState>

/** Where an advisor stands. */
export const Desk = object({
  state: DeskState,
  since: Timestamp,
  /** Of `wrap-up`: `ready` from then on. */
  until: optional(Timestamp),
  /** `away` because an offer ran out. */
  missed: optional(Type.Boolean()),
})
export type Desk = Static<typeof Desk>

const Count = Type.Integer({ minimum: 0 })
/** Whether callbacks are answered at the moment. */
const opening = {
  open: Type.Boolean(),
  /** While it is closed, and it opens within a year. */
  opensAt: optional(Timestamp),
  /** While it is open, and it closes within a week. */
  closesAt: optional(Timestamp),
}
const figures = {
  waiting: Count,
  /** Since when the one that waits longest has waited, and for how much opening time (ms). */
  oldestAt: optional(Timestamp),
  waitedMs: optional(Count),
  /** Taken today, and of these within the service level of the region, which counts opening time only. */
  taken: Count,
  inTime: Count,
}
export const TeamFigures = object({
  team: Text(120, 0),
  ...figures,
  /** How many of those that wait everybody at work has declined; absent: none. */
  declinedByAll: optional(Count),
  ...opening,
  paused: optional(Text(500)),
})
export type TeamFigures = Static<typeof TeamFigures>
export const AdvisorFigures = object({
  advisor: PersonId,
  name: Text(120),
  team: optional(Text(120)),
  state: DeskState,
  since: Timestamp,
  /** Offered to them or in work. */
  holds: Count,
  ...figures,
})
export type AdvisorFigures = Static<typeof AdvisorFigures>
export const Board = object({
  at: Timestamp,
  /** Of whom only this team is shown; absent: the whole region. */
  team: optional(Text(120)),
  /** What counts as taken in time. */
  serviceLevelMs: Count,
  /** Of the region, or of the only team. */
  ...opening,
  /** The message of a pause of the whole region. */
  paused: optional(Text(500)),
  teams: list(TeamFigures, 1_000),
  advisors: list(AdvisorFigures, 5_000),
})
export type Board = Static<typeof Board>

export const CallbackEntry = object({
  state: CallbackState,
  at: Timestamp,
  by: PersonId,
  token: optional(Token),
  why: optional(Text(64)),
  note: optional(Text(2_000)),
})

/** How long until the call, if it is known at all: see docs/architecture.md. */
export const Estimate = object({
  expectedAt: Timestamp,
  /** Eight of ten are called between these two. */
  earliestAt: Timestamp,
  latestAt: Timestamp,
})

/** When an advisor takes callbacks, as they have set it themselves. */
export const OwnHours = object({
  /** Absent: whenever the region is open. */
  hours: optional(Hours),
  /** By whose clocks: `Europe/Paris`. */
  timeZone: Text(64),
})
export type OwnHours = Static<typeof OwnHours>

const Held = object({ callback: CallbackId, token: Token })
const held = Held.properties
const audited = (...details: `${'params' | 'result'}.${string}`[]) =>
  ({
    record: 'acts',
    subject: { kind: 'callback', path: 'params.callback' },
    details: ['result.callback.jobseeker', ...details],
  }) as const
const changed = object({ callback: Callback })
const taken = object({ callback: Callback, call: Call })
const ofHolder = ['NOT_FOUND', 'CONFLICT', 'GONE'] as const

export const callbackMethods = {
  'callback.options': method({
    summary:
      'What a jobseeker may ask for now: topics, languages, windows that can be served, and when the region opens.',
    roles: ['jobseeker'],
    params: Empty,
    result: object({
      topics: list(Topic, 30),
      languages: list(Language, 20),
      windows: list(Window, 500),
      open: Type.Boolean(),
      opensAt: optional(Timestamp),
      /** Why nobody calls at the moment, in the words of a supervisor. */
      paused: optional(Text(500)),
    }),
    errors: ['CONFLICT'],
    cost: 5,
  }),
  'callback.request': method({
    summary:
      'Asks to be called back, as soon as possible or in a window. One open request per jobseeker and topic: while one is open, another request returns it.',
    roles: ['jobseeker'],
    params: object({
      key: IdempotencyKey,
      medium: CallbackMedium,
      phone: optional(Phone),
      reason: Text(500),
      /** Default: the first topic of the region. */
      topic: optional(Topic),
      /** Default: the first language of the region. */
      language: optional(Language),
      window: optional(Window),
    }),
    result: object({
      callback: Callback,
      /** False when an open request already stood and is returned. */ created: Type.Boolean(),
    }),
    errors: ['CONFLICT'],
    cost: 5,
    audit: {
      record: 'acts',
      subject: { kind: 'callback', path: 'result.callback.id' },
      details: ['result.callback.jobseeker', 'params.medium', 'result.created'],
    },
  }),
  'callback.list': method({
    summary:
      'A jobseeker’s own requests, newest first; for an advisor the open ones of their queue and what they hold, oldest first, with the offers.',
    roles: ['jobseeker', 'advisor'],
    params: Empty,
    result: object({ callbacks: list(Callback, 550), offers: list(Offer, 50) }),
    cost: 5,
    audit: { record: 'acts' },
  }),
  'callback.place': method({
    summary:
      'Where a waiting request stands: how many are before it in its step, and when the call is to be expected. Asked again from time to time.',
    roles: ['jobseeker', 'advisor', 'supervisor'],
    params: object({ callback: CallbackId }),
    result: object({
      state: CallbackState,
      step: optional(CallbackStep),
      ahead: optional(Count),
      /** Absent while nobody of the step is at work. */
      estimate: optional(Estimate),
      paused: optional(Text(500)),
    }),
    errors: ['NOT_FOUND'],
    cost: 2,
  }),
  'callback.history': method({
    summary: 'Every transition of a callback, oldest first; notes are told to the advisor’s side only.',
    roles: ['jobseeker', 'advisor', 'supervisor'],
    params: object({ callback: CallbackId }),
    result: object({ history: list(CallbackEntry, 1_000) }),
    errors: ['NOT_FOUND'],
    cost: 5,
    audit: { record: 'acts', subject: { kind: 'callback', path: 'params.callback' } },
  }),
  'callback.reschedule': method({
    summary:
      'Asks for another time, as soon as possible or in a window, or for another number, at any moment while it is open. Repeating with the same key returns the same result.',
    roles: ['jobseeker'],
    params: object({
      callback: CallbackId,
      key: IdempotencyKey,
      phone: optional(Phone),
      /** Absent: as soon as possible. */
      window: optional(Window),
    }),
    result: changed,
    errors: ['NOT_FOUND', 'CONFLICT'],
    cost: 3,
    audit: audited(),
  }),
  'callback.cancel': method({
    summary: 'Withdraws an open request, at any moment before it is done. Never counts against the jobseeker.',
    roles: ['jobseeker'],
    params: object({ callback: CallbackId }),
    result: changed,
    errors: ['NOT_FOUND', 'CONFLICT'],
    audit: audited(),
  }),
  'callback.accept': method({
    summary:
      'Takes an offered callback. Only the advisor who holds the lease, with its token, before it runs out. Tells how to begin the call.',
    roles: ['advisor'],
    params: Held,
    result: taken,
    errors: ofHolder,
    audit: audited(),
  }),
  'callback.decline': method({
    summary:
      'Gives an offer back; it keeps its place and goes to the next advisor. It is not offered to this one again, unless everybody else has declined it as well or it has waited for too long.',
    roles: ['advisor'],
    params: object({ ...held, reason: DeclineReason }),
    result: object({ callback: Callback }),
    errors: ofHolder,
    audit: audited('params.reason'),
  }),
  'callback.choices': method({
    summary: 'The waiting callbacks that this advisor may pick, best first, at most 50. Asked again from time to time.',
    roles: ['advisor'],
    params: Empty,
    result: object({ callbacks: list(Callback, 50) }),
    cost: 5,
    audit: { record: 'acts' },
  }),
  'callback.pick': method({
    summary: 'Takes a waiting callback from the list. Of several who pick it, one has it.',
    roles: ['advisor'],
    params: object({ callback: CallbackId }),
    result: object({ callback: Callback, offer: Offer, call: Call }),
    errors: ['NOT_FOUND', 'CONFLICT'],
    audit: audited(),
  }),
  'callback.attempt': method({
    summary:
      'What came of a try to reach the jobseeker. If they were not reached, the region’s policy says when the next try is, or that there is none. Repeating with the same key returns the same result.',
    roles: ['advisor'],
    params: object({
      ...held,
      key: IdempotencyKey,
      outcome: AttemptOutcome,
      note: optional(Text(2_000)),
      /** Of `postponed`: when they want to be called. */
      window: optional(Window),
    }),
    result: changed,
    errors: ofHolder,
    audit: audited('params.outcome'),
  }),
  'callback.complete': method({
    summary:
      'Ends an active callback with its disposition; the advisor’s wrap-up begins. Repeating with the same token returns the same result.',
    roles: ['advisor'],
    params: object({
      ...held,
      disposition: Disposition,
      note: optional(Text(2_000)),
      /** Whether an appointment is wanted. */
      followUp: optional(Type.Boolean()),
    }),
    result: changed,
    errors: ofHolder,
    audit: audited('params.disposition'),
  }),
  'callback.desk': method({
    summary:
      'Where this advisor stands: ready, busy, away or in wrap-up; and whether their team is offered callbacks or picks them.',
    roles: ['advisor'],
    params: Empty,
    result: object({ desk: Desk, mode: TeamMode }),
  }),
  'callback.setDesk': method({
    summary: 'Sets oneself ready, busy or away. Only who is ready is offered callbacks.',
    roles: ['advisor'],
    params: object({ state: oneOf('ready', 'busy', 'away') }),
    result: object({ desk: Desk }),
  }),
  'callback.hours': method({
    summary: 'In which hours this advisor takes callbacks.',
    roles: ['advisor'],
    params: Empty,
    result: OwnHours,
  }),
  'callback.setHours': method({
    summary:
      'Sets the hours in which one takes callbacks oneself: jobseekers are offered windows, and the advisor callbacks, within them and the opening hours only. Without hours: whenever the region is open. What was promised already stands.',
    roles: ['advisor'],
    params: object({ hours: optional(Hours) }),
    result: OwnHours,
  }),
  'callback.board': method({
    summary:
      'What a supervisor’s team, or the region, looks like at the moment: who waits, the longest wait, the service level today.',
    roles: ['supervisor'],
    params: Empty,
    result: object({ board: Board }),
    cost: 20,
  }),
  'callback.waiting': method({
    summary: 'The waiting callbacks of a team, the longest first, at most 100.',
    roles: ['supervisor'],
    params: object({ team: Text(120, 0) }),
    result: object({ callbacks: list(Callback, 100) }),
    cost: 10,
    audit: { record: 'acts' },
  }),
  'callback.raise': method({
    summary:
      'Sets the priority of an open callback: each level is worth the same head start, so nobody is passed for ever.',
    roles: ['supervisor'],
    params: object({ callback: CallbackId, priority: Priority, reason: Text(500) }),
    result: changed,
    errors: ['NOT_FOUND', 'CONFLICT'],
    audit: audited('params.priority'),
  }),
  'callback.reassign': method({
    summary:
      'Gives an open callback to an advisor, at its old place; whoever held it holds it no more. Earlier declines are forgotten.',
    roles: ['supervisor'],
    params: object({ callback: CallbackId, to: PersonId, reason: Text(500) }),
    result: changed,
    errors: ['NOT_FOUND', 'CONFLICT'],
    audit: audited('params.to'),
  }),
  'callback.pause': method({
    summary:
      'Stops automatic offers to the advisors of a team, or of the whole region, and tells its jobseekers why. Requests are still taken. Without a message it goes on.',
    roles: ['supervisor'],
    params: object({
      /** Absent: the whole region. */
      team: optional(Text(120)),
      message: optional(Text(500)),
    }),
    result: Empty,
    audit: { record: 'acts' },
  }),
}

export const callbackEvents = {
  'callback.changed': event({
    summary: 'A callback of this jobseeker, of this advisor’s queue, or one they hold or held, has changed.',
    delivery: 'durable',
    data: object({ callback: Callback }),
  }),
  'callback.offered': event({
    summary: 'A callback is offered to this advisor until the lease runs out.',
    delivery: 'durable',
    data: object({ callback: Callback, offer: Offer }),
  }),
  'callback.deskChanged': event({
    summary: 'Where this advisor stands has changed.',
    delivery: 'durable',
    data: object({ desk: Desk }),
  }),
  'callback.boardChanged': event({
    summary: 'The board of this supervisor’s team or region, at most once in two seconds.',
    delivery: 'latest',
    data: object({ board: Board }),
  }),
}
