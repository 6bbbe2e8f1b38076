/** One jobseeker of the portfolio: messages and webcam. */
import type { ChannelSummary, Visavis } from '../../client/index.ts'
import { Conversation } from '../chat/conversation.tsx'
import { t } from '../language/language.ts'
import { BackIcon, CameraIcon } from '../page/icons.tsx'
import { MissingDevices, RoomProblem } from '../room/invitation.tsx'
import { Stage } from '../room/stage.tsx'
import { useRoom } from '../room/use-room.ts'

export interface PersonProps {
  readonly visavis: Visavis
  readonly summary: ChannelSummary
  readonly self: string
  readonly awaited: boolean
  readonly onBack: () => void
}

export const Person = ({ visavis, summary, self, awaited, onBack }: PersonProps) => {
  const entry = useRoom(visavis, summary.channel)
  const { jobseeker } = summary
  const back = (
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
  const webcam =
    entry.room === undefined ? (
      <button
        type="button"
        class="ds-button person__webcam"
        data-color="accent"
        data-variant={awaited ? 'primary' : 'secondary'}
        disabled={entry.entering}
        onClick={() => entry.enter()}
      >
        <CameraIcon />
        {t(entry.entering ? 'roomJoining' : awaited ? 'roomJoin' : 'roomOpenWith')}
      </button>
    ) : null
  return (
    <div class="person" data-in-room={entry.room !== undefined}>
      {awaited && entry.room === undefined ? (
        <p class="person__awaited strong" role="status">
          {t('roomWaiting', jobseeker)}
        </p>
      ) : null}
      <RoomProblem entry={entry} />
      {entry.room === undefined ? null : (
        <div class="person__stage">
          <Stage room={entry.room} name={jobseeker.name} />
          <MissingDevices entry={entry} />
        </div>
      )}
      <Conversation visavis={visavis} summary={summary} self={self} lead={back} actions={webcam} />
    </div>
  )
}
