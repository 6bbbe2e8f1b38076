/** The jobseekers an advisor follows: who has written, what, and who is in their webcam room. */
import type { ChannelSummary, Visavis } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { brief } from '../language/times.ts'
import { Avatar } from '../page/avatar.tsx'
import { CameraIcon } from '../page/icons.tsx'
import { PresenceSign } from '../page/presence-sign.tsx'
import type { Activity } from '../room/use-activity.ts'

export interface PortfolioProps {
  readonly visavis: Visavis
  readonly channels: readonly ChannelSummary[]
  readonly selected: string | undefined
  readonly activity: Activity
  readonly now: number
  readonly onSelect: (channel: string) => void
}

/** Unread first, then the newest message, then by name. */
const inOrder = (channels: readonly ChannelSummary[]): ChannelSummary[] =>
  [...channels].sort(
    (a, b) =>
      Number(b.unread > 0) - Number(a.unread > 0) ||
      (b.last?.at ?? 0) - (a.last?.at ?? 0) ||
      a.jobseeker.name.localeCompare(b.jobseeker.name),
  )

export const Portfolio = ({ visavis, channels, selected, activity, now, onSelect }: PortfolioProps) => (
  <nav class="ds-card panel portfolio" data-color="neutral" aria-labelledby="portfolio-heading">
    <h2 class="ds-heading portfolio__heading" data-size="2xs" id="portfolio-heading">
      {t('portfolio')}
    </h2>
    {channels.length === 0 ? <p class="empty quiet">{t('portfolioEmpty')}</p> : null}
    <ul class="portfolio__list">
      {inOrder(channels).map(({ channel, jobseeker, last, unread }) => (
        <li key={channel}>
          <button
            type="button"
            class="portfolio__person"
            aria-current={channel === selected ? 'true' : undefined}
            data-unread={unread > 0}
            onClick={() => onSelect(channel)}
          >
            <Avatar name={jobseeker.name} tone="warm" />
            <span class="portfolio__text">
              <span class="portfolio__name">{jobseeker.name}</span>
              <span class="portfolio__last" dir="auto">
                {last?.text ?? t('noMessagesYet')}
              </span>
            </span>
            <span class="portfolio__signs">
              <PresenceSign visavis={visavis} person={jobseeker.id} short />
              {last === undefined ? null : (
                <time dateTime={new Date(last.at).toISOString()}>{brief(last.at, now)}</time>
              )}
              {activity.has(channel) ? (
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
      ))}
    </ul>
  </nav>
)
