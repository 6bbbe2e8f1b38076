/** Nothing a test starts outlives it, even if the test itself is killed and cannot tidy up. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The command with which to spawn a program so that the kernel signals it when this process ends, however it ends.
 * It needs util-linux' `setpriv` (always there on Debian), which execs: the process id is the program's own.
 */
export function diesWithParent(
  signal: 'TERM' | 'KILL',
  program: string,
  args: readonly string[],
): [command: string, args: string[]] {
  const setpriv = findOnPath('setpriv')
  return setpriv === undefined ? [program, [...args]] : [setpriv, ['--pdeathsig', signal, program, ...args]]
}

export function findOnPath(...names: readonly string[]): string | undefined {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const program = join(folder, name)
      try {
        accessSync(program, constants.X_OK)
        return program
      } catch {}
    }
  }
  return undefined
}
