/** Records of one's appointments, the latest first; each opens the whole. */
import { useState } from 'preact/hooks'
import type { AttendanceRecord, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { moment } from '../language/times.ts'
import { Dialog } from '../page/dialog.tsx'
import { lazily } from '../page/lazily.tsx'
import { Notice } from '../page/notice.tsx'
import type { Names } from './sentences.ts'
import { type Records, useRecords } from './use-records.ts'
import { a } from './words.ts'

const RecordDialog = lazily(async () => (await import('./record-dialog.tsx')).RecordDialog)

export interface RecordListProps {
  readonly visavis: Visavis
  readonly records: Records<readonly AttendanceRecord[]>
  readonly namesOf: (record: AttendanceRecord) => Names
  /** Who a line is about, for a list of several people. */
  readonly titled?: boolean
  readonly none: string
}

export const RecordList = ({ visavis, records: { value, error }, namesOf, titled = false, none }: RecordListProps) => {
  // Once confirmed it is in no list of what waits, and stays open all the same.
  const [open, setOpen] = useState<AttendanceRecord>()
  const now = visavis.now()
  if (value === undefined) {
    if (error === undefined) return <p class="quiet">{t('loading')}</p>
    return <Notice color="danger">{t(sentenceOf(error))}</Notice>
  }
  return (
    <>
      {value.length === 0 ? <p class="quiet">{none}</p> : null}
      <ul class="records">
        {value.map((record) => {
          const time = moment(record.window.from, now)
          const names = namesOf(record)
          return (
            <li key={record.appointment} class="records__one" data-state={record.state}>
              <button
                type="button"
                class="text-button"
                aria-label={`${a('pastOpen', { time })}${titled ? `, ${names.jobseeker ?? a('jobseeker')}` : ''}`}
                onClick={() => setOpen(record)}
              >
                {titled ? <bdi>{names.jobseeker ?? a('jobseeker')}</bdi> : time}
              </button>
              {titled ? <span class="quiet">{time}</span> : null}
              <span class="quiet">
                {record.verdict === undefined ? '' : `${a(`verdict.${record.verdict}`)} · `}
                {a(`short.${record.state}`)}
              </span>
            </li>
          )
        })}
      </ul>
      {open === undefined ? null : (
        <RecordDialog
          visavis={visavis}
          appointment={open.appointment}
          names={namesOf(open)}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  )
}

/** As many as one answer holds. */
const most = 100

/** Those that have begun: one's own, or an advisor's with one jobseeker. */
export const PastRecords = ({
  jobseeker,
  ...props
}: Pick<RecordListProps, 'visavis' | 'namesOf'> & { readonly jobseeker?: string }) => {
  const { attendance } = props.visavis
  const records = useRecords(props.visavis, jobseeker ?? '', () =>
    attendance.list({
      ...{ limit: most, before: Math.trunc(props.visavis.now()) },
      ...(jobseeker === undefined ? {} : { jobseeker }),
    }),
  )
  return <RecordList {...props} records={records} none={a('pastNone')} />
}

export const PastDialog = ({
  onClose,
  ...props
}: Pick<RecordListProps, 'visavis' | 'namesOf'> & { onClose: () => void }) => (
  <Dialog title={a('past')} onClose={onClose}>
    <PastRecords {...props} />
  </Dialog>
)
