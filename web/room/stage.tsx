/** The webcam talk: the others large, oneself small, what goes wrong, and the controls. */
import { useState } from 'preact/hooks'
import type { Room } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { Avatar } from '../page/avatar.tsx'
import { MicrophoneOffIcon } from '../page/icons.tsx'
import { useChanges } from '../page/use-changes.ts'
import { Controls } from './controls.tsx'
import { arrange, type Layout, type Picture } from './layout.ts'
import { QualitySign } from './quality-sign.tsx'
import { PersonTile, ScreenTile } from './tile.tsx'
import { Trouble } from './trouble.tsx'
import { Video } from './video.tsx'
import { r } from './words.ts'

function status(room: Room, name: string): string | undefined {
  if (room.state === 'joining') return t('roomJoining')
  if (room.state === 'rejoining') return t('roomRejoining')
  return room.remotes.length === 0 ? t('roomAlone', { name }) : undefined
}

const Self = ({ room, place }: { room: Room; place: 'corner' | 'tile' }) => {
  useChanges((change) => room.onChange(change), room)
  const self = room.local
  if (self === undefined) return null
  const muted = room.isPaused('microphone')
  const dark = room.isPaused('camera') || !room.has('camera') || room.audioOnly
  return (
    <div class="stage__self" data-place={place} data-dark={dark} data-speaks={room.speaks}>
      <Video stream={self} label={t('roomSelf')} self />
      <p class="stage__name">
        {muted ? <MicrophoneOffIcon /> : null}
        {t('roomSelf')}
        <QualitySign quality={room.quality} name={t('roomSelf')} />
      </p>
    </div>
  )
}

export interface StageProps {
  readonly room: Room
  /** Of the person expected in the room. */
  readonly name: string
  readonly onLeave: () => void
  readonly onCallback?: (() => void) | undefined
  readonly onInvite?: (() => void) | undefined
  readonly onRemove?: ((participant: string) => Promise<void>) | undefined
}

export const Stage = ({ room, name, onLeave, onCallback, onInvite, onRemove }: StageProps) => {
  useChanges((change) => room.onChange(change), room)
  const [layout, setLayout] = useState<Layout>('speaker')
  const [chosen, setChosen] = useState<string>()
  const [selfHidden, setSelfHidden] = useState(false)
  const said = status(room, name)
  const pictures = room.remotes.flatMap((remote) => {
    const of = (isScreen: boolean): Picture & { remote: typeof remote } => {
      const { id } = remote.participant
      return { key: `${id} ${isScreen}`, participant: id, isScreen, speaks: remote.speaks && !isScreen, remote }
    }
    return remote.screen === undefined ? [of(false)] : [of(true), of(false)]
  })
  const { large, self } = arrange(pictures, layout, chosen)
  const tiles = pictures.length + (self === 'tile' && !selfHidden && room.local !== undefined ? 1 : 0)
  return (
    <section class="stage" aria-label={t('roomOf', { name })}>
      <div class="stage__picture" data-layout={large === undefined ? 'grid' : 'speaker'} data-tiles={tiles}>
        {pictures.map(({ key, isScreen, remote }) => {
          const Tile = isScreen ? ScreenTile : PersonTile
          const choose = pictures.length > 1 && key !== large ? () => setChosen(key) : undefined
          return <Tile key={key} room={room} remote={remote} large={key === large} onChoose={choose} />
        })}
        <div class="stage__status" role="status">
          {said === undefined ? null : (
            <>
              <Avatar name={name} />
              <p>{said}</p>
            </>
          )}
        </div>
        {selfHidden ? null : <Self room={room} place={self} />}
      </div>
      {room.screen === undefined ? null : <p class="stage__sharing">{r('screenYours')}</p>}
      <Trouble room={room} onCallback={onCallback} />
      <Controls
        room={room}
        layout={layout}
        selfHidden={selfHidden}
        onLayout={(wanted) => {
          setLayout(wanted)
          setChosen(undefined)
        }}
        onSelfHidden={setSelfHidden}
        onLeave={onLeave}
        onInvite={onInvite}
        onRemove={onRemove}
      />
    </section>
  )
}
