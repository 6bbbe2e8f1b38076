/** Pure: which resource ran out. */

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

/** Below it a resource was far from its end. */
const idle = 0.5

/** What broke a server: the one of its resources nearest to its end, or the event loop that was late without being busy. */
export function breaking({ 'load generator': _, ...uses }: Uses, isLoopLate: boolean): Use | undefined {
  const most = limiting(uses)
  return isLoopLate && (most?.share ?? 0) < idle ? { resource: 'event loop', share: uses['event loop'] ?? 0 } : most
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
