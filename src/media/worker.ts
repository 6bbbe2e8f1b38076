/** One mediasoup worker process with its WebRtcServer: the one port, UDP and TCP, that all its WebRTC media goes through. */
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createWorker, type types } from 'mediasoup'
import { mediaCodecs } from './codecs.ts'

export interface WorkerOptions {
  /** Path of the mediasoup-worker program. */
  readonly workerBin: string
  /** Where media is received; at least one. All use the same port. */
  readonly listen: readonly ListenAddress[]
}

export interface ListenAddress {
  /** IPv4 or IPv6. */
  readonly ip: string
  /** Told to clients when it differs (NAT). */
  readonly announced?: string | undefined
}

/**
 * Socket buffers in bytes: one UDP socket carries every room of a worker, and the kernel's default of 208 KiB is some
 * 150 packets, less than the key frames of a few rooms at once. The kernel lowers it to its own maximum silently.
 */
const socketBufferBytes = 4 * 1024 * 1024

/**
 * How long a fixed port is tried again, in ms. The worker of a killed node outlives it by about 1.4 s (measured:
 * 2 cores, mediasoup 3.27.1) and holds the port for as long.
 */
const portWaitMs = 5_000
const portRetryMs = 100
/** How long a worker that was asked to end may take, in ms. It needs a few; one that hangs would never end. */
const endWaitMs = 1_000

export class MediaWorker {
  readonly pid: number
  /** The port of its WebRtcServer. */
  readonly port: number
  readonly webRtcServer: types.WebRtcServer
  /** Where a transport with a socket of its own (a synthetic participant's) listens. */
  readonly plainListenInfo: types.TransportListenInfo
  readonly #worker: types.Worker

  constructor(worker: types.Worker, webRtcServer: types.WebRtcServer, port: number, options: WorkerOptions) {
    this.pid = worker.pid
    this.port = port
    this.webRtcServer = webRtcServer
    this.plainListenInfo = { protocol: 'udp', ...listening(firstOf(options)) }
    this.#worker = worker
  }

  get closed(): boolean {
    return this.#worker.closed
  }

  /** The ways WebRTC media takes: the same in rooms as in the call that tests a line for them. */
  get webRtcWays() {
    const { webRtcServer } = this
    return { webRtcServer, enableUdp: true, enableTcp: true, preferUdp: true, enableSctp: false } as const
  }

  createRouter(): Promise<types.Router> {
    return this.#worker.createRouter({ mediaCodecs: [...mediaCodecs] })
  }

  /** Calls back once if the process ends by itself. All its routers are closed by then. */
  onDied(callback: (error: Error) => void): void {
    this.#worker.once('died', callback)
  }

  /** CPU time since the process started, in seconds, and its largest resident size, in bytes. */
  async usage(): Promise<{ cpuSeconds: number; maxRssBytes: number }> {
    const usage = await this.#worker.getResourceUsage()
    return { cpuSeconds: (usage.ru_utime + usage.ru_stime) / 1_000, maxRssBytes: usage.ru_maxrss * 1_024 }
  }

  /** What the process itself says it holds. */
  dump(): Promise<types.WorkerDump> {
    return this.#worker.dump()
  }

  /** Ends the process, by force if it does not end by itself, and resolves when it has ended. */
  close(): Promise<void> {
    return endWorker(this.#worker)
  }
}

/**
 * @param port of the WebRtcServer; 0 picks a free one.
 * @param spare a process that runs already. @throws Error that says what failed.
 */
export async function startWorker(port: number, options: WorkerOptions, spare?: types.Worker): Promise<MediaWorker> {
  const worker = spare ?? (await spawnWorker(options.workerBin))
  try {
    const [server, bound] = await listen(worker, port, options)
    return new MediaWorker(worker, server, bound, options)
  } catch (error) {
    worker.close()
    throw new Error(`media port ${port || '(any free one)'} on ${options.listen.map(({ ip }) => ip)} cannot be used`, {
      cause: error,
    })
  }
}

/** Ends the process, by force if it does not end by itself, and resolves when it has ended. */
export async function endWorker(worker: types.Worker): Promise<void> {
  if (worker.subprocessClosed) return
  const ended = new Promise<void>((resolve) => worker.once('subprocessclose', resolve))
  const kill = () => void process.kill(worker.pid, 'SIGKILL')
  const timer = setTimeout(kill, endWaitMs)
  try {
    worker.close()
  } catch {
    // It could not be asked: then there is nothing to wait for.
    kill()
  }
  await ended
  clearTimeout(timer)
}

/**
 * A process that serves nobody yet. mediasoup closes its workers as soon as the process gets SIGTERM or SIGINT, which would end every talk before a
 * graceful stop has begun. Who opened the pool closes it, so those listeners are taken off again: the ones that
 * appeared during the (synchronous) start of createWorker.
 */
export async function spawnWorker(workerBin: string): Promise<types.Worker> {
  const signals = ['SIGTERM', 'SIGINT'] as const
  const before = new Map(signals.map((signal) => [signal, new Set(process.listeners(signal))]))
  const starting = createWorker({ workerBin, logLevel: 'error' })
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) {
      if (!before.get(signal)?.has(listener)) process.removeListener(signal, listener)
    }
  }
  try {
    return await starting
  } catch (error) {
    throw new Error(`the mediasoup worker ${workerBin} does not start`, { cause: error })
  }
}

async function listen(
  worker: types.Worker,
  port: number,
  options: WorkerOptions,
): Promise<[server: types.WebRtcServer, port: number]> {
  for (const deadline = Date.now() + portWaitMs; ; await delay(portRetryMs)) {
    const candidate = port || (await freePort(firstOf(options).ip))
    try {
      const protocols = ['udp', 'tcp'] as const
      const listenInfos = protocols.flatMap((protocol) =>
        options.listen.map((address) => ({ protocol, ...listening(address), port: candidate })),
      )
      return [await worker.createWebRtcServer({ listenInfos }), candidate]
    } catch (error) {
      if (worker.closed || Date.now() >= deadline) throw error
    }
  }
}

function firstOf({ listen: [first] }: WorkerOptions): ListenAddress {
  if (first === undefined) throw new Error('no address to receive media on')
  return first
}

const listening = ({ ip, announced }: ListenAddress) => ({
  ip,
  ...(announced === undefined ? {} : { announcedAddress: announced }),
  // Else a socket on :: would take IPv4 as well, and the one on 0.0.0.0 could not have the same port.
  ...(ip.includes(':') ? { flags: { ipv6Only: true } } : {}),
  sendBufferSize: socketBufferBytes,
  recvBufferSize: socketBufferBytes,
})

/** A port that is free for TCP now. It is asked for again if UDP, or somebody quicker, has it. */
function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host, port: 0, exclusive: true }, () => {
      const address = server.address()
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port)
        else reject(new Error(`no free port on ${host}`))
      })
    })
  })
}
