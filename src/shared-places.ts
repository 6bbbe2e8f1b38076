/**
 * Rooms wired to the nodes that share a Redis: one of several claims a room when the first person joins it, which is one round
 * trip, and renews what it holds once a second.
 */
import type { Logger } from 'pino'
import { noPlace, type Places, type PlacesOptions, type ShownNode } from './lone-places.ts'
import { FreeCpu } from './nodes/free-cpu.ts'
import { type Address, Holders } from './nodes/holders.ts'
import { chooseNode } from './nodes/placement.ts'
import { type KnownNode, Registry, silentMs } from './nodes/registry.ts'
import type { Tickets } from './nodes/tickets.ts'
import { VisavisError } from './protocol/index.ts'
import type { Caller } from './signaling/handlers.ts'
import type { RedisClient } from './store/redis.ts'

export interface SharedPlacesOptions extends Omit<PlacesOptions, 'onActivated'> {
  readonly client: RedisClient
  readonly self: Address
  readonly regions: readonly string[]
  readonly tickets: Tickets
  readonly log: Logger
  readonly everyMs?: number
  readonly leaseMs?: number
}

/** A room of this node, open or about to be. */
interface Held {
  readonly region: string
  /** Until when nobody else can have it (`performance.now`), whatever this node missed meanwhile. */
  until: number
}

