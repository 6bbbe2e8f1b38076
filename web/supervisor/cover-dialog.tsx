/** Names a colleague who stands in for an advisor, from one moment until another. */
import { useEffect, useState } from 'preact/hooks'
import { makeKey } from '../../client/index.ts'
import { announce } from '../page/announcer.tsx'
import { Dialog } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { AdvisorChoice } from './advisor-choice.tsx'
import { DialogForm, Moment } from './fields.tsx'
import { localOf, momentOf, usualCover } from './local-time.ts'
import { nameIn, type Supervised } from './supervised.ts'
import { useLoaded } from './use-loaded.ts'
import { s } from './words.ts'

export interface CoverDialogProps extends Supervised {
  /** Whose advisor is away; undefined: to be chosen. */
  readonly jobseeker: { readonly id: string; readonly name: string } | undefined
  readonly onDone: () => void
  readonly onClose: () => void
}

export const CoverDialog = ({ visavis, supervision, advisors, jobseeker, onDone, onClose }: CoverDialogProps) => {
  // One for each dialog, so that asking twice is one act.
  const [id] = useState(makeKey)
  const [usual] = useState(() => usualCover(visavis.now()))
  const [advisor, setAdvisor] = useState('')
  const [cover, setCover] = useState('')
  const [from, setFrom] = useState(localOf(usual.from))
  const [until, setUntil] = useState(localOf(usual.until))
  const [asked, setAsked] = useState(false)
  const { busy, problem, run } = useAct()
  const person = useLoaded(
    async () => (jobseeker === undefined ? undefined : supervision.person(jobseeker.id)),
    jobseeker,
  )
  const absent = person.value?.advisor
  useEffect(() => {
    if (absent !== undefined) setAdvisor(absent)
  }, [absent])
  const period = { from: momentOf(from), until: momentOf(until) }
  const wrong = !(period.until > period.from && period.until > visavis.now())
  const names = { advisor: nameIn(advisors, advisor), cover: nameIn(advisors, cover) }
  const name = async () => {
    setAsked(true)
    if (wrong || !(await run(() => supervision.putCover({ id, advisor, cover, ...period })))) return
    announce(s('coverNamed', names))
    onDone()
  }
  return (
    <Dialog title={s('coverNew')} onClose={onClose}>
      {jobseeker !== undefined && person.value !== undefined && absent === undefined ? (
        <Notice color="warning">{s('noOneToCover', { name: jobseeker.name })}</Notice>
      ) : null}
      <DialogForm
        action={s('coverDo')}
        busy={busy}
        problem={problem}
        disabled={advisor === '' || cover === ''}
        onSubmit={() => void name()}
        onClose={onClose}
      >
        <AdvisorChoice label={s('coverFor')} advisors={advisors} value={advisor} onChoose={setAdvisor} />
        <AdvisorChoice label={s('coverBy')} advisors={advisors} without={advisor} value={cover} onChoose={setCover} />
        <div class="period">
          <Moment label={s('coverFrom')} value={from} onInput={setFrom} />
          <Moment
            label={s('coverUntil')}
            problem={asked && wrong ? s('coverOrder') : undefined}
            value={until}
            onInput={setUntil}
          />
        </div>
      </DialogForm>
    </Dialog>
  )
}
