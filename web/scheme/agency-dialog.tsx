/** "In the agency, please": one act, with what it means; then its receipt, wherever one is. */
import { useMemo, useState } from 'preact/hooks'
import { Scheme, type SchemeAct } from '../../client/scheme.ts'
import { t } from '../language/language.ts'
import { Confirm, Dialog } from '../page/dialog.tsx'
import { pages } from '../page/place.ts'
import { currentToken } from '../page/signed-in.ts'
import { useAct } from '../page/use-act.ts'

export interface AgencyDialogProps {
  /** Also when nothing was asked. */
  readonly onClose: () => void
}

const Done = ({ act, onClose }: AgencyDialogProps & { readonly act: SchemeAct }) => (
  <Dialog title={t('schemeAgencyTitle')} onClose={onClose}>
    <p role="status">{t('schemeAgencyDone')}</p>
    <p class="strong">{t('receiptNumber', { number: act.receipt })}</p>
    <p class="quiet">{t('receiptNever')}</p>
    <div class="dialog__actions">
      <a class="ds-button" data-variant="secondary" href={`${pages}scheme`} target="_blank" rel="noopener">
        {t('schemePage')}
      </a>
      <button type="button" class="ds-button" data-color="accent" onClick={onClose}>
        {t('close')}
      </button>
    </div>
  </Dialog>
)

export const AgencyDialog = ({ onClose }: AgencyDialogProps) => {
  const scheme = useMemo(() => new Scheme({ url: pages, token: currentToken }), [])
  const [done, setDone] = useState<SchemeAct>()
  const act = useAct()
  if (done !== undefined) return <Done key="done" act={done} onClose={onClose} />
  return (
    <Confirm
      key="ask"
      title={t('schemeAgency')}
      text={t('schemeAgencyText')}
      action={t('schemeAgency')}
      color="accent"
      busy={act.busy}
      problem={act.problem}
      onConfirm={() => void act.run(async () => setDone(await scheme.askAgency()))}
      onClose={onClose}
    />
  )
}
