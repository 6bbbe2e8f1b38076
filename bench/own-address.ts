/** An address of this machine that is not the loopback one, for programs that will not use that. What is sent to it goes no further. */
import { networkInterfaces } from 'node:os'

/** @throws Error when there is none. */
export function ownAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)
  if (found === undefined)
    throw new Error('this machine has no address besides the loopback one, which janus does not use')
  return found.address
}
