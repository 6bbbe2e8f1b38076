/** The page of a third person, who came by an invitation: no account, one room. */
import { useState } from 'preact/hooks'
import { connect, type Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { WaitingRoom } from '../lobby/waiting-room.tsx'
import { Announcer } from '../page/announcer.tsx'
import { Header } from '../page/header.tsx'
import { lazily } from '../page/lazily.tsx'
import { Notice } from '../page/notice.tsx'
import { pages } from '../page/place.ts'
import { start } from '../page/start.tsx'
import { useChanges } from '../page/use-changes.ts'
import { MissingDevices, RoomProblem } from '../room/invitation.tsx'
import { Stage } from '../room/stage.tsx'
import { useRoom, wasSentOut } from '../room/use-room.ts'
import { r } from '../room/words.ts'
import { invited } from './invited.ts'

const Check = lazily(async () => (await import('../check/check.tsx')).Check)

const Guest = ({ visavis, room }: { visavis: Visavis; room: string }) => {
  const [testing, setTesting] = useState(false)
  const entry = useRoom(visavis, 'always')
  useChanges((change) => visavis.onState(change), visavis)
  const name = visavis.session?.identity.name
  if (visavis.state === 'closed') return <Notice color="warning">{r('guestOver')}</Notice>
  if (entry.room !== undefined)
    return (
      <div class="desk__stage">
        <Stage room={entry.room} name={r('lobbyHost')} onLeave={entry.leave} />
        <MissingDevices entry={entry} />
      </div>
    )
  if (entry.waiting !== undefined) return <WaitingRoom waiting={entry.waiting} name={r('lobbyHost')} />
  if (testing)
    return (
      <>
        <button type="button" class="text-button" onClick={() => setTesting(false)}>
          {r('guestBack')}
        </button>
        <Check visavis={visavis} guest />
      </>
    )
  const { problem } = entry
  return (
    <section class="ds-card panel side guest" data-color="neutral">
      <h1 class="ds-heading" data-size="sm">
        {r('guestHeading')}
      </h1>
      {name === undefined ? <p class="quiet">{t('loading')}</p> : <p class="strong">{r('guestHello', { name })}</p>}
      <p>{r('guestIntro')}</p>
      {problem !== undefined && wasSentOut(problem.error) ? (
        <Notice color="warning">{r('guestRemoved')}</Notice>
      ) : problem !== undefined && !(problem.error instanceof DOMException) ? (
        <Notice color="danger">{t(sentenceOf(problem.error))}</Notice>
      ) : (
        <RoomProblem entry={entry} room={room} />
      )}
      <div class="guest__acts">
        <button
          type="button"
          class="ds-button"
          data-color="accent"
          disabled={entry.entering || name === undefined}
          onClick={() => entry.enter(room)}
        >
          {entry.entering ? t('roomJoining') : r('guestEnter')}
        </button>
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          disabled={name === undefined}
          onClick={() => setTesting(true)}
        >
          {r('guestTest')}
        </button>
      </div>
    </section>
  )
}

const invitation = invited()
const visavis =
  invitation === undefined ? undefined : connect({ url: pages, token: () => Promise.resolve(invitation.token) })

start(
  'titleGuest',
  <>
    <Header {...(visavis === undefined ? {} : { visavis })} />
    <main id="content" class="content" tabIndex={-1}>
      {visavis === undefined || invitation === undefined ? (
        <Notice color="warning">{r('guestNoLink')}</Notice>
      ) : (
        <Guest visavis={visavis} room={invitation.room} />
      )}
    </main>
    <Announcer />
  </>,
)
