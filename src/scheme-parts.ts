/** The scheme of a node, built of its parts: the rules of each region, joining and leaving, and the report about it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { ConfigError } from '../config/load.ts'
import type { AppointmentBook } from './appointments/book.ts'
import type { Judged, Judging } from './attendance/judging.ts'
import { type Channels, service } from './chat/channels.ts'
import type { Step } from './enrolment/processes.ts'
import { type LastCheck, Scheme, type SchemeOptions } from './enrolment/scheme.ts'
import { SchemeRules } from './enrolment/scheme-rules.ts'
import type { Excuse } from './excuse.ts'
import type { VisitChanged } from './lobby/lobby.ts'
import type { Verdict } from './protocol/index.ts'
import { partial } from './protocol/schema.ts'
import { type JoinText, type SchemeAct, SchemeSettings } from './protocol/scheme.ts'
import { validatorOf } from './protocol/validator.ts'
import { answerMeasure, leftMeasure, lobbyMeasure, verdictMeasure, waitMeasure } from './report/measure.ts'
import { Report } from './report/report.ts'
import type { RedisClient } from './store/redis.ts'
import { timeZones } from './time-zones.ts'
import type { Writing } from './writing.ts'

export interface WrittenScheme {
  readonly id: string
  readonly timeZone: string
  readonly scheme?: unknown
}

export interface SchemePartsOptions extends Pick<Writing, 'notices' | 'mails'> {
  readonly client: RedisClient
  readonly places: readonly WrittenScheme[]
  /** Anybody may sign in as anybody: trying things out comes before asking first. */
  readonly trial: boolean
  /** Root of the checkout: the text that is asked is in its config. */
  readonly root: string
  readonly channels: Channels
  readonly book: AppointmentBook
  readonly lastCheck?: LastCheck
  /** Brings what lies ahead of a jobseeker in line with their record. */
  readonly bringInLine: (region: string, jobseeker: string) => Promise<void>
  readonly excuse: Excuse
  readonly log: Logger
}

export type SchemeParts = ReturnType<typeof createSchemeParts>

/**
 * Where a region says nothing else: nobody takes part before they have read the text, passed a device check and said yes; and a
 * portfolio stays one that a person can follow.
 */
const outset: Partial<SchemeSettings> = { joinFirst: true, checkRequired: true, ceiling: 150 }

