/** Entering and leaving the room of a workshop from a page. */
import { useEffect, useState } from 'preact/hooks'
import { openCamera, type Visavis, VisavisError, type Workshop, type WorkshopRoom } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { useChanges } from '../page/use-changes.ts'
import { chosenDevices } from '../room/chosen-devices.ts'
import { w } from './words.ts'

export interface WorkshopEntry {
  /** Present from entering until leaving. */
  readonly joined: { readonly room: WorkshopRoom; readonly workshop: Workshop } | undefined
  readonly entering: boolean
  /** Why one is not in it any more, or could not enter, in words. */
  readonly said: string | undefined
  readonly enter: (workshop: Workshop) => void
  readonly leave: () => void
}

const stop = (stream: MediaStream | undefined) => {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

/** In words of workshops, where there are any. */
function sayingOf(error: Error): string {
  if (!(error instanceof VisavisError)) return t(sentenceOf(error))
  const { reason } = error.details
  if (reason === 'ended' || reason === 'over') return w('isOver')
  if (reason === 'replaced') return w('elsewhere')
  if (reason === 'early') return w('early')
  return error.code === 'FORBIDDEN' ? w('wasRemoved') : t(sentenceOf(error))
}

export function useWorkshopRoom(visavis: Visavis): WorkshopEntry {
  const [joined, setJoined] = useState<WorkshopEntry['joined']>()
  const [entering, setEntering] = useState(false)
  const [failure, setFailure] = useState<Error>()
  useChanges((change) => joined?.room.onChange(change) ?? (() => {}), joined)
  const room = joined?.room.room
  const isOut = room?.state === 'left'
  const error = failure ?? (isOut ? room.error : undefined)

  const join = async (workshop: Workshop) => {
    setEntering(true)
    setFailure(undefined)
    setJoined(undefined)
    let stream: MediaStream | undefined
    try {
      // Whoever takes part opens camera and microphone when it is their turn.
      const hosts = visavis.session?.identity.role === 'advisor'
      if (hosts) stream = (await openCamera({ camera: true, devices: chosenDevices() })).stream
      setJoined({ room: visavis.workshops.join(workshop.id, stream), workshop })
    } catch (thrown) {
      stop(stream)
      setFailure(thrown instanceof Error ? thrown : new Error(String(thrown)))
    } finally {
      setEntering(false)
    }
  }
  const said = error === undefined ? undefined : sayingOf(error)
  useEffect(() => {
    if (said !== undefined) announce(said)
  }, [said])
  return {
    joined: isOut ? undefined : joined,
    entering,
    said,
    enter: (workshop) => void join(workshop),
    leave: () => joined?.room.leave(),
  }
}
