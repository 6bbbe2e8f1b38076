/** A seeded random sequence for faults at random moments: the seed is printed, so that a failure can be repeated. */

/** VISAVIS_TEST_SEED repeats a run. */
export const faultSeed = (): number => Number(process.env.VISAVIS_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** A whole number from `min` to `max`, both included (mulberry32). */
export function randomIntegers(seed: number): (min: number, max: number) => number {
  let state = seed >>> 0
  return (min, max) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return min + (((mixed ^ (mixed >>> 14)) >>> 0) % (max - min + 1))
  }
}
