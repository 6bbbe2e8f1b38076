/** The jobseeker's page: their advisor, by message, by webcam, or called back; without one, what was said stays. */
import type { ChannelSummary, Visavis } from '../../client/index.ts'
import { OwnCard } from '../appointments/own-card.tsx'
import { After } from '../attendance/after.tsx'
import { Now } from '../attendance/now.tsx'
import { useAfter } from '../attendance/use-after.ts'
import { useNamedRecord } from '../attendance/use-named-record.ts'
import { RequestCard } from '../callback/request-card.tsx'
import { Conversation } from '../chat/conversation.tsx'
import { otherOf } from '../chat/other-of.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { WaitingRoom } from '../lobby/waiting-room.tsx'
import { Announcer, announce } from '../page/announcer.tsx'
import { Closed } from '../page/closed.tsx'
import { Header } from '../page/header.tsx'
import { lazily } from '../page/lazily.tsx'
import { Loading } from '../page/loading.tsx'
import { Notice } from '../page/notice.tsx'
import type { SignedIn } from '../page/signed-in.ts'
import { startFor } from '../page/start.tsx'
import { useChanges } from '../page/use-changes.ts'
import { useOverview } from '../page/use-overview.ts'
import { Invitation, MissingDevices } from '../room/invitation.tsx'
import { Stage } from '../room/stage.tsx'
import { useActivity } from '../room/use-activity.ts'
import { useRoom } from '../room/use-room.ts'

const RecordDialog = lazily(async () => (await import('../attendance/record-dialog.tsx')).RecordDialog)

interface PageProps {
  readonly who: SignedIn
  readonly visavis: Visavis
}

/** The form for callbacks is on the same page. */
const toCallback = () => {
  const card = document.getElementById('callback')
  card?.scrollIntoView({ block: 'start' })
  card?.querySelector<HTMLElement>('input, textarea, button')?.focus()
}

const Desk = ({ who, visavis, summary }: PageProps & { summary: ChannelSummary }) => {
  const { advisor } = summary
  const entry = useRoom(visavis, 'as-set')
  const { name } = otherOf(summary, who.person)
  const after = useAfter(visavis, entry.room?.id)
  const names = { jobseeker: who.name, advisor: advisor?.name }
  const activity = useActivity(visavis, who.person, () => announce(t('roomWaiting', { name })))
  const opener = activity.get(summary.channel)
  const awaited = opener !== undefined && [opener, entry.leftBehind].includes(advisor?.id)
  const named = useNamedRecord()
  const firstName = who.name.split(' ')[0] ?? who.name
  return (
    <div class="desk" data-in-room={entry.room !== undefined}>
      <div class="desk__hello">
        <h1 class="ds-heading" data-size="md">
          {t('hello', { name: firstName })}
        </h1>
        <Now visavis={visavis} room={who.person} self="jobseeker" names={names} isIn={entry.room !== undefined} />
      </div>
      {entry.room === undefined ? null : (
        <div class="desk__stage">
          <Stage room={entry.room} name={name} onLeave={entry.leave} onCallback={toCallback} />
          <MissingDevices entry={entry} />
        </div>
      )}
      {entry.room === undefined && advisor !== undefined ? (
        <div class="desk__room">
          {after.left === undefined ? null : (
            <After visavis={visavis} appointment={after.left.appointment} names={names} onDone={after.forget} />
          )}
          {entry.waiting === undefined ? (
            <Invitation entry={entry} room={summary.channel} name={advisor.name} awaited={awaited} />
          ) : (
            <WaitingRoom waiting={entry.waiting} name={advisor.name} />
          )}
        </div>
      ) : null}
      <div class="desk__chat">
        <Conversation visavis={visavis} summary={summary} self={who.person} opensItself />
      </div>
      <div class="desk__callback">
        <OwnCard visavis={visavis} advisor={advisor} names={names} />
        <div id="callback">
          <RequestCard visavis={visavis} advisor={advisor} name={name} entry={entry} />
        </div>
      </div>
      {named.appointment === undefined ? null : (
        <RecordDialog visavis={visavis} appointment={named.appointment} names={names} onClose={named.close} />
      )}
    </div>
  )
}

const Content = ({ who, visavis }: PageProps) => {
  const chat = useOverview(visavis)
  useChanges((change) => visavis.onState(change), visavis)
  const [summary] = chat.channels
  if (visavis.state === 'closed') return <Closed visavis={visavis} />
  if (summary !== undefined)
    return <Desk key={summary.advisor?.id ?? ''} who={who} visavis={visavis} summary={summary} />
  if (chat.loaded || chat.error === undefined) return <Loading visavis={visavis} />
  return <Notice color="danger">{t(sentenceOf(chat.error))}</Notice>
}

startFor('jobseeker', 'titleJobseeker', (who, visavis) => (
  <>
    <Header who={who} visavis={visavis} />
    <main id="content" class="content" tabIndex={-1}>
      <Content who={who} visavis={visavis} />
    </main>
    <Announcer />
  </>
))
