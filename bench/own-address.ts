/** An address of this machine that is not the loopback one, for programs that will not use that. What is sent to it goes no further. */
import { networkInterfaces } from 'node:os'

/** Undefined when there is none. */
export function ownAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}
