/** Taking part: the text and joining, asking for the agency, leaving, and the receipts. Needs no connection. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { type OwnScheme, Scheme, type SchemeAct } from '../../client/scheme.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { moment } from '../language/times.ts'
import { Announcer } from '../page/announcer.tsx'
import { Header } from '../page/header.tsx'
import { Notice } from '../page/notice.tsx'
import { pages } from '../page/place.ts'
import { currentToken, type SignedIn, signedIn } from '../page/signed-in.ts'
import { start } from '../page/start.tsx'
import { keepWanted } from '../page/wanted.ts'
import { AgencyDialog } from './agency-dialog.tsx'
import { JoinForm } from './join-form.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import { Receipts } from './receipts.tsx'

/** What follows from leaving is soon done: then they may come back. */
const settleMs = 1_500

const Standing = ({ own }: { own: OwnScheme }) => {
  const { state, since, advisor } = own
  const time = since === undefined ? undefined : moment(since, Date.now())
  return (
    <div class="scheme__standing">
      {state === 'awaiting' ? <p class="strong">{t('schemeAwaiting')}</p> : null}
      {state === 'in' ? (
        <p class="strong">{time === undefined ? t('schemeIn') : t('schemeInSince', { time })}</p>
      ) : null}
      {state === 'out' ? (
        <>
          <p class="strong">{time === undefined ? t('schemeOut') : t('schemeOutSince', { time })}</p>
          <p>{t('schemeOutText')}</p>
        </>
      ) : null}
      {advisor === undefined ? null : <p>{t('schemeFollowedBy', { name: advisor.name })}</p>}
    </div>
  )
}

const done = {
  asked: undefined,
  joined: 'schemeJoined',
  left: 'schemeLeft',
  agency: 'schemeAgencyDone',
  checkWaived: 'schemeWaived',
} as const
/** An act so new is what has just been done. */
const newsMs = 60_000

const Content = ({ scheme }: { scheme: Scheme }) => {
  const [own, setOwn] = useState<OwnScheme>()
  const [error, setError] = useState<unknown>()
  const [asking, ask] = useState<'agency' | 'leave'>()
  const heading = useRef<HTMLHeadingElement>(null)
  const load = () => scheme.own().then(setOwn, setError)
  useEffect(() => void load(), [scheme])
  useEffect(() => {
    if (own?.settling !== true) return
    const timer = setTimeout(() => void load(), settleMs)
    return () => clearTimeout(timer)
  }, [own])
  if (own === undefined) {
    return error === undefined ? (
      <p class="empty">{t('loading')}</p>
    ) : (
      <Notice color="danger">{t(sentenceOf(error))}</Notice>
    )
  }
  const changed = () => {
    ask(undefined)
    void load()
    requestAnimationFrame(() => heading.current?.focus())
  }
  const last: SchemeAct | undefined = own.acts.at(-1)
  const news = last !== undefined && Date.now() - last.at < newsMs ? done[last.is] : undefined
  return (
    <div class="scheme">
      <section class="ds-card panel side" data-color="neutral" aria-labelledby="scheme-heading">
        <h1 ref={heading} class="ds-heading" data-size="sm" id="scheme-heading" tabIndex={-1}>
          {t('schemeHeading')}
        </h1>
        {news === undefined ? null : <Notice color="success">{t(news)}</Notice>}
        <Standing own={own} />
        {own.settling ? <p role="status">{t('schemeSettling')}</p> : null}
        {own.state === 'in' ? (
          <p class="scheme__acts">
            <a class="ds-button" data-color="accent" href={`${pages}jobseeker`}>
              {t('schemeToPage')}
            </a>
            <button
              type="button"
              class="ds-button"
              data-variant="secondary"
              data-color="accent"
              onClick={() => ask('agency')}
            >
              {t('schemeAgency')}
            </button>
            <button
              type="button"
              class="ds-button"
              data-variant="secondary"
              data-color="danger"
              onClick={() => ask('leave')}
            >
              {t('schemeLeave')}
            </button>
          </p>
        ) : null}
      </section>
      {own.state === 'in' ? null : (
        <JoinForm scheme={scheme} own={own} onJoined={changed} onStale={() => void load()} />
      )}
      <Receipts acts={own.acts} texts={own.texts} />
      {asking === 'agency' ? <AgencyDialog onClose={changed} /> : null}
      {asking === 'leave' ? <LeaveDialog scheme={scheme} onClose={() => ask(undefined)} onDone={changed} /> : null}
    </div>
  )
}

const Page = ({ who }: { who: SignedIn }) => {
  const scheme = useMemo(() => new Scheme({ url: pages, token: currentToken }), [])
  return (
    <>
      <Header who={who} menu={false} />
      <main id="content" class="content" tabIndex={-1}>
        <Content scheme={scheme} />
      </main>
      <Announcer />
    </>
  )
}

const who = signedIn()
if (who?.role === 'jobseeker') start('titleScheme', <Page who={who} />)
else {
  keepWanted()
  location.replace(pages)
}
