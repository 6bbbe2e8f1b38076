/** Where each advisor stands, who can call first. */
import type { AdvisorFigures, Board } from '../../client/index.ts'
import { Cell, InTimeCell, WaitCell } from './cells.tsx'
import { deskWords } from './desk-words.ts'
import { duration } from './duration.ts'
import { byDesk, waitedBy } from './figures.ts'
import { s } from './words.ts'

export const AdvisorTable = ({ board, now }: { board: Board; now: number }) => {
  const { at, advisors, teams, serviceLevelMs } = board
  const openOf = (team = '') => teams.find((one) => one.team === team)?.open ?? board.open
  const row = (figures: AdvisorFigures) => {
    const { advisor, name, team, state, since, holds, waiting, taken, inTime } = figures
    return (
      <tr key={advisor}>
        <th scope="row">
          {name}
          {board.team === undefined && team !== undefined ? <span class="quiet"> {team}</span> : null}
        </th>
        <Cell name={s('desk')}>
          <span class="desk-state" data-state={state}>
            <span class="desk-state__sign" aria-hidden="true" />
            <span>
              {state === 'offline' && since === 0
                ? s(deskWords[state])
                : s('deskSince', { state: s(deskWords[state]), time: duration(now - since) })}
            </span>
          </span>
        </Cell>
        <Cell name={s('holds')}>{holds}</Cell>
        <Cell name={s('theirLine')}>{waiting}</Cell>
        <WaitCell waitedMs={waitedBy(figures, { at, open: openOf(team) }, now)} levelMs={serviceLevelMs} />
        <Cell name={s('taken')}>{taken}</Cell>
        <InTimeCell taken={taken} inTime={inTime} />
      </tr>
    )
  }
  return (
    <section class="ds-card panel side board__advisors" data-color="neutral" aria-labelledby="advisors-heading">
      <h2 class="ds-heading" data-size="2xs" id="advisors-heading">
        {s('advisors')}
      </h2>
      {advisors.length === 0 ? (
        <div class="empty">
          <p class="empty__title">{s('noAdvisors')}</p>
          <p class="quiet">{s('noAdvisorsText')}</p>
        </div>
      ) : (
        <table class="figures" aria-labelledby="advisors-heading">
          <thead>
            <tr>
              {(['advisor', 'desk', 'holds', 'theirLine', 'longest', 'taken', 'inTime'] as const).map((name) => (
                <th key={name} scope="col">
                  {s(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{byDesk(advisors).map(row)}</tbody>
        </table>
      )}
    </section>
  )
}
