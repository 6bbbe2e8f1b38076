/**
 * What the service itself says in channels, so that whoever reads them later sees who answered when, and what was done
 * besides. Each is said once, by its key, however often and on however many nodes it is tried.
 */
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Channels, type Draft, service } from './chat/channels.ts'
import { startCoverTurns } from './enrolment/cover-turns.ts'
import type { Covers } from './enrolment/covers.ts'
import type { Cover, Enrolment } from './enrolment/enrolment.ts'
import { type Appointment, type Callback, VisavisError } from './protocol/index.ts'
import { entriesOf, type LogEntry } from './store/events.ts'
import type { RedisClient } from './store/redis.ts'

export interface SystemMessagesOptions {
  readonly client: RedisClient
  readonly channels: Channels
  readonly enrolment: Enrolment
  readonly covers: Covers
  readonly regions: readonly string[]
  readonly log: Logger
}

export interface SystemMessages extends AsyncDisposable {
  /** An entry of the log of a region. Never throws. */
  heard(entry: LogEntry, region: string): void
  /** Entries were missed, as before this node began: what the logs still have is said. Never throws. */
  catchUp(): void
}

/** A channel remembers the key of a message for longer: what is older may have been said. */
const newestMs = 24 * 60 * 60 * 1_000
const againMs = 1_000
/** Jobseekers of one portfolio who are told at the same time. */
const together = 16

/** Works until disposed. */
export function startSystemMessages(options: SystemMessagesOptions): SystemMessages {
  const { client, channels, enrolment, regions, log } = options
  const stop = new AbortController()
  const underway = new Set<Promise<void>>()

  const say = async (channel: string, key: string, system: NonNullable<Draft['system']>) => {
    await channels.publish(channel, { from: service, key, text: '', system })
  }
  const nameOf = async (region: string, id: string) => {
    const person = await enrolment.person(region, id)
    return person === undefined ? {} : { person: { id, name: person.name } }
  }

  const sayCover = async (cover: Cover, is: 'started' | 'ended') => {
    const { id, region, advisor, from, until } = cover
    // An id may have characters and a length that a key may not; and one that is extended is told of again.
    const key = `cover-${is}-${createHash('sha256').update(`${region}/${id}/${from}/${until}`).digest('base64url').slice(0, 27)}`
    const person = await nameOf(region, cover.cover)
    const system =
      is === 'started'
        ? { code: 'coverStarted' as const, ...person, until }
        : { code: 'coverEnded' as const, ...person }
    const jobseekers = await enrolment.portfolio(region, advisor)
    for (let n = 0; n < jobseekers.length; n += together)
      await Promise.all(jobseekers.slice(n, n + together).map((jobseeker) => say(jobseeker.id, key, system)))
  }
  /** Whoever reached them has called, be it a cover or a colleague. */
  const sayCallback = async (region: string, { id, jobseeker, advisor, attempts }: Callback) =>
    say(jobseeker, `callback-${id}`, {
      code: 'callbackDone',
      ...(await nameOf(region, attempts?.at(-1)?.by ?? advisor)),
    })

  const sayAppointment = async (region: string, { id, jobseeker, sequence, state, advisor, from }: Appointment) =>
    say(jobseeker, `appointment-${id}-${sequence}`, {
      code: state === 'cancelled' ? 'appointmentCancelled' : sequence === 0 ? 'appointmentMade' : 'appointmentChanged',
      ...(await nameOf(region, advisor)),
      from,
    })
  const sayHappened = async (region: string, happened: Happened) => {
    if (happened.callback !== undefined) await sayCallback(region, happened.callback)
    if (happened.appointment !== undefined) await sayAppointment(region, happened.appointment)
  }

  /** Until it is said, or this node stops: then another has said it, or says it when it begins. */
  const insist = (what: () => Promise<void>) => {
    const work = async () => {
      while (!stop.signal.aborted) {
        try {
          return await what()
        } catch (err) {
          log.debug({ err }, 'something could not be said in a channel; trying again')
          await delay(againMs, undefined, { signal: stop.signal }).catch(() => {})
        }
      }
    }
    const task = work().finally(() => underway.delete(task))
    underway.add(task)
  }
  const hear = (entry: LogEntry, region: string) => {
    const happened = happenedIn(entry)
    if (happened !== undefined) insist(() => sayHappened(region, happened).catch(unlessGone))
  }
  const readLog = async (region: string) => {
    const after = Date.now() - newestMs
    for await (const entry of entriesOf(client, region)) {
      const happened = happenedIn(entry)
      if (happened !== undefined && happened.at > after) await sayHappened(region, happened).catch(unlessGone)
    }
  }
  const catchUp = () => {
    for (const region of regions) insist(() => readLog(region))
  }
  const turns = startCoverTurns({ client, covers: options.covers, regions, onTurn: sayCover, log })
  catchUp()

  return {
    heard: hear,
    catchUp,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await turns[Symbol.asyncDispose]()
      await Promise.all(underway)
    },
  }
}

interface Happened {
  readonly at: number
  readonly callback?: Callback
  readonly appointment?: Appointment
}

/** What is to be said, if the entry tells a jobseeker of it: others are told the same. */
function happenedIn({ topic, name, text }: LogEntry): Happened | undefined {
  if (!topic.startsWith('person:') || (name !== 'callback.changed' && name !== 'appointment.changed')) return undefined
  const { callback, appointment } = (JSON.parse(text) as { data: Omit<Happened, 'at'> }).data
  if (callback?.state === 'done' && topic === `person:${callback.jobseeker}`)
    return { at: callback.changedAt, callback }
  if (appointment !== undefined && topic === `person:${appointment.jobseeker}`)
    return { at: appointment.changedAt, appointment }
  return undefined
}

/** A channel that was erased needs no word any more. */
function unlessGone(error: unknown): void {
  if (!(error instanceof VisavisError && error.code === 'GONE')) throw error
}
