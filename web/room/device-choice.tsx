/** Which camera, microphone or loudspeaker is used. Nothing where there is no choice. */
import { useEffect, useId, useState } from 'preact/hooks'
import { chooseDevice, chosenDevices, type DeviceKind, devicesOf } from './chosen-devices.ts'

export interface DeviceChoiceProps {
  readonly kind: DeviceKind
  readonly label: string
  /** Of a device that the browser does not name. */
  readonly nameless: (n: number) => string
  /** What is in use, where that is known; else what was chosen before. */
  readonly current?: string | undefined
  readonly onChoose: (id: string) => void
}

/** The devices of a kind, as they come and go. */
function useDevices(kind: DeviceKind): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([])
  useEffect(() => {
    const load = () => {
      devicesOf(kind).then(setDevices, () => setDevices([]))
    }
    load()
    const media = navigator.mediaDevices as MediaDevices | undefined
    media?.addEventListener('devicechange', load)
    return () => media?.removeEventListener('devicechange', load)
  }, [kind])
  return devices
}

export const DeviceChoice = ({ kind, label, nameless, current, onChoose }: DeviceChoiceProps) => {
  const devices = useDevices(kind)
  const id = useId()
  if (devices.length < 2) return null
  return (
    <div class="ds-field device">
      <label class="ds-label" for={id}>
        {label}
      </label>
      <select
        id={id}
        class="ds-input"
        value={current ?? chosenDevices()[kind] ?? devices[0]?.deviceId}
        onChange={({ currentTarget: { value } }) => {
          chooseDevice(kind, value)
          onChoose(value)
        }}
      >
        {devices.map(({ deviceId, label: name }, n) => (
          <option key={deviceId} value={deviceId}>
            {name || nameless(n + 1)}
          </option>
        ))}
      </select>
    </div>
  )
}
