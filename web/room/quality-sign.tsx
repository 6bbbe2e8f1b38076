/** How good somebody's line is: bars, in words for those who do not see them. Nothing while it is good. */
import type { Quality } from '../../client/index.ts'
import { r } from './words.ts'

export const QualitySign = ({ quality, name }: { quality: Quality; name: string }) => {
  if (quality === 'good') return null
  const words = r(quality === 'fair' ? 'qualityFair' : 'qualityPoor')
  return (
    <span class="quality" data-quality={quality} title={words}>
      <svg class="quality__bars" viewBox="0 0 16 12" aria-hidden="true" focusable="false">
        <rect x="0" y="8" width="4" height="4" />
        <rect x="6" y="4" width="4" height="8" />
        <rect x="12" y="0" width="4" height="12" />
      </svg>
      <span class="ds-sr-only">{r('qualityOf', { name, quality: words })}</span>
    </span>
  )
}
