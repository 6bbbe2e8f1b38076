/** One node: whether it serves, how it stands against the objectives, and taking it out of service. */
import { useState } from 'preact/hooks'
import type { LimitWarning, OperatedNode, Operation, OperatorLoad } from '../../client/operation.ts'
import { announce } from '../page/announcer.tsx'
import { Confirm } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'
import { Figure } from './figure.tsx'
import { bytes, count, o, share, time } from './words.ts'

export interface NodeCardProps {
  readonly node: OperatedNode
  readonly load: OperatorLoad
  readonly operation: Operation
  readonly onChanged: () => void
}

const stateOf = ({ silent, draining }: OperatedNode) =>
  silent ? 'nodeSilent' : draining ? 'nodeDraining' : 'nodeServing'

export const NodeCard = ({ node, load, operation, onChanged }: NodeCardProps) => {
  const { name, draining, silent, rooms, participants } = node
  const id = `node-${name}`
  return (
    <section class="ds-card panel place" data-color="neutral" aria-labelledby={id}>
      <div class="place__head">
        <h3 class="ds-heading" data-size="2xs" id={id}>
          {name}
        </h3>
        <span class="state" data-tone={silent ? 'danger' : draining ? 'warning' : undefined}>
          {o(stateOf(node))}
        </span>
        {silent ? null : <DrainControl node={node} operation={operation} onChanged={onChanged} />}
      </div>
      <dl class="figures">
        <Figure name={o('rooms')}>{count(rooms)}</Figure>
        <Figure name={o('participants')}>{count(participants)}</Figure>
        <Health node={node} load={load} />
      </dl>
      {node.load === undefined ? <p class="quiet">{o('nodeUnknown')}</p> : null}
    </section>
  )
}

const Health = ({ node: { name, load: own }, load }: Pick<NodeCardProps, 'node' | 'load'>) => {
  if (own === undefined) return null
  const { eventLoopP99Ms: mostMs, nodeCpuShare: most } = load.objectives
  const warned = (of: LimitWarning['of']) => load.warnings.find((one) => one.node === name && one.of === of)
  return (
    <>
      <Figure name={o('sockets')}>{count(own.connections)}</Figure>
      <Figure name={o('sessions')}>{count(own.sessions)}</Figure>
      <Figure
        name={o('eventLoop')}
        note={o('most', { limit: time(mostMs) })}
        used={own.eventLoopP99Ms / mostMs}
        is={warned('eventLoop')?.is}
      >
        {time(own.eventLoopP99Ms)}
      </Figure>
      <Figure
        name={o('nodeCpu')}
        note={o('most', { limit: share(most) })}
        used={own.cpu / most}
        is={warned('nodeCpu')?.is}
      >
        {share(own.cpu)}
      </Figure>
      <Figure
        name={o('workerCpu', { count: own.workers })}
        note={o('most', { limit: share(most) })}
        used={own.workerCpu / most}
        is={warned('workers')?.is ?? warned('workerCpu')?.is}
      >
        {share(own.workerCpu)}
      </Figure>
      {own.files === undefined ? null : (
        <Figure name={o('files')} used={own.files} is={warned('files')?.is}>
          {share(own.files)}
        </Figure>
      )}
      <Figure name={o('memory')}>{bytes(own.memoryBytes)}</Figure>
      <Figure name={o('outbox')}>{bytes(own.outboxBytes)}</Figure>
    </>
  )
}

const DrainControl = ({ node: { name, draining, rooms }, operation, onChanged }: Omit<NodeCardProps, 'load'>) => {
  const [asking, ask] = useState(false)
  const { busy, problem, run, forget } = useAct()
  const set = async (on: boolean) => {
    if (!(await run(() => operation.drain(name, on)))) return
    ask(false)
    announce(o(on ? 'drained' : 'undrained', { node: name }))
    onChanged()
  }
  return (
    <>
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        data-size="sm"
        aria-label={o(draining ? 'undrainOf' : 'drainOf', { node: name })}
        disabled={busy}
        onClick={() => (draining ? void set(false) : ask(true))}
      >
        {o(draining ? 'undrain' : 'drain')}
      </button>
      {problem === undefined || asking ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {asking ? (
        <Confirm
          title={o('drainTitle', { node: name })}
          text={o('drainText', { count: rooms })}
          action={o('drain')}
          busy={busy}
          problem={problem}
          onConfirm={() => void set(true)}
          onClose={() => {
            forget()
            ask(false)
          }}
        />
      ) : null}
    </>
  )
}
