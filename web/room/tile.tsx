/** Somebody else in the talk: their camera, or the screen they show. */
import type { Room } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { Avatar } from '../page/avatar.tsx'
import { MicrophoneOffIcon } from '../page/icons.tsx'
import { QualitySign } from './quality-sign.tsx'
import { Video } from './video.tsx'
import { r } from './words.ts'

export type Remote = Room['remotes'][number]

export interface TileProps {
  readonly room: Room
  readonly remote: Remote
  readonly large: boolean
  /** Absent where nothing can be made larger. */
  readonly onChoose: (() => void) | undefined
}

const Choose = ({ name, onChoose }: { name: string; onChoose: (() => void) | undefined }) =>
  onChoose === undefined ? null : (
    <button type="button" class="stage__choose" onClick={onChoose}>
      <span class="ds-sr-only">{r('showLarge', { name })}</span>
    </button>
  )

export const PersonTile = ({ room, remote, large, onChoose }: TileProps) => {
  const { participant, stream, sources, quality, speaks } = remote
  const { id, name, role } = participant
  const camera = sources.get('camera')
  const isSeen = camera !== undefined && !camera.paused && !camera.held && !room.audioOnly
  const isMuted = sources.get('microphone')?.paused === true
  const unseen =
    camera === undefined ? undefined : camera.held ? r('heldOf', { name }) : t('roomTheirCameraOff', { name })
  return (
    <div class="stage__other" data-seen={isSeen} data-large={large} data-speaks={speaks}>
      <Video stream={stream} label={name} onElement={(element) => room.watch(id, 'camera', element)} />
      {isSeen ? null : (
        <div class="stage__unseen">
          <Avatar name={name} />
          {unseen === undefined || room.audioOnly ? null : <p>{unseen}</p>}
        </div>
      )}
      <p class="stage__name">
        {isMuted ? <MicrophoneOffIcon /> : null}
        <bdi>{name}</bdi>
        {role === 'guest' ? <span class="stage__role">{r('guest')}</span> : null}
        <QualitySign quality={quality} name={name} />
        {isMuted ? <span class="ds-sr-only">{t('roomTheyMuted', { name })}</span> : null}
        {speaks ? <span class="ds-sr-only">{r('speaks', { name })}</span> : null}
      </p>
      <Choose name={name} onChoose={onChoose} />
    </div>
  )
}

export const ScreenTile = ({ room, remote, large, onChoose }: TileProps) => {
  const { id, name } = remote.participant
  const label = r('screenOf', { name })
  if (remote.screen === undefined) return null
  return (
    <div class="stage__other stage__other--screen" data-seen="true" data-large={large}>
      <Video stream={remote.screen} label={label} onElement={(element) => room.watch(id, 'screen', element)} />
      <p class="stage__name">{label}</p>
      <Choose name={label} onChoose={onChoose} />
    </div>
  )
}
