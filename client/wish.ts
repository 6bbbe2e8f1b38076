/** *Pure.* Which layers of a picture are wanted, by the size at which it is shown. */

export interface Wish {
  readonly visible: boolean
  /** In pixels of the screen, rounded up to a size that is sent; 0 when it is not visible. */
  readonly width: number
}

/** Widths of the encodings of a camera (client/encodings.ts), the smallest first. */
const widths = [320, 640, 1280]
/** A picture stretched by so much still looks well, and costs a quarter of the next one. */
const stretch = 1.25
/** Fine pixels are not worth the double: beyond this nobody sees the difference in a face. */
const mostPixelRatio = 1.5

export function wishOf(shown: readonly { width: number; visible: boolean }[], pixelRatio: number): Wish {
  const largest = Math.max(0, ...shown.filter(({ visible }) => visible).map(({ width }) => width))
  if (largest === 0) return { visible: false, width: 0 }
  const pixels = largest * Math.min(mostPixelRatio, Math.max(1, pixelRatio))
  return { visible: true, width: widths.find((width) => pixels <= width * stretch) ?? 1280 }
}

/** @param layers how many the sender sends: one with a small camera sends fewer, without the smallest. */
export function spatialLayerOf({ width }: Wish, layers: number): number {
  const sent = widths.slice(0, Math.max(1, layers))
  const at = sent.findIndex((each) => width <= each)
  return at === -1 ? sent.length - 1 : at
}

/** From a scalability mode such as `S3T3` or `L1T3`. */
export const layersOf = (scalabilityMode: string | undefined): number =>
  Number(/^[LS](\d)/.exec(scalabilityMode ?? '')?.[1] ?? 1)
