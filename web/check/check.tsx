/** The whole check: devices, loudspeaker and line, at once and in any order; then the result, which is handed in. */
import { useEffect, useState } from 'preact/hooks'
import {
  type CheckReport,
  type Judged,
  judge,
  type Measured,
  type SpeakerState,
  type Visavis,
} from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { brief } from '../language/times.ts'
import { DevicesStep } from './devices-step.tsx'
import { NetworkStep } from './network-step.tsx'
import { Result } from './result.tsx'
import { SpeakerStep } from './speaker-step.tsx'
import { useDevices } from './use-devices.ts'
import { useNetwork } from './use-network.ts'
import { c } from './words.ts'

export interface CheckProps {
  readonly visavis: Visavis
  /** Nothing of theirs is kept. */
  readonly guest?: boolean
  readonly back?: string | undefined
}

const lastWords = { passed: 'lastPassed', limited: 'lastLimited', failed: 'lastFailed' } as const

const Last = ({ visavis }: { visavis: Visavis }) => {
  const [report, setReport] = useState<CheckReport>()
  useEffect(() => {
    // Whoever cannot be told what was before can test all the same.
    visavis.checks.last().then(setReport, () => {})
  }, [visavis])
  if (report === undefined) return null
  return (
    <p class="quiet">
      {c('last', { time: brief(report.at, visavis.now()) })} {c(lastWords[report.outcome])}
    </p>
  )
}

export const Check = ({ visavis, guest = false, back }: CheckProps) => {
  const [begun, setBegun] = useState(false)
  const [speaker, setSpeaker] = useState<SpeakerState>()
  const [result, setResult] = useState<{ readonly judged: Judged; readonly kept: string }>()
  const devices = useDevices()
  const network = useNetwork(visavis)
  const begin = () => {
    setBegun(true)
    setResult(undefined)
    setSpeaker(undefined)
    devices.ask()
    network.measure()
  }
  const finish = async () => {
    const measured: Measured = {
      camera: devices.camera ?? 'skipped',
      microphone: devices.microphone ?? 'skipped',
      speaker: speaker ?? 'skipped',
      paths: network.found?.paths ?? { udp: 'untested', tcp: 'untested', relay: 'untested' },
      network: network.found?.network,
    }
    devices.stop()
    try {
      const { outcome, advice } = await visavis.checks.report(measured)
      setResult({ judged: { outcome, advice }, kept: c(guest ? 'keptGuest' : 'kept') })
    } catch (error) {
      setResult({ judged: judge(measured), kept: c('notKept', { reason: t(sentenceOf(error)) }) })
    }
  }
  const measured = network.found !== undefined || network.error !== undefined
  return (
    <div class="check">
      <h1 class="ds-heading" data-size="md">
        {c('heading')}
      </h1>
      <p class="check__intro">{c('intro')}</p>
      {begun ? null : (
        <div class="check__answers">
          <button type="button" class="ds-button" data-color="accent" onClick={begin}>
            {c('begin')}
          </button>
          {guest ? null : <Last visavis={visavis} />}
        </div>
      )}
      {begun && result === undefined ? (
        <>
          <DevicesStep devices={devices} />
          <SpeakerStep answer={speaker} onAnswer={setSpeaker} />
          <NetworkStep network={network} />
          <div class="check__answers">
            <button
              type="button"
              class="ds-button"
              data-color="accent"
              disabled={!measured}
              onClick={() => void finish()}
            >
              {c('finish')}
            </button>
          </div>
        </>
      ) : null}
      {result === undefined ? null : <Result {...result} back={back} onAgain={begin} />}
    </div>
  )
}
