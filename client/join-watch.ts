/** Notes that this person does not get into a room, or is not kept in it, as their device sees it. */
import { VisavisError } from '../src/protocol/errors.ts'
import type { AttemptCause } from '../src/protocol/index.ts'
import type { Connection } from './connection.ts'
import type { Room } from './room.ts'

/** A join takes a second; a connection or a room that needs so long does not work. */
const patienceMs = 8_000
const againMs = 60_000
/** Media that is lost so often within so long does not get through. */
const most = { losses: 3, withinMs: 60_000 }

/** Rules that keep somebody out are no failure: the lobby, the end of a session, a talk on another device. */
const rules: readonly string[] = ['FORBIDDEN', 'GONE', 'NOT_FOUND']
const deviceErrors: Readonly<Record<string, AttemptCause>> = {
  NotAllowedError: 'camera-denied',
  NotFoundError: 'no-camera',
  NotReadableError: 'no-camera',
  OverconstrainedError: 'no-camera',
  SecurityError: 'unsupported',
}

/** Undefined for what is no failure. */
export function causeOf(error: Error): AttemptCause | undefined {
  if (!(error instanceof VisavisError)) return deviceErrors[error.name] ?? 'media-failed'
  if (rules.includes(error.code)) return undefined
  return error.code === 'UNSUPPORTED' ? 'unsupported' : 'refused'
}

export const whyAway = (): AttemptCause =>
  typeof navigator !== 'undefined' && navigator.onLine === false ? 'offline' : 'unreachable'

/** Until the room is left. */
export function watchJoin(room: Room, connection: Connection, note: (cause: AttemptCause) => void): void {
  let before = room.state
  let timer: ReturnType<typeof setTimeout> | undefined
  let losses: number[] = []
  const look = (nextMs: number) => {
    timer = setTimeout(() => {
      note(connection.state === 'open' ? 'media-failed' : whyAway())
      look(againMs)
    }, nextMs)
  }
  const lost = () => {
    const now = performance.now()
    losses = [...losses.filter((at) => now - at < most.withinMs), now]
    if (losses.length >= most.losses) note(connection.state === 'open' ? 'media-failed' : whyAway())
  }
  const stop = room.onChange(() => {
    const { state, error } = room
    if (state === before) return
    if (state === 'rejoining') lost()
    clearTimeout(timer)
    before = state
    if (state === 'joining' || state === 'rejoining') look(patienceMs)
    if (state !== 'left') return
    stop()
    const cause = error === undefined ? undefined : causeOf(error)
    if (cause !== undefined) note(cause)
  })
  look(patienceMs)
}
