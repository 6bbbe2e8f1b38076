/** Entering and leaving one room from a page, with what went wrong on the way. */
import { useState } from 'preact/hooks'
import { openCamera, type Room, type Source, type Visavis } from '../../client/index.ts'
import { useChanges } from '../page/use-changes.ts'

export interface RoomEntry {
  /** Present from entering until leaving. */
  readonly room: Room | undefined
  /** Asking for camera and microphone. */
  readonly entering: boolean
  readonly error: Error | undefined
  readonly missing: readonly Source[]
  /** @param withMedia false: only to watch and listen. */
  readonly enter: (withMedia?: boolean) => void
}

export function useRoom(visavis: Visavis, id: string): RoomEntry {
  const [room, setRoom] = useState<Room>()
  const [entering, setEntering] = useState(false)
  const [error, setError] = useState<Error>()
  const [missing, setMissing] = useState<readonly Source[]>([])
  useChanges((change) => room?.onChange(change) ?? (() => {}), room)

  const join = async (withMedia: boolean) => {
    setEntering(true)
    setError(undefined)
    try {
      const capture = withMedia ? await openCamera() : undefined
      setMissing(capture?.missing ?? [])
      setRoom(visavis.rooms.join(id, { stream: capture?.stream }))
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)))
    } finally {
      setEntering(false)
    }
  }
  const inside = room === undefined || room.state === 'left' ? undefined : room
  return {
    room: inside,
    entering,
    error: error ?? (room?.state === 'left' ? room.error : undefined),
    missing,
    enter: (withMedia = true) => void join(withMedia),
  }
}
