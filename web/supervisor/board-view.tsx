/** The live board: how the team or region stands, who waits longest, and what can be done about it. */
import { useEffect, useState } from 'preact/hooks'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { useChanges, useClock } from '../page/use-changes.ts'
import { AdvisorTable } from './advisor-table.tsx'
import { firstTeam } from './figures.ts'
import { Line } from './line.tsx'
import { OpeningHours } from './opening-hours.tsx'
import { PauseControl } from './pause-control.tsx'
import type { Supervised } from './supervised.ts'
import { TeamTable } from './team-table.tsx'
import { Tiles } from './tiles.tsx'
import { s } from './words.ts'

/** What changes by the clock alone (hours, wrap-ups) is told by no event. */
const askEveryMs = 60_000
const tickMs = 15_000

export const BoardView = (props: Supervised) => {
  const { visavis } = props
  const { callbackBoard } = visavis
  const [chosen, choose] = useState<string>()
  useChanges((change) => callbackBoard.onChange(change), callbackBoard)
  useClock(tickMs)
  useEffect(() => {
    const timer = setInterval(() => callbackBoard.refresh(), askEveryMs)
    return () => clearInterval(timer)
  }, [callbackBoard])
  const { board, error } = callbackBoard
  if (board === undefined) {
    return (
      <>
        <h1 class="ds-heading" data-size="sm">
          {s('headingCallbacks')}
        </h1>
        {error === undefined ? (
          <p class="empty">{s('loading')}</p>
        ) : (
          <Notice color="danger">
            <p>{t(sentenceOf(error))}</p>
            <p class="notice__actions">
              <button type="button" class="text-button" onClick={() => callbackBoard.refresh()}>
                {s('again')}
              </button>
            </p>
          </Notice>
        )}
      </>
    )
  }
  const now = visavis.now()
  const whole = board.team === undefined
  const shown = board.teams.find(({ team }) => team === chosen)?.team ?? firstTeam(board)
  const wholeName = board.team === undefined ? s('ofRegion') : s('ofTeam', { team: board.team })
  return (
    <div class="board" data-whole={whole}>
      <div class="board__head">
        <div class="board__title">
          <h1 class="ds-heading" data-size="sm">
            {s('headingCallbacks')}
          </h1>
          <p class="quiet">{wholeName}</p>
        </div>
        <OpeningHours opening={board} now={now} />
        <PauseControl visavis={visavis} team={undefined} message={board.paused} mayAct={whole} />
        {board.team === undefined ? null : (
          <PauseControl visavis={visavis} team={board.team} message={board.teams[0]?.paused} mayAct />
        )}
      </div>
      <Tiles board={board} now={now} />
      {whole ? <TeamTable board={board} now={now} shown={shown} onShow={choose} /> : null}
      {shown === undefined ? null : <Line key={shown} {...props} board={board} team={shown} ofMany={whole} />}
      <AdvisorTable board={board} now={now} />
    </div>
  )
}
