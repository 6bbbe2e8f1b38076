/** The page of workshops, for those who give them and those who take part. */
import { useEffect, useState } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Announcer } from '../page/announcer.tsx'
import { Closed } from '../page/closed.tsx'
import { Header } from '../page/header.tsx'
import { Notice } from '../page/notice.tsx'
import { pages } from '../page/place.ts'
import type { SignedIn } from '../page/signed-in.ts'
import { startFor } from '../page/start.tsx'
import { useChanges, useClock } from '../page/use-changes.ts'
import { Live } from './live.tsx'
import { PlanDialog } from './plan-dialog.tsx'
import { useWorkshopRoom } from './use-room.ts'
import { useWorkshops } from './use-workshops.ts'
import { w } from './words.ts'
import { WorkshopItem } from './workshop-item.tsx'

const Content = ({ who, visavis }: { who: SignedIn; visavis: Visavis }) => {
  const workshops = useWorkshops(visavis)
  const entry = useWorkshopRoom(visavis)
  const [planning, setPlanning] = useState(false)
  const hosts = who.role === 'advisor'
  useChanges((change) => visavis.onState(change), visavis)
  // Doors open by the clock.
  useClock(15_000)
  const { list, loaded, error, mostSeats } = workshops
  useEffect(() => {
    if (loaded) document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: 'center' })
  }, [loaded])
  if (visavis.state === 'closed') return <Closed visavis={visavis} />
  if (entry.joined !== undefined) {
    const { room, workshop } = entry.joined
    return <Live key={workshop.id} {...{ visavis, room, workshop }} onLeave={entry.leave} />
  }
  return (
    <section class="ds-card panel side workshops" data-color="neutral" aria-labelledby="workshops-heading">
      <div class="workshops__head">
        <h1 class="ds-heading" data-size="sm" id="workshops-heading">
          {w('heading')}
        </h1>
        {hosts && loaded ? (
          <button type="button" class="ds-button" data-color="accent" onClick={() => setPlanning(true)}>
            {w('plan')}
          </button>
        ) : null}
      </div>
      <p class="quiet">{hosts ? w('introAdvisor') : w('introJobseeker', { most: mostSeats })}</p>
      <a class="ds-link" href={`${pages}${who.role}`}>
        {w('back')}
      </a>
      {entry.said === undefined ? null : <Notice color="warning">{entry.said}</Notice>}
      {error === undefined ? null : <Notice color="danger">{t(sentenceOf(error))}</Notice>}
      {loaded || error !== undefined ? null : <p class="quiet">{t('loading')}</p>}
      {loaded && list.length === 0 ? <p class="quiet">{w('none')}</p> : null}
      <ul class="appts">
        {list.map((workshop) => (
          <WorkshopItem key={workshop.id} {...{ visavis, workshop, entry, hosts }} />
        ))}
      </ul>
      {planning ? <PlanDialog visavis={visavis} onClose={() => setPlanning(false)} /> : null}
    </section>
  )
}

startFor(['jobseeker', 'advisor'], 'titleWorkshop', (who, visavis) => (
  <>
    <Header who={who} visavis={visavis} />
    <main id="content" class="content content--wide" tabIndex={-1}>
      <Content who={who} visavis={visavis} />
    </main>
    <Announcer />
  </>
))
