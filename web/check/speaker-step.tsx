/** The loudspeaker: only the person can tell whether it is heard. */
import { useState } from 'preact/hooks'
import { playTestSound, type SpeakerState } from '../../client/index.ts'
import { useAct } from '../page/use-act.ts'
import { chosenDevices } from '../room/chosen-devices.ts'
import { DeviceChoice } from '../room/device-choice.tsx'
import { Step } from './step.tsx'
import { c } from './words.ts'

export interface SpeakerStepProps {
  readonly answer: SpeakerState | undefined
  readonly onAnswer: (answer: SpeakerState | undefined) => void
}

/** Not every browser can choose where sound goes. */
const choosable = 'setSinkId' in HTMLMediaElement.prototype

export const SpeakerStep = ({ answer, onAnswer }: SpeakerStepProps) => {
  const [played, setPlayed] = useState(false)
  const act = useAct()
  const play = () => {
    setPlayed(true)
    onAnswer(undefined)
    void act.run(() => playTestSound(chosenDevices().speaker))
  }
  return (
    <Step n={2} title={c('stepSpeaker')} done={answer !== undefined}>
      <button type="button" class="ds-button" data-variant="secondary" disabled={act.busy} onClick={play}>
        {c('play')}
      </button>
      {choosable ? (
        <DeviceChoice
          kind="speaker"
          label={c('speaker')}
          nameless={(n) => c('unnamed', { n })}
          onChoose={() => onAnswer(undefined)}
        />
      ) : null}
      {act.problem === undefined ? null : (
        <p class="problem" role="alert">
          {act.problem}
        </p>
      )}
      {played ? (
        <>
          <p role="status">{c(answer === 'heard' ? 'speakerOk' : answer === 'not-heard' ? 'speakerNot' : 'playing')}</p>
          {answer === 'heard' ? null : (
            <div class="check__answers">
              <button type="button" class="ds-button" data-color="accent" onClick={() => onAnswer('heard')}>
                {c('iHeard')}
              </button>
              <button type="button" class="ds-button" data-variant="secondary" onClick={() => onAnswer('not-heard')}>
                {c('iHeardNothing')}
              </button>
            </div>
          )}
        </>
      ) : null}
    </Step>
  )
}