/** Runs until disposed. */
export async function placesOfSeveral(options: SharedPlacesOptions): Promise<Places> {
  const { rooms, name, load, client, self, regions, tickets, log, everyMs = 1_000, leaseMs = 5_000 } = options
  const holders = new Holders({ client, self, leaseMs })
  const registry = new Registry(client)
  const free = new FreeCpu()
  const held = new Map<string, Held>()
  /** Rooms given to a node since it last said how loaded it is. */
  const promised = new Map<string, number>()
  /** Who is in a room first, not said yet because Redis was away. */
  const unsaid = new Map<string, { readonly region: string; readonly by: string | undefined }>()
  let known: readonly KnownNode[] = []
  let stopping = false

  const isDraining = () => stopping || known.some(({ node, drained }) => node === self.node && drained)
  const say = async (room: string) => {
    const what = unsaid.get(room)
    if (what === undefined) return
    await holders.activate(what.region, room, what.by)
    if (unsaid.get(room) === what) unsaid.delete(room)
  }
  const letGo = (room: string) => {
    const hold = held.get(room)
    if (hold === undefined) return
    held.delete(room)
    holders
      .release(hold.region, [room])
      .catch((err) => log.debug({ err, room }, 'a room is not let go before its lease ends'))
  }

  rooms.on('activated', (room, active, by) => {
    const hold = held.get(room)
    if (hold === undefined) return
    unsaid.set(room, { region: hold.region, by: active ? by : undefined })
    say(room).catch((err) => log.debug({ err, room }, 'who is in a room is said later'))
    // Otherwise it stays here until its lease ends: people whose worker died come back within it.
    if (!active && isDraining()) letGo(room)
  })

  const beat = async () => {
    const { rooms: open, participants } = rooms.stats()
    const freeCpu = free.measure(await rooms.usage(), performance.now())
    const own = load()
    const said = {
      name,
      url: self.url,
      rooms: open,
      participants,
      freeCpu,
      ...(own === undefined ? {} : { load: own }),
    }
    const heard = await registry.beat(self.node, said)
    for (const { node, silentMs: silent } of heard) {
      // What it says now counts what was given to it before.
      if (silent < everyMs) promised.delete(node)
    }
    known = heard
  }
  const renew = async (region: string) => {
    const now = performance.now()
    const own = [...held].filter(([, hold]) => hold.region === region)
    for (const [room, { until }] of own) if (until < now && !rooms.isOpen(room)) held.delete(room)
    const open = own.filter(([room]) => rooms.isOpen(room))
    if (open.length > 0) {
      const lost = await holders.renew(
        region,
        open.map(([room]) => room),
      )
      for (const [, hold] of open) hold.until = now + leaseMs
      for (const room of lost) {
        log.warn({ room }, 'another node has taken a room while this one was silent')
        held.delete(room)
        rooms.closeRoom(room, 'node-stopping')
      }
    }
    await holders.sweep(region)
  }
  const round = async () => {
    await beat()
    await Promise.all(regions.map(renew))
    await Promise.all([...unsaid.keys()].map(say))
    if (isDraining()) for (const room of held.keys()) if (!rooms.isOpen(room)) letGo(room)
  }

  const place = (): Address | undefined => {
    const loads = known
      .filter(({ node, silentMs: silent }) => node === self.node || silent < silentMs)
      .map((one) => ({
        ...one,
        draining: one.node === self.node ? isDraining() : one.drained,
        promised: promised.get(one.node) ?? 0,
      }))
    const chosen = loads.find(({ node }) => node === chooseNode(loads, self.node))
    return chosen === undefined ? undefined : { node: chosen.node, url: chosen.url }
  }
  const elsewhere = async ({ identity, id: session, expiresAt }: Caller, room: string, holder: Address) => {
    const { person, role, name: called, region } = identity
    const who = { person, role, name: called, region }
    const ticket = { identity: who, session, room, node: holder.node, sessionUntil: expiresAt }
    const signed = await tickets.sign(ticket, Date.now())
    return new VisavisError('ELSEWHERE', 'another node holds this room', {
      details: { url: holder.url, ticket: signed.ticket, expiresAt: signed.expiresAt },
    })
  }
  const claim = async (region: string, room: string): Promise<Address> => {
    const wanted = place()
    const holder = await holders.claim(region, room, wanted)
    if (holder === undefined) throw noPlace()
    if (holder.node === wanted?.node) promised.set(holder.node, (promised.get(holder.node) ?? 0) + 1)
    return holder
  }

  let running: Promise<void> | undefined
  const look = () => {
    if (running !== undefined) return
    running = round()
      .catch((err) => log.debug({ err }, 'the nodes could not be looked at; trying again'))
      .finally(() => {
        running = undefined
      })
  }
  // Before anybody is served: a node that knows no other, nor itself, could place nothing.
  await beat()
  const timer = setInterval(look, everyMs)

  const places: Places = {
    async enter(caller, room) {
      const { region } = caller.identity
      if ((held.get(room)?.until ?? 0) > performance.now()) return
      const askedAt = performance.now()
      const holder = await claim(region, room).catch((error: unknown) => {
        // Whoever talks goes on while Redis is away; it is found out later whether somebody else has the room.
        if (error instanceof VisavisError && error.code === 'UNAVAILABLE' && rooms.isOpen(room)) return self
        throw error
      })
      if (holder.node !== self.node) throw await elsewhere(caller, room, holder)
      held.set(room, { region, until: askedAt + leaseMs })
    },
    async find(caller, room) {
      const holder = await holders.find(caller.identity.region, room)
      if (holder !== undefined && holder.node !== self.node) throw await elsewhere(caller, room, holder)
    },
    active: ({ identity }, some) => holders.active(identity.region, some),
    async nodes() {
      return known.map(shownOf).toSorted((x, y) => (x.name < y.name ? -1 : 1))
    },
    async drain(asked, on) {
      const found = known.filter((one) => one.name === asked)
      if (found.length === 0) throw new VisavisError('NOT_FOUND', `there is no node ${asked}`)
      for (const { node } of found) await registry.drain(node, on)
      await beat()
      const [one] = known.filter((other) => other.name === asked)
      if (one === undefined) throw new VisavisError('NOT_FOUND', `the node ${asked} has just ended`)
      return shownOf(one)
    },
    get draining() {
      return isDraining()
    },
    async stop() {
      stopping = true
      clearInterval(timer)
      await running
      const own = Map.groupBy(held, ([, { region }]) => region)
      held.clear()
      await Promise.all([
        registry.leave(self.node),
        ...[...own].map(([region, some]) =>
          holders.release(
            region,
            some.map(([room]) => room),
          ),
        ),
      ]).catch((err) => log.debug({ err }, 'rooms stay with this node until their leases end'))
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
  return places
}

const shownOf = ({
  name,
  url,
  rooms,
  participants,
  freeCpu,
  load,
  drained,
  silentMs: silent,
}: KnownNode): ShownNode => ({
  ...{ name, url, rooms, participants, freeCpu, load },
  draining: drained,
  silentMs: silent,
})
