/** Debian's coturn with the configuration that Visavis ships, on loopback and free ports. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { selfSigned } from './certificate.ts'
import { diesWithParent, findOnPath } from './dies-with-parent.ts'
import { freePort } from './port.ts'
import { until } from './until.ts'

export interface Coturn {
  readonly secret: string
  /** `turn:127.0.0.1:…` and `turns:127.0.0.1:…`, unless it listens elsewhere. */
  readonly urls: { readonly udp: string; readonly tcp: string; readonly tls: string }
  /** PEM, signed by itself. */
  readonly certificate: string
  /** What it has logged so far. */
  readonly lines: readonly string[]
}

const shipped = new URL('../../deploy/coturn.conf', import.meta.url)
const loopback = '127.0.0.1'

/** Ends with the test. @param host where it listens, and the one address that relays may lead to. */
export async function startCoturn(t: { teardown(end: () => Promise<void>): void }, host = loopback): Promise<Coturn> {
  const program = findOnPath('turnserver')
  if (program === undefined) throw new Error('no turnserver on PATH: apt install coturn')
  const folder = await mkdtemp(join(tmpdir(), 'vv-coturn-'))
  const at = (name: string) => join(folder, name)
  const secret = 'a secret of this test and no other'
  const { cert, key } = selfSigned('turn.test')
  const [port, tlsPort] = [await freePort(), await freePort()]
  const settings: Readonly<Record<string, string>> = {
    'listening-port': `${port}`,
    'tls-listening-port': `${tlsPort}`,
    cert: at('turn.pem'),
    pkey: at('turn.key'),
    'static-auth-secret': secret,
    realm: 'turn.test',
    'allowed-peer-ip': host,
  }
  const text = (await readFile(shipped, 'utf8')).replace(/^([\w-]+)=.*$/gm, (line, name: string) =>
    settings[name] === undefined ? line : `${name}=${settings[name]}`,
  )
  // Beyond what is shipped: it stays on this machine, and says what it does.
  const own = [`listening-ip=${host}`, `relay-ip=${host}`, 'allow-loopback-peers', `pidfile=${at('pid')}`, 'verbose']
  const conf = [text.replace(/^(no-stdout-log|syslog)$/gm, ''), ...own, 'log-file=stdout', ''].join('\n')
  await Promise.all([writeFile(at('conf'), conf), writeFile(at('turn.pem'), cert), writeFile(at('turn.key'), key)])

  const child = spawn(...diesWithParent('KILL', program, ['-c', at('conf'), '--userdb', at('users.db')]), {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines = linesOf(child)
  t.teardown(async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  })
  await until(async () => (await listens(host, port)) && (await listens(host, tlsPort)), {
    timeoutMs: 20_000,
    what: 'coturn to listen',
  }).catch((cause: unknown) => {
    throw new Error(`coturn does not listen:\n${lines.slice(-20).join('\n')}`, { cause })
  })
  return {
    secret,
    urls: {
      udp: `turn:${host}:${port}?transport=udp`,
      tcp: `turn:${host}:${port}?transport=tcp`,
      tls: `turns:${host}:${tlsPort}?transport=tcp`,
    },
    certificate: cert,
    lines,
  }
}

function linesOf(child: ChildProcess): string[] {
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => void lines.push(line))
  return lines
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
