/** Who waits longest in a team, with what can be done for each. */
import { useState } from 'preact/hooks'
import type { Board, Callback } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { ClockIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { LineItem } from './line-item.tsx'
import { PauseControl } from './pause-control.tsx'
import { RaiseDialog } from './raise-dialog.tsx'
import { ReassignDialog } from './reassign-dialog.tsx'
import type { Supervised } from './supervised.ts'
import { nameIn } from './supervised.ts'
import { useWaiting } from './use-waiting.ts'
import { s } from './words.ts'

export interface LineProps extends Supervised {
  readonly board: Board
  /** '' for advisors without one. */
  readonly team: string
  /** Whether the team can be paused here: where there are several. */
  readonly ofMany: boolean
}

type Asking = { readonly what: 'raise' | 'reassign'; readonly callback: Callback }

export const Line = ({ visavis, advisors, board, team, ofMany }: LineProps) => {
  const { callbacks, error, again } = useWaiting(visavis, team)
  const [asking, ask] = useState<Asking>()
  const figures = board.teams.find((one) => one.team === team)
  const done = () => {
    ask(undefined)
    again()
    visavis.callbackBoard.refresh()
  }
  const name = team === '' ? s('withoutTeam') : team
  return (
    <section class="ds-card panel side board__line" data-color="neutral" aria-labelledby="line-heading">
      <div class="side__head">
        <ClockIcon />
        <h2 class="ds-heading" data-size="2xs" id="line-heading">
          {ofMany ? s('lineOf', { team: name }) : s('line')}
        </h2>
        {figures === undefined || figures.waiting === 0 ? null : (
          <span class="count count--quiet">{figures.waiting}</span>
        )}
      </div>
      {ofMany && team !== '' ? (
        <PauseControl key={team} visavis={visavis} team={team} message={figures?.paused} mayAct />
      ) : null}
      {error === undefined ? null : (
        <Notice color="danger">
          <p>{t(sentenceOf(error))}</p>
          <p class="notice__actions">
            <button type="button" class="text-button" onClick={again}>
              {s('again')}
            </button>
          </p>
        </Notice>
      )}
      {callbacks === undefined && error === undefined ? <p class="quiet">{s('loading')}</p> : null}
      {callbacks?.length === 0 ? (
        <div class="empty">
          <p class="empty__title">{s('lineEmpty')}</p>
          <p class="quiet">{s('lineEmptyText')}</p>
        </div>
      ) : null}
      {callbacks !== undefined && (figures?.waiting ?? 0) > callbacks.length && callbacks.length > 0 ? (
        <p class="quiet">{s('lineMost', { count: callbacks.length })}</p>
      ) : null}
      <ul class="queue__list">
        {callbacks?.map((callback) => (
          <LineItem
            key={callback.id}
            callback={callback}
            advisor={nameIn(advisors, callback.advisor)}
            now={visavis.now()}
            onRaise={() => ask({ what: 'raise', callback })}
            onReassign={() => ask({ what: 'reassign', callback })}
          />
        ))}
      </ul>
      {asking?.what === 'raise' ? (
        <RaiseDialog visavis={visavis} callback={asking.callback} onDone={done} onClose={() => ask(undefined)} />
      ) : null}
      {asking?.what === 'reassign' ? (
        <ReassignDialog
          visavis={visavis}
          advisors={advisors}
          desks={board.advisors}
          callback={asking.callback}
          onDone={done}
          onClose={() => ask(undefined)}
        />
      ) : null}
    </section>
  )
}
