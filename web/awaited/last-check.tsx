/** How the last device check of a jobseeker ended, in words for whoever follows them. */
import type { CheckReport } from '../../client/index.ts'
import { moment } from '../language/times.ts'
import { w } from './words.ts'

export interface LastCheckProps {
  readonly report: Pick<CheckReport, 'at' | 'outcome' | 'advice'> | undefined
  readonly now: number
}

export const LastCheck = ({ report, now }: LastCheckProps) => {
  if (report === undefined) return <p class="quiet">{w('checkNone')}</p>
  const { at, outcome, advice } = report
  return (
    <div class="last-check" data-outcome={outcome}>
      <p>
        {w('checkLast', { time: moment(at, now) })} {w(outcome)}
      </p>
      {advice.length === 0 ? null : (
        <ul class="last-check__advice">
          {advice.map((code) => (
            <li key={code}>{w(code)}</li>
          ))}
        </ul>
      )}
    </div>
  )
}
