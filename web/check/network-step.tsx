/** The way to the service: which ways are open, and what the test call measured. */
import type { PathName } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { Step } from './step.tsx'
import type { CheckedNetwork } from './use-network.ts'
import { type CheckKey, c } from './words.ts'

const pathWords: Readonly<Record<PathName, CheckKey>> = { udp: 'pathUdp', tcp: 'pathTcp', relay: 'pathRelay' }
const stepWords = { waiting: 'networkWaiting', paths: 'networkPaths', measuring: 'networkMeasuring' } as const

const Figure = ({ name, value }: { name: string; value: string }) => (
  <div class="figure">
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
)

export const NetworkStep = ({ network }: { network: CheckedNetwork }) => {
  const { progress, found, error } = network
  const paths = (found ?? progress)?.paths
  const figures = found?.network
  return (
    <Step n={3} title={c('stepNetwork')} done={found !== undefined}>
      {error === undefined ? null : (
        <Notice color="danger">
          <p>{c('networkFailed', { reason: t(sentenceOf(error)) })}</p>
          <button type="button" class="text-button" onClick={network.measure}>
            {c('devicesRetry')}
          </button>
        </Notice>
      )}
      <p class="quiet" role="status">
        {progress === undefined ? (found === undefined ? null : c('networkDone')) : c(stepWords[progress.step])}
      </p>
      {paths === undefined ? null : (
        <ul class="paths">
          {(['udp', 'tcp', 'relay'] as const).map((path) => (
            <li key={path} class="paths__path" data-state={paths[path]}>
              <span class="paths__sign" aria-hidden="true" />
              {c(pathWords[path])} <span class="quiet">{c(paths[path])}</span>
            </li>
          ))}
        </ul>
      )}
      {figures === undefined ? null : (
        <dl class="figures">
          <Figure name={c('roundTrip')} value={c('ms', { n: figures.roundTripMs })} />
          <Figure
            name={c('loss')}
            value={c('percent', { n: Math.max(figures.lostUpPermille, figures.lostDownPermille) / 10 })}
          />
          <Figure name={c('up')} value={c('kbps', { n: figures.upKbps })} />
          <Figure name={c('down')} value={c('kbps', { n: figures.downKbps })} />
        </dl>
      )}
    </Step>
  )
}
