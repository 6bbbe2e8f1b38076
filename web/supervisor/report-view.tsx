/** The pilot report of the region, week by week, and its portfolios beyond the target. */
import { useState } from 'preact/hooks'
import type { ReportPeriod } from '../../client/supervision.ts'
import { sentenceOf } from '../language/failures.ts'
import { locale, number, t } from '../language/language.ts'
import { moment } from '../language/times.ts'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import type { Supervised } from './supervised.ts'
import { useLoaded } from './use-loaded.ts'
import { type SupervisorKey, s } from './words.ts'

const weekCounts = [4, 13, 26, 52] as const

const nameOf = (measure: string): string => s(`m.${measure}` as SupervisorKey)
/** `2026-W48` or `2026-Q4`, as people say it. */
function periodOf(period: string): string {
  const [year = '', rest = ''] = period.split('-')
  const n = Number(rest.slice(1))
  return rest.startsWith('W') ? s('reportWeek', { n }) : s(`reportQuarter${n}` as SupervisorKey, { year })
}
function dayOf(date: string): string {
  const at = new Date(date)
  const year = at.getUTCFullYear() === new Date().getFullYear() ? {} : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short', ...year, timeZone: 'UTC' }).format(at)
}

const CountCell = ({ count }: { count: number | null }) => (
  <td>{count === null ? <span class="quiet">{s('reportHidden')}</span> : number(count)}</td>
)

const Table = ({ periods, label }: { periods: readonly ReportPeriod[]; label: string }) => {
  const measures = Object.keys(periods[0]?.counts ?? {})
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and whoever uses the keyboard scrolls it too
    <section class="report__scroll" aria-label={label} tabIndex={0}>
      <table class="report">
        <thead>
          <tr>
            <th scope="col">{s('reportMeasure')}</th>
            {periods.map(({ period, from }) => (
              <th key={period} scope="col">
                {periodOf(period)} <span class="quiet">{s('reportFrom', { day: dayOf(from) })}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {measures.map((measure) => (
            <tr key={measure} data-part={measure.includes('.')}>
              <th scope="row">{nameOf(measure)}</th>
              {periods.map(({ period, counts }) => (
                <CountCell key={period} count={counts[measure] ?? null} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const Portfolios = ({ overview: { value }, visavis }: Supervised) => {
  if (value === undefined) return null
  const { settings, capacity, followed, overTarget } = value
  const { status, target, ceiling } = settings
  return (
    <section class="ds-card panel side" data-color="neutral" aria-labelledby="portfolios-heading">
      <h2 class="ds-heading" data-size="2xs" id="portfolios-heading">
        {s('portfoliosHeading')}
      </h2>
      <p>
        {s(`status${status}`)} {s('portfoliosFollowed', { count: followed })}
        {capacity === undefined
          ? null
          : ` ${s('portfoliosCapacity', { count: capacity.capacity, time: moment(capacity.expiresAt, visavis.now()) })}`}
      </p>
      {overTarget.length === 0 ? (
        <p class="quiet">{s('portfoliosNone', { target })}</p>
      ) : (
        <Notice color="warning">
          <ul class="portfolios-over">
            {overTarget.map(({ advisor, name, size }) => (
              <li key={advisor}>{s('portfoliosOver', { name, size, target, ceiling })}</li>
            ))}
          </ul>
        </Notice>
      )}
    </section>
  )
}

export const ReportView = (props: Supervised) => {
  const { supervision, visavis } = props
  const [weeks, setWeeks] = useState<number>(13)
  const loaded = useLoaded(() => supervision.report(weeks), `${weeks}`)
  const act = useAct()
  const save = async () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(await supervision.reportFile(weeks))
    link.download = `${s('reportFile')}-${visavis.session?.identity.region ?? ''}.csv`
    link.click()
    URL.revokeObjectURL(link.href)
  }
  const { error, value } = loaded
  return (
    <>
      <Portfolios {...props} />
      <section class="ds-card panel side" data-color="neutral" aria-labelledby="report-heading">
        <h1 class="ds-heading" data-size="sm" id="report-heading">
          {s('headingReport')}
        </h1>
        <p class="quiet">{s('reportIntro')}</p>
        <div class="report__tools">
          <div class="ds-field">
            <label class="ds-label" for="report-weeks">
              {s('reportWeeks')}
            </label>
            <select
              class="ds-input"
              id="report-weeks"
              value={weeks}
              onChange={({ currentTarget }) => setWeeks(Number(currentTarget.value))}
            >
              {weekCounts.map((count) => (
                <option key={count} value={count}>
                  {count}
                </option>
              ))}
            </select>
          </div>
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            disabled={act.busy}
            onClick={() => void act.run(save)}
          >
            {s('reportCsv')}
          </button>
        </div>
        {act.problem === undefined ? null : <Notice color="danger">{act.problem}</Notice>}
        {error === undefined ? null : <Notice color="danger">{t(sentenceOf(error))}</Notice>}
        {value === undefined ? (
          <p class="quiet">{s('loading')}</p>
        ) : (
          <>
            <Table periods={value.weeks.toReversed()} label={s('reportWeeks')} />
            <h2 class="ds-heading" data-size="2xs">
              {s('reportQuarters')}
            </h2>
            {value.quarters.length === 0 ? (
              <p class="quiet">{s('reportNone')}</p>
            ) : (
              <Table periods={value.quarters.toReversed()} label={s('reportQuarters')} />
            )}
          </>
        )}
      </section>
    </>
  )
}
