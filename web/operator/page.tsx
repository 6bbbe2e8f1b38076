/** The operators' page: live load against certified capacity. For nobody else: the server asks for an operator's token. */
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { VisavisError } from '../../client/index.ts'
import { Operation } from '../../client/operation.ts'
import { Announcer } from '../page/announcer.tsx'
import { Header } from '../page/header.tsx'
import { pages } from '../page/place.ts'
import { currentToken, signedIn } from '../page/signed-in.ts'
import { start } from '../page/start.tsx'
import { isRefused, LoadView } from './load-view.tsx'
import { TokenForm } from './token-form.tsx'
import { useLoad } from './use-load.ts'
import { o } from './words.ts'

const who = signedIn()
/** On a trial server, where one signs in as a sample person. */
const operator = who?.role === 'operator' ? who : undefined

const Watched = ({ token, onRefused }: { token: () => Promise<string>; onRefused: (error: VisavisError) => void }) => {
  const operation = useMemo(() => new Operation({ url: pages, token }), [token])
  const seen = useLoad(operation)
  useEffect(() => {
    if (isRefused(seen.error)) onRefused(seen.error)
  }, [seen.error])
  return <LoadView seen={seen} operation={operation} />
}

const Content = () => {
  // In memory only: whoever sits down at this machine later finds nothing.
  const [typed, setTyped] = useState<() => Promise<string>>()
  const [refused, setRefused] = useState<VisavisError>()
  const token = typed ?? (operator === undefined || refused !== undefined ? undefined : currentToken)
  const refuse = (error: VisavisError) => {
    setTyped(undefined)
    setRefused(error)
  }
  if (token === undefined) {
    return (
      <TokenForm
        refused={refused}
        onToken={(given) => {
          setRefused(undefined)
          setTyped(() => async () => given)
        }}
      />
    )
  }
  return (
    <>
      <Watched token={token} onRefused={refuse} />
      {typed === undefined ? null : (
        <p>
          <button type="button" class="text-button" onClick={() => setTyped(undefined)}>
            {o('forget')}
          </button>
        </p>
      )}
    </>
  )
}

start(
  'titleOperator',
  <>
    <Header {...(operator === undefined ? {} : { who: operator })} />
    <main id="content" class="content content--wide operator" tabIndex={-1}>
      <Content />
    </main>
    <Announcer />
  </>,
)
