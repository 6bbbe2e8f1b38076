/** How large the pictures of others are shown, so that no more is received than is seen. */
import { type Wish, wishOf } from './wish.ts'

interface Watched {
  readonly element: HTMLVideoElement
  inSight: boolean
}

/** Sizes change many times while a window is dragged: what holds for so long (ms) is told. */
const settleMs = 250

export interface ViewingOptions {
  /** A picture is wanted otherwise than before. */
  readonly onWish: (key: string) => void
}

export class Viewing {
  readonly #options: ViewingOptions
  readonly #watched = new Map<string, Set<Watched>>()
  readonly #told = new Map<string, Wish>()
  readonly #stop = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: ViewingOptions) {
    this.#options = options
    if (typeof document === 'undefined') return
    const { signal } = this.#stop
    document.addEventListener('visibilitychange', () => this.#soon(), { signal })
  }

  /** What is wanted of a picture; undefined for one that nobody ever said anything about. */
  wish(key: string): Wish | undefined {
    return this.#told.get(key)
  }

  /** @returns stops watching. Of several elements with the same picture the largest in sight counts. */
  watch(key: string, element: HTMLVideoElement): () => void {
    const watched: Watched = { element, inSight: true }
    const all = this.#watched.get(key) ?? new Set()
    this.#watched.set(key, all.add(watched))
    const resized = new ResizeObserver(() => this.#soon())
    const seen = new IntersectionObserver((entries) => {
      watched.inSight = entries.at(-1)?.isIntersecting ?? true
      this.#soon()
    })
    resized.observe(element)
    seen.observe(element)
    for (const event of ['enterpictureinpicture', 'leavepictureinpicture'])
      element.addEventListener(event, () => this.#soon(), { signal: this.#stop.signal })
    this.#soon()
    return () => {
      resized.disconnect()
      seen.disconnect()
      all.delete(watched)
      this.#soon()
    }
  }

  close(): void {
    this.#stop.abort()
    clearTimeout(this.#timer)
  }

  #soon(): void {
    if (this.#stop.signal.aborted) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), settleMs)
  }

  #look(): void {
    for (const [key, watched] of this.#watched) {
      const wish = wishOf([...watched].map(sizeOf), globalThis.devicePixelRatio)
      const told = this.#told.get(key)
      if (told?.visible === wish.visible && told.width === wish.width) continue
      this.#told.set(key, wish)
      this.#options.onWish(key)
    }
  }
}

function sizeOf({ element, inSight }: Watched): { width: number; visible: boolean } {
  // A small window of its own shows it whatever becomes of the page.
  if (document.pictureInPictureElement === element) return { width: 320, visible: true }
  const { width, height } = element.getBoundingClientRect()
  return { width, visible: inSight && !document.hidden && width > 0 && height > 0 }
}
