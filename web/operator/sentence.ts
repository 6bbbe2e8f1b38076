/** What a limit that is near or reached means, in words. */
import type { Limited, LimitWarning, OperatorLoad } from '../../client/operation.ts'
import { moment } from '../language/times.ts'
import { bytes, count, type OperatorKey, o, rate, share, time } from './words.ts'

const written: Readonly<Record<Limited, (value: number) => string>> = {
  places: count,
  certificate: count,
  uncertified: count,
  sockets: count,
  rooms: count,
  messages: rate,
  nodes: count,
  eventLoop: time,
  nodeCpu: share,
  workerCpu: share,
  files: share,
  workers: count,
  silent: time,
  redis: count,
  redisCpu: share,
  redisMemory: bytes,
}

export function sentenceOf(warning: LimitWarning, { regions, at }: Pick<OperatorLoad, 'regions' | 'at'>): string {
  const { of, is, region, node, value = 0, limit = 0 } = warning
  const found = regions.find((one) => one.region === region)
  return o(`${of}.${is}` as OperatorKey, {
    where: found?.name ?? region ?? node ?? '',
    value: written[of](value),
    limit: written[of](limit),
    time: found?.cap === undefined ? '' : moment(found.cap.expiresAt, at),
  })
}

/** By which a warning is known again at the next look. */
export const nameOf = ({ of, is, region = '', node = '' }: LimitWarning): string => `${of} ${is} ${region} ${node}`
