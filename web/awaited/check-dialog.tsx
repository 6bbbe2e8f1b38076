/** The last device check of one jobseeker of the portfolio. */
import { useEffect, useState } from 'preact/hooks'
import type { CheckReport, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Dialog } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'
import { LastCheck } from './last-check.tsx'
import { w } from './words.ts'

export interface CheckDialogProps {
  readonly visavis: Visavis
  readonly jobseeker: { readonly id: string; readonly name: string }
  readonly onClose: () => void
}

export const CheckDialog = ({ visavis, jobseeker, onClose }: CheckDialogProps) => {
  const [found, setFound] = useState<{ readonly report: CheckReport | undefined }>()
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    visavis.checks.last(jobseeker.id).then((report) => setFound({ report }), setError)
  }, [visavis, jobseeker.id])
  return (
    <Dialog title={w('checkOf', jobseeker)} onClose={onClose}>
      {error === undefined ? null : <Notice color="danger">{t(sentenceOf(error))}</Notice>}
      {found === undefined && error === undefined ? <p class="quiet">{t('loading')}</p> : null}
      {found === undefined ? null : <LastCheck report={found.report} now={visavis.now()} />}
      <p class="quiet">{w('never')}</p>
    </Dialog>
  )
}
