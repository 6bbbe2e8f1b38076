/** The sign-in page of trial servers: choose a sample person. Elsewhere it says where to sign in. */
import { useEffect, useState } from 'preact/hooks'
import { VisavisError } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { type Key, t } from '../language/language.ts'
import { signInAt } from '../page/agency.ts'
import { Avatar } from '../page/avatar.tsx'
import { Header } from '../page/header.tsx'
import { CameraIcon, ChatIcon, PhoneIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { pages } from '../page/place.ts'
import { forgetSignedOut, type SignedIn, signedIn, signIn, signInByAgency } from '../page/signed-in.ts'
import { start } from '../page/start.tsx'
import { takeWanted } from '../page/wanted.ts'

/** Whom one may be on a trial server; nobody elsewhere. And where one signs in, if the server knows. */
interface Offered {
  readonly people: readonly SignedIn[]
  readonly signInUrl?: string
}

interface Config {
  readonly devSignIn: boolean
  readonly agency?: { readonly signInUrl: string; readonly tokenUrl: string }
}

async function offered(): Promise<Offered & Pick<Config, 'agency'>> {
  const { devSignIn, agency } = await read<Config>('config.json')
  if (agency !== undefined) return { people: [], signInUrl: signInAt(agency.signInUrl), agency }
  if (!devSignIn) return { people: [] }
  const { people } = await read<{ people: (Omit<SignedIn, 'person'> & { id: string })[] }>('dev/people')
  return { people: people.map(({ id, name, role }) => ({ person: id, name, role })) }
}

async function read<T>(path: string): Promise<T> {
  const response = await fetch(`${pages}${path}`).catch((cause: unknown) => {
    throw new VisavisError('UNAVAILABLE', `${path} cannot be reached`, { cause })
  })
  if (!response.ok) throw new VisavisError('UNAVAILABLE', `${path} was answered with ${response.status}`)
  return (await response.json()) as T
}

interface GroupProps {
  readonly heading: Key
  readonly people: readonly SignedIn[]
  readonly busy: boolean
  readonly onChoose: (person: SignedIn) => void
}

const Group = ({ heading, people, busy, onChoose }: GroupProps) => (
  <section class="people" aria-labelledby={`people-${heading}`}>
    <h2 class="people__heading" id={`people-${heading}`}>
      {t(heading)}
    </h2>
    <ul class="people__list">
      {people.map((person) => (
        <li key={person.person}>
          <button type="button" class="people__person" disabled={busy} onClick={() => onChoose(person)}>
            <Avatar name={person.name} tone={person.role === 'advisor' ? 'accent' : 'warm'} />
            {person.name}
          </button>
        </li>
      ))}
    </ul>
  </section>
)

const Promises = () => (
  <ul class="promises">
    <li>
      <ChatIcon />
      {t('promiseChat')}
    </li>
    <li>
      <PhoneIcon />
      {t('promiseCallback')}
    </li>
    <li>
      <CameraIcon />
      {t('promiseRoom')}
    </li>
  </ul>
)

/** Not the token of a tab that was open for long: one that was made just now. */
const isRefused = (error: unknown): boolean => error instanceof VisavisError && error.code === 'UNAUTHENTICATED'

const SignIn = ({ anew }: { anew: boolean }) => {
  const [offer, setOffer] = useState<Offered>()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    const look = async () => {
      const { agency, ...found } = await offered()
      // Whoever has signed out is not to be signed in again by the agency's cookie.
      if (agency !== undefined && !anew) {
        const who = signedIn() ?? (await signInByAgency(agency.tokenUrl).catch(setError))
        if (who !== undefined) return location.replace(takeWanted(who.role))
      }
      setOffer(found)
    }
    look().catch(setError)
  }, [])
  const people = offer?.people
  const choose = async (person: SignedIn) => {
    setBusy(true)
    setError(undefined)
    try {
      await signIn(person)
      location.assign(takeWanted(person.role))
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  const of = (role: SignedIn['role']) => people?.filter((person) => person.role === role) ?? []
  const group = { busy, onChoose: (person: SignedIn) => void choose(person) }
  return (
    <div class="welcome">
      <div class="welcome__pitch">
        <h1 class="ds-heading" data-size="lg">
          {t('tagline')}
        </h1>
        <Promises />
      </div>
      <div class="ds-card panel welcome__card" data-color="neutral">
        {error === undefined ? null : (
          <Notice color="danger">{t(isRefused(error) ? 'signInRefused' : sentenceOf(error))}</Notice>
        )}
        {people === undefined && error === undefined ? <p class="quiet">{t('loading')}</p> : null}
        {people?.length === 0 && offer?.signInUrl === undefined ? <p>{t('signInNone')}</p> : null}
        {offer?.signInUrl === undefined ? null : (
          <>
            <p>{t('signInAtAgency')}</p>
            <a class="ds-button" data-color="accent" href={offer.signInUrl}>
              {t('signInHere')}
            </a>
          </>
        )}
        {people === undefined || people.length === 0 ? null : (
          <>
            <h2 class="ds-heading" data-size="xs">
              {t('signInHeading')}
            </h2>
            <p class="quiet">{t('signInIntro')}</p>
            <Group heading="jobseekers" people={of('jobseeker')} {...group} />
            <Group heading="advisors" people={of('advisor')} {...group} />
            {of('supervisor').length === 0 ? null : (
              <Group heading="supervisors" people={of('supervisor')} {...group} />
            )}
            {of('operator').length === 0 ? null : <Group heading="operators" people={of('operator')} {...group} />}
          </>
        )}
      </div>
    </div>
  )
}

const anew = forgetSignedOut()
// Whoever is signed in already can ask for the agency, or leave, from here as well.
const who = signedIn()

start(
  'titleSignIn',
  <>
    <Header {...(who === undefined ? {} : { who })} />
    <main id="content" class="content" tabIndex={-1}>
      <SignIn anew={anew} />
    </main>
  </>,
)
