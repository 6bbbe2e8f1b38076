/** The jobseekers an advisor follows or covers: who has written, what, who waits for an answer, and a search in it all. */
import { useState } from 'preact/hooks'
import type { ChannelSummary, SearchHit, Visavis } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { SearchIcon } from '../page/icons.tsx'
import { lazily } from '../page/lazily.tsx'
import type { Activity } from '../room/use-activity.ts'
import { byLongestWait, byNewest } from './order.ts'
import { PortfolioPerson } from './portfolio-person.tsx'

const SearchPanel = lazily(async () => (await import('../search/panel.tsx')).SearchPanel)

export interface PortfolioProps {
  readonly visavis: Visavis
  readonly channels: readonly ChannelSummary[]
  readonly self: string
  readonly selected: string | undefined
  readonly activity: Activity
  readonly onSelect: (channel: string) => void
  readonly onHit: (hit: SearchHit) => void
}

type Order = 'newest' | 'wait'

const OrderChoice = ({ order, onChoose }: { order: Order; onChoose: (order: Order) => void }) => (
  <fieldset class="switch">
    <legend class="ds-sr-only">{t('order')}</legend>
    {(['newest', 'wait'] as const).map((value) => (
      <button
        key={value}
        type="button"
        class="switch__choice"
        aria-pressed={order === value}
        onClick={() => onChoose(value)}
      >
        {t(value === 'newest' ? 'orderNewest' : 'orderWait')}
      </button>
    ))}
  </fieldset>
)

export const Portfolio = (props: PortfolioProps) => {
  const { visavis, channels, self, selected, activity, onSelect, onHit } = props
  const [order, setOrder] = useState<Order>('newest')
  const [searching, search] = useState(false)
  return (
    <nav class="ds-card panel portfolio" data-color="neutral" aria-labelledby="portfolio-heading">
      <div class="portfolio__head">
        <h2 class="ds-heading" data-size="2xs" id="portfolio-heading">
          {t('portfolio')}
        </h2>
        <button
          type="button"
          class="ds-button tool"
          data-variant="tertiary"
          data-color="neutral"
          data-icon
          title={t('searchEverywhere')}
          aria-expanded={searching}
          onClick={() => search(!searching)}
        >
          <SearchIcon />
          <span class="ds-sr-only">{t('searchEverywhere')}</span>
        </button>
      </div>
      {searching ? (
        <div class="portfolio__search">
          <SearchPanel visavis={visavis} everywhere onHit={onHit} />
        </div>
      ) : (
        <>
          {channels.length === 0 ? (
            <p class="empty quiet">{t('portfolioEmpty')}</p>
          ) : (
            <OrderChoice order={order} onChoose={setOrder} />
          )}
          <ul class="portfolio__list">
            {(order === 'newest' ? byNewest : byLongestWait)(channels).map((summary) => (
              <PortfolioPerson
                key={summary.channel}
                visavis={visavis}
                summary={summary}
                self={self}
                current={summary.channel === selected}
                inRoom={activity.has(summary.channel)}
                onSelect={onSelect}
              />
            ))}
          </ul>
        </>
      )}
    </nav>
  )
}
