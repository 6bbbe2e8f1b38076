/** Entering and leaving a room from a page, by its lobby where one waits there, with what went wrong on the way. */
import { useEffect, useState } from 'preact/hooks'
import { openCamera, type Room, type Source, type Visavis, VisavisError, type Wait } from '../../client/index.ts'
import { lobbiesKept } from '../page/settings.ts'
import { useChanges } from '../page/use-changes.ts'
import { chosenDevices } from './chosen-devices.ts'

/** What one enters with: camera and microphone, the microphone alone, or nothing. */
export type Media = 'with-media' | 'audio' | 'without-media'

/** Somebody who has arrived and waits to be let in. */
export interface Waiting {
  readonly wait: Wait
  /** What they will be seen with. */
  readonly stream: MediaStream | undefined
  readonly leave: () => void
}

export interface RoomEntry {
  /** Present from entering until leaving. */
  readonly room: Room | undefined
  /** In the lobby. */
  readonly waiting: Waiting | undefined
  /** Asking for camera and microphone. */
  readonly entering: boolean
  /** Which room could not be entered or was lost, and why. */
  readonly problem: { readonly room: string; readonly error: Error } | undefined
  readonly missing: readonly Source[]
  /** The person who was still in the room when it was left. */
  readonly leftBehind: string | undefined
  readonly enter: (room: string, media?: Media) => void
  readonly leave: () => void
}

/** Whether one has to be let in: advisors never, guests always, jobseekers where the service is set so. */
export type Admission = 'never' | 'as-set' | 'always'

/** In this tab: whoever loads the page again goes on waiting, without a click. */
const storageKey = 'visavis.waiting'

const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))
const stop = (stream: MediaStream | undefined) => {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

export function useRoom(visavis: Visavis, admission: Admission = 'never'): RoomEntry {
  const [room, setRoom] = useState<Room>()
  const [waiting, setWaiting] = useState<Waiting>()
  const [entering, setEntering] = useState(false)
  const [failure, setFailure] = useState<RoomEntry['problem']>()
  const [missing, setMissing] = useState<readonly Source[]>([])
  const [leftBehind, setLeftBehind] = useState<string>()
  useChanges((change) => room?.onChange(change) ?? (() => {}), room)

  /** @returns whether one was let in. @throws VisavisError when that will not happen. */
  const beLetIn = async (id: string, stream: MediaStream | undefined): Promise<boolean> => {
    const wait = visavis.lobby.enter(id)
    let left = false
    const leave = () => {
      left = true
      wait.leave()
    }
    sessionStorage.setItem(storageKey, id)
    setWaiting({ wait, stream, leave })
    setEntering(false)
    try {
      await wait.admitted
      return true
    } catch (error) {
      if (left) return false
      throw error
    } finally {
      sessionStorage.removeItem(storageKey)
      setWaiting(undefined)
    }
  }
  const join = async (id: string, media: Media) => {
    setEntering(true)
    setFailure(undefined)
    let stream: MediaStream | undefined
    try {
      const devices = chosenDevices()
      const capture = media === 'without-media' ? undefined : await openCamera({ camera: media !== 'audio', devices })
      stream = capture?.stream
      setMissing(capture?.missing ?? [])
      const waits = admission === 'always' || (admission === 'as-set' && (await lobbiesKept()))
      if (waits && !(await beLetIn(id, stream))) return stop(stream)
      setRoom(visavis.rooms.join(id, { stream }))
    } catch (thrown) {
      stop(stream)
      setFailure({ room: id, error: toError(thrown) })
      visavis.attendance.failedIn(id, toError(thrown))
    } finally {
      setEntering(false)
    }
  }
  useEffect(() => {
    const before = sessionStorage.getItem(storageKey)
    if (admission !== 'never' && before !== null) void join(before, 'with-media')
  }, [visavis])
  const isOut = room?.state === 'left'
  const lost = isOut && room.error !== undefined ? { room: room.id, error: room.error } : undefined
  return {
    room: isOut ? undefined : room,
    waiting,
    entering,
    problem: failure ?? lost,
    missing,
    leftBehind,
    enter: (id, media = 'with-media') => void join(id, media),
    leave: () => {
      setLeftBehind(room?.remotes[0]?.participant.person)
      room?.leave()
    },
  }
}

/** The advisor has sent this person out, or taken their invitation back. */
export const wasSentOut = (error: Error): boolean => error instanceof VisavisError && error.code === 'FORBIDDEN'
