/** The message that another one answers, and the way to it. It is asked for where it is not loaded. */
import { useEffect, useState } from 'preact/hooks'
import type { Channel, Message } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { glimpse } from './glimpse.ts'

export interface QuoteProps {
  readonly channel: Channel
  readonly offset: number
  /** As it is now, where it is loaded. */
  readonly loaded: Message | undefined
  readonly nameOf: (message: Message) => string
  readonly onJump: (offset: number) => void
}

export const Quote = ({ channel, offset, loaded, nameOf, onJump }: QuoteProps) => {
  const [fetched, setFetched] = useState<Message>()
  useEffect(() => {
    // Without an answer the way to it is still there.
    if (loaded === undefined) channel.message(offset).then(setFetched, () => {})
  }, [channel, offset, loaded === undefined])
  const message = loaded ?? fetched
  return (
    <blockquote class="quote">
      <button type="button" class="quote__jump" onClick={() => onJump(offset)}>
        <span class="ds-sr-only">{t('toQuoted')} </span>
        {message === undefined ? (
          t('loading')
        ) : (
          <>
            <bdi class="quote__name">{nameOf(message)}</bdi>
            <span class="quote__text" dir="auto">
              {glimpse(message)}
            </span>
          </>
        )}
      </button>
    </blockquote>
  )
}
