/** The webcam talk: the other person large, oneself small, and the controls. */
import type { Room } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { Avatar } from '../page/avatar.tsx'
import { MicrophoneOffIcon } from '../page/icons.tsx'
import { useChanges } from '../page/use-changes.ts'
import { Controls } from './controls.tsx'
import { Video } from './video.tsx'

type Remotes = Room['remotes']

const Other = ({ remote }: { remote: Remotes[number] }) => {
  const { participant, stream, sources } = remote
  const { name } = participant
  const camera = sources.get('camera')
  const isSeen = camera !== undefined && !camera.paused
  const isMuted = sources.get('microphone')?.paused === true
  return (
    <div class="stage__other" data-seen={isSeen}>
      <Video stream={stream} label={name} />
      {isSeen ? null : (
        <div class="stage__unseen">
          <Avatar name={name} />
          {camera === undefined ? null : <p>{t('roomTheirCameraOff', { name })}</p>}
        </div>
      )}
      <p class="stage__name">
        {isMuted ? <MicrophoneOffIcon /> : null}
        {name}
        {isMuted ? <span class="ds-sr-only">{t('roomTheyMuted', { name })}</span> : null}
      </p>
    </div>
  )
}

function status(room: Room, name: string): string | undefined {
  if (room.state === 'joining') return t('roomJoining')
  if (room.state === 'rejoining') return t('roomRejoining')
  return room.remotes.length === 0 ? t('roomAlone', { name }) : undefined
}

export interface StageProps {
  readonly room: Room
  /** Of the person expected in the room. */
  readonly name: string
  readonly onLeave: () => void
}

export const Stage = ({ room, name, onLeave }: StageProps) => {
  useChanges((change) => room.onChange(change), room)
  const said = status(room, name)
  const self = room.local
  return (
    <section class="stage" aria-label={t('roomOf', { name })}>
      <div class="stage__picture" data-people={room.remotes.length}>
        {room.remotes.map((remote) => (
          <Other key={remote.participant.id} remote={remote} />
        ))}
        <div class="stage__status" role="status">
          {said === undefined ? null : (
            <>
              <Avatar name={name} />
              <p>{said}</p>
            </>
          )}
        </div>
        {self === undefined ? null : (
          <div class="stage__self" data-dark={room.isPaused('camera') || !room.has('camera')}>
            <Video stream={self} label={t('roomSelf')} self />
            <p class="stage__name">{t('roomSelf')}</p>
          </div>
        )}
      </div>
      <Controls room={room} onLeave={onLeave} />
    </section>
  )
}
