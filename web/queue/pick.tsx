/** Takes a callback from the list: of several advisors who do, one has it. */
import { type Callback, type Visavis, VisavisError } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'

const pickSentenceOf = (error: unknown) =>
  error instanceof VisavisError && (error.code === 'CONFLICT' || error.code === 'NOT_FOUND')
    ? 'queuePickTaken'
    : sentenceOf(error)

export interface PickProps {
  readonly visavis: Visavis
  readonly callback: Callback
  readonly onPicked: (jobseeker: string) => void
}

export const Pick = ({ visavis, callback, onPicked }: PickProps) => {
  const { id, jobseeker, jobseekerName } = callback
  const { busy, problem, run } = useAct(pickSentenceOf)
  const pick = async () => {
    if (await run(() => visavis.callbacks.pick(id))) onPicked(jobseeker)
  }
  return (
    <>
      {problem === undefined ? null : <Notice color="danger">{problem}</Notice>}
      <button
        type="button"
        class="ds-button"
        data-color="accent"
        data-variant="secondary"
        data-fullwidth
        disabled={busy}
        onClick={() => void pick()}
      >
        {t('queuePick', { name: jobseekerName })}
      </button>
    </>
  )
}
