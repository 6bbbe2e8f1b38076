/** The way into the room: who waits there, what the browser will ask, and what went wrong. */
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { CameraIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { pages } from '../page/place.ts'
import type { RoomEntry } from './use-room.ts'
import { r } from './words.ts'

export interface InvitationProps {
  readonly entry: RoomEntry
  readonly room: string
  /** Of the other person. */
  readonly name: string
  readonly awaited: boolean
}

/** Why one is not in this room. Without camera and microphone one may still watch and listen. */
export const RoomProblem = ({ entry, room }: { entry: RoomEntry; room: string }) => {
  const { problem } = entry
  if (problem?.room !== room) return null
  return (
    <Notice color="danger">
      <p>{t(sentenceOf(problem.error))}</p>
      {problem.error instanceof DOMException ? (
        <button type="button" class="text-button" onClick={() => entry.enter(room, 'without-media')}>
          {t('roomWithout')}
        </button>
      ) : null}
    </Notice>
  )
}

export const MissingDevices = ({ entry }: { entry: RoomEntry }) => {
  const [missing] = entry.missing
  if (missing === undefined || entry.room === undefined) return null
  return <Notice color="warning">{t(missing === 'camera' ? 'roomNoCamera' : 'roomNoMicrophone')}</Notice>
}

export const Invitation = ({ entry, room, name, awaited }: InvitationProps) => (
  <section class="ds-card panel side" data-color="neutral" data-awaited={awaited} aria-labelledby="room-heading">
    <div class="side__head">
      <CameraIcon />
      <h2 class="ds-heading" data-size="2xs" id="room-heading">
        {t('roomHeading')}
      </h2>
    </div>
    <p class={awaited ? 'strong' : 'quiet'} role="status">
      {awaited ? t('roomWaiting', { name }) : t('roomIntro', { name })}
    </p>
    <RoomProblem entry={entry} room={room} />
    <button
      type="button"
      class="ds-button"
      data-color="accent"
      data-fullwidth
      disabled={entry.entering}
      onClick={() => entry.enter(room)}
    >
      {t(entry.entering ? 'roomJoining' : 'roomJoin')}
    </button>
    <a class="ds-link" href={`${pages}check`}>
      {r('checkLink')}
    </a>
  </section>
)
