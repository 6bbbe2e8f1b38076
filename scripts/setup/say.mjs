// What set-up tells the person in front of it: one line per step it really takes, silence when there is nothing to do.

/** A reason to stop that the person can act on: shown as one sentence, without a stack. */
export class SetupError extends Error {}

export function say(message) {
  process.stderr.write(`visavis: ${message}\n`)
}

/** Says what is being done, and afterwards how long it took. */
export async function step(message, work) {
  say(`${message} …`)
  const startedAt = Date.now()
  const result = await work()
  say(`  done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
  return result
}

/** Runs a script's main function and turns its outcome into an exit code. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(error.message)
    process.exitCode = 1
  }
}
