/** Which camera, microphone and loudspeaker were chosen on this device, for the check and for talks. */

export interface ChosenDevices {
  readonly camera?: string
  readonly microphone?: string
  readonly speaker?: string
}
export type DeviceKind = keyof ChosenDevices

const storageKey = 'visavis.devices'

export function chosenDevices(): ChosenDevices {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}')
    return typeof stored === 'object' && stored !== null ? stored : {}
  } catch {
    return {}
  }
}

export function chooseDevice(kind: DeviceKind, id: string): void {
  localStorage.setItem(storageKey, JSON.stringify({ ...chosenDevices(), [kind]: id }))
  // Pictures that are shown take their sound along (video.tsx).
  if (kind === 'speaker') dispatchEvent(new Event('visavis:speaker'))
}

const kinds: Readonly<Record<DeviceKind, MediaDeviceKind>> = {
  camera: 'videoinput',
  microphone: 'audioinput',
  speaker: 'audiooutput',
}

/** What there is to choose from. Before the person allowed any, browsers tell nothing. */
export async function devicesOf(kind: DeviceKind): Promise<readonly MediaDeviceInfo[]> {
  const devices = navigator.mediaDevices as MediaDevices | undefined
  const found = (await devices?.enumerateDevices()) ?? []
  return found.filter((device) => device.kind === kinds[kind] && device.deviceId !== '')
}
