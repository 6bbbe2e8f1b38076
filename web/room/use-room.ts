/** Entering and leaving a room from a page, with what went wrong on the way. One room at a time. */
import { useState } from 'preact/hooks'
import { openCamera, type Room, type Source, type Visavis } from '../../client/index.ts'
import { useChanges } from '../page/use-changes.ts'

/** What one enters with: camera and microphone, the microphone alone, or nothing. */
export type Media = 'with-media' | 'audio' | 'without-media'

export interface RoomEntry {
  /** Present from entering until leaving. */
  readonly room: Room | undefined
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

const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

export function useRoom(visavis: Visavis): RoomEntry {
  const [room, setRoom] = useState<Room>()
  const [entering, setEntering] = useState(false)
  const [failure, setFailure] = useState<RoomEntry['problem']>()
  const [missing, setMissing] = useState<readonly Source[]>([])
  const [leftBehind, setLeftBehind] = useState<string>()
  useChanges((change) => room?.onChange(change) ?? (() => {}), room)

  const join = async (id: string, media: Media) => {
    setEntering(true)
    setFailure(undefined)
    try {
      const capture = media === 'without-media' ? undefined : await openCamera({ camera: media !== 'audio' })
      setMissing(capture?.missing ?? [])
      setRoom(visavis.rooms.join(id, { stream: capture?.stream }))
    } catch (thrown) {
      setFailure({ room: id, error: toError(thrown) })
      visavis.attendance.failedIn(id, toError(thrown))
    } finally {
      setEntering(false)
    }
  }
  const isOut = room?.state === 'left'
  const lost = isOut && room.error !== undefined ? { room: room.id, error: room.error } : undefined
  return {
    room: isOut ? undefined : room,
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
