/** All of it: limits first, then regions, nodes and Redis. */
import { VisavisError } from '../../client/index.ts'
import type { Operation, OperatorLoad, RegionLoad } from '../../client/operation.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { Figure } from './figure.tsx'
import { NodeCard } from './node-card.tsx'
import { RegionCard } from './region-card.tsx'
import type { LoadSeen } from './use-load.ts'
import { Warnings } from './warnings.tsx'
import { bytes, clockWithSeconds, o, share } from './words.ts'

export const LoadView = ({ seen, operation }: { seen: LoadSeen; operation: Operation }) => {
  const { load, error, again } = seen
  return (
    <>
      <div class="operator__head">
        <h1 class="ds-heading" data-size="sm">
          {o('heading')}
        </h1>
        {load === undefined ? null : <p class="quiet">{o('asOf', { time: clockWithSeconds(load.at) })}</p>}
      </div>
      {error === undefined ? null : (
        <Notice color="warning">
          <p>
            {load === undefined
              ? t(sentenceOf(error))
              : o('stale', { time: clockWithSeconds(load.at), reason: t(sentenceOf(error)) })}
          </p>
          <p class="notice__actions">
            <button type="button" class="text-button" onClick={again}>
              {o('again')}
            </button>
          </p>
        </Notice>
      )}
      {load === undefined && error === undefined ? <p class="quiet">{o('loading')}</p> : null}
      {load === undefined ? null : <Parts load={load} operation={operation} onChanged={again} />}
    </>
  )
}

/** Nothing has been decided or happens there, as far as is known. */
const isQuiet = ({ enrolled = 0, cap, sockets = 0, rooms, callbacksWaiting = 0 }: RegionLoad): boolean =>
  enrolled + sockets + rooms + callbacksWaiting === 0 && cap === undefined

interface PartsProps {
  readonly load: OperatorLoad
  readonly operation: Operation
  readonly onChanged: () => void
}

const Parts = ({ load, operation, onChanged }: PartsProps) => {
  const { regions, nodes, warnings } = load
  const isKnown = regions.some(({ enrolled }) => enrolled !== undefined)
  const quiet = isKnown ? regions.filter(isQuiet) : []
  return (
    <>
      <Warnings load={load} />
      <section aria-labelledby="regions-heading" class="operator__part">
        <h2 class="ds-heading" data-size="xs" id="regions-heading">
          {o('regions')}
        </h2>
        <div class="places">
          {regions
            .filter((region) => !isQuiet(region))
            .map((region) => (
              <RegionCard key={region.region} region={region} warnings={warnings} />
            ))}
        </div>
        {isKnown ? null : <p class="quiet">{o('regionsUnknown')}</p>}
        {quiet.length === 0 ? null : (
          <details class="quiet-regions">
            <summary>{o('quietRegions', { count: quiet.length })}</summary>
            <p>{quiet.map(({ name }) => name).join(', ')}</p>
          </details>
        )}
      </section>
      <section aria-labelledby="nodes-heading" class="operator__part">
        <h2 class="ds-heading" data-size="xs" id="nodes-heading">
          {o('nodes')}
        </h2>
        <div class="places">
          {nodes.map((node) => (
            <NodeCard key={node.name} node={node} load={load} operation={operation} onChanged={onChanged} />
          ))}
        </div>
      </section>
      <Redis load={load} />
    </>
  )
}

const Redis = ({ load: { redis, objectives, warnings } }: { load: OperatorLoad }) => {
  const { available, cpu, memoryBytes, memoryLimitBytes } = redis
  const is = (of: string) => warnings.find((one) => one.of === of)?.is
  return (
    <section class="ds-card panel place" data-color="neutral" aria-labelledby="redis-heading">
      <div class="place__head">
        <h2 class="ds-heading" data-size="xs" id="redis-heading">
          {o('redis')}
        </h2>
      </div>
      {available ? (
        <dl class="figures">
          <Figure
            name={o('redisCpu')}
            note={o('most', { limit: share(objectives.cpuShare) })}
            used={cpu === undefined ? undefined : cpu / objectives.cpuShare}
            is={is('redisCpu')}
          >
            {cpu === undefined ? o('unknown') : share(cpu)}
          </Figure>
          <Figure
            name={o('redisMemory')}
            note={memoryLimitBytes === undefined ? undefined : o('most', { limit: bytes(memoryLimitBytes) })}
            used={
              memoryLimitBytes === undefined || memoryBytes === undefined ? undefined : memoryBytes / memoryLimitBytes
            }
            is={is('redisMemory')}
          >
            {memoryBytes === undefined ? o('unknown') : bytes(memoryBytes)}
          </Figure>
        </dl>
      ) : (
        <p class="problem">{o('redisAway')}</p>
      )}
    </section>
  )
}

/** Whether the one who asks is not let in. */
export const isRefused = (error: unknown): error is VisavisError =>
  error instanceof VisavisError && (error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN')
