/** Camera and microphone of this device, as far as there are any. */
import type { Source } from '../src/protocol/index.ts'
import { cameraSize } from './encodings.ts'

export interface Capture {
  readonly stream: MediaStream
  /** What this device has not, or what another program uses. */
  readonly missing: readonly Source[]
}

interface Attempt {
  readonly wish: MediaStreamConstraints
  readonly missing: readonly Source[]
}

/** Which of several; another one is taken when it is not there. */
export interface DeviceIds {
  readonly camera?: string
  readonly microphone?: string
}

export interface CameraOptions {
  /** Default true. */
  readonly camera?: boolean
  readonly devices?: DeviceIds
}

const video: MediaTrackConstraints = {
  width: { ideal: cameraSize.width },
  height: { ideal: cameraSize.height },
  frameRate: { ideal: 24, max: 30 },
}
const audio: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }

/** One device alone. @param deviceId of `navigator.mediaDevices.enumerateDevices()`; absent: whichever the browser takes. */
export async function openTrack(source: 'camera' | 'microphone', deviceId?: string): Promise<MediaStreamTrack> {
  const chosen = deviceId === undefined ? {} : { deviceId: { exact: deviceId } }
  const wish = source === 'camera' ? { video: { ...video, ...chosen } } : { audio: { ...audio, ...chosen } }
  const [track] = (await navigator.mediaDevices.getUserMedia(wish)).getTracks()
  if (track === undefined) throw new DOMException('the device has no track', 'NotFoundError')
  return track
}

/** Asks the person which screen or window to show. Text has to be readable, so it gives up smoothness before sharpness. */
export async function openScreen(): Promise<MediaStream> {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false })
  for (const track of stream.getVideoTracks()) track.contentHint = 'detail'
  return stream
}

/** A device without a camera, or one in use elsewhere, still has a microphone to talk with. */
const worthLess = (error: unknown): boolean =>
  error instanceof DOMException && ['NotFoundError', 'NotReadableError', 'OverconstrainedError'].includes(error.name)

/**
 * Asks the person for both, or for the microphone alone, and makes do with one if the device has only one.
 * @throws DOMException of getUserMedia: NotAllowedError when the person says no; NotFoundError when there is neither.
 * A page without a secure context has no `mediaDevices`, which is told as SecurityError.
 */
export async function openCamera({ camera = true, devices: ids = {} }: CameraOptions = {}): Promise<Capture> {
  // Absent outside secure contexts, whatever its type says.
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (devices === undefined) throw new DOMException('the page is not served securely', 'SecurityError')
  // Whoever opens a camera is about to join a room: what that needs is loaded and found out while the camera opens.
  void import('./room-media.ts').then(({ RoomMedia }) => RoomMedia.prepare()).catch(() => {})
  const chosen = (id: string | undefined) => (id === undefined ? {} : { deviceId: { ideal: id } })
  const ownAudio = { ...audio, ...chosen(ids.microphone) }
  const ownVideo = { ...video, ...chosen(ids.camera) }
  const both: readonly Attempt[] = [
    { wish: { audio: ownAudio, video: ownVideo }, missing: [] },
    { wish: { audio: ownAudio }, missing: ['camera'] },
    { wish: { video: ownVideo }, missing: ['microphone'] },
  ]
  const attempts = camera ? both : [{ wish: { audio: ownAudio }, missing: [] }]
  let failure: unknown
  for (const { wish, missing } of attempts) {
    try {
      return { stream: await devices.getUserMedia(wish), missing }
    } catch (error) {
      failure ??= error
      if (!worthLess(error)) throw error
    }
  }
  throw failure
}
