/** Mute, camera, what is needed more rarely, leave. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Room } from '../../client/index.ts'
import { t } from '../language/language.ts'
import {
  CameraIcon,
  CameraOffIcon,
  DevicesIcon,
  GridIcon,
  LeaveIcon,
  MicrophoneIcon,
  MicrophoneOffIcon,
  MoreIcon,
  PlusIcon,
  RemoveIcon,
  ScreenIcon,
  SelfIcon,
  SoundIcon,
} from '../page/icons.tsx'
import { lazily } from '../page/lazily.tsx'
import { Menu, type MenuItem } from '../page/menu.tsx'
import { useAct } from '../page/use-act.ts'
import { useChanges } from '../page/use-changes.ts'
import type { Layout } from './layout.ts'
import { r } from './words.ts'

const DevicesDialog = lazily(async () => (await import('./devices-dialog.tsx')).DevicesDialog)

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

export interface ControlsProps {
  readonly room: Room
  readonly layout: Layout
  readonly selfHidden: boolean
  readonly onLayout: (layout: Layout) => void
  readonly onSelfHidden: (hidden: boolean) => void
  readonly canShare?: boolean | undefined
  readonly onLeave: () => void
  /** For advisors. */
  readonly onInvite: (() => void) | undefined
  /** For advisors: sends a third person out. */
  readonly onRemove: ((participant: string) => Promise<void>) | undefined
}

/** Phones have none. */
const canShareScreen = 'getDisplayMedia' in ((navigator.mediaDevices as MediaDevices | undefined) ?? {})

export const Controls = (props: ControlsProps) => {
  const { room, layout, selfHidden, onLayout, onSelfHidden, canShare = true, onLeave, onInvite, onRemove } = props
  useChanges((change) => room.onChange(change), room)
  const [choosing, setChoosing] = useState(false)
  const sharing = useAct()
  const muted = room.isPaused('microphone')
  const dark = room.isPaused('camera')
  const share = async () => {
    await sharing.run(() =>
      room.shareScreen().catch((error: unknown) => {
        // Who closes the choice of the browser has changed their mind.
        if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') throw error
      }),
    )
  }
  const items = (): MenuItem[] => [
    { label: r('devices'), icon: <DevicesIcon />, onChoose: () => setChoosing(true) },
    ...(canShare && canShareScreen && room.screen === undefined
      ? [{ label: r('screenShare'), icon: <ScreenIcon />, onChoose: () => void share() }]
      : []),
    {
      label: r(layout === 'grid' ? 'layoutSpeaker' : 'layoutGrid'),
      icon: <GridIcon />,
      onChoose: () => onLayout(layout === 'grid' ? 'speaker' : 'grid'),
    },
    ...(room.local === undefined
      ? []
      : [
          {
            label: r(selfHidden ? 'selfShow' : 'selfHide'),
            icon: <SelfIcon />,
            onChoose: () => onSelfHidden(!selfHidden),
          },
        ]),
    {
      label: r(room.audioOnly ? 'audioOnlyEnd' : 'audioOnly'),
      icon: <SoundIcon />,
      onChoose: () => room.setAudioOnly(!room.audioOnly),
    },
    ...(onInvite === undefined ? [] : [{ label: r('invite'), icon: <PlusIcon />, onChoose: onInvite }]),
    ...(onRemove === undefined
      ? []
      : room.remotes
          .filter(({ participant }) => participant.role === 'guest')
          .map(({ participant: { id, name } }) => ({
            label: r('removeGuest', { name }),
            icon: <RemoveIcon />,
            danger: true,
            onChoose: () => void sharing.run(() => onRemove(id)),
          }))),
  ]
  return (
    <>
      {sharing.problem === undefined ? null : (
        <p class="stage__problem" role="alert">
          {sharing.problem}
        </p>
      )}
      <div class="stage__controls">
        {room.has('microphone') ? (
          <Switch
            off={muted}
            label={t(muted ? 'roomUnmute' : 'roomMute')}
            onClick={() => void room.setPaused('microphone', !muted)}
          >
            {muted ? <MicrophoneOffIcon /> : <MicrophoneIcon />}
          </Switch>
        ) : null}
        {room.has('camera') ? (
          <Switch
            off={dark}
            label={t(dark ? 'roomCameraOn' : 'roomCameraOff')}
            onClick={() => void room.setPaused('camera', !dark)}
          >
            {dark ? <CameraOffIcon /> : <CameraIcon />}
          </Switch>
        ) : null}
        {room.screen === undefined ? null : (
          <Switch off label={r('screenStop')} onClick={() => room.stopScreen()}>
            <ScreenIcon />
          </Switch>
        )}
        <Menu class="stage__more" label={r('more')} icon={<MoreIcon />} items={items} />
        <button type="button" class="stage__button stage__button--leave" onClick={onLeave}>
          <LeaveIcon />
          <span>{t('roomLeave')}</span>
        </button>
      </div>
      {choosing ? <DevicesDialog room={room} onClose={() => setChoosing(false)} /> : null}
    </>
  )
}
