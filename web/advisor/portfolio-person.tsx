/** One jobseeker in the portfolio. */
import { answerBy, type ChannelSummary, type Visavis } from '../../client/index.ts'
import { glimpse } from '../chat/glimpse.ts'
import { t } from '../language/language.ts'
import { brief, wait } from '../language/times.ts'
import { Words } from '../language/words.tsx'
import { Avatar } from '../page/avatar.tsx'
import { CameraIcon, ClockIcon } from '../page/icons.tsx'
import { PresenceSign } from '../page/presence-sign.tsx'
import { useClock } from '../page/use-changes.ts'

export interface PortfolioPersonProps {
  readonly visavis: Visavis
  readonly summary: ChannelSummary
  readonly self: string
  readonly current: boolean
  /** Somebody is in their webcam room. */
  readonly inRoom: boolean
  readonly onSelect: (channel: string) => void
}

/** Of their place in the list. */
export const personId = (channel: string): string => `person-${channel}`

const Waiting = ({ summary, now }: { summary: ChannelSummary; now: number }) => {
  const by = answerBy(summary)
  if (by === undefined || summary.waitingSince === undefined) return null
  const late = by < now
  return (
    <span class="waiting" data-late={late}>
      <ClockIcon />
      {t(late ? 'waitsTooLong' : 'waitsFor', { time: wait(now - summary.waitingSince) })}
    </span>
  )
}

export const PortfolioPerson = ({ visavis, summary, self, current, inRoom, onSelect }: PortfolioPersonProps) => {
  const { channel, jobseeker, advisor, last, unread } = summary
  useClock(30_000, summary.waitingSince !== undefined)
  const now = visavis.now()
  return (
    <li>
      <button
        type="button"
        id={personId(channel)}
        class="portfolio__person"
        aria-current={current ? 'true' : undefined}
        data-unread={unread > 0}
        onClick={() => onSelect(channel)}
      >
        <Avatar name={jobseeker.name} tone="warm" />
        <span class="portfolio__text">
          <bdi class="portfolio__name">{jobseeker.name}</bdi>
          <span class="portfolio__last" dir="auto">
            {last === undefined ? t('noMessagesYet') : glimpse(last)}
          </span>
          <Waiting summary={summary} now={now} />
          {advisor === undefined || advisor.id === self ? null : (
            <span class="portfolio__cover">
              <Words of="coveredFor" values={{ name: advisor.name }} />
            </span>
          )}
        </span>
        <span class="portfolio__signs">
          <PresenceSign visavis={visavis} person={jobseeker.id} short />
          {last === undefined ? null : <time dateTime={new Date(last.at).toISOString()}>{brief(last.at, now)}</time>}
          {inRoom ? (
            <span class="portfolio__room">
              <CameraIcon />
              <span class="ds-sr-only">{t('inRoom')}</span>
            </span>
          ) : null}
          {unread > 0 ? (
            <span class="count">
              <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
              <span class="ds-sr-only">{t('unreadCount', { count: unread })}</span>
            </span>
          ) : null}
        </span>
      </button>
    </li>
  )
}
