/** The advisor's page: portfolio, the person chosen, callbacks. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { SearchHit, Visavis } from '../../client/index.ts'
import { Day } from '../appointments/day.tsx'
import { After } from '../attendance/after.tsx'
import { Now } from '../attendance/now.tsx'
import { useAfter } from '../attendance/use-after.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Arrivals } from '../lobby/arrivals.tsx'
import { useArrivals } from '../lobby/use-arrivals.ts'
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
import { Queue } from '../queue/queue.tsx'
import { MissingDevices } from '../room/invitation.tsx'
import { Stage } from '../room/stage.tsx'
import { useActivity } from '../room/use-activity.ts'
import { useRoom } from '../room/use-room.ts'
import { HandOvers } from './hand-overs.tsx'
import { Person } from './person.tsx'
import { Portfolio } from './portfolio.tsx'
import { personId } from './portfolio-person.tsx'

const AwaitedCard = lazily(async () => (await import('../awaited/card.tsx')).AwaitedCard, 'nothing')
const InviteDialog = lazily(async () => (await import('../lobby/invite-dialog.tsx')).InviteDialog)

const Content = ({ who, visavis }: { who: SignedIn; visavis: Visavis }) => {
  const chat = useOverview(visavis)
  const [selected, setSelected] = useState<string>()
  const [hit, setHit] = useState<SearchHit>()
  const select = (channel: string | undefined) => {
    setHit(undefined)
    setSelected(channel)
  }
  // On a telephone the list was hidden meanwhile: whoever goes back is where they left it.
  const left = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (selected === undefined && left.current !== undefined) document.getElementById(personId(left.current))?.focus()
    left.current = selected
  }, [selected])
  const showHit = (found: SearchHit) => {
    // The same one chosen again leads there again.
    setHit({ ...found })
    setSelected(found.channel)
  }
  const entry = useRoom(visavis)
  const after = useAfter(visavis, entry.room?.id)
  const arrivals = useArrivals(visavis)
  const [inviting, setInviting] = useState<string>()
  useChanges((change) => visavis.onState(change), visavis)
  useChanges((change) => visavis.callbacks.onChange(change), visavis)
  const held = visavis.callbacks.list.filter(({ holder }) => holder?.id === who.person)
  const knows = (jobseeker: string) => chat.channels.some(({ channel }) => channel === jobseeker)
  const nameOf = (room: string) =>
    chat.channels.find(({ channel }) => channel === room)?.jobseeker.name ??
    held.find(({ jobseeker }) => jobseeker === room)?.jobseekerName ??
    room
  const activity = useActivity(visavis, who.person, (room) => announce(t('roomWaiting', { name: nameOf(room) })))
  if (visavis.state === 'closed') return <Closed visavis={visavis} />
  if (!chat.loaded) {
    return chat.error === undefined ? (
      <Loading visavis={visavis} />
    ) : (
      <Notice color="danger">{t(sentenceOf(chat.error))}</Notice>
    )
  }
  const summary = chat.channels.find(({ channel }) => channel === selected)
  const region = visavis.session?.identity.region
  const isIn = (room: string) => {
    const opener = activity.get(room)
    return opener === room || (opener !== undefined && entry.leftBehind === room)
  }
  const awaiting = chat.channels.filter(
    ({ channel }) => isIn(channel) && channel !== selected && channel !== entry.room?.id,
  )
  return (
    <div
      class="bureau"
      data-chosen={summary !== undefined}
      data-in-room={entry.room !== undefined}
      data-called={held.length > 0}
    >
      <h1 class="ds-sr-only">{t('portfolio')}</h1>
      {entry.room === undefined ? null : (
        <div class="bureau__stage">
          <Now
            visavis={visavis}
            room={entry.room.id}
            self="advisor"
            names={{ jobseeker: nameOf(entry.room.id), advisor: who.name }}
            isIn
          />
          <Stage
            room={entry.room}
            name={nameOf(entry.room.id)}
            onLeave={entry.leave}
            onInvite={() => setInviting(entry.room?.id)}
            onRemove={(participant) => visavis.lobby.remove(entry.room?.id ?? '', participant)}
          />
          <MissingDevices entry={entry} />
        </div>
      )}
      <div class="bureau__portfolio">
        <div class="bureau__arrivals">
          {awaiting.map(({ channel, jobseeker }) => (
            <button
              key={channel}
              type="button"
              class="ds-button awaiting"
              data-color="accent"
              onClick={() => select(channel)}
            >
              {t('roomWaiting', jobseeker)}
            </button>
          ))}
          <Arrivals visavis={visavis} visits={arrivals} entry={entry} onSelect={select} />
        </div>
        <div class="bureau__people">
          <HandOvers visavis={visavis} self={who.person} onSelect={select} />
          {region === undefined ? null : <AwaitedCard visavis={visavis} region={region} advisor={who.person} />}
          <Portfolio
            visavis={visavis}
            channels={chat.channels}
            self={who.person}
            selected={selected}
            activity={activity}
            onSelect={select}
            onHit={showHit}
          />
        </div>
      </div>
      <div class="bureau__chat">
        {after.left === undefined ? null : (
          <After
            visavis={visavis}
            appointment={after.left.appointment}
            names={{ jobseeker: nameOf(after.left.room), advisor: who.name }}
            onDone={after.forget}
          />
        )}
        {summary !== undefined && entry.room === undefined ? (
          <Now
            visavis={visavis}
            room={summary.channel}
            self="advisor"
            names={{ jobseeker: summary.jobseeker.name, advisor: summary.advisor?.name }}
            isIn={false}
          />
        ) : null}
        {summary === undefined ? (
          <Day visavis={visavis} channels={chat.channels} name={who.name} arrivals={arrivals} onSelect={select} />
        ) : (
          <Person
            key={summary.channel}
            visavis={visavis}
            summary={summary}
            self={who.person}
            entry={entry}
            awaited={isIn(summary.channel)}
            hit={hit?.channel === summary.channel ? hit : undefined}
            onHit={showHit}
            onBack={() => select(undefined)}
            onInvite={() => setInviting(summary.channel)}
          />
        )}
      </div>
      <div class="bureau__queue">
        <Queue visavis={visavis} self={who.person} entry={entry} knows={knows} onSelect={select} />
      </div>
      {inviting === undefined ? null : (
        <InviteDialog visavis={visavis} room={inviting} onClose={() => setInviting(undefined)} />
      )}
    </div>
  )
}

startFor('advisor', 'titleAdvisor', (who, visavis) => (
  <>
    <Header who={who} visavis={visavis} />
    <main id="content" class="content content--wide" tabIndex={-1}>
      <Content who={who} visavis={visavis} />
    </main>
    <Announcer />
  </>
))
