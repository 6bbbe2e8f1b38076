/** What is sent to whom in a talk of two real browsers: as much as is seen, and the sound before pictures. */
import { observer, type types } from 'mediasoup'
import t, { type Test } from 'tap'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { liveCamera, openBrowser } from './chromium.ts'
import { enterBySdk, ofRoom, received, showOther } from './room-sdk.ts'

const patience = { timeoutMs: 30_000, everyMs: 100 }

interface Watched {
  readonly transports: ReadonlySet<types.Transport>
  readonly producers: ReadonlySet<types.Producer>
  /** What each consumer was sent, one after the other. */
  readonly layers: ReadonlyMap<types.Consumer, readonly number[]>
}

/** What the workers of this process open. */
function watchWorkers(): Watched {
  const transports = new Set<types.Transport>()
  const producers = new Set<types.Producer>()
  const layers = new Map<types.Consumer, number[]>()
  observer.on('newworker', (worker) =>
    worker.observer.on('newrouter', (router) =>
      router.observer.on('newtransport', (transport) => {
        transports.add(transport)
        transport.observer.once('close', () => transports.delete(transport))
        transport.observer.on('newproducer', (producer) => {
          producers.add(producer)
          producer.observer.once('close', () => producers.delete(producer))
        })
        transport.observer.on('newconsumer', (consumer) => {
          const sent: number[] = []
          layers.set(consumer, sent)
          consumer.on('layerschange', (now) => now !== undefined && sent.push(now.spatialLayer))
        })
      }),
    ),
  )
  return { transports, producers, layers }
}

const { transports, producers, layers } = watchWorkers()

async function talk(t: Test) {
  const node = await testNode(t)
  const browser = await openBrowser(t, liveCamera)
  const [jeanne, anne] = await Promise.all([
    enterBySdk(browser, node, 'jobseeker-1'),
    enterBySdk(browser, node, 'advisor-anne'),
  ])
  return { node, jeanne, anne }
}

t.test('a picture is received as large as it is shown, and not at all while nobody sees it', async (t) => {
  const { jeanne } = await talk(t)
  await showOther(jeanne, 'camera', 200)
  await until(async () => (await received(jeanne)).frameWidth === 320, { ...patience, what: 'the smallest layer' })
  await showOther(jeanne, 'camera', 620)
  await until(async () => (await received(jeanne)).frameWidth === 640, { ...patience, what: 'the layer in the middle' })

  await jeanne.evaluate(() => document.querySelector('video')?.style.setProperty('display', 'none'))
  // At first what is on its way; then nothing comes for a second.
  let last = { bytesReceived: -1, at: 0 }
  await until(
    async () => {
      const { bytesReceived } = await received(jeanne)
      if (bytesReceived !== last.bytesReceived) last = { bytesReceived, at: performance.now() }
      return performance.now() - last.at > 1_000
    },
    { ...patience, what: 'the end of a picture that nobody sees' },
  )
  const { energy } = await received(jeanne)
  await until(async () => (await received(jeanne)).energy > energy, { ...patience, what: 'sound all the same' })

  await jeanne.evaluate(() => document.querySelector('video')?.style.removeProperty('display'))
  await until(async () => (await received(jeanne)).bytesReceived > last.bytesReceived, {
    ...patience,
    what: 'the picture again',
  })
})

t.test(
  'a picture begins with the smallest layer, and its sender is asked for no more key frames than it gives',
  async (t) => {
    const node = await testNode(t)
    const browser = await openBrowser(t, liveCamera)
    // Nobody waits for Anne yet: she sends all layers at once.
    await enterBySdk(browser, node, 'advisor-anne')
    const camera = await until(() => [...producers].find(({ kind, score }) => kind === 'video' && score.length > 1), {
      what: 'two layers of the camera',
      timeoutMs: 60_000,
    })
    /** When the sender was asked, in ms, by stream. */
    const asked = new Map<number, number[]>()
    camera.on('trace', ({ type, timestamp, info }) => {
      if (type !== 'pli') return
      const { ssrc } = info as { ssrc: number }
      asked.set(ssrc, [...(asked.get(ssrc) ?? []), timestamp])
    })
    await camera.enableTraceEvent(['pli'])

    const jeanne = await enterBySdk(browser, node, 'jobseeker-1')
    const [picture, seen] = await until(() => [...layers].find(([{ producerId }]) => producerId === camera.id), {
      ...patience,
      what: 'somebody who receives the camera',
    })
    await until(() => seen.length > 0, { ...patience, what: 'a first picture' })
    t.equal(seen[0], 0)
    await showOther(jeanne, 'camera', 620)
    await until(() => seen.at(-1) === 1, { timeoutMs: 90_000, everyMs: 100, what: 'the layer that is shown' })

    const pauses = () =>
      [...asked.values()].flatMap((times) => times.slice(1).map((at, n) => at - (times[n] ?? Number.NEGATIVE_INFINITY)))
    await until(
      async () => {
        await picture.requestKeyFrame()
        return pauses().length > 5
      },
      { timeoutMs: 60_000, everyMs: 30, what: 'requests one after the other' },
    )
    t.ok(Math.min(...pauses()) >= 300, `at the least ${Math.min(...pauses())} ms apart`)
  },
)

t.test('on a line too narrow for both, pictures give way to the sound, and come back by themselves', async (t) => {
  const { jeanne, anne } = await talk(t)
  await showOther(jeanne, 'camera', 620)
  await until(async () => (await received(jeanne)).framesDecoded > 20, { ...patience, what: 'pictures' })

  const limit = (bitrate: number) =>
    Promise.all([...transports].map((transport) => transport.setMaxOutgoingBitrate(bitrate).catch(() => {})))
  await limit(60_000)
  await until(() => ofRoom(jeanne, ({ room }) => room.held.receiving), {
    ...patience,
    what: 'pictures to be held back',
  })
  t.equal(await ofRoom(jeanne, ({ room }) => room.state), 'in')
  await until(() => ofRoom(jeanne, ({ room }) => room.quality === 'poor'), {
    ...patience,
    what: 'the sign of a poor line',
  })
  await until(() => ofRoom(anne, ({ room }) => room.remotes[0]?.quality === 'poor'), {
    ...patience,
    what: 'the same sign at the other',
  })
  const during = await received(jeanne)
  await until(async () => (await received(jeanne)).energy > during.energy, { ...patience, what: 'sound meanwhile' })

  await limit(0)
  await until(async () => (await received(jeanne)).framesDecoded > during.framesDecoded + 20, {
    ...{ timeoutMs: 60_000, everyMs: 100 },
    what: 'pictures again',
  })
  await until(() => ofRoom(jeanne, ({ room }) => room.quality === 'good' && !room.held.receiving), {
    ...{ timeoutMs: 60_000, everyMs: 100 },
    what: 'a good line',
  })
})
