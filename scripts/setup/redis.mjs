// Finds the Redis (or Valkey) server that Visavis starts as its own child.
import { spawnSync } from 'node:child_process'

const MIN_MAJOR = 7

/** The major version in the output of `redis-server --version` or `valkey-server --version`. */
export function majorVersion(output) {
  const version = /\bv=(\d+)\./.exec(output)
  return version ? Number(version[1]) : undefined
}

/** The first server that is recent enough (scripts are checked for cross-slot keys from 7.0 on). */
export function findRedis(env = process.env) {
  const candidates = env.VISAVIS_REDIS_SERVER ? [env.VISAVIS_REDIS_SERVER] : ['redis-server', 'valkey-server']
  return candidates.find((command) => {
    const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' })
    return (majorVersion(stdout ?? '') ?? 0) >= MIN_MAJOR
  })
}
