/** The verdict with its reasons; contested by the jobseeker in one click, confirmed by the agency. */
import { useId, useState } from 'preact/hooks'
import { proposedOf, type Verdict, type Visavis, VisavisError, type WholeRecord } from '../../client/index.ts'
import { sentenceOf as failureOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { type Names, nameOf } from './sentences.ts'
import { a } from './words.ts'

export interface VerdictCardProps {
  readonly visavis: Visavis
  readonly whole: WholeRecord
  readonly names: Names
  readonly onChange: () => void
}

const verdicts: readonly Verdict[] = [
  ...(['attended', 'excused', 'technical-service', 'technical-user', 'undetermined', 'absent'] as const),
]

export const VerdictCard = ({ visavis, whole, names, onChange }: VerdictCardProps) => {
  const { state, verdict, because = [] } = whole.record
  const proposed = proposedOf(whole.entries) ?? verdict ?? 'undetermined'
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  const role = visavis.session?.identity.role
  const act = async (work: () => Promise<unknown>, done: string) => {
    setBusy(true)
    setProblem(undefined)
    try {
      await work()
      announce(done)
    } catch (error) {
      const isNewer = error instanceof VisavisError && error.code === 'CONFLICT'
      setProblem(isNewer ? a('newer') : t(failureOf(error)))
    } finally {
      setBusy(false)
      onChange()
    }
  }
  return (
    <section class="verdict" data-state={state} data-verdict={verdict} aria-labelledby="record-verdict">
      <h3 class="ds-heading" data-size="2xs" id="record-verdict">
        {a('verdictHeading')}
      </h3>
      {verdict === undefined ? null : <p class="verdict__word">{a(`verdict.${verdict}`)}</p>}
      <p class="quiet">{a(`state.${state}`)}</p>
      {because.length === 0 || verdict === undefined ? null : (
        <>
          <p class="strong">
            {proposed === verdict ? a('because') : a('becauseProposed', { verdict: a(`verdict.${proposed}`) })}
          </p>
          <ul class="verdict__because">
            {because.map((reason) => (
              <li key={reason}>{a(`reason.${reason}`, { jobseeker: nameOf(names, 'jobseeker') })}</li>
            ))}
          </ul>
        </>
      )}
      {problem === undefined ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {role === 'jobseeker' && (state === 'proposed' || state === 'confirmed') ? (
        <Contest
          busy={busy}
          onContest={(reason) =>
            void act(() => visavis.attendance.contest(whole.record.appointment, reason), a('contested'))
          }
        />
      ) : null}
      {role !== 'jobseeker' && verdict !== undefined ? (
        <Confirming
          key={`${state} ${verdict}`}
          whole={whole}
          proposed={verdict}
          busy={busy}
          onConfirm={(chosen, note) =>
            void act(
              () =>
                visavis.attendance.confirm({
                  appointment: whole.record.appointment,
                  verdict: chosen,
                  seen: whole.entries.length,
                  ...(note === '' ? {} : { note }),
                }),
              a('confirmed'),
            )
          }
        />
      ) : null}
    </section>
  )
}

const Contest = ({ busy, onContest }: { busy: boolean; onContest: (reason: string | undefined) => void }) => {
  const id = useId()
  const [reason, setReason] = useState('')
  return (
    <div class="verdict__act">
      <button
        type="button"
        class="ds-button"
        data-color="accent"
        disabled={busy}
        onClick={() => onContest(reason.trim() === '' ? undefined : reason.trim())}
      >
        {a('contest')}
      </button>
      <p class="quiet">{a('contestHint')}</p>
      <details>
        <summary>{a('contestReason')}</summary>
        <Writing id={id} label={a('contestReason')} value={reason} onInput={setReason} />
      </details>
    </div>
  )
}

interface WritingProps {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly onInput: (text: string) => void
}

const Writing = ({ id, label, value, onInput }: WritingProps) => (
  <div class="ds-field">
    <label class="ds-label" for={id}>
      {label}
    </label>
    <textarea
      class="ds-input"
      id={id}
      dir="auto"
      rows={2}
      maxLength={1_000}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  </div>
)

interface ConfirmingProps {
  readonly whole: WholeRecord
  readonly proposed: Verdict
  readonly busy: boolean
  readonly onConfirm: (verdict: Verdict, note: string) => void
}

const Confirming = ({ whole, proposed, busy, onConfirm }: ConfirmingProps) => {
  const id = useId()
  const excluded = whole.record.cannotBeAbsent === true
  const [chosen, setChosen] = useState<Verdict>(proposed)
  const [note, setNote] = useState('')
  return (
    <div class="verdict__act">
      {whole.record.state === 'confirmed' ? null : (
        <button
          type="button"
          class="ds-button"
          data-color="accent"
          disabled={busy || (excluded && proposed === 'absent')}
          onClick={() => onConfirm(proposed, '')}
        >
          {a('confirm', { verdict: a(`verdict.${proposed}`) })}
        </button>
      )}
      {excluded ? <p class="quiet">{a('noAbsence')}</p> : null}
      <details>
        <summary>{a(whole.record.state === 'confirmed' ? 'confirmAgain' : 'confirmOther')}</summary>
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault()
            onConfirm(chosen, note.trim())
          }}
        >
          <div class="ds-field">
            <label class="ds-label" for={`${id}-verdict`}>
              {a('confirmWhich')}
            </label>
            <select
              class="ds-input"
              id={`${id}-verdict`}
              value={chosen}
              onChange={(event) => setChosen(event.currentTarget.value as Verdict)}
            >
              {verdicts.map((verdict) => (
                <option key={verdict} value={verdict} disabled={excluded && verdict === 'absent'}>
                  {a(`verdict.${verdict}`)}
                </option>
              ))}
            </select>
          </div>
          <Writing id={`${id}-note`} label={a('confirmNote')} value={note} onInput={setNote} />
          <button type="submit" class="ds-button" data-variant="secondary" data-color="accent" disabled={busy}>
            {a('confirmDo')}
          </button>
        </form>
      </details>
    </div>
  )
}
