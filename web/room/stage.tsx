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
import { PersonTile, type Remote, ScreenTile } from './tile.tsx'
import { Trouble } from './trouble.tsx'
import { Video } from './video.tsx'
import { r } from './words.ts'

function status(room: Room, alone: string | undefined): string | undefined {
  if (room.state === 'joining') return t('roomJoining')
  if (room.state === 'rejoining') return t('roomRejoining')
  return alone
}

/** Whoever came without devices has no picture of their own, until they open one. */
const hasSelf = (room: Room): boolean =>
  room.local !== undefined && (room.local.getTracks().length > 0 || room.isPaused('camera'))

const Self = ({ room, place }: { room: Room; place: 'corner' | 'tile' }) => {
  useChanges((change) => room.onChange(change), room)
  const self = room.local
  if (!hasSelf(room) || self === undefined) return null
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
  /** What the stage is called, and what is said while nobody else is there; by default a talk with that person. */
  readonly label?: string | undefined
  readonly alone?: string | undefined
  /** Whose pictures are shown; by default everybody’s. */
  readonly shown?: ((remote: Remote) => boolean) | undefined
  /** Whether one may show a screen; by default yes. */
  readonly canShare?: boolean | undefined
  readonly onLeave: () => void
  readonly onCallback?: (() => void) | undefined
  readonly onInvite?: (() => void) | undefined
  readonly onRemove?: ((participant: string) => Promise<void>) | undefined
}

/** What was pressed goes with the stage: the focus goes on at the beginning of the page, and not from nowhere. */
const leaveBy = (onLeave: () => void) => {
  onLeave()
  document.getElementById('content')?.focus({ preventScroll: true })
}

export const Stage = (props: StageProps) => {
  const { room, name, onLeave, onCallback, onInvite, onRemove, canShare, shown = () => true } = props
  const { label = t('roomOf', { name }), alone = t('roomAlone', { name }) } = props
  useChanges((change) => room.onChange(change), room)
  const [layout, setLayout] = useState<Layout>('speaker')
  const [chosen, setChosen] = useState<string>()
  const [selfHidden, setSelfHidden] = useState(false)
  const pictures = room.remotes.filter(shown).flatMap((remote) => {
    const of = (isScreen: boolean): Picture & { remote: typeof remote } => {
      const { id } = remote.participant
      return { key: `${id} ${isScreen}`, participant: id, isScreen, speaks: remote.speaks && !isScreen, remote }
    }
    return remote.screen === undefined ? [of(false)] : [of(true), of(false)]
  })
  const said = status(room, pictures.length === 0 ? alone : undefined)
  const { large, self } = arrange(pictures, layout, chosen)
  const tiles = pictures.length + (self === 'tile' && !selfHidden && hasSelf(room) ? 1 : 0)
  return (
    <section class="stage" aria-label={label}>
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
        canShare={canShare}
        onLeave={() => leaveBy(onLeave)}
        onInvite={onInvite}
        onRemove={onRemove}
      />
    </section>
  )
}
