/** The supervisor's page: callbacks live, answers that are due, and how callbacks are answered. */
import { useEffect, useMemo } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'
import { RegionScheme } from '../../client/region-scheme.ts'
import { Supervision } from '../../client/supervision.ts'
import { clock } from '../language/times.ts'
import { Announcer } from '../page/announcer.tsx'
import { Closed } from '../page/closed.tsx'
import { Header } from '../page/header.tsx'
import { lazily } from '../page/lazily.tsx'
import { Loading } from '../page/loading.tsx'
import { Notice } from '../page/notice.tsx'
import { pages } from '../page/place.ts'
import { currentToken } from '../page/signed-in.ts'
import { startFor } from '../page/start.tsx'
import { useChanges } from '../page/use-changes.ts'
import { BoardView } from './board-view.tsx'
import { OverTarget } from './over-target.tsx'
import { useLoaded } from './use-loaded.ts'
import { useView, type View, views } from './use-view.ts'
import { s } from './words.ts'

const AnswersView = lazily(async () => (await import('./answers-view.tsx')).AnswersView)
const AppointmentsView = lazily(async () => (await import('./appointments-view.tsx')).AppointmentsView)
const ReportView = lazily(async () => (await import('./report-view.tsx')).ReportView)
const SettingsView = lazily(async () => (await import('./settings-view.tsx')).SettingsView)

const names = {
  callbacks: 'viewCallbacks',
  answers: 'viewAnswers',
  appointments: 'viewAppointments',
  report: 'viewReport',
  settings: 'viewSettings',
} as const

const Views = ({ visavis: { answers }, view, over }: { visavis: Visavis; view: View; over: number }) => {
  useChanges((change) => answers.onChange(change), answers)
  useEffect(() => answers.refresh(), [answers])
  const due = answers.due.length
  return (
    <nav class="views" aria-label={s('views')}>
      {views.map((one) => (
        <a key={one} class="views__view" href={`#${one}`} aria-current={one === view ? 'page' : undefined}>
          {s(names[one])}
          {one === 'answers' && due > 0 ? (
            <>
              {' '}
              <span class="count" aria-hidden="true">
                {due}
              </span>
              <span class="ds-sr-only">{s('answersDue', { count: due })}</span>
            </>
          ) : null}
          {one === 'report' && over > 0 ? (
            <>
              {' '}
              <span class="count" aria-hidden="true">
                {over}
              </span>
              <span class="ds-sr-only">{s('portfoliosOverCount', { count: over })}</span>
            </>
          ) : null}
        </a>
      ))}
    </nav>
  )
}

const Content = ({ visavis }: { visavis: Visavis }) => {
  const view = useView()
  useChanges((change) => visavis.onState(change), visavis)
  const region = visavis.session?.identity.region
  if (visavis.state === 'closed') return <Closed visavis={visavis} />
  if (region === undefined) return <Loading visavis={visavis} />
  return <Supervised key={region} visavis={visavis} view={view} region={region} />
}

const Interrupted = ({ visavis }: { visavis: Visavis }) => {
  useChanges((change) => visavis.onState(change), visavis)
  const { board } = visavis.callbackBoard
  if (visavis.state !== 'recovering' || board === undefined) return null
  return <Notice color="warning">{s('interrupted', { time: clock(board.at) })}</Notice>
}

const Supervised = ({ visavis, view, region }: { visavis: Visavis; view: View; region: string }) => {
  const supervision = useMemo(() => new Supervision({ url: pages, token: currentToken }, region), [region])
  const scheme = useMemo(() => new RegionScheme({ url: pages, token: currentToken }, region), [region])
  const advisors = useLoaded(() => supervision.advisors(), supervision)
  const overview = useLoaded(() => scheme.overview(), scheme)
  const shared = { visavis, supervision, scheme, advisors, overview }
  return (
    <>
      <Views visavis={visavis} view={view} over={overview.value?.overTarget.length ?? 0} />
      <Interrupted visavis={visavis} />
      <OverTarget visavis={visavis} overview={overview} />
      {view === 'callbacks' ? <BoardView {...shared} /> : null}
      {view === 'answers' ? <AnswersView {...shared} /> : null}
      {view === 'appointments' ? <AppointmentsView {...shared} /> : null}
      {view === 'report' ? <ReportView {...shared} /> : null}
      {view === 'settings' ? <SettingsView {...shared} /> : null}
    </>
  )
}

startFor('supervisor', 'titleSupervisor', (who, visavis) => (
  <>
    <Header who={who} visavis={visavis} />
    <main id="content" class="content content--wide supervision" tabIndex={-1}>
      <Content visavis={visavis} />
    </main>
    <Announcer />
  </>
))
