/** One jobseeker of the portfolio: messages, the way into their room, and what an advisor can do besides. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ChannelSummary, SearchHit, Visavis } from '../../client/index.ts'
import { Conversation } from '../chat/conversation.tsx'
import { t } from '../language/language.ts'
import { BackIcon, CalendarIcon, CameraIcon, HandOverIcon, PlusIcon, ReadyIcon } from '../page/icons.tsx'
import { lazily } from '../page/lazily.tsx'
import type { MenuItem } from '../page/menu.tsx'
import { RoomProblem } from '../room/invitation.tsx'
import type { RoomEntry } from '../room/use-room.ts'
import { r } from '../room/words.ts'

const TransferDialog = lazily(async () => (await import('./transfer-dialog.tsx')).TransferDialog)
const Appointments = lazily(async () => (await import('../appointments/person-dialog.tsx')).PersonDialog)
const CheckDialog = lazily(async () => (await import('../awaited/check-dialog.tsx')).CheckDialog)
const Replies = lazily(async () => (await import('../replies/manager.tsx')).Manager)

export interface PersonProps {
  readonly visavis: Visavis
  readonly summary: ChannelSummary
  readonly self: string
  readonly entry: RoomEntry
  /** The jobseeker is in the room. */
  readonly awaited: boolean
  readonly hit: SearchHit | undefined
  readonly onHit: (hit: SearchHit) => void
  readonly onBack: () => void
  readonly onInvite: () => void
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

export const Person = ({ visavis, summary, self, entry, awaited, hit, onHit, onBack, onInvite }: PersonProps) => {
  const { channel, jobseeker } = summary
  const [open, setOpen] = useState<'transfer' | 'replies' | 'appointments' | 'check'>()
  const close = () => setOpen(undefined)
  const box = useRef<HTMLDivElement>(null)
  // On a telephone they take the place of the list, which may have been scrolled far down. What was searched for is found by itself.
  useEffect(() => {
    const back = box.current?.querySelector<HTMLElement>('.person__back')
    if (hit !== undefined || !back?.checkVisibility()) return
    box.current?.scrollIntoView({ block: 'start' })
    back.focus({ preventScroll: true })
  }, [])
  const appointments: MenuItem = {
    label: t('apptOpen'),
    icon: <CalendarIcon />,
    onChoose: () => setOpen('appointments'),
  }
  const replies: MenuItem = { label: t('repliesManage'), icon: <ReadyIcon />, onChoose: () => setOpen('replies') }
  const transfer: MenuItem = { label: t('transfer'), icon: <HandOverIcon />, onChoose: () => setOpen('transfer') }
  const invite: MenuItem = { label: r('invite'), icon: <PlusIcon />, onChoose: onInvite }
  const check: MenuItem = { label: t('checkOfPerson'), icon: <CameraIcon />, onChoose: () => setOpen('check') }
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
        <span>{t(entry.entering ? 'roomJoining' : waits ? 'roomJoin' : 'roomOpenWith')}</span>
      </button>
    ) : null
  return (
    <div class="person" ref={box}>
      {waits ? (
        <p class="person__awaited strong" role="status">
          {t('roomWaiting', jobseeker)}
        </p>
      ) : null}
      <RoomProblem entry={entry} room={channel} />
      <Conversation
        visavis={visavis}
        summary={summary}
        self={self}
        lead={<Back onBack={onBack} />}
        actions={webcam}
        // Whoever only stands in hands nobody over.
        menu={[appointments, check, replies, invite, ...(summary.advisor?.id === self ? [transfer] : [])]}
        hit={hit}
        onHit={onHit}
        onManageReplies={() => setOpen('replies')}
      />
      {open === 'appointments' ? <Appointments visavis={visavis} jobseeker={jobseeker} onClose={close} /> : null}
      {open === 'check' ? <CheckDialog visavis={visavis} jobseeker={jobseeker} onClose={close} /> : null}
      {open === 'transfer' ? <TransferDialog visavis={visavis} jobseeker={jobseeker} onClose={close} /> : null}
      {open === 'replies' ? <Replies visavis={visavis} onClose={close} /> : null}
    </div>
  )
}
