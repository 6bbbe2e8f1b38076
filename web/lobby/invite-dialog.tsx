/** A link for a third person: whose name it carries, until when it works, and taking it back. */
import { useId, useRef, useState } from 'preact/hooks'
import type { Invitation, Visavis } from '../../client/index.ts'
import { Dialog, FormActions } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'
import { pages } from '../page/place.ts'
import { useAct } from '../page/use-act.ts'
import { type RoomKey, r } from '../room/words.ts'

export interface InviteDialogProps {
  readonly visavis: Visavis
  readonly room: string
  readonly onClose: () => void
}

const hourMs = 60 * 60_000
const terms: readonly (readonly [RoomKey, number])[] = [
  ['inviteHours', 2 * hourMs],
  ['inviteDay', 24 * hourMs],
  // A little less than the service allows: clocks differ.
  ['inviteWeek', 7 * 24 * hourMs - 10 * 60_000],
]

/** After the sign, so that it is in no log on the way. */
const linkOf = (room: string, { token }: Invitation): string => `${pages}guest#${new URLSearchParams({ room, token })}`

export const InviteDialog = ({ visavis, room, onClose }: InviteDialogProps) => {
  const id = useId()
  const [name, setName] = useState('')
  const [term, setTerm] = useState(0)
  const [missing, setMissing] = useState(false)
  const [made, setMade] = useState<Invitation>()
  const [withdrawn, setWithdrawn] = useState(false)
  const [copied, setCopied] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const act = useAct()
  const make = async () => {
    setMissing(name.trim() === '')
    if (name.trim() === '') return field.current?.focus()
    const expiresAt = Math.round(visavis.now() + (terms[term]?.[1] ?? hourMs))
    await act.run(async () => setMade(await visavis.lobby.invite({ room, name: name.trim(), expiresAt })))
  }
  const problem =
    act.problem === undefined ? null : (
      <p class="problem" role="alert">
        {act.problem}
      </p>
    )
  if (made !== undefined) {
    const link = linkOf(room, made)
    return (
      <Dialog title={r('invite')} onClose={onClose}>
        {withdrawn ? (
          <Notice color="success">{r('inviteWithdrawn')}</Notice>
        ) : (
          <>
            <div class="ds-field">
              <label class="ds-label" for={id}>
                {r('inviteLink', { name })}
              </label>
              <input
                id={id}
                class="ds-input"
                readOnly
                value={link}
                onFocus={({ currentTarget }) => currentTarget.select()}
              />
            </div>
            <p class="quiet">{r('inviteOnce')}</p>
            {problem}
            <div class="dialog__actions">
              <button
                type="button"
                class="ds-button"
                data-variant="secondary"
                disabled={act.busy}
                onClick={() =>
                  void act.run(() => visavis.lobby.withdraw(room, made.invitation)).then((done) => setWithdrawn(done))
                }
              >
                {r('inviteWithdraw')}
              </button>
              <button
                type="button"
                class="ds-button"
                data-color="accent"
                onClick={() => void act.run(() => navigator.clipboard.writeText(link)).then(setCopied)}
              >
                {r(copied ? 'inviteCopied' : 'inviteCopy')}
              </button>
            </div>
          </>
        )}
      </Dialog>
    )
  }
  return (
    <Dialog title={r('invite')} onClose={onClose}>
      <form
        class="dialog__form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void make()
        }}
      >
        <p class="quiet">{r('inviteIntro')}</p>
        <div class="ds-field">
          <label class="ds-label" for={id}>
            {r('inviteName')}
          </label>
          <input
            id={id}
            ref={field}
            class="ds-input"
            maxLength={120}
            autocomplete="off"
            value={name}
            aria-invalid={missing}
            aria-describedby={missing ? `${id}-missing` : undefined}
            onInput={({ currentTarget: { value } }) => setName(value)}
          />
          {missing ? (
            <p class="ds-validation-message" id={`${id}-missing`}>
              {r('inviteNameMissing')}
            </p>
          ) : null}
        </div>
        <div class="ds-field">
          <label class="ds-label" for={`${id}-term`}>
            {r('inviteUntil')}
          </label>
          <select
            id={`${id}-term`}
            class="ds-input"
            value={String(term)}
            onChange={({ currentTarget: { value } }) => setTerm(Number(value))}
          >
            {terms.map(([words], n) => (
              <option key={words} value={String(n)}>
                {r(words)}
              </option>
            ))}
          </select>
        </div>
        {problem}
        <FormActions action={r('inviteMake')} disabled={act.busy} onClose={onClose} />
      </form>
    </Dialog>
  )
}
