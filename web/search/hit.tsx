/** One message, or note, that was found: the words that were looked for are marked. */
import type { SearchHit } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { brief } from '../language/times.ts'

export interface HitProps {
  readonly hit: SearchHit
  readonly now: number
  /** Empty where it is not known. */
  readonly author: string
  /** Whose conversation it is of, where several are searched. */
  readonly about: string | undefined
  readonly onChoose: () => void
}

export const Hit = ({ hit, now, author, about, onChoose }: HitProps) => {
  const unsaid = author === '' || author === about
  return (
    <li class="card-row">
      <button type="button" class="card-row__main hit" onClick={onChoose}>
        <span class="card-row__head">
          <span>
            {about === undefined ? null : <bdi class="strong">{about}</bdi>}
            {about === undefined || unsaid ? null : ' · '}
            {unsaid ? null : <bdi class={about === undefined ? 'strong' : undefined}>{author}</bdi>}
            {hit.space === 'notes' ? <span class="badge">{t('note')}</span> : null}
          </span>
          <time dateTime={new Date(hit.at).toISOString()}>{brief(hit.at, now)}</time>
        </span>
        <span class="card-row__text" dir="auto">
          {hit.snippet.map(({ text, match }, index) => (match ? <mark key={index}>{text}</mark> : text))}
        </span>
      </button>
    </li>
  )
}
