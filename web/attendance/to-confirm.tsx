/** The records that wait for the advisor: the latest on the page, all of them in a dialog. */
import { useState } from 'preact/hooks'
import type { RecordsToConfirm, Visavis } from '../../client/index.ts'
import { Dialog } from '../page/dialog.tsx'
import { RecordList, type RecordListProps } from './record-list.tsx'
import { type Records, useRecords } from './use-records.ts'
import { a } from './words.ts'

export type WaitingRecords = Records<RecordsToConfirm>

/** As many as one answer holds; on the page there is room for some. */
const most = 100
const mostOnPage = 5

export const useToConfirm = (visavis: Visavis): WaitingRecords =>
  useRecords(visavis, '', () => visavis.attendance.toConfirm(most))

/** "Records to confirm", with how many there are. */
export const toConfirmTitle = ({ value }: WaitingRecords): string =>
  value === undefined || value.total === 0 ? a('toConfirm') : a('toConfirmCount', { count: value.total })

export interface ToConfirmProps extends Pick<RecordListProps, 'visavis' | 'namesOf'> {
  readonly waiting: WaitingRecords
}

export const ToConfirm = ({ waiting: { value, error }, ...props }: ToConfirmProps) => {
  const [all, showAll] = useState(false)
  const { records, total = 0 } = value ?? {}
  const list = { ...props, titled: true, none: a('toConfirmNone') }
  return (
    <>
      <RecordList {...list} records={{ value: records?.slice(0, mostOnPage), error }} />
      {total > mostOnPage ? (
        <button type="button" class="text-button" onClick={() => showAll(true)}>
          {a('toConfirmAll', { count: total })}
        </button>
      ) : null}
      {all ? (
        <Dialog title={a('toConfirm')} onClose={() => showAll(false)}>
          {total > most ? <p class="quiet">{a('toConfirmMost', { count: most })}</p> : null}
          <RecordList {...list} records={{ value: records, error }} />
        </Dialog>
      ) : null}
    </>
  )
}
