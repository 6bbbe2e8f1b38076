/** The heads that this device keeps, compared with the record; and the record as files. */
import { useEffect, useState } from 'preact/hooks'
import type { HeadsChecked, Visavis, WholeRecord } from '../../client/index.ts'
import { language } from '../language/language.ts'
import { useAct } from '../page/use-act.ts'
import { a } from './words.ts'

export const TakeAway = ({ visavis, whole }: { visavis: Visavis; whole: WholeRecord }) => {
  const { appointment } = whole.record
  const act = useAct()
  const heads = visavis.attendance.heads(appointment)
  const fetchFile = (as: 'json' | 'pdf') => () =>
    void act.run(async () =>
      save(await visavis.attendance.file(appointment, as, language.value), `visavis-${appointment}.${as}`),
    )
  const saveHeads = () => {
    const text = JSON.stringify(
      heads.map((head) => ({ appointment, ...head })),
      undefined,
      2,
    )
    save(new Blob([text], { type: 'application/json' }), `visavis-${appointment}-heads.json`)
  }
  return (
    <section class="record__away" aria-labelledby="record-heads">
      <h3 class="ds-heading" data-size="2xs" id="record-heads">
        {a('heads')}
      </h3>
      <Kept visavis={visavis} whole={whole} count={heads.length} />
      <p class="quiet">{a('headsText')}</p>
      <h3 class="ds-heading" data-size="2xs">
        {a('takeAway')}
      </h3>
      {act.problem === undefined ? null : (
        <p class="problem" role="alert">
          {act.problem}
        </p>
      )}
      <div class="record__files">
        <Download label={a('pdf')} disabled={act.busy} onClick={fetchFile('pdf')} />
        <Download label={a('json')} disabled={act.busy} onClick={fetchFile('json')} />
        {heads.length === 0 ? null : <Download label={a('headsFile')} disabled={false} onClick={saveHeads} />}
      </div>
    </section>
  )
}

const Download = ({ label, disabled, onClick }: { label: string; disabled: boolean; onClick: () => void }) => (
  <button
    type="button"
    class="ds-button"
    data-variant="secondary"
    data-color="neutral"
    disabled={disabled}
    onClick={onClick}
  >
    {label}
  </button>
)

const Kept = ({ visavis, whole, count }: { visavis: Visavis; whole: WholeRecord; count: number }) => {
  const [checked, setChecked] = useState<HeadsChecked | 'cannot'>()
  useEffect(() => {
    let current = true
    visavis.attendance.check(whole).then(
      (found) => current && setChecked(found),
      () => current && setChecked('cannot'),
    )
    return () => {
      current = false
    }
  }, [visavis, whole, count])
  if (count === 0) return <p class="quiet">{a('headsNone')}</p>
  if (checked === undefined) return null
  if (checked === 'cannot') return <p class="quiet">{a('headsUnchecked', { count })}</p>
  const { contradicted, matching } = checked
  if (contradicted.length === 0) return <p class="record__good">{a('headsGood', { count: matching })}</p>
  return (
    <p class="problem" role="alert">
      {a('headsBad', { count: contradicted.length })}
    </p>
  )
}

/** The browser's own way to save a file. */
function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has begun by then; a browser that is slower keeps what it has opened.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
