/** Screens, cameras that are off, and other devices, in a talk of two real browsers. */
import t, { type Test } from 'tap'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { openBrowser } from './chromium.ts'
import { enterBySdk, ofRoom, received, showOther, type Talk } from './room-sdk.ts'

const patience = { timeoutMs: 30_000, everyMs: 100 }

async function talk(t: Test) {
  const node = await testNode(t)
  const browser = await openBrowser(t)
  const [jeanne, anne] = await Promise.all([
    enterBySdk(browser, node, 'jobseeker-1'),
    enterBySdk(browser, node, 'advisor-anne'),
  ])
  return { jeanne, anne }
}

/** As a person does: getDisplayMedia wants a click. What it is refused with is kept. */
async function shareByClick(page: Awaited<ReturnType<typeof talk>>['anne']): Promise<void> {
  await page.evaluate(() => {
    const { room, failures } = globalThis as unknown as Talk
    const share = () => room.shareScreen().catch((error) => failures.push(error.code ?? error.name))
    document.querySelector('button')?.addEventListener('click', () => void share(), { once: true })
  })
  await page.getByRole('button').click()
}

t.test('a screen is seen beside the camera, by one at a time, and ends with its track', async (t) => {
  const { jeanne, anne } = await talk(t)
  await shareByClick(anne)
  await until(() => ofRoom(jeanne, ({ room }) => room.remotes[0]?.screen?.getVideoTracks().length === 1), {
    ...patience,
    what: 'the screen of Anne at Jeanne',
  })
  await showOther(jeanne, 'camera', 320)
  await showOther(jeanne, 'screen', 900)
  const shown = () =>
    jeanne.evaluate(() =>
      ['camera', 'screen'].map(
        (of) =>
          document.querySelector<HTMLVideoElement>(`video.${of}`)?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
      ),
    )
  await until(async () => (await shown()).every((frames) => frames > 5), { ...patience, what: 'both pictures' })

  await shareByClick(jeanne)
  await until(() => ofRoom(jeanne, ({ failures }) => failures.length > 0), { ...patience, what: 'a refusal' })
  t.same(await ofRoom(jeanne, ({ failures }) => failures), ['CONFLICT'], 'one screen at a time')
  // Also when both click at once, so that neither knows of the other: asked of the server itself.
  t.equal(
    await jeanne.evaluate(async () => {
      const { room } = globalThis as unknown as Talk
      Object.defineProperty(room, 'remotes', { value: [] })
      const code = await room.shareScreen().then(
        () => 'ok',
        (error) => error.code,
      )
      return `${code} ${room.screen === undefined}`
    }),
    'CONFLICT true',
  )

  await anne.evaluate(() => {
    const [track] = (globalThis as unknown as Talk).room.screen?.getVideoTracks() ?? []
    track?.stop()
    // What the browser's own button brings about.
    track?.dispatchEvent(new Event('ended'))
  })
  await until(
    () =>
      jeanne.evaluate(() => {
        const room = Object.getPrototypeOf((globalThis as unknown as Talk).room)
        const remotes = Reflect.get(room, 'remotes', (globalThis as unknown as Talk).room) as Talk['room']['remotes']
        return remotes[0] !== undefined && remotes[0].screen === undefined
      }),
    { ...patience, what: 'the end of the screen' },
  )
  t.equal(await ofRoom(anne, ({ room }) => room.screen), undefined)
  t.ok(await ofRoom(jeanne, ({ room }) => room.state === 'in'))
})

