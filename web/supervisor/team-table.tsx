/** The teams of a region, side by side. A team that is chosen shows who waits in it. */
import type { Board, TeamFigures } from '../../client/index.ts'
import { Cell, InTimeCell, WaitCell } from './cells.tsx'
import { waitedBy } from './figures.ts'
import { s } from './words.ts'

export interface TeamTableProps {
  readonly board: Board
  readonly now: number
  readonly shown: string | undefined
  readonly onShow: (team: string) => void
}

export const TeamTable = ({ board, now, shown, onShow }: TeamTableProps) => {
  const { at, serviceLevelMs, teams } = board
  const row = (figures: TeamFigures) => {
    const { team, open, paused, waiting, taken, inTime, declinedByAll } = figures
    const name = team === '' ? s('withoutTeam') : team
    return (
      <tr key={team} data-shown={team === shown}>
        <th scope="row">
          <button
            type="button"
            class="text-button"
            aria-pressed={team === shown}
            title={s('showLine', { team: name })}
            onClick={() => onShow(team)}
          >
            {name}
          </button>
          {paused === undefined ? null : (
            <span class="tag" data-tone="warning">
              {s('paused')}
            </span>
          )}
          {open ? null : <span class="tag">{s('closed')}</span>}
        </th>
        <Cell name={s('waiting')}>
          {waiting}
          {declinedByAll === undefined ? null : (
            <span class="tag" data-tone="danger">
              {s('declinedByAllCount', { count: declinedByAll })}
            </span>
          )}
        </Cell>
        <WaitCell waitedMs={waitedBy(figures, { at, open }, now)} levelMs={serviceLevelMs} />
        <Cell name={s('taken')}>{taken}</Cell>
        <InTimeCell taken={taken} inTime={inTime} />
      </tr>
    )
  }
  return (
    <section class="ds-card panel side board__teams" data-color="neutral" aria-labelledby="teams-heading">
      <h2 class="ds-heading" data-size="2xs" id="teams-heading">
        {s('teams')}
      </h2>
      <table class="figures" aria-labelledby="teams-heading">
        <thead>
          <tr>
            {(['team', 'waiting', 'longest', 'taken', 'inTime'] as const).map((name) => (
              <th key={name} scope="col">
                {s(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{teams.map(row)}</tbody>
      </table>
    </section>
  )
}
