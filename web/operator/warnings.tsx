/** The limits that are near or reached, in words, the most pressing first. New ones are read out. */
import { useEffect, useRef } from 'preact/hooks'
import type { OperatorLoad } from '../../client/operation.ts'
import { announce } from '../page/announcer.tsx'
import { nameOf, sentenceOf } from './sentence.ts'
import { o } from './words.ts'

/** More are read by nobody at once. */
const readOut = 3

export const Warnings = ({ load }: { load: OperatorLoad }) => {
  const { warnings } = load
  const known = useRef<ReadonlySet<string>>(new Set())
  const names = warnings.map(nameOf).join('\n')
  useEffect(() => {
    const fresh = warnings.filter((warning) => !known.current.has(nameOf(warning)))
    known.current = new Set(warnings.map(nameOf))
    if (fresh.length === 0) return
    const sentences = fresh.slice(0, readOut).map((warning) => sentenceOf(warning, load))
    announce(fresh.length > readOut ? o('newLimits', { count: fresh.length }) : sentences.join(' '))
  }, [names])
  return (
    <section aria-labelledby="limits-heading" class="operator__part">
      <h2 class="ds-heading" data-size="xs" id="limits-heading">
        {o('limits')}
      </h2>
      {warnings.length === 0 ? (
        <p class="all-well">{o('noLimits')}</p>
      ) : (
        <ul class="warnings">
          {warnings.map((warning) => (
            <li key={nameOf(warning)} class="warning" data-is={warning.is}>
              <strong class="warning__is">{o(warning.is === 'reached' ? 'isReached' : 'isNear')}</strong>
              <span>{sentenceOf(warning, load)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
