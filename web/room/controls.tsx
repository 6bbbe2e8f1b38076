/** Mute, camera, leave. */
import type { ComponentChildren } from 'preact'
import type { Room } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { CameraIcon, CameraOffIcon, LeaveIcon, MicrophoneIcon, MicrophoneOffIcon } from '../page/icons.tsx'
import { useChanges } from '../page/use-changes.ts'

interface SwitchProps {
  readonly off: boolean
  readonly label: string
  readonly onClick: () => void
  readonly children: ComponentChildren
}

const Switch = ({ off, label, onClick, children }: SwitchProps) => (
  <button type="button" class="stage__button" data-off={off} onClick={onClick}>
    {children}
    <span>{label}</span>
  </button>
)

export const Controls = ({ room, onLeave }: { room: Room; onLeave: () => void }) => {
  useChanges((change) => room.onChange(change), room)
  const muted = room.isPaused('microphone')
  const dark = room.isPaused('camera')
  return (
    <div class="stage__controls">
      {room.has('microphone') ? (
        <Switch
          off={muted}
          label={t(muted ? 'roomUnmute' : 'roomMute')}
          onClick={() => room.setPaused('microphone', !muted)}
        >
          {muted ? <MicrophoneOffIcon /> : <MicrophoneIcon />}
        </Switch>
      ) : null}
      {room.has('camera') ? (
        <Switch
          off={dark}
          label={t(dark ? 'roomCameraOn' : 'roomCameraOff')}
          onClick={() => room.setPaused('camera', !dark)}
        >
          {dark ? <CameraOffIcon /> : <CameraIcon />}
        </Switch>
      ) : null}
      <button type="button" class="stage__button stage__button--leave" onClick={onLeave}>
        <LeaveIcon />
        <span>{t('roomLeave')}</span>
      </button>
    </div>
  )
}
