/** A small library in C, compiled by the test that preloads it into a process. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** @param source a file of ours. @param library where it is to be. */
export async function compilePreload(source: string, library: string): Promise<void> {
  try {
    await promisify(execFile)('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'])
  } catch (cause) {
    throw new Error('this test preloads a small library: it needs cc (Debian: apt install gcc libc6-dev)', { cause })
  }
}
