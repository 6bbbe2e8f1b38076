/** Lines of a terminal that stay, and one below them that is written over and over. */

export interface Terminal {
  /** A line that stays. */
  say(text: string): void
  /** What happens now; nothing where nobody looks: in a pipe or a file such a line would be thousands. */
  show(text: string): void
}

/** The part of `process.stdout` that it needs. */
export interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const usualColumns = 80
/** Back to the first column, and empty to the right of it. */
const startOver = '\r\u001b[K'

export function terminalOn(screen: Screen): Terminal {
  let isShown = false
  const clear = () => {
    if (isShown) screen.write(startOver)
    isShown = false
  }
  return {
    say(text) {
      clear()
      screen.write(`${text}\n`)
    },
    show(text) {
      if (screen.isTTY !== true) return
      // One that is longer than the terminal is wide would not be written over.
      const width = (screen.columns ?? usualColumns) - 1
      screen.write(`${startOver}${text.length > width ? `${text.slice(0, width - 1)}…` : text}`)
      isShown = true
    },
  }
}
