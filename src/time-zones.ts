/** On whose clock people of a region read times. */
export const timeZones = (
  regions: readonly { readonly id: string; readonly timeZone: string }[],
): ((region: string) => string) => {
  const zones = new Map(regions.map(({ id, timeZone }) => [id, timeZone]))
  return (region) => zones.get(region) ?? 'UTC'
}
