/** Janus with its VideoRoom plugin, as Debian packages it: a process of its own, configured in a folder of its own. */
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { ownAddress } from '../../own-address.ts'
import { janusProgram } from '../../peer.ts'
import { endWith, temporaryFolder } from '../../processes.ts'

export interface Janus extends AsyncDisposable {
  readonly url: string
  readonly pid: number
}

const startMs = 20_000
const pollMs = 100

/** Plugins and transports are in libraries; those that are not needed stay out. */
const others = {
  plugins: [
    'audiobridge',
    'echotest',
    'lua',
    'duktape',
    'nosip',
    'recordplay',
    'sip',
    'streaming',
    'textroom',
    'videocall',
  ],
  transports: ['http', 'mqtt', 'nanomsg', 'pfunix', 'rabbitmq'],
}
const off = (kind: keyof typeof others): string => others[kind].map((name) => `libjanus_${name}.so`).join(',')

/** @throws when it does not answer in time. */
export async function startJanus(): Promise<Janus> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder()).path
  const port = await freePort()
  const write = (file: string, text: string) => writeFile(join(folder, file), text)
  await Promise.all([
    write(
      'janus.jcfg',
      `general: { debug_level = 2, session_timeout = 0 }
media: { ipv6 = false }
nat: { ice_enforce_list = "${ownAddress() ?? ''}", ignore_mdns = true }
plugins: { disable = "${off('plugins')}" }
transports: { disable = "${off('transports')}" }
`,
    ),
    write(
      'janus.transport.websockets.jcfg',
      `general: { json = "compact", ws = true, ws_ip = "127.0.0.1", ws_port = ${port} }\n`,
    ),
    write('janus.plugin.videoroom.jcfg', 'general: { string_ids = true }\n'),
  ])
  const child = spawn(janusProgram, ['--configs-folder', folder, '--disable-colors'], { stdio: 'ignore', cwd: folder })
  if (child.pid === undefined) throw new Error('janus could not be started')
  stack.defer(endWith(child, 'SIGTERM'))
  const url = `ws://127.0.0.1:${port}`
  const until = performance.now() + startMs
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > until) throw new Error('janus does not listen')
    await delay(pollMs)
  }
  const resources = stack.move()
  return { url, pid: child.pid, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('there is no free port')
  return address.port
}

const answers = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url, 'janus-protocol')
    socket.once('open', () => {
      socket.close()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
