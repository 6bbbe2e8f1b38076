/// <reference lib="esnext.disposable" preserve="true" />
/** A picture that cannot be made small: what is sent of it fills the line, whatever the camera would see. */

export interface Noise extends Disposable {
  readonly track: MediaStreamTrack
}

export interface NoiseSize {
  readonly width: number
  readonly height: number
  readonly framesPerSecond: number
}

/** @throws DOMException where a canvas cannot be sent. */
export function makeNoise({ width, height, framesPerSecond }: NoiseSize): Noise {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (context === null) throw new DOMException('no canvas to draw on', 'NotSupportedError')
  const bytes = width * height * 4
  // Drawn from another place of it each time: making noise anew for each frame would cost a slow device too much.
  const pool = Uint8ClampedArray.from({ length: bytes * 2 }, () => Math.floor(Math.random() * 256))
  const draw = () => {
    const from = Math.floor(Math.random() * bytes)
    context.putImageData(new ImageData(pool.slice(from, from + bytes), width, height), 0, 0)
  }
  draw()
  const [track] = canvas.captureStream(framesPerSecond).getVideoTracks()
  if (track === undefined) throw new DOMException('a canvas gave no picture', 'NotSupportedError')
  const timer = setInterval(draw, 1_000 / framesPerSecond)
  return {
    track,
    [Symbol.dispose]() {
      clearInterval(timer)
      track.stop()
    },
  }
}
