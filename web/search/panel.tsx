/** Search in one conversation, or in all: by keyboard from the field through the results to the message. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { Member, SearchHit, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { SearchIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { Hit } from './hit.tsx'
import { useSearch } from './use-search.ts'

export interface SearchPanelProps {
  readonly visavis: Visavis
  /** Absent: there is no conversation to search in alone. */
  readonly channel?: string
  /** Whether all conversations can be searched as well. */
  readonly everywhere: boolean
  /** Who has been in the conversation of `channel`. */
  readonly members?: readonly Member[]
  readonly onHit: (hit: SearchHit) => void
}

const countOf = (count: number, more: boolean): string =>
  count === 0 ? t('searchNothing') : count === 1 ? t('searchOne') : t(more ? 'searchMany' : 'searchCount', { count })

export const SearchPanel = ({ visavis, channel, everywhere, members = [], onHit }: SearchPanelProps) => {
  const id = useId()
  const [query, setQuery] = useState('')
  const [all, setAll] = useState(channel === undefined)
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const { found, busy, error, again, more } = useSearch(visavis, query, all ? undefined : channel)
  useEffect(() => field.current?.focus(), [])
  useEffect(() => {
    if (found !== undefined) announce(countOf(found.hits.length, found.next !== undefined))
  }, [found])

  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const hits = [...(list.current?.querySelectorAll<HTMLElement>('.hit') ?? [])]
    if (step === 0 || hits.length === 0) return
    event.preventDefault()
    const at = hits.findIndex((hit) => hit.contains(document.activeElement))
    const target = at + step < 0 ? field.current : hits[Math.min(at + step, hits.length - 1)]
    target?.focus()
  }
  const onSubmit = (event: Event) => {
    event.preventDefault()
    const [first] = found?.query === query.trim() ? found.hits : []
    if (first === undefined) again()
    else onHit(first)
  }
  return (
    <search class="search" onKeyDown={move}>
      <form class="search__form" onSubmit={onSubmit}>
        <label class="ds-label" for={id}>
          {t(all ? 'searchEverywhere' : 'searchHere')}
        </label>
        <div class="search__field">
          <SearchIcon />
          <input
            id={id}
            ref={field}
            class="ds-input"
            type="search"
            autocomplete="off"
            maxLength={200}
            dir="auto"
            aria-describedby={`${id}-hint`}
            value={query}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </div>
        {everywhere && channel !== undefined ? (
          <div class="ds-field">
            <input
              class="ds-input"
              type="checkbox"
              id={`${id}-all`}
              checked={all}
              onChange={(event) => setAll(event.currentTarget.checked)}
            />
            <label class="ds-label" data-weight="regular" for={`${id}-all`}>
              {t('searchAll')}
            </label>
          </div>
        ) : null}
      </form>
      {error === undefined ? null : <Notice color="danger">{t(sentenceOf(error))}</Notice>}
      <p class="quiet" id={`${id}-hint`}>
        {found === undefined
          ? t(busy ? 'searching' : 'searchHint')
          : countOf(found.hits.length, found.next !== undefined)}
      </p>
      {found?.complete === false ? (
        <Notice color="warning">
          <p>{t('searchIncomplete')}</p>
          <button type="button" class="text-button" onClick={again}>
            {t('searchAgain')}
          </button>
        </Notice>
      ) : null}
      <ol class="cards" ref={list} aria-busy={busy}>
        {found?.hits.map((hit) => (
          <Hit
            key={`${hit.space}/${hit.channel}/${hit.offset}`}
            hit={hit}
            now={visavis.now()}
            author={nameOf(visavis, members, hit.from)}
            about={all ? nameOfChannel(visavis, hit.channel) : undefined}
            onChoose={() => onHit(hit)}
          />
        ))}
      </ol>
      {found?.next === undefined ? null : (
        <button
          type="button"
          class="ds-button"
          data-variant="tertiary"
          data-color="accent"
          data-size="sm"
          disabled={busy}
          onClick={more}
        >
          {t('searchMore')}
        </button>
      )}
    </search>
  )
}

/** Empty for whoever has written elsewhere once: nobody is shown by an id. */
function nameOf({ chat }: Visavis, members: readonly Member[], person: string): string {
  const parties = chat.channels.flatMap(({ jobseeker, advisor }) =>
    advisor === undefined ? [jobseeker] : [jobseeker, advisor],
  )
  return [...parties, ...members].find(({ id }) => id === person)?.name ?? ''
}

const nameOfChannel = (visavis: Visavis, id: string): string =>
  visavis.chat.channels.find(({ channel }) => channel === id)?.jobseeker.name ?? ''
