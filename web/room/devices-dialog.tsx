/** Another camera, microphone or loudspeaker, without leaving the talk. */
import { useEffect, useState } from 'preact/hooks'
import type { Room } from '../../client/index.ts'
import { Dialog } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'
import { useChanges } from '../page/use-changes.ts'
import { type DeviceKind, devicesOf } from './chosen-devices.ts'
import { DeviceChoice } from './device-choice.tsx'
import { r } from './words.ts'

const kinds: readonly DeviceKind[] =
  'setSinkId' in HTMLMediaElement.prototype ? ['camera', 'microphone', 'speaker'] : ['camera', 'microphone']

export const DevicesDialog = ({ room, onClose }: { room: Room; onClose: () => void }) => {
  useChanges((change) => room.onChange(change), room)
  const act = useAct()
  const [choices, setChoices] = useState<boolean>()
  useEffect(() => {
    Promise.all(kinds.map(devicesOf)).then(
      (found) => setChoices(found.some(({ length }) => length > 1)),
      () => {},
    )
  }, [])
  const idOf = (kind: DeviceKind): string | undefined => {
    const tracks = kind === 'camera' ? room.local?.getVideoTracks() : room.local?.getAudioTracks()
    return kind === 'speaker' ? undefined : tracks?.[0]?.getSettings().deviceId
  }
  return (
    <Dialog title={r('devicesHeading')} onClose={onClose}>
      {choices === false ? <p>{r('devicesNone')}</p> : null}
      {kinds.map((kind) => (
        <DeviceChoice
          key={kind}
          kind={kind}
          label={r(kind)}
          nameless={(n) => r('unnamed', { n })}
          current={idOf(kind)}
          onChoose={(id) => {
            if (kind !== 'speaker') void act.run(() => room.useDevice(kind, id))
          }}
        />
      ))}
      {act.problem === undefined ? null : (
        <p class="problem" role="alert">
          {act.problem}
        </p>
      )}
    </Dialog>
  )
}
