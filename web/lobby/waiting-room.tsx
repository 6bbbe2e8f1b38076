/** For whoever has arrived: who knows it, how long it may last, and how they will be seen. Nothing has to be done here. */
import { useEffect } from 'preact/hooks'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { useChanges } from '../page/use-changes.ts'
import type { Waiting } from '../room/use-room.ts'
import { Video } from '../room/video.tsx'
import { type RoomKey, r } from '../room/words.ts'

export interface WaitingRoomProps {
  readonly waiting: Waiting
  /** Of the one they wait for. */
  readonly name: string
}

const stateWords: Readonly<Record<'absent' | 'here' | 'in-talk', RoomKey>> = {
  absent: 'lobbyAbsent',
  here: 'lobbyHere',
  'in-talk': 'lobbyInTalk',
}

export const WaitingRoom = ({ waiting, name }: WaitingRoomProps) => {
  const { wait, stream, leave } = waiting
  useChanges((change) => wait.onChange(change), wait)
  const { visit } = wait
  useEffect(() => {
    if (visit?.state === 'admitted') announce(r('lobbyEntering'))
  }, [visit?.state])
  const hasPicture = (stream?.getVideoTracks().length ?? 0) > 0
  return (
    <section class="ds-card panel side lobby" data-color="neutral" aria-labelledby="lobby-heading">
      <h2 class="ds-heading" data-size="xs" id="lobby-heading">
        {r('lobbyHeading')}
      </h2>
      {stream !== undefined && hasPicture ? (
        <div class="lobby__preview">
          <Video stream={stream} label={t('roomSelf')} self />
        </div>
      ) : null}
      <div role="status">
        {visit === undefined ? (
          <p class="quiet">{t('loading')}</p>
        ) : (
          <>
            <p class="lobby__state strong" data-advisor={visit.advisor}>
              <span class="lobby__sign" aria-hidden="true" />
              {r(stateWords[visit.advisor], { name })}
            </p>
            {visit.place === undefined ? null : (
              <p class="lobby__place">{visit.place === 1 ? r('lobbyNext') : r('lobbyPlace', { n: visit.place })}</p>
            )}
          </>
        )}
      </div>
      <p>{r('lobbyAnnounced', { name })}</p>
      <p class="quiet">{r('lobbyKept')}</p>
      <button type="button" class="ds-button" data-variant="secondary" onClick={leave}>
        {r('lobbyLeave')}
      </button>
    </section>
  )
}
