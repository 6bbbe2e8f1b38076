/** The dialogs of a list of appointments: fetched when one is first opened. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Appointment, Visavis } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { lazily } from '../page/lazily.tsx'
import { begins } from './when.ts'

const BookingDialog = lazily(async () => (await import('./booking-dialog.tsx')).BookingDialog)
const CancelDialog = lazily(async () => (await import('./cancel-dialog.tsx')).CancelDialog)

type Open = { readonly is: 'book' } | { readonly is: 'move' | 'cancel'; readonly appointment: Appointment }

export interface Dialogs {
  readonly book: () => void
  readonly move: (appointment: Appointment) => void
  readonly cancel: (appointment: Appointment) => void
  readonly shown: ComponentChildren
}

export interface DialogsOptions {
  /** For an advisor: the jobseeker, and their name. */
  readonly withWhom?: { readonly id: string; readonly name: string }
  /** One was made, or moved to another time. */
  readonly onKept?: (appointment: Appointment) => void
}

export function useDialogs(visavis: Visavis, { withWhom, onKept }: DialogsOptions = {}): Dialogs {
  const [open, setOpen] = useState<Open>()
  const onClose = () => setOpen(undefined)
  const jobseeker = withWhom?.id
  const titleOf = (is: 'book' | 'move', appointment?: Appointment) => {
    if (is === 'move' && appointment !== undefined) {
      return t('apptMoveOf', { time: begins(appointment, visavis.now()) })
    }
    return withWhom === undefined ? t('apptBook') : t('apptBookWith', withWhom)
  }
  const shown = () => {
    if (open === undefined) return null
    if (open.is === 'cancel') return <CancelDialog visavis={visavis} appointment={open.appointment} onClose={onClose} />
    const moved = open.is === 'move' ? open.appointment : undefined
    return <BookingDialog {...{ visavis, jobseeker, moved, onKept, onClose }} title={titleOf(open.is, moved)} />
  }
  return {
    book: () => setOpen({ is: 'book' }),
    move: (appointment) => setOpen({ is: 'move', appointment }),
    cancel: (appointment) => setOpen({ is: 'cancel', appointment }),
    shown: shown(),
  }
}
