/** A network that can be cut, and one that loses what the server answers, between a client and a node. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface CuttableNetwork extends AsyncDisposable {
  /** Of the node, through this network. */
  readonly url: string
  /** Connections that were made so far. */
  readonly connections: number
  /** New connections are made to another node from now on. */
  goTo(target: string): void
  /** Breaks every connection, without a goodbye. */
  cut(): void
  /** Breaks every connection as soon as it has carried so many bytes more of the server, in the middle of a frame or not. */
  cutAfter(bytes: number): void
  /** From now on nothing of the server arrives, while the client's bytes still reach it. Until the next connection. */
  loseAnswers(): void
  /** Drops every packet of the connections there are, in both directions, without telling anybody. */
  freeze(): void
  /** Refuses new connections, or accepts them again. */
  setDown(down: boolean): void
}

export async function cuttableNetwork(target: string): Promise<CuttableNetwork> {
  let { hostname, port } = new URL(target)
  const pairs = new Set<{ near: Socket; far: Socket; mute: boolean; left: number }>()
  let connections = 0
  let down = false
  const server = createServer((near) => {
    if (down) {
      near.destroy()
      return
    }
    connections += 1
    const far = connect(Number(port), hostname)
    const pair = { near, far, mute: false, left: Number.POSITIVE_INFINITY }
    pairs.add(pair)
    near.pipe(far)
    far.on('data', (data: Buffer) => {
      if (pair.mute || pair.left <= 0) return
      near.write(data.subarray(0, pair.left))
      pair.left -= data.length
      // What was written is still sent, and then nothing more.
      if (pair.left <= 0) near.destroySoon()
    })
    const end = () => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) socket.on('error', end).on('close', end)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const cut = () => {
    for (const { near, far } of [...pairs]) {
      near.destroy()
      far.destroy()
    }
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    get connections() {
      return connections
    },
    goTo(other) {
      ;({ hostname, port } = new URL(other))
    },
    cut,
    cutAfter(bytes) {
      for (const pair of pairs) pair.left = bytes
    },
    loseAnswers() {
      for (const pair of pairs) pair.mute = true
    },
    freeze() {
      for (const { near, far } of pairs) {
        near.unpipe(far)
        far.removeAllListeners('data')
        near.resume()
        far.resume()
      }
    },
    setDown(value) {
      down = value
    },
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
