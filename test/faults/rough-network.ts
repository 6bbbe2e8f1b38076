/**
 * A network on which nothing lasts: each connection ends after a random number of bytes of either direction, cut in the
 * middle of whatever was on its way, reset, or fallen silent; until then it may stall, or deliver in crumbs.
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { randomIntegers } from './random.ts'

type RandomInteger = ReturnType<typeof randomIntegers>

export interface RoughNetwork extends AsyncDisposable {
  /** Of the target, through this network. */
  readonly url: string
  readonly figures: Readonly<Record<'connections' | 'cut' | 'reset' | 'silent' | 'stalled', number>>
  /** From now on new connections are left alone; those that stand meet their end as planned. */
  calm(): void
}

type End = 'cut' | 'reset' | 'silent'

/** What happens to one connection. */
interface Plan {
  readonly end: End
  /** Bytes that are still delivered, per direction: `up` is from the client. */
  readonly up: number
  readonly down: number
  /** Bytes from one stall to the next, either direction. */
  readonly stallEvery: number
  readonly stallMs: () => number
  /** So many bytes from the start come in pieces of a few bytes. */
  readonly crumbs: number
  readonly pieceBytes: () => number
}

const never = Number.POSITIVE_INFINITY
const untroubled: Plan = {
  end: 'cut',
  up: never,
  down: never,
  stallEvery: never,
  stallMs: () => 0,
  crumbs: 0,
  pieceBytes: () => never,
}

/** Evenly over the orders of magnitude: the handshake, the first answer and late events are all met. */
const anyBytes = (random: RandomInteger, fromBits: number, toBits: number): number =>
  Math.round(2 ** (random(fromBits * 1_000, toBits * 1_000) / 1_000))

function makePlan(random: RandomInteger): Plan {
  const ends: readonly End[] = ['cut', 'cut', 'cut', 'reset', 'silent']
  const bytes = random(1, 4) === 1 ? anyBytes(random, 0, 10) : anyBytes(random, 10, 16)
  const upwards = random(1, 4) === 1
  return {
    end: ends[random(0, ends.length - 1)] ?? 'cut',
    // A client says less than it hears.
    up: upwards ? Math.ceil(bytes / 4) : never,
    down: upwards ? never : bytes,
    stallEvery: random(1, 3) === 1 ? anyBytes(random, 7, 13) : never,
    stallMs: () => random(10, 400),
    crumbs: random(1, 3) === 1 ? random(1, 4_000) : 0,
    pieceBytes: () => random(1, 24),
  }
}

export async function roughNetwork(target: string, random: RandomInteger): Promise<RoughNetwork> {
  const { hostname, port } = new URL(target)
  const figures = { connections: 0, cut: 0, reset: 0, silent: 0, stalled: 0 }
  const sockets = new Set<Socket>()
  let calm = false

  const server = createServer((near) => {
    figures.connections += 1
    const plan = calm ? untroubled : makePlan(random)
    const far = connect(Number(port), hostname)
    let silent = false
    const close = () => {
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', close).on('close', () => {
        sockets.delete(socket)
        close()
      })
    }
    const end = (how: End) => {
      figures[how] += 1
      if (how === 'silent') silent = true
      else if (how === 'reset') for (const socket of [near, far]) socket.resetAndDestroy()
      // What was written before is still delivered, and not a byte more.
      else for (const socket of [near, far]) socket.destroySoon()
    }
    const carry = async (from: Socket, to: Socket, most: number) => {
      let carried = 0
      let sinceStall = 0
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (let rest = chunk; rest.length > 0 && !silent; ) {
          const piece = rest.subarray(0, Math.min(carried < plan.crumbs ? plan.pieceBytes() : never, most - carried))
          rest = rest.subarray(piece.length)
          carried += piece.length
          sinceStall += piece.length
          const full = !to.write(piece)
          if (carried >= most) return end(plan.end)
          if (full) await Promise.race([once(to, 'drain'), once(to, 'close')])
          else if (carried < plan.crumbs) await new Promise((resolve) => setImmediate(resolve))
          if (sinceStall < plan.stallEvery) continue
          sinceStall = 0
          figures.stalled += 1
          await new Promise((resolve) => setTimeout(resolve, plan.stallMs()))
        }
      }
      to.end()
    }
    carry(near, far, plan.up).catch(close)
    carry(far, near, plan.down).catch(close)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    figures,
    calm() {
      calm = true
    },
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
