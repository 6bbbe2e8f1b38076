/** Whether a team or the region is paused, with the message jobseekers read, and how to change that. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'
import { Sentence } from '../language/words.tsx'
import { announce } from '../page/announcer.tsx'
import { Dialog } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { DialogForm, TextArea } from './fields.tsx'
import { s } from './words.ts'

export interface PauseControlProps {
  readonly visavis: Visavis
  /** Undefined: the whole region. */
  readonly team: string | undefined
  /** Of the pause; undefined: there is none. */
  readonly message: string | undefined
  /** Supervisors of a team see that the region is paused, and leave it so. */
  readonly mayAct: boolean
}

export const PauseControl = ({ visavis, team, message, mayAct }: PauseControlProps) => {
  const [asking, ask] = useState(false)
  const { busy, problem, run } = useAct()
  const place = useRef<HTMLDivElement>(null)
  const acted = useRef(false)
  const paused = message !== undefined
  // The button that was pressed is gone: the focus goes on to the one in its place.
  useLayoutEffect(() => {
    if (acted.current) place.current?.querySelector('button')?.focus()
    acted.current = false
  }, [paused])
  const goOn = async () => {
    // The board may be told before the answer comes.
    acted.current = true
    if (!(await run(() => visavis.callbackBoard.resume(team)))) {
      acted.current = false
      return
    }
    visavis.callbackBoard.refresh()
    announce(s('goesOn'))
  }
  if (message !== undefined) {
    return (
      <div class="pause" ref={place}>
        <Notice color="warning">
          <p class="strong">{team === undefined ? s('pausedRegion') : s('pausedTeam', { team })}</p>
          <p>
            <Sentence text={s('pausedText')} values={{ message }} />
          </p>
          {problem === undefined ? null : (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
          {mayAct ? (
            <p class="pause__go-on">
              <button
                type="button"
                class="ds-button"
                data-variant="secondary"
                data-color="neutral"
                disabled={busy}
                onClick={() => void goOn()}
              >
                {s('goOn')}
              </button>
            </p>
          ) : null}
        </Notice>
      </div>
    )
  }
  if (!mayAct) return null
  return (
    <div ref={place}>
      <button type="button" class="ds-button" data-variant="secondary" data-color="neutral" onClick={() => ask(true)}>
        {team === undefined ? s('pauseRegion') : s('pauseTeam', { team })}
      </button>
      {asking ? (
        <PauseDialog
          visavis={visavis}
          team={team}
          onAct={(acting) => {
            acted.current = acting
          }}
          onClose={() => ask(false)}
        />
      ) : null}
    </div>
  )
}

interface PauseDialogProps {
  readonly visavis: Visavis
  readonly team: string | undefined
  readonly onAct: (acting: boolean) => void
  readonly onClose: () => void
}

const PauseDialog = ({ visavis, team, onAct, onClose }: PauseDialogProps) => {
  const [message, setMessage] = useState('')
  const [missing, setMissing] = useState(false)
  const { busy, problem, run } = useAct()
  const pause = async () => {
    const text = message.trim()
    setMissing(text === '')
    if (text === '') return
    onAct(true)
    if (!(await run(() => visavis.callbackBoard.pause(team, text)))) {
      onAct(false)
      return
    }
    visavis.callbackBoard.refresh()
    announce(s('pausedNow'))
    onClose()
  }
  return (
    <Dialog title={team === undefined ? s('pauseRegion') : s('pauseTeam', { team })} onClose={onClose}>
      <p>{s('pauseText')}</p>
      <DialogForm action={s('pause')} busy={busy} problem={problem} onSubmit={() => void pause()} onClose={onClose}>
        <TextArea
          label={s('pauseMessage')}
          hint={s('pauseHint')}
          problem={missing && message.trim() === '' ? s('pauseMissing') : undefined}
          value={message}
          onInput={setMessage}
        />
      </DialogForm>
    </Dialog>
  )
}
