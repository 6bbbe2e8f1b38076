/**
 * Records what synthetic participants play: a picture as a webcam shows it, encoded in the three sizes and bit rates that the SDK
 * asks of browsers (client/encodings.ts), by the VP8 encoder of Chromium. Kept is how large each picture became. Run by hand:
 * `node bench/record-camera.ts`.
 */
import { writeFile } from 'node:fs/promises'
import { chromium } from 'playwright-core'
import { cameraSize, encodingsOf } from '../client/encodings.ts'
import { chromiumPath } from './capacity/canary.ts'
import type { Recording } from './generator/camera.ts'
import { programPath } from './processes.ts'

/** A whole number of times the pattern of temporal layers. */
const frames = 240
const framesPerSecond = 25
/** Until the encoder's rate control has settled: the key frame that follows is as large as one that somebody asks for. */
const warmUp = 50

interface Wanted {
  readonly width: number
  readonly height: number
  readonly bitrate: number
}

/** Runs in the page. @returns bytes of each picture. */
async function encode(
  layers: readonly Wanted[],
  { frames, warmUp, framesPerSecond }: { frames: number; warmUp: number; framesPerSecond: number },
): Promise<number[][]> {
  const { width, height } = layers.at(-1) ?? { width: 0, height: 0 }
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas')
  // A room, and somebody in it who moves a little as people do when they speak; the noise of a sensor over everything.
  const noise = Array.from({ length: 8 }, () => {
    const image = context.createImageData(width, height)
    for (let at = 0; at < image.data.length; at += 4) {
      const grey = 128 + (Math.random() - 0.5) * 60
      image.data.set([grey, grey, grey, 16], at)
    }
    const layer = new OffscreenCanvas(width, height)
    layer.getContext('2d')?.putImageData(image, 0, 0)
    return layer
  })
  const wall = Array.from({ length: 4_000 }, () => Array.from({ length: 5 }, Math.random))
  const draw = (n: number) => {
    const at = n / framesPerSecond
    context.fillStyle = '#8a8f98'
    context.fillRect(0, 0, width, height)
    for (const [x = 0, y = 0, w = 0, h = 0, tone = 0] of wall) {
      context.fillStyle = `hsl(${tone * 360} 25% ${30 + tone * 40}%)`
      context.fillRect(x * width, y * height, (w * width) / 24, (h * height) / 24)
    }
    const [sway, nod] = [Math.sin(at * 1.7) * width * 0.02, Math.sin(at * 2.9) * height * 0.015]
    context.fillStyle = '#27405e'
    context.beginPath()
    context.ellipse(width / 2 + sway / 2, height * 1.05, width * 0.27, height * 0.4, 0, 0, 7)
    context.fill()
    context.fillStyle = '#c99a7c'
    context.beginPath()
    context.ellipse(width / 2 + sway, height * 0.42 + nod, width * 0.11, height * 0.25, sway / width, 0, 7)
    context.fill()
    context.fillStyle = '#5b2a24'
    context.beginPath()
    const mouth = 4 + Math.abs(Math.sin(at * 9)) * height * 0.03
    context.ellipse(width / 2 + sway, height * 0.54 + nod, width * 0.035, mouth, 0, 0, 7)
    context.fill()
    context.drawImage(noise[n % noise.length] ?? canvas, 0, 0)
  }
  const bytes = layers.map(() => [] as number[])
  const encoders = layers.map((layer, at) => {
    const encoder = new VideoEncoder({
      output: (chunk) => void bytes[at]?.push(chunk.byteLength),
      error: (error) => {
        throw error
      },
    })
    encoder.configure({
      ...{ codec: 'vp8', ...layer, framerate: framesPerSecond, latencyMode: 'realtime' },
      ...{ bitrateMode: 'constant', scalabilityMode: 'L1T3' },
    })
    return encoder
  })
  for (let n = 0; n < warmUp + frames; n += 1) {
    draw(n)
    const timestamp = (n * 1_000_000) / framesPerSecond
    for (const encoder of encoders) {
      const frame = new VideoFrame(canvas, { timestamp, duration: 1_000_000 / framesPerSecond })
      encoder.encode(frame, { keyFrame: n === 0 || n === warmUp })
      frame.close()
      while (encoder.encodeQueueSize > 2) await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  await Promise.all(encoders.map((encoder) => encoder.flush()))
  return bytes.map((each) => each.slice(warmUp))
}

const executablePath = chromiumPath()
if (executablePath === undefined) throw new Error('there is no Chromium')
const browser = await chromium.launch({ executablePath, args: ['--headless=new', '--no-sandbox', '--disable-gpu'] })
try {
  const page = await browser.newPage()
  // Encoders are for pages of a secure origin only.
  await page.route('http://localhost/', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }))
  await page.goto('http://localhost/')
  const layers = encodingsOf(cameraSize, false).encodings.map(({ maxBitrate, scaleResolutionDownBy }) => ({
    width: cameraSize.width / scaleResolutionDownBy,
    height: cameraSize.height / scaleResolutionDownBy,
    bitrate: maxBitrate,
  }))
  const bytes = (await page.evaluate(
    `(${String(encode)})(${JSON.stringify(layers)}, ${JSON.stringify({ frames, warmUp, framesPerSecond })})`,
  )) as number[][]
  const recording: Recording = {
    framesPerSecond,
    layers: layers.map(({ width, height }, at) => ({ width, height, bytes: bytes[at] ?? [] })),
  }
  await writeFile(programPath('generator/camera-recording.json'), `${JSON.stringify(recording, null, 2)}\n`)
  for (const [at, { width, bitrate }] of layers.entries()) {
    const sum = (bytes[at] ?? []).reduce((total, each) => total + each, 0)
    console.log(
      `${width}: ${bytes[at]?.length} pictures, ${Math.round((sum * 8 * framesPerSecond) / frames / 1_000)} of ${bitrate / 1_000} kbit/s, key frame ${bytes[at]?.[0]} bytes`,
    )
  }
} finally {
  await browser.close()
}
