/** Key of the turns in which a region's people are looked at, with the region as tag. */
import { key } from '../store/key.ts'

export const turnKey = (region: string): string => key('retention', region, 'turn') // hash  cursor (person), until (ms); permanent
