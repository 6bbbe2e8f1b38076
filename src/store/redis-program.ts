/** Finds the Redis or Valkey server program. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** From 7.0 on, scripts are checked for keys of other slots and the log is in parts that survive a rewrite. */
const minMajor = 7
/** On a machine that does much else even this takes its time. */
const versionMs = 30_000
const names = ['redis-server', 'valkey-server']

export interface RedisProgram {
  readonly program: string
  readonly version: string
}

/**
 * @param setting the program to use; searched on PATH when absent.
 * @throws Error with one sentence that says what to do.
 */
export async function findRedisProgram(setting?: string): Promise<RedisProgram> {
  const found: string[] = []
  for (const program of setting === undefined ? names : [setting]) {
    const version = await versionOf(program)
    if (version === undefined) continue
    if (Number.parseInt(version, 10) >= minMajor) return { program, version }
    found.push(`${program} is version ${version}`)
  }
  const where = setting === undefined ? 'on PATH' : `at ${setting} (VISAVIS_REDIS_SERVER)`
  const but = found.length > 0 ? ` (${found.join(', ')})` : ''
  throw new Error(
    `no redis-server or valkey-server ${minMajor} or newer was found ${where}${but}: ` +
      'install one (Debian: apt install redis-server), or set REDIS_URL to a server that runs elsewhere',
  )
}

/** Undefined when it is no such program, or cannot be run. */
async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: versionMs })
    return /\bv=(\d+(?:\.\d+)*)/.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}
