/** Pure: resources, how much of them was in use, and when one was near its end. */

export const resources = [
  'worker CPU',
  'event loop',
  'Redis',
  'network',
  'memory',
  'sockets',
  'load generator',
] as const
export type Resource = (typeof resources)[number]

/** How much of each was in use, as a share of what there is; absent: it was not to be seen. */
export type Uses = Readonly<Partial<Record<Resource, number>>>

export interface Use {
  readonly resource: Resource
  readonly share: number
}

/** From here on a resource may be what ran out. Below it there was room, whatever broke. */
export const near = 0.7

/** What broke a server: its resource that was near its end, or the event loop that was late without being busy. */
export function breaking(uses: Uses, isLoopLate: boolean): Use | undefined {
  const most = limiting(ofServer(uses))
  if (most !== undefined && most.share >= near) return most
  return isLoopLate ? { resource: 'event loop', share: uses['event loop'] ?? 0 } : undefined
}

/** The one nearest to its end; undefined when nothing was to be seen. */
export function limiting(uses: Uses): Use | undefined {
  return resources
    .flatMap((resource) => {
      const share = uses[resource]
      return share === undefined || Number.isNaN(share) ? [] : [{ resource, share }]
    })
    .reduce<Use | undefined>((most, use) => (most === undefined || use.share > most.share ? use : most), undefined)
}

export const ofServer = ({ 'load generator': _, ...uses }: Uses): Uses => uses
