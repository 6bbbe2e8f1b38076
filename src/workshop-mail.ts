/**
 * Mail about workshops: to whoever was invited, and to everybody with a place when one is moved or called off. Each under a name of
 * its own, so that two nodes, or a repeat, put none twice; a workshop is looked at until all of its mails are durable.
 */
import type { Logger } from 'pino'
import type { NewNotice } from './notices/notices.ts'
import { taken, type WorkshopRecord } from './workshops/workshop.ts'
import type { Workshops } from './workshops/workshops.ts'
import type { Writing } from './writing.ts'

export interface WorkshopMailOptions extends Pick<Writing, 'notices' | 'mails'> {
  readonly workshops: Workshops
  readonly regions: readonly string[]
  readonly log: Logger
  readonly everyMs?: number
}

export interface WorkshopMail extends AsyncDisposable {
  /** Something has changed on this node. */
  wake(): void
}

/** Runs on every node until disposed. */
export function startWorkshopMail(options: WorkshopMailOptions): WorkshopMail {
  const { workshops, notices, mails, regions, log, everyMs = 10_000 } = options
  const look = async (region: string) => {
    for (const { id, score } of await workshops.due(region)) {
      const record = await workshops.find(region, id)
      if (record !== undefined && mails()) for (const notice of noticesOf(region, record)) await notices.put(notice)
      await workshops.settle(region, id, score)
    }
  }
  let running: Promise<void> | undefined
  let again = false
  const run = () => {
    again = true
    running ??= (async () => {
      while (again) {
        again = false
        for (const region of regions) await look(region)
      }
    })()
      .catch((err) => log.warn({ err }, 'mails about workshops are put later'))
      .finally(() => {
        running = undefined
      })
  }
  const timer = setInterval(run, everyMs)
  return {
    wake: run,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
}

/** *Pure.* What its people are to know of a workshop as it stands; what they know already has the same key. */
export function noticesOf(region: string, record: WorkshopRecord): NewNotice[] {
  const { id, title, from, until, advisorName, reason, state, sequence, changedAt: at } = record
  const about = { title, from, until, with: advisorName, ...(reason === undefined ? {} : { reason }) }
  return taken(record).flatMap(({ person, seat, by, since }): NewNotice[] => {
    const notice = { region, person, at }
    // Whoever came later knows no other time.
    if (sequence > since && state !== 'ended') {
      const told = state === 'cancelled' ? 'cancelled' : 'moved'
      return [{ ...notice, key: `workshop/${id}/${seat}/${sequence}`, kind: 'workshop', data: { ...about, told } }]
    }
    if (by !== 'invited' || state !== 'planned') return []
    const data = { ...about, told: 'invited' } as const
    return [{ ...notice, key: `workshop/${id}/${seat}/invited`, kind: 'workshopInvitation', data }]
  })
}
