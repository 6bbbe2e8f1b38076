/** Asks for an operator's token where there is no trial sign-in. */
import { useId, useState } from 'preact/hooks'
import type { VisavisError } from '../../client/index.ts'
import { o } from './words.ts'

export interface TokenFormProps {
  /** Why the one before was not taken. */
  readonly refused: VisavisError | undefined
  readonly onToken: (token: string) => void
}

export const TokenForm = ({ refused, onToken }: TokenFormProps) => {
  const [token, setToken] = useState('')
  const [missing, setMissing] = useState(false)
  const id = useId()
  const refusal =
    refused === undefined ? undefined : o(refused.code === 'FORBIDDEN' ? 'tokenNotOperator' : 'tokenRefused')
  const problem = missing ? o('tokenMissing') : refusal
  return (
    <form
      class="ds-card panel token-form"
      data-color="neutral"
      onSubmit={(event) => {
        event.preventDefault()
        const given = token.trim()
        setMissing(given === '')
        if (given !== '') onToken(given)
      }}
    >
      <h1 class="ds-heading" data-size="sm">
        {o('tokenHeading')}
      </h1>
      <p>{o('tokenText')}</p>
      <div class="ds-field">
        <label class="ds-label" for={id}>
          {o('token')}
        </label>
        <input
          class="ds-input"
          id={id}
          type="password"
          autoComplete="off"
          spellcheck={false}
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : `${id}-problem`}
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        {problem === undefined ? null : (
          <p class="problem" id={`${id}-problem`} role="alert">
            {problem}
          </p>
        )}
      </div>
      <button type="submit" class="ds-button" data-color="accent">
        {o('tokenOpen')}
      </button>
    </form>
  )
}
