/** "In the agency, please": one act, with what it means. */
import type { Scheme } from '../../client/scheme.ts'
import { t } from '../language/language.ts'
import { Confirm } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'

export interface SchemeDialogProps {
  readonly scheme: Scheme
  readonly onClose: () => void
  readonly onDone: () => void
}

export const AgencyDialog = ({ scheme, onClose, onDone }: SchemeDialogProps) => {
  const act = useAct()
  return (
    <Confirm
      title={t('schemeAgency')}
      text={t('schemeAgencyText')}
      action={t('schemeAgency')}
      busy={act.busy}
      problem={act.problem}
      onConfirm={() => void act.run(() => scheme.askAgency()).then((done) => done && onDone())}
      onClose={onClose}
    />
  )
}
