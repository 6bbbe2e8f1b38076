/** Where a canned reply is written: what it is called, what it says, and who has it at hand. */
import { useId, useState } from 'preact/hooks'
import { type Replies, type Reply, type ReplyScope, VisavisError } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { FormActions } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'

/** What may stand in double braces; `?` is filled in by hand. */
const variables = ['jobseeker.name', 'advisor.name', 'region.name', 'date', 'time', '?'] as const

export interface ReplyFormProps {
  readonly replies: Replies
  /** Absent for a new one. */
  readonly reply: Reply | undefined
  readonly onDone: () => void
}

const wordsOf = (error: unknown) =>
  error instanceof VisavisError && error.code === 'BAD_REQUEST' && error.details.variable !== undefined
    ? 'replyVariableUnknown'
    : sentenceOf(error)

export const ReplyForm = ({ replies, reply, onDone }: ReplyFormProps) => {
  const id = useId()
  const [title, setTitle] = useState(reply?.title ?? '')
  const [text, setText] = useState(reply?.text ?? '')
  const [scope, setScope] = useState<ReplyScope>(reply?.scope ?? 'own')
  const { busy, problem, run } = useAct(wordsOf)
  const draft = { title: title.trim(), text: text.trim(), scope }
  const incomplete = draft.title === '' || draft.text === ''
  const save = async () => {
    const known = reply === undefined ? {} : { id: reply.id, updatedAt: reply.updatedAt }
    if (await run(() => replies.put({ ...draft, ...known }))) onDone()
  }
  return (
    <form
      class="form"
      data-color="accent"
      onSubmit={(event) => {
        event.preventDefault()
        if (!incomplete && !busy) void save()
      }}
    >
      <div class="ds-field">
        <label class="ds-label" for={`${id}-title`}>
          {t('replyTitle')}
        </label>
        <input
          class="ds-input"
          id={`${id}-title`}
          maxLength={120}
          required
          dir="auto"
          value={title}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
      </div>
      <div class="ds-field">
        <label class="ds-label" for={`${id}-text`}>
          {t('replyText')}
        </label>
        <textarea
          class="ds-input"
          id={`${id}-text`}
          rows={6}
          maxLength={4_000}
          required
          dir="auto"
          aria-describedby={`${id}-variables`}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <p class="quiet" id={`${id}-variables`}>
          {t('replyVariables')}{' '}
          {variables.map((name) => (
            <code key={name} class="variable">{`{{${name}}}`}</code>
          ))}
        </p>
      </div>
      {reply === undefined ? (
        <fieldset class="ds-fieldset">
          <legend class="ds-label">{t('replyFor')}</legend>
          {(['own', 'team'] as const).map((value) => (
            <div key={value} class="ds-field">
              <input
                class="ds-input"
                type="radio"
                id={`${id}-${value}`}
                name={`${id}-scope`}
                checked={scope === value}
                onChange={() => setScope(value)}
              />
              <label class="ds-label" data-weight="regular" for={`${id}-${value}`}>
                {t(value === 'own' ? 'replyForMe' : 'replyForTeam')}
              </label>
            </div>
          ))}
        </fieldset>
      ) : null}
      {problem === undefined ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <FormActions action={t('save')} disabled={busy || incomplete} onClose={onDone} />
    </form>
  )
}
