/** Camera and microphone of the check: asked for, looked at, and let go again. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { audibleLevel, type Capture, type DeviceState, listenTo, openCamera } from '../../client/index.ts'
import { chosenDevices } from '../room/chosen-devices.ts'

export interface CheckedDevices {
  readonly asking: boolean
  readonly capture: Capture | undefined
  /** Why there is neither. */
  readonly error: Error | undefined
  /** From 0 to 1, of the moment. */
  readonly level: number
  readonly camera: DeviceState | undefined
  /** Undefined until it was heard, or the person says that it is not. */
  readonly microphone: DeviceState | undefined
  readonly ask: () => void
  readonly saySilent: () => void
  readonly stop: () => void
}

const states: Readonly<Record<string, DeviceState>> = {
  NotAllowedError: 'denied',
  NotFoundError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
  SecurityError: 'unsupported',
}
const stateOf = (error: Error): DeviceState => states[error.name] ?? 'unsupported'

export function useDevices(): CheckedDevices {
  const [asking, setAsking] = useState(false)
  const [capture, setCapture] = useState<Capture>()
  const [error, setError] = useState<Error>()
  const [level, setLevel] = useState(0)
  const [heard, setHeard] = useState(false)
  const [silent, setSilent] = useState(false)
  const open = useRef<Capture | undefined>(undefined)
  const stop = () => {
    for (const track of open.current?.stream.getTracks() ?? []) track.stop()
    open.current = undefined
    setCapture(undefined)
    setLevel(0)
  }
  useEffect(() => stop, [])
  useEffect(() => {
    if (capture === undefined || capture.missing.includes('microphone')) return
    const listening = listenTo(capture.stream, (now) => {
      setLevel(now)
      if (now < audibleLevel) return
      setHeard(true)
      setSilent(false)
    })
    return () => listening[Symbol.dispose]()
  }, [capture])

  const ask = async () => {
    stop()
    setAsking(true)
    setError(undefined)
    setHeard(false)
    setSilent(false)
    try {
      open.current = await openCamera({ devices: chosenDevices() })
      setCapture(open.current)
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error(String(thrown)))
    } finally {
      setAsking(false)
    }
  }
  const of = (source: 'camera' | 'microphone'): DeviceState | undefined => {
    if (error !== undefined) return stateOf(error)
    if (capture?.missing.includes(source) === true) return 'missing'
    return undefined
  }
  return {
    ...{ asking, capture, error, level, stop },
    camera: of('camera') ?? (capture === undefined ? undefined : 'ok'),
    microphone: of('microphone') ?? (heard ? 'ok' : silent ? 'silent' : undefined),
    ask: () => void ask(),
    saySilent: () => setSilent(true),
  }
}
