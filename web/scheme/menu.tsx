/** At the top of every page of a jobseeker: asking for the agency, and leaving, each in one act, also in the middle of a talk. */
import { useMemo, useState } from 'preact/hooks'
import { Scheme } from '../../client/scheme.ts'
import { t } from '../language/language.ts'
import { CalendarIcon, DoneIcon, LeaveIcon } from '../page/icons.tsx'
import { Menu } from '../page/menu.tsx'
import { pages } from '../page/place.ts'
import { currentToken } from '../page/signed-in.ts'
import { AgencyDialog } from './agency-dialog.tsx'
import { LeaveDialog } from './leave-dialog.tsx'

export const SchemeMenu = () => {
  const [asking, ask] = useState<'agency' | 'leave'>()
  const scheme = useMemo(() => new Scheme({ url: pages, token: currentToken }), [])
  const close = () => ask(undefined)
  /** The receipt is there: whoever has left may open nothing else. */
  const show = () => location.assign(`${pages}scheme`)
  return (
    <>
      <Menu
        class="tool"
        named
        label={t('schemeMenu')}
        icon={<DoneIcon />}
        items={() => [
          { label: t('schemePage'), icon: <DoneIcon />, onChoose: show },
          { label: t('schemeAgency'), icon: <CalendarIcon />, onChoose: () => ask('agency') },
          { label: t('schemeLeave'), icon: <LeaveIcon />, danger: true, onChoose: () => ask('leave') },
        ]}
      />
      {asking === 'agency' ? <AgencyDialog onClose={close} /> : null}
      {asking === 'leave' ? <LeaveDialog scheme={scheme} onClose={close} onDone={show} /> : null}
    </>
  )
}
