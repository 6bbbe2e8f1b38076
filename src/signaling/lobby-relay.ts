/**
 * Tells those on this node who wait, and the advisors they wait for, how the lobby stands. Whatever happens in a region, its
 * lobbies are read at most once in a while, and only what looks different is told.
 */
import type { Logger } from 'pino'
import type { Enrolment } from '../enrolment/enrolment.ts'
import type { Lobby } from '../lobby/lobby.ts'
import { inOrder, placeOf, type Visit } from '../lobby/visit.ts'
import type { Presence } from '../presence/presence.ts'
import { type DataOf, VisavisError } from '../protocol/index.ts'
import type { Caller } from './handlers.ts'

export interface LobbyRelayOptions {
  readonly lobby: Lobby
  readonly presence: Presence
  readonly enrolment: Enrolment
  readonly log: Logger
  readonly everyMs?: number
}

export interface LobbyRelay extends AsyncDisposable {
  /** The visit of a caller who has arrived, who is told of changes from now on. */
  visits(caller: Caller, room: string): Promise<OwnVisit>
  /** The visits an advisor may see, who is told of changes from now on. */
  watches(caller: Caller): Promise<ShownVisit[]>
  /** A connection is gone, or waits no more for a room. */
  forget(connection: string, room?: string): void
  /** Something has changed in the lobbies of a region, or somebody came or went. */
  changed(region: string): void
  /** Who follows whom has changed. */
  enrolmentChanged(): void
}

type OwnVisit = DataOf<'lobby.visitChanged'>['visit']
type ShownVisit = DataOf<'lobby.waitingChanged'>['visits'][number]

interface Watcher {
  readonly caller: Caller
  /** Absent for an advisor, who sees every room they may enter. */
  readonly room: string | undefined
  told: string
}

/** How everything stands in one region at a moment. */
interface Standing {
  readonly visits: readonly Visit[]
  readonly inTalk: ReadonlyMap<string, ReadonlySet<string>>
  readonly online: ReadonlySet<string>
}

export function startLobbyRelay(options: LobbyRelayOptions): LobbyRelay {
  const { lobby, presence, enrolment, log, everyMs = 200 } = options
  const watchers = new Map<string, Watcher>()
  /** Who may admit into a room: its advisor, and whoever stands in for them. Asked anew when the record changes. */
  const advisors = new Map<string, Promise<readonly string[]>>()
  const stale = new Set<string>()
  let running: Promise<void> | undefined

  const advisorsOf = (region: string, room: string): Promise<readonly string[]> => {
    const known = advisors.get(room)
    if (known !== undefined) return known
    const asked = enrolment
      .conversations({ region, person: room, role: 'jobseeker' }, Date.now())
      .then(({ counterparts }) => counterparts)
    asked.catch(() => advisors.delete(room))
    advisors.set(room, asked)
    return asked
  }
  const standingOf = async (region: string): Promise<Standing> => {
    const [visits, inTalk] = await Promise.all([lobby.visits(region), lobby.inTalk(region)])
    const rooms = new Set(visits.map(({ room }) => room))
    const admitting = await Promise.all([...rooms].map((room) => advisorsOf(region, room)))
    const people = [...new Set([...admitting.flat(), ...visits.map(({ person }) => person)])]
    const shown = await presence.of(region, people)
    return {
      visits,
      inTalk,
      online: new Set(shown.flatMap(({ person, state }) => (state === 'offline' ? [] : [person]))),
    }
  }
  const own = async (region: string, { visits, inTalk, online }: Standing, visit: Visit): Promise<OwnVisit> => {
    const { room, state, arrivedAt } = visit
    const there = (await advisorsOf(region, room)).filter((advisor) => online.has(advisor))
    const isFree = (advisor: string) => [...(inTalk.get(advisor) ?? [])].every((other) => other === room)
    const advisor = there.some(isFree) ? 'here' : there.length > 0 ? 'in-talk' : 'absent'
    const place = placeOf(visit, visits)
    return { room, state, arrivedAt, advisor, ...(place === undefined ? {} : { place }) }
  }
  const shown = ({ caller }: Watcher, { visits, online }: Standing): ShownVisit[] => {
    const { conversations } = caller
    return inOrder(visits).flatMap(({ room, person, name, role, state, arrivedAt }) =>
      state !== 'removed' && conversations.has(room)
        ? [{ room, person, name, role, state, arrivedAt, here: online.has(person) }]
        : [],
    )
  }

  const tell = async () => {
    const regions = new Set(stale)
    stale.clear()
    const standings = new Map<string, Standing>()
    for (const watcher of [...watchers.values()]) {
      const { caller, room } = watcher
      const { region, person } = caller.identity
      if (caller.closed || !regions.has(region)) continue
      const standing = standings.get(region) ?? (await standingOf(region))
      standings.set(region, standing)
      if (room === undefined) {
        const visits = shown(watcher, standing)
        if (isNews(watcher, visits)) caller.notify('lobby.waitingChanged', { visits })
        continue
      }
      const known = standing.visits.find((visit) => visit.room === room && visit.person === person)
      if (known === undefined) continue
      const visit = await own(region, standing, known)
      if (isNews(watcher, visit)) caller.notify('lobby.visitChanged', { visit })
    }
  }
  const timer = setInterval(() => {
    if (stale.size === 0 || running !== undefined) return
    if (watchers.size === 0) {
      stale.clear()
      return
    }
    const regions = [...stale]
    running = tell()
      .catch((err) => {
        for (const region of regions) stale.add(region)
        log.debug({ err }, 'the lobbies could not be read; trying again')
      })
      .finally(() => {
        running = undefined
      })
  }, everyMs)

  return {
    async visits(caller, room) {
      const { region, person } = caller.identity
      const watcher: Watcher = { caller, room, told: '' }
      // Before it is read, so that nothing is missed in between.
      if (!caller.closed) watchers.set(`${caller.connection} ${room}`, watcher)
      const standing = await standingOf(region)
      const known = standing.visits.find((visit) => visit.room === room && visit.person === person)
      if (known === undefined) throw new VisavisError('GONE', 'the visit has ended')
      const visit = await own(region, standing, known)
      isNews(watcher, visit)
      return visit
    },
    async watches(caller) {
      const watcher: Watcher = { caller, room: undefined, told: '' }
      if (!caller.closed) watchers.set(`${caller.connection} `, watcher)
      const visits = shown(watcher, await standingOf(caller.identity.region))
      isNews(watcher, visits)
      return visits
    },
    forget(connection, room) {
      if (room !== undefined) watchers.delete(`${connection} ${room}`)
      else for (const key of watchers.keys()) if (key.startsWith(`${connection} `)) watchers.delete(key)
    },
    changed: (region) => void stale.add(region),
    enrolmentChanged() {
      advisors.clear()
      for (const { caller } of watchers.values()) stale.add(caller.identity.region)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
}

/** Whether it is not what was told last; from now on it is. */
function isNews(watcher: Watcher, value: unknown): boolean {
  const text = JSON.stringify(value)
  if (text === watcher.told) return false
  watcher.told = text
  return true
}
