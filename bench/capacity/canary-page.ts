/** Runs in the page of a canary: joins a room by the SDK, and measures what it sees. */
import { connect, openCamera, type Room } from '../../client/index.ts'

const connections: RTCPeerConnection[] = []
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration)
    connections.push(this)
  }
}

const { url, token } = (globalThis as unknown as { canarySettings: { url: string; token: string } }).canarySettings
const visavis = connect({ url, token: () => token })
const video = document.querySelector('video')
let room: Room | undefined

/** Of what the living connections receive. */
async function received() {
  const sum = { freezes: 0, frames: 0, concealed: 0, samples: 0 }
  for (const connection of connections) {
    if (connection.connectionState === 'closed') continue
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue
      sum.freezes += report.totalFreezesDuration ?? 0
      sum.frames += report.framesDecoded ?? 0
      sum.concealed += report.concealedSamples ?? 0
      sum.samples += report.totalSamplesReceived ?? 0
    }
  }
  return sum
}

const canary = {
  async join(id: string, withinMs: number) {
    await visavis.opened
    // The camera is there before somebody joins, as on the page of a room.
    const { stream } = await openCamera()
    const startedAt = performance.now()
    const entered = visavis.rooms.join(id, { stream })
    room = entered
    const firstFrame = new Promise<number>((resolve) => {
      video?.requestVideoFrameCallback(() => resolve(performance.now() - startedAt))
    })
    const show = () => {
      const other = entered.remotes[0]?.stream
      if (video !== null && other != null && video.srcObject !== other) video.srcObject = other
    }
    entered.onChange(show)
    await entered.ready
    const joinMs = performance.now() - startedAt
    show()
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`no picture within ${withinMs} ms`)), withinMs)
    })
    return { joinMs, firstFrameMs: await Promise.race([firstFrame, late]) }
  },
  async watch(seconds: number) {
    const before = await received()
    const startedAt = performance.now()
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
    const after = await received()
    const took = (performance.now() - startedAt) / 1_000
    const samples = after.samples - before.samples
    return {
      freezeShare: (after.freezes - before.freezes) / took,
      framesPerSecond: (after.frames - before.frames) / took,
      concealedShare: samples === 0 ? 1 : (after.concealed - before.concealed) / samples,
    }
  },
  isIn: () => room?.state === 'in',
  leave() {
    room?.leave()
    if (video !== null) video.srcObject = null
  },
}
Object.assign(globalThis, { canary })
