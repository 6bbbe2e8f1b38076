/** Chooses a canned reply: typing filters, the arrows go through what is left, Enter inserts it with its variables filled in. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type FilledReply, fill, type Reply, type Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { locale, t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { useChanges } from '../page/use-changes.ts'
import { matching } from './matching.ts'

export interface PickerProps {
  readonly visavis: Visavis
  readonly jobseeker: { readonly name: string }
  readonly onChoose: (filled: FilledReply) => void
  readonly onClose: () => void
  readonly onEscape: () => void
  readonly onManage: (() => void) | undefined
}

export const Picker = ({ visavis, jobseeker, onChoose, onClose, onEscape, onManage }: PickerProps) => {
  const { replies } = visavis
  const id = useId()
  const [filter, setFilter] = useState('')
  const [chosen, setChosen] = useState(0)
  const box = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLInputElement>(null)
  useChanges((change) => replies.onChange(change), replies)
  // Before anything is painted: letters typed right after the slash are the filter, not the message.
  useLayoutEffect(() => field.current?.focus(), [])
  useEffect(() => {
    if (!replies.loaded) replies.refresh()
  }, [])
  // As it will be sent: whoever looks for a text looks for those words, and sees the name that goes into it.
  const { region } = replies
  const advisor = visavis.session?.identity
  const filled = ({ text }: Reply): FilledReply => {
    if (region === undefined || advisor === undefined) return { text, places: [] }
    return fill(text, { jobseeker, advisor, region, now: visavis.now() }, locale(), region.timeZone)
  }
  const left = matching(
    replies.list.map((reply) => ({ ...reply, ...filled(reply) })),
    filter,
  )
  const at = Math.min(chosen, left.length - 1)
  useEffect(() => box.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }), [at])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) setChosen(Math.max(0, Math.min(at + step, left.length - 1)))
    const reply = left[at]
    if (event.key === 'Enter' && reply !== undefined) onChoose(reply)
    if (event.key === 'Escape') onEscape()
    if (step === 0 && event.key !== 'Enter' && event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class="picker" ref={box}>
      <div class="picker__head">
        <input
          ref={field}
          class="ds-input"
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={at < 0 ? undefined : `${id}-${at}`}
          aria-label={t('repliesFilter')}
          placeholder={t('repliesFilter')}
          autocomplete="off"
          dir="auto"
          value={filter}
          onInput={(event) => {
            setFilter(event.currentTarget.value)
            setChosen(0)
          }}
          onKeyDown={onKeyDown}
        />
        {onManage === undefined ? null : (
          <button type="button" class="ds-button" data-variant="tertiary" data-size="sm" onClick={onManage}>
            {t('repliesManageShort')}
          </button>
        )}
        <button type="button" class="ds-button" data-variant="tertiary" data-size="sm" onClick={onClose}>
          {t('close')}
        </button>
      </div>
      {replies.error === undefined || replies.loaded ? null : (
        <Notice color="danger">{t(sentenceOf(replies.error))}</Notice>
      )}
      <div class="picker__list" role="listbox" id={`${id}-list`} aria-label={t('replies')}>
        {left.map((reply, index) => (
          <div
            key={`${reply.scope}/${reply.id}`}
            id={`${id}-${index}`}
            class="picker__reply"
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            // The focus stays in the field.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onChoose(reply)}
            onKeyDown={onKeyDown}
          >
            <span class="picker__title">
              <bdi>{reply.title}</bdi>
              <span class="badge">{t(reply.scope === 'own' ? 'replyOwn' : 'replyTeam')}</span>
            </span>
            <span class="picker__text" dir="auto">
              {reply.text}
            </span>
          </div>
        ))}
      </div>
      {replies.loaded && left.length === 0 ? (
        <p class="quiet">{t(replies.list.length === 0 ? 'repliesNone' : 'repliesNoMatch')}</p>
      ) : null}
    </div>
  )
}
