/** Records of one's appointments, the latest first; each opens the whole. */
import { useEffect, useState } from 'preact/hooks'
import type { AttendanceRecord, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { moment } from '../language/times.ts'
import { Dialog } from '../page/dialog.tsx'
import { lazily } from '../page/lazily.tsx'
import { Notice } from '../page/notice.tsx'
import type { Names } from './sentences.ts'
import { a } from './words.ts'

const RecordDialog = lazily(async () => (await import('./record-dialog.tsx')).RecordDialog)

export interface RecordListProps {
  readonly visavis: Visavis
  /** Which of them are shown. */
  readonly shown: (record: AttendanceRecord) => boolean
  readonly namesOf: (record: AttendanceRecord) => Names
  /** Who a line is about, for a list of several people. */
  readonly titled?: boolean
  readonly none: string
}

export function useRecords(visavis: Visavis): { records: readonly AttendanceRecord[] | undefined; error: unknown } {
  const [records, setRecords] = useState<readonly AttendanceRecord[]>()
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    const load = () => {
      visavis.attendance.list().then(
        (found) => {
          setRecords(found)
          setError(undefined)
        },
        (cause: unknown) => setError(cause),
      )
    }
    load()
    const forgets = [
      visavis.attendance.onChange(load),
      visavis.onState((state) => {
        if (state === 'open') load()
      }),
    ]
    return () => {
      for (const forget of forgets) forget()
    }
  }, [visavis])
  return { records, error }
}

export const RecordList = ({ visavis, shown, namesOf, titled = false, none }: RecordListProps) => {
  const { records, error } = useRecords(visavis)
  const [open, setOpen] = useState<AttendanceRecord>()
  const now = visavis.now()
  if (records === undefined) {
    if (error === undefined) return <p class="quiet">{t('loading')}</p>
    return <Notice color="danger">{t(sentenceOf(error))}</Notice>
  }
  const those = records.filter(shown)
  return (
    <>
      {those.length === 0 ? <p class="quiet">{none}</p> : null}
      <ul class="records">
        {those.map((record) => {
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

/** Everything that has begun, in a dialog of its own. */
export const PastDialog = ({
  visavis,
  namesOf,
  onClose,
}: Pick<RecordListProps, 'visavis' | 'namesOf'> & { onClose: () => void }) => (
  <Dialog title={a('past')} onClose={onClose}>
    <RecordList
      visavis={visavis}
      shown={({ window }) => window.from <= visavis.now()}
      namesOf={namesOf}
      none={a('pastNone')}
    />
  </Dialog>
)
