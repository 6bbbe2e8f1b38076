/** An own message that is not stored yet, or could not be. */
import type { Channel, Unsent } from '../../client/index.ts'
import { Attached } from '../files/attached.tsx'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { MessageText } from './message-text.tsx'

export const UnsentMessage = ({ channel, unsent }: { channel: Channel; unsent: Unsent }) => (
  <li class="message" data-own="true" data-state={unsent.state}>
    <span class="ds-sr-only">{t('you')}</span>
    <div class="message__line">
      <div class="message__bubble">
        {unsent.text === '' ? null : <MessageText text={unsent.text} />}
        {unsent.attachments === undefined ? null : <Attached attachments={unsent.attachments} />}
      </div>
    </div>
    {unsent.state === 'sending' ? (
      <p class="message__meta">{t('sending')}</p>
    ) : (
      <p class="message__meta message__meta--failed" role="alert">
        <span>
          {t('notSent')}. {t(sentenceOf(unsent.error))}
        </span>
        <button type="button" class="text-button" onClick={() => void channel.resend(unsent.key).catch(() => {})}>
          {t('retry')}
        </button>
        <button type="button" class="text-button" onClick={() => channel.discard(unsent.key)}>
          {t('discard')}
        </button>
      </p>
    )}
  </li>
)
