/** One jobseeker of the portfolio: messages, and the way into their room. */
import type { ChannelSummary, Visavis } from '../../client/index.ts'
import { Conversation } from '../chat/conversation.tsx'
import { t } from '../language/language.ts'
import { BackIcon, CameraIcon } from '../page/icons.tsx'
import { RoomProblem } from '../room/invitation.tsx'
import type { RoomEntry } from '../room/use-room.ts'

export interface PersonProps {
  readonly visavis: Visavis
  readonly summary: ChannelSummary
  readonly self: string
  readonly entry: RoomEntry
  /** The jobseeker is in the room. */
  readonly awaited: boolean
  readonly onBack: () => void
}

const Back = ({ onBack }: { onBack: () => void }) => (
  <button
    type="button"
    class="ds-button person__back"
    data-variant="tertiary"
    data-color="accent"
    data-icon
    onClick={onBack}
  >
    <BackIcon />
    <span class="ds-sr-only">{t('back')}</span>
  </button>
)

export const Person = ({ visavis, summary, self, entry, awaited, onBack }: PersonProps) => {
  const { channel, jobseeker } = summary
  const waits = awaited && entry.room === undefined
  // During a talk with one person, nobody else's room can be entered.
  const webcam =
    entry.room === undefined ? (
      <button
        type="button"
        class="ds-button person__webcam"
        data-color="accent"
        data-variant={waits ? 'primary' : 'secondary'}
        disabled={entry.entering}
        onClick={() => entry.enter(channel)}
      >
        <CameraIcon />
        {t(entry.entering ? 'roomJoining' : waits ? 'roomJoin' : 'roomOpenWith')}
      </button>
    ) : null
  return (
    <div class="person">
      {waits ? (
        <p class="person__awaited strong" role="status">
          {t('roomWaiting', jobseeker)}
        </p>
      ) : null}
      <RoomProblem entry={entry} room={channel} />
      <Conversation visavis={visavis} summary={summary} self={self} lead={<Back onBack={onBack} />} actions={webcam} />
    </div>
  )
}
