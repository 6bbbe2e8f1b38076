/** The record of an appointment: the verdict and what one can do about it, what happened, and how to take it away. */
import type { Visavis } from '../../client/index.ts'
import { sentenceOf as failureOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { span } from '../language/times.ts'
import { Dialog } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'
import { type Names, nameOf } from './sentences.ts'
import { TakeAway } from './take-away.tsx'
import { Timeline } from './timeline.tsx'
import { useRecord } from './use-record.ts'
import { VerdictCard } from './verdict-card.tsx'
import { a } from './words.ts'

export interface RecordDialogProps {
  readonly visavis: Visavis
  readonly appointment: string
  readonly names: Names
  readonly onClose: () => void
}

export const RecordDialog = ({ visavis, appointment, names, onClose }: RecordDialogProps) => {
  const { record: whole, error, again } = useRecord(visavis, appointment)
  const now = visavis.now()
  return (
    <Dialog title={a('title')} onClose={onClose}>
      {error === undefined ? null : <Notice color="danger">{t(failureOf(error))}</Notice>}
      {whole === undefined ? (
        error === undefined && <p class="quiet">{t('loading')}</p>
      ) : (
        <div class="record">
          <p class="record__of">
            {a('of', {
              time: span(whole.record.window, now),
              jobseeker: nameOf(names, 'jobseeker'),
              advisor: nameOf(names, 'advisor'),
            })}
          </p>
          <p class="quiet">{a('same')}</p>
          {whole.record.jobseeker === undefined || whole.record.advisor === undefined ? (
            <p class="quiet">{a('erased')}</p>
          ) : null}
          <VerdictCard visavis={visavis} whole={whole} names={names} onChange={again} />
          <Timeline whole={whole} names={names} now={now} />
          <TakeAway visavis={visavis} whole={whole} />
        </div>
      )}
    </Dialog>
  )
}