t.test('a camera that is off is closed, and the same talk goes on when it is back, also with another', async (t) => {
  const { jeanne, anne } = await talk(t)
  await showOther(anne, 'camera', 320)
  await until(async () => (await received(anne)).framesDecoded > 10, { ...patience, what: 'pictures' })

  const tracks = () =>
    jeanne.evaluate(async () => {
      const { room } = globalThis as unknown as Talk
      const before = room.local?.getVideoTracks()[0]
      await room.setPaused('camera', true)
      return { now: room.local?.getVideoTracks().length, before: before?.readyState, has: room.has('camera') }
    })
  t.same(await tracks(), { now: 0, before: 'ended', has: true }, 'the device is closed')
  await until(() => ofRoom(anne, ({ room }) => room.remotes[0]?.sources.get('camera')?.paused === true), {
    ...patience,
    what: 'the other to know',
  })
  const off = await received(anne)
  await jeanne.evaluate(() => (globalThis as unknown as Talk).room.setPaused('camera', false))
  await until(async () => (await received(anne)).framesDecoded > off.framesDecoded + 10, {
    ...patience,
    what: 'pictures again',
  })

  const changed = await jeanne.evaluate(async () => {
    const { room } = globalThis as unknown as Talk
    const devices = await navigator.mediaDevices.enumerateDevices()
    const change = async (device: 'camera' | 'microphone', kind: MediaDeviceKind) => {
      const track = () => (device === 'camera' ? room.local?.getVideoTracks()[0] : room.local?.getAudioTracks()[0])
      const earlier = track()
      const others = devices.filter((each) => each.kind === kind)
      const other = others.find(({ deviceId }) => deviceId !== earlier?.getSettings().deviceId) ?? others[0]
      await room.useDevice(device, other?.deviceId ?? '')
      return track()?.getSettings().deviceId === other?.deviceId && earlier?.readyState === 'ended'
    }
    return [await change('camera', 'videoinput'), await change('microphone', 'audioinput')]
  })
  t.same(changed, [true, true])
  const after = await received(anne)
  await until(
    async () => {
      const now = await received(anne)
      return now.framesDecoded > after.framesDecoded + 10 && now.energy > after.energy
    },
    { ...patience, what: 'pictures and sound of the other devices' },
  )
  t.equal(
    await jeanne.evaluate(() =>
      (globalThis as unknown as Talk).room.useDevice('camera', 'not-a-device').then(
        () => 'ok',
        (error) => error.name,
      ),
    ),
    'OverconstrainedError',
    'a device that is not there is refused, and the one in use stays',
  )
  t.ok(await ofRoom(jeanne, ({ room }) => room.has('camera')))
})

t.test('audio only: no pictures either way, and both again afterwards', async (t) => {
  const { jeanne, anne } = await talk(t)
  await Promise.all([showOther(jeanne, 'camera', 320), showOther(anne, 'camera', 320)])
  const pages = [jeanne, anne]
  await until(async () => (await Promise.all(pages.map(received))).every(({ framesDecoded }) => framesDecoded > 5), {
    ...patience,
    what: 'pictures at both',
  })
  await jeanne.evaluate(() => (globalThis as unknown as Talk).room.setAudioOnly(true))
  await until(() => ofRoom(anne, ({ room }) => room.remotes[0]?.sources.get('camera')?.paused === true), {
    ...patience,
    what: 'the other to know',
  })
  for (const page of pages) {
    let last = { framesDecoded: -1, at: 0 }
    await until(
      async () => {
        const { framesDecoded } = await received(page)
        if (framesDecoded !== last.framesDecoded) last = { framesDecoded, at: performance.now() }
        return performance.now() - last.at > 1_000
      },
      { ...patience, what: 'the end of pictures' },
    )
    const { energy } = await received(page)
    await until(async () => (await received(page)).energy > energy, { ...patience, what: 'sound all the same' })
  }
  const before = await Promise.all(pages.map(received))
  await jeanne.evaluate(() => (globalThis as unknown as Talk).room.setAudioOnly(false))
  await until(
    async () =>
      (await Promise.all(pages.map(received))).every(
        ({ framesDecoded }, n) => framesDecoded > (before[n]?.framesDecoded ?? 0) + 5,
      ),
    { ...patience, what: 'pictures at both again' },
  )
})
