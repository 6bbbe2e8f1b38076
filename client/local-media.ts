/** Camera, microphone and screen of this device, as they are sent into a room. Devices that are off are closed. */
import type { Source } from '../src/protocol/index.ts'
import { openScreen, openTrack } from './camera.ts'

export type Device = Exclude<Source, 'screen'>

export interface LocalMediaOptions {
  /** What is sent of a source has changed. */
  readonly onTrack: (source: Source) => void
  readonly onChange: () => void
}

export class LocalMedia {
  /** Camera and microphone: the same object all the time, with the tracks of the moment. */
  readonly stream: MediaStream | undefined
  readonly #options: LocalMediaOptions
  readonly #paused = new Set<Source>()
  readonly #chosen = new Map<Device, string>()
  readonly #problems = new Map<Source, DOMException>()
  /** Counts wishes about the camera: one that a newer wish has overtaken has no effect. */
  #wishes = 0
  #screen: MediaStream | undefined
  #closed = false

  constructor(stream: MediaStream | undefined, options: LocalMediaOptions) {
    this.stream = stream
    this.#options = options
    for (const track of stream?.getTracks() ?? []) {
      const { deviceId } = track.getSettings()
      if (deviceId !== undefined) this.#chosen.set(deviceOf(track), deviceId)
      this.#follow(track)
    }
  }

  /** Of one's own screen, while it is shown. */
  get screen(): MediaStream | undefined {
    return this.#screen
  }

  /** Whether there is such a device: also one that is switched off. */
  has(source: Source): boolean {
    return this.track(source)?.readyState === 'live' || (source === 'camera' && this.#paused.has(source))
  }

  isPaused(source: Source): boolean {
    return this.#paused.has(source)
  }

  /** Why a device could not be opened the last time it was asked for. */
  problem(source: Source): DOMException | undefined {
    return this.#problems.get(source)
  }

  track(source: Source): MediaStreamTrack | undefined {
    if (source === 'screen') return this.#screen?.getVideoTracks()[0]
    return source === 'camera' ? this.stream?.getVideoTracks()[0] : this.stream?.getAudioTracks()[0]
  }

  /** A camera is closed and opened; a microphone stays open, so that nobody has to wait for their first word. */
  async setPaused(source: Source, paused: boolean): Promise<void> {
    const had = this.has(source)
    if (paused) this.#paused.add(source)
    else this.#paused.delete(source)
    const track = this.track(source)
    if (source !== 'camera' || this.stream === undefined) {
      if (track !== undefined) track.enabled = !paused
      return
    }
    this.#wishes += 1
    if (paused && track !== undefined) this.#remove(track)
    if (!paused && track === undefined && had) await this.#open('camera')
  }

  /**
   * Another camera or microphone, without leaving. One that is switched off is only remembered.
   * @throws DOMException of getUserMedia; the device in use stays in use.
   */
  async use(device: Device, deviceId: string): Promise<void> {
    if (device === 'camera' && this.#paused.has('camera')) {
      this.#chosen.set(device, deviceId)
      return
    }
    const track = await openTrack(device, deviceId)
    this.#chosen.set(device, deviceId)
    this.#put(device, track)
  }

  /** One that is not open yet. @throws DOMException of getUserMedia. */
  async open(device: Device): Promise<void> {
    if (this.track(device)?.readyState === 'live') return
    this.#paused.delete(device)
    this.#put(device, await this.#openAny(device))
  }

  /** Camera and microphone are closed, and not only switched off: opened again only if somebody asks for them. */
  closeDevices(): void {
    this.#wishes += 1
    for (const track of this.stream?.getTracks() ?? []) this.#remove(track)
    this.#paused.clear()
  }

  /** @throws DOMException of getDisplayMedia: NotAllowedError when the person says no. */
  async startScreen(): Promise<void> {
    const stream = await openScreen()
    if (this.#closed) {
      stopAll(stream)
      return
    }
    this.stopScreen()
    this.#screen = stream
    // The browser has a button of its own for this.
    stream.getVideoTracks()[0]?.addEventListener('ended', () => {
      if (this.#screen === stream) this.stopScreen()
    })
  }

  stopScreen(): void {
    if (this.#screen === undefined) return
    stopAll(this.#screen)
    this.#screen = undefined
    this.#tell('screen')
  }

  close(): void {
    this.#closed = true
    if (this.stream !== undefined) stopAll(this.stream)
    if (this.#screen !== undefined) stopAll(this.#screen)
    this.#screen = undefined
  }

  /** Never rejects: what went wrong is kept to be shown. */
  async #open(device: Device): Promise<void> {
    const wish = this.#wishes
    const overtaken = () => this.#closed || (device === 'camera' && wish !== this.#wishes)
    this.#problems.delete(device)
    try {
      const track = await this.#openAny(device)
      if (overtaken()) track.stop()
      else this.#put(device, track)
    } catch (error) {
      if (overtaken()) return
      if (device === 'camera') this.#paused.add('camera')
      this.#problems.set(device, error instanceof DOMException ? error : new DOMException(String(error)))
      this.#options.onChange()
    }
  }

  /** The chosen one, or any other: it may have been unplugged. */
  async #openAny(device: Device): Promise<MediaStreamTrack> {
    const chosen = this.#chosen.get(device)
    if (chosen === undefined) return openTrack(device)
    return openTrack(device, chosen).catch(() => openTrack(device))
  }

  #put(device: Device, track: MediaStreamTrack): void {
    if (this.#closed || this.stream === undefined) {
      track.stop()
      return
    }
    const earlier = this.track(device)
    if (earlier !== undefined) {
      this.stream.removeTrack(earlier)
      earlier.stop()
    }
    track.enabled = device === 'camera' || !this.#paused.has(device)
    this.stream.addTrack(track)
    this.#problems.delete(device)
    this.#follow(track)
    this.#tell(device)
  }

  #remove(track: MediaStreamTrack): void {
    this.stream?.removeTrack(track)
    track.stop()
    this.#tell(deviceOf(track))
  }

  /** A device that ends by itself was unplugged, or taken: another one takes its place. */
  #follow(track: MediaStreamTrack): void {
    track.addEventListener('ended', () => {
      const device = deviceOf(track)
      if (!this.#closed && this.track(device) === track) void this.#open(device)
    })
  }

  #tell(source: Source): void {
    if (this.#closed) return
    this.#options.onTrack(source)
    this.#options.onChange()
  }
}

const deviceOf = (track: MediaStreamTrack): Device => (track.kind === 'audio' ? 'microphone' : 'camera')

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
