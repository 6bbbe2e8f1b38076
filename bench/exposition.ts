/** What a node tells at /metrics, in the text format of Prometheus. */

export interface Told {
  /** By the text of its labels, of each series of that name. */
  values(name: string): readonly (readonly [labels: string, value: number])[]
  /** Of the first; NaN when there is none. */
  value(name: string): number
}

/** A node that has more than it carries takes its time to say so. */
const answerMs = 30_000

export const askNode = async (url: string): Promise<Told> =>
  readExposition(await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(answerMs) })).text())

/** *Pure.* */
export function readExposition(text: string): Told {
  const values = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{([^}]*)\\})? (\\S+)`, 'gm'))].map(
      ([, labels = '', value]) => [labels, Number(value)] as const,
    )
  return { values, value: (name) => values(name)[0]?.[1] ?? Number.NaN }
}
