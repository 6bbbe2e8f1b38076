/**
 * What operators see of a certificate of capacity once it is in force. *Pure.* All of it is signed, but only the body is checked when it
 * comes (certificate.ts): what an older or newer command did not say, or said otherwise, is left out.
 */
import type { CertificateSummary } from '../protocol/operator.ts'
import type { Certificate } from './certificate.ts'

type Fields = Readonly<Record<string, unknown>>

/** As `resource` names it, at most so long. */
const longestName = 64

export function summaryOf(certificate: Certificate): CertificateSummary {
  const { id, issuedAt, expiresAt, verdict, capacity, limit, inputs, demand, results } = certificate
  const nodes = fieldsOf(inputs).nodes
  const resource = fieldsOf(limit).resource
  const objectives = fieldsOf(fieldsOf(inputs).objectives)
  const factor = fieldsOf(fieldsOf(results).factor).low
  return {
    ...{ id, issuedAt, expiresAt, verdict },
    ...(capacity === undefined
      ? {}
      : { low: capacity.low, value: capacity.value, high: capacity.high, atLeast: capacity.atLeast === true }),
    ...(typeof resource === 'string' ? { limit: resource.slice(0, longestName) } : {}),
    // Without any the command has measured a server of its own.
    nodes: Array.isArray(nodes) ? Math.max(1, nodes.length) : 1,
    objectives: { ...amount('eventLoopP99Ms', objectives), ...amount('cpuShare', objectives) },
    ...carried(fieldsOf(demand), factor),
  }
}

/** What was asked of the deployment, so many times over: what may be relied on of each part of it. */
function carried(demand: Fields, factor: unknown): Pick<CertificateSummary, 'carried'> {
  if (!isAmount(factor)) return {}
  const { sockets, concurrentRooms: rooms, messagesPerSecond } = demand
  const parts = Object.entries({ sockets, rooms, messagesPerSecond })
  return {
    carried: Object.fromEntries(parts.flatMap(([name, of]) => (isAmount(of) ? [[name, of * factor]] : []))),
  }
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0
const amount = <N extends string>(name: N, of: Fields): { readonly [K in N]?: number } => {
  const value = of[name]
  return isAmount(value) ? ({ [name]: value } as { readonly [K in N]: number }) : {}
}
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
