/** "Call me back": the form, or how the requests are getting on, and what became of earlier ones. */
import { useState } from 'preact/hooks'
import type { Callback, CallbackRequest, ChannelSummary, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { PhoneIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { useChanges } from '../page/use-changes.ts'
import type { RoomEntry } from '../room/use-room.ts'
import { Attempts } from './attempts.tsx'
import { Earlier } from './earlier.tsx'
import { isOfWindow, requestSentenceOf } from './failures.ts'
import { OpenRequest } from './open-request.tsx'
import { Progress } from './progress.tsx'
import { RequestForm } from './request-form.tsx'
import { useOptions } from './use-options.ts'

/** For how long the end of a request is shown in place of the form, unless the person asks again. */
const newsMs = 24 * 60 * 60_000

const hasEnded = ({ state }: Callback): boolean => state === 'done' || state === 'unreachable' || state === 'cancelled'

export interface RequestCardProps {
  readonly visavis: Visavis
  readonly advisor: ChannelSummary['advisor']
  /** Theirs, or what stands for it while there is none. */
  readonly name: string
  readonly entry: RoomEntry
}

export const RequestCard = ({ visavis, advisor, name, entry }: RequestCardProps) => {
  const { callbacks } = visavis
  useChanges((change) => callbacks.onChange(change), callbacks)
  const { options, renew } = useOptions(visavis)
  const { busy, problem, run, forget } = useAct(requestSentenceOf)
  /** Whether another one is asked for beside those that are open. */
  const [asking, setAsking] = useState(false)
  const [existing, setExisting] = useState<string>()
  const [dismissed, setDismissed] = useState<string>()

  const now = visavis.now()
  const nameOf = (person: string) => (person === advisor?.id ? advisor.name : t('somebody'))
  const open = callbacks.list.filter((callback) => !hasEnded(callback))
  const ended = callbacks.list.filter(hasEnded).toReversed()
  const [latest] = ended
  const isNews =
    latest !== undefined && latest.state !== 'cancelled' && latest.id !== dismissed && now - latest.changedAt < newsMs
  const news = open.length === 0 && isNews ? latest : undefined
  const openTopics = open.map(({ topic }) => topic)
  const mayAskMore = options?.topics.some((topic) => !openTopics.includes(topic)) ?? false

  const ask = async (request: CallbackRequest) => {
    const asked = await run(async () => {
      try {
        const { id, created } = await callbacks.request(request)
        setExisting(created ? undefined : id)
      } catch (error) {
        if (isOfWindow(error)) renew()
        throw error
      }
    })
    if (asked) setAsking(false)
  }
  const form = (
    <RequestForm
      advisor={name}
      options={options}
      openTopics={openTopics}
      lastPhone={callbacks.list.findLast(({ phone }) => phone !== undefined)?.phone ?? ''}
      now={now}
      busy={busy}
      problem={problem}
      onRequest={(request) => void ask(request)}
      onCancel={
        open.length === 0
          ? undefined
          : () => {
              forget()
              setAsking(false)
            }
      }
    />
  )
  return (
    <section class="ds-card panel side" data-color="neutral" aria-labelledby="callback-heading">
      <div class="side__head">
        <PhoneIcon />
        <h2 class="ds-heading" data-size="2xs" id="callback-heading">
          {t('callbackHeading')}
        </h2>
      </div>
      {callbacks.error === undefined || callbacks.loaded ? null : (
        <Notice color="danger">{t(sentenceOf(callbacks.error))}</Notice>
      )}
      {open.some(({ id }) => id === existing) ? <Notice>{t('callbackExisting')}</Notice> : null}
      {open.map((callback) => (
        <OpenRequest key={callback.id} visavis={visavis} callback={callback} nameOf={nameOf} entry={entry} />
      ))}
      {news === undefined ? null : (
        <>
          <Progress callback={news} name={nameOf(news.advisor)} now={now} />
          <Attempts attempts={news.attempts} nameOf={nameOf} now={now} />
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            data-color="accent"
            data-fullwidth
            onClick={() => {
              setDismissed(news.id)
              renew()
            }}
          >
            {t('callbackAgain')}
          </button>
        </>
      )}
      {open.length === 0 && news === undefined ? (
        <>
          <p class="quiet">{t('callbackIntro')}</p>
          {form}
        </>
      ) : null}
      {open.length > 0 && asking ? form : null}
      {open.length > 0 && !asking && mayAskMore ? (
        <button
          type="button"
          class="text-button request__another"
          onClick={() => {
            setAsking(true)
            renew()
          }}
        >
          {t('callbackAnother')}
        </button>
      ) : null}
      <Earlier callbacks={ended.filter((callback) => callback !== news)} nameOf={nameOf} now={now} />
    </section>
  )
}