/** @throws ConfigError for a region whose scheme cannot be read. */
export function createSchemeParts(options: SchemePartsOptions) {
  const { client, places, trial, root, channels, book, lastCheck, bringInLine, excuse, notices, mails, log } = options
  const text = JSON.parse(readFileSync(join(root, 'config', 'join-text.json'), 'utf8')) as JoinText
  const rules = new SchemeRules({ client, written: writtenSettings(places, trial ? {} : outset) })
  const report = new Report({ client, timeZoneOf: timeZones(places) })
  let scheme: Scheme | undefined
  /** What happened stays, whether or not it could be counted. */
  const counted = (region: string, measure: string, key: string, toldOnce = false) => {
    report
      .count(region, { measure, key, toldOnce })
      .catch((err) => log.warn({ err, region, measure }, 'something is not counted'))
  }
  const say = async (channel: string, code: 'left' | 'cameBack' | 'agencyAsked', key: string) => {
    await channels.publish(channel, { from: service, key, text: '', system: { code } })
  }
  const actOf = async (region: string, person: string, n = 0): Promise<SchemeAct | undefined> =>
    (await scheme?.acts(region, person))?.[n - 1]

  const countLeft: Step = async (region, person, { act, at }) => {
    const { reason } = (await actOf(region, person, act)) ?? {}
    await report.count(region, { measure: leftMeasure(reason), key: `left/${person}/${at}` })
  }
  const sendReceipt: Step = async (region, person, { act, at }) => {
    const { receipt } = (await actOf(region, person, act)) ?? {}
    const data = { at, ...(receipt === undefined ? {} : { receipt }) }
    await notices.put({ region, person, key: `left/${person}/${at}`, kind: 'left', data, at })
  }
  const countJoined: Step = (region, person, { at }) =>
    report.count(region, { measure: 'joined', key: `joined/${person}/${at}` })
  const sayJoined: Step = async (region, person, { act = 0, at }) => {
    const before = (await scheme?.acts(region, person))?.slice(0, act - 1) ?? []
    if (before.some(({ is }) => is === 'left')) await say(person, 'cameBack', `came-back-${at}`)
  }

  return {
    rules,
    report,
    /** Of the processes of enrolment. */
    steps: {
      left: {
        meetInAgency: (async (region, person, { at }) => {
          await bringInLine(region, person)
          // After it: what had begun by then could not be turned.
          await excuse({ region, jobseeker: person, at, key: `left/${at}` })
        }) satisfies Step,
        handOverChat: ((_region, person, { at }) => say(person, 'left', `left-${at}`)) satisfies Step,
        countLeft,
        sendReceipt,
      },
      joined: { meetByWebcam: bringInLine satisfies Step, sayJoined, countJoined },
    },
    /** Once enrolment knows its steps. */
    open(enrolling: Omit<SchemeOptions, 'textOf' | 'lastCheck' | 'rules'>): Scheme {
      scheme = new Scheme({
        ...enrolling,
        rules,
        textOf: () => text,
        ...(lastCheck === undefined ? {} : { lastCheck }),
      })
      return scheme
    },
    /** Every webcam appointment ahead becomes one in the agency, and whoever follows them reads of it where they talk. */
    async askAgency(region: string, person: string, key: string): Promise<SchemeAct> {
      if (scheme === undefined) throw new Error('the scheme is not open yet')
      // With the key: whoever has taken it back meanwhile is not turned again by a repeat that comes late.
      await book.appointments.turnAll(region, person, { to: 'agency', why: 'asked', by: person, key })
      await excuse({ region, jobseeker: person, at: Date.now(), key: `asked/${key}` })
      const act = await scheme.askAgency(region, person, key)
      await say(person, 'agencyAsked', `agency-${act.receipt}`)
      if (mails()) {
        const { at, n, receipt } = act
        const notice = { region, person, key: `agency-asked/${person}/${n}`, at } as const
        await notices.put({ ...notice, kind: 'agencyAsked', data: { at, receipt } })
      }
      return act
    },
    waited: (region: string, callback: string, waitMs: number) =>
      counted(region, waitMeasure(waitMs), `waited/${callback}`),
    /** Of a jobseeker’s channel: they have the answer they waited for. */
    answered: (region: string, channel: string, { since, at }: { readonly since: number; readonly at: number }) =>
      counted(region, answerMeasure(at - since), `answered/${channel}/${since}`, true),
    visited: ({ region, act, visit }: VisitChanged) => {
      // A third person waits for a talk, not for their turn.
      if (act !== 'admit' || visit.role !== 'jobseeker') return
      const { room, person, arrivedAt, changedAt } = visit
      counted(region, lobbyMeasure(changedAt - arrivedAt), `lobby/${room}/${person}/${arrivedAt}`)
    },
    judged: (verdict: Verdict, { region, appointment, because }: Judged) =>
      counted(region, verdictMeasure(verdict, because), `judged/${appointment}`),
    /** The same judging, whose contests are counted, and what a person makes of what was proposed in the same week. */
    counting: (judging: Judging): Judging => ({
      ...judging,
      async confirm(region, appointment, given) {
        const record = await judging.confirm(region, appointment, given)
        const measure = verdictMeasure(given.verdict, record.because ?? [])
        await report.count(region, { measure, key: `judged/${appointment}` })
        return record
      },
      async contest(region, appointment, given) {
        const record = await judging.contest(region, appointment, given)
        await report.count(region, { measure: 'contested', key: `contested/${appointment}` })
        return record
      },
    }),
  }
}

function writtenSettings(
  places: readonly WrittenScheme[],
  unless: Partial<SchemeSettings>,
): ReadonlyMap<string, Partial<SchemeSettings>> {
  const settingsValidator = validatorOf<Partial<SchemeSettings>>(partial(SchemeSettings))
  const mistakes: string[] = []
  const written = new Map<string, Partial<SchemeSettings>>()
  for (const { id, scheme } of places) {
    if (scheme === undefined) {
      written.set(id, unless)
      continue
    }
    const isSettings = settingsValidator()
    if (isSettings(scheme)) written.set(id, { ...unless, ...scheme })
    else {
      const [problem] = isSettings.errors ?? []
      mistakes.push(`config/regions.json: the scheme of ${id}: ${problem?.instancePath.slice(1)} ${problem?.message}`)
    }
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return written
}
